"""
A school with its references followed: who is in which teaching set, and whose id is whose.

Made once and shared by all profiles; what one of them takes is the business of `selection`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sdssync.roster.identifiers import number_or_text
from sdssync.school import Membership, Pupil, School, Subject, Teacher, TeachingSet, is_same_record


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

    def members_of(self, teaching_set: TeachingSet) -> tuple[Member, ...]:
        """Return the people on the list of a teaching set, as often as they appear there."""
        return self.members.get(number_or_text(teaching_set.id), ())


def call_roll(school: School) -> Roll:
    """Follow the references of a school."""
    staff: dict[str, tuple[Teacher, ...]] = {}
    for teacher in school.teachers:
        staff[teacher.id] = (*staff.get(teacher.id, ()), teacher)
    subjects: dict[str, Subject] = {}
    for subject in school.subjects:
        subjects.setdefault(subject.id, subject)
    return Roll(
        school=school,
        staff=staff,
        subjects=subjects,
        members=_members(school),
        shared_ids=_shared_ids(school),
    )


def user_id(person: Pupil | Teacher) -> str:
    """Return the id by which SDS is to know a person."""
    return person.school_id if isinstance(person, Pupil) else person.id


def _shared_ids(school: School) -> dict[str, tuple[Pupil | Teacher, ...]]:
    """Return the ids that different people have, with these people; a record given twice is one person."""
    first: dict[str, Pupil | Teacher] = {}
    shared: dict[str, tuple[Pupil | Teacher, ...]] = {}
    people: list[Pupil | Teacher] = [*school.pupils, *school.teachers]
    for person in people:
        shared_id = user_id(person)
        other = first.setdefault(shared_id, person)
        if other is person or not shared_id.strip():
            continue
        holders = shared.get(shared_id, (other,))
        if not any(is_same_record(holder, person) for holder in holders):
            shared[shared_id] = (*holders, person)
    return shared


def _members(school: School) -> dict[int | str, tuple[Member, ...]]:
    """Group the set-list rows by teaching set, with the pupil in place of the id."""
    by_school_id: dict[str, Pupil] = {}
    by_id: dict[str, Pupil] = {}
    for pupil in school.pupils:
        by_school_id.setdefault(pupil.school_id, pupil)
        by_id.setdefault(pupil.id, pupil)
    members: dict[int | str, tuple[Member, ...]] = {}
    for membership in school.memberships:
        if membership.set_id:
            number = number_or_text(membership.set_id)
            found = _people(membership, by_school_id, by_id)
            members[number] = (*members.get(number, ()), *found)
    return members


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
