"""Hold, approve, restore, release, look back: the commands around the gates, on real folders."""

import hashlib
import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import PHYSICS, document, pupil, row
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.runs import Ran, command

DAY = date(2026, 9, 1)


def write(folder: Path, pupils: int) -> None:
    """Write a document with so many pupils of year 9, all in one set, and one of another year."""
    numbers = range(601, 601 + pupils)
    text = document(
        pupils="".join(map(pupil, numbers)) + pupil(503, year="3"),
        rows="".join(row(PHYSICS, number) for number in numbers),
    )
    (folder / "hartley.xml").write_text(text, encoding="utf-8")


def run(days: int = 0) -> Ran:
    """Run the scheduled job so many days after the first one."""
    return command("run-all", "--format", "json", "--today", str(DAY + timedelta(days=days)))


def seniors(ran: Ran) -> Any:
    """Return the only profile of a result."""
    [profile] = ran.json["profiles"]
    return profile


def content(folder: Path) -> dict[str, bytes]:
    """Return the CSV files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def output(folder: Path) -> dict[str, bytes]:
    """Return what is published."""
    return content(folder / "csv" / "Seniors")


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file of output and state, but the lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for top in ("csv", "state")
        for path in sorted((folder / top).rglob("*"))
        if path.is_file() and path.name != "sdssync.lock"
    }


def audit(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of the audit."""
    text = (folder / "state" / "audit.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def school(here: Path) -> Path:
    """An installation with one profile that has published twenty pupils."""
    install(here, SETTINGS, seniors=SENIORS)
    write(here, 20)
    assert run().exit_code == 0
    return here


@pytest.fixture
def held(school: Path) -> str:
    """Return the id of the plan that is held after half of the pupils are gone."""
    write(school, 10)
    ran = run(1)
    assert (ran.exit_code, seniors(ran)["outcome"]) == (4, "held")
    plan_id: str = seniors(ran)["plan"]["plan_id"]
    return plan_id


def approve(plan_id: str, days: int = 1, *options: str) -> Ran:
    """Approve a plan so many days after the first run."""
    return command("approve", "Seniors", plan_id, "--today", str(DAY + timedelta(days=days)), *options)


def test_held(school: Path, held: str) -> None:
    """The published set stays, the plan says what trips and why, and every run says so again."""
    before = output(school)

    ran = run(2)

    plan = seniors(ran)["plan"]
    assert output(school) == before
    assert (plan["plan_id"], plan["baseline"]["generation"]) == (held, 1)
    assert plan["users"] == {
        "before": 21, "after": 11, "added": 0, "changed": 0, "removed": 10, "causes": {"not_in_isams": 10},
    }  # fmt: skip
    assert [(gate["gate"], gate["limit"], gate["removed"], gate["of"]) for gate in plan["gates"]] == [
        ("users", "5%", 10, 21),
        ("enrollments", "10%", 10, 21),
        ("year", "20%", 10, 20),
    ]
    status = command("status", "--format", "json").json["profiles"][0]
    assert (status["held"]["plan_id"], status["held"]["gates"]) == (held, ["users", "enrollments", "year"])
    assert status["held"]["until"] == str(DAY + timedelta(days=9))
    assert [line["event"] for line in audit(school)] == ["published", "held", "held"]


def test_a_plan_is_what_a_run_publishes(school: Path) -> None:
    """The plan keeps nothing and has the code of the run, and its id is that of the run."""
    write(school, 22)
    before = everything(school)

    planned = command("plan", "--format", "json", "--today", str(DAY), "--detailed-exitcode")

    assert (planned.exit_code, seniors(planned)["outcome"]) == (10, "published")
    assert everything(school) == before
    added = [item for item in seniors(planned)["changes"] if item["change"] == "added"]
    assert [item["kind"] for item in added] == ["user", "user", "enrollment", "enrollment"]
    ran = run()
    assert seniors(ran)["plan"]["plan_id"] == seniors(planned)["plan_id"]
    assert seniors(command("plan", "--format", "json"))["outcome"] == "unchanged"


def test_approve(school: Path, held: str) -> None:
    """The held set is published byte for byte, by the account that approves, and nothing is held any more."""
    waiting = content(school / "state" / "profiles" / "Seniors" / "held")

    ran = approve(held, 1, "--reason", "year 9 has left")

    assert (ran.exit_code, ran.out) == (
        0, "Seniors: published as generation 2, 11 users, 1 classes, 11 enrollments\n",
    )  # fmt: skip
    assert output(school) == waiting == content(school / "state" / "profiles" / "Seniors" / "2")
    last = audit(school)[-1]
    assert (last["event"], last["generation"], last["reason"], last["users"]) == ("approved", 2, "year 9 has left", 11)
    assert last["account"]
    assert not (school / "state" / "profiles" / "Seniors" / "held").exists()
    assert seniors(run(2))["outcome"] == "unchanged"
    assert command("audit", "verify").exit_code == 0


def _another_publication(school: Path) -> None:
    write(school, 21)
    assert run(1).exit_code == 0


def _another_key(school: Path) -> None:
    install(school, SETTINGS, seniors=SENIORS + 'suffix = "x"\n')


def _other_limits(school: Path) -> None:
    install(school, SETTINGS, seniors=SENIORS + "[safety]\nmax_removed_users = 3\n")


def _edited_output(school: Path) -> None:
    (school / "csv" / "Seniors" / "users.csv").write_bytes(b"sourcedId\r\n")


def _damaged(school: Path) -> None:
    (school / "state" / "profiles" / "Seniors" / "held" / "users.csv").write_bytes(b"sourcedId\r\n")


@pytest.mark.parametrize(
    ("change", "days", "error"),
    [
        pytest.param(_another_publication, 1, "nothing of Seniors is held", id="another publication"),
        pytest.param(_another_key, 1, "Seniors has changed since the plan was made: suffix", id="another profile"),
        pytest.param(_other_limits, 1, "[safety] of Seniors has changed since the plan was made", id="other limits"),
        pytest.param(_edited_output, 1, "the published set of Seniors has changed since", id="edited output"),
        pytest.param(_damaged, 1, "the held set of Seniors is damaged", id="damaged"),
        pytest.param(lambda _: None, 9, "was last held on 2026-09-02: that is more than 7 days ago", id="8 days later"),
    ],
)
def test_what_is_not_approved(school: Path, held: str, change: Any, days: int, error: str) -> None:
    """What was planned from something else, or too long ago, is refused, and nothing is touched."""
    change(school)
    before = everything(school)

    ran = approve(held, days)

    [line] = ran.logs("command.failed")
    assert (ran.exit_code, line["exit_code"]) == (2, 2)
    assert error in line["error"]
    assert everything(school) == before


def test_approve_once(school: Path, held: str) -> None:
    """Another id is refused, and so is the same one again."""
    before = everything(school)
    assert approve("0" * 12).exit_code == 2
    assert everything(school) == before
    assert approve(held, 8).exit_code == 0
    before = everything(school)

    ran = approve(held)

    assert (ran.exit_code, everything(school)) == (2, before)
    assert ran.logs("command.failed")[0]["error"] == "nothing of Seniors is held"


def test_restore_and_release(school: Path) -> None:
    """A generation comes back byte for byte as a new one, and stays until it is released, whatever iSAMS says."""
    first = output(school)
    write(school, 21)
    assert run(1).exit_code == 0
    second = output(school)
    assert second != first

    restored = command("restore", "Seniors", "1", "--reason", "wrong list")

    assert restored.exit_code == 0
    assert output(school) == first == content(school / "state" / "profiles" / "Seniors" / "3")
    ran = run(2)
    assert (ran.exit_code, seniors(ran)["outcome"]) == (4, "held")
    assert [gate["gate"] for gate in seniors(ran)["plan"]["gates"]] == ["pinned"]
    assert output(school) == first
    assert approve(seniors(ran)["plan"]["plan_id"], 2).exit_code == 2
    assert command("status", "--format", "json").json["profiles"][0]["pinned"] is True

    assert command("release", "Seniors").exit_code == 0

    assert command("release", "Seniors").exit_code == 2
    assert seniors(run(3))["outcome"] == "published"
    assert output(school) == second
    assert [line["event"] for line in audit(school)] == [
        "published", "published", "restored", "held", "released", "published",
    ]  # fmt: skip
    assert command("audit", "verify").exit_code == 0
    generations = command("history", "Seniors", "--format", "json").json["generations"]
    assert [(step["generation"], step["origin"]) for step in generations] == [
        (4, "run"), (3, "restore"), (2, "run"), (1, "run"),
    ]  # fmt: skip


def test_diff(school: Path) -> None:
    """Two generations are compared: the last two, one with the last, or any two."""
    write(school, 21)
    assert run(1).exit_code == 0
    write(school, 20)
    assert run(2).exit_code == 0

    last, whole = (command("diff", "Seniors", *numbers, "--format", "json").json for numbers in ((), ("1",)))

    assert (last["users"]["removed"], whole["users"]["removed"]) == (1, 0)
    assert [(change["kind"], change["change"]) for change in last["changes"]] == [
        ("user", "removed"), ("enrollment", "removed"),
    ]  # fmt: skip
    assert command("diff", "Seniors", "7").exit_code == 2
    assert "1 removed" in command("diff", "Seniors", "2", "3").out


def _flip(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"users": 21', b'"users": 22'), *lines[1:]]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(_flip, "line 2: it does not follow", id="a flipped byte"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], "line 2: it does not follow", id="a removed line"),
        pytest.param(lambda lines: lines[:-1], "audit.jsonl: the line that status.json names", id="the last line gone"),
        pytest.param(lambda _: [], "audit.jsonl: it is gone or empty", id="all lines gone"),
        pytest.param(lambda lines: [*lines, b"{}"], "line 4: it is not a line", id="another line"),
    ],
)
def test_audit_verify(school: Path, change: Any, found: str) -> None:
    """A chain in which something was changed or is missing is reported with the first line that does not fit."""
    for days in (1, 2):
        write(school, 20 + days)
        assert run(days).exit_code == 0
    assert command("audit", "verify").exit_code == 0
    file = school / "state" / "audit.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in change(file.read_bytes().splitlines())))

    ran = command("audit", "verify")

    assert ran.exit_code == 1
    assert found in ran.out


