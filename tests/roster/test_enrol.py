"""Users and classes put together: the fixed order, clashes, and the script's reading."""

from dataclasses import replace
from typing import Any

import pytest

from sdssync.roster.enrol import Clash, enrol_as_script
from sdssync.roster.omissions import Kind
from sdssync.school import School
from tests.support.builders import (
    enrolled,
    listed,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    part,
)

ONE, TWO = make_pupil(1), make_pupil(2)
BO = make_teacher(101)


def test_order() -> None:
    """Pupils come before teachers; everything goes by id, numbers by value before any text."""
    pupils = [replace(make_pupil(n), school_id=i) for n, i in enumerate(["b", "10", "9", "A", " 9 ", "-1"], 1)]
    school = make_school(
        pupils=pupils,
        teachers=[make_teacher(102), make_teacher(20)],
        teaching_sets=[make_set(id=each, teacher_ids=("102", "20")) for each in ("x", "12", "3")],
        memberships=[row for each in ("12", "x", "3") for row in listed(each, "b", "10", "9")],
    )

    roster = enrolled(school, extra_teachers=("new@school.example",))

    assert [user.id for user in roster.users] == [
        "-1", " 9 ", "9", "10", "A", "b", "20", "102", "new@school.example",
    ]  # fmt: skip
    assert [(each.id, each.teachers, each.pupils) for each in roster.classes] == [
        (class_id, ("20", "102", "new@school.example"), ("9", "10", "b")) for class_id in ("3", "12", "x")
    ]
    assert roster.enrollments == 18


FILTERED = make_pupil(3, year="8")


@pytest.mark.parametrize(
    ("school", "changes", "ids"),
    [
        pytest.param(make_school(pupils=[ONE, replace(TWO, school_id="9001")]), {}, ["9001"], id="two pupils"),
        pytest.param(
            make_school(pupils=[ONE, replace(FILTERED, school_id="9001")]), {}, ["9001"], id="one of another year"
        ),
        pytest.param(
            make_school(pupils=[ONE, replace(TWO, school_id="9001", email="")]), {}, ["9001"], id="one without e-mail"
        ),
        pytest.param(make_school(pupils=[replace(ONE, school_id="101")]), {}, ["101"], id="pupil and teacher"),
        pytest.param(
            make_school(pupils=[ONE], teachers=[make_teacher(9001)]), {}, ["9001"], id="pupil and other staff"
        ),
        pytest.param(
            make_school(pupils=[ONE, replace(FILTERED, school_id="101")]), {}, ["101"],
            id="teacher and pupil of another year"
        ),
        pytest.param(
            make_school(teachers=[BO, replace(make_teacher(102), id="101")]), {}, ["101"], id="two members of staff"
        ),
        pytest.param(
            make_school(pupils=[ONE, *[replace(FILTERED, school_id="9003", id=str(n)) for n in range(2)]]), {}, [],
            id="two who have no row"
        ),
        pytest.param(
            make_school(pupils=[ONE, *[replace(make_pupil(n), school_id="") for n in (5, 6)]]), {}, [],
            id="two without id"
        ),
        pytest.param(make_school(pupils=[ONE, replace(TWO, school_id="09001")]), {}, [], id="ids compare as texts"),
        pytest.param(make_school(), {"extra_teachers": ("staff101@*", "bo@*", "*")}, [], id="one person, often"),
    ],
)  # fmt: skip
def test_user_clashes(school: School, changes: dict[str, Any], ids: list[str]) -> None:
    """An id of two people clashes if one of them has a row, whatever became of the other."""
    assert enrolled(school, **changes).clashes == tuple(Clash(Kind.USER, each) for each in ids)


TWO_SETS = [make_set(), make_set(id="12")]
BOTH = [*listed("11", "9001"), *listed("12", "9001")]


@pytest.mark.parametrize(
    ("school", "class_id", "ids"),
    [
        pytest.param(
            make_school(teaching_sets=TWO_SETS, memberships=BOTH), "{set_code}", ["7A/Ma"], id="two sets of one code"
        ),
        pytest.param(make_school(teaching_sets=TWO_SETS, memberships=BOTH), "{set_id}", [], id="two ids"),
        pytest.param(make_school(teaching_sets=TWO_SETS), "{set_code}", [], id="the other has no list"),
        pytest.param(
            make_school(teaching_sets=TWO_SETS, memberships=[*listed("11", "9001"), *listed("12", "9404")]),
            "{set_code}", ["7A/Ma"], id="the other falls out"
        ),
        pytest.param(
            make_school(teaching_sets=[make_set(), make_set(id="12", year="8")], memberships=BOTH), "{set_code}", [],
            id="the other is of another year"
        ),
        pytest.param(make_school(teaching_sets=[make_set(), make_set()]), "{set_code}", [], id="one id twice"),
        pytest.param(
            make_school(teaching_sets=TWO_SETS, memberships=[*listed("11", "9404"), *listed("12", "9404")]),
            "{set_code}", [], id="both fall out"
        ),
    ],
)  # fmt: skip
def test_class_clashes(school: School, class_id: str, ids: list[str]) -> None:
    """A class id that two sets of the profile get clashes if one of them has a row."""
    assert enrolled(school, class_id=class_id).clashes == tuple(Clash(Kind.CLASS, each) for each in ids)


def test_as_script() -> None:
    """The script enrols people as often as they appear, and writes teachers without an address."""
    school = make_school(
        pupils=[
            replace(ONE, school_id=""),
            replace(TWO, email=""),
            make_pupil(3, email="\u00a0"),
            make_pupil(4, year="8"),
        ],
        teachers=[replace(BO, email=""), make_teacher(102)],
        teaching_sets=[
            make_set(teacher_ids=("199", "101", "101")),
            make_set(code="again", teacher_ids=("102",)),
            make_set(id="12", code=""),
            make_set(id="13", teacher_ids=("102",)),
        ],
        memberships=[*listed("11", "9004", "9404", "9404"), *listed("12", "9001")],
    )
    changes: dict[str, Any] = {"parity": True, "extra_teachers": ("x*", "new@a.example", "x*"), "suffix": ""}

    roster = enrol_as_script(part(school, **changes))

    assert [(user.id, user.username) for user in roster.users] == [
        ("9003", "\u00a0"),
        ("", "pupil1@pupils.school.example"),
        ("101", ""),
        ("102", "staff102@school.example"),
        ("new@a.example", "new@a.example"),
        ("x*", "x*"),
        ("x*", "x*"),
    ]
    assert [(each.id, each.title, each.teachers, each.pupils) for each in roster.classes] == [
        ("11", "7A/Ma", ("101", "101", "199", "new@a.example", "x*", "x*"), ("9004", "9404", "9404")),
        ("12", "", ("101", "new@a.example", "x*", "x*"), ("9001",)),
    ]
    assert [each.id for each in roster.omissions] == ["9002"]
    assert roster.clashes == ()
