"""
Select from a school what one profile takes: pupils and teaching sets of its years that no key filters, extra teachers.

What is left out here is filtered, not omitted: no one expects it in the CSV set. No SDS words, no rows.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from sdssync.config.profile import Profile, is_wildcard
from sdssync.roster.filters import SetFilters
from sdssync.roster.groups import TakenGroup, take_groups
from sdssync.roster.patterns import matcher
from sdssync.roster.roll import Roll
from sdssync.school import Pupil, Teacher, TeachingSet


@dataclass(frozen=True, slots=True, eq=False)
class Unlisted:
    """An extra teacher whose address no member of the current staff has."""

    address: str

    @property
    def is_wildcard(self) -> bool:
        """Return True if the address could only ever match others."""
        return is_wildcard(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of a school that one profile takes."""

    roll: Roll
    pupils: tuple[Pupil, ...]
    """All pupils of the chosen years."""
    teaching_sets: tuple[TeachingSet, ...]
    """All of the chosen years that no key filters, also those without pupils; an id may appear twice."""
    extra_teachers: tuple[Teacher | Unlisted, ...]
    """Everyone whom an entry matches, once for each entry."""
    groups: tuple[TakenGroup, ...] = ()
    """The forms, houses and years that make classes."""

    @property
    def extra_teacher_ids(self) -> tuple[str, ...]:
        """Return the user ids of the extra teachers: of one who is not in iSAMS the address."""
        return tuple(teacher.id if isinstance(teacher, Teacher) else teacher.address for teacher in self.extra_teachers)

    @property
    def staff_ids(self) -> dict[str, None]:
        """Return the staff ids of the teachers of the sets and of the owners of the groups, in order of appearance."""
        return dict.fromkeys(
            chain(
                (staff_id for teaching_set in self.teaching_sets for staff_id in teaching_set.teacher_ids),
                (staff_id for taken in self.groups for staff_id in taken.followed.owners),
            )
        )


def select(roll: Roll, profile: Profile) -> Selection:
    """Return the part of the school that the profile takes; years and subjects compare as texts, as in the script."""
    years = frozenset(map(str, profile.year_groups))
    filters = SetFilters(roll, profile)
    pupils = tuple(pupil for pupil in roll.school.pupils if pupil.year in years)
    return Selection(
        roll=roll,
        pupils=pupils,
        teaching_sets=tuple(
            teaching_set
            for teaching_set in roll.school.teaching_sets
            if teaching_set.year in years and filters.key(teaching_set) is None
        ),
        extra_teachers=tuple(_extra_teachers(roll.school.teachers, profile.extra_teachers)),
        groups=take_groups(roll.groups, profile.groups.kinds, pupils) if profile.groups else (),
    )


def unknown_subjects(roll: Roll, profile: Profile) -> tuple[str, ...]:
    """Return the subject ids of the profile that neither a department nor a teaching set of the school has."""
    known = roll.subjects.keys() | {teaching_set.subject_id for teaching_set in roll.school.teaching_sets}
    return tuple(subject for subject in (*(profile.include or ()), *profile.exclude) if subject not in known)


def _extra_teachers(staff: Iterable[Teacher], entries: Iterable[str]) -> Iterable[Teacher | Unlisted]:
    """
    Match each entry with the current staff, without regard to case; `*` and `?` are wildcards.

    An entry that matches no one is itself added to the addresses, so that a later wildcard can match it;
    iSAMS-SDS.ps1 does the same.
    """
    people: defaultdict[str, list[Teacher | Unlisted]] = defaultdict(list)
    addresses: list[tuple[str, Teacher | Unlisted]] = [(teacher.email, teacher) for teacher in staff]
    for address, teacher in addresses:
        people[address.lower()].append(teacher)
    for entry in entries:
        if is_wildcard(entry):
            matches = matcher(entry)
            found = [teacher for address, teacher in addresses if matches(address)]
        else:
            found = people[entry.lower()]
        if not found:
            addresses.append((entry, Unlisted(entry)))
            found = people[entry.lower()] = [addresses[-1][1]]
        yield from found
