"""
Which keys of a profile filter a teaching set: subjects first, then the patterns of `[classes]`.

A set that is filtered makes no class and its teachers are no users through it; no one expects it, so it is no omission.
"""

from dataclasses import dataclass
from enum import StrEnum

from sdssync.config.profile import Profile
from sdssync.roster.patterns import any_matcher
from sdssync.roster.roll import Roll
from sdssync.school import TeachingSet


class FilterKey(StrEnum):
    """The key of a profile that filters a teaching set."""

    SUBJECTS_EXCLUDE = "subjects.exclude"
    SUBJECTS_INCLUDE = "subjects.include"
    CLASSES_EXCLUDE = "classes.exclude"
    CLASSES_INCLUDE = "classes.include"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredSet:
    """A teaching set of the chosen years that makes no class, and the key that filters it."""

    teaching_set: TeachingSet
    by: FilterKey


class SetFilters:
    """The filters of a profile, ready for any number of teaching sets."""

    def __init__(self, roll: Roll, profile: Profile) -> None:
        tables = profile.classes
        self._excluded_subjects = frozenset(profile.exclude)
        # an include list excludes the other subjects of the departments; a subject that no department has passes
        self._other_subjects = frozenset() if profile.include is None else roll.subjects.keys() - set(profile.include)
        self._has_patterns = bool(tables.exclude) or tables.include is not None
        self._is_excluded = any_matcher(tables.exclude)
        self._is_included = (lambda _: True) if tables.include is None else any_matcher(tables.include)

    def key(self, teaching_set: TeachingSet) -> FilterKey | None:
        """Return the first key that filters a teaching set, or None."""
        if teaching_set.subject_id in self._excluded_subjects:
            return FilterKey.SUBJECTS_EXCLUDE
        if teaching_set.subject_id in self._other_subjects:
            return FilterKey.SUBJECTS_INCLUDE
        if not self._has_patterns:
            return None
        text = teaching_set.code or teaching_set.name
        if self._is_excluded(text):
            return FilterKey.CLASSES_EXCLUDE
        return None if self._is_included(text) else FilterKey.CLASSES_INCLUDE


def filtered_sets(roll: Roll, profile: Profile) -> tuple[FilteredSet, ...]:
    """Return the teaching sets of the chosen years that a profile leaves out, each with the key."""
    years, filters = frozenset(map(str, profile.year_groups)), SetFilters(roll, profile)
    of_years = (teaching_set for teaching_set in roll.school.teaching_sets if teaching_set.year in years)
    found = ((teaching_set, filters.key(teaching_set)) for teaching_set in of_years)
    return tuple(FilteredSet(teaching_set=teaching_set, by=key) for teaching_set, key in found if key)