def test_a_line_that_a_crash_left_incomplete(school: Path) -> None:
    """It is removed by the next run, which says so, and the chain fits again."""
    file = school / "state" / "audit.jsonl"
    with file.open("ab") as stream:
        stream.write(b'{"previous": "')

    ran = run(1)

    assert (ran.exit_code, len(ran.logs("audit.repaired"))) == (0, 1)
    assert command("audit", "verify").exit_code == 0


def test_an_edited_output_is_published_anew(school: Path) -> None:
    """The last generation is published again without a new number, whatever is in the folder or is not."""
    good = output(school)
    for change in (_edited_output, lambda folder: shutil.rmtree(folder / "csv" / "Seniors")):
        change(school)

        ran = run(1)

        assert (ran.exit_code, seniors(ran)["outcome"]) == (0, "published")
        assert output(school) == good
    assert sorted(path.name for path in (school / "state" / "profiles" / "Seniors").iterdir()) == ["1"]


def test_the_script_left_the_first_set(school: Path) -> None:
    """Without a generation the folder is the baseline, in the other format too, and rows are compared by meaning."""
    shutil.rmtree(school / "state")
    install(school, SETTINGS, seniors=SENIORS + 'format = "v2.1"\n')
    before = output(school)

    same = command("plan", "--format", "json")
    write(school, 10)
    lost = run()

    plan = seniors(same)
    assert (plan["outcome"], plan["baseline"]) == ("published", None)
    assert [plan[kind]["removed"] + plan[kind]["changed"] for kind in ("users", "classes", "enrollments")] == [0, 0, 0]
    assert seniors(lost)["outcome"] == "held"
    assert {gate["baseline"] for gate in seniors(lost)["plan"]["gates"]} == {"folder"}
    assert output(school) == before


