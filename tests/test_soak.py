"""
Hundreds of nights with a model of what must be published: it never disagrees, and nothing grows without a bound.

    make soak SEED=7 NIGHTS=500

The same seed gives the same nights; only the moment of a kill is another one.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.forked import forked, workers
from tests.support.needs import TRACES, needs_fork
from tests.support.night_changes import PUPILS, every, in_document, lose
from tests.support.runs import Ran
from tests.support.soak import Soak
from tests.support.soak_faults import DOCUMENT, FAULTS, WITHOUT_STRACE, Fault, Scene, in_peace
from tests.support.soak_installation import Sizes, SoakInstallation

if sys.platform != "win32":
    import resource

pytestmark = needs_fork

SEED = int(os.environ.get("SOAK_SEED", "1"))
NIGHTS = int(os.environ.get("SOAK_NIGHTS", "500"))
BUSY_SEED = 1250
"""Its first 25 nights have a fault of nearly each kind."""
EARLY = 100
"""The nights after which everything has been as large as it may become."""
MOST = 1.5
"""How many times as much the last hundred nights may take."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Runs command lines in forks of a worker."""

    pool: Executor
    folder: Path

    def __call__(self, *arguments: str, strace: Sequence[str] = (), limits: Mapping[str, int] | None = None) -> Ran:
        """Return how a command line ended; limits go by their names in `resource`."""
        numbers = {getattr(resource, name): limit for name, limit in (limits or {}).items()}
        task = self.pool.submit(forked, *arguments, folder=self.folder, strace=strace, limits=numbers)
        return task.result()

    def memory(self) -> int:
        """Return the bytes that the largest of all runs so far has taken."""
        return self.pool.submit(largest_child).result()


def largest_child() -> int:
    """Return the bytes that the largest child of this process has taken."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@dataclass(slots=True)
class Record:
    """What the installation and the runs have taken, night after night."""

    sizes: list[Sizes] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def most_kept(self, nights: slice) -> tuple[int, int]:
        """Return the most bytes and files that the state folder had in some nights."""
        sizes = self.sizes[nights]
        return max(size.state for size in sizes), max(size.files for size in sizes)

    def grown(self, nights: slice) -> tuple[int, int]:
        """Return by how many bytes the log and the audit have grown in some nights."""
        first, *_, last = self.sizes[nights]
        return last.logs - first.logs, last.audit - first.audit

    def line(self, number: int) -> str:
        """Return what there was after a night."""
        size = self.sizes[number]
        return (
            f"state {size.state:,} bytes in {size.files} files, audit {size.audit:,}, log {size.logs:,},"
            f" largest run {self.memory[number] >> 20} MiB"
        )


@contextmanager
def beginning(folder: Path, seed: int) -> Iterator[tuple[Soak, Asking]]:
    """Begin a soak in a folder."""
    with workers(1) as pool:
        ask = Asking(pool, folder)
        faults = FAULTS if TRACES else WITHOUT_STRACE
        yield Soak(installation=SoakInstallation(folder), ask=ask, seed=seed, faults=faults), ask


def spend(here: Path, seed: int, nights: int) -> Record:
    """Spend nights, and print how it goes."""
    record = Record()
    say(f"\nseed {seed}, {nights} nights: make soak SEED={seed} NIGHTS={nights}")
    with beginning(here, seed) as (soak, ask):
        for number in range(nights):
            soak.spend(number)
            record.sizes.append(soak.installation.measure())
            record.memory.append(ask.memory())
            if (number + 1) % 50 == 0:
                soak.verify()
                say(f"night {number + 1}: {len(soak.school.school.pupils)} pupils, {record.line(number)}")
        soak.verify()
        say("faults: " + ", ".join(f"{name} {times}" for name, times in soak.played.most_common()))
        say("profiles: " + ", ".join(f"{what} {times}" for what, times in soak.ended.most_common()))
        say(f"disagreements: 0 in {nights} nights")
    return record


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def without_a_pupil(scene: Scene) -> Ran:
    """Take a pupil out of the document, of which the model is not aware."""
    in_document(lose(PUPILS, every(1000)), Path(DOCUMENT))(scene.folder)
    return in_peace(scene)


@pytest.mark.slow
def test_a_disagreement_is_seen(here: Path) -> None:
    """A pupil whom the program does not publish ends the soak, with the line that repeats the night."""
    with beginning(here, BUSY_SEED) as (soak, _):
        soak.faults = [Fault("a pupil is lost", 1, without_a_pupil)]
        soak.spend(0)

        with pytest.raises(AssertionError, match=rf"make soak SEED={BUSY_SEED} NIGHTS=2\b"):
            soak.spend(1)


@pytest.mark.slow
def test_a_few_nights(here: Path) -> None:
    """In nights of almost every fault, and of a new academic year, the model never disagrees."""
    spend(here, BUSY_SEED, 25)


@pytest.mark.soak
def test_soak(here: Path) -> None:
    """In years of nights the model never disagrees; and state, log, open files and memory have bounds."""
    record = spend(here, SEED, NIGHTS)

    if NIGHTS < 2 * EARLY:
        pytest.skip("too few nights to see what grows")
    early, late = slice(0, EARLY), slice(-EARLY, None)
    grown = (*record.most_kept(late), *record.grown(late), record.memory[-1])
    bounds = (*record.most_kept(early), *record.grown(early), record.memory[EARLY - 1])
    names = ("bytes kept", "files kept", "bytes logged", "bytes audited", "bytes of memory")
    for name, now, before in zip(names, grown, bounds, strict=True):
        say(f"{name}: {before:,} in the first {EARLY} nights, {now:,} in the last: {now / before:.2f} times")
    assert all(now <= MOST * before for now, before in zip(grown, bounds, strict=True))
