"""
Compare two CSV sets row by row, by meaning: order, quoting and format aside.

A plan compares what SDS would take, and of rows with one id it takes the first. Here every row counts. A comma that
was not quoted, as iSAMS-SDS.ps1 leaves it, shifts the cells after it: such a row is put right by the other set first.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sdssync.roster.identifiers import order
from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import ClassRow, CsvSet, Enrollment, LongRow, OrgRow, UserRow, enrollment_of
from sdssync.sds.schema import CLASSES, ORGS, USERS

_Row = TypeVar("_Row", bound=Hashable)
Cells = Mapping[str, str]
"""The cells of a row other than its id, by the names that `UserRow` and `ClassRow` have for them."""


class RowKind(StrEnum):
    """What a row is about; the organisations are in it, unlike in what a plan counts."""

    ORG = "org"
    USER = "user"
    CLASS = "class"
    ENROLLMENT = "enrollment"


class Where(StrEnum):
    """In which of two sets a row is."""

    FIRST = "only_first"
    SECOND = "only_second"
    BOTH = "changed"
    """With other cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that only one of two sets has, or that both have with other cells."""

    kind: RowKind
    where: Where
    id: str
    """Of an enrollment, that of the user."""
    class_id: str = ""
    """Of an enrollment only."""
    role: str = ""
    """Of an enrollment only."""
    first: Cells | None = None
    second: Cells | None = None
    unquoted: str = ""
    """The column in which one of the sets has a comma that is not quoted."""
    is_repeat: bool = False
    """True: the same row, once more than in the other set."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that differ, apart from the one with the comma."""
        if self.first is None or self.second is None:
            return ()
        return tuple(name for name in self.first if self.first[name] != self.second[name])

    @property
    def enrollment(self) -> Enrollment:
        """Return the enrollment that it is."""
        return Enrollment(self.class_id, self.id, self.role)


def row_counts(csv_set: CsvSet) -> Mapping[RowKind, int]:
    """Return how many rows a set has of each kind; of an id of an organisation one."""
    repeats = csv_set.repeats
    return {
        RowKind.ORG: len(csv_set.organisations),
        RowKind.USER: len(csv_set.users) + len(repeats.users),
        RowKind.CLASS: len(csv_set.classes) + len(repeats.classes),
        RowKind.ENROLLMENT: sum(map(len, csv_set.enrollments.values())) + len(repeats.enrollments),
    }


def cells_of(csv_set: CsvSet, kind: RowKind, identifier: str) -> Cells:
    """Return the cells of the first row with an id; none: there is no such row."""
    match kind:
        case RowKind.ORG:
            org = csv_set.organisations.get(identifier)
            return _org_cells(org) if org else {}
        case RowKind.USER:
            user = csv_set.users.get(identifier)
            return _user_cells(user) if user else {}
        case RowKind.CLASS:
            school_class = csv_set.classes.get(identifier)
            return _class_cells(school_class) if school_class else {}
    return {}


def compare_sets(first: CsvSet, second: CsvSet) -> Iterator[Difference]:
    """Yield every difference between two sets: organisations, users, classes, enrollments, each by id."""
    yield from _Compared(RowKind.ORG, _org_cells, first, second).differences(
        first.organisations, second.organisations, (), ()
    )
    yield from _Compared(RowKind.USER, _user_cells, first, second).differences(
        first.users, second.users, first.repeats.users, second.repeats.users
    )
    yield from _Compared(RowKind.CLASS, _class_cells, first, second).differences(
        first.classes, second.classes, first.repeats.classes, second.repeats.classes
    )
    yield from _enrollments(first, second)


