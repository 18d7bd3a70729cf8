"""What a run leaves behind to be looked at later: its status, and the sets of a dry run."""

import hashlib
import json
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import TWINS
from tests.support.installation import PREP, SENIORS, install
from tests.support.needs import needs_error_for_a_file_listed
from tests.support.runs import command


def status(folder: Path) -> Any:
    """Read the status of the last run."""
    return json.loads((folder / "state" / "status.json").read_text(encoding="utf-8"))


def test_status(two_profiles: Path) -> None:
    """Run, code and time, and for each profile outcome, code, expiry and what is published now."""
    install(two_profiles, prep=PREP + "expires = 2027-07-31\n")
    ran = command("run-all", "--format", "json", "--today", "2026-09-01")

    shape = status(two_profiles)

    *_, line = (two_profiles / "state" / "audit.jsonl").read_bytes().splitlines()
    now = datetime.now(UTC)
    finished_at = shape["last_run"].pop("finished_at")
    assert now - timedelta(minutes=1) < datetime.fromisoformat(finished_at) <= now
    assert finished_at.endswith("Z")
    assert shape["version"] == 1
    assert shape["audit"] == hashlib.sha256(line).hexdigest()
    assert shape["last_run"] == {"run_id": ran.json["run_id"], "exit_code": 0}
    assert [profile["published"].pop("published_at")[:10] for profile in shape["profiles"]] == [finished_at[:10]] * 2
    published = {"generation": 1, "users": 2, "classes": 1, "enrollments": 2}
    assert shape["profiles"] == [
        {
            "profile": name,
            "outcome": "published",
            "exit_code": 0,
            "finished_at": finished_at,
            "published": published,
            "held": None,
            "pinned": False,
            "upload": None,
            "expires": expires,
        }
        for name, expires in (("Prep", "2027-07-31"), ("Seniors", None))
    ]


def test_a_later_run_keeps_what_it_does_not_change(two_profiles: Path) -> None:
    """A rejected run says so, with the counts of what is still published; other profiles keep their entries."""
    assert command("run-all").exit_code == 0
    before = status(two_profiles)
    (two_profiles / "hartley.xml").write_text(TWINS, encoding="utf-8")

    assert command("run", "Seniors").exit_code == 1

    after = status(two_profiles)
    assert after["profiles"][0] == before["profiles"][0]
    seniors = after["profiles"][1]
    assert (seniors["outcome"], seniors["exit_code"]) == ("rejected", 1)
    assert seniors["published"] == before["profiles"][1]["published"]


def test_a_profile_without_a_file_goes(two_profiles: Path) -> None:
    """The status has the profiles that have a file."""
    assert command("run-all").exit_code == 0
    (two_profiles / "profiles.d" / "prep.toml").unlink()

    assert command("run-all").exit_code == 0

    assert [profile["profile"] for profile in status(two_profiles)["profiles"]] == ["Seniors"]


def test_a_dry_run_is_no_run(school: Path) -> None:
    """A dry run writes no status."""
    assert command("run-all", "--dry-run").exit_code == 0

    assert not (school / "state" / "status.json").exists()


def test_a_folder_in_place_of_the_status(school: Path) -> None:
    """It is set aside with what is in it."""
    (school / "state" / "status.json").mkdir(parents=True)
    (school / "state" / "status.json" / "x").touch()

    ran = command("run-all", "--format", "json")

    assert (ran.exit_code, ran.json["profiles"][0]["outcome"]) == (0, "published")
    assert status(school)["profiles"][0]["outcome"] == "published"
    assert [path.name for path in (school / "state").glob("status.json.damaged-*/*")] == ["x"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"profiles": [{"profile": 1}]}'])
def test_a_damaged_status(school: Path, content: str) -> None:
    """A damaged status is ignored, with a warning, and the next run replaces it."""
    (school / "state").mkdir()
    (school / "state" / "status.json").write_text(content, encoding="utf-8")

    listed = command("profiles", "--format", "json")
    ran = command("run-all")

    assert (listed.exit_code, listed.json["profiles"][0]["last"]) == (0, None)
    assert len(listed.logs("state.ignored")) == 1
    assert ran.exit_code == 0
    assert status(school)["profiles"][0]["outcome"] == "published"


