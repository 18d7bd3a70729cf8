"""
A CSV set as values that can be compared: by sourcedId, and by meaning across the two formats.

An enrollment is kept as one text, a line of our own `enrollments.csv`: with a million of them, that is what makes the
comparison affordable. A file of another layout (the script's, or one that a spreadsheet wrote) is brought into that
form. What cannot be read as a set is said, and the rest is taken as far as it can be.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdssync.sds.schema import CLASSES, ENROLLMENTS, ORGS, ROLES, USERS

STUDENT, TEACHER = "student", "teacher"
_HEADER = b"classSourcedId,userSourcedId,role"

csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class UserRow:
    """What a set says about a user; a column that the format lacks is ""."""

    username: str
    surname: str
    forename: str
    role: str
    grade: str
    orgs: tuple[str, ...]

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
    enrollments: frozenset[bytes]
    """Lines without their end; `enrollment_of` reads one."""
    unreadable: tuple[str, ...] = ()
    """The names of files with rows that cannot be read as a set."""


def enrollment_of(line: bytes) -> Enrollment:
    """Return the enrollment of a line."""
    text = line.decode("utf-8", "surrogateescape")
    cells = text.split(",") if '"' not in text else next(csv.reader([text]))
    return Enrollment(*cells)


def class_of(line: bytes) -> bytes:
    """Return the first cell of a line as it is written: the same for all lines of one class."""
    return line[: line.index(b'",') + 1] if line.startswith(b'"') else line[: line.index(b",")]


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
        unreadable=tuple(unreadable),
    )


def has_set(folder: Path) -> bool:
    """Return True if a folder has any file of a set that could have rows."""
    return any((folder / name).is_file() for name in (USERS, CLASSES, ENROLLMENTS))


_V2 = ("sourcedId", "username", "familyName", "givenName", "role", "grade", "orgSourcedIds")


def _users(folder: Path, unreadable: list[str]) -> dict[str, UserRow]:
    """Return the users by id; in V2.1 what they are is in `roles.csv`."""
    roles: dict[str, list[Sequence[str]]] = {}
    for row in _table(folder / ROLES, ("userSourcedId", "role", "grade", "orgSourcedId"), unreadable):
        roles.setdefault(row[0], []).append(row)
    users: dict[str, UserRow] = {}
    for user_id, username, surname, forename, role, grade, orgs in _table(folder / USERS, _V2, unreadable):
        if user_id in users:
            continue
        if found := roles.get(user_id):
            role, grade = found[0][1], found[0][2]  # noqa: PLW2901  (V2.1)
            belongs = tuple(dict.fromkeys(row[3] for row in found))
        else:
            belongs = tuple(filter(None, orgs.split(",")))
        users[user_id] = UserRow(username, surname, forename, role, grade, belongs)
    return users


def _enrollments(file: Path, unreadable: list[str]) -> frozenset[bytes]:
    """Return the enrollments, each as a line of our own."""
    content = _bytes(file)
    header, _, rest = content.partition(b"\r\n")
    if header == _HEADER and b'"' not in rest:  # our own files, nearly always: no row has to be taken apart
        lines = rest.split(b"\r\n")
        if all(map((2).__eq__, map(bytes.count, lines[:-1], _COMMAS))) and not lines[-1]:
            lines.pop()
            return frozenset(lines)
    found = _rows(content, file.name, ("classSourcedId", "userSourcedId", "role"), unreadable)
    return frozenset(_line(row) for row in found)


class _Commas:
    """An endless supply of commas, for `map`."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b","


_COMMAS = _Commas()


def _line(row: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue().encode("utf-8", "surrogateescape")


def _table(file: Path, wanted: Sequence[str], unreadable: list[str]) -> Iterator[Sequence[str]]:
    """Yield the wanted cells of each row; the first column has to be there, any other may be absent."""
    return _rows(_bytes(file), file.name, wanted, unreadable)


def _bytes(file: Path) -> bytes:
    """Return the content of a file; b"" if there is none."""
    return file.read_bytes() if file.is_file() else b""


def _rows(content: bytes, name: str, wanted: Sequence[str], unreadable: list[str]) -> Iterator[Sequence[str]]:
    """Yield rows as far as they can be read; a file that has some which cannot is noted."""
    text = content.decode("utf-8-sig", "surrogateescape")
    if "\0" in text or not _is_text(content):
        _note(name, unreadable)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        columns = [header.index(column.lower()) if column.lower() in header else None for column in wanted]
        is_set = _is_set(name, columns)
        for row in reader:
            if not row:
                continue
            if not is_set:
                _note(name, unreadable)
                return
            cells = [row[index] if index is not None and index < len(row) else "" for index in columns]
            yield cells
    except csv.Error:
        _note(name, unreadable)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_set(name: str, columns: Sequence[int | None]) -> bool:
    """Return True if the columns that make a row are there: its id, and of an enrollment both ids."""
    needed = columns[:2] if name == ENROLLMENTS else columns[:1]
    return None not in needed


def _note(name: str, unreadable: list[str]) -> None:
    if name not in unreadable:
        unreadable.append(name)
