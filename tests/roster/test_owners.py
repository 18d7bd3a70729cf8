"""Who owns the class of a set with `owners = "primary"`, and what becomes of the other teachers."""

from typing import Any

import pytest

from sdssync.config.classes import ClassTables
from tests.support.builders import enrolled, make_school, make_set, make_teacher, omitted

PRIMARY: dict[str, Any] = {"classes": ClassTables(primary_owners=True)}
STAFF = [make_teacher(101), make_teacher(102), make_teacher(103, email="")]


@pytest.mark.parametrize(
    ("primary", "teachers", "left_out"),
    [
        pytest.param(("102",), ("102",), [], id="one is marked"),
        pytest.param(("101", "102"), ("101", "102"), [], id="two are marked"),
        pytest.param((), ("101", "102"), [("teacher_without_email", "11", "103")], id="no one is marked"),
        pytest.param(
            ("103",), ("101", "102"), [("teacher_without_email", "11", "103")], id="the marked one cannot be enrolled"
        ),
        pytest.param(
            ("102", "103"), ("102",), [("teacher_without_email", "11", "103")], id="one of the marked cannot"
        ),
        pytest.param(("102", "102"), ("102",), [("duplicate_enrollment", "11", "102")], id="one is marked twice"),
    ],
)  # fmt: skip
def test_primary(primary: tuple[str, ...], teachers: tuple[str, ...], left_out: list[tuple[str, ...]]) -> None:
    """The marked own the class; the others stay users, and that they are not in the class is no omission."""
    school = make_school(
        teachers=STAFF, teaching_sets=[make_set(teacher_ids=("101", "102", "103"), primary_ids=primary)]
    )

    roster = enrolled(school, **PRIMARY)

    assert roster.classes[0].teachers == teachers
    assert [user.id for user in roster.users] == ["9001", "101", "102"]
    assert [each[1:] for each in omitted(roster) if each[0] == "enrollment"] == left_out


def test_all_by_default() -> None:
    """Without the key all teachers of a set own its class."""
    school = make_school(teachers=STAFF, teaching_sets=[make_set(teacher_ids=("101", "102"), primary_ids=("102",))])

    assert enrolled(school).classes[0].teachers == ("101", "102")


def test_extra_teachers() -> None:
    """Extra teachers are in each class, and so is a teacher of the set who is one."""
    school = make_school(teachers=STAFF, teaching_sets=[make_set(teacher_ids=("101", "102"), primary_ids=("102",))])

    roster = enrolled(school, extra_teachers=("staff101@school.example",), **PRIMARY)

    assert roster.classes[0].teachers == ("101", "102")
    assert omitted(roster) == []
