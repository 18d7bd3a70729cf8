"""
A CSV set as values that can be compared: by sourcedId, and by meaning across the two formats.

An enrollment is kept as one text, a line of our own `enrollments.csv`, with the others of its class: so a million of
them are compared in little more time than a bare `csv.reader` takes to read both files (`make bench`). A file of
another layout (the script's, or one that a spreadsheet wrote) is brought into that form. What cannot be read as a set
is said, and the rest is taken as far as it can be.
"""

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
class CsvSet:
    """A set, as values. Of rows with one id the first counts."""

    orgs: frozenset[str]
    users: Mapping[str, UserRow]
    classes: Mapping[str, ClassRow]
    enrollments: Mapping[str, frozenset[bytes]]
    """By class: lines without their end; `enrollment_of` reads one."""
    taught: frozenset[str]
    """The classes that have a teacher."""
    unreadable: tuple[str, ...] = ()
    """The names of files with rows that cannot be read as a set."""


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
    unreadable: list[str] = []
    orgs = list(_table(folder / ORGS, ("sourcedId",), unreadable))
    users = _users(folder, unreadable)
    classes: dict[str, ClassRow] = {}
    for row in _table(folder / CLASSES, ("sourcedId", "title", "orgSourcedId"), unreadable):
        classes.setdefault(row[0], ClassRow(row[1], row[2]))
    enrollments = _enrollments(folder / ENROLLMENTS, unreadable)
    return CsvSet(
        orgs=frozenset(row[0] for row in orgs),
        users=users,
        classes=classes,
        enrollments=enrollments,
        taught=frozenset(class_id for class_id, lines in enrollments.items() if any(map(_IS_TEACHER, lines))),
        unreadable=tuple(unreadable),
    )


def has_set(folder: Path) -> bool:
    """Return True if a folder has any file of a set that could have rows."""
    return any(os.path.lexists(folder / name) for name in (USERS, CLASSES, ENROLLMENTS))


_V2 = ("sourcedId", "username", "familyName", "givenName", "role", "grade", "orgSourcedIds")


def _users(folder: Path, unreadable: list[str]) -> dict[str, UserRow]:
    """Return the users by id; in V2.1 what they are is in `roles.csv`."""
    roles: dict[str, Sequence[str]] = {}
    further: dict[str, dict[str, None]] = {}
    for row in _table(folder / ROLES, ("userSourcedId", "role", "grade", "orgSourcedId"), unreadable):
        first = roles.setdefault(row[0], row)
        if first is not row and first[3] != row[3]:
            further.setdefault(row[0], {first[3]: None})[row[3]] = None
    users: dict[str, UserRow] = {}
    for user_id, username, surname, forename, role, grade, orgs in _table(folder / USERS, _V2, unreadable):
        if user_id in users:
            continue
        if found := roles.get(user_id):
            _, role, grade, orgs = found  # noqa: PLW2901  (V2.1)
        users[user_id] = UserRow(username, surname, forename, role, grade, orgs)
    for user_id in users.keys() & further.keys():
        users[user_id] = users[user_id]._replace(orgs=",".join(further[user_id]))
    return users


_IS_TEACHER = methodcaller("endswith", b",teacher")
_ONE_CLASS = re.compile(rb"([^,\r\n]*),[^\r\n]*\r\n(?:\1,[^\r\n]*\r\n)*")
"""Consecutive lines of one class, in a file without quotes."""


def _enrollments(file: Path, unreadable: list[str]) -> dict[str, frozenset[bytes]]:
    """Return the enrollments of each class, each as a line of our own."""
    content = _bytes(file)
    header, _, rest = content.partition(b"\r\n")
    found: dict[str, list[bytes]] = {}
    if header == _HEADER and _is_our_own(rest):  # nearly always: no row has to be taken apart
        for block in _ONE_CLASS.finditer(rest):
            class_id = block[1].decode("utf-8", "surrogateescape")
            found.setdefault(class_id, []).extend(block[0].split(b"\r\n")[:-1])
        return {class_id: frozenset(of_class) for class_id, of_class in found.items()}
    for class_id, user_id, role in _rows(content, file.name, ("classSourcedId", "userSourcedId", "role"), unreadable):
        found.setdefault(class_id, []).append(_line((class_id, user_id, role.lower())))
    return {class_id: frozenset(of_class) for class_id, of_class in found.items()}


def _is_our_own(rows: bytes) -> bool:
    """Return True if rows look as our own do: two commas and a known role each, no quotes, whole lines."""
    number = rows.count(b"\n")
    known = rows.count(b",student\r\n") + rows.count(b",teacher\r\n")
    return number == known and rows.count(b",") == 2 * number and b'"' not in rows and rows[-1:] in (b"", b"\n")


def _line(row: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue().encode("utf-8", "surrogateescape")


def _table(file: Path, wanted: Sequence[str], unreadable: list[str]) -> Iterator[Sequence[str]]:
    """Yield the wanted cells of each row; the first column has to be there, any other may be absent."""
    return _rows(_bytes(file), file.name, wanted, unreadable)


def _bytes(file: Path) -> bytes:
    """Return the content of a file; b"" if there is none."""
    try:
        return read_regular(file)
    except FileNotFoundError:
        return b""


def _rows(content: bytes, name: str, wanted: Sequence[str], unreadable: list[str]) -> Iterator[Sequence[str]]:
    """Yield rows as far as they can be read; a file that has some which cannot is noted."""
    text = content.decode("utf-8-sig", "surrogateescape")
    if "\0" in text or not _is_text(content):
        _note(name, unreadable)
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
                _note(name, unreadable)
                return
            yield pick(row + _NOTHING * (width + 1 - len(row)))[:-1]
    except csv.Error:
        _note(name, unreadable)


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


def _note(name: str, unreadable: list[str]) -> None:
    if name not in unreadable:
        unreadable.append(name)
