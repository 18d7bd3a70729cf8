"""
A CSV set as values that can be compared: by sourcedId, and by meaning across the two formats.

An enrollment is kept as one text, a line of our own `enrollments.csv`, with the others of its class: so a million of
them are compared in little more time than a bare `csv.reader` takes to read both files (`make bench`). A file of
another layout (the script's, or one that a spreadsheet wrote) is brought into that form. What cannot be read as a set
is said, and the rest is taken as far as it can be. What a comparison of row with row needs in addition is kept aside:
rows that repeat an id, and rows with more cells than their header.
"""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, methodcaller
from pathlib import Path
from typing import NamedTuple

from sdssync.files.regular import read_regular
from sdssync.sds.schema import CLASSES, ENROLLMENTS, ORGS, ROLES, USERS

STUDENT, TEACHER = "student", "teacher"
_HEADER = b"classSourcedId,userSourcedId,role"

csv.field_size_limit(1 << 20)


class UserRow(NamedTuple):
    """What a set says about a user; a column that the format lacks is "". A tuple: there are 100,000 of them."""

    username: str
    surname: str
    forename: str
    role: str
    grade: str
    orgs: str
    """Separated by commas."""

    @property
    def is_student(self) -> bool:
        """Return True for a student."""
        return self.role.lower() == STUDENT


@dataclass(frozen=True, slots=True)
class OrgRow:
    """What a set says about an organisation."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What a set says about a class."""

    title: str
    org: str


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A person in a class."""

    class_id: str
    user_id: str
    role: str

    @property
    def is_teacher(self) -> bool:
        """Return True for a teacher of the class."""
        return self.role.lower() == TEACHER


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRow:
    """A row with more cells than its header: a comma in one of them was not quoted."""

    file: str
    header: tuple[str, ...]
    """In lower case."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeats:
    """The rows of ids that an earlier row has; an enrollment is a line that is there already."""

    users: list[tuple[str, UserRow]] = field(default_factory=list)
    classes: list[tuple[str, ClassRow]] = field(default_factory=list)
    enrollments: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSet:
    """A set, as values. Of rows with one id the first counts."""

    organisations: Mapping[str, OrgRow]
    users: Mapping[str, UserRow]
    classes: Mapping[str, ClassRow]
    enrollments: Mapping[str, frozenset[bytes]]
    """By class: lines without their end; `enrollment_of` reads one."""
    taught: frozenset[str]
    """The classes that have a teacher."""
    repeats: Repeats = field(default_factory=Repeats)
    long_rows: tuple[LongRow, ...] = ()
    unreadable: tuple[str, ...] = ()
    """The names of files with rows that cannot be read as a set."""

    @property
    def orgs(self) -> frozenset[str]:
        """Return the sourcedIds of the organisations."""
        return frozenset(self.organisations)

    def has(self, enrollment: Enrollment) -> bool:
        """Return True if an enrollment is in the set."""
        line = _line((enrollment.class_id, enrollment.user_id, enrollment.role))
        return line in self.enrollments.get(enrollment.class_id, ())


def enrollment_of(line: bytes) -> Enrollment:
    """Return the enrollment of a line."""
    text = line.decode("utf-8", "surrogateescape")
    cells = text.split(",", 2) if '"' not in text else next(csv.reader([text]))
    class_id, user_id, role = (*cells, "", "")[:3]
    return Enrollment(class_id, user_id, role)


def read_set(folder: Path) -> CsvSet:
    """
    Read a folder in either format.

    Raises:
        OSError: a file cannot be read from the disk.

    """
    return parse_set(lambda name: _bytes(folder / name))


def parse_set(content_of: Callable[[str], bytes]) -> CsvSet:
    """Return the set whose files have the bytes that the caller gives for each name; b"" for one that is not there."""
    tables = _Tables(content_of)
    orgs: dict[str, OrgRow] = {}
    for row in tables.rows(ORGS, ("sourcedId", "name", "type")):
        orgs.setdefault(row[0], OrgRow(row[1], row[2]))
    repeats = Repeats()
    users = _users(tables, repeats)
    classes: dict[str, ClassRow] = {}
    for row in tables.rows(CLASSES, ("sourcedId", "title", "orgSourcedId")):
        found = ClassRow(row[1], row[2])
        if classes.setdefault(row[0], found) is not found:
            repeats.classes.append((row[0], found))
    enrollments = _enrollments(tables, repeats)
    return CsvSet(
        organisations=orgs,
        users=users,
        classes=classes,
        enrollments=enrollments,
        taught=frozenset(class_id for class_id, lines in enrollments.items() if any(map(_IS_TEACHER, lines))),
        repeats=repeats,
        long_rows=tuple(tables.long_rows),
        unreadable=tuple(tables.unreadable),
    )


def attended(csv_set: CsvSet) -> frozenset[str]:
    """Return the classes that have a student."""
    return frozenset(class_id for class_id, lines in csv_set.enrollments.items() if any(map(_IS_STUDENT, lines)))


def has_set(folder: Path) -> bool:
    """Return True if a folder has any file of a set that could have rows."""
    return any(os.path.lexists(folder / name) for name in (USERS, CLASSES, ENROLLMENTS))


