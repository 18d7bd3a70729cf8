"""Check classes as teams: without teacher (M01), without student (M02), too many people (M05)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sdssync.sds.checks.collector import Location, Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.code_lists import MEMBER_ROLES, OWNER_ROLES
from sdssync.sds.data_types import DataType
from sdssync.sds.findings import Severity
from sdssync.sds.schema import CLASSES, ENROLLMENTS

MOST_OWNERS, MOST_USABLE, MOST_MEMBERS = 100, 300, 25_000
"""Teams limits and specifications: owners of a team, members for Assignments and Class Notebook, members of a team."""


_SPELLINGS = 1_000
"""Spellings of a role that are remembered."""


class Roles(dict[str, str]):
    """The roles of enrollments by their spelling: in lower case, and "" for an invalid one."""

    def __init__(self, data_type: DataType) -> None:
        super().__init__()
        self._data_type = data_type

    def __missing__(self, written: str) -> str:
        """Judge a spelling; an invalid one is not remembered, for there may be any number of them."""
        role = written.lower() if self._data_type.accepts(written) else ""
        if role and len(self) < _SPELLINGS:
            self[written] = role
        return role


@dataclass(slots=True)
class Census:
    """How many rows each class has, by what SDS makes of their role."""

    owners: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    students: Counter[str] = field(default_factory=Counter)
    unclear: set[str] = field(default_factory=set)
    """Classes that have a row with an invalid role: it may be the missing teacher or student."""


def take_census(enrollments: FileState) -> Census:
    """Sum up the roles of each class; a person who appears twice counts once."""
    census = Census()
    for (identifier, role), number in enrollments.pairs.items():
        if role in OWNER_ROLES:
            census.owners[identifier] += number
        if role in MEMBER_ROLES:
            census.members[identifier] += number
        if role == "student":
            census.students[identifier] += number
        if not role:
            census.unclear.add(identifier)
    census.owners.subtract(enrollments.surplus_owners)
    census.members.subtract(enrollments.surplus_members)
    return census


def check_teams(context: Context) -> None:
    """Report classes that lack a teacher or a student or have too many people; dropped classes are not checked."""
    classes, enrollments = context.state(CLASSES), context.state(ENROLLMENTS)
    census = take_census(enrollments)
    is_complete = enrollments.has("classSourcedId", "role") and not enrollments.has_unread_rows
    for identifier, line in classes.ids.items():
        people = People(census.owners[identifier], census.members[identifier], census.students[identifier])
        if people.is_unremarkable or identifier in classes.dropped:
            continue
        location = Location(CLASSES, line, "sourcedId", identifier)
        _report_missing(people, location, context, follows=not is_complete or identifier in census.unclear)
        _report_crowd(people, location, context)


class People(NamedTuple):
    """How many people a class has, by what SDS makes of them."""

    owners: int
    members: int
    students: int

    @property
    def is_unremarkable(self) -> bool:
        """Return True if there is nothing to report."""
        return 0 < self.owners <= MOST_OWNERS and self.members <= MOST_USABLE and self.students > 0


def _report_missing(people: People, location: Location, context: Context, *, follows: bool) -> None:
    """Report a class without teacher (M01) or without student (M02)."""
    if people.owners <= 0:
        context.collector.add(Offence("SDS301", Severity.ADVICE, "the class has no teacher", follows=follows), location)
    if people.students <= 0:
        context.collector.add(Offence("SDS302", Severity.ADVICE, "the class has no student", follows=follows), location)


def _report_crowd(people: People, location: Location, context: Context) -> None:
    """Report a class with more people than a team can take (M05)."""
    if people.owners > MOST_OWNERS:
        message = f"the class has {people.owners:,} owners, a team can have {MOST_OWNERS}"
        context.collector.add(Offence("SDS305", Severity.ADVICE, message), location)
    if people.members > MOST_MEMBERS:
        message = f"the class has {people.members:,} members, a team can have {MOST_MEMBERS:,}"
        context.collector.add(Offence("SDS305", Severity.ERROR, message), location)
    elif people.members > MOST_USABLE:
        message = (
            f"the class has {people.members:,} members, Assignments and Class Notebook work for up to {MOST_USABLE}"
        )
        context.collector.add(Offence("SDS305", Severity.ADVICE, message), location)
