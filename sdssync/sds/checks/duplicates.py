"""
Find what appears twice: ids (R02, R03), usernames (R15), titles (M07), rows (R13), people on both sides (R14).

While a file is read, 64-bit hashes of its keys are kept; in enrollments, where the rows of a class nearly always follow
each other, the keys of one class (`runs`). A hash that comes twice is only a suspicion: the file is read once more for
the suspects, whose keys are then compared in full.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from typing import NamedTuple

from sdssync.sds.checks.collector import Location, Offence
from sdssync.sds.checks.file_state import Context, FileState, fold
from sdssync.sds.checks.runs import Runs
from sdssync.sds.code_lists import MEMBER_ROLES, OWNER_ROLES
from sdssync.sds.csv_file import Block, CsvFile, indexes_of
from sdssync.sds.data_types import is_blank, lacks_leading_zero
from sdssync.sds.findings import Severity
from sdssync.sds.schema import CLASSES, ENROLLMENTS, USERS, Required

Fold = Callable[[str], str]


def _fold_grade(cell: str) -> str:
    """Return a grade as SDS stores it: a missing leading zero does not count."""
    return f"0{cell}" if lacks_leading_zero(cell) else cell.lower()


class KeyColumn(NamedTuple):
    """One column of a key."""

    name: str
    folds: tuple[Fold, ...]
    """Return, one after the other, the form in which its cells are compared; (): they are compared as they are."""
    is_required: bool
    """Without a value there is no key: such a row has a finding of its own."""

    def folded(self, cells: Iterable[str]) -> Iterable[str]:
        """Return the cells in the form in which they are compared."""
        return reduce(lambda texts, fold: map(fold, texts), self.folds, cells)


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that distinguish one row from another, and the offence of two rows that are alike."""

    columns: tuple[KeyColumn, ...]
    offence: Offence
    column: str | None = None
    """The column that a finding names, if only one matters."""

    def of_block(self, state: FileState, columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """Yield the keys of a block of rows that is given by columns."""
        cells = (column.folded(columns[state.column_index[column.name]]) for column in self.columns)
        return zip(*cells, strict=True)

    def of_row(self, state: FileState, row: Sequence[str]) -> tuple[str, ...]:
        """Return the key of one row."""
        return next(self.of_block(state, [(cell,) for cell in row]))

    def is_incomplete(self, key: tuple[str, ...]) -> bool:
        """Return True if a required key column is blank; such a row is never reported as a duplicate."""
        return any(column.is_required and is_blank(cell) for column, cell in zip(self.columns, key, strict=True))


def key_of(state: FileState) -> Key | None:
    """Return what must not appear twice in a file, apart from its sourcedId; None: there is nothing."""
    if state.name == USERS and "username" in state.column_index:
        offence = Offence("SDS215", Severity.ERROR, "the username is that of another user")
        return Key((KeyColumn("username", (str.lower,), is_required=True),), offence, "username")
    if state.name == CLASSES and "title" in state.column_index:
        offence = Offence("SDS307", Severity.ADVICE, "the title is that of another class")
        return Key((KeyColumn("title", (str.strip, str.casefold), is_required=True),), offence, "title")
    columns = [column for column in map(state.spec.column, state.spec.key) if column]
    required = {column.name for column in columns if column.required is Required.YES}
    if not required or not required <= state.column_index.keys():
        return None
    return Key(
        tuple(
            KeyColumn(
                column.name,
                ((_fold_grade if column.name == "grade" else str.lower),) if column.data_type.values else (),
                column.name in required,
            )
            for column in columns
            if column.name in state.column_index
        ),
        Offence("SDS213", Severity.WARNING, "the row duplicates another row"),
    )


@dataclass(slots=True)
class DuplicateCheck:
    """Watches the keys of one file."""

    key: Key
    state: FileState
    csv: CsvFile
    _seen: set[int] = field(default_factory=set)
    _suspects: set[int] = field(default_factory=set)
    _runs: Runs | None = field(init=False)
    _blocks: int = 0

    def __post_init__(self) -> None:
        """Expect runs where the rows of a file usually follow each other."""
        self._runs = Runs() if self.state.name == ENROLLMENTS else None

    def take(self, columns: Sequence[Sequence[str]]) -> None:
        """Note the keys of a block."""
        if self._runs is None:
            self._take_hashes(columns)
        elif not self._runs.take(list(self.key.of_block(self.state, columns))):
            self._runs = None  # a class comes back after others: whatever came before may have what comes now
            for block in islice(self._blocks_with_rows(), self._blocks):
                self._take_hashes(block.columns)
            self._take_hashes(columns)
        self._blocks += 1

    def _blocks_with_rows(self) -> Iterator[Block]:
        return (block for block in self.csv.blocks() if block.lines)

    def _take_hashes(self, columns: Sequence[Sequence[str]]) -> None:
        hashes = list(map(hash, self.key.of_block(self.state, columns)))
        distinct = set(hashes)
        if len(distinct) < len(hashes):
            self._suspects |= _repeated(hashes)
        if not self._seen.isdisjoint(distinct):
            self._suspects |= self._seen & distinct
        self._seen |= distinct

    def finish(self, context: Context) -> None:
        """Compare the suspects in full and report those that are alike."""
        self._seen.clear()
        if self._runs is not None:
            self._suspects |= self._runs.suspects
        if not self._suspects:
            return
        first: dict[tuple[str, ...], Holders] = {}
        people: defaultdict[tuple[str, ...], dict[str, Part]] = defaultdict(dict)
        for line, row, key in self._suspicious_rows():
            holders = first.setdefault(key, Holders(line))
            if holders.line != line and not holders.has(self.state.id_of(row)):
                self._report(line, row, holders.line, context)
            holders.add(self.state.id_of(row))
            if self.state.name == ENROLLMENTS and "role" in self.state.column_index:
                role = row[self.state.column_index["role"]].lower()
                people[key][role] = people[key].get(role, Part(line, 0)).again()
        for key, parts in people.items():
            _judge_roles(key, parts, self.state, context)

    def _report(self, line: int, row: Sequence[str], first: int, context: Context) -> None:
        offence = self.key.offence
        value = row[self.state.column_index[self.key.column]] if self.key.column else None
        context.collector.add(
            Offence(offence.code, offence.severity, f"{offence.message}, on line {first}"),
            Location(self.state.name, line, self.key.column, value),
        )

    def _suspicious_rows(self) -> Iterator[tuple[int, Sequence[str], tuple[str, ...]]]:
        """Read the file once more and yield line, row and key of the suspects."""
        for block in self.csv.blocks():
            for index in indexes_of(self._suspects, map(hash, self.key.of_block(self.state, block.columns))):
                row = block.row(index)
                key = self.key.of_row(self.state, row)
                if not self.key.is_incomplete(key):
                    yield block.lines[index], row, key


def _repeated(hashes: Sequence[int]) -> set[int]:
    """Return the hashes that come twice within a block."""
    once: set[int] = set()
    twice: set[int] = set()
    for number in hashes:
        (twice if number in once else once).add(number)
    return twice


@dataclass(slots=True)
class Holders:
    """The line on which a key appears first, and the ids of the records that have it: one record is not a duplicate."""

    line: int
    _ids: set[str] = field(default_factory=set)

    def add(self, identifier: str) -> None:
        """Note a record; one without an id cannot come again."""
        if not is_blank(identifier):
            self._ids.add(identifier)

    def has(self, identifier: str) -> bool:
        """Return True if the record is known: then it is a duplicate id, which has its own finding."""
        return identifier in self._ids


class Part(NamedTuple):
    """A role of a person in a class: the first line with it, and the number of lines."""

    line: int
    times: int

    def again(self) -> "Part":
        """Count one more line."""
        return Part(self.line, self.times + 1)


def _judge_roles(key: tuple[str, ...], parts: Mapping[str, Part], state: FileState, context: Context) -> None:
    """Report a user who is both teacher and student of one class (R14), and count no one twice as a member (M05)."""
    owner = [part for role, part in parts.items() if role in OWNER_ROLES]
    member = [part for role, part in parts.items() if role in MEMBER_ROLES]
    if owner and "student" in parts:
        early, late = sorted((min(owner).line, parts["student"].line))
        message = f"the user is both teacher and student of the class, see line {early}"
        context.collector.add(Offence("SDS214", Severity.WARNING, message), Location(state.name, late, "role"))
    state.surplus_owners[key[0]] += max(sum(part.times for part in owner) - 1, 0)
    state.surplus_members[key[0]] += max(sum(part.times for part in member) - 1, 0)


def take_ids(state: FileState, block: Block, cells: Sequence[str], context: Context) -> None:
    """Remember the ids of a block, and report those that already appear in the file (R02)."""
    ids = state.ids
    if len(set(cells)) == len(cells) and ids.keys().isdisjoint(cells) and all(map(str.strip, cells)):
        ids.update(zip(cells, block.lines, strict=True))
        return
    for line, cell in zip(block.lines, cells, strict=True):
        first = line if is_blank(cell) else ids.setdefault(cell, line)
        if first != line:
            offence = Offence("SDS202", Severity.ERROR, f"the sourcedId already appears on line {first}")
            context.collector.add(offence, Location(state.name, line, "sourcedId", cell))


def look_alikes(state: FileState, context: Context) -> None:
    """Report ids that differ only in case or in blanks at the ends (R03)."""
    if len(set(map(str.casefold, map(str.strip, state.ids)))) == len(state.ids):
        return
    first: dict[str, int] = {}
    for identifier, line in sorted(state.ids.items(), key=lambda item: item[1]):
        other = first.setdefault(fold(identifier), line)
        if other != line:
            message = f"the sourcedId differs only in case, or in blanks at the ends, from the one on line {other}"
            location = Location(state.name, line, "sourcedId", identifier)
            context.collector.add(Offence("SDS203", Severity.WARNING, message), location)
