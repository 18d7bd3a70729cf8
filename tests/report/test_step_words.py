"""The words of steps: each reason and each kind has some of its own."""

import pytest

from sdssync.report.step_words import StepWords
from sdssync.roster.omissions import Reason
from sdssync.roster.roll import call_roll
from sdssync.roster.steps import Step, StepKind
from tests.support.builders import SCHOOL

WORDS = StepWords(roll=call_roll(SCHOOL), files={"Seniors": "profiles.d/seniors.toml"}, years={"Seniors": (7, 8)})
FOLLOWS = {Reason.USER_OMITTED, Reason.CLASS_OMITTED, Reason.DUPLICATE_USER, Reason.DUPLICATE_ENROLLMENT}
"""What follows from another omission, or leaves a row in the set."""


@pytest.mark.parametrize("reason", sorted(set(Reason) - FOLLOWS))
def test_every_reason(reason: Reason) -> None:
    """An omission is said in words of its own, with what to do."""
    step = Step(kind=StepKind.OMISSION, passes=False, part="Seniors", reason=reason)

    assert WORDS.why(step) != reason.replace("_", " ")
    assert WORDS.advice(step).endswith(".")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step(kind=StepKind.NOT_CURRENT, passes=False), "not a current pupil or member of staff in iSAMS"),
        (
            Step(kind=StepKind.YEAR, passes=False, part="Seniors", key="year_groups", value="9"),
            "Seniors takes only years 7-8, not year 9 (year_groups in profiles.d/seniors.toml)",
        ),
        (
            Step(kind=StepKind.YEAR, passes=False, part="Seniors", key="year_groups"),
            "Seniors takes only years 7-8, and the year is empty in iSAMS (year_groups in profiles.d/seniors.toml)",
        ),
        (
            Step(kind=StepKind.FILTER, passes=False, part="Seniors", key="subjects.include", value="1"),
            "subject 1 (Mathematics) is not taken: subjects.include in profiles.d/seniors.toml",
        ),
        (
            Step(kind=StepKind.FILTER, passes=False, part="Seniors", key="classes.exclude", value="7Games"),
            "code 7Games is left out: classes.exclude in profiles.d/seniors.toml",
        ),
        (Step(kind=StepKind.EMPTY, passes=False, part="Seniors"), "no one is on its set list in iSAMS"),
        (
            Step(kind=StepKind.GROUP, passes=False, part="Seniors", key="groups.forms"),
            "not asked for: groups.forms in profiles.d/seniors.toml",
        ),
        (
            Step(kind=StepKind.OWNERS, passes=False, part="Seniors", key="classes.owners"),
            'not marked as a primary teacher in iSAMS, and classes.owners in profiles.d/seniors.toml is "primary"',
        ),
        (
            Step(kind=StepKind.WAITING, passes=False, part="Seniors", key="classes.pupils_from", value="2026-09-02"),
            "its pupils wait until 2026-09-02: classes.pupils_from in profiles.d/seniors.toml",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Step) else "",
)
def test_where_a_way_ends(step: Step, why: str) -> None:
    """A step at which the way ends says which key of which file it is, or what iSAMS has."""
    assert WORDS.why(step) == why
