"""`sdssync explain`: who and what is meant, and what it says when a profile cannot be asked."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import asked_school
from tests.support.asked_school import SENIORS
from tests.support.builders import PupilRecord, SetRecord
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

DAY = ("--today", "2026-11-16")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school on 16 November, with the sets of two weeks."""
    folder = tmp_path_factory.mktemp("asked")
    asked_school.lay_out(folder)
    return folder


@pytest.fixture
def copied(published: Path, here: Path) -> Path:
    """A copy of it as the current folder."""
    shutil.copytree(published, here, dirs_exist_ok=True)
    return here


def ask(*arguments: str) -> Ran:
    """Ask a question."""
    return command("explain", *arguments, *DAY, "-q")


BROKEN = SENIORS.replace("[9, 10]", '"nine"')
CANNOT = "Seniors: cannot be said: profiles.d/seniors.toml has 1 mistake\n"


def test_a_profile_with_a_mistake_is_in_the_answer(copied: Path) -> None:
    """The answer says of a profile whose file has a mistake that it cannot be asked, and what it has published."""
    install(copied, seniors=BROKEN)

    ran = ask("Ava Brown", "--profile", "Seniors")

    assert ran.exit_code == 2
    assert ran.out.startswith("Ava Brown is in the last published set of Seniors; today Seniors could not be asked.\n")
    assert f"{CANNOT}  Published since 3 November 2026 (generation 1).\n" in ran.out
    [profile] = ask("Ava Brown", "--profile", "Seniors", "--format", "json").json["profiles"]
    assert profile["failure"] == "cannot be said: profiles.d/seniors.toml has 1 mistake"
    assert [span["generation"] for span in profile["history"]] == [1]


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        pytest.param(
            ["Cleo Fox"], "Cleo Fox is in no set that could be asked; Seniors could not be asked.", id="person"
        ),
        pytest.param(
            ["Cleo Fox", "--profile", "seniors"],
            "Nothing can be said about Cleo Fox: Seniors could not be asked.",
            id="only that profile",
        ),
        pytest.param(["Ben Ash"], "Ben Ash is in the set of Prep.", id="in another set"),
        pytest.param(
            ["9Lun1"], "9Lun1 is a class of no set that could be asked; Seniors could not be asked.", id="class"
        ),
        pytest.param(
            ["Ben Ash", "--class", "9A/Ma1"],
            "Ben Ash is not in 9A/Ma1 of any set that could be asked; Seniors could not be asked.",
            id="person in class",
        ),
    ],
)
def test_the_short_answer_claims_no_more_than_is_known(copied: Path, arguments: list[str], first: str) -> None:
    """With a profile that cannot be asked, nothing is said of all profiles."""
    install(copied, seniors=BROKEN)

    ran = ask(*arguments)

    assert ran.out.splitlines()[0] == first
    assert CANNOT in ran.out


def test_a_profile_that_fails_keeps_its_history(copied: Path) -> None:
    """A profile whose output cannot be read says why, and what its generations have."""
    shutil.rmtree(copied / "csv/Seniors")
    (copied / "csv/Seniors").write_text("", encoding="utf-8")

    ran = ask("Ava Brown", "--profile", "Seniors")

    assert ran.out.startswith("Ava Brown is in the last published set of Seniors; today Seniors could not be asked.\n")
    assert "\nSeniors: cannot be said: " in ran.out
    assert "  Published since 3 November 2026 (generation 1).\n" in ran.out


def school_with(
    copied: Path, *, sets: tuple[SetRecord, ...] = asked_school.FIRST.sets, pupils: tuple[PupilRecord, ...] = ()
) -> None:
    """Replace sets or pupils of the school of today."""
    school = asked_school.second()
    asked_school.write(copied, replace(school, sets=sets, pupils=pupils or school.pupils))


def sets_with(code: str) -> tuple[SetRecord, ...]:
    """Return the sets of the school with another code and name for 9A/Ma1; without one, without the set."""
    return tuple(
        replace(known, code=code, name=code) if known.id == "501" else known
        for known in asked_school.FIRST.sets
        if code or known.id != "501"
    )


@pytest.mark.parametrize("asked", ["9A/Ma1", "501", "9A/Ma1_26"])
def test_a_class_that_is_gone_is_found_by_its_code(copied: Path, asked: str) -> None:
    """The code and the id of a former set mean its class, though another code begins alike."""
    new = replace(asked_school.FIRST.sets[0], id="601", code="9A/Ma10", name="9A/Ma10")
    school_with(copied, sets=(*sets_with(""), new))

    assert ask(asked).out.startswith("9A/Ma1_26 is still a class of Seniors, ")


def test_a_renamed_class_is_found_by_its_old_code(copied: Path) -> None:
    """The answer about a class that is called otherwise now says so."""
    school_with(copied, sets=sets_with("9Math1"))

    out = ask("9A/Ma1", "--profile", "Seniors").out

    assert out.splitlines()[1] == "9Math1 was called 9A/Ma1_26 until generation 2 of Seniors."
    assert "9Math1 was called 9A/Ma1_26" in ask("Ava Brown", "--class", "9A/Ma1").out


