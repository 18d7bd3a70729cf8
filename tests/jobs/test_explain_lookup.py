"""`sdssync explain`: who and what is meant, and what it says when a profile cannot be asked."""

import shutil
from pathlib import Path

import pytest

from tests.support import asked_school
from tests.support.asked_school import SENIORS
from tests.support.installation import install
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
