"""Runs of several profiles: none stops another, the highest code wins, and what is published stays when one fails."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import MATHS, PHYSICS, TWINS, document, pupil, row
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.needs import needs_chattr, needs_posix_paths
from tests.support.runs import Ran, command

REMOTE = SETTINGS.replace('file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_env = "ISAMS_API_KEY"')
FRONT = date(2026, 9, 1)


def outcomes(ran: Ran) -> dict[str, str]:
    """Return how each profile ended."""
    return {item["profile"]: item["outcome"] for item in ran.json["profiles"]}


def stamps(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return time, inode and content of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def _added(number: int) -> dict[str, Any]:
    """Return the plan of one kind of row where nothing was there before."""
    return {"before": 0, "after": number, "added": number, "changed": 0, "removed": 0, "causes": {}}


FIRST: dict[str, Any] = {
    "baseline": None,
    "users": _added(2),
    "classes": _added(1),
    "enrollments": _added(2),
    "gates": [],
    "kept": [],
}


def test_the_result(two_profiles: Path) -> None:
    """The result has the documented keys in their order, for each format, with every omission."""
    ran = command("run-all", "--format", "json")

    [started] = ran.logs("run.started")
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
        "offences": [],
        "plan": FIRST,
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
        "offences": [],
        "plan": FIRST,
    }
    expected = {"version": 1, "run_id": started["run_id"], "exit_code": 0, "profiles": [prep, seniors]}
    found = ran.json
    assert all(re.fullmatch("[0-9a-f]{12}", item["plan"].pop("plan_id")) for item in found["profiles"])
    assert json.dumps(found, ensure_ascii=False, indent=2) == json.dumps(expected, ensure_ascii=False, indent=2)
    assert ran.exit_code == 0
    assert sorted(path.name for path in (two_profiles / "csv" / "Prep").iterdir()) == [
        "classes.csv",
        "enrollments.csv",
        "orgs.csv",
        "roles.csv",
        "users.csv",
    ]


def test_the_events(two_profiles: Path) -> None:
    """Every event of a good run stands in the log once for what it is about, with the documented keys."""
    ran = command("run", "Seniors")

    size = (two_profiles / "hartley.xml").stat().st_size
    told_lines = [
        {key: value for key, value in line.items() if key not in {"timestamp", "seconds", "level", "plan_id"}}
        for line in ran.logs()
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
        {
            "event": "profile.planned",
            "run_id": run_id,
            "profile": "Seniors",
            "added": {"users": 2, "classes": 1, "enrollments": 2},
            "changed": {"users": 0, "classes": 0, "enrollments": 0},
            "removed": {"users": 0, "classes": 0, "enrollments": 0},
            "baseline": None,
            "kept": 0,
        },
        {
            "event": "profile.published",
            "run_id": run_id,
            "profile": "Seniors",
            "output": "csv/Seniors",
            "files": 4,
            "generation": 1,
        },
        {"event": "run.finished", "run_id": run_id, "exit_code": 0, "published": 1}
        | dict.fromkeys(("unchanged", "rejected", "held", "failed", "skipped", "combined", "generated"), 0),
    ]
    assert [line["event"] for line in ran.logs() if "seconds" in line] == [
        "source.read",
        "source.parsed",
        "run.finished",
    ]


@needs_chattr
def test_a_former_set_that_stays(two_profiles: Path) -> None:
    """Files of the former set that stay do not make the new one unpublished."""
    assert command("run", "Seniors").exit_code == 0
    (two_profiles / "profiles.d" / "seniors.toml").write_text(SENIORS + 'suffix = "x"\n', encoding="utf-8")
    former = two_profiles / "csv" / "Seniors" / "users.csv"
    subprocess.run(["chattr", "+i", former], check=True)

    try:
        ran = command("run", "Seniors", "--format", "json")
    finally:
        subprocess.run(["chattr", "-R", "-i", two_profiles / "csv"], check=True)

    assert (ran.exit_code, outcomes(ran)) == (6, {"Seniors": "published"})


def test_a_crash_is_told(two_profiles: Path) -> None:
    """What a killed run left behind is put right, and the log says so."""
    assert command("run", "Seniors").exit_code == 0
    (two_profiles / "csv" / ".Seniors.sdssync-new").mkdir()

    ran = command("run", "Seniors", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, {"Seniors": "unchanged"})
    assert [line["profile"] for line in ran.logs("profile.healed")] == ["Seniors"]


def test_unchanged_touches_nothing(two_profiles: Path) -> None:
    """The same bytes are not published again: times and inodes stay, and the outcome says so."""
    assert command("run-all").exit_code == 0
    before = stamps(two_profiles)

    ran = command("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, {"Prep": "unchanged", "Seniors": "unchanged"})
    after = stamps(two_profiles)
    assert before.pop("state/status.json") != after.pop("state/status.json")
    assert after == before


def test_bytes_on_disk_count(two_profiles: Path) -> None:
    """A file that was changed by hand is replaced."""
    assert command("run", "Seniors").exit_code == 0
    users = two_profiles / "csv" / "Seniors" / "users.csv"
    good = users.read_bytes()
    users.write_bytes(good + b"x,y\r\n")

    ran = command("run", "Seniors", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, {"Seniors": "published"})
    assert users.read_bytes() == good


@pytest.mark.parametrize(
    ("prep", "code", "outcome"),
    [
        pytest.param("name =\n", 2, "failed", id="a file that does not parse"),
        pytest.param(PREP + "colour = 1\n", 2, "failed", id="a wrong key"),
        pytest.param(PREP.replace("csv/Prep", "profiles.d"), 2, "failed", id="output in the way of the profiles"),
        pytest.param(
            PREP.replace("csv/Prep", r"C:\\SDS\\csv"), 2, "failed", id="a Windows path", marks=needs_posix_paths
        ),
        pytest.param(PREP.replace("csv/Prep", "hartley.xml"), 6, "failed", id="output is a file"),
        pytest.param(PREP.replace("csv/Prep", "hartley.xml/Prep"), 6, "failed", id="a parent of the output is a file"),
        pytest.param(PREP.replace("csv/Prep", "secrets"), 6, "failed", id="output holds something else"),
        pytest.param(PREP.replace("[3]", "[12]"), 1, "rejected", id="a set without rows"),
        pytest.param(PREP + "expires = 2026-08-31\n", 0, "skipped", id="expired"),
    ],
)
def test_one_profile_stops_no_other(two_profiles: Path, prep: str, code: int, outcome: str) -> None:
    """Whatever is the matter with one, the others are published, and the code is that of the worst."""
    (two_profiles / "secrets").mkdir()
    (two_profiles / "secrets" / "note.txt").write_text("x", encoding="utf-8")
    (two_profiles / "profiles.d" / "prep.toml").write_text(prep, encoding="utf-8")

    ran = command("run-all", "--format", "json", "--today", str(FRONT))

    assert (ran.exit_code, ran.json["exit_code"]) == (code, code)
    assert [item["outcome"] for item in ran.json["profiles"]] == [outcome, "published"]
    assert [item.get("why", "") != "" for item in ran.json["profiles"]] == [True, False]
    assert sorted(path.name for path in (two_profiles / "csv").iterdir()) == ["Seniors"]
    assert [path.name for path in (two_profiles / "secrets").iterdir()] == ["note.txt"]


def test_two_in_conflict(two_profiles: Path) -> None:
    """Each of two profiles with one folder has failed; a third is published; neither is written."""
    (two_profiles / "profiles.d" / "again.toml").write_text(PREP.replace("csv/Prep", "CSV/prep"), encoding="utf-8")

    ran = command("run-all", "--format", "json")

    assert ran.exit_code == 2
    assert [(item["profile"], item["outcome"]) for item in ran.json["profiles"]] == [
        ("Prep", "failed"),
        ("Prep", "failed"),
        ("Seniors", "published"),
    ]
    assert len(ran.logs("profile.failed")) == 2


def test_the_highest_code_wins(two_profiles: Path) -> None:
    """Of an expired, a rejected, a wrong and an unwritable profile the last decides."""
    install(
        two_profiles,
        expired='output = "csv/e"\nexpires = 2026-08-31\n',
        rejected='output = "csv/r"\nyear_groups = [12]\n',
        unwritable='output = "hartley.xml"\n',
        wrong="output = 1\n",
    )

    ran = command("run-all", "--format", "json", "--today", str(FRONT))

    assert ran.exit_code == 6
    assert outcomes(ran) == {
        "expired": "skipped",
        "Prep": "published",
        "rejected": "rejected",
        "Seniors": "published",
        "unwritable": "failed",
        "wrong": "failed",
    }
    [finished] = ran.logs("run.finished")
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
def test_mistakes_of_others_are_warnings(two_profiles: Path, prep: str) -> None:
    """`run NAME` warns of what is wrong elsewhere; outcome and code are those of the named profile."""
    (two_profiles / "profiles.d" / "prep.toml").write_text(prep, encoding="utf-8")

    ran = command("run", "seniors", "--format", "json")

    [warning] = ran.logs("profile.passed_over")
    assert (ran.exit_code, outcomes(ran)) == (0, {"Seniors": "published"})
    assert (warning["level"], warning["profile"].lower()) == ("warning", "prep")


def test_a_file_that_does_not_parse_goes_by_its_stem(two_profiles: Path) -> None:
    """A profile that does not parse can be asked for by the name of its file; its mistakes are reported."""
    (two_profiles / "profiles.d" / "Torn.toml").write_text("name =\n", encoding="utf-8")

    ran = command("run", "torn", "--format", "json")

    assert ran.exit_code == 2
    assert ran.json["profiles"] == [
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
            "offences": [],
            "why": "profiles.d/Torn.toml is not valid TOML, line 1, column 7: expected a value: a text in quotes, "
            "a number, true, false, a date or a list",
        }
    ]


def test_a_rejected_set(two_profiles: Path) -> None:
    """The result of a rejected set has its counts and findings; the published one stays as it is."""
    assert command("run", "Seniors").exit_code == 0
    before = stamps(two_profiles / "csv")
    (two_profiles / "hartley.xml").write_text(TWINS, encoding="utf-8")

    ran = command("run", "Seniors", "--format", "json")

    [rejected] = ran.logs("profile.rejected")
    [profile] = ran.json["profiles"]
    assert ran.exit_code == 1
    assert (profile["outcome"], profile["users"], profile["findings"]["SDS202"]) == ("rejected", 3, 1)
    assert rejected["reason"] == profile["why"]
    assert stamps(two_profiles / "csv") == before


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
def test_expiry(two_profiles: Path, days: int, event: str | None) -> None:
    """A profile runs on its last day, warns from three weeks before, and is skipped from the day after on."""
    (two_profiles / "profiles.d" / "prep.toml").write_text(f"{PREP}expires = {FRONT}\n", encoding="utf-8")
    today = FRONT - timedelta(days=days)

    ran = command("run", "Prep", "--today", str(today), "--format", "json")

    lines = ran.logs("profile.neared_expiry", "profile.skipped")
    assert ran.exit_code == 0
    assert outcomes(ran) == {"Prep": "skipped" if days < 0 else "published"}
    assert [line["event"] for line in lines] == ([event] if event else [])
    assert all(line["expires"] == str(FRONT) and line["profile"] == "Prep" for line in lines)
    assert [line.get("days_left", line.get("reason")) for line in lines] == (
        [] if days > 21 else ["expired" if days < 0 else days]
    )


def test_today_is_the_clock_of_the_computer(two_profiles: Path) -> None:
    """Without `--today` the clock of this computer counts; what ended long ago is skipped without a download."""
    for name, text in (("prep", PREP), ("seniors", SENIORS)):
        (two_profiles / "profiles.d" / f"{name}.toml").write_text(f"{text}expires = 2000-01-01\n", encoding="utf-8")
    (two_profiles / "hartley.xml").unlink()

    ran = command("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, {"Prep": "skipped", "Seniors": "skipped"})


@pytest.mark.parametrize("published", [False, True], ids=["first", "later"])
def test_dry_run_leaves_nothing(two_profiles: Path, published: bool) -> None:
    """A dry run generates and validates; what is published, remembered and lying about stays as it is."""
    if published:
        assert command("run-all").exit_code == 0
        (two_profiles / "hartley.xml").write_text(document(rows=row(PHYSICS, 501) + row(MATHS, 503)), encoding="utf-8")
    before = stamps(two_profiles)

    ran = command("run-all", "--dry-run", "--format", "json")

    after = {name: stamp for name, stamp in stamps(two_profiles).items() if name != "state/sdssync.lock"}
    assert (ran.exit_code, outcomes(ran)) == (0, {"Prep": "generated", "Seniors": "generated"})
    assert after == {name: stamp for name, stamp in before.items() if name != "state/sdssync.lock"}
    assert not list(two_profiles.rglob(".*"))


def test_dry_run_of_a_bad_set(two_profiles: Path) -> None:
    """A set that would be rejected is rejected in a dry run, too."""
    (two_profiles / "hartley.xml").write_text(TWINS, encoding="utf-8")

    ran = command("run", "Seniors", "--dry-run", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (1, {"Seniors": "rejected"})


def test_cached_tells_how_old(two_profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--cached` needs no key and no iSAMS; the log says how old the document is."""
    install(two_profiles, REMOTE)
    last = two_profiles / "state" / "isams.xml"
    last.parent.mkdir()
    shutil.copy(two_profiles / "hartley.xml", last)
    yesterday = datetime.now(UTC) - timedelta(hours=24)
    os.utime(last, (yesterday.timestamp(), yesterday.timestamp()))
    monkeypatch.delenv("ISAMS_API_KEY", raising=False)

    ran = command("run-all", "--cached", "--format", "json")

    [read] = ran.logs("source.read")
    assert (ran.exit_code, outcomes(ran)) == (0, {"Prep": "published", "Seniors": "published"})
    assert read["age_hours"] == pytest.approx(24, abs=0.1)
    assert read["downloaded_at"] == yesterday.isoformat(timespec="seconds")


