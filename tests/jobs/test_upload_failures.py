"""Each way in which a hand-over can fail: its words and exit code, what is kept of it, and what the next run does."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from time import time

import pytest

from sdssync.config.installation import load
from sdssync.jobs.history import read_current_status
from sdssync.publish.uploads import UploadOutcome, UploadRecord, read_uploads
from sdssync.report.notification import message_lines
from tests.support.fake_graph.faults import GATEWAY_TIMEOUT, Drop, Status, throttled
from tests.support.fake_graph.world import Connector, Location, Outcome, PublicError, SessionUrl
from tests.support.runs import Ran, command
from tests.support.upload_failures import (
    FAILURES,
    GOOD_CERTIFICATES,
    STARTING_A_RUN,
    Failure,
    both,
    by_id,
    meets,
    on_service_alone,
    profile,
    switches,
)
from tests.support.upload_page import is_explained
from tests.support.uploads import CONNECTOR, DAY, SCHOOL, Handing


def assert_well_behaved(handing: Handing) -> None:
    """Check that the fake saw a correct client, which kept the pauses and showed no secret to the wrong server."""
    microsoft = handing.microsoft
    assert (microsoft.violations, microsoft.leaks) == ([], [])
    assert [gap for gap in microsoft.world.records.poll_gaps if gap < 5] == []
    assert not any(recorded.kind == "elsewhere" for recorded in microsoft.requests)


def assert_handed_over(handing: Handing, ran: Ran, times: int = 1) -> None:
    """Check that SDS has the published set, that the record says so, and how often SDS got a set in all."""
    assert ran.exit_code == 0, ran.err
    assert [profile["outcome"] for profile in ran.json["profiles"]] in (["uploaded"], ["unchanged"])
    finished = handing.microsoft.finished
    assert len(finished) == times
    assert finished[-1].files == handing.published
    known = handing.known
    assert (known.attempt, len(known.done)) == (None, 1)
    assert known.last
    assert (known.last.outcome, known.last.exit_code) == (UploadOutcome.UPLOADED, 0)
    assert_well_behaved(handing)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_failure(handing: Handing, failure: Failure) -> None:
    """It has its words and its code, the record knows how far it came, and the next run completes it."""
    failure.arrange(handing)
    before = handing.published

    ran = handing.uploaded()

    assert ran.exit_code == failure.code
    [event] = ran.logs(failure.event)
    assert failure.words in event["error"]
    assert failure.hint in event["hint"]
    assert is_explained(event["error"]), event["error"]
    assert event["exit_code"] == failure.code
    known = handing.known
    assert (known.attempt.stage if known.attempt else None) is failure.stage
    assert known.last
    assert (known.last.outcome, known.last.exit_code) == (failure.outcome, failure.code)
    assert len(handing.microsoft.finished) == failure.finished
    assert_well_behaved(handing)
    assert handing.published == before

    handing.clock.sleep(60)
    failure.cure(handing)

    assert_handed_over(handing, handing.uploaded(), failure.finished_next)


def by_date(handing: Handing) -> None:
    """Let the server name the moment from which it answers again."""
    moment = formatdate(time() + 30, usegmt=True)
    handing.microsoft.script(throttled(moment), of="connectors")


def trusted(handing: Handing) -> None:
    """Let SDS keep operations on a server of its own, which the administrator has entered."""
    on_service_alone(handing)
    handing.write(settings='trusted_hosts = ["localhost"]')


DETOURS = {
    "throttled for some seconds": (meets(throttled("7"), "connectors"), [7.0]),
    "throttled with a date": (by_date, None),
    "throttled without a time": (meets(throttled(), "connectors"), [1.5]),
    "throttled at the login": (meets(throttled("3"), "token"), [3.0]),
    "throttled at a piece": (meets(throttled("3"), "append"), [3.0]),
    "throttled at the validation": (meets(throttled("3"), "validate"), [3.0]),
    "throttled at the start of a run": (both(profile(STARTING_A_RUN), meets(throttled("3"), "start")), [3.0]),
    "throttled at a poll": (meets(throttled("7"), "operation"), [7.0]),
    "three times 503": (meets(Status(503), "session", 3), [1.5, 3.0, 6.0]),
    "500 at a piece": (meets(Status(500), "append"), []),
    "HTML of a gateway": (meets(GATEWAY_TIMEOUT, "connectors"), [1.5]),
    "HTML of a gateway at a poll": (meets(GATEWAY_TIMEOUT, "operation"), [5.0]),
    "a token that is refused once": (meets(Status(401), "session"), []),
    "a token that is refused at a poll": (meets(Status(401), "operation"), [5.0]),
    "a session that ends at a flush": (meets(Status(403), "flush"), []),
    "a session that ends at a piece": (meets(Status(403), "append"), []),
    "a container that is gone": (meets(Status(404), "create"), []),
    "the answer to the validation is lost": (meets(Drop.AFTER, "validate"), []),
    "the answer to the validation is halved": (meets(Drop.HALFWAY, "validate"), []),
    "the answer to the start of a run is lost": (both(profile(STARTING_A_RUN), meets(Drop.AFTER, "start")), []),
    "polls before the end": (switches(polls_before_end=3), [5.0, 5.0, 5.0]),
    "a time to wait before the first poll": (switches(retry_after="17"), [17.0]),
    "a relative Location": (switches(location=Location.RELATIVE), []),
    "a Location elsewhere, but Graph knows it": (switches(location=Location.SERVICE), []),
    "a Location elsewhere that is trusted": (trusted, []),
    "a session that names the host alone": (switches(session_url=SessionUrl.HOST), []),
    "a connector by its id": (by_id, []),
    "a connector in other letters": (profile('connector = "HARTLEY csv"'), []),
}


@pytest.mark.parametrize("detour", DETOURS)
def test_detour(handing: Handing, detour: str) -> None:
    """What passes by itself is waited for, as long as the server asks, and the set is handed over once."""
    arrange, waits = DETOURS[detour]
    arrange(handing)

    ran = handing.uploaded()

    assert_handed_over(handing, ran)
    if waits is None:
        [wait] = handing.clock.waits
        assert 28 <= wait <= 31
    else:
        assert handing.clock.waits == waits
    retried = ran.logs("upload.retried")
    assert [event["wait_seconds"] for event in retried] == handing.clock.waits[: len(retried)]
    assert len(handing.microsoft.world.records.run_starts) <= 1


@pytest.mark.parametrize("form", GOOD_CERTIFICATES)
def test_certificate(handing: Handing, form: str) -> None:
    """A certificate does what a secret does, with or without a password."""
    GOOD_CERTIFICATES[form](handing)

    ran = handing.uploaded()

    assert_handed_over(handing, ran)
    [fields] = handing.microsoft.world.records.token_requests
    assert set(fields) == {"client_id", "scope", "grant_type", "client_assertion_type", "client_assertion"}


def test_no_msal(handing: Handing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, a certificate is a mistake with its remedy, and nothing is asked of Microsoft."""
    GOOD_CERTIFICATES["PEM"](handing)
    monkeypatch.setitem(sys.modules, "msal", None)
    monkeypatch.setitem(sys.modules, "msal.oauth2cli", None)

    ran = handing.uploaded()

    assert ran.exit_code == 2
    [event] = ran.logs("upload.failed")
    assert event["error"] == "[upload] certificate_file needs MSAL, which is not installed"
    assert (
        event["hint"] == "install it next to sdssync: python -m pip install msal; or use a client secret: secret_file"
    )
    assert handing.microsoft.requests == []


