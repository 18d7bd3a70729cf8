"""Pupils who wait for the day of `pupils_from`: which classes, until when, and what else of the set stays."""

from dataclasses import replace
from typing import Any

import pytest

from sdssync.config.classes import ClassTables
from sdssync.roster.enrol import Roster
from sdssync.roster.waiting import hold_pupils
from tests.support.builders import (
    enrolled,
    listed,
    make_profile,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    omitted,
)

SCHOOL = make_school(
    pupils=[make_pupil(1), make_pupil(2)],
    teachers=[make_teacher(101)],
    teaching_sets=[make_set(id="11"), make_set(id="12"), make_set(id="13", teacher_ids=())],
    memberships=[*listed("11", "9001", "9002"), *listed("12", "9001"), *listed("13", "9001", "9404")],
)


def classes(found: Roster) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return ids and people of the classes."""
    return [(each.id, each.teachers, each.pupils) for each in found.classes]


ALL = [("11", ("101",), ("9001", "9002")), ("12", ("101",), ("9001",)), ("13", (), ("9001",))]


@pytest.mark.parametrize(
    ("parts", "attended", "expected", "waiting"),
    [
        pytest.param(
            ("Seniors",), (), [("11", ("101",), ()), ("12", ("101",), ())], ["11", "12", "13"], id="all are new"
        ),
        pytest.param(("Seniors",), ("12",), [("11", ("101",), ()), ALL[1]], ["11", "13"], id="one has pupils"),
        pytest.param(("Seniors",), ("11", "12", "13"), ALL, [], id="all have pupils"),
        pytest.param((), (), ALL, [], id="the day has come"),
        pytest.param(("Prep",), (), ALL, [], id="the day of another part"),
    ],
)
def test_waiting(parts: tuple[str, ...], attended: tuple[str, ...], expected: list[Any], waiting: list[str]) -> None:
    """A class without a pupil in the baseline gets its teachers only, one without a teacher waits whole."""
    before = enrolled(SCHOOL)

    found = hold_pupils(before, parts, attended)

    assert classes(found) == expected
    assert [each.id for each in found.waiting] == waiting
    assert (found.users, found.omissions, found.clashes) == (before.users, before.omissions, before.clashes)


def test_reasons_judge_the_pupils_it_will_have() -> None:
    """A class that will be too small is omitted, not waiting."""
    found = hold_pupils(enrolled(SCHOOL, classes=ClassTables(min_pupils=2)), ("Seniors",), ())

    assert classes(found) == [("11", ("101",), ())]
    assert [each[1:] for each in omitted(found) if each[0] == "class"] == [
        ("class_too_small", "12"),
        ("class_too_small", "13"),
    ]


def test_parts_that_make_a_class_together() -> None:
    """A class that two parts make waits as long as one of them does."""
    found = enrolled(SCHOOL)
    both = replace(found.classes[0], also_of=(make_profile(name="Prep"),))

    held = hold_pupils(replace(found, classes=(both,)), ("Prep",), ())

    assert classes(held) == [("11", ("101",), ())]
