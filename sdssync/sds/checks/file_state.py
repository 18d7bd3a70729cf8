"""What is kept of a file while its CSV set is checked: ids, dropped rows, and whether it is reported as missing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdssync.sds.checks.collector import Collector, Location, Offence
from sdssync.sds.csv_file import CsvFile
from sdssync.sds.schema import File, Format


@dataclass(slots=True)
class FileState:
    """One file of the format, whether or not it is in the set. Memory grows with distinct ids, not with rows."""

    spec: File
    csv: CsvFile | None = None
    """None: the file is missing, or is not CSV."""
    column_index: Mapping[str, int] = field(default_factory=dict)
    """The index of each known column in a row."""
    rows: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    """Each sourcedId, and the first line on which it appears."""
    known: frozenset[str] = frozenset()
    """The same ids, once all of them are known."""
    dropped: set[str] = field(default_factory=set)
    """The sourcedIds of rows that SDS would drop: offences of rows that refer to them only follow."""
    has_unread_rows: bool = False
    """True if some rows could not be read, so that what is missing may be in them."""
    may_hide_ids: bool = False
    """True if one of these rows may hold an id that is not known: its index in them is uncertain."""
    has_wrong_header: bool = False
    """True if the header is reported as wrong, so that rows may not fit it."""
    is_incomplete: bool = False
    """True if the file, or its ids, are missing for a reason that is already reported."""
    shortened: set[float] = field(default_factory=set)
    """The numbers that its mangled sourcedIds show."""
    referred_to: set[str] = field(default_factory=set)
    """Columns that refer to this file although it is optional and missing: "roles.csv sessionSourcedId"."""
    seen: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The distinct values of the columns that a later rule asks for."""
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """For enrollments: how many rows a class has in each role, in lower case; "" for an invalid role."""
    surplus_owners: Counter[str] = field(default_factory=Counter)
    """For enrollments: by class, the number of further rows of its owners."""
    surplus_members: Counter[str] = field(default_factory=Counter)
    """The same for its members."""
    _folded: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.spec.name

    def has(self, *columns: str) -> bool:
        """Return True if all these columns exist and were read to the end."""
        return (
            self.csv is not None and not self.is_incomplete and all(column in self.column_index for column in columns)
        )

    def close_ids(self) -> None:
        """Make the ids ready for look-ups, once the file has been read."""
        self.known = frozenset(self.ids)

    def id_of(self, row: Sequence[str]) -> str:
        """Return the sourcedId of a row, or "" if it has none; the row may be too short."""
        index = self.column_index.get("sourcedId", len(row))
        return row[index] if index < len(row) else ""

    def look_alike(self, value: str) -> str | None:
        """Return the id that differs from the value only in case or in blanks at the ends, or None."""
        if not self._folded:
            self._folded = {fold(known): known for known in self.ids}
        return self._folded.get(fold(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the checks of one set share."""

    format: Format
    creates_users: bool
    """True if SDS creates the users (include_names)."""
    states: Mapping[str, FileState]
    collector: Collector

    def state(self, name: str) -> FileState:
        """Return the state of a file of this format."""
        return self.states[name]

    def note(
        self, offence: Offence, state: FileState, line: int, row: Sequence[str], column: str | None = None
    ) -> None:
        """Note what is wrong with a row, or with the cell of a column in it, and what SDS would drop with it."""
        value = row[state.column_index[column]] if column and column != "password" else None
        self.collector.add(offence, Location(state.name, line, column, value))
        if offence.drops and state.spec.has_ids:
            state.dropped.add(state.id_of(row))


def fold(identifier: str) -> str:
    """Return an id without what does not count for a look-alike: case, and blanks at the ends."""
    return identifier.strip().casefold()
