"""What gates and decisions mean for the hand-over: SDS gets what is published, and nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdssync.publish.status import read_status
from sdssync.report.notification import message_lines
from tests.support.fake_graph.faults import throttled
from tests.support.runs import Ran, command
from tests.support.scenarios import write_document
from tests.support.uploads import DAY, SCHOOL, VARIABLE, Handing, handing_over

_UPLOAD = "IndustryData-DataConnector.Upload"


@pytest.fixture
def handing(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handing]:
    """An installation that has handed over a set with twenty pupils."""
    write_document(here, 20)
    with handing_over(here) as found:
        monkeypatch.setenv(VARIABLE, found.microsoft.app.secret)
        assert found.run().exit_code == 0
        yield found


def generation(handing: Handing, number: int) -> dict[str, bytes]:
    """Return the files of a generation."""
    folder = handing.folder / "state" / "profiles" / "School" / str(number)
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def hold(handing: Handing) -> str:
    """Let half of the pupils disappear; return the id of the plan that is held."""
    write_document(handing.folder, 10)
    assert handing.run().exit_code == 4
    [profile] = command("status", "--format", "json").json["profiles"]
    plan_id: str = profile["held"]["plan_id"]
    return plan_id


def approve(handing: Handing, name: str = "School") -> Ran:
    """Approve what is held."""
    return command("approve", name, hold(handing), "--today", DAY)


def test_held(handing: Handing) -> None:
    """A held set is not handed over, by a run or by `upload`: SDS has the published one."""
    hold(handing)

    assert command("upload").exit_code == 0

    assert [finished.files for finished in handing.microsoft.finished] == [generation(handing, 1)]


def test_rejected(handing: Handing) -> None:
    """Nor is a set that breaks rules."""
    text = (handing.folder / "hartley.xml").read_text(encoding="utf-8")
    twins = text.replace("7983000000602", "7983000000601")
    assert twins != text
    (handing.folder / "hartley.xml").write_text(twins, encoding="utf-8")

    assert handing.run().exit_code == 1
    assert command("upload").exit_code == 0

    assert len(handing.microsoft.finished) == 1


def test_the_set_before_is_made_up_for(handing: Handing) -> None:
    """When a hand-over failed and the next set is held, the published one is handed over."""
    write_document(handing.folder, 21)
    handing.microsoft.app.permissions.discard(_UPLOAD)
    assert handing.run().exit_code == 7
    handing.microsoft.app.permissions.add(_UPLOAD)

    hold(handing)

    assert [finished.files for finished in handing.microsoft.finished] == [
        generation(handing, 1),
        generation(handing, 2),
    ]


def test_approve(handing: Handing) -> None:
    """An approved set is handed over at once, and the result says so."""
    ran = approve(handing)

    assert ran.exit_code == 0
    assert ran.out.endswith("School: generation 2 handed over to SDS, 5 files\n")
    assert handing.microsoft.finished[-1].files == generation(handing, 2) == handing.published


def test_approve_in_other_letters(handing: Handing) -> None:
    """The name of a profile is the same without regard to case, for the hand-over too."""
    assert approve(handing, "SCHOOL").exit_code == 0

    assert len(handing.microsoft.finished) == 2


def test_approve_whose_hand_over_fails(handing: Handing) -> None:
    """The set is published nevertheless, the code says what is missing, and the next run makes up for it."""
    plan_id = hold(handing)
    handing.microsoft.app.permissions.discard(_UPLOAD)

    ran = command("approve", "School", plan_id, "--today", DAY)

    assert ran.exit_code == 7
    assert handing.published == generation(handing, 2)
    assert len(handing.microsoft.finished) == 1
    handing.microsoft.app.permissions.add(_UPLOAD)
    assert handing.run().exit_code == 0
    assert handing.microsoft.finished[-1].files == generation(handing, 2)


def check() -> int:
    """Return what `status --check` ends with."""
    return int(command("status", "--check", "--today", DAY).exit_code)


def test_check_follows_approve_and_upload(handing: Handing) -> None:
    """A hand-over that fails after a decision shows, and one that succeeds later clears it, also after a run."""
    plan_id = hold(handing)
    handing.microsoft.app.permissions.discard(_UPLOAD)
    assert command("approve", "School", plan_id, "--today", DAY).exit_code == 7
    assert check() == 7
    assert handing.run().exit_code == 7
    assert check() == 7
    handing.microsoft.app.permissions.add(_UPLOAD)
    assert command("upload").exit_code == 0
    assert check() == 0


@pytest.mark.parametrize("change", ["no table", "expired"])
def test_check_of_what_is_no_longer_handed_over(handing: Handing, change: str) -> None:
    """The last failure of a profile that hands over no more does not count for ever."""
    handing.microsoft.app.permissions.discard(_UPLOAD)
    assert command("upload", "--again").exit_code == 7
    assert check() == 7
    file = handing.folder / "profiles.d" / "school.toml"
    expiry = "expires = 2026-08-31\n"
    text = f"{expiry}{file.read_text()}" if change == "expired" else SCHOOL
    file.write_text(text, encoding="utf-8")
    assert check() == 0


def test_restore(handing: Handing) -> None:
    """The old bytes are handed over as the new generation that they are, although SDS had them before."""
    assert approve(handing).exit_code == 0

    ran = command("restore", "School", "1")

    assert ran.exit_code == 0, ran.err
    assert ran.out.splitlines()[-1] == "School: generation 3 handed over to SDS, 5 files"
    assert handing.microsoft.finished[-1].files == generation(handing, 3) == generation(handing, 1)
    assert [done.generation for done in handing.known.done] == [1, 2, 3]
    handing.run()
    assert len(handing.microsoft.finished) == 3


@pytest.mark.parametrize("arguments", ["plan", "run-all --dry-run", "run School --dry-run", "status", "history School"])
def test_what_hands_nothing_over(handing: Handing, arguments: str) -> None:
    """What publishes nothing asks Microsoft for nothing, even if a hand-over is due."""
    write_document(handing.folder, 21)
    handing.microsoft.app.permissions.discard(_UPLOAD)
    assert handing.run().exit_code == 7
    handing.microsoft.app.permissions.add(_UPLOAD)
    write_document(handing.folder, 22)
    requests = len(handing.microsoft.requests)

    assert command(*arguments.split()).exit_code == 0

    assert len(handing.microsoft.requests) == requests
    assert len(handing.microsoft.finished) == 1


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_the_output_folder_is_not_what_is_sent(handing: Handing, change: str) -> None:
    """The generation is sent: an output folder that was changed by hand makes no difference."""
    users = handing.folder / "csv" / "School" / "users.csv"
    users.write_bytes(users.read_bytes() + b"1,x@y.example,,\r\n") if change == "edited" else users.unlink()

    assert command("upload", "--again").exit_code == 0

    assert handing.microsoft.finished[-1].files == generation(handing, 1)


def test_results(handing: Handing) -> None:
    """Run, status and notification say the same about a hand-over that failed, and about the one after it."""
    write_document(handing.folder, 21)
    handing.microsoft.script(throttled("600"), of="session", times=2)
    words = "not handed over to SDS: Microsoft cannot answer the request for an upload session now: status 429"

    failed = handing.run("--format", "json")
    again = handing.run()

    [profile] = failed.json["profiles"]
    upload = profile["upload"]
    assert (failed.exit_code, profile["outcome"]) == (7, "published")
    assert (upload["outcome"], upload["exit_code"], upload["generation"]) == ("failed", 7, 2)
    assert words.removeprefix("not handed over to SDS: ") in upload["why"]
    assert (again.exit_code, f"School: {words}" in again.out) == (7, True)
    assert status_of(handing) == ("failed", 7, 2)
    assert "School: generation 2 was not handed over to SDS" in command("status").out
    assert "Generation 2 was not handed over to SDS. Try again: sdssync upload School" in mail(handing)

    good = handing.run("--format", "json")

    [profile] = good.json["profiles"]
    assert (good.exit_code, profile["outcome"], profile["upload"]["outcome"]) == (0, "unchanged", "uploaded")
    assert status_of(handing) == ("uploaded", 0, 2)
    assert "School: generation 2 handed over to SDS at" in command("status").out
    assert "handed over" not in mail(handing)


def status_of(handing: Handing) -> tuple[str, int, int]:
    """Return what `status` and the JSON of a notification say of the hand-over."""
    [shown] = command("status", "--format", "json").json["profiles"]
    [sent] = json.loads((handing.folder / "state" / "status.json").read_text(encoding="utf-8"))["profiles"]
    assert shown["upload"] == sent["upload"]
    upload = shown["upload"]
    return upload["outcome"], upload["exit_code"], upload["generation"]


def mail(handing: Handing) -> str:
    """Return what a mail would say now."""
    return "\n".join(message_lines("School", "A test", read_status(handing.folder / "state"), datetime.now(UTC)))
