"""What a person and a program read about the state of SDS."""

import json
from datetime import UTC, datetime

import pytest

from sdssync.graph.connectors import Connector
from sdssync.publish.uploads import HandedOver
from sdssync.report.sds_status import SdsStatus, sds_status_json, sds_status_lines

NOW = datetime(2026, 11, 30, 3, 10, tzinfo=UTC)
CONNECTOR = Connector("51dca0a0-85f6-4478-f526-08daddab2271", "School CSV")


def status(*, is_trial: bool) -> SdsStatus:
    """Return what SDS says about a profile whose third generation it has."""
    found = HandedOver(generation=3, digest="0", connector=CONNECTOR.id, files=(), is_trial=is_trial, at=NOW)
    return SdsStatus(profile="School", connector=CONNECTOR, validation=None, handed_over=found, runs=(), counts={})


@pytest.mark.parametrize(
    ("is_trial", "line"),
    [
        pytest.param(False, "  generation 3 handed over at 2026-11-30 03:10", id="handed-over"),
        pytest.param(True, "  generation 3 validated at 2026-11-30 03:10, as a trial (validate_only)", id="trial"),
    ],
)
def test_the_last_set(is_trial: bool, line: str) -> None:
    """A trial is not called handed over, neither on the screen nor in the JSON."""
    found = [status(is_trial=is_trial)]

    assert [shown.text for shown in sds_status_lines(found, NOW, 80)][1] == line
    [shape] = json.loads(sds_status_json(found))["profiles"]
    assert shape["handed_over"]["trial"] is is_trial
