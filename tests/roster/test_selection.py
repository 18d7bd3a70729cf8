"""What a profile wants of a school: pupils, sets, extra teachers; and who is on a set's list."""

from dataclasses import astuple
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.roster.roll import call_roll
from sdssync.roster.selection import Unlisted, unknown_subjects
from sdssync.school import Membership, Pupil, Teacher
from tests.support.builders import (
    listed,
    make_profile,
    make_pupil,
    make_school,
    make_set,
    make_subject,
    make_teacher,
    selected,
)

ALL_YEARS = tuple(range(-5, 21))


@pytest.mark.parametrize(
    ("year", "years", "chosen"),
    [
        *[pytest.param(str(year), (year,), True, id=f"year {year}") for year in (-5, -2, -1, 0, 1, 7, 13, 14, 20)],
        pytest.param("7", (6, 8), False, id="another year"),
        *[
            pytest.param(odd, ALL_YEARS, False, id=repr(odd))
            for odd in ("07", " 7 ", "7 ", "+7", "7.0", "", "21", "Upper", "\u00a0", "\u0667")
        ],
    ],
)
def test_years(year: str, years: tuple[int, ...], chosen: bool) -> None:
    """Years of pupils and sets compare as texts."""
    school = make_school(pupils=[make_pupil(year=year)], teaching_sets=[make_set(year=year)])

    selection = selected(school, year_groups=years)

    assert (len(selection.pupils), len(selection.teaching_sets)) == ((1, 1) if chosen else (0, 0))


SUBJECTS = [make_subject(id="1"), make_subject(id="2"), make_subject(id="1", department="Arts"), make_subject(id="3")]
SETS = [make_set(id=f"1{subject}", subject_id=subject) for subject in ("1", "2", "3", "77", "")]


@pytest.mark.parametrize(
    ("exclude", "include", "expected"),
    [
        pytest.param((), None, ["1", "2", "3", "77", ""], id="no filter"),
        pytest.param(("1",), None, ["2", "3", "77", ""], id="exclude"),
        pytest.param(("77",), None, ["1", "2", "3", ""], id="exclude what no department has"),
        pytest.param((), ("2",), ["2", "77", ""], id="include: what no department has passes"),
        pytest.param((), ("77",), ["77", ""], id="include what no department has"),
        pytest.param(("2",), ("1", "2"), ["1", "77", ""], id="both"),
        pytest.param(("77",), ("1",), ["1", ""], id="both, of no department"),
        pytest.param(("01", "9"), None, ["1", "2", "3", "77", ""], id="ids compare as texts"),
    ],
)
def test_subjects(exclude: tuple[str, ...], include: tuple[str, ...] | None, expected: list[str]) -> None:
    """An include list excludes the other subjects of the departments, and those only."""
    school = make_school(subjects=SUBJECTS, teaching_sets=SETS)

    assert [each.subject_id for each in selected(school, exclude=exclude, include=include).teaching_sets] == expected


@pytest.mark.parametrize(
    ("exclude", "include", "unknown"),
    [
        pytest.param(("1", "77"), None, (), id="of a department, of a set"),
        pytest.param(("8", "1"), ("2", "9"), ("9", "8"), id="in both lists"),
    ],
)
def test_unknown_subjects(exclude: tuple[str, ...], include: tuple[str, ...] | None, unknown: tuple[str, ...]) -> None:
    """A subject is unknown if neither a department nor a set has it."""
    roll = call_roll(make_school(subjects=SUBJECTS, teaching_sets=SETS))

    assert unknown_subjects(roll, make_profile(exclude=exclude, include=include)) == unknown


