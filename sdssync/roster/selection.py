"""
Select from a school what one profile wants: pupils of its years, sets of its years and subjects, extra teachers.

What is left out here is filtered, not omitted: nobody expects it in the set. No SDS words, no rows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sdssync.config.profile import Profile
from sdssync.roster.identifiers import number_or_text
from sdssync.school import Pupil, School, Subject, Teacher, TeachingSet, is_same_record


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """Somebody on a set list who is no current pupil."""

    school_id: str


@dataclass(frozen=True, slots=True, eq=False)
class Unlisted:
    """An extra teacher whom nobody among the current staff matches."""

    address: str

    @property
    def is_wildcard(self) -> bool:
        """Whether the address could only ever stand for others."""
        return "*" in self.address or "?" in self.address


Member = Pupil | Stranger


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A school with its references followed, made once and shared by all profiles."""

    school: School
    staff: Mapping[str, tuple[Teacher, ...]]
    """Current staff by id; more than one means that iSAMS gives the id twice."""
    subjects: Mapping[str, Subject]
    members: Mapping[int | str, tuple[Member, ...]]
    """The set-list rows of each set, in their order, by the number of the set."""
    shared_ids: frozenset[str]
    """The ids that two different people carry, be they pupils or staff."""

    def members_of(self, teaching_set: TeachingSet) -> tuple[Member, ...]:
        """Return who stands on the set's list, as often as they stand there."""
        return self.members.get(number_or_text(teaching_set.id), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of a school that one profile wants."""

    roll: Roll
    pupils: tuple[Pupil, ...]
    """All of the chosen years."""
    sets: tuple[TeachingSet, ...]
    """All of the chosen years and subjects, those without pupils too; an id may stand twice."""
    extra_teachers: tuple[Teacher | Unlisted, ...]
    """Everybody whom an entry matches, once for each entry."""


def call_roll(school: School) -> Roll:
    """Follow the references of a school: who is in which set, and who carries whose id."""
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


def _shared_ids(school: School) -> frozenset[str]:
    """Find the ids that different people carry; the same record given twice is one person."""
    first: dict[str, Pupil | Teacher] = {}
    shared: set[str] = set()
    people: list[Pupil | Teacher] = [*school.pupils, *school.teachers]
    for person in people:
        user_id = person.school_id if isinstance(person, Pupil) else person.id
        other = first.setdefault(user_id, person)
        if other is not person and user_id.strip() and not is_same_record(other, person):
            shared.add(user_id)
    return frozenset(shared)


def _members(school: School) -> dict[int | str, tuple[Member, ...]]:
    """Group the set-list rows by set, with the pupil in the place of the id."""
    by_school_id: dict[str, Member] = {}
    by_id: dict[str, Member] = {}
    for pupil in school.pupils:
        by_school_id.setdefault(pupil.school_id, pupil)
        by_id.setdefault(pupil.id, pupil)
    without_school_id = by_school_id.get("")
    members: dict[int | str, tuple[Member, ...]] = {}
    for each in school.memberships:
        found = [by_school_id.get(school_id) or Stranger(school_id) for school_id in each.school_ids]
        # a row without any id means a pupil without a school id, if there is one
        found += [
            (by_id.get(pupil_id) if pupil_id else without_school_id) or Stranger("") for pupil_id in each.pupil_ids
        ]
        if each.set_id:
            number = number_or_text(each.set_id)
            members[number] = (*members.get(number, ()), *found)
    return members


def select(roll: Roll, profile: Profile) -> Selection:
    """Take the part of the school that the profile wants; years and subjects compare as texts, as in the script."""
    years = frozenset(map(str, profile.year_groups))
    unwanted = set(profile.exclude)
    if profile.include is not None:
        # an include list excludes the other subjects of the departments; a subject that no department has passes
        unwanted.update(roll.subjects.keys() - set(profile.include))
    return Selection(
        roll=roll,
        pupils=tuple(pupil for pupil in roll.school.pupils if pupil.year in years),
        sets=tuple(each for each in roll.school.sets if each.year in years and each.subject_id not in unwanted),
        extra_teachers=tuple(_extra_teachers(roll.school.teachers, profile.extra_teachers)),
    )


def unknown_subjects(roll: Roll, profile: Profile) -> tuple[str, ...]:
    """Tell which subject ids of the profile neither a department nor a set of the school has."""
    known = roll.subjects.keys() | {each.subject_id for each in roll.school.sets}
    return tuple(subject for subject in (*(profile.include or ()), *profile.exclude) if subject not in known)


def _extra_teachers(staff: Iterable[Teacher], entries: Iterable[str]) -> Iterable[Teacher | Unlisted]:
    """
    Match each entry with the current staff, without regard to case; `*` and `?` are wildcards.

    An address that nobody has stands for somebody from then on, as in the script: a later entry may match it.
    """
    addresses: list[tuple[str, Teacher | Unlisted]] = [(teacher.email, teacher) for teacher in staff]
    for entry in entries:
        pattern = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in entry)
        matches = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
        found = [each for address, each in addresses if matches(address)]
        if not found:
            found = [Unlisted(entry)]
            addresses.append((entry, found[0]))
        yield from found
