"""Runs of several profiles: none stops another, the highest code wins, and what is published stays when one fails."""

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import MATHS, PHYSICS, TWINS, document, pupil, row
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

SENIORS = 'name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [9]\n'
PREP = 'name = "Prep"\noutput = "csv/Prep"\nyear_groups = [3]\nformat = "v2.1"\n'
REMOTE = SETTINGS.replace('file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_env = "ISAMS_API_KEY"')
FRONT = date(2026, 9, 1)


@pytest.fixture
def school(here: Path) -> Path:
    """An installation with a document and two profiles; the current folder."""
    install(here, prep=PREP, seniors=SENIORS)
    (here / "hartley.xml").write_text(document(), encoding="utf-8")
    return here


def logs(told: Ran, *events: str) -> list[dict[str, Any]]:
    """Read the log lines, of these events only."""
    lines = [json.loads(line) for line in told.err.splitlines()]
    return [line for line in lines if not events or line["event"] in events]


def outcomes(told: Ran) -> dict[str, str]:
    """Tell how each profile ended."""
    return {each["profile"]: each["outcome"] for each in told.json["profiles"]}


def stamps(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Tell time, inode and content of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_result(school: Path) -> None:
    """The result has the documented keys in their order, for each format, with every omission."""
    told = command("run-all", "--format", "json")

    [started] = logs(told, "run.started")
    seniors = {
        "profile": "Seniors",
        "outcome": "published",
        "format": "v2",
        "output": "csv/Seniors",
        "users": 2,
        "classes": 1,
        "enrollments": 2,
        "findings": {"SDS304": 1},
        "omissions": {"pupil_without_email": 1},
        "omitted": [
            {
                "reason": "pupil_without_email",
                "kind": "user",
                "id": "7983000000502",
                "surname": "Surname502",
                "forename": "Forename502",
                "year": "9",
            },
            {"reason": "pupil_without_email", "kind": "enrollment", "class_id": PHYSICS, "user_id": "7983000000502"},
        ],
    }
    prep = {
        "profile": "Prep",
        "outcome": "published",
        "format": "v2.1",
        "output": "csv/Prep",
        "users": 2,
        "classes": 1,
        "enrollments": 2,
        "findings": {"SDS304": 1},
        "omissions": {},
        "omitted": [],
    }
    expected = {"version": 1, "run_id": started["run_id"], "exit_code": 0, "profiles": [prep, seniors]}
    assert told.out == json.dumps(expected, ensure_ascii=False, indent=2) + "\n"
    assert told.exit_code == 0
    assert sorted(path.name for path in (school / "csv" / "Prep").iterdir()) == [
        "classes.csv",
        "enrollments.csv",
        "orgs.csv",
        "roles.csv",
        "users.csv",
    ]


def test_the_events(school: Path) -> None:
    """Every event of a good run stands in the log once for what it is about, with the documented keys."""
    told = command("run", "Seniors")

    size = (school / "hartley.xml").stat().st_size
    told_lines = [
        {key: value for key, value in line.items() if key not in {"timestamp", "seconds", "level"}}
        for line in logs(told)
    ]
    run_id = told_lines[0]["run_id"]
    assert told_lines == [
        {"event": "run.started", "run_id": run_id, "version": "0.1.0", "profiles": ["Seniors"]},
        {"event": "source.read", "run_id": run_id, "bytes": size, "attempts": 0},
        {
            "event": "source.parsed",
            "run_id": run_id,
            "pupils": 3,
            "staff": 2,
            "subjects": 2,
            "sets": 2,
            "memberships": 3,
        },
        {
            "event": "profile.generated",
            "run_id": run_id,
            "profile": "Seniors",
            "users": 2,
            "classes": 1,
            "enrollments": 2,
            "omissions": {"pupil_without_email": 1},
        },
        {
            "event": "profile.validated",
            "run_id": run_id,
            "profile": "Seniors",
            "errors": 0,
            "warnings": 0,
            "codes": {"SDS304": 1},
        },
        {"event": "profile.published", "run_id": run_id, "profile": "Seniors", "output": "csv/Seniors", "files": 4},
        {"event": "run.finished", "run_id": run_id, "exit_code": 0, "published": 1}
        | dict.fromkeys(("unchanged", "rejected", "held", "failed", "skipped", "generated"), 0),
    ]
    assert [line["event"] for line in logs(told) if "seconds" in line] == [
        "source.read",
        "source.parsed",
        "run.finished",
    ]


def test_published_and_no_record_of_it(school: Path) -> None:
    """A set that is in place is published, whatever becomes of the record; the code says that something is amiss."""
    (school / "state").mkdir()
    (school / "state" / "published").write_text("", encoding="utf-8")

    told = command("run", "Seniors", "--format", "json")

    [result] = told.json["profiles"]
    events = [line["event"] for line in logs(told)]
    assert (told.exit_code, result["outcome"], result["users"]) == (6, "published", 2)
    assert "the record of the publication cannot be written" in result["why"]
    assert [event for event in events if event.startswith("profile.")][-2:] == [
        "profile.published",
        "profile.published_with_problems",
    ]
    assert (school / "csv" / "Seniors" / "users.csv").exists()


@pytest.mark.skipif(shutil.which("chattr") is None, reason="no files that cannot be removed")
def test_a_former_set_that_stays(school: Path) -> None:
    """What is left over of the former set does not make the new one unpublished."""
    assert command("run", "Seniors").exit_code == 0
    (school / "profiles.d" / "seniors.toml").write_text(SENIORS + 'suffix = "x"\n', encoding="utf-8")
    former = school / "csv" / "Seniors" / "users.csv"
    if subprocess.run(["chattr", "+i", former], check=False, capture_output=True).returncode:
        pytest.skip("this file system has no files that cannot be changed")

    try:
        told = command("run", "Seniors", "--format", "json")
    finally:
        subprocess.run(["chattr", "-R", "-i", school / "csv"], check=True)

    assert (told.exit_code, outcomes(told)) == (6, {"Seniors": "published"})


def test_a_run_that_was_killed_before_its_record(school: Path) -> None:
    """The next run, for which nothing has changed, says when the set was published."""
    assert command("run", "Seniors").exit_code == 0
    record = school / "state" / "published" / "Seniors.json"
    was = json.loads(record.read_bytes())
    record.write_text(json.dumps(was | {"published_at": "2026-01-01T00:00:00Z"}), encoding="utf-8")

    told = command("run", "Seniors", "--format", "json")

    now = datetime.fromisoformat(json.loads(record.read_bytes())["published_at"])
    assert outcomes(told) == {"Seniors": "unchanged"}
    assert abs(now - datetime.fromisoformat(was["published_at"])) < timedelta(seconds=10)
    stamp = record.stat().st_mtime_ns
    assert command("run", "Seniors").exit_code == 0
    assert record.stat().st_mtime_ns == stamp


def test_a_crash_is_told(school: Path) -> None:
    """What a killed run left behind is put right, and the log says so."""
    assert command("run", "Seniors").exit_code == 0
    (school / "csv" / ".Seniors.sdssync-new").mkdir()

    told = command("run", "Seniors", "--format", "json")

    assert (told.exit_code, outcomes(told)) == (0, {"Seniors": "unchanged"})
    assert [line["profile"] for line in logs(told, "profile.healed")] == ["Seniors"]


def test_unchanged_touches_nothing(school: Path) -> None:
    """The same bytes are not published again: times and inodes stay, and the outcome says so."""
    assert command("run-all").exit_code == 0
    before = stamps(school)

    told = command("run-all", "--format", "json")

    assert (told.exit_code, outcomes(told)) == (0, {"Prep": "unchanged", "Seniors": "unchanged"})
    assert stamps(school) == before


def test_bytes_on_disk_count(school: Path) -> None:
    """A file that somebody has changed is put right."""
    assert command("run", "Seniors").exit_code == 0
    users = school / "csv" / "Seniors" / "users.csv"
    good = users.read_bytes()
    users.write_bytes(good + b"x,y\r\n")

    told = command("run", "Seniors", "--format", "json")

    assert (told.exit_code, outcomes(told)) == (0, {"Seniors": "published"})
    assert users.read_bytes() == good


@pytest.mark.parametrize(
    ("prep", "code", "outcome"),
    [
        pytest.param("name =\n", 2, "failed", id="a file that does not parse"),
        pytest.param(PREP + "colour = 1\n", 2, "failed", id="a wrong key"),
        pytest.param(PREP.replace("csv/Prep", "profiles.d"), 2, "failed", id="output in the way of the profiles"),
        pytest.param(PREP.replace("csv/Prep", r"C:\\SDS\\csv"), 2, "failed", id="a Windows path"),
        pytest.param(PREP.replace("csv/Prep", "hartley.xml"), 6, "failed", id="output is a file"),
        pytest.param(PREP.replace("csv/Prep", "hartley.xml/Prep"), 6, "failed", id="a parent of the output is a file"),
        pytest.param(PREP.replace("csv/Prep", "secrets"), 6, "failed", id="output holds something else"),
        pytest.param(PREP.replace("[3]", "[12]"), 1, "rejected", id="a set without rows"),
        pytest.param(PREP + "expires = 2026-08-31\n", 0, "skipped", id="expired"),
    ],
)
def test_one_profile_stops_no_other(school: Path, prep: str, code: int, outcome: str) -> None:
    """Whatever is the matter with one, the others are published, and the code is that of the worst."""
    (school / "secrets").mkdir()
    (school / "secrets" / "note.txt").write_text("x", encoding="utf-8")
    (school / "profiles.d" / "prep.toml").write_text(prep, encoding="utf-8")

    told = command("run-all", "--format", "json", "--today", str(FRONT))

    assert (told.exit_code, told.json["exit_code"]) == (code, code)
    assert [each["outcome"] for each in told.json["profiles"]] == [outcome, "published"]
    assert [each.get("why", "") != "" for each in told.json["profiles"]] == [True, False]
    assert sorted(path.name for path in (school / "csv").iterdir()) == ["Seniors"]
    assert [path.name for path in (school / "secrets").iterdir()] == ["note.txt"]


def test_two_in_conflict(school: Path) -> None:
    """Each of two profiles with one folder has failed; a third is published; neither is written."""
    (school / "profiles.d" / "again.toml").write_text(PREP.replace("csv/Prep", "CSV/prep"), encoding="utf-8")

    told = command("run-all", "--format", "json")

    assert told.exit_code == 2
    assert [(each["profile"], each["outcome"]) for each in told.json["profiles"]] == [
        ("Prep", "failed"),
        ("Prep", "failed"),
        ("Seniors", "published"),
    ]
    assert len(logs(told, "profile.failed")) == 2


def test_the_highest_code_wins(school: Path) -> None:
    """Of an expired, a rejected, a wrong and an unwritable profile the last decides."""
    install(
        school,
        expired='output = "csv/e"\nexpires = 2026-08-31\n',
        rejected='output = "csv/r"\nyear_groups = [12]\n',
        unwritable='output = "hartley.xml"\n',
        wrong="output = 1\n",
    )

    told = command("run-all", "--format", "json", "--today", str(FRONT))

    assert told.exit_code == 6
    assert outcomes(told) == {
        "expired": "skipped",
        "Prep": "published",
        "rejected": "rejected",
        "Seniors": "published",
        "unwritable": "failed",
        "wrong": "failed",
    }
    [finished] = logs(told, "run.finished")
    assert {key: finished[key] for key in ("exit_code", "skipped", "published", "rejected", "failed")} == {
        "exit_code": 6,
        "skipped": 1,
        "published": 2,
        "rejected": 1,
        "failed": 2,
    }


@pytest.mark.parametrize(
    "prep",
    [
        pytest.param("name =\n", id="does not parse"),
        pytest.param(PREP + "colour = 1\n", id="wrong key"),
        pytest.param('output = "csv/Prep"\nname = "Prep"\nyear_groups = []\n', id="empty list"),
    ],
)
def test_mistakes_of_others_are_warnings(school: Path, prep: str) -> None:
    """`run NAME` warns of what is wrong elsewhere; outcome and code are those of the named profile."""
    (school / "profiles.d" / "prep.toml").write_text(prep, encoding="utf-8")

    told = command("run", "seniors", "--format", "json")

    [warning] = logs(told, "profile.passed_over")
    assert (told.exit_code, outcomes(told)) == (0, {"Seniors": "published"})
    assert (warning["level"], warning["profile"].lower()) == ("warning", "prep")


def test_a_file_that_does_not_parse_goes_by_its_stem(school: Path) -> None:
    """Who asks for a broken profile by the name of its file is told what is wrong with it."""
    (school / "profiles.d" / "Torn.toml").write_text("name =\n", encoding="utf-8")

    told = command("run", "torn", "--format", "json")

    assert told.exit_code == 2
    assert told.json["profiles"] == [
        {
            "profile": "Torn",
            "outcome": "failed",
            "format": None,
            "output": None,
            "users": 0,
            "classes": 0,
            "enrollments": 0,
            "findings": {},
            "omissions": {},
            "omitted": [],
            "why": "profiles.d/Torn.toml is wrong",
        }
    ]


def test_a_rejected_set(school: Path) -> None:
    """The result of a rejected set has its counts and findings; the published one stays as it is."""
    assert command("run", "Seniors").exit_code == 0
    before = stamps(school / "csv")
    (school / "hartley.xml").write_text(TWINS, encoding="utf-8")

    told = command("run", "Seniors", "--format", "json")

    [rejected] = logs(told, "profile.rejected")
    [profile] = told.json["profiles"]
    assert told.exit_code == 1
    assert (profile["outcome"], profile["users"], profile["findings"]["SDS202"]) == ("rejected", 3, 1)
    assert rejected["reason"] == profile["why"]
    assert stamps(school / "csv") == before


@pytest.mark.parametrize(
    ("days", "event"),
    [
        pytest.param(22, None, id="22 days before"),
        pytest.param(21, "profile.neared_expiry", id="21 days before"),
        pytest.param(1, "profile.neared_expiry", id="the day before"),
        pytest.param(0, "profile.neared_expiry", id="the last day"),
        pytest.param(-1, "profile.skipped", id="the day after"),
    ],
)
def test_expiry(school: Path, days: int, event: str | None) -> None:
    """A profile runs on its last day, warns from three weeks before, and is skipped from the day after on."""
    (school / "profiles.d" / "prep.toml").write_text(f"{PREP}expires = {FRONT}\n", encoding="utf-8")
    today = FRONT - timedelta(days=days)

    told = command("run", "Prep", "--today", str(today), "--format", "json")

    lines = logs(told, "profile.neared_expiry", "profile.skipped")
    assert told.exit_code == 0
    assert outcomes(told) == {"Prep": "skipped" if days < 0 else "published"}
    assert [line["event"] for line in lines] == ([event] if event else [])
    assert all(line["expires"] == str(FRONT) and line["profile"] == "Prep" for line in lines)
    assert [line.get("days_left", line.get("reason")) for line in lines] == (
        [] if days > 21 else ["expired" if days < 0 else days]
    )


def test_today_is_the_clock_of_the_computer(school: Path) -> None:
    """Without `--today` the clock of this computer counts; what ended long ago is skipped without a download."""
    for name, text in (("prep", PREP), ("seniors", SENIORS)):
        (school / "profiles.d" / f"{name}.toml").write_text(f"{text}expires = 2000-01-01\n", encoding="utf-8")
    (school / "hartley.xml").unlink()

    told = command("run-all", "--format", "json")

    assert (told.exit_code, outcomes(told)) == (0, {"Prep": "skipped", "Seniors": "skipped"})


@pytest.mark.parametrize("published", [False, True], ids=["first", "later"])
def test_dry_run_leaves_nothing(school: Path, published: bool) -> None:
    """A dry run generates and validates; what is published, remembered and lying about stays as it is."""
    if published:
        assert command("run-all").exit_code == 0
        (school / "hartley.xml").write_text(document(rows=row(PHYSICS, 501) + row(MATHS, 503)), encoding="utf-8")
    before = stamps(school)

    told = command("run-all", "--dry-run", "--format", "json")

    after = {name: stamp for name, stamp in stamps(school).items() if name != "state/sdssync.lock"}
    assert (told.exit_code, outcomes(told)) == (0, {"Prep": "generated", "Seniors": "generated"})
    assert after == {name: stamp for name, stamp in before.items() if name != "state/sdssync.lock"}
    assert not list(school.rglob(".*"))


def test_dry_run_of_a_bad_set(school: Path) -> None:
    """A set that would be rejected is rejected in a dry run, too."""
    (school / "hartley.xml").write_text(TWINS, encoding="utf-8")

    told = command("run", "Seniors", "--dry-run", "--format", "json")

    assert (told.exit_code, outcomes(told)) == (1, {"Seniors": "rejected"})


def test_cached_tells_how_old(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--cached` needs no key and no iSAMS; the log says how old the document is."""
    install(school, REMOTE)
    last = school / "state" / "isams.xml"
    last.parent.mkdir()
    shutil.copy(school / "hartley.xml", last)
    yesterday = datetime.now(UTC) - timedelta(hours=24)
    os.utime(last, (yesterday.timestamp(), yesterday.timestamp()))
    monkeypatch.delenv("ISAMS_API_KEY", raising=False)

    told = command("run-all", "--cached", "--format", "json")

    [read] = logs(told, "source.read")
    assert (told.exit_code, outcomes(told)) == (0, {"Prep": "published", "Seniors": "published"})
    assert read["age_hours"] == pytest.approx(24, abs=0.1)
    assert read["downloaded_at"] == yesterday.isoformat(timespec="seconds")


@pytest.mark.parametrize("arguments", [["run-all"], ["run", "Seniors"], ["subjects"]], ids=" ".join)
def test_cached_without_a_document(school: Path, arguments: list[str]) -> None:
    """Without a document of an earlier download, `--cached` fails as a source that has nothing."""
    install(school, REMOTE)

    told = command(*arguments, "--cached")

    failed = logs(told, "command.failed" if arguments == ["subjects"] else "source.failed")
    assert told.exit_code == 3
    assert [line["hint"] for line in failed] == ["run once without --cached"]


def test_unknown_things_in_a_profile(school: Path) -> None:
    """Subjects that nobody has are named; addresses that nobody has are counted only."""
    extra = '[subjects]\nexclude = [4711, 5]\n[teachers]\nextra = ["nobody@hollowell.example", "*@nowhere.example"]\n'
    (school / "profiles.d" / "seniors.toml").write_text(SENIORS + extra, encoding="utf-8")

    told = command("run", "Seniors", "--format", "json")

    subjects, teachers = logs(told, "profile.named_unknown_subjects", "profile.named_unknown_teachers")
    assert (told.exit_code, outcomes(told)) == (0, {"Seniors": "published"})
    assert (subjects["level"], subjects["subjects"]) == ("warning", ["4711"])
    assert (teachers["level"], teachers["count"]) == ("warning", 2)


@pytest.mark.parametrize(("sds_format", "file"), [("v2", "users.csv"), ("v2.1", "roles.csv")])
def test_years_that_are_no_grade(school: Path, sds_format: str, file: str) -> None:
    """A year above 14 is taken, its grade stays empty, and the log says of how many pupils."""
    text = document().replace("<NCYear>9</NCYear>", "<NCYear>15</NCYear>", 1)
    (school / "hartley.xml").write_text(text, encoding="utf-8")
    profile = SENIORS.replace("[", "[15, ", 1) + f'format = "{sds_format}"\n'
    (school / "profiles.d" / "seniors.toml").write_text(profile, encoding="utf-8")

    told = command("run", "Seniors", "--format", "json")

    students = [line for line in (school / "csv/Seniors" / file).read_text("utf-8").splitlines() if "student" in line]
    assert [line.rpartition(",")[2] for line in students] == [""]
    assert [(line["level"], line["count"]) for line in logs(told, "profile.left_grades_blank")] == [("warning", 1)]


def test_one_wrong_settings_file_stops_everything(school: Path) -> None:
    """A mistake in sdssync.toml is told with all mistakes of all profiles, and nothing runs."""
    install(school, SETTINGS + "colour = 1\n")
    (school / "profiles.d" / "prep.toml").write_text("output = 1\n", encoding="utf-8")

    told = command("run", "Seniors")

    [line] = logs(told)
    assert (told.exit_code, told.out, line["event"]) == (2, "", "command.failed")
    assert "sdssync.toml has 1 mistake\n" in line["error"]
    assert "profiles.d/prep.toml has 1 mistake\n" in line["error"]
    assert not (school / "csv").exists()


def test_limits_that_are_not_enforced(school: Path) -> None:
    """Who sets limits that this version does not apply is told so in every run."""
    install(school, SETTINGS + '[safety]\nmax_removed_users = "10%"\n')

    [line] = logs(command("run-all"), "safety.ignored")

    assert line["level"] == "warning"


def test_a_crash_is_healed_although_the_source_fails(school: Path) -> None:
    """What a killed run left beside an output folder is put right even in a night without a document."""
    assert command("run", "Seniors").exit_code == 0
    before = stamps(school / "csv" / "Seniors")
    (school / "csv" / "Seniors").rename(school / "csv" / ".Seniors.sdssync-old")
    (school / "hartley.xml").write_text("no document", encoding="utf-8")

    told = command("run", "Seniors")

    assert told.exit_code == 3
    assert stamps(school / "csv" / "Seniors") == before
    assert [path.name for path in (school / "csv").iterdir()] == ["Seniors"]


def test_same_document_in_any_order_same_bytes(school: Path) -> None:
    """A later run over the same people in another order changes nothing on disk."""
    assert command("run-all").exit_code == 0
    before = stamps(school / "csv")
    turned = document(
        pupils=pupil(503, year="3") + pupil(502, email="") + pupil(501),
        rows=row(MATHS, 503) + row(PHYSICS, 502) + row(PHYSICS, 501),
    )
    (school / "hartley.xml").write_text(turned, encoding="utf-8")

    told = command("run-all", "--format", "json")

    assert outcomes(told) == {"Prep": "unchanged", "Seniors": "unchanged"}
    assert stamps(school / "csv") == before
