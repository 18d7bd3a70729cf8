"""Sets that are taught together: what a merge finds, who is in its class, and with what its id clashes."""

from typing import Any

import pytest

from sdssync.config.classes import ClassTables, Merge
from sdssync.config.template import Template
from sdssync.roster.enrol import Clash, Roster
from sdssync.roster.merges import doubtful_entries
from sdssync.roster.omissions import Kind
from sdssync.roster.sources import ClassKind
from sdssync.school import School
from tests.support.builders import (
    enrolled,
    listed,
    make_profile,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    omitted,
    selected,
)


def merge(*sets: str, title: str = "Together{suffix}", merged_id: str = "joint{suffix}") -> Merge:
    """Make a merge of sets."""
    return Merge(sets=sets, title=Template.parse(title), id=Template.parse(merged_id))


def merged(school: School, *merges: Merge, **changes: Any) -> Roster:
    """Return the roster of a school with these merges."""
    return enrolled(school, classes=ClassTables(merges=merges, **changes.pop("tables", {})), **changes)


def classes(roster: Roster) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return ids and people of the classes."""
    return [(each.id, each.teachers, each.pupils) for each in roster.classes]


SCHOOL = make_school(
    pupils=[make_pupil(number) for number in (1, 2, 3)],
    teachers=[make_teacher(number) for number in (101, 102, 103)],
    teaching_sets=[
        make_set(id="11", code="7A/Ma", teacher_ids=("101", "102")),
        make_set(id="12", code="7B/Ma", teacher_ids=("102",)),
        make_set(id="13", code="7C/Ma", teacher_ids=("103",)),
    ],
    memberships=[*listed("11", "9001", "9002"), *listed("12", "9002", "9003"), *listed("13", "9001")],
)
ALONE = ("13", ("103",), ("9001",))


@pytest.mark.parametrize(
    "sets",
    [
        pytest.param(("7A/Ma", "7B/Ma"), id="codes"),
        pytest.param(("7a/mA", "7b/ma"), id="without regard to case"),
        pytest.param(("id:11", "id:12"), id="ids"),
        pytest.param(("id:011", "7B/Ma"), id="an id is a number"),
        pytest.param(("7A/Ma", "7B/Ma", "7Z/Ma"), id="one is not there"),
        pytest.param(("7A/Ma", "id:11", "7B/Ma"), id="one is named twice"),
    ],
)
def test_merge(sets: tuple[str, ...]) -> None:
    """The sets make one class in which each pupil and teacher is once, and no class of their own."""
    roster = merged(SCHOOL, merge(*sets))

    assert classes(roster) == [ALONE, ("joint_26", ("101", "102"), ("9001", "9002", "9003"))]
    assert omitted(roster) == []
    source = roster.classes[1].made_of
    assert (source.kind, source.ids, roster.classes[1].title) == (ClassKind.MERGED, ("11", "12"), "Together_26")


def test_one_set_makes_the_class() -> None:
    """The class stays the same when one of its sets goes."""
    roster = merged(SCHOOL, merge("7B/Ma", "7Z/Ma"))

    assert classes(roster)[2] == ("joint_26", ("102",), ("9002", "9003"))


def test_no_set_makes_none() -> None:
    """A merge of which no set is there, or none with a list, makes no class and no omission."""
    school = make_school(teaching_sets=[make_set(), make_set(id="12", code="7B/Ma")])

    roster = merged(school, merge("7Y/Ma", "7Z/Ma"), merge("7B/Ma", "7X/Ma", merged_id="other"))

    assert [each.id for each in roster.classes] == ["11"]
    assert omitted(roster) == []


@pytest.mark.parametrize(("sets", "year"), [(("9A", "7A"), "7"), (("8A", "7A"), "8"), (("7A", "8A"), "7")])
def test_year_of_the_first_that_is_there(sets: tuple[str, ...], year: str) -> None:
    """The year of the class is that of the first listed set that the profile takes."""
    school = make_school(
        teaching_sets=[make_set(id=f"1{year}", code=f"{year}A", year=year) for year in "789"],
        memberships=[*listed("17", "9001"), *listed("18", "9001"), *listed("19", "9001")],
    )

    roster = merged(school, merge(*sets), year_groups=(7, 8))

    assert next(each for each in roster.classes if each.id == "joint_26").made_of.year == year


def test_a_filtered_set_is_not_there() -> None:
    """A merge sees only the sets that the profile takes."""
    roster = merged(SCHOOL, merge("7A/Ma", "7B/Ma"), tables={"exclude": ("7A*",)})

    assert classes(roster) == [ALONE, ("joint_26", ("102",), ("9002", "9003"))]


def test_doubled_ids_come_first() -> None:
    """A second set with one set id is left out before sets are merged."""
    school = make_school(
        teachers=[make_teacher(101), make_teacher(102)],
        teaching_sets=[make_set(), make_set(code="again", teacher_ids=("102",))],
    )

    roster = merged(school, merge("7A/Ma", "again"))

    assert classes(roster) == [("joint_26", ("101",), ("9001",))]
    assert omitted(roster) == [("class", "duplicate_class", "11")]


def test_primary_owners_of_each_set() -> None:
    """With primary owners each set has its own, and all of its teachers if no one is marked."""
    school = make_school(
        teachers=[make_teacher(number) for number in (101, 102, 103, 104)],
        teaching_sets=[
            make_set(id="11", code="A", teacher_ids=("101", "102"), primary_ids=("102",)),
            make_set(id="12", code="B", teacher_ids=("103", "104", "102")),
        ],
    )

    roster = merged(school, merge("A", "B"), tables={"primary_owners": True}, extra_teachers=("staff101@*",))

    assert classes(roster) == [("joint_26", ("101", "102", "103", "104"), ("9001",))]
    assert omitted(roster) == []


def test_who_is_on_two_lists_but_not_current() -> None:
    """A person who is on both lists and is not a current pupil is one omission."""
    school = make_school(
        teaching_sets=[make_set(code="A"), make_set(id="12", code="B")],
        memberships=[*listed("11", "9001", "9404"), *listed("12", "9404")],
    )

    assert omitted(merged(school, merge("A", "B"))) == [("enrollment", "pupil_not_current", "joint_26", "9404")]


@pytest.mark.parametrize(
    ("merges", "ids"),
    [
        pytest.param((merge("7A/Ma", "7B/Ma", merged_id="13"),), ["13"], id="the id of a set"),
        pytest.param((merge("7A/Ma", "7B/Ma", merged_id="12"),), [], id="the id of one of its own sets"),
        pytest.param((merge("7A/Ma", "7Z/Ma"), merge("7B/Ma", "7Y/Ma")), ["joint_26"], id="the id of another merge"),
    ],
)
def test_clashes(merges: tuple[Merge, ...], ids: list[str]) -> None:
    """An id that a set or another merge gets too rejects the set."""
    assert merged(SCHOOL, *merges).clashes == tuple(Clash(Kind.CLASS, each) for each in ids)


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        pytest.param(("7A/Ma", "7B/Ma"), [], id="all are there"),
        pytest.param(("7A/Ma", "7Z"), [(0, 1, (), False)], id="not in the document"),
        pytest.param(("8A", "7A/Ma"), [(0, 0, (), True)], id="in the document"),
        pytest.param(("7A/Ma", "same"), [], id="two of one code, subject and year"),
        pytest.param(("7A/Ma", "OTHER"), [(0, 1, ("23", "24"), True)], id="two of one code in two subjects"),
        pytest.param(("id:21", "id:99"), [(0, 1, (), False)], id="an id"),
    ],
)
def test_doubtful_entries(sets: tuple[str, ...], expected: list[tuple[int, int, tuple[str, ...], bool]]) -> None:
    """An entry without a set, or with sets of different subjects or years, needs a look."""
    school = make_school(
        teaching_sets=[
            make_set(),
            make_set(id="12", code="7B/Ma"),
            make_set(id="21", code="Same"),
            make_set(id="22", code="same"),
            make_set(id="23", code="other"),
            make_set(id="24", code="Other", subject_id="2"),
            make_set(id="31", code="8A", year="8"),
        ]
    )
    profile = make_profile(classes=ClassTables(merges=(merge(*sets),)))
    selection = selected(school)

    found = doubtful_entries(profile.classes.merges, selection.teaching_sets, selection.roll)

    assert [
        (each.merge, each.entry, tuple(item.id for item in each.sets), each.is_in_document) for each in found
    ] == expected
