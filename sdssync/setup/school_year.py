"""
School years: as people spell them in titles, and the days that belong to them.

A school year begins on 1 September. A text may name one as 2026-27, 2026_2027, 26/27, 2627 and the like.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from sdssync.config.mistakes import describe
from sdssync.errors import ConfigError

_ARGUMENT = re.compile(r"(?<!\d)((?:20)?\d\d)\D?(?:20)?\d\d(?!\d)")
_PAIR = re.compile(r"(?<!\d)(?P<first>\d{4}|\d{2})(?P<between>[-_/\\. \u2013]?)(?P<second>\d{4}|\d{2})(?!\d)")
_SINGLE = re.compile(r"(?<!\d)20\d\d(?!\d)")
_FIRST = 2015
"""No profile is older; 10-11, 11-12 and 12-13 are year groups."""
_JULY, _SEPTEMBER, _OCTOBER = 7, 9, 10


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """A school year."""

    start: int
    """The calendar year in which it begins."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Return the year of a text like 2027-28.

        Raises:
            ConfigError: it is something else.

        """
        match = _ARGUMENT.search(text)
        year = cls(2000 + int(match[1]) % 100) if match else cls(2027)
        if text != str(year):
            hint = f"did you mean {year}?" if match else "write the year in which it begins, and the last two digits"
            raise ConfigError(f"expected a school year like {year}, found {describe(text)}", hint)
        return year

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the year of a day."""
        return cls(day.year if day.month >= _SEPTEMBER else day.year - 1)

    @classmethod
    def beginning(cls, day: date) -> Self:
        """Return the year that a first day belongs to; one in July or August begins the year after."""
        return cls(day.year if day.month >= _JULY else day.year - 1)

    @classmethod
    def ending(cls, day: date) -> Self:
        """Return the year that a last day belongs to; one in September or October ends the year before."""
        return cls(day.year if day.month > _OCTOBER else day.year - 1)

    def after(self, years: int) -> "SchoolYear":
        """Return the year so many years later."""
        return SchoolYear(self.start + years)

    def __str__(self) -> str:
        """Return the year like 2027-28."""
        return f"{self.start}-{(self.start + 1) % 100:02}"


def years_in(text: str) -> Iterator[SchoolYear]:
    """Yield the school years that a text names."""
    for match in _PAIR.finditer(text):
        if year := _year(match):
            yield year


def names_year(text: str) -> bool:
    """Return True if a text names a school year or a calendar year."""
    return any(True for _ in years_in(text)) or bool(_SINGLE.search(text))


def single_years(text: str, until: SchoolYear) -> list[str]:
    """Return the calendar years that a text names, but for those in which an earlier year than this cannot be."""
    return [number for number in _SINGLE.findall(text) if _FIRST <= int(number) <= until.start]


def with_year(text: str, year: SchoolYear) -> str:
    """Return the text with this school year in place of each earlier one, spelled as they are."""

    def spelled(match: re.Match[str]) -> str:
        found = _year(match)
        if found is None or found >= year:
            return match[0]
        first, second = (
            str(number)[-len(match[name]) :] for name, number in (("first", year.start), ("second", year.start + 1))
        )
        return f"{first}{match['between']}{second}"

    return _PAIR.sub(spelled, text)


def with_later_single_year(text: str, old: SchoolYear, new: SchoolYear) -> str:
    """Return the text with each calendar year of an old school year, like 2026 or 2027, as many years later."""

    def later(match: re.Match[str]) -> str:
        number = int(match[0])
        return str(number + new.start - old.start) if number in {old.start, old.start + 1} else match[0]

    return _SINGLE.sub(later, text)


def later(day: date, years: int) -> date:
    """Return a day so many years later; 29 February becomes 28 February where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _year(match: re.Match[str]) -> SchoolYear | None:
    """Return the school year that two numbers mean; None: something else, such as years 12-13 or the year 2021."""
    first, second = match["first"], match["second"]
    start = int(first) if len(first) == 4 else 2000 + int(first)
    if not _FIRST <= start <= 2098 or match[0] == "2021":
        return None
    is_pair = int(second) == start + 1 if len(second) == 4 else int(second) == (start + 1) % 100
    return SchoolYear(start) if is_pair else None
