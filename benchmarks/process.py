"""
What a process costs: processor time and peak memory, as the operating system counts them.

POSIX only (`os.wait4`). Processor time and not the clock, so that other work on the machine matters little.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Linux counts the peak in kibibytes, macOS in bytes (getrusage)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one process cost."""

    cpu: float
    """Seconds, user and system."""
    elapsed: float
    """Seconds by the clock: only where a process waits for another one, for other work on the machine adds to it."""
    peak: float
    """Megabytes (10^6 bytes) of resident memory. A child inherits its parent's peak, so the parent must stay small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command to measure; what is in `fresh` is removed before each run, what is in `makes` must be there after."""

    command: Sequence[str | Path]
    fresh: tuple[Path, ...] = ()
    makes: tuple[Path, ...] = ()


class JobError(Exception):
    """A measured command failed, so its figures would mean nothing."""


def python(*arguments: str | Path) -> tuple[str | Path, ...]:
    """Build the command of a process under this interpreter."""
    return (sys.executable, *arguments)


def medians(rounds: int, jobs: Mapping[str, Job], *, tries: int = 1) -> dict[str, Usage]:
    """
    Run every job once a round and take the medians.

    By turns rather than one after the other, so that a slower machine slows all of them. Of several tries in a round
    the least counts: whatever disturbs a process only adds to its time.
    """
    runs: dict[str, list[Usage]] = {name: [] for name in jobs}
    for _ in range(rounds):
        turns = [{name: measure(job) for name, job in jobs.items()} for _ in range(tries)]
        for name in jobs:
            runs[name].append(min((turn[name] for turn in turns), key=lambda usage: usage.cpu))
    return {
        name: Usage(
            cpu=statistics.median(usage.cpu for usage in usages),
            elapsed=statistics.median(usage.elapsed for usage in usages),
            peak=statistics.median(usage.peak for usage in usages),
        )
        for name, usages in runs.items()
    }


def _environment() -> dict[str, str]:
    """Return an environment in which Python keeps bytecode, as it does for an installed program."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(job: Job) -> Usage:
    """Run the job once; raise JobError when it fails or leaves nothing where it should have."""
    for folder in job.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(
            job.command, env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # for Popen, which has not seen the end
        if process.returncode != 0:
            output.seek(0)
            tail = output.read().decode("utf-8", "replace")[-2000:]
            raise JobError(f"exit code {process.returncode} of {' '.join(map(str, job.command))}\n{tail}")
    missing = [str(path) for path in job.makes if not path.exists()]
    if missing:
        raise JobError(f"{' '.join(map(str, job.command))} did not make {', '.join(missing)}")
    return Usage(cpu=usage.ru_utime + usage.ru_stime, elapsed=elapsed, peak=usage.ru_maxrss * RSS_UNIT / 1e6)