@pytest.mark.parametrize("arguments", [["run-all"], ["run", "Seniors"], ["subjects"]], ids=" ".join)
def test_cached_without_a_document(two_profiles: Path, arguments: list[str]) -> None:
    """Without a document of an earlier download, `--cached` fails as a source that has nothing."""
    install(two_profiles, REMOTE)

    ran = command(*arguments, "--cached")

    failed = ran.logs("command.failed" if arguments == ["subjects"] else "source.failed")
    assert ran.exit_code == 3
    assert [line["hint"] for line in failed] == ["download one: `sdssync plan`"]


def test_unknown_things_in_a_profile(two_profiles: Path) -> None:
    """Unknown subjects are named; unknown addresses are only counted."""
    extra = '[subjects]\nexclude = [4711, 5]\n[teachers]\nextra = ["unknown@hollowell.example", "*@nowhere.example"]\n'
    (two_profiles / "profiles.d" / "seniors.toml").write_text(SENIORS + extra, encoding="utf-8")

    ran = command("run", "Seniors", "--format", "json")

    subjects, teachers = ran.logs("profile.named_unknown_subjects", "profile.named_unknown_teachers")
    assert (ran.exit_code, outcomes(ran)) == (0, {"Seniors": "published"})
    assert (subjects["level"], subjects["subjects"]) == ("warning", ["4711"])
    assert (teachers["level"], teachers["count"]) == ("warning", 2)


