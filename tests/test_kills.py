"""A run or an approval is killed at any moment, or three come at once: the set is whole, and the next run goes on."""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.faults import Sets, names_of, sets_of
from tests.support.installation import SENIORS, install
from tests.support.processes import SECONDS, started
from tests.support.runs import Ran, command
from tests.support.scenarios import NEXT_RUN, write_document

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@contextmanager
def victim(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command line in a process of its own, and wait until it begins to work."""
    line = [sys.executable, "-m", "tests.support.victim", str(folder), *arguments]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"ready"
        try:
            yield process
        finally:
            process.kill()


def published(folder: Path) -> None:
    """Publish a set, in the current folder."""
    install(folder, seniors=SENIORS)
    write_document(folder, pupils=12)
    assert command(*NEXT_RUN).exit_code == 0


def one_more_pupil(folder: Path) -> tuple[str, ...]:
    """Return the command line that publishes a set with one more pupil than the last one."""
    published(folder)
    write_document(folder, pupils=13)
    return NEXT_RUN


def held(folder: Path) -> tuple[str, ...]:
    """Return the command line that approves a set with far fewer pupils, which is held."""
    published(folder)
    write_document(folder, pupils=5)
    assert command(*NEXT_RUN).exit_code == 4
    [profile] = command("status", "--format", "json").json["profiles"]
    return "approve", "Seniors", profile["held"]["plan_id"], "--today", "2026-09-01"


@dataclass
class Hunt:
    """One command killed again and again, each time in the same situation."""

    folder: Path
    arguments: tuple[str, ...]
    before: Sets
    after: Sets
    names: frozenset[str]
    """What may be in the folder once a run has put things right."""
    span: float
    """Seconds that the command takes."""
    seed: int = field(default_factory=lambda: random.SystemRandom().getrandbits(32))
    left: Counter[str] = field(default_factory=Counter)
    """How often a kill left the old set and how often the new one, with or without files to clean up."""

    @classmethod
    def of(cls, folder: Path, prepare: Callable[[Path], tuple[str, ...]]) -> "Hunt":
        """Prepare the situation, and see what the command does when no one kills it."""
        arguments = prepare(folder)
        before, names = sets_of(folder), names_of(folder)
        shutil.copytree(folder, folder.with_name("prepared"))
        with victim(folder, *arguments) as process:
            start = time.monotonic()
            assert process.stdout
            while (line := process.stdout.readline().strip()) != b"done":
                assert line or process.poll() is None
            span = time.monotonic() - start
            process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        after, names = sets_of(folder), names | names_of(folder)
        assert command(*NEXT_RUN).exit_code == 0
        return cls(folder, arguments, before, after, names | names_of(folder), span)

    def kill(self, number: int) -> list[str]:
        """Kill the command at a moment that chance decides; return what is wrong then, and after the next run."""
        for child in self.folder.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        shutil.copytree(self.folder.with_name("prepared"), self.folder, dirs_exist_ok=True)
        with victim(self.folder, *self.arguments) as process:
            # longer than it took the first time: the machine may be slower now
            time.sleep(random.Random(self.seed + number).uniform(0, 2 * self.span))  # noqa: S311  (moments, no secrets)
            process.kill()
            process.communicate(timeout=SECONDS)
        sets = sets_of(self.folder)
        leftovers = " and files to clean up" * any("/." in f"/{name}" for name in names_of(self.folder))
        self.left[("new set" if sets == self.after else "old set") + leftovers] += 1
        return [] if sets in (self.before, self.after) and self.goes_on() else [f"kill {number}: {self.describe()}"]

    def goes_on(self) -> bool:
        """Return whether the next run, and the command given again if its set is held, publish the new set."""
        ran = command(*NEXT_RUN)
        if ran.exit_code == 4 and sets_of(self.folder) == self.before:
            ran = command(*self.arguments)
        is_right = ran.exit_code == 0 and sets_of(self.folder) == self.after
        return is_right and names_of(self.folder) <= self.names and command("audit", "verify").exit_code == 0

    def describe(self) -> str:
        """Return what is in the folder, beyond what may be there."""
        lines = {name: {file: data.count(b"\n") for file, data in files.items()} for name, files in
                 sets_of(self.folder).items()}  # fmt: skip
        return f"sets {lines}, too much {sorted(names_of(self.folder) - self.names)}"


KILLS = [pytest.param(5, id="5 kills"), pytest.param(100, id="100 kills", marks=pytest.mark.torture)]


@pytest.mark.parametrize("prepare", [one_more_pupil, held], ids=["publication", "approval"])
@pytest.mark.parametrize("kills", KILLS)
def test_killed_at_any_moment(here: Path, prepare: Callable[[Path], tuple[str, ...]], kills: int) -> None:
    """The old set or the new one is there, whole; the next run publishes or holds, and the audit is unbroken."""
    hunt = Hunt.of(here, prepare)

    violations = [violation for number in range(kills) for violation in hunt.kill(number)]

    left = ", ".join(f"{what} {number}" for what, number in hunt.left.most_common())
    sys.stdout.write(f"\n{kills} kills within {hunt.span:.2f} s, seed {hunt.seed}: left {left}\n")
    assert violations == [], f"seed {hunt.seed}"


@pytest.mark.parametrize("rounds", [1, pytest.param(10, id="10", marks=pytest.mark.torture)])
def test_three_runs_at_once(here: Path, rounds: int) -> None:
    """One has the lock and publishes; another ends with 5, or finds the set unchanged later."""
    published(here)
    for number in range(rounds):
        write_document(here, pupils=13 + number % 2)
        with ExitStack() as stack:
            running = [stack.enter_context(started(*NEXT_RUN, folder=here)) for _ in range(3)]
            ended = [(process, *process.communicate(timeout=SECONDS * 2)) for process in running]
        runs = [Ran(exit_code=process.returncode, out=out.decode(), err=err.decode()) for process, out, err in ended]

        codes = {int(ran.exit_code) for ran in runs}
        assert (codes - {0, 5}, 0 in codes) == (set(), True), runs
        assert len((here / "csv" / "Seniors" / "users.csv").read_bytes().splitlines()) == 1 + 14 + number % 2
        assert [path.name for path in (here / "csv").iterdir()] == ["Seniors"]