STAFF = [
    make_teacher(1, email="ada@school.example"),
    make_teacher(2, email="SHARED@school.example"),
    make_teacher(3, email="shared@School.example"),
    make_teacher(4, email=""),
    make_teacher(5, email=" padded@school.example "),
    make_teacher(6, email="a.b+c@school.example"),
    make_teacher(7, email="zo\u00eb@school.example"),
    make_teacher(8, email="two\nlines@school.example"),
]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        pytest.param("ada@school.example", ["1"], id="as written"),
        pytest.param("ADA@School.Example", ["1"], id="another case"),
        pytest.param("shared@school.example", ["2", "3"], id="an address of two"),
        pytest.param("ZO\u00cb@school.example", ["7"], id="another case, not ASCII"),
        pytest.param("padded@school.example", None, id="blanks count"),
        pytest.param(" padded@school.example ", ["5"], id="with its blanks"),
        pytest.param("a.b+c@school.example", ["6"], id="a dot and a plus are themselves"),
        pytest.param("aXb+c@school.example", None, id="a dot is no wildcard"),
        pytest.param("ada@school", None, id="a beginning is not enough"),
        pytest.param("?da@*", ["1"], id="both wildcards"),
        pytest.param("ada?@school.example", None, id="? is one character, not none"),
        pytest.param("ada*@school.example", ["1"], id="* may be nothing"),
        pytest.param("*LINES@*", ["8"], id="* crosses a line break"),
        pytest.param("*", ["1", "2", "3", "4", "5", "6", "7", "8"], id="all staff, also without address"),
        pytest.param("unknown*", None, id="a wildcard without a match"),
        pytest.param("new@school.example", None, id="an unknown address"),
    ],
)
def test_extra_teachers(entry: str, found: list[str] | None) -> None:
    """An extra teacher is an address without regard to case, with wildcards; who matches is taken."""
    selection = selected(make_school(teachers=STAFF), extra_teachers=(entry,))

    assert [each.id if isinstance(each, Teacher) else each.address for each in selection.extra_teachers] == (
        [entry] if found is None else found
    )
    assert all(isinstance(each, Teacher) == (found is not None) for each in selection.extra_teachers)


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        pytest.param(("new@school.example", "*"), ["new@school.example", *"12345678", "new@school.example"], id="all"),
        pytest.param(("new@school.example", "new*"), ["new@school.example"] * 2, id="a wildcard"),
        pytest.param(("New@school.example", "new@school.example"), ["New@school.example"] * 2, id="another case"),
        pytest.param(("new*", "new@school.example"), ["new*", "new@school.example"], id="the other way round"),
    ],
)
def test_extra_teachers_who_match_each_other(entries: tuple[str, ...], found: list[str]) -> None:
    """An entry without a match can be matched by a later entry, as in the script."""
    selection = selected(make_school(teachers=STAFF), extra_teachers=entries)

    assert [each.address if isinstance(each, Unlisted) else each.id for each in selection.extra_teachers] == found


@pytest.mark.parametrize(
    ("entry", "address", "is_found"),
    [
        pytest.param("*a" * 500, "a" * 5_000, True, id="stars that match"),
        pytest.param("*a" * 500 + "b", "a" * 5_000, False, id="stars that do not"),
        pytest.param("*?" * 500, "a" * 5_000, True, id="both that match"),
        pytest.param("*?" * 499 + "b", "a" * 5_000, False, id="both that do not"),
        pytest.param("?" * 500 + "*", "a" * 499, False, id="one character too few"),
        pytest.param("*" * 1_000, "", True, id="nothing but stars"),
        pytest.param("a*b*", "acbd", True, id="a star at the end"),
        pytest.param("*b*a", "abaa", True, id="a star at the beginning"),
        pytest.param("*ab*b", "aab", False, id="a piece that overlaps the end"),
        pytest.param("*a?*b?", "xaxaabb", True, id="a piece that comes twice"),
    ],
)
def test_wildcards_without_backtracking(entry: str, address: str, is_found: bool) -> None:
    """However many wildcards an entry has, an address is compared with it at once."""
    selection = selected(make_school(teachers=[make_teacher(email=address)]), extra_teachers=(entry,))

    assert isinstance(selection.extra_teachers[0], Teacher) is is_found