def test_an_old_address_is_named(copied: Path) -> None:
    """The answer about someone who has another address now says until when the old one was published."""
    new = [
        replace(known, email="ben@x.example") if known.id == "2" else known for known in asked_school.second().pupils
    ]
    school_with(copied, pupils=tuple(new))
    assert command("run", "Prep", *DAY).exit_code == 0

    out = ask("ben.ash@pupils.school.example").out

    assert out.splitlines()[1] == "Ben Ash had the address ben.ash@pupils.school.example until generation 1 of Prep."


def test_a_published_id_comes_before_the_number_of_a_record(copied: Path) -> None:
    """The SchoolId of a leaver does not mean the pupil whose record has that number."""
    pupils = asked_school.second().pupils
    school_with(copied, pupils=tuple(replace(known, id="9006") if known.id == "2" else known for known in pupils))

    assert ask("9006").out.startswith("9006 is in no set any more")


def test_a_part_of_a_name_is_the_nearest_match(copied: Path) -> None:
    """An answer that was found by a part of a name says so in its first line."""
    assert copied
    assert ask("Cleo").out.startswith("Nearest match: Cleo Fox is in no set: ")
    assert ask("Cleo Fox", "--class", "9Lu").out.startswith("Nearest match: Cleo Fox is not in 9Lun1")
    assert ask("Cleo", "--format", "json").json["nearest"]


def test_someone_who_has_left_is_asked_for_by_id(copied: Path) -> None:
    """The error says how to ask for someone whose name no published set has."""
    assert copied
    ran = ask("Finn Ives")

    assert ran.exit_code == 2
    assert "of someone who has left give the SchoolId or the address" in ran.err


@pytest.mark.parametrize(("asked", "first"), [("Ives, Finn", "9006 is"), ("Finn", "Nearest match: 9006 is")])
def test_published_names_are_found(here: Path, asked: str, first: str) -> None:
    """With include_names someone who has left is found by the name, and by a part of it."""
    install(here, SETTINGS.replace("[school]", "[school]\ninclude_names = true", 1), seniors=SENIORS)
    ascii_only = tuple(known for known in asked_school.FIRST.pupils if known.id != "9")
    asked_school.write(here, replace(asked_school.FIRST, pupils=ascii_only))
    assert asked_school.run("2026-11-03", here).exit_code == 0
    asked_school.write(here, asked_school.second())

    assert ask(asked).out.startswith(first)


def test_all_who_may_be_meant_are_listed(copied: Path) -> None:
    """A text that is a staff id and a set code means both; the commands keep --profile."""
    school_with(copied, sets=sets_with("102"))

    found = ask("102", "--profile", "Seniors", "--format", "json").json["found"]

    assert [known["kind"] for known in found] == ["person", "class"]
    assert all(known["arguments"].endswith(" --profile Seniors") for known in found)


def test_an_apostrophe_does_not_count(copied: Path) -> None:
    """O'Brien is found without the apostrophe."""
    pupils = asked_school.second().pupils
    school_with(copied, pupils=tuple(replace(p, surname="O\u2019Brien") if p.id == "2" else p for p in pupils))

    assert ask("ben OBRIEN").out.startswith("Ben O")


def test_an_expired_profile_that_takes_the_year_is_named(copied: Path) -> None:
    """No one is advised to add a year that an expired profile takes; else the year is named."""
    install(copied, seniors=SENIORS.replace("[subjects]", "expires = 2026-11-14\n\n[subjects]", 1))

    out = ask("Cleo Fox").out

    assert out.startswith("Cleo Fox is in no set: year 9 is taken only by Seniors, which has expired.\n")
    assert "; Seniors, which has expired, takes it.\n" in out
    assert "If it is to be taken, add 9 to year_groups; else" in ask("Cleo Fox", "--profile", "Prep").out


def test_the_profile_of_the_class_gives_the_reason(copied: Path) -> None:
    """A person of another year is not on the list of the class, and no number there is offered as a former one."""
    assert copied

    out = ask("Ben Ash", "--class", "9A/Ma1").out

    assert out.startswith("Ben Ash is not in 9A/Ma1 of Seniors: not on the set list of 501 in iSAMS.\n")
    assert "8005" not in out


def test_the_json_says_that_someone_is_on_no_list(copied: Path) -> None:
    """The JSON has the step at which the way ends, with the unknown numbers on the list."""
    assert copied

    [profile] = ask("Ella Hart", "--class", "9A/Ma1", "--profile", "Seniors", "--format", "json").json["profiles"]

    step = profile["steps"][-1]
    assert (step["step"], step["passes"], step["value"], step["ids"]) == ("set_list", False, "501", ["8005"])
    assert step["why"] == "not on the set list of 501 in iSAMS"
