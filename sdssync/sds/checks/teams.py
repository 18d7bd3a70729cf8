"""Rules about classes as teams: without teacher (M01), without student (M02), too many people (M05)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sdssync.sds.checks.collector import Place, Verdict
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.data_types import MEMBER_ROLES, OWNER_ROLES, Kind
from sdssync.sds.findings import Severity
from sdssync.sds.schema import CLASSES, ENROLLMENTS

MOST_OWNERS, MOST_WORKABLE, MOST_MEMBERS = 100, 300, 25_000
"""Teams limits and specifications: owners of a team, members for Assignments and Class Notebook, members of a team."""


_SPELLINGS = 1_000
"""Ways to write a role that are remembered."""


class Roles(dict[str, str]):
    """The roles of enrollments by what is written: in lower case, and "" for what is none."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, written: str) -> str:
        """Judge a spelling; what is no role is not remembered, for there may be any number of it."""
        role = written.lower() if self._kind.accepts(written) else ""
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
    """Classes with a row whose role is not in order: it may be meant for whom they lack."""


def take_census(enrollments: Table) -> Census:
    """Sum up the roles of each class; somebody who stands twice counts once."""
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


def unusual_classes(context: Context) -> None:
    """Report the classes that lack somebody or have too many. Classes that are dropped are not looked at."""
    classes, enrollments = context.table(CLASSES), context.table(ENROLLMENTS)
    census = take_census(enrollments)
    whole = enrollments.has("classSourcedId", "role") and not enrollments.torn
    for identifier, line in classes.ids.items():
        people = People(census.owners[identifier], census.members[identifier], census.students[identifier])
        if people.usual or identifier in classes.dropped:
            continue
        place = Place(CLASSES, line, "sourcedId", identifier)
        _lacking(people, place, context, follows=not whole or identifier in census.unclear)
        _crowded(people, place, context)


class People(NamedTuple):
    """How many people a class has, by what SDS makes of them."""

    owners: int
    members: int
    students: int

    @property
    def usual(self) -> bool:
        """Whether there is nothing to say."""
        return 0 < self.owners <= MOST_OWNERS and self.members <= MOST_WORKABLE and self.students > 0


def _lacking(people: People, place: Place, context: Context, *, follows: bool) -> None:
    """
    Report a class without teacher (M01) or without student (M02).

    Why: only an owner can activate a team; a team without pupils is a nuisance.
    Bad: enrollments.csv lists class 12001 with students only.
    Mend: correct the set in iSAMS, or leave the class out.
    """
    if people.owners <= 0:
        context.ledger.add(Verdict("SDS301", Severity.ADVICE, "the class has no teacher", follows=follows), place)
    if people.students <= 0:
        context.ledger.add(Verdict("SDS302", Severity.ADVICE, "the class has no student", follows=follows), place)


def _crowded(people: People, place: Place, context: Context) -> None:
    """
    Report a class with more people than a team can take (M05).

    Why: a team takes 100 owners and 25,000 members; Assignments and Class Notebook work up to 300 members.
    Bad: the whole school as one class. Mend: split the class, or leave it out.
    """
    if people.owners > MOST_OWNERS:
        message = f"the class has {people.owners:,} owners, a team can have {MOST_OWNERS}"
        context.ledger.add(Verdict("SDS305", Severity.ADVICE, message), place)
    if people.members > MOST_MEMBERS:
        message = f"the class has {people.members:,} members, a team can have {MOST_MEMBERS:,}"
        context.ledger.add(Verdict("SDS305", Severity.ERROR, message), place)
    elif people.members > MOST_WORKABLE:
        message = f"the class has {people.members:,} members, Assignments and Class Notebook work up to {MOST_WORKABLE}"
        context.ledger.add(Verdict("SDS305", Severity.ADVICE, message), place)