def test_rows_that_cannot_be_read_are_a_gate(school: Path) -> None:
    """No one can say whom publishing would remove."""
    shutil.rmtree(school / "state")
    (school / "csv" / "Seniors" / "enrollments.csv").write_bytes(b"sourcedId,status\r\n1,2\r\n")

    ran = run()

    assert [gate["gate"] for gate in seniors(ran)["plan"]["gates"]] == ["growth", "unreadable"]
    assert ran.exit_code == 4


def test_a_freeze(school: Path) -> None:
    """In these days anything that is removed is held, and anything else is not."""
    install(school, SETTINGS + "[safety]\nfreeze = [{ from = 2026-09-03, to = 2026-09-04 }]\n", seniors=SENIORS)
    write(school, 19)

    found = [
        seniors(command("plan", "--format", "json", "--today", f"2026-09-0{day}"))["outcome"] for day in (2, 3, 4, 5)
    ]

    assert found == ["published", "held", "held", "published"]
    write(school, 21)
    assert seniors(run(2))["outcome"] == "published"


def test_a_held_set_waits_seven_days(school: Path, held: str) -> None:
    """A rejected or failed run keeps it; after 7 days it is removed."""
    folder = school / "state" / "profiles" / "Seniors" / "held"
    (school / "hartley.xml").write_text("no document", encoding="utf-8")

    assert run(8).exit_code == 3
    assert folder.exists()
    assert run(9).exit_code == 3
    assert not folder.exists()
    assert held not in command("status").out


