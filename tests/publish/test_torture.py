"""Processes are killed while they publish; readers watch. Nothing is lost, torn, mixed or left over."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sdssync.publish.healing import heal
from tests.support.needs import WINDOWS, needs_exchange
from tests.support.processes import SECONDS
from tests.support.publish_forever import FILES, generation_of

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@contextmanager
def program(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start one of the programs of tests/support, ready to work; it is killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.support.{name}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


@dataclass
class Torture:
    """One output folder, one victim after another."""

    output: Path
    strategy: str
    generation: int
    """What is published now."""
    span: float
    """Seconds after its start in which a victim is killed: some publications long, healing included."""
    seed: int = field(default_factory=lambda: random.SystemRandom().getrandbits(32))
    found: Counter[str] = field(default_factory=Counter)
    """What the kills left behind: how often which siblings."""
    published: int = 0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Make the moments of the kills those of the seed."""
        self._chance = random.Random(self.seed)  # noqa: S311 (moments, not secrets)

    def kill_one(self) -> None:
        """Let a victim heal what the last one left and publish; kill it; see that the set is there, whole."""
        first = self.generation + 1
        with program("publish_forever", str(self.output), self.strategy, str(first)) as victim:
            time.sleep(self._chance.uniform(0, self.span))
            victim.kill()
            assert victim.stdout
            assert victim.stderr
            acknowledged = [int(line) for line in victim.stdout.read().split()]
            assert victim.stderr.read() == b""
        self.published += len(acknowledged)
        self.found[" and ".join(self.left_over()) or "nothing"] += 1
        last = acknowledged[-1] if acknowledged else self.generation
        self.generation = self.last_good()
        assert self.generation in {last, last + 1}

    def left_over(self) -> list[str]:
        """Name what is next to the output folder, and the folder if it is missing."""
        siblings = sorted(path.name.rpartition("-")[2] for path in self.output.parent.iterdir() if path != self.output)
        return siblings if self.output.exists() else [*siblings, "no output"]

    def last_good(self) -> int:
        """Return the generation of the one set that is or will be the published one; it is complete."""
        aside = self.output.with_name(f".{self.output.name}.sdssync-old")
        folder = self.output if self.output.exists() else aside
        assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
        (generation,) = {generation_of(path.name, path.read_bytes()) for path in folder.iterdir()}
        return generation


def seen_by(reader: subprocess.Popen[bytes]) -> str:
    """End a reader; it must have seen whole sets and nothing else."""
    out, err = reader.communicate(timeout=SECONDS)
    assert (reader.returncode, err) == (0, b"")
    whole, gone = map(int, out.split())
    assert whole > 0
    return f"{whole} whole sets, {gone} times gone"


@pytest.mark.parametrize("strategy", [pytest.param("exchange", marks=needs_exchange), "renaming"])
@pytest.mark.parametrize("kills", [pytest.param(25, id="25"), pytest.param(1000, id="1000", marks=pytest.mark.torture)])
def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path, strategy: str, kills: int) -> None:
    """Readers see whole sets only, each kill leaves a whole set, and the next run leaves nothing over."""
    output = tmp_path / "csv" / "Seniors"
    ways = ("path",) if WINDOWS else ("path", "folder")  # Windows has no descriptors of folders
    with program("publish_forever", str(output), strategy, "0") as victim:
        assert victim.stdout
        start = time.monotonic()
        assert [victim.stdout.readline() for _ in range(3)] == [b"0\n", b"1\n", b"2\n"]
        span = time.monotonic() - start
    heal(output)
    torture = Torture(output, strategy, generation=2, span=span)
    torture.generation = torture.last_good()

    with ExitStack() as stack:
        readers = [stack.enter_context(program("read_forever", str(output), way, strategy)) for way in ways]
        for _ in range(kills):
            torture.kill_one()
            for reader in readers:
                assert reader.poll() is None, reader.communicate()[1].decode()
        heal(output)
        seen = [seen_by(reader) for reader in readers]

    assert [path.name for path in output.parent.iterdir()] == ["Seniors"]
    assert torture.last_good() == torture.generation
    assert torture.found.keys() - {"nothing"}, "every kill came before or after a publication"
    left = ", ".join(f"{what} {number}" for what, number in torture.found.most_common())
    sys.stdout.write(
        f"\n{strategy}, seed {torture.seed}: {kills} kills in {torture.published + kills} publications;"
        f"\n  left for the next run: {left};"
        f"\n  seen by {'; by '.join(map(': '.join, zip(ways, seen, strict=True)))};"
        f"\n  nothing partial, mixed, lost or left over\n"
    )
