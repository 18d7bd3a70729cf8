"""Teaching sets and pupils that no profile can take: without a year, of a year of no profile, or without a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sdssync.config.fields import FIRST_YEAR, LAST_YEAR
from sdssync.config.profile import Profile
from sdssync.roster.filters import SetFilters
from sdssync.roster.roll import Roll
from sdssync.school import Pupil, TeachingSet

_ALL_YEARS = frozenset(map(str, range(FIRST_YEAR, LAST_YEAR + 1)))


class Lack(StrEnum):
    """Why no profile makes a proper class of a teaching set."""

    YEAR = "no year"
    PROFILE = "a year of no profile"
    CODE = "no code"
    """It is taken, but the title of its class is made of the code alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntakenSet:
    """A teaching set with pupils, and what it lacks."""

    teaching_set: TeachingSet
    lack: Lack


@dataclass(frozen=True, slots=True, kw_only=True)
class UntakenSets:
    """The teaching sets of a school that no profile takes."""

    sets: tuple[UntakenSet, ...] = ()
    pupils: tuple[Pupil, ...] = ()
    """Pupils whose year is empty, or not one that a profile may name."""
    has_codes: bool = True
    """False if no teaching set of the school has a code, so that titles need the name."""

    def by_lack(self) -> dict[Lack, tuple[TeachingSet, ...]]:
        """Return the teaching sets by what they lack; never empty ones."""
        groups = {lack: tuple(untaken.teaching_set for untaken in self.sets if untaken.lack is lack) for lack in Lack}
        return {lack: teaching_sets for lack, teaching_sets in groups.items() if teaching_sets}

    def advice(self, lack: Lack) -> str:
        """Return what to do about the teaching sets that lack this."""
        if lack is Lack.YEAR:
            return "set the year of each set in iSAMS: a profile takes sets by their year"
        if lack is Lack.PROFILE:
            return "if they are to be classes, add their year to year_groups of a profile"
        if self.has_codes:
            return "give each set a code in iSAMS, or put {set_name} into title in the profile"
        return 'no set of the school has a code: write title = "{set_name}{suffix}" in the profiles'


def untaken_sets(roll: Roll, profiles: Sequence[Profile]) -> UntakenSets:
    """
    Return the teaching sets with pupils that none of the profiles takes as a class with a title of its own.

    Without profiles there are none; the pupils whom no profile can take are returned in any case.
    """
    parts = [part for profile in profiles for part in profile.parts]
    filters = {part.name: SetFilters(roll, part) for part in parts}
    years = {part.name: frozenset(map(str, part.year_groups)) for part in parts}

    def lack(teaching_set: TeachingSet) -> Lack | None:
        wanting = [part for part in parts if filters[part.name].key(teaching_set) is None]
        if not wanting:
            return None  # filtered: no one expects it
        if not teaching_set.year:
            return Lack.YEAR
        taking = [part for part in wanting if teaching_set.year in years[part.name]]
        if not taking:
            return Lack.PROFILE
        by_code = [part for part in taking if part.title.names in ({"set_code"}, {"set_code", "suffix"})]
        return Lack.CODE if by_code and not teaching_set.code else None

    found = ((teaching_set, lack(teaching_set)) for teaching_set in roll.school.teaching_sets)
    return UntakenSets(
        sets=tuple(
            UntakenSet(teaching_set=teaching_set, lack=what)
            for teaching_set, what in found
            if what is not None and roll.members_of(teaching_set)
        ),
        pupils=tuple(pupil for pupil in roll.school.pupils if pupil.year not in _ALL_YEARS),
        has_codes=any(teaching_set.code for teaching_set in roll.school.teaching_sets),
    )