FROM = "[classes]\npupils_from = 2026-09-02\n"
OWN_ID = 'suffix = "_26"\nclass_id = "{set_id}{suffix}"\n'


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        pytest.param(FROM, "2026-09-01", ["class_id"], id="as by default"),
        pytest.param(OWN_ID + FROM, "2026-09-01", None, id="with the suffix"),
        pytest.param(FROM, "2026-09-02", None, id="on the day"),
        pytest.param('class_id = "{set_id}{suffix}"\n' + FROM, "2026-09-01", ["class_id"], id="an empty suffix"),
        pytest.param("[classes]\nmin_pupils = 1\n", "2026-09-01", None, id="no day"),
        pytest.param(
            f'{OWN_ID}{FROM}[[classes.merge]]\nsets = ["a", "b"]\nid = "ab"\n',
            "2026-09-01",
            ["classes.merge[0].id"],
            id="a merge",
        ),
    ],
)
def test_class_ids_that_stay(two_profiles: Path, text: str, today: str, expected: list[str] | None) -> None:
    """Before the day of the pupils a run warns of class ids without the suffix."""
    (two_profiles / "profiles.d" / "seniors.toml").write_text(SENIORS + text, encoding="utf-8")

    ran = command("run", "Seniors", "--dry-run", "--today", today)

    warned = ran.logs("profile.reused_class_ids")
    assert [(line["level"], line["keys"]) for line in warned] == ([("warning", expected)] if expected else [])