@settings(deadline=None)
@given(st.text("ab*?", max_size=8), st.text("abA", max_size=8))
def test_wildcards_match_as_fnmatch_has_it(entry: str, address: str) -> None:
    """The library matches in the same way, apart from case."""
    selection = selected(make_school(teachers=[make_teacher(email=address)]), extra_teachers=(entry,))

    assert isinstance(selection.extra_teachers[0], Teacher) is fnmatchcase(address.lower(), entry)


def test_extra_teachers_listed_twice() -> None:
    """Each listing counts, in the order of the list."""
    entries = ("x@school.example", "ada@*", "x@school.example", "ADA@school.example")

    selection = selected(make_school(teachers=STAFF), extra_teachers=entries)

    assert [each.address if isinstance(each, Unlisted) else each.id for each in selection.extra_teachers] == [
        "x@school.example",
        "1",
        "x@school.example",
        "1",
    ]


@pytest.mark.parametrize(
    ("set_id", "row", "same"),
    [
        pytest.param("11", "11", True, id="as written"),
        pytest.param("11", " 11 ", True, id="blanks"),
        pytest.param("11", "\t11\r\n", True, id="white space"),
        pytest.param("11", "011", True, id="leading zero"),
        pytest.param("11", "+11", True, id="sign"),
        pytest.param(" 11", "11", True, id="blanks in the set"),
        pytest.param("11", "111", False, id="another number"),
        pytest.param("11", "1 1", False, id="blank inside"),
        pytest.param("11", "", False, id="no set"),
        pytest.param("", "", False, id="a set without id"),
        pytest.param("A1", "A1", True, id="a text"),
        pytest.param("A1", "a1", False, id="a text in another case"),
        pytest.param("A1", " A1", False, id="a text with a blank"),
        pytest.param("9" * 5000, "9" * 5000, True, id="longer than a number may be"),
    ],
)
def test_a_row_means_the_set_of_its_number(set_id: str, row: str, same: bool) -> None:
    """A set-list row is matched to its set as a number."""
    school = make_school(teaching_sets=[make_set(id=set_id)], memberships=listed(row, "9001"))

    members = call_roll(school).members_of(school.teaching_sets[0])

    assert members == (school.pupils if same else ())


def test_members() -> None:
    """Everyone on the list is a member, in order, as often as listed; one who is not a current pupil is a stranger."""
    pupils = [make_pupil(1), make_pupil(2), make_pupil(3, school_id="")]
    rows = [
        Membership("11", ("9002", "9001", "9404"), ("1", "404", "", "3")),
        Membership("12", ("9001",)),
        Membership(" 11 ", ("9002", " 9001 ")),
    ]
    school = make_school(pupils=pupils, memberships=rows)

    members = call_roll(school).members_of(make_set(id="11"))

    one, two, three = pupils
    assert [each if isinstance(each, Pupil) else astuple(each) for each in members] == [
        two, one, ("9404",), one, ("",), three, three, two, (" 9001 ",),
    ]  # fmt: skip


def test_shared_ids() -> None:
    """Ids of two people are found, of pupils, staff or both; an empty id does not count, nor a record given twice."""
    school = make_school(
        pupils=[
            make_pupil(1, school_id="9001"),
            make_pupil(2, school_id="9001"),
            make_pupil(3, school_id="101"),
            make_pupil(4, school_id=""),
            make_pupil(5, school_id=""),
            make_pupil(6),
            make_pupil(7, school_id="09006"),
        ],
        teachers=[
            make_teacher(101),
            make_teacher(102),
            make_teacher(103),
            make_teacher(103, email="bo@school.example"),
            make_teacher(104),
            make_teacher(104),
        ],
    )

    shared = call_roll(school).shared_ids
    assert {shared_id: [person.id for person in people] for shared_id, people in shared.items()} == {
        "9001": ["1", "2"],
        "101": ["3", "101"],
        "103": ["103", "103"],
    }