def test_profiles_shows_the_last_outcome(school: Path) -> None:
    """The table has the last outcome with its age, after a rejected run too."""
    assert "never ran" in command("profiles").out
    assert command("run-all").exit_code == 0
    assert "published, just now" in command("profiles").out
    (school / "hartley.xml").write_text(TWINS, encoding="utf-8")
    assert command("run-all").exit_code == 1
    shape = status(school)
    shape["profiles"][0]["finished_at"] = (datetime.now(UTC) - timedelta(hours=8, minutes=5)).isoformat()
    (school / "state" / "status.json").write_text(json.dumps(shape), encoding="utf-8")

    ran = command("profiles")

    assert ran.exit_code == 0
    assert "rejected, 8 hours ago" in ran.out


def test_keep(two_profiles: Path) -> None:
    """A dry run leaves the generated sets, of rejected profiles too, and publishes nothing."""
    (two_profiles / "hartley.xml").write_text(TWINS, encoding="utf-8")

    ran = command("run-all", "--dry-run", "--keep", "look", "--format", "json")

    kept = two_profiles / "look"
    assert ran.exit_code == 1
    assert [(item["profile"], item["outcome"]) for item in ran.json["profiles"]] == [
        ("Prep", "generated"),
        ("Seniors", "rejected"),
    ]
    assert sorted(path.name for path in kept.iterdir()) == ["Prep", "Seniors"]
    assert sorted(path.name for path in (kept / "Seniors").iterdir()) == [
        "classes.csv", "enrollments.csv", "orgs.csv", "users.csv",
    ]  # fmt: skip
    assert command("validate", "./look/Seniors").exit_code == 1
    assert not (two_profiles / "csv" / "Seniors").exists()
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("where", "error"),
    [
        pytest.param("hartley.xml", "is not a folder", id="a file", marks=needs_error_for_a_file_listed),
        pytest.param("full", "is not empty", id="a folder with files"),
        pytest.param("csv/Seniors/look", "is in {output}, which sdssync uses itself", id="in an output"),
        pytest.param("csv/Seniors", "is in {output}, which sdssync uses itself", id="an output"),
        pytest.param("csv", "is around {output}, which sdssync uses itself", id="the parent of the outputs"),
        pytest.param("state/look", "is in {state}, which sdssync uses itself", id="in the state folder"),
    ],
)
def test_keep_elsewhere(school: Path, where: str, error: str) -> None:
    """The folder must be empty or absent, and no output folder; nothing is generated otherwise."""
    (school / "full").mkdir()
    (school / "full" / "note.txt").touch()

    ran = command("run-all", "--dry-run", "--keep", where)

    [line] = ran.logs("command.failed")
    assert (ran.exit_code, ran.out) == (2, "")
    places = {"output": school / "csv" / "Seniors", "state": school / "state"}
    assert line["error"] == f"--keep {Path(where)} {error.format(**places)}"
    assert not (school / "csv").exists()


@pytest.mark.parametrize(
    ("expires", "level"),
    [
        pytest.param("2026-08-31", "warning", id="yesterday"),
        pytest.param("2026-06-03", "warning", id="90 days ago"),
        pytest.param("2026-06-02", "info", id="91 days ago"),
    ],
)
def test_expired(two_profiles: Path, expires: str, level: str) -> None:
    """A profile that has expired is a warning for 90 days."""
    install(two_profiles, prep=PREP + f"expires = {expires}\n")

    ran = command("run-all", "--today", "2026-09-01")

    [skipped] = ran.logs("profile.skipped")
    assert (ran.exit_code, skipped["level"], skipped["expires"]) == (0, level, expires)
    assert ran.logs("profiles.expired") == []


def test_all_expired(two_profiles: Path) -> None:
    """An installation of which every profile has expired is a warning for ever, however it is run."""
    install(two_profiles, prep=PREP + "expires = 2020-07-31\n", seniors=SENIORS + "expires = 2021-07-31\n")

    everything, one = command("run-all", "--today", "2026-09-01"), command("run", "Prep", "--today", "2026-09-01")

    for ran in (everything, one):
        [warning] = ran.logs("profiles.expired")
        assert (ran.exit_code, warning["level"], warning["count"]) == (0, "warning", 2)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param(('"8889999"', '"0000000"'), "id", id="id"),
        pytest.param(('"MySchool"', '"Name of your school"'), "name", id="name"),
    ],
)
def test_the_school_of_init_is_refused(school: Path, change: tuple[str, str], key: str) -> None:
    """What `init` writes as a placeholder is never published; looking at the installation is possible."""
    config = school / "sdssync.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(*change), encoding="utf-8")

    ran, looked = command("run-all"), command("profiles")

    [line] = ran.logs("command.failed")
    assert (ran.exit_code, looked.exit_code) == (2, 0)
    assert line["error"].startswith(f"[school] {key} in sdssync.toml is still")
    assert not (school / "csv").exists()
