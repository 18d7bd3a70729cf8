"""The patterns of `[classes]`: what they match, in which order the keys filter, and whose teachers stay users."""

import time
from typing import Any

import pytest

from sdssync.config.classes import ClassTables
from sdssync.roster.filters import filtered_sets
from sdssync.roster.patterns import any_matcher
from sdssync.roster.roll import call_roll
from tests.support.builders import (
    enrolled,
    listed,
    make_profile,
    make_school,
    make_set,
    make_subject,
    make_teacher,
    omitted,
)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("*Games*", "7A/games 2", True, id="without regard to case"),
        pytest.param("Games", "7 Games", False, id="the whole text"),
        pytest.param("9?/PE*", "9A/PE1", True, id="one character"),
        pytest.param("9?/PE*", "9/PE1", False, id="not none"),
        pytest.param("7.1[ab]", "7.1[AB]", True, id="nothing else is special"),
        pytest.param("7.1", "7x1", False, id="a dot is a dot"),
        pytest.param("*", "a\nb", True, id="a line break"),
        pytest.param("*", "", False, id="the empty text"),
    ],
)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    """A pattern matches the whole of a text, `*` and `?` are wildcards."""
    assert any_matcher((pattern,))(text) is expected


def test_many_stars() -> None:
    """A pattern of many stars takes no longer than its letters."""
    started = time.process_time()

    assert not any_matcher(("*a" * 200 + "b",))("a" * 5_000)

    assert time.process_time() - started < 2


SETS = [
    make_set(id="11", code="7A/Ma", teacher_ids=("101",)),
    make_set(id="12", code="7 Games", subject_id="2", teacher_ids=("102",)),
    make_set(id="13", code="", name="Games club", teacher_ids=("103",)),
    make_set(id="14", code="", name="", teacher_ids=("104",)),
    make_set(id="15", code="8 Games", year="8", teacher_ids=("105",)),
]
SCHOOL = make_school(
    teachers=[make_teacher(number) for number in range(101, 106)],
    subjects=[make_subject(), make_subject(id="2")],
    teaching_sets=SETS,
    memberships=[*listed("11", "9001"), *listed("12", "9001"), *listed("13", "9001"), *listed("14", "9001")],
)


@pytest.mark.parametrize(
    ("changes", "filtered"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param(
            {"classes": ClassTables(exclude=("*games*",))},
            {"12": "classes.exclude", "13": "classes.exclude"},
            id="a set without code has its name",
        ),
        pytest.param(
            {"classes": ClassTables(include=("*",))}, {"14": "classes.include"}, id="neither code nor name"
        ),
        pytest.param(
            {"classes": ClassTables(include=("7*",), exclude=("*games",))},
            {"12": "classes.exclude", "13": "classes.include", "14": "classes.include"},
            id="exclude wins",
        ),
        pytest.param(
            {"classes": ClassTables(exclude=("*games*",)), "exclude": ("2",)},
            {"12": "subjects.exclude", "13": "classes.exclude"},
            id="subjects come first",
        ),
        pytest.param(
            {"classes": ClassTables(exclude=("*games*",)), "include": ("1",)},
            {"12": "subjects.include", "13": "classes.exclude"},
            id="included subjects come first",
        ),
    ],
)  # fmt: skip
def test_filters(changes: dict[str, Any], filtered: dict[str, str]) -> None:
    """A set that is filtered makes no class and no omission, its teachers are no users, and the key is known."""
    roll, profile = call_roll(SCHOOL), make_profile(title="{set_id}", **changes)

    roster = enrolled(SCHOOL, title="{set_id}", **changes)

    assert {found.teaching_set.id: str(found.by) for found in filtered_sets(roll, profile)} == filtered
    left = [number for number in ("11", "12", "13", "14") if number not in filtered]
    assert [each.id for each in roster.classes] == left
    assert [user.id for user in roster.users if not user.is_pupil] == [f"10{number[1]}" for number in left]
    assert omitted(roster) == []


def test_a_teacher_of_another_set() -> None:
    """A teacher of a set that is left out stays a user through another one."""
    school = make_school(
        teaching_sets=[make_set(), make_set(id="12", code="Games")], memberships=[*listed("11", "9001")]
    )

    roster = enrolled(school, classes=ClassTables(exclude=("Games",)))

    assert [user.id for user in roster.users] == ["9001", "101"]
