"""
The CSV sets that a made school must give, byte for byte: a plain telling of the contract that shares no code.

It knows what a made school can be: parts by year groups, organisations, people without an address, people on a set
list who have left, two pupils with one id.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.support.gate_oracle import PlainClass, PlainSet, PlainUser
from tests.support.made_school import School, TeachingSet, school_id

WHOLE_SCHOOL = "8889999"
"""The sourcedId of the school in `installation.SETTINGS`."""
WHOLE_SCHOOL_NAME = "MySchool"

Row = tuple[str, ...]
Usernames = Mapping[str, str]
"""Addresses by user id; of those who have none, "" or a kept one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The years that belong to an organisation; "" is the school itself."""

    years: tuple[int, ...]
    org: str = ""
    org_name: str = ""

    @property
    def org_id(self) -> str:
        """Return the sourcedId of the organisation."""
        return self.org or WHOLE_SCHOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedProfile:
    """A profile that publishes a set, made of its parts; with `parity` it has one part and what the script writes."""

    name: str
    is_v2: bool
    parts: tuple[Part, ...]
    parity: bool = False

    @property
    def years(self) -> frozenset[int]:
        """Return the years of all parts."""
        return frozenset(year for part in self.parts for year in part.years)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A school as one document has it."""

    school: School
    twin: int = 0
    """The pupil who has the SchoolId of `original`; 0: there is no such pupil."""
    original: int = 0

    def document(self) -> str:
        """Return the document."""
        text = self.school.document()
        wrong, right = (f"<SchoolId>{school_id(pupil)}</SchoolId>" for pupil in (self.original, self.twin))
        return text.replace(right, wrong) if self.twin else text

    def user_id(self, pupil: int) -> str:
        """Return the SchoolId that the document gives to a pupil."""
        return school_id(self.original if self.twin and pupil == self.twin else pupil)

    @property
    def usernames(self) -> Usernames:
        """Return the address of everyone by user id."""
        pupils = {school_id(pupil.id): pupil.email for pupil in self.school.pupils.values()}
        return pupils | {str(teacher.id): teacher.email for teacher in self.school.teachers.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSet:
    """A set as bytes, and as what the gates compare."""

    files: Mapping[str, bytes]
    plain: PlainSet


@dataclass(frozen=True, slots=True, kw_only=True)
class _User:
    id: str
    username: str
    year: int | None
    """None for a teacher."""
    orgs: tuple[str, ...]

    @property
    def role(self) -> str:
        return "teacher" if self.year is None else "student"

    @property
    def grade(self) -> str:
        return "" if self.year is None else f"{self.year:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    id: str
    org: str
    title: str
    teachers: tuple[str, ...]
    pupils: tuple[str, ...]


def expect_set(profile: ExpectedProfile, records: Records, usernames: Usernames, suffix: str) -> ExpectedSet:
    """Return the set of a profile; `usernames` has the kept addresses too."""
    orgs = sorted({part.org: part.org_name for part in profile.parts if part.org}.items())
    if profile.parity:
        users, classes = _users_as_script(profile, records), _classes_as_script(profile, records, suffix)
    else:
        users = _users(profile, records.school, usernames, [WHOLE_SCHOOL, *(org for org, _ in orgs)])
        classes = _classes(profile, records.school, frozenset(user.id for user in users), suffix)
    users = sorted(users, key=lambda user: (user.year is None, int(user.id), user.username))
    classes = sorted(classes, key=lambda member: int(member.id))
    return ExpectedSet(
        files={name: _csv(rows) for name, rows in _tables(profile, orgs, users, classes)},
        plain=_plain([WHOLE_SCHOOL, *(org for org, _ in orgs)], users, classes),
    )


def _users(profile: ExpectedProfile, school: School, usernames: Usernames, orgs: Sequence[str]) -> list[_User]:
    """Return who has an address: the pupils of the years, and the teachers of sets of the years."""
    found = [
        _User(id=school_id(pupil.id), username=usernames[school_id(pupil.id)], year=pupil.year, orgs=(part.org_id,))
        for part in profile.parts
        for pupil in school.pupils.values()
        if pupil.year in part.years
    ]
    for teacher in school.teachers:
        own = {
            part.org_id
            for part in profile.parts
            for teaching_set in _sets_of(part, school)
            if teacher in teaching_set.teachers
        }
        if own:
            in_order = tuple(sorted(own, key=orgs.index))
            found.append(_User(id=str(teacher), username=usernames[str(teacher)], year=None, orgs=in_order))
    return [user for user in found if user.username]


def _classes(profile: ExpectedProfile, school: School, users: frozenset[str], suffix: str) -> list[_Class]:
    """Return the sets that have a pupil who is a user; a pupil who is on a list twice is in the class once."""
    found = []
    for part in profile.parts:
        for teaching_set in _sets_of(part, school):
            pupils = [school_id(pupil) for pupil in dict.fromkeys(teaching_set.members) if pupil in school.pupils]
            made = _Class(
                id=str(teaching_set.id),
                org=part.org_id,
                title=f"{teaching_set.code}{suffix}",
                teachers=tuple(str(teacher) for teacher in teaching_set.teachers if str(teacher) in users),
                pupils=tuple(pupil for pupil in pupils if pupil in users),
            )
            if made.pupils:
                found.append(made)
    return found


def _users_as_script(profile: ExpectedProfile, records: Records) -> list[_User]:
    """Return the pupils with an address, and every teacher of the sets, with an address or without."""
    [part] = profile.parts
    school = records.school
    found = [
        _User(id=records.user_id(pupil.id), username=pupil.email, year=pupil.year, orgs=(part.org_id,))
        for pupil in school.pupils.values()
        if pupil.year in part.years and pupil.email
    ]
    teaching = {teacher for teaching_set in _sets_of(part, school) for teacher in teaching_set.teachers}
    return found + [
        _User(id=str(teacher.id), username=teacher.email, year=None, orgs=(part.org_id,))
        for teacher in school.teachers.values()
        if teacher.id in teaching
    ]


def _classes_as_script(profile: ExpectedProfile, records: Records, suffix: str) -> list[_Class]:
    """Return every set with a list, and everyone on it, in the school or not."""
    [part] = profile.parts
    return [
        _Class(
            id=str(teaching_set.id),
            org=part.org_id,
            title=f"{teaching_set.code}{suffix}",
            teachers=tuple(map(str, teaching_set.teachers)),
            pupils=tuple(map(school_id, teaching_set.members)),
        )
        for teaching_set in _sets_of(part, records.school)
        if teaching_set.members
    ]


def _sets_of(part: Part, school: School) -> list[TeachingSet]:
    return [teaching_set for teaching_set in school.sets.values() if teaching_set.year in part.years]


def _plain(orgs: Sequence[str], users: Sequence[_User], classes: Sequence[_Class]) -> PlainSet:
    found: dict[str, PlainUser] = {}
    for user in users:
        plain = PlainUser(username=user.username, role=user.role, grade=user.grade, orgs=frozenset(user.orgs))
        found.setdefault(user.id, plain)
    return PlainSet(
        orgs=frozenset(orgs),
        users=found,
        classes={member.id: PlainClass(title=member.title, org=member.org) for member in classes},
        enrollments=frozenset(_enrollments(classes)),
    )


def _enrollments(classes: Sequence[_Class]) -> Iterator[tuple[str, str, str]]:
    for member in classes:
        yield from ((member.id, user, "teacher") for user in sorted(member.teachers, key=int))
        yield from ((member.id, user, "student") for user in sorted(member.pupils, key=int))


def _tables(
    profile: ExpectedProfile, orgs: Sequence[tuple[str, str]], users: Sequence[_User], classes: Sequence[_Class]
) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the name of each file of the format with its rows, the header first."""
    below = [(org, name, "school", WHOLE_SCHOOL) for org, name in orgs]
    organisations = [
        ("sourcedId", "name", "type", "parentSourcedId"),
        (WHOLE_SCHOOL, WHOLE_SCHOOL_NAME, "school", ""),
        *below,
    ]
    yield "orgs.csv", (organisations if below else [row[:3] for row in organisations])
    if profile.is_v2:
        header: Row = (
            *("sourcedId", "orgSourcedIds", "username", "role", "familyName", "givenName", "password", "grade"),
        )
        rows = ((user.id, ",".join(user.orgs), user.username, user.role, "", "", "", user.grade) for user in users)
        yield "users.csv", [header, *rows]
    else:
        names = ((user.id, user.username, "", "") for user in users)
        yield "users.csv", [("sourcedId", "username", "familyName", "givenName"), *names]
        roles = [
            (user.id, org, user.role, user.grade, "true" if org == user.orgs[0] else "false")
            for user in users
            for org in user.orgs
        ]
        table: list[Row] = [("userSourcedId", "orgSourcedId", "role", "grade", "isPrimary"), *roles]
        yield "roles.csv", (table if len(roles) > len(users) else [row[:4] for row in table])
    yield (
        "classes.csv",
        [("sourcedId", "orgSourcedId", "title"), *((made.id, made.org, made.title) for made in classes)],
    )
    yield "enrollments.csv", [("classSourcedId", "userSourcedId", "role"), *_enrollments(classes)]


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8")


def without_addresses(school: School, people: Iterable[int]) -> School:
    """Leave the addresses of pupils and teachers empty in iSAMS."""
    gone = frozenset(people)
    pupils = {number: replace(pupil, email="") for number, pupil in school.pupils.items() if number in gone}
    teachers = {number: replace(member, email="") for number, member in school.teachers.items() if number in gone}
    return replace(school, pupils={**school.pupils, **pupils}, teachers={**school.teachers, **teachers})
