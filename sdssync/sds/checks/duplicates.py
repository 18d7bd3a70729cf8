"""
Find what stands twice: ids (R02, R03), usernames (R15), rows (R13), and people on both sides of a class (R14).

Keys of rows are kept as 64-bit hashes while a file is read. A hash that comes twice is only a suspicion: the file is
read once more for the suspects, whose keys are then compared in full.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sdssync.sds.checks.collector import Place, Verdict
from sdssync.sds.checks.file_state import Context, Table, fold
from sdssync.sds.csv_file import Block, CsvFile, places_of
from sdssync.sds.data_types import MEMBER_ROLES, OWNER_ROLES, is_blank, lacks_leading_zero
from sdssync.sds.findings import Severity
from sdssync.sds.schema import ENROLLMENTS, USERS, Required


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that tell one row from another, and the rule for two that are alike."""

    columns: tuple[str, ...]
    folded: frozenset[str]
    """Those of them that are compared in lower case."""
    demanded: frozenset[str]
    """Those without which there is no key: a row without them has its own finding."""
    verdict: Verdict
    column: str | None = None
    """The column to show, if it is a matter of one."""

    def cells(self, table: Table, columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """Yield the keys of a block that is given by columns."""
        return zip(
            *map(self._column, self.columns, (columns[table.places[name]] for name in self.columns)), strict=True
        )

    def _column(self, name: str, cells: Sequence[str]) -> Sequence[str]:
        return list(map(_FOLDS.get(name, str.lower), cells)) if name in self.folded else cells

    def of(self, table: Table, row: Sequence[str]) -> tuple[str, ...]:
        """Give the key of one row."""
        cells = ((name, row[table.places[name]]) for name in self.columns)
        return tuple(_FOLDS.get(name, str.lower)(cell) if name in self.folded else cell for name, cell in cells)

    def void(self, key: tuple[str, ...]) -> bool:
        """Whether a value is missing without which nothing can be said."""
        return any(name in self.demanded and is_blank(cell) for name, cell in zip(self.columns, key, strict=True))


def _fold_grade(cell: str) -> str:
    """Write a grade as SDS stores it: a missing leading zero is forgiven."""
    return f"0{cell}" if lacks_leading_zero(cell) else cell.lower()


_FOLDS: Mapping[str, Callable[[str], str]] = {"grade": _fold_grade}
"""Columns that are folded in another way than to lower case."""


def key_of(table: Table) -> Key | None:
    """Give what must not stand twice in a file besides its sourcedId."""
    if table.name == USERS and "username" in table.places:
        same_name = Verdict("SDS215", Severity.ERROR, "the username is that of another user")
        name = frozenset({"username"})
        return Key(("username",), name, name, same_name, "username")
    columns = [table.spec.column(name) for name in table.spec.key]
    demanded = frozenset(column.name for column in columns if column and column.required is Required.YES)
    if not demanded or not demanded <= table.places.keys():
        return None
    there = tuple(name for name in table.spec.key if name in table.places)
    folded = frozenset(column.name for column in columns if column and column.kind.values)
    return Key(there, folded, demanded, Verdict("SDS213", Severity.WARNING, "the row says what another says already"))


@dataclass(slots=True)
class RepeatCheck:
    """Watches the keys of one file."""

    key: Key
    table: Table
    _seen: set[int] = field(default_factory=set)
    _suspects: set[int] = field(default_factory=set)

    def take(self, columns: Sequence[Sequence[str]]) -> None:
        """Note the keys of a block."""
        number = len(columns[0])
        hashes = set(map(hash, self.key.cells(self.table, columns)))
        if len(hashes) < number:
            self._suspects |= self._doubles(columns)
        if not self._seen.isdisjoint(hashes):
            self._suspects |= self._seen & hashes
        self._seen |= hashes

    def _doubles(self, columns: Sequence[Sequence[str]]) -> set[int]:
        """Find the hashes that come twice within a block."""
        once: set[int] = set()
        twice: set[int] = set()
        for number in map(hash, self.key.cells(self.table, columns)):
            (twice if number in once else once).add(number)
        return twice

    def finish(self, csv: CsvFile, context: Context) -> None:
        """Compare the suspects in full and report those that are alike."""
        self._seen.clear()
        if not self._suspects:
            return
        first: dict[tuple[str, ...], Holders] = {}
        people: defaultdict[tuple[str, ...], dict[str, Part]] = defaultdict(dict)
        for line, row, key in self._suspicious(csv):
            holders = first.setdefault(key, Holders(line))
            if holders.line != line and not holders.has(self.table.id_of(row)):
                self._report(line, row, holders.line, context)
            holders.add(self.table.id_of(row))
            if self.table.name == ENROLLMENTS and "role" in self.table.places:
                role = row[self.table.places["role"]].lower()
                people[key][role] = people[key].get(role, Part(line, 0)).again()
        for key, parts in people.items():
            _judge_roles(key, parts, self.table, context)

    def _report(self, line: int, row: Sequence[str], first: int, context: Context) -> None:
        verdict = Verdict(
            self.key.verdict.code, self.key.verdict.severity, f"{self.key.verdict.message}, on line {first}"
        )
        value = row[self.table.places[self.key.column]] if self.key.column else None
        context.ledger.add(verdict, Place(self.table.name, line, self.key.column, value))

    def _suspicious(self, csv: CsvFile) -> Iterator[tuple[int, Sequence[str], tuple[str, ...]]]:
        """Read the file once more and yield line, row and key of the suspects."""
        for block in csv.blocks():
            for place in places_of(self._suspects, map(hash, self.key.cells(self.table, block.columns))):
                row = block.row(place)
                key = self.key.of(self.table, row)
                if not self.key.void(key):
                    yield block.lines[place], row, key


@dataclass(slots=True)
class Holders:
    """Where a key stands first, and the ids of the records that have it: the same record again is no other one."""

    line: int
    _ids: set[str] = field(default_factory=set)

    def add(self, identifier: str) -> None:
        """Note a record; one without id is none that could come again."""
        if not is_blank(identifier):
            self._ids.add(identifier)

    def has(self, identifier: str) -> bool:
        """Whether the record is known: then it is a duplicate id, which has its own finding."""
        return identifier in self._ids


class Part(NamedTuple):
    """What somebody is in a class: the line that says so first, and how many say so."""

    line: int
    times: int

    def again(self) -> "Part":
        """Count one more line."""
        return Part(self.line, self.times + 1)


def _judge_roles(key: tuple[str, ...], parts: Mapping[str, Part], table: Table, context: Context) -> None:
    """
    Report somebody who is both teacher and student of one class (R14), and count nobody twice as a member (M05).

    Why: an owner and a member at once; which of the two SDS makes is not known.
    Bad: "12001,14001,student" and "12001,14001,teacher".
    Mend: remove one of the two rows.
    """
    owner = [part for role, part in parts.items() if role in OWNER_ROLES]
    member = [part for role, part in parts.items() if role in MEMBER_ROLES]
    if owner and "student" in parts:
        early, late = sorted((min(owner).line, parts["student"].line))
        message = f"the user is both teacher and student of the class, see line {early}"
        context.ledger.add(Verdict("SDS214", Severity.WARNING, message), Place(table.name, late, "role"))
    table.surplus_owners[key[0]] += max(sum(part.times for part in owner) - 1, 0)
    table.surplus_members[key[0]] += max(sum(part.times for part in member) - 1, 0)


def take_ids(table: Table, block: Block, cells: Sequence[str], context: Context) -> None:
    """
    Remember the ids of a block, and report those that stand already in the file (R02).

    Why: an id must be unique; which row SDS keeps is not known.
    Bad: users.csv has 14001 for two people.
    Mend: give each record its own id.
    """
    ids = table.ids
    if len(set(cells)) == len(cells) and ids.keys().isdisjoint(cells) and all(map(str.strip, cells)):
        ids.update(zip(cells, block.lines, strict=True))
        return
    for line, cell in zip(block.lines, cells, strict=True):
        first = line if is_blank(cell) else ids.setdefault(cell, line)
        if first != line:
            message = f"the sourcedId stands already on line {first}"
            context.ledger.add(Verdict("SDS202", Severity.ERROR, message), Place(table.name, line, "sourcedId", cell))


def look_alikes(table: Table, context: Context) -> None:
    """
    Report ids that differ only in case or in blanks at the ends (R03).

    Why: two to SDS, one to a mail alias.
    Bad: 12001a and 12001A.
    Mend: make them different, or the same.
    """
    if len(set(map(str.casefold, map(str.strip, table.ids)))) == len(table.ids):
        return
    first: dict[str, int] = {}
    for identifier, line in sorted(table.ids.items(), key=lambda item: item[1]):
        other = first.setdefault(fold(identifier), line)
        if other != line:
            message = f"the sourcedId differs from that on line {other} in case or in blanks at the ends only"
            place = Place(table.name, line, "sourcedId", identifier)
            context.ledger.add(Verdict("SDS203", Severity.WARNING, message), place)
