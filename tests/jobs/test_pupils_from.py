"""Nights before and on the day of `pupils_from`: what SDS gets, which gates trip, and a night that is held."""

import shutil
from pathlib import Path

import pytest

from tests.support.documents import PHYSICS, document, pupil, row
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.runs import Ran, command

NEW = "[classes]\npupils_from = 2027-09-02\n"
PROFILE = SENIORS + 'class_id = "{set_id}{suffix}"\nsuffix = "_27"\n'
NUMBERS = range(501, 541)
"""So many pupils that their enrollments are more than `growth` tolerates."""


def school(*, first: int = 501) -> str:
    """Return a document in which the pupils from a number on are in the set of physics."""
    listed = "".join(row(PHYSICS, number) for number in NUMBERS if number >= first)
    return document(pupils="".join(map(pupil, NUMBERS)), rows=listed)


@pytest.fixture
def before(here: Path) -> Path:
    """An installation with a day for the pupils; nothing has run."""
    install(here, SETTINGS, seniors=PROFILE + NEW)
    (here / "hartley.xml").write_text(school(), encoding="utf-8")
    return here


def night(day: str) -> Ran:
    """Run all profiles on a day."""
    return command("run-all", "--today", day, "--format", "json")


def enrollments(folder: Path) -> list[str]:
    """Return the roles of the published enrollments."""
    lines = (folder / "csv/Seniors/enrollments.csv").read_text("utf-8").splitlines()[1:]
    return sorted(line.rpartition(",")[2] for line in lines)


def outcome(ran: Ran) -> tuple[str, list[str]]:
    """Return the outcome of the profile, and the gates that trip."""
    [profile] = ran.json["profiles"]
    return profile["outcome"], [gate["gate"] for gate in profile["plan"]["gates"]]


def test_two_nights_before_and_the_day(before: Path) -> None:
    """New classes have their teachers only, night after night; on the day all pupils come, and no gate trips."""
    first = night("2027-08-30")
    assert (outcome(first), enrollments(before)) == (("published", []), ["teacher"])
    assert "SDS302" not in first.json["profiles"][0]["findings"]
    assert first.json["profiles"][0]["omissions"] == {}
    assert first.json["profiles"][0]["users"] == len(NUMBERS) + 1
    assert (outcome(night("2027-09-01")), enrollments(before)) == (("unchanged", []), ["teacher"])

    assert outcome(night("2027-09-02")) == ("published", [])
    assert enrollments(before) == ["student"] * len(NUMBERS) + ["teacher"]


def test_the_day_is_held_for_another_reason(before: Path) -> None:
    """A run of the day that is held for another reason names that reason only, and so does the next one."""
    night("2027-08-30")
    (before / "hartley.xml").write_text(school().replace("pupil5", "new5"), encoding="utf-8")

    assert outcome(night("2027-09-02")) == ("held", ["usernames"])
    assert outcome(night("2027-09-03")) == ("held", ["usernames"])
    assert enrollments(before) == ["teacher"]


def approve(held: Ran, day: str) -> None:
    """Approve what a night has held."""
    [profile] = held.json["profiles"]
    assert command("approve", "Seniors", profile["plan"]["plan_id"], "--today", day).exit_code == 0


def test_the_held_set_of_the_day_is_approved(before: Path) -> None:
    """SDS gets the pupils with the approval, and the next night has nothing to add."""
    night("2027-08-30")
    (before / "hartley.xml").write_text(school().replace("pupil5", "new5"), encoding="utf-8")
    held = night("2027-09-02")
    assert (outcome(held), enrollments(before)) == (("held", ["usernames"]), ["teacher"])

    approve(held, "2027-09-03")

    assert enrollments(before) == ["student"] * len(NUMBERS) + ["teacher"]
    assert outcome(night("2027-09-03")) == ("unchanged", [])


def test_a_set_of_before_is_approved_after_the_day(before: Path) -> None:
    """The held set of a night before is published as it was; the pupils come with the next run, and are no growth."""
    night("2027-08-30")
    (before / "hartley.xml").write_text(school().replace("pupil5", "new5"), encoding="utf-8")
    held = night("2027-09-01")
    assert outcome(held) == ("held", ["usernames"])

    approve(held, "2027-09-02")

    assert enrollments(before) == ["teacher"]
    assert outcome(night("2027-09-02")) == ("published", [])
    assert enrollments(before) == ["student"] * len(NUMBERS) + ["teacher"]


