"""`sdssync rollover`: every file or none, the held plan after it, and the approved night."""

import json
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.support.die_at import DIED
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.needs import needs_modes, needs_read_only_files
from tests.support.processes import SECONDS
from tests.support.runs import Ran, command, rows
from tests.test_architecture import PACKAGE

ROOT = PACKAGE.parent
JULY, AUGUST = ("--today", "2027-07-20"), ("--today", "2027-08-20")
ADDED = 'class_id = "{set_id}{suffix}" # with the year: a team belongs to the pupils of one year\n'
FREEZE = "[safety]\nfreeze = [{ from = 2027-02-13, to = 2027-02-21 }]\n"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The installation of the demo, after a night in July; its settings file."""
    shutil.copytree(ROOT / "profiles.d", tmp_path / "profiles.d")
    text = (ROOT / "sdssync.toml").read_text(encoding="utf-8")
    config = tmp_path / "sdssync.toml"
    config.write_text(text.replace("fixtures/isams", (ROOT / "fixtures/isams").as_posix()), encoding="utf-8")
    assert command("run-all", "--config", config, *JULY).exit_code == 0
    return config


def small(folder: Path) -> Path:
    """Write an installation of two profiles and a freeze; return its settings file."""
    year = 'suffix = "_2026_27"\nexpires = 2027-07-31\n'
    return install(folder, SETTINGS + FREEZE, seniors=SENIORS + year, prep=PREP + year)


def texts(config: Path) -> dict[str, str]:
    """Return the texts of the settings and of all profiles."""
    files = [config, *sorted((config.parent / "profiles.d").glob("[!.]*"))]
    return {file.name: file.read_bytes().decode() for file in files}


def rollover(config: Path, *options: str, year: str = "2027-28") -> Ran:
    """Run the command on a day in the summer."""
    return command("rollover", year, *options, "--config", config, *AUGUST)


def outcomes(ran: Ran) -> dict[str, str]:
    """Return the outcome of each profile of a run or plan."""
    return {profile["profile"]: profile["outcome"] for profile in ran.json["profiles"]}


def test_the_year_of_the_demo(demo: Path) -> None:
    """The files change as a whole, the next night is held, and after the approval the new year is published."""
    before = texts(demo)
    sets = {name: rows(demo.parent / "csv" / name / "classes.csv") for name in ("School", "Seniors", "Prep")}

    shown = rollover(demo)
    assert (shown.exit_code, texts(demo)) == (0, before)
    written = rollover(demo, "--write")
    after = texts(demo)
    night = command("run-all", "--config", demo, "--format", "json", *AUGUST)

    assert written.exit_code == 0
    assert "The next run is held once" in shown.out
    assert after["sdssync.toml"] == before["sdssync.toml"]
    assert after["school.toml"] == before["school.toml"].replace("2027-07-31", "2028-07-31")
    for name in ("seniors.toml", "prep.toml"):
        text = before[name].replace("_2026_27", "_2027_28").replace("2027-07-31", "2028-07-31")
        first, suffix, rest = text.partition(next(line for line in text.splitlines() if line.startswith("suffix")))
        assert after[name] == first + suffix + "\n" + ADDED + rest.removeprefix("\n")
    assert (night.exit_code, outcomes(night)) == (4, dict.fromkeys(("Prep", "School", "Seniors"), "held"))
    gates = {gate["gate"] for profile in night.json["profiles"] for gate in profile["plan"]["gates"]}
    assert {"settings", "classes"} <= gates
    causes = [profile["plan"]["classes"]["causes"] for profile in night.json["profiles"]]
    assert all(set(cause) == {"renamed"} for cause in causes)
    assert {name: rows(demo.parent / "csv" / name / "classes.csv") for name in sets} == sets

    for profile in night.json["profiles"]:
        approved = command("approve", profile["profile"], profile["plan"]["plan_id"], "--config", demo, *AUGUST)
        assert approved.exit_code == 0
    next_night = command("run-all", "--config", demo, "--format", "json", *AUGUST)

    assert (next_night.exit_code, set(outcomes(next_night).values())) == (0, {"unchanged"})
    for name, old in sets.items():
        new = rows(demo.parent / "csv" / name / "classes.csv")
        # the id of a group has had its suffix before
        assert [row[0] for row in new] == [f"{row[0].removesuffix('_2026_27')}_2027_28" for row in old]
        assert [row[2] for row in new] == [row[2].replace("_2026_27", "_2027_28") for row in old]


def test_a_second_time_nothing_changes(demo: Path) -> None:
    """A rollover to the same year says so, and leaves each file as it is."""
    rollover(demo, "--write")
    after = texts(demo)

    again = rollover(demo, "--write")

    assert (again.exit_code, again.out) == (0, "nothing changes: every file is for 2027-28 already\n")
    assert texts(demo) == after


def test_json(tmp_path: Path) -> None:
    """The JSON has each change with its reason, and says whether it was written."""
    config = small(tmp_path)

    shown = rollover(config, "--format", "json").json

    assert (shown["version"], shown["year"], shown["written"]) == (1, "2027-28", False)
    assert [file["file"] for file in shown["files"]] == [
        "profiles.d/prep.toml",
        "profiles.d/seniors.toml",
        "sdssync.toml",
    ]
    assert [(change["key"], change["before"], change["after"]) for change in shown["files"][0]["changes"]] == [
        ("suffix", "_2026_27", "_2027_28"),
        ("expires", "2027-07-31", "2028-07-31"),
        ("class_id", None, "{set_id}{suffix}"),
    ]
    assert all(change["why"] for file in shown["files"] for change in file["changes"])
    assert rollover(config, "--write", "--format", "json").json["written"] is True


@pytest.mark.parametrize(
    ("year", "message", "hint"),
    [
        ("2027-29", "expected a school year like 2027-28", "did you mean 2027-28?"),
        ("27-28", "expected a school year like 2027-28", "did you mean 2027-28?"),
        ("2028-29", "expected the next school year, 2027-28, or the present one", "sdssync rollover 2027-28"),
        ("2025-26", "expected the next school year, 2027-28, or the present one", "sdssync rollover 2027-28"),
        ("2026-27", "2026-27 is the present school year", "for the next one: sdssync rollover 2027-28"),
    ],
)
def test_wrong_years(tmp_path: Path, year: str, message: str, hint: str) -> None:
    """What names no year, one too far away or the present one is refused with the one that may be meant."""
    config = small(tmp_path)
    before = texts(config)

    ran = rollover(config, "--write", year=year)

    [line] = ran.logs("command.failed")
    assert (ran.exit_code, line["hint"], texts(config)) == (2, hint, before)
    assert line["error"].startswith(message)


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        pytest.param("years = [7]\n", "profiles.d/wrong.toml has", id="a wrong file"),
        pytest.param(
            'output = "csv/w"\nsafety = { window = 30 , freeze = [{ from = 2026-07-10 , to = 2026-09-05 }]}\n',
            "profiles.d/wrong.toml cannot be changed without losing its style",
            id="a style that cannot be kept",
        ),
    ],
)
def test_nothing_is_done_in_half(tmp_path: Path, profile: str, message: str) -> None:
    """One file that cannot be changed leaves all of them as they are."""
    config = small(tmp_path)
    (tmp_path / "profiles.d" / "wrong.toml").write_text(profile, encoding="utf-8")
    before = texts(config)

    ran = rollover(config, "--write")

    assert (ran.exit_code, texts(config)) == (2, before)
    assert ran.logs("command.failed")[0]["error"].startswith(message)


@needs_read_only_files
def test_a_file_that_may_not_be_changed(tmp_path: Path) -> None:
    """A file that is read-only stays so, and no other is changed, on Windows too."""
    config = small(tmp_path)
    before = texts(config)
    (tmp_path / "profiles.d" / "seniors.toml").chmod(0o444)

    ran = rollover(config, "--write")
    (tmp_path / "profiles.d" / "seniors.toml").chmod(0o644)

    assert (ran.exit_code, texts(config)) == (6, before)
    assert command("profiles", "--config", config).exit_code == 0


def test_without_a_profile(tmp_path: Path) -> None:
    """An installation without profiles has nothing to change."""
    ran = rollover(install(tmp_path), "--write")

    assert (ran.exit_code, ran.logs("command.failed")[0]["error"]) == (
        2,
        "there is no profile: profiles.d contains no .toml file",
    )


@needs_modes
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """An error of the disk changes no file; what is in the way is a folder, which root cannot replace either."""
    config = small(tmp_path)
    before = texts(config)
    (tmp_path / "profiles.d" / ".seniors.toml.next").mkdir()

    ran = rollover(config, "--write")

    assert (ran.exit_code, texts(config)) == (6, before)
    [line] = ran.logs("command.failed")
    assert line["error"].startswith("seniors.toml cannot be written: ")
    assert "no file has been changed" in line["hint"]


def dying(number: int, config: Path) -> int:
    """Run the rollover in a process that dies at a rename; return its exit code."""
    line = [sys.executable, "-m", "tests.support.die_at", str(number), "rollover", "2027-28", "--write", *AUGUST]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*line, "--config", str(config)], cwd=ROOT, env=env, capture_output=True, timeout=SECONDS, check=False
    )
    return done.returncode


@pytest.mark.slow
def test_a_process_that_is_killed(tmp_path: Path) -> None:
    """Dead at any rename, the files are all old, or no run begins before the same command has completed them."""
    reference = small(tmp_path)
    old = texts(reference)
    rollover(reference, "--write")
    new = texts(reference)
    unfinished = 0

    for number in count(1):
        folder = tmp_path / str(number)
        folder.mkdir()
        config = small(folder)
        code = dying(number, config)
        after = texts(config)
        if code == 0:
            break
        assert code == DIED
        if (folder / "state" / "rollover.json").exists():
            unfinished += 1
            run = command("run-all", "--config", config)
            assert (run.exit_code, run.logs("command.failed")[0]["error"]) == (
                2,
                "a rollover was interrupted: some files may still be those of last year",
            )
            assert rollover(config).exit_code == 2
        else:
            assert after == old
        again = rollover(config, "--write")
        assert (again.exit_code, texts(config)) == (0, new)
        assert not (folder / "state" / "rollover.json").exists()

    assert (after, unfinished, number) == (new, 3, 8)


def test_a_file_that_was_changed_after_the_crash(tmp_path: Path) -> None:
    """What the administrator has written since is not overwritten; the message names the file."""
    config = small(tmp_path)
    assert dying(6, config) == DIED
    (tmp_path / "profiles.d" / "seniors.toml").write_text(SENIORS, encoding="utf-8")

    ran = rollover(config, "--write")

    [line] = ran.logs("command.failed")
    assert ran.exit_code == 6
    assert line["error"] == "the interrupted rollover cannot be completed: seniors.toml was changed since"
    assert (tmp_path / "profiles.d" / "seniors.toml").read_text(encoding="utf-8") == SENIORS
    assert json.loads((tmp_path / "state" / "rollover.json").read_bytes())