def test_what_no_one_can_approve_does_not_wait(school: Path, held: str) -> None:
    """A held set whose record is gone, as after an interrupted removal, goes too, even while there is no document."""
    folder = school / "state" / "profiles" / "Seniors" / "held"
    (folder / "held.json").unlink()
    (school / "hartley.xml").write_text("<iSAMS>", encoding="utf-8")
    assert held

    assert run(2).exit_code == 3

    assert not folder.exists()


def test_kept_addresses(school: Path) -> None:
    """An address that is missing is kept for seven nights from the first one, then the pupil is an omission."""
    before = output(school)
    text = (school / "hartley.xml").read_text(encoding="utf-8")
    address = pupil(601).partition("<EmailAddress>")[2].partition("</EmailAddress>")[0]
    assert address
    (school / "hartley.xml").write_text(text.replace(f"<EmailAddress>{address}<", "<EmailAddress><"), encoding="utf-8")

    plan_only = command("plan", "--format", "json", "--today", "2026-08-01")
    nights = [run(days) for days in (1, 7, 8)]

    assert seniors(plan_only)["kept"][0]["until"] == "2026-08-08"
    assert [seniors(ran)["outcome"] for ran in nights] == ["unchanged", "unchanged", "published"]
    assert [len(seniors(ran)["plan"]["kept"]) for ran in nights] == [1, 1, 0]
    assert seniors(nights[0])["plan"]["kept"][0]["until"] == "2026-09-09"
    assert seniors(nights[2])["omissions"] == {"pupil_without_email": 1}
    assert seniors(nights[2])["plan"]["users"]["causes"] == {"omitted:pupil_without_email": 1}
    assert output(school) != before
    assert address not in "".join(ran.err for ran in nights)


def test_a_parity_profile_ends_no_kept_address(school: Path) -> None:
    """The script writes a teacher without address; the others keep the last address that was published of them."""
    install(school, seniors=SENIORS, parity=f"{SENIORS.replace('Seniors', 'Parity')}parity = true\n")
    assert run().exit_code == 0
    before = output(school)
    text = (school / "hartley.xml").read_text(encoding="utf-8")
    without = text.replace("<SchoolEmailAddress>staff101@hollowell.example<", "<SchoolEmailAddress><")
    (school / "hartley.xml").write_text(without, encoding="utf-8")

    nights = [run(days) for days in (1, 2, 7)]

    outcomes = [{profile["profile"]: profile["outcome"] for profile in ran.json["profiles"]} for ran in nights]
    assert outcomes == [
        {"Parity": "published", "Seniors": "unchanged"},
        {"Parity": "unchanged", "Seniors": "unchanged"},
        {"Parity": "unchanged", "Seniors": "unchanged"},
    ]
    assert output(school) == before