def test_errors_of_a_validation_that_succeeded(handing: Handing) -> None:
    """The errors decide, not the status; the log has code, file and line, the result the words and the person."""
    error = PublicError("InvalidRole", "Row 2 of the file is wrong.", "roles.csv")
    handing.microsoft.switches.outcome = Outcome(errors=(error,))

    ran = handing.uploaded()

    assert ran.exit_code == 7
    [event] = ran.logs("upload.refused")
    assert (event["errors"], event["exit_code"]) == (["InvalidRole roles.csv:2"], 7)
    [shown] = ran.json["profiles"][0]["errors"]
    person = handing.published["roles.csv"].splitlines()[1].split(b",")[0].decode()
    assert (shown["message"], shown["people"]) == ("Row 2 of the file is wrong.", [person])
    known = handing.known
    assert (known.attempt, known.done) == (None, ())
    assert known.last
    assert (known.last.outcome, known.last.exit_code, known.last.errors) == (UploadOutcome.FAILED, 7, 1)
    handing.microsoft.switches.outcome = Outcome()
    assert_handed_over(handing, handing.uploaded(), 2)


def test_a_failure_of_the_status_without_errors_and_with_them(handing: Handing) -> None:
    """A validation that failed is refused with its errors, whatever their codes are."""
    handing.microsoft.switches.outcome = Outcome(status="failed", errors=(PublicError("no word at all", "Broken."),))

    ran = handing.uploaded()

    [event] = ran.logs("upload.refused")
    assert (ran.exit_code, event["errors"]) == (7, ["unknown"])


