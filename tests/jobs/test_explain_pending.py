"""`sdssync explain` while the published set is not the one that a run would make: held, rejected, changed by hand."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import asked_school
from tests.support.asked_school import SENIORS
from tests.support.golden import assert_golden
from tests.support.installation import install
from tests.support.runs import command

NEXT_DAY = "2026-11-17"
DAY = ("--today", NEXT_DAY)


@pytest.fixture
def asked(here: Path) -> Path:
    """The school on 16 November, with the sets of two weeks, as the current folder."""
    asked_school.lay_out(here)
    return here


def ask(*arguments: str) -> str:
    """Ask a question on the next day about one profile; the log says nothing."""
    ran = command("explain", *arguments, "--profile", "Seniors", *DAY, "-q")
    assert (ran.exit_code, ran.err) == (0, "")
    return ran.out


def change_profile(old: str, new: str) -> Callable[[Path], None]:
    """Change the profile, and let the night run."""

    def night(folder: Path) -> None:
        assert old in SENIORS
        install(folder, seniors=SENIORS.replace(old, new))
        assert asked_school.run(NEXT_DAY, folder).exit_code in (1, 4)

    return night


def restore(folder: Path) -> None:
    """Restore the first set, and let the night run."""
    assert command("restore", "Seniors", "1", "--reason", "Finn is back").exit_code == 0
    assert asked_school.run(NEXT_DAY, folder).exit_code == 4


def no_run_yet(folder: Path) -> None:
    """Change the profile, and let nothing run."""
    install(folder, seniors=SENIORS.replace('"*Games*"', '"*Games*", "9A/Ma1"'))


def move(folder: Path) -> None:
    """Put Ava into the other set, and let nothing run."""
    second = asked_school.second()
    rows = tuple(row for row in second.set_lists if (row.set_id, row.school_id) != ("501", "9001"))
    asked_school.write(folder, replace(second, set_lists=(*rows, asked_school.list_row(502, 1))))


def delete_output(folder: Path) -> None:
    """Remove the output folder by hand."""
    shutil.rmtree(folder / "csv/Seniors")


def edit_output(folder: Path) -> None:
    """Take Ava out of her class by hand."""
    file = folder / "csv/Seniors/enrollments.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if ",9001," not in line), encoding="utf-8", newline="")


EXCLUDED = change_profile('"*Games*"', '"*Games*", "9A/Ma1"')
TITLED = change_profile('suffix = "_26"', 'suffix = "_27"\nclass_id = "{set_id}{suffix}"')
CLASHING = change_profile('suffix = "_26"', 'suffix = "_26"\nclass_id = "zz"')

SITUATIONS = {
    "held-person": (EXCLUDED, ["Ava Brown"]),
    "held-title": (TITLED, ["9A/Ma1"]),
    "held-unaffected": (EXCLUDED, ["Ian King"]),
    "held-without-run": (no_run_yet, ["Ava Brown"]),
    "restored": (restore, ["9A/Ma1"]),
    "rejected-class": (CLASHING, ["9A/Ma1"]),
    "rejected-person": (CLASHING, ["Ava Brown"]),
    "rejected-not-in": (CLASHING, ["Ian King", "--class", "9A/Ma1"]),
    "moved": (move, ["Ava Brown"]),
    "moved-from": (move, ["9A/Ma1"]),
    "output-deleted": (delete_output, ["Ava Brown"]),
    "output-edited": (edit_output, ["Ava Brown"]),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_published_first(asked: Path, name: str) -> None:
    """The answer says what is published, then what the new set would change, and why it is not published."""
    night, question = SITUATIONS[name]
    night(asked)

    words = " ".join(f'"{word}"' if " " in word else word for word in question)
    assert_golden(f"explain/{name}.txt", f"$ sdssync explain {words} --profile Seniors\n{ask(*question)}")


def damage(folder: Path, generation: int) -> None:
    """Damage a generation of the profile."""
    (folder / f"state/profiles/Seniors/{generation}/users.csv").write_text("x", encoding="utf-8")


def test_the_newest_generation_is_damaged(asked: Path) -> None:
    """Whether someone was in a generation that is damaged is not known; no warning comes on top of those of a run."""
    damage(asked, 2)

    left = command("explain", "9006", "--profile", "Seniors", *DAY, "-q")
    in_the_set = command("explain", "Ava Brown", "--profile", "Seniors", *DAY, "-q")

    assert (
        "  In since 3 November 2026 (generation 1), at least until 3 November 2026 (generation 1);"
        " generation 2 is damaged.\n"
    ) in left.out
    assert "  Published since 3 November 2026 (generation 1).\n" in in_the_set.out
    assert left.out.count("which is damaged") == 1
    planned = command("plan", "Seniors", *DAY, "-q")
    assert len(left.logs("generation.ignored")) == len(planned.logs("generation.ignored"))


def test_a_generation_between_is_damaged(asked: Path) -> None:
    """When someone left is not known if the generation of that day is damaged, in the JSON neither."""
    later = replace(asked_school.second(), pupils=asked_school.second().pupils[:-1])
    asked_school.write(asked, later)
    assert asked_school.run(NEXT_DAY, asked).exit_code == 0
    damage(asked, 2)

    out = command("explain", "9006", "--profile", "Seniors", *DAY, "-q").out
    [profile] = command("explain", "9006", "--profile", "Seniors", *DAY, "-q", "--format", "json").json["profiles"]

    assert (
        "at least until 3 November 2026 (generation 1); not in that of 17 November 2026 (generation 3) any more" in out
    )
    [span] = profile["history"]
    assert (span["last_generation"], span["left_generation"], span["left_day"]) == (1, None, None)
    assert profile["damaged_generations"] == [2]


def test_back_since_a_damaged_generation(asked: Path) -> None:
    """Who is in the published files, and not in the last readable generation, came with a damaged one."""
    asked_school.write(asked, asked_school.FIRST)
    assert asked_school.run(NEXT_DAY, asked).exit_code == 0
    damage(asked, 3)

    out = command("explain", "9006", "--profile", "Seniors", *DAY, "-q").out

    assert out.startswith("Finn Ives is in the set of Seniors.\n")
    assert "  Published since a later generation; generation 3 is damaged.\n" in out


def test_the_manifest_is_damaged(asked: Path) -> None:
    """A generation without a readable manifest counts as damaged too."""
    (asked / "state/profiles/Seniors/2/manifest.json").write_text("x", encoding="utf-8")

    assert "Not looked at: generation 2, which is damaged." in command("explain", "9006", *DAY, "-q").out


def test_the_held_set_cannot_be_read(asked: Path) -> None:
    """The error names the folder of the held set, not the output folder."""
    EXCLUDED(asked)
    users = asked / "state/profiles/Seniors/held/users.csv"
    users.unlink()
    users.mkdir()

    ran = command("explain", "Ava Brown", "--profile", "Seniors", *DAY, "-q")

    [failed] = ran.logs("profile.failed")
    assert "held" in str(failed)
    assert "csv/Seniors" not in str(failed)


def test_an_edited_folder_and_someone_else(asked: Path) -> None:
    """The next run puts the folder right for whom nothing changes too."""
    edit_output(asked)

    out = ask("Ian King")

    assert "  The output folder was changed by hand: it does not hold the last set.\n" in out
    assert "  The next run writes the whole set there: sdssync run Seniors\n" in out


def test_an_interrupted_run(asked: Path) -> None:
    """What a run was about to publish may be in the output folder, so that no hand need have changed it."""
    edit_output(asked)
    (asked / "state/profiles/Seniors/3.pending").mkdir()

    assert "by hand" not in ask("Ava Brown")


def test_staff_in_two_sets(asked: Path) -> None:
    """The short answer names the profile whose new set changes something."""
    EXCLUDED(asked)

    out = command("explain", "Bo Marsh", *DAY, "-q").out

    assert out.startswith(
        "Bo Marsh is in the sets of Prep and Seniors; the new one of Seniors, which waits for approval, changes this.\n"
    )