def test_an_interrupted_removal_of_an_expired_profile_is_completed(school: Path) -> None:
    """What is left of an outdated generation goes, although no run has the profile any more."""
    left = school / "state" / "profiles" / "Seniors" / ".2.old"
    left.mkdir()
    (left / "users.csv").write_text("of people who have left", encoding="utf-8")
    install(school, seniors=f"{SENIORS}expires = {DAY}\n")

    assert seniors(run(1))["outcome"] == "skipped"

    assert not left.exists()


def test_retention(school: Path) -> None:
    """Generations that were replaced too long ago go, never the last three nor what the window needs."""
    for days in range(1, 7):
        write(school, 20 + days)
        assert run(days).exit_code == 0
    folder = school / "state" / "profiles" / "Seniors"
    for number in range(1, 6):
        manifest = folder / str(number) / "manifest.json"
        shape = json.loads(manifest.read_text(encoding="utf-8"))
        manifest.write_text(json.dumps(shape | {"published_at": "2020-01-01T00:00:00Z"}), encoding="utf-8")

    assert run(7).exit_code == 0

    assert sorted(path.name for path in folder.iterdir()) == ["1", "5", "6", "7"]
    assert [line["generation"] for line in audit(school) if line["event"] == "removed"] == [2, 3, 4]


def test_old_documents_go(school: Path) -> None:
    """Documents of earlier downloads are removed after 7 days; yesterday's stay."""
    state = school / "state"
    for name, age in (("isams.xml", 8), ("isams-refused.xml", 6)):
        (state / name).write_text("<iSAMS/>", encoding="utf-8")
        stamp = (state / name).stat().st_mtime - age * 86_400
        os.utime(state / name, (stamp, stamp))

    assert run(1).exit_code == 0

    assert not (state / "isams.xml").exists()
    assert (state / "isams-refused.xml").exists()


def test_an_abandoned_profile(school: Path) -> None:
    """Each run warns of a folder that no one updates; after 90 days what is kept for it is removed."""
    (school / "profiles.d" / "seniors.toml").rename(school / "profiles.d" / ".seniors.toml")
    install(school, SETTINGS, other='name = "Other"\noutput = "csv/Other"\nyear_groups = [9]\n')

    first = run(1)
    kept = school / "state" / "profiles" / "Seniors"
    record = json.loads((kept / "abandoned.json").read_text(encoding="utf-8"))["folders"]
    [warning] = first.logs("profile.abandoned")
    (kept / "abandoned.json").write_text(
        json.dumps({"folders": record, "missing_since": "2026-01-01"}), encoding="utf-8"
    )
    last = run(2)

    assert (first.exit_code, warning["profile"], warning["output"]) == (0, "Seniors", str(school / "csv" / "Seniors"))
    assert (last.exit_code, last.logs("profile.abandoned")) == (0, [])
    assert not kept.exists()
    assert (school / "csv" / "Seniors" / "users.csv").exists()
    assert [line["profile"] for line in audit(school) if line["event"] == "removed"] == ["Seniors"]


def test_an_output_that_moved(school: Path) -> None:
    """The old folder is a warning at every run, and the generations go on."""
    install(school, SETTINGS, seniors=SENIORS.replace("csv/Seniors", "csv/New"))

    first, second = run(1), run(2)

    assert [len(ran.logs("profile.abandoned")) for ran in (first, second)] == [1, 1]
    assert [seniors(ran)["outcome"] for ran in (first, second)] == ["published", "unchanged"]


@pytest.mark.parametrize(("hours", "code"), [("36", 0), ("0.000001", 3)])
@pytest.mark.usefixtures("school")
def test_status_check(hours: str, code: int) -> None:
    """The check ends with the worst last code, or with 3 when a run is overdue."""
    assert command("status", "--check", "--max-age", hours).exit_code == code


def test_status_check_after_a_held_run(school: Path, held: str) -> None:
    """A held profile is code 4, and the hash of the audit is in the status."""
    ran = command("status", "--check", "--format", "json")

    line = (school / "state" / "audit.jsonl").read_bytes().splitlines()[-1]
    assert (ran.exit_code, ran.json["audit"]) == (4, hashlib.sha256(line).hexdigest())
    assert held in command("status").out


