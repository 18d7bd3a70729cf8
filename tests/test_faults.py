"""The disk fails, or a kill comes, at every call that a command makes: the old or the new set is whole, always."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.faults import explore, try_all
from tests.support.forked import workers
from tests.support.needs import needs_strace
from tests.support.scenarios import NEXT_RUN, SCENARIOS, fresh
from tests.support.strace import READS, WRITES, Call, calls_in, trace_option

pytestmark = [pytest.mark.slow, needs_strace]

every_scenario = pytest.mark.parametrize("name", SCENARIOS)


def try_scenario(name: str, base: Path, *, reads: bool = False, sample: int | None = None) -> None:
    """Try a scenario, print what was tried, and fail at each violation."""
    with workers(2 if sample else None) as pool:
        scenario = SCENARIOS[name]
        report = try_all(pool, scenario, base, reads=reads, sample=sample)
    sys.stdout.write(f"{report}\n")
    assert report.faults.total() >= (sample or 100)
    assert report.violations == [], f"{len(report.violations)} violations"


def calls_of_a_started_process(base: Path) -> list[tuple[str, str]]:
    """Trace `python -m sdssync`, started by strace, in the publication; what it writes; in a worker."""
    folder = fresh(SCENARIOS["publication"], base)
    trace = folder.with_name("trace")
    line = ["strace", "-f", "-y", "-s", "0", "-o", str(trace), "-e", trace_option({*WRITES, *READS})]
    line += [sys.executable, "-m", "sdssync", *NEXT_RUN]
    subprocess.run(line, cwd=folder, capture_output=True, check=True)
    return [(call.name, call.text) for call in calls_in(trace, folder) if not call.only_reads]


def test_a_forked_process_does_what_a_started_one_does(tmp_path: Path) -> None:
    """The same calls in the same order, so that a fault in one is a fault in the other."""
    with workers(1) as pool:
        started = pool.submit(calls_of_a_started_process, tmp_path).result()
        reference = pool.submit(explore, "publication", tmp_path).result()

    assert [(call.name, call.text) for call in reference.calls if not call.only_reads] == started


@pytest.mark.torture
@every_scenario
def test_every_call_that_writes_may_fail(tmp_path: Path, name: str) -> None:
    """Each write, flush, rename, new name or removal may fail or be the last: the next run puts everything right."""
    try_scenario(name, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("name", ["publication", "approval", "restore", "release"])
def test_every_call_that_reads_may_fail(tmp_path: Path, name: str) -> None:
    """What cannot be read for a moment is not taken for absent."""
    try_scenario(name, tmp_path, reads=True)


@pytest.mark.parametrize("reads", [False, True], ids=["writes", "reads"])
def test_a_few_calls_may_fail(tmp_path: Path, *, reads: bool) -> None:
    """The same with a dozen faults, so that what tries them is tried itself."""
    try_scenario("publication", tmp_path, reads=reads, sample=12)


def test_the_removal_of_a_generation_may_fail(tmp_path: Path) -> None:
    """Wherever the removal of an outdated set stops, the next run completes it: nothing of it is kept for good."""
    with workers(2) as pool:
        report = try_all(pool, SCENARIOS["retention"], tmp_path, only=removes_generation)

    assert report.faults.total() >= 20
    assert report.violations == []


def removes_generation(call: Call) -> bool:
    """Return whether a call removes something that was published."""
    return call.name in {"unlink", "unlinkat", "rmdir"} and "state/profiles/" in call.text and "held" not in call.text
