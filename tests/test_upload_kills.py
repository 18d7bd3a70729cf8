"""A hand-over is killed while each of its requests in turn is under way: the next run goes on where it was."""

import time
from collections.abc import Callable

import pytest

from tests.support.fake_graph.faults import Delay, Faults
from tests.support.processes import SECONDS, started
from tests.support.runs import command
from tests.support.upload_failures import STARTING_A_RUN
from tests.support.upload_story import faults_of_the_end
from tests.support.uploads import DAY, Handing

pytestmark = pytest.mark.slow

MOMENT = 0.6
"""Seconds that the request to be killed takes; a machine too slow for that kills a later one."""
REQUESTS = 22
"""Of a hand-over of five files that starts a run."""


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def kill(handing: Handing, number: int, *arguments: str) -> None:
    """Start a command, and kill it while one of its requests is under way, which the server still processes."""
    microsoft = handing.microsoft
    microsoft.script(Delay(MOMENT), nth=number)
    with started(*arguments, folder=handing.folder) as running:
        wait_until(lambda: len(microsoft.requests) >= number)
        running.kill()
        running.communicate(timeout=SECONDS)
    wait_until(lambda: all(recorded.is_over for recorded in microsoft.requests))
    microsoft.world.faults = Faults()


def test_number_of_requests(handing: Handing) -> None:
    """The kills below miss none of the requests."""
    handing.write(STARTING_A_RUN)

    assert handing.uploaded().exit_code == 0

    assert len(handing.microsoft.requests) == REQUESTS


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_upload_is_killed(handing: Handing, number: int) -> None:
    """What is published stays byte for byte, and SDS gets it once."""
    handing.write(STARTING_A_RUN)
    before = handing.published

    kill(handing, number, "upload")

    assert handing.published == before
    assert list(faults_of_the_end(handing, starts_run=True)) == []


@pytest.mark.parametrize("number", [1, 5, 20, 21])
def test_run_is_killed(handing: Handing, number: int) -> None:
    """A run that is killed in its hand-over has published before; the next one goes on with the hand-over alone."""
    before = handing.published

    kill(handing, number, "run-all", "--today", DAY)

    ran = command("run-all", "--today", DAY, "--format", "json")
    assert ran.exit_code == 0, ran.err
    [profile] = ran.json["profiles"]
    assert (profile["outcome"], profile["upload"]["outcome"]) == ("unchanged", "uploaded")
    assert handing.published == before
    assert list(faults_of_the_end(handing, starts_run=False)) == []