def test_a_damaged_newest_generation_waives_no_gate(school: Path, held: str) -> None:
    """The older one that takes its place as a baseline is not published again as if the output had been edited."""
    assert approve(held).exit_code == 0
    write(school, 20)
    assert run(2).exit_code == 4  # nine of eleven come back: growth
    newest = school / "state" / "profiles" / "Seniors" / "2" / "users.csv"
    newest.write_bytes(newest.read_bytes() + b"x")
    before = output(school)

    ran = run(2)

    assert len(ran.logs("generation.ignored")) == 1
    assert seniors(ran)["outcome"] == "held"
    assert output(school) == before


def test_a_restore_whose_status_cannot_be_written_stays_pinned(school: Path) -> None:
    """The set is out, so the profile is pinned, and the code says that something did not work."""
    write(school, 21)
    assert run(1).exit_code == 0
    for name in (".status.json.new", ".status.json.new2"):
        (school / "state" / name).mkdir()

    ran = command("restore", "Seniors", "1")

    assert (ran.exit_code, len(ran.logs("status.failed"))) == (6, 1)
    assert "published as generation 3" in ran.out
    (school / "state" / ".status.json.new").rmdir()
    assert seniors(run(2))["outcome"] == "held"
    assert command("status", "--format", "json").json["profiles"][0]["published"]["generation"] == 3


def test_a_plan_after_a_crash_touches_nothing(school: Path) -> None:
    """A publication that was interrupted is completed by the next run, not by a look; no line is written into one."""
    status = (school / "state" / "status.json").read_bytes()
    write(school, 21)
    assert run(1).exit_code == 0
    folder = school / "state" / "profiles" / "Seniors"
    (folder / "2").rename(folder / "2.pending")
    file = school / "state" / "audit.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    (school / "state" / "status.json").write_bytes(status)
    before = everything(school)

    assert seniors(command("plan", "--format", "json"))["outcome"] == "unchanged"

    assert everything(school) == before
    ran = run(2)
    assert (ran.exit_code, seniors(ran)["outcome"]) == (0, "unchanged")
    assert [path.name for path in sorted(folder.iterdir())] == ["1", "2"]
    assert [line["event"] for line in audit(school)] == ["published", "published"]


def test_a_lost_line_is_found_after_the_next_run_too(school: Path) -> None:
    """A run goes on after lines are lost, and `verify` still says so."""
    write(school, 21)
    assert run(1).exit_code == 0
    file = school / "state" / "audit.jsonl"
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])

    ran = run(2)

    assert (ran.exit_code, len(ran.logs("audit.repaired"))) == (0, 1)
    verified = command("audit", "verify")
    assert verified.exit_code == 1
    assert "line 2: before it, lines were lost or changed" in verified.out


def test_an_old_output_does_not_shorten_what_is_kept(school: Path) -> None:
    """The 90 days of a profile without a file begin when its file is missed, not when its output moved."""
    install(school, SETTINGS, seniors=SENIORS.replace("csv/Seniors", "csv/New"))
    assert run(1).exit_code == 0
    kept = school / "state" / "profiles" / "Seniors"
    record = json.loads((kept / "abandoned.json").read_text(encoding="utf-8"))
    record["folders"][0]["since"] = "2026-01-01"
    (kept / "abandoned.json").write_text(json.dumps(record), encoding="utf-8")
    install(school, SETTINGS, other='name = "Other"\noutput = "csv/Other"\nyear_groups = [9]\n')
    (school / "profiles.d" / "seniors.toml").unlink()

    ran = run(2)

    assert [line["output"] for line in ran.logs("profile.abandoned")] == [str(school / "csv" / "New")]
    assert (kept / "1" / "manifest.json").exists()


def test_leavers_are_seen_although_as_many_join(school: Path) -> None:
    """The table of a run has what comes and what goes, not the difference alone."""
    numbers = [*range(602, 621), 650]
    text = document(
        pupils="".join(map(pupil, numbers)) + pupil(503, year="3"),
        rows="".join(row(PHYSICS, number) for number in numbers),
    )
    (school / "hartley.xml").write_text(text, encoding="utf-8")

    ran = command("run-all", "--today", str(DAY))

    assert ran.exit_code == 0
    assert "+1 -1 users, +1 -1 enrollments" in ran.out