@pytest.mark.parametrize(("sds_format", "file"), [("v2", "users.csv"), ("v2.1", "roles.csv")])
def test_years_that_are_no_grade(two_profiles: Path, sds_format: str, file: str) -> None:
    """A year above 14 is taken, its grade stays empty, and the log says of how many pupils."""
    text = document().replace("<NCYear>9</NCYear>", "<NCYear>15</NCYear>", 1)
    (two_profiles / "hartley.xml").write_text(text, encoding="utf-8")
    profile = SENIORS.replace("[", "[15, ", 1) + f'format = "{sds_format}"\n'
    (two_profiles / "profiles.d" / "seniors.toml").write_text(profile, encoding="utf-8")

    ran = command("run", "Seniors", "--format", "json")

    students = [
        line for line in (two_profiles / "csv/Seniors" / file).read_text("utf-8").splitlines() if "student" in line
    ]
    assert [line.rpartition(",")[2] for line in students] == [""]
    assert [(line["level"], line["count"]) for line in ran.logs("profile.left_grades_blank")] == [("warning", 1)]


def test_one_wrong_settings_file_stops_everything(two_profiles: Path) -> None:
    """A mistake in sdssync.toml is reported with all mistakes of all profiles, and nothing runs."""
    install(two_profiles, SETTINGS + "colour = 1\n")
    (two_profiles / "profiles.d" / "prep.toml").write_text("output = 1\n", encoding="utf-8")

    ran = command("run", "Seniors")

    [line] = ran.logs()
    assert (ran.exit_code, ran.out, line["event"]) == (2, "", "command.failed")
    assert "sdssync.toml has 1 mistake\n" in line["error"]
    assert "profiles.d/prep.toml has 1 mistake\n" in line["error"]
    assert not (two_profiles / "csv").exists()


