"""
Select from a school what one profile takes: pupils and teaching sets of its years and subjects, and extra teachers.

What is left out here is filtered, not omitted: no one expects it in the CSV set. No SDS words, no rows.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sdssync.config.profile import Profile, is_wildcard
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
    """All of the chosen years and subjects, also those without pupils; an id may appear twice."""
    extra_teachers: tuple[Teacher | Unlisted, ...]
    """Everyone whom an entry matches, once for each entry."""


def select(roll: Roll, profile: Profile) -> Selection:
    """Return the part of the school that the profile takes; years and subjects compare as texts, as in the script."""
    years = frozenset(map(str, profile.year_groups))
    unwanted = unwanted_subjects(roll, profile)
    return Selection(
        roll=roll,
        pupils=tuple(pupil for pupil in roll.school.pupils if pupil.year in years),
        teaching_sets=tuple(
            teaching_set
            for teaching_set in roll.school.teaching_sets
            if teaching_set.year in years and teaching_set.subject_id not in unwanted
        ),
        extra_teachers=tuple(_extra_teachers(roll.school.teachers, profile.extra_teachers)),
    )


def unwanted_subjects(roll: Roll, profile: Profile) -> frozenset[str]:
    """Return the subject ids whose sets the profile does not take."""
    if profile.include is None:
        return frozenset(profile.exclude)
    # an include list excludes the other subjects of the departments; a subject that no department has passes
    return frozenset(profile.exclude) | (roll.subjects.keys() - set(profile.include))


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
            matches = _matcher(entry)
            found = [teacher for address, teacher in addresses if matches(address)]
        else:
            found = people[entry.lower()]
        if not found:
            addresses.append((entry, Unlisted(entry)))
            found = people[entry.lower()] = [addresses[-1][1]]
        yield from found


def _matcher(wildcard: str) -> Callable[[str], object]:
    """
    Return what matches an address with an entry.

    A piece between two stars is looked for once, where it comes first (an atomic group): if the rest then does not
    match, no later place would help. So a thousand stars take no longer than a thousand letters.
    """
    pieces = [re.escape(piece).replace(r"\?", ".") for piece in wildcard.split("*")]
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    pattern = f"{pieces[0]}{middle}.*{pieces[-1]}" if len(pieces) > 1 else pieces[0]
    return re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
