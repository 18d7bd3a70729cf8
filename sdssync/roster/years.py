"""The year groups of a school with their counts: what an administrator needs to choose the years of a profile."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sdssync.config.fields import FIRST_YEAR, LAST_YEAR
from sdssync.school import School

_YEAR = re.compile(r"0|-?[1-9][0-9]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSummary:
    """One year group."""

    year: int
    pupils: int
    sets: int


def summarise_years(school: School) -> tuple[YearSummary, ...]:
    """Return the years of pupils and sets in their order, as far as a profile can name them."""
    pupils, sets = _counts(pupil.year for pupil in school.pupils), _counts(item.year for item in school.teaching_sets)
    return tuple(
        YearSummary(year=year, pupils=pupils.get(year, 0), sets=sets.get(year, 0))
        for year in sorted(pupils.keys() | sets.keys())
    )


def _counts(years: Iterable[str]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for year in years:
        if _YEAR.fullmatch(year) and FIRST_YEAR <= int(year) <= LAST_YEAR:
            counts[int(year)] = counts.get(int(year), 0) + 1
    return counts
