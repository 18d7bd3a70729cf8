"""School years as grades."""

import pytest

from sdssync.roster.grades import grade, grade_as_script

DEFAULT = {-5: "IT", -4: "IT", -3: "IT", -2: "PR", -1: "PK", 0: "KG"}
DEFAULT |= {year: f"0{year}" for year in range(1, 10)} | {year: str(year) for year in range(10, 15)}
DEFAULT |= dict.fromkeys(range(15, 21), "")

SCRIPT = {0: "KG", -1: "-1", -5: "-5"} | {year: f"0{year}" for year in range(1, 10)}
SCRIPT |= {year: str(year) for year in range(10, 21)}


@pytest.mark.parametrize(("year", "expected"), DEFAULT.items())
def test_grade(year: int, expected: str) -> None:
    """The National Curriculum year keeps its number; what is no real year has no grade."""
    assert grade(str(year)) == expected


@pytest.mark.parametrize(("year", "expected"), SCRIPT.items())
def test_grade_as_script(year: int, expected: str) -> None:
    """The script writes two characters for every year but 0."""
    assert grade_as_script(str(year)) == expected