def test_the_day_is_in_a_freeze(before: Path) -> None:
    """A leaver holds the set of the day; when the freeze is over the pupils come, and are no growth."""
    freeze = "[safety]\nfreeze = [{ from = 2027-09-01, to = 2027-09-03 }]\n"
    install(before, SETTINGS + freeze, seniors=PROFILE + NEW)
    night("2027-08-30")
    left = "".join(row(PHYSICS, number) for number in NUMBERS[1:])
    leaver = document(pupils="".join(map(pupil, NUMBERS[1:])), rows=left)
    (before / "hartley.xml").write_text(leaver, encoding="utf-8")

    assert outcome(night("2027-09-02")) == ("held", ["freeze"])
    assert outcome(night("2027-09-03")) == ("held", ["freeze"])
    assert enrollments(before) == ["teacher"]
    assert outcome(night("2027-09-04")) == ("published", [])
    assert enrollments(before) == ["student"] * (len(NUMBERS) - 1) + ["teacher"]


def test_the_day_of_a_restored_profile(before: Path) -> None:
    """A pin holds the day by itself; after the release the pupils come, and are no growth."""
    night("2027-08-30")
    assert command("restore", "Seniors", "1").exit_code == 0

    assert outcome(night("2027-09-02")) == ("held", ["pinned"])
    assert enrollments(before) == ["teacher"]
    assert command("release", "Seniors").exit_code == 0
    assert outcome(night("2027-09-03")) == ("published", [])
    assert enrollments(before) == ["student"] * len(NUMBERS) + ["teacher"]


def test_growth_counts_everything_else(before: Path) -> None:
    """Pupils who come into a class that has some already are growth, whatever the day."""
    install(before, SETTINGS, seniors=PROFILE)
    (before / "hartley.xml").write_text(school(first=538), encoding="utf-8")
    night("2027-08-30")
    install(before, SETTINGS, seniors=PROFILE + NEW)
    (before / "hartley.xml").write_text(school(), encoding="utf-8")

    assert outcome(night("2027-08-31")) == ("held", ["growth"])
    assert outcome(night("2027-09-02")) == ("held", ["growth"])


def test_a_folder_is_a_baseline(before: Path) -> None:
    """Without a generation the set in the output folder says which classes have pupils."""
    install(before, SETTINGS, seniors=PROFILE)
    night("2027-08-30")
    (before / "state").rename(before / "lost")
    install(before, SETTINGS, seniors=PROFILE + NEW)

    assert outcome(night("2027-08-31"))[0] == "unchanged"
    assert enrollments(before) == ["student"] * len(NUMBERS) + ["teacher"]


def test_what_waits_in_a_comparison(before: Path) -> None:
    """A comparison with a set that has the pupils says that they wait."""
    install(before, SETTINGS, seniors=PROFILE + NEW.replace("2027", "9999"))
    night("2027-08-30")
    other = before / "other"
    shutil.copytree(before / "csv/Seniors", other)
    with (other / "enrollments.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(f"{PHYSICS}_27,7983000000501,student\r\n")

    ran = command("compare", "Seniors", str(other), "--format", "json")

    assert (ran.exit_code, ran.json["unexplained"]) == (1, 0)


def test_the_published_set_is_valid(before: Path) -> None:
    """Before the day `validate` does not report that a waiting class has no student."""
    install(before, SETTINGS, seniors=PROFILE + NEW.replace("2027", "9999"))
    night("2027-08-30")

    [report] = command("validate", "Seniors", "--format", "json").json["sets"]

    assert "SDS302" not in [finding["code"] for finding in report["findings"]]


def second(teacher: str) -> str:
    """Return a document with a second set of physics, which has this element of a teacher."""
    teaching_set = (
        '<Set Id="13" SubjectId="4" YearId="9"><SubjectId Legacy="True">4</SubjectId><YearId Legacy="True">9</YearId>'
        f"<SetCode>9B/Ph2</SetCode><Name>9B/Ph2</Name><Teachers>{teacher}</Teachers></Set>"
    )
    text = school().replace("</Sets>", f"{teaching_set}</Sets>")
    return text.replace("</SetLists>", row("13", 501) + "</SetLists>")


def test_a_class_that_waits_for_a_teacher(before: Path) -> None:
    """A class without a teacher waits whole, and the result of the run names it all the same."""
    (before / "hartley.xml").write_text(second(""), encoding="utf-8")

    shown = command("run-all", "--today", "2027-08-30").out

    assert "1 class has no teacher" in shown
    assert "9B/Ph2" in shown
    assert enrollments(before) == ["teacher"]


def test_a_class_that_loses_its_teacher(before: Path) -> None:
    """Before the day it waits whole again, and the plan does not say that it lives on under another id."""
    (before / "hartley.xml").write_text(second('<Teacher StaffId="102" />'), encoding="utf-8")
    night("2027-08-30")
    (before / "hartley.xml").write_text(second(""), encoding="utf-8")

    plan = command("plan", "--today", "2027-08-31", "--format", "json").json["profiles"][0]

    assert plan["classes"]["causes"] == {"out_of_scope": 1}