def test_a_crash_is_healed_although_the_source_fails(two_profiles: Path) -> None:
    """What a killed run left beside an output folder is put right even in a night without a document."""
    assert command("run", "Seniors").exit_code == 0
    before = stamps(two_profiles / "csv" / "Seniors")
    (two_profiles / "csv" / "Seniors").rename(two_profiles / "csv" / ".Seniors.sdssync-old")
    (two_profiles / "hartley.xml").write_text("no document", encoding="utf-8")

    ran = command("run", "Seniors")

    assert ran.exit_code == 3
    assert stamps(two_profiles / "csv" / "Seniors") == before
    assert [path.name for path in (two_profiles / "csv").iterdir()] == ["Seniors"]


def test_same_document_in_any_order_same_bytes(two_profiles: Path) -> None:
    """A later run over the same people in another order changes nothing on disk."""
    assert command("run-all").exit_code == 0
    before = stamps(two_profiles / "csv")
    turned = document(
        pupils=pupil(503, year="3") + pupil(502, email="") + pupil(501),
        rows=row(MATHS, 503) + row(PHYSICS, 502) + row(PHYSICS, 501),
    )
    (two_profiles / "hartley.xml").write_text(turned, encoding="utf-8")

    ran = command("run-all", "--format", "json")

    assert outcomes(ran) == {"Prep": "unchanged", "Seniors": "unchanged"}
    assert stamps(two_profiles / "csv") == before
