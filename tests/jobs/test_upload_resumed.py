"""A validation that one run asked for and another one looks at: whose it is, and how long it is waited for."""

import uuid
from dataclasses import replace
from datetime import timedelta

from sdssync.publish.uploads import UploadOutcome, UploadRecord
from tests.support.fake_graph.faults import Drop, Status
from tests.support.fake_graph.world import Operation, Outcome
from tests.support.uploads import Handing


def long_ago(handing: Handing, hours: int) -> None:
    """Move what is under way into the past."""
    record = UploadRecord(handing.folder / "state")
    assert handing.known.attempt
    since = handing.known.attempt.since - timedelta(hours=hours)
    record.keep_profile(replace(handing.known, attempt=replace(handing.known.attempt, since=since)))


def not_ended(handing: Handing) -> None:
    """Publish and hand over a set of which SDS does not end the validation."""
    handing.microsoft.app.permissions.discard("IndustryData-DataConnector.Upload")
    assert handing.run().exit_code == 7
    handing.microsoft.app.permissions.add("IndustryData-DataConnector.Upload")
    handing.microsoft.switches.outcome = Outcome(never_ends=True)
    assert "has not ended the validation" in str(handing.upload().error)
    assert len(handing.microsoft.finished) == 1


def test_the_validation_of_someone_else(handing: Handing) -> None:
    """A set that someone validated hours later by other means is not taken for ours, which never arrived."""
    handing.microsoft.script(Drop.BEFORE, of="validate")
    assert handing.run().exit_code == 7
    world = handing.microsoft.world
    theirs = Operation(str(uuid.uuid4()), world.connectors[0], world.now() + 10_800, ("users.csv",), Outcome(), 0)
    world.operations.append(theirs)

    assert handing.upload().outcome is UploadOutcome.UPLOADED
    assert [set(finished.files) for finished in handing.microsoft.finished] == [set(handing.published)]


def test_one_of_two(handing: Handing) -> None:
    """Of two validations of the same minute it is not known whose is whose: the set is sent again."""
    handing.microsoft.script(Drop.BEFORE, of="validate")
    assert handing.run().exit_code == 7
    world = handing.microsoft.world
    world.operations += [
        Operation(str(uuid.uuid4()), world.connectors[0], world.now(), ("users.csv",), Outcome(), 0) for _ in range(2)
    ]

    assert handing.upload().outcome is UploadOutcome.UPLOADED
    assert len(handing.microsoft.finished) == 1


def test_the_night_after(handing: Handing) -> None:
    """A run that comes a little more than a day later still asks for the validation, and sends nothing."""
    not_ended(handing)
    long_ago(handing, 25)
    handing.microsoft.world.operations[0].outcome = Outcome()

    assert handing.upload().outcome is UploadOutcome.UPLOADED
    assert len(handing.microsoft.finished) == 1


def test_two_days_later(handing: Handing) -> None:
    """A validation that never ends is given up, and the set goes again."""
    not_ended(handing)
    long_ago(handing, 49)
    handing.microsoft.switches.outcome = Outcome()

    assert handing.upload().outcome is UploadOutcome.UPLOADED
    assert len(handing.microsoft.finished) == 2


def test_details_that_are_no_list(handing: Handing) -> None:
    """An answer that is not as documented is not a bug in sdssync."""
    error = '{"code": "HeaderMissing", "message": "no header", "target": "users.csv", "details": 5}'
    body = f'{{"status": "succeeded", "errors": [{error}]}}'
    handing.microsoft.script(Status(200, {"Content-Type": "application/json"}, body), of="operation")

    assert handing.run("--format", "json").exit_code == 7
    assert handing.known.last
    assert handing.known.last.errors == 1
