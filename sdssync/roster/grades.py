"""
School years as SDS grades.

No Microsoft page maps UK year groups. SDS grades are labels, so the National Curriculum year keeps its number and is
not shifted to the US scheme; years below 1 have the labels of the SDS list of grades.
"""

_BELOW_YEAR_ONE = {0: "KG", -1: "PK", -2: "PR"}
_YOUNGER = "IT"
_OLDEST = 14


def grade(year: str) -> str:
    """Return the grade of a chosen year, given as text of a whole number: "KG" for 0, "07" for 7, "" above 14."""
    number = int(year)
    if number > _OLDEST:
        return ""
    if number > 0:
        return f"{number:02}"
    return _BELOW_YEAR_ONE.get(number, _YOUNGER)


def grade_as_script(year: str) -> str:
    """Return what iSAMS-SDS.ps1 writes: "KG" for 0, any other year as it is, with a zero before a single character."""
    return "KG" if year == "0" else year.rjust(2, "0")
