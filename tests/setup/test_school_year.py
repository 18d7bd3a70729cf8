"""School years in texts and days, in the spellings that schools use."""

from datetime import date

import pytest

from sdssync.errors import ConfigError
from sdssync.setup.school_year import SchoolYear, later, names_year, with_later_single_year, with_year

NEW = SchoolYear(2027)

pytestmark = pytest.mark.portable


@pytest.mark.parametrize(
    ("text", "rolled"),
    [
        ("_2026_27", "_2027_28"),
        (" 2026-27", " 2027-28"),
        ("_26_27", "_27_28"),
        (" - 26/27", " - 27/28"),
        (" (2026/27)", " (2027/28)"),
        ("_2026_2027", "_2027_2028"),
        ("_202627", "_202728"),
        ("_20262027", "_20272028"),
        ("2627", "2728"),
        (" 2026\u201327", " 2027\u201328"),
        ("_2024_25", "_2027_28"),
        ("_2099_00", "_2099_00"),
        ("_2027_28", "_2027_28"),
        ("_2028_29", "_2028_29"),
        ("{set_code} 26-27 (A)", "{set_code} 27-28 (A)"),
        ("_2026_28", "_2026_28"),
        ("_2021", "_2021"),
        (" years 12-13", " years 12-13"),
        ("Band A", "Band A"),
        ("", ""),
    ],
)
def test_texts(text: str, rolled: str) -> None:
    """Each spelling stays, with the new year in it."""
    assert with_year(text, NEW) == rolled


@pytest.mark.parametrize(
    ("text", "rolled"), [("_2026", "_2027"), ("_2027", "_2028"), ("_2025", "_2025"), ("_20260", "_20260")]
)
def test_single_years(text: str, rolled: str) -> None:
    """One calendar year of the old school year becomes that of the new one."""
    assert with_later_single_year(text, SchoolYear(2026), NEW) == rolled


def test_names_year() -> None:
    """A school year or a calendar year counts, other digits do not."""
    assert [names_year(text) for text in ("_26_27", "_2026", "_7", "_12345", "")] == [True, True, False, False, False]


def test_days() -> None:
    """The year begins in September; a last day in September or October still ends the year before."""
    assert [SchoolYear.of(date(2027, month, 1)).start for month in (8, 9)] == [2026, 2027]
    assert [SchoolYear.beginning(date(2027, month, 1)).start for month in (1, 6, 7, 9)] == [2026, 2026, 2027, 2027]
    assert [SchoolYear.ending(date(2027, month, 1)).start for month in (7, 9, 10, 11)] == [2026, 2026, 2026, 2027]


def test_leap_day() -> None:
    """29 February becomes the last day of February, and 28 February stays."""
    assert later(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert later(date(2027, 2, 28), 1) == date(2028, 2, 28)
    assert later(date(2028, 2, 29), 4) == date(2032, 2, 29)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2027-29", "did you mean 2027-28?"),
        ("27-28", "did you mean 2027-28?"),
        ("2027/28", "did you mean 2027-28?"),
        ("2027-2028", "did you mean 2027-28?"),
        ("next", "write the year in which it begins, and the last two digits"),
        ("", "write the year in which it begins, and the last two digits"),
        (" 2027-28", "did you mean 2027-28?"),
    ],
)
def test_wrong_years(text: str, hint: str) -> None:
    """What is not a school year is refused, with the one that may be meant."""
    with pytest.raises(ConfigError) as raised:
        SchoolYear.parse(text)

    assert raised.value.message.startswith("expected a school year like 2027-28, found ")
    assert raised.value.hint == hint


def test_right_years() -> None:
    """A year is its own text, also at the turn of a century."""
    assert [str(SchoolYear.parse(text)) for text in ("2027-28", "2099-00")] == ["2027-28", "2099-00"]
