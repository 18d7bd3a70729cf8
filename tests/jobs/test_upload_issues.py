"""What SDS's errors are about: for the screen people and classes, for every file and message that leaves it neither."""

import json
from datetime import UTC, datetime

from sdssync.config.installation import load
from sdssync.graph.statement import MOST_ISSUES
from sdssync.jobs.history import read_current_status
from sdssync.report.notification import message_lines
from tests.support.fake_graph.faults import Status
from tests.support.fake_graph.world import Outcome, PublicError
from tests.support.runs import command
from tests.support.uploads import Handing


def cells(handing: Handing, file: str, line: int) -> dict[str, str]:
    """Return a line of a published file by column; none of these has a comma within a cell."""
    lines = handing.published[file].decode("utf-8-sig").splitlines()
    return dict(zip(lines[0].split(","), lines[line - 1].split(","), strict=True))


def refuse(handing: Handing, *errors: PublicError) -> None:
    """Let SDS find errors in what it gets."""
    handing.microsoft.switches.outcome = Outcome(errors=errors)


def test_people_and_classes(handing: Handing) -> None:
    """A line of a file leads to the person and to the title of the class, in JSON and on the screen."""
    enrollment = cells(handing, "enrollments.csv", 2)
    titles = [cells(handing, "classes.csv", line) for line in range(2, 30)]
    [title] = [row["title"] for row in titles if row["sourcedId"] == enrollment["classSourcedId"]]
    refuse(
        handing,
        PublicError("InvalidEnrollment", "Row 2 of the file is wrong.", "enrollments.csv"),
        PublicError("InvalidClass", "Row 3 of the file is wrong.", "classes.csv"),
        PublicError("InvalidClass", "Row 99999 of the file is wrong.", "classes.csv"),
    )

    first, second, third = handing.uploaded().json["profiles"][0]["errors"]

    assert (first["people"], first["classes"]) == ([enrollment["userSourcedId"]], [title])
    assert (second["people"], second["classes"]) == ([], [cells(handing, "classes.csv", 3)["title"]])
    assert (third["people"], third["classes"]) == ([], [])
    shown = command("upload").out.splitlines()
    assert shown[0] == "School: SDS refuses generation 1: 3 errors"
    assert shown[1].startswith("  error InvalidEnrollment: enrollments.csv, line 2: Row 2 of the file is wrong. [")
    assert shown[1].endswith(f", {title}]")
    assert shown[3] == "  error InvalidClass: classes.csv, line 99999: Row 99999 of the file is wrong."


def test_many(handing: Handing) -> None:
    """The screen has the first of many errors, JSON all of them."""
    refuse(handing, *(PublicError("Invalid", f"Row {line} is wrong.", "users.csv") for line in range(2, 32)))

    shown = command("upload").out

    assert shown.count("  error Invalid: users.csv, line") == 20
    assert "and 10 more: --format json lists them" in shown
    assert len(handing.uploaded().json["profiles"][0]["errors"]) == 30


def test_more_than_anyone_reads(handing: Handing) -> None:
    """Details of details are bounded: the log and the result have the first hundred."""
    item = {
        "code": "Invalid",
        "message": "Row 2 is wrong.",
        "target": "users.csv",
        "details": [{"code": "Invalid"}] * 80,
    }
    body = json.dumps({"status": "failed", "errors": [item] * 3, "warnings": []})
    handing.microsoft.script(Status(200, {"Content-Type": "application/json"}, body), of="operation")

    ran = handing.uploaded()

    [event] = ran.logs("upload.refused")
    assert len(event["errors"]) == len(ran.json["profiles"][0]["errors"]) == MOST_ISSUES


def test_words_that_quote_a_pupil(handing: Handing) -> None:
    """What SDS quotes of a pupil is on the screen, and not in the log, the state folder or a notification."""
    address = cells(handing, "users.csv", 2)["username"]
    private = (address, "Perpetua Quillfeather")
    refuse(handing, PublicError("InvalidUser", f"Row 2: {private[0]} ({private[1]}) is wrong.", "users.csv"))

    ran = handing.uploaded()

    [error] = ran.json["profiles"][0]["errors"]
    assert all(word in error["message"] for word in private)
    status = read_current_status(load(handing.folder / "sdssync.toml").school)
    state = [(handing.folder / "state" / name).read_text("utf-8") for name in ("status.json", "uploads.json")]
    log = (handing.folder / "sdssync.log").read_text("utf-8")
    places = (ran.err, log, *state, *message_lines("School", "A test", status, datetime.now(UTC)))
    assert [word for word in private for place in places if word in place] == []