def test_no_more_than_five_runs_in_twelve_hours(handing: Handing) -> None:
    """The sixth set is handed over, and SDS takes it in by itself; the limit is never asked for."""
    handing.write(STARTING_A_RUN)
    record = UploadRecord(handing.folder / "state")
    now = datetime.now(UTC)
    record.keep(replace(record.now, starts=tuple(now - timedelta(hours=hours) for hours in (13, 11, 5, 4, 3, 2))))

    ran = handing.uploaded()

    [event] = ran.logs("upload.started_no_run")
    assert "5 runs have been started within 12 hours" in event["hint"]
    assert ran.json["profiles"][0]["run_started"] is False
    assert_handed_over(handing, ran)
    assert handing.microsoft.world.records.run_starts == []


def test_no_run(handing: Handing) -> None:
    """A run that is refused leaves the set handed over: log, result, status and mail say so, and the code is 7."""
    handing.write(STARTING_A_RUN)
    handing.microsoft.app.permissions.discard("IndustryData-Run.Start")

    ran = handing.uploaded()
    shown = command("upload")

    assert (ran.exit_code, shown.exit_code) == (7, 7)
    assert [len(ran.logs(event)) for event in ("upload.finished", "upload.started_no_run", "upload.failed")] == [
        1,
        1,
        0,
    ]
    [result] = ran.json["profiles"]
    assert (result["outcome"], result["run_started"]) == ("uploaded", False)
    assert "IndustryData-Run.Start" in ran.logs("upload.started_no_run")[0]["hint"]
    words = "SDS has validated generation 1 already; nothing was sent; no run was started: Microsoft refuses"
    assert words in shown.out
    assert "School: generation 1 was handed over to SDS at" in command("status").out
    assert "but no run was started" in command("status").out
    status = read_current_status(load(handing.folder / "sdssync.toml").school)
    mail = "\n".join(message_lines("School", "A test", status, datetime.now(UTC)))
    assert "Generation 1 was handed over to SDS, but no run was started. Try again: sdssync upload School" in mail
    assert len(handing.microsoft.finished) == 1


@pytest.mark.parametrize("step", ["start", "validate"])
def test_what_sds_refuses_does_not_count(handing: Handing, step: str) -> None:
    """The limits are for what SDS has done: however often it refuses, it is asked, and the code stays 7."""
    handing.write(STARTING_A_RUN)
    handing.microsoft.script(Status(400), of=step, times=7)

    codes = [int(handing.uploaded().exit_code) for _ in range(7)]

    assert codes == [7] * 7
    uploads = read_uploads(handing.folder / "state")
    assert (uploads.starts, len(uploads.validations)) == ((), int(step == "start"))
    assert_handed_over(handing, handing.uploaded())


def test_validations_count_for_the_tenant(handing: Handing) -> None:
    """The profiles share the six validations of a day."""
    handing.microsoft.world.connectors.append(Connector("11111111-2222-4333-8444-555555555555", "Second"))
    handing.write(another=f'{ANOTHER}\n[upload]\nconnector = "Second"\n')
    assert command("run-all", "--today", DAY).exit_code == 0

    codes = [int(handing.uploaded(again=True).exit_code) for _ in range(3)]

    assert codes == [0, 0, 7]
    assert len(handing.microsoft.finished) == 6


ANOTHER = SCHOOL.replace("School", "Another").replace("[3, 9]", "[4]")


def test_two_profiles_with_one_connector(handing: Handing) -> None:
    """Named in two ways, the connector gives them away: neither is handed over, for it would remove the other."""
    handing.write(f'connector = "{handing.microsoft.connector.id}"', another=f"{ANOTHER}\n[upload]\n{CONNECTOR}\n")
    publish_all = command("run-all", "--today", DAY)

    ran = handing.uploaded()

    assert (publish_all.exit_code, ran.exit_code) == (7, 7)
    events = ran.logs("upload.failed")
    assert [event["error"] for event in events] == [
        "Another and School name the same connector of SDS: each set would remove the people of the other",
        "School and Another name the same connector of SDS: each set would remove the people of the other",
    ]
    assert all("combined profile" in event["hint"] for event in events)
    assert handing.microsoft.finished == []
    assert_well_behaved(handing)


def test_two_profiles_that_swap_their_connectors(handing: Handing) -> None:
    """What a profile used once is free: what counts is what the profiles name now."""
    microsoft = handing.microsoft
    microsoft.world.connectors.append(Connector("11111111-2222-4333-8444-555555555555", "Second"))
    first, second = f'connector = "{microsoft.connector.id}"', 'connector = "Second"'
    handing.write(first, another=f"{ANOTHER}\n[upload]\n{second}\n")
    assert command("run-all", "--today", DAY).exit_code == 0
    handing.write(second, another=f"{ANOTHER}\n[upload]\n{first}\n")

    ran = handing.uploaded()

    assert ran.exit_code == 0, ran.err
    assert len(microsoft.finished) == 4
    assert_well_behaved(handing)