class _Compared(Generic[_Row]):
    """The rows of one kind in two sets."""

    def __init__(self, kind: RowKind, cells: Callable[[_Row], Cells], first: CsvSet, second: CsvSet) -> None:
        self._kind = kind
        self._cells = cells
        self._long_first = _long_rows(first, kind)
        self._long_second = _long_rows(second, kind)

    def differences(
        self,
        first: Mapping[str, _Row],
        second: Mapping[str, _Row],
        more_first: Sequence[tuple[str, _Row]],
        more_second: Sequence[tuple[str, _Row]],
    ) -> Iterator[Difference]:
        """Yield the differences; `more_` are the rows of ids that the sets have already."""
        repeated = {identifier for identifier, _ in (*more_first, *more_second)}
        differing = (key for key in first.keys() | second.keys() if first.get(key) != second.get(key))
        for identifier in sorted({*differing, *repeated}, key=order):
            yield from self._of_id(
                identifier,
                Counter(_rows_of(identifier, first, more_first if identifier in repeated else ())),
                Counter(_rows_of(identifier, second, more_second if identifier in repeated else ())),
            )

    def _of_id(self, identifier: str, first: "Counter[_Row]", second: "Counter[_Row]") -> Iterator[Difference]:
        only_first = sorted((first - second).elements(), key=repr)
        only_second = sorted((second - first).elements(), key=repr)
        pairs = list(zip(only_first, only_second, strict=False))
        for one, other in pairs:
            changed = self._changed(identifier, self._cells(one), self._cells(other))
            if changed.columns or changed.unquoted:  # not the order of organisations alone
                yield changed
        met = {*(first & second), *(row for pair in pairs for row in pair)}
        for row in only_first[len(pairs) :]:
            yield self._only(Where.FIRST, identifier, row, is_repeat=row in met)
            met.add(row)
        for row in only_second[len(pairs) :]:
            yield self._only(Where.SECOND, identifier, row, is_repeat=row in met)
            met.add(row)

    def _only(self, where: Where, identifier: str, row: _Row, *, is_repeat: bool) -> Difference:
        cells = self._cells(row)
        return Difference(
            kind=self._kind,
            where=where,
            id=identifier,
            first=cells if where is Where.FIRST else None,
            second=cells if where is Where.SECOND else None,
            is_repeat=is_repeat,
        )

    def _changed(self, identifier: str, first: Cells, second: Cells) -> Difference:
        """Return the difference of two rows; one that a comma has shifted is put right by the other."""
        right_second, unquoted = _put_right(second, self._long_second.get(identifier), first)
        right_first, unquoted_first = _put_right(first, self._long_first.get(identifier), second)
        return Difference(
            kind=self._kind,
            where=Where.BOTH,
            id=identifier,
            first=right_first,
            second=right_second,
            unquoted=unquoted or unquoted_first,
        )


def _rows_of(identifier: str, rows: Mapping[str, _Row], more: Iterable[tuple[str, _Row]]) -> Iterator[_Row]:
    if identifier in rows:
        yield rows[identifier]
    yield from (row for key, row in more if key == identifier)


def _enrollments(first: CsvSet, second: CsvSet) -> Iterator[Difference]:
    """Yield the enrollments that only one set has, and those that it has once more."""
    changes = Changes(old=first, new=second).enrollments
    lines_first, lines_second = Counter(first.repeats.enrollments), Counter(second.repeats.enrollments)
    more_first = map(enrollment_of, (lines_first - lines_second).elements())
    more_second = map(enrollment_of, (lines_second - lines_first).elements())
    found = [
        *((Where.FIRST, enrollment, False) for enrollment in changes.removed),
        *((Where.SECOND, enrollment, False) for enrollment in changes.added),
        *((Where.FIRST, enrollment, True) for enrollment in more_first),
        *((Where.SECOND, enrollment, True) for enrollment in more_second),
    ]
    found.sort(key=lambda entry: (order(entry[1].class_id), order(entry[1].user_id), entry[1].role, entry[0]))
    for where, enrollment, is_repeat in found:
        yield Difference(
            kind=RowKind.ENROLLMENT,
            where=where,
            id=enrollment.user_id,
            class_id=enrollment.class_id,
            role=enrollment.role,
            is_repeat=is_repeat,
        )


_COLUMNS = {
    "title": "title",
    "orgsourcedid": "org",
    "orgsourcedids": "orgs",
    "username": "username",
    "role": "role",
    "familyname": "surname",
    "givenname": "forename",
    "grade": "grade",
    "name": "name",
    "type": "type",
}
"""The columns of both formats, in lower case, and what the rows here call them."""


_FILES = {RowKind.ORG: ORGS, RowKind.USER: USERS, RowKind.CLASS: CLASSES}


def _long_rows(csv_set: CsvSet, kind: RowKind) -> Mapping[str, LongRow]:
    return {row.cells[0]: row for row in reversed(csv_set.long_rows) if row.file == _FILES[kind]}


def _put_right(cells: Cells, long: LongRow | None, other: Cells) -> tuple[Cells, str]:
    """
    Join the cells that a comma has parted; return the row, and the column, or "" if it is not the reason.

    It is one if the joined cells are what the other set has in that column.
    """
    if long is None:
        return cells, ""
    more = len(long.cells) - len(long.header)
    for index, header in enumerate(long.header):
        column = _COLUMNS.get(header, "")
        whole = ",".join(long.cells[index : index + more + 1])
        if column in other and other[column] == whole:
            joined = (*long.cells[:index], whole, *long.cells[index + more + 1 :])
            named = {_COLUMNS.get(name, ""): cell for name, cell in zip(long.header, joined, strict=True)}
            return {name: named.get(name, cell) for name, cell in cells.items()}, column
    return cells, ""


def _org_cells(row: OrgRow) -> Cells:
    return {"name": row.name, "type": row.type}


def _user_cells(row: UserRow) -> Cells:
    """Return the cells of a user; the order of the organisations means nothing."""
    return row._asdict() | {"orgs": ",".join(sorted(row.orgs.split(",")))}


def _class_cells(row: ClassRow) -> Cells:
    return {"title": row.title, "org": row.org}
