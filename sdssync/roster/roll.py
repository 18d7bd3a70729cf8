"""
A school with its references followed: who is in which teaching set, and whose id is whose.

Made once and shared by all profiles; what one of them takes is the business of `selection`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sdssync.roster.groups import FollowedGroup, follow_groups
from sdssync.roster.identifiers import number_or_text
from sdssync.school import Membership, Pupil, Record, School, Subject, Teacher, TeachingSet, record_of


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """A person on a set list who is not a current pupil."""

    school_id: str


Member = Pupil | Stranger


class RowKey(StrEnum):
    """By which of two numbers a row of a set list names its pupil."""

    SCHOOL_ID = "school_id"
    RECORD_ID = "record_id"
    """The number of the pupil's record: the row has no school id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row of a set list."""

    member: Member
    key: RowKey
    written: str
    """The number in the row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PupilIndex:
    """Current pupils by both of their numbers; of several with one number the first."""

    by_school_id: Mapping[str, Pupil]
    by_id: Mapping[str, Pupil]

    @classmethod
    def of(cls, pupils: Iterable[Pupil]) -> Self:
        """Return the index of some pupils."""
        by_school_id: dict[str, Pupil] = {}
        by_id: dict[str, Pupil] = {}
        for pupil in pupils:
            by_school_id.setdefault(pupil.school_id, pupil)
            by_id.setdefault(pupil.id, pupil)
        return cls(by_school_id=by_school_id, by_id=by_id)

    def people(self, membership: Membership) -> list[Member]:
        """Return the people on one set list, row by row: those with a school id first."""
        pupils = map(self.by_school_id.get, membership.school_ids)
        found: list[Member] = [
            pupil or Stranger(school_id) for pupil, school_id in zip(pupils, membership.school_ids, strict=True)
        ]
        # a row without any id means a pupil without a school id, if there is one
        without_school_id = self.by_school_id.get("")
        found += (
            (self.by_id.get(pupil_id) if pupil_id else without_school_id) or Stranger("")
            for pupil_id in membership.pupil_ids
        )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A school with its references followed."""

    school: School
    staff: Mapping[str, tuple[Teacher, ...]]
    """Current staff by id; more than one if iSAMS gives the id twice."""
    subjects: Mapping[str, Subject]
    members: Mapping[int | str, tuple[Member, ...]]
    """The set-list rows of each teaching set, in their order, by the number of the set."""
    shared_ids: Mapping[str, tuple[Pupil | Teacher, ...]]
    """The ids that different people have, whether pupils or staff, and who they are."""
    pupils: PupilIndex
    groups: tuple[FollowedGroup, ...] = ()

    def members_of(self, teaching_set: TeachingSet) -> tuple[Member, ...]:
        """Return the people on the list of a teaching set, as often as they appear there."""
        return self.members.get(number_or_text(teaching_set.id), ())

    def rows_of(self, teaching_set: TeachingSet) -> Iterator[ListRow]:
        """Yield the rows of the list of a teaching set, with the number by which each names its pupil."""
        number = number_or_text(teaching_set.id)
        for membership in self.school.memberships:
            if membership.set_id and number_or_text(membership.set_id) == number:
                keys = [*((RowKey.SCHOOL_ID, written) for written in membership.school_ids)]
                keys += [(RowKey.RECORD_ID, written) for written in membership.pupil_ids]
                for member, (key, written) in zip(self.pupils.people(membership), keys, strict=True):
                    yield ListRow(member=member, key=key, written=written)


def call_roll(school: School) -> Roll:
    """Follow the references of a school."""
    staff: defaultdict[str, list[Teacher]] = defaultdict(list)
    for teacher in school.teachers:
        staff[teacher.id].append(teacher)
    subjects: dict[str, Subject] = {}
    for subject in school.subjects:
        subjects.setdefault(subject.id, subject)
    pupils = PupilIndex.of(school.pupils)
    return Roll(
        school=school,
        staff={staff_id: tuple(teachers) for staff_id, teachers in staff.items()},
        subjects=subjects,
        members=_members(school, pupils),
        shared_ids=_shared_ids(school),
        pupils=pupils,
        groups=follow_groups(school),
    )


def user_id(person: Pupil | Teacher) -> str:
    """Return the id by which SDS is to know a person."""
    return person.school_id if isinstance(person, Pupil) else person.id


def _shared_ids(school: School) -> dict[str, tuple[Pupil | Teacher, ...]]:
    """Return the ids that different people have, with these people; a record given twice is one person."""
    people: list[Pupil | Teacher] = [*school.pupils, *school.teachers]
    times = Counter(map(user_id, people))
    holders: defaultdict[str, dict[Record, Pupil | Teacher]] = defaultdict(dict)
    for person in people:
        if times[user_id(person)] > 1 and user_id(person).strip():
            holders[user_id(person)].setdefault(record_of(person), person)
    return {shared: tuple(records.values()) for shared, records in holders.items() if len(records) > 1}


def _members(school: School, pupils: PupilIndex) -> dict[int | str, tuple[Member, ...]]:
    """Group the set-list rows by teaching set, with the pupil in place of the id."""
    members: defaultdict[int | str, list[Member]] = defaultdict(list)
    for membership in school.memberships:
        if membership.set_id:
            members[number_or_text(membership.set_id)] += pupils.people(membership)
    return {number: tuple(people) for number, people in members.items()}
