"""
A school with its references followed: who is in which teaching set, and whose id is whose.

Made once and shared by all profiles; what one of them takes is the business of `selection`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sdssync.roster.groups import FollowedGroup, follow_groups
from sdssync.roster.identifiers import number_or_text
from sdssync.school import Membership, Pupil, Record, School, Subject, Teacher, TeachingSet, record_of


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """A person on a set list who is not a current pupil."""

    school_id: str


Member = Pupil | Stranger


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
    groups: tuple[FollowedGroup, ...] = ()

    def members_of(self, teaching_set: TeachingSet) -> tuple[Member, ...]:
        """Return the people on the list of a teaching set, as often as they appear there."""
        return self.members.get(number_or_text(teaching_set.id), ())


def call_roll(school: School) -> Roll:
    """Follow the references of a school."""
    staff: defaultdict[str, list[Teacher]] = defaultdict(list)
    for teacher in school.teachers:
        staff[teacher.id].append(teacher)
    subjects: dict[str, Subject] = {}
    for subject in school.subjects:
        subjects.setdefault(subject.id, subject)
    return Roll(
        school=school,
        staff={staff_id: tuple(teachers) for staff_id, teachers in staff.items()},
        subjects=subjects,
        members=_members(school),
        shared_ids=_shared_ids(school),
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


def _members(school: School) -> dict[int | str, tuple[Member, ...]]:
    """Group the set-list rows by teaching set, with the pupil in place of the id."""
    by_school_id: dict[str, Pupil] = {}
    by_id: dict[str, Pupil] = {}
    for pupil in school.pupils:
        by_school_id.setdefault(pupil.school_id, pupil)
        by_id.setdefault(pupil.id, pupil)
    members: defaultdict[int | str, list[Member]] = defaultdict(list)
    for membership in school.memberships:
        if membership.set_id:
            members[number_or_text(membership.set_id)] += _people(membership, by_school_id, by_id)
    return {number: tuple(people) for number, people in members.items()}


def _people(membership: Membership, by_school_id: Mapping[str, Pupil], by_id: Mapping[str, Pupil]) -> list[Member]:
    """Return the people on one set list, row by row."""
    pupils = map(by_school_id.get, membership.school_ids)
    found: list[Member] = [
        pupil or Stranger(school_id) for pupil, school_id in zip(pupils, membership.school_ids, strict=True)
    ]
    # a row without any id means a pupil without a school id, if there is one
    without_school_id = by_school_id.get("")
    found += (
        (by_id.get(pupil_id) if pupil_id else without_school_id) or Stranger("") for pupil_id in membership.pupil_ids
    )
    return found
