"""Messy documents, read by us and by a second, literal telling of the facts."""

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from sdssync.config.profile import Profile
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster, enrol, enrol_as_script
from sdssync.roster.selection import select
from sdssync.school import Pupil
from tests.support import script
from tests.support.builders import Document, make_profile, omitted, rolls
from tests.support.golden import FIXTURES
from tests.support.messy import arguments, documents
from tests.support.script import Arguments, Written

pytestmark = [pytest.mark.slow, pytest.mark.portable]


def profile(given: Arguments, *, parity: bool) -> Profile:
    """Return the arguments as a profile."""
    return make_profile(
        year_groups=tuple(given.years),
        suffix=given.suffix,
        exclude=tuple(given.excluded),
        include=tuple(given.included) or None,
        extra_teachers=tuple(given.extra),
        parity=parity,
    )


def written(roster: Roster, *, names: bool) -> Written:
    """Lay out a roster as the second telling does."""
    users: Counter[tuple[str, ...]] = Counter()
    for user in roster.users:
        role = "student" if user.is_pupil else "teacher"
        year = user.person.year if isinstance(user.person, Pupil) else ""
        users[user.id, user.username, role, year, *((user.surname, user.forename) if names else ())] += 1
    return Written(
        users=users,
        classes=Counter((item.id, item.title) for item in roster.classes),
        enrollments=Counter(
            (school_class.id, user_id, role)
            for school_class in roster.classes
            for role, ids in (("teacher", school_class.teachers), ("student", school_class.pupils))
            for user_id in ids
        ),
        omitted=Counter(omitted(roster)),
    )


@pytest.mark.parametrize("name", ["hand-made-edges", "include-and-exclude", "clean-prep-registration"])
def test_the_second_telling_is_true(name: str) -> None:
    """The second telling gives the rows that the script itself has written."""
    case = FIXTURES / "parity" / name
    given = json.loads((case / "case.json").read_bytes())["arguments"]
    lists = {key: text.split(",") for key, text in given.items() if key != "Suffix"}

    ran = script.as_script(
        (case / "isams.xml").read_text(encoding="utf-8"),
        Arguments(
            years=[*map(int, lists["YearGroups"])],
            suffix=given.get("Suffix", ""),
            excluded=lists.get("ExcludedSubjects", []),
            included=lists.get("IncludedSubjects", []),
            extra=lists.get("ExtraTeachers", []),
        ),
    )

    assert {
        "users.csv": Counter(
            f"{user},8889999,{username},{role},,,,{year and ('KG' if year == '0' else year.zfill(2))}"
            for user, username, role, year in ran.users.elements()
        ),
        "classes.csv": Counter(f"{class_id},8889999,{title}" for class_id, title in ran.classes.elements()),
        "enrollments.csv": Counter(map(",".join, ran.enrollments.elements())),
    } == {
        file: Counter((case / "expected" / file).read_text(encoding="utf-8").removesuffix("\n").split("\n")[1:])
        for file in ("users.csv", "classes.csv", "enrollments.csv")
    }


@settings(max_examples=100, deadline=None)
@given(document=documents(attributes=False), asked=arguments(parity=True))
def test_parity(document: Document, asked: Arguments) -> None:
    """A parity profile has the script's rows and lists whom it prints."""
    with TemporaryDirectory() as folder:
        _, roll = rolls(Path(folder), document)
    wanted = profile(asked, parity=True)

    roster = enrol_as_script(Part(profile=wanted, selection=select(roll, wanted)))

    assert written(roster, names=False) == script.as_script(document.xml(), asked)


@settings(max_examples=100, deadline=None)
@given(document=documents(attributes=True), asked=arguments(parity=False))
def test_default(document: Document, asked: Arguments) -> None:
    """By default the rows that stay, and the reason of every other row, are those that the facts give."""
    with TemporaryDirectory() as folder:
        roll, _ = rolls(Path(folder), document)
    wanted = profile(asked, parity=False)

    roster = enrol((Part(profile=wanted, selection=select(roll, wanted)),), include_names=asked.names)

    assert written(roster, names=asked.names) == script.by_default(document.xml(), asked)
    assert roster.clashes == ()
