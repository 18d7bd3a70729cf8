"""What is remembered of a file while its set is checked: ids, dropped rows, and whether its absence is reported."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdssync.sds.checks.collector import Ledger, Place, Verdict
from sdssync.sds.csv_file import CsvFile
from sdssync.sds.schema import File, Format


@dataclass(slots=True)
class Table:
    """One file of the format, whether it is in the set or not. Memory grows with distinct ids, not with rows."""

    spec: File
    csv: CsvFile | None = None
    """None: not there, or no CSV."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Where each known column stands in the rows."""
    rows: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    """Each sourcedId, and the line on which it stands first."""
    known: frozenset[str] = frozenset()
    """The same ids, for quick look-ups."""
    dropped: set[str] = field(default_factory=set)
    """The sourcedIds of rows that SDS would drop: what refers to them only follows."""
    torn: bool = False
    """Whether some rows could not be read, so that what is missing may be in them."""
    hides_ids: bool = False
    """Whether one of these rows may hold an id that is not known now: its place is not certain in them."""
    misheaded: bool = False
    """Whether the header is wrong in a way that is reported, so that rows may not fit it."""
    gap: bool = False
    """Whether the file, or its ids, are missing for a reason that is already reported."""
    referred_to: set[str] = field(default_factory=set)
    """Columns that refer to this file although it is optional and absent: "roles.csv sessionSourcedId"."""
    seen: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The distinct values of the columns that a later rule asks for."""
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """For enrollments: how many rows a class has in each role, in lower case; "" is what is no role."""
    surplus_owners: Counter[str] = field(default_factory=Counter)
    """For enrollments: by class, rows of owners who stand there before."""
    surplus_members: Counter[str] = field(default_factory=Counter)
    """The same for members."""
    _folded: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.spec.name

    def has(self, *columns: str) -> bool:
        """Whether all these columns are there and were read to the end."""
        return self.csv is not None and not self.gap and all(column in self.places for column in columns)

    def settle(self) -> None:
        """
        Make all ids ready to be looked up, when the file has been read.

        They are written anew, side by side in memory: a look-up of a million references is a matter of cache misses.
        """
        names = "\0".join(self.ids).split("\0") if self.ids else []
        self.ids = dict(zip(names, self.ids.values(), strict=True))
        self.known = frozenset(names)

    def id_of(self, row: Sequence[str]) -> str:
        """Give the sourcedId of a row, "" when it has none; the row may be too short."""
        place = self.places.get("sourcedId", len(row))
        return row[place] if place < len(row) else ""

    def look_alike(self, value: str) -> int | None:
        """Find the line of an id that differs from the value in case or in blanks at the ends only."""
        if not self._folded:
            self._folded = {fold(known): line for known, line in self.ids.items()}
        return self._folded.get(fold(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the checks of one set share."""

    format: Format
    creates_users: bool
    """Whether SDS creates the users (include_names)."""
    tables: Mapping[str, Table]
    ledger: Ledger

    def table(self, name: str) -> Table:
        """Give the table of a file of this format."""
        return self.tables[name]

    def note(self, verdict: Verdict, table: Table, line: int, row: Sequence[str], column: str | None = None) -> None:
        """Note what is wrong with a row, or with the cell of a column in it, and what SDS would drop with it."""
        value = row[table.places[column]] if column and column != "password" else None
        self.ledger.add(verdict, Place(table.name, line, column, value))
        if verdict.drops and table.spec.has_ids:
            table.dropped.add(table.id_of(row))


def fold(identifier: str) -> str:
    """Give what is left of an id when case and blanks at the ends do not count."""
    return identifier.strip().casefold()
