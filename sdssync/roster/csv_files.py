"""
Lay out a roster as CSV files: every column named once, one function for each file.

V2 has the headers and the column order that iSAMS-SDS.ps1 writes, V2.1 the columns that SDS needs today.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.roster.enrol import Roster
from sdssync.roster.grades import grade, grade_as_script
from sdssync.roster.organisations import Organisations
from sdssync.roster.users import User
from sdssync.school import Pupil
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import CLASSES, ENROLLMENTS, ORGS, ROLES, USERS

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """One file: its name, its header, and its rows, which can be taken once."""

    name: str
    header: Row
    rows: Iterable[Row]


def csv_files(roster: Roster, school: SchoolIdentity, profile: Profile) -> tuple[OutputFile, ...]:
    """Return the files of the profile's format, rows in their fixed order."""
    to_grade = grade_as_script if profile.parity else grade
    orgs = Organisations.of(roster.origins, school)
    if profile.format is SdsFormat.V2:
        return (
            _orgs(orgs),
            _v2_users(roster, orgs, to_grade),
            _classes(roster, orgs),
            _enrollments(roster),
        )
    return (
        _orgs(orgs),
        _v21_users(roster),
        _v21_roles(roster, orgs, to_grade),
        _classes(roster, orgs),
        _enrollments(roster),
    )


def write(files: Iterable[OutputFile], folder: Path) -> None:
    """Write each file: UTF-8 without BOM, CRLF, quotes where RFC 4180 asks for them."""
    for csv_file in files:
        with (folder / csv_file.name).open("w", encoding="utf-8", newline="") as file:
            _write_rows(csv_file, file)


def contents(files: Iterable[OutputFile]) -> dict[str, bytes]:
    """Return the bytes that each file would have, by its name."""
    found = {}
    for csv_file in files:
        text = io.StringIO(newline="")
        _write_rows(csv_file, text)
        found[csv_file.name] = text.getvalue().encode("utf-8")
    return found


def _write_rows(csv_file: OutputFile, stream: TextIO) -> None:
    writer = csv.writer(stream)
    writer.writerow(csv_file.header)
    writer.writerows(csv_file.rows)


def _orgs(orgs: Organisations) -> OutputFile:
    """Return the school, and the organisations below it; the column of the parent only where there is one."""
    school = orgs.school
    rows = [(school.id, school.name, school.type, ""), *((org.id, org.name, org.type, school.id) for org in orgs.below)]
    header = ("sourcedId", "name", "type", "parentSourcedId")
    width = len(header) if orgs.below else len(header) - 1
    return OutputFile(name=ORGS, header=header[:width], rows=[row[:width] for row in rows])


def _v2_users(roster: Roster, orgs: Organisations, to_grade: Callable[[str], str]) -> OutputFile:
    return OutputFile(
        name=USERS,
        header=("sourcedId", "orgSourcedIds", "username", "role", "familyName", "givenName", "password", "grade"),
        rows=(
            (
                user.id,
                ",".join(orgs.of_user(user)),
                user.username,
                _role(user),
                user.surname,
                user.forename,
                "",
                _grade(user, to_grade),
            )
            for user in roster.users
        ),
    )


def _v21_users(roster: Roster) -> OutputFile:
    return OutputFile(
        name=USERS,
        header=("sourcedId", "username", "familyName", "givenName"),
        rows=((user.id, user.username, user.surname, user.forename) for user in roster.users),
    )


def _v21_roles(roster: Roster, orgs: Organisations, to_grade: Callable[[str], str]) -> OutputFile:
    """Return one row for each person and organisation; which is primary, only where someone has several."""
    rows = [
        (user.id, org, _role(user), _grade(user, to_grade), "false" if number else "true")
        for user in roster.users
        for number, org in enumerate(orgs.of_user(user))
    ]
    header = ("userSourcedId", "orgSourcedId", "role", "grade", "isPrimary")
    width = len(header) if len(rows) > len(roster.users) else len(header) - 1
    return OutputFile(name=ROLES, header=header[:width], rows=[row[:width] for row in rows])


def _classes(roster: Roster, orgs: Organisations) -> OutputFile:
    return OutputFile(
        name=CLASSES,
        header=("sourcedId", "orgSourcedId", "title"),
        rows=((enrolled.id, orgs.of_part(enrolled.part), enrolled.title) for enrolled in roster.classes),
    )


def _enrollments(roster: Roster) -> OutputFile:
    return OutputFile(
        name=ENROLLMENTS,
        header=("classSourcedId", "userSourcedId", "role"),
        rows=_enrollment_rows(roster),
    )


def _enrollment_rows(roster: Roster) -> Iterator[Row]:
    for enrolled in roster.classes:
        for user_id in enrolled.teachers:
            yield enrolled.id, user_id, "teacher"
        for user_id in enrolled.pupils:
            yield enrolled.id, user_id, "student"


def _role(user: User) -> str:
    return "student" if user.is_pupil else "teacher"


def _grade(user: User, to_grade: Callable[[str], str]) -> str:
    return to_grade(user.person.year) if isinstance(user.person, Pupil) else ""