_V2 = ("sourcedId", "username", "familyName", "givenName", "role", "grade", "orgSourcedIds")


def _users(tables: "_Tables", repeats: Repeats) -> dict[str, UserRow]:
    """Return the users by id; in V2.1 what they are is in `roles.csv`."""
    roles: dict[str, Sequence[str]] = {}
    further: dict[str, dict[str, None]] = {}
    for row in tables.rows(ROLES, ("userSourcedId", "role", "grade", "orgSourcedId")):
        first = roles.setdefault(row[0], row)
        if first is not row and first[3] != row[3]:
            further.setdefault(row[0], {first[3]: None})[row[3]] = None
    users: dict[str, UserRow] = {}
    for user_id, username, surname, forename, role, grade, orgs in tables.rows(USERS, _V2):
        if found := roles.get(user_id):
            _, role, grade, orgs = found  # noqa: PLW2901  (V2.1)
        orgs = ",".join(further[user_id]) if user_id in further else orgs  # noqa: PLW2901
        user = UserRow(username, surname, forename, role, grade, orgs)
        if users.setdefault(user_id, user) is not user:
            repeats.users.append((user_id, user))
    return users


_IS_TEACHER = methodcaller("endswith", b",teacher")
_IS_STUDENT = methodcaller("endswith", b",student")
_ONE_CLASS = re.compile(rb"([^,\r\n]*),[^\r\n]*\r\n(?:\1,[^\r\n]*\r\n)*")
"""Consecutive lines of one class, in a file without quotes."""


def _enrollments(tables: "_Tables", repeats: Repeats) -> dict[str, frozenset[bytes]]:
    """Return the enrollments of each class, each as a line of our own."""
    content = tables.content_of(ENROLLMENTS)
    header, _, rest = content.partition(b"\r\n")
    found: dict[str, list[bytes]] = {}
    if header == _HEADER and _is_our_own(rest):  # nearly always: no row has to be taken apart
        for block in _ONE_CLASS.finditer(rest):
            class_id = block[1].decode("utf-8", "surrogateescape")
            found.setdefault(class_id, []).extend(block[0].split(b"\r\n")[:-1])
        return _lines(found, repeats)
    for class_id, user_id, role in tables.rows(ENROLLMENTS, ("classSourcedId", "userSourcedId", "role")):
        found.setdefault(class_id, []).append(_line((class_id, user_id, role.lower())))
    return _lines(found, repeats)


def _lines(found: Mapping[str, Sequence[bytes]], repeats: Repeats) -> dict[str, frozenset[bytes]]:
    """Return the enrollments of each class; what repeats is noted."""
    lines = {class_id: frozenset(of_class) for class_id, of_class in found.items()}
    for class_id, of_class in found.items():
        if len(lines[class_id]) < len(of_class):
            repeats.enrollments.extend((Counter(of_class) - Counter(lines[class_id])).elements())
    return lines


def _is_our_own(rows: bytes) -> bool:
    """Return True if rows look as our own do: two commas and a known role each, no quotes, whole lines."""
    number = rows.count(b"\n")
    known = rows.count(b",student\r\n") + rows.count(b",teacher\r\n")
    return number == known and rows.count(b",") == 2 * number and b'"' not in rows and rows[-1:] in (b"", b"\n")


def _line(row: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue().encode("utf-8", "surrogateescape")


def _bytes(file: Path) -> bytes:
    """Return the content of a file; b"" if there is none."""
    try:
        return read_regular(file)
    except FileNotFoundError:
        return b""


class _Tables:
    """The files of one set, and what was noticed about their rows."""

    def __init__(self, content_of: Callable[[str], bytes]) -> None:
        self.content_of = content_of
        self.unreadable: list[str] = []
        self.long_rows: list[LongRow] = []

    def rows(self, name: str, wanted: Sequence[str]) -> Iterator[Sequence[str]]:
        """
        Yield the wanted cells of each row as far as rows can be read.

        The first column has to be there, any other may be absent. A file with rows that cannot be read is noted.
        """
        content = self.content_of(name)
        text = content.decode("utf-8-sig", "surrogateescape")
        if "\0" in text or not _is_text(content):
            self._note(name)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [cell.strip().lower() for cell in next(reader, [])]
            columns = [header.index(column.lower()) if column.lower() in header else len(header) for column in wanted]
            is_set = _is_set(name, [index < len(header) for index in columns])
            pick, width = itemgetter(*columns, 0), len(header)
            for row in reader:
                if not row:
                    continue
                if not is_set:
                    self._note(name)
                    return
                if len(row) > width:
                    self.long_rows.append(LongRow(file=name, header=tuple(header), cells=tuple(row)))
                    row.insert(width, "")  # the place of a column that is absent
                yield pick(row + _NOTHING * (width + 1 - len(row)))[:-1]
        except csv.Error:
            self._note(name)

    def _note(self, name: str) -> None:
        if name not in self.unreadable:
            self.unreadable.append(name)


_NOTHING = [""]
"""The cell of a column that is absent; each row gets one more than the header has."""


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_set(name: str, found: Sequence[bool]) -> bool:
    """Return True if the columns that make a row are there: its id, and of an enrollment both ids."""
    return all(found[:2] if name == ENROLLMENTS else found[:1])
