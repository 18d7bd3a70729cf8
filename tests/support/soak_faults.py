"""
What may befall a night of the soak: a kill, a full disk, a document that is damaged or missing, another run, a hand.

Each fault plays the run of the night and returns how it ended.
"""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from tests.support.processes import SECONDS, started
from tests.support.runs import Ran
from tests.support.strace import KILL, LASTING, Call, Injection, trace_option

DOCUMENT = "hartley.xml"
_FEW_FILES = 24
"""Open files that a run may have, with those of the process that forks it; 20 are enough."""
_NOFILE, _FSIZE = "RLIMIT_NOFILE", "RLIMIT_FSIZE"
_LONGEST = 1.3
"""Seconds after which a process that was started has ended, nearly always."""
_CALLS = {"write": 80, "fsync": 70, "sendfile": 40, "unlink": 45, "mkdir": 35, "rename": 12, "renameat2": 4, "rmdir": 6}
"""How often a run of four profiles makes each call, at most."""


class Ask(Protocol):
    """Runs a command line in the installation, in a process of its own."""

    def __call__(self, *arguments: str, strace: Sequence[str] = (), limits: dict[str, int] | None = None) -> Ran:
        """Return how it ended."""


class Certainty(Enum):
    """What is known of a run before it is over."""

    CERTAIN = "each profile ends as the model says"
    NO_SOURCE = "no profile is run, for want of a document"
    LOCKED = "nothing happens, for another run has the lock"
    OPEN = "each profile has the old set or the new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An installation in the night in which a fault may befall it."""

    folder: Path
    ask: Ask
    rng: random.Random
    line: tuple[str, ...]
    """The command line of the night."""


def in_peace(scene: Scene) -> Ran:
    """Run with few open files: a run that left them open would fail."""
    return scene.ask(*scene.line, limits={_NOFILE: _FEW_FILES})


def killed_at_random(scene: Scene) -> Ran:
    """Kill a process at a random moment between its start and its end."""
    with started(*scene.line, folder=scene.folder) as running:
        try:
            out, err = running.communicate(timeout=scene.rng.uniform(0.1, _LONGEST))
        except subprocess.TimeoutExpired:
            running.kill()
            out, err = running.communicate(timeout=SECONDS)
    return Ran(exit_code=running.returncode, out=out.decode(), err=err.decode(errors="replace"))


def failing_at_a_call(scene: Scene, *, faults: Sequence[str]) -> Ran:
    """Let one call that changes files fail, or all of its kind from then on, or kill the process in it."""
    name = scene.rng.choice(sorted(_CALLS))
    call = Call(name, scene.rng.randint(1, _CALLS[name]), "", may_last=True)
    option = Injection(call, scene.rng.choice(faults)).option
    trace = scene.folder.with_name("trace")
    return scene.ask(*scene.line, strace=("-o", str(trace), "-e", trace_option([name]), "-e", option))


def without_large_files(scene: Scene) -> Ran:
    """Forbid files of more than some bytes."""
    return scene.ask(*scene.line, limits={_FSIZE: int(10 ** scene.rng.uniform(1, 5))})


def with_a_truncated_document(scene: Scene) -> Ran:
    """Truncate the document anywhere."""
    file = scene.folder / DOCUMENT
    content = file.read_bytes()
    file.write_bytes(content[: scene.rng.randrange(len(content) - 10)])
    return in_peace(scene)


def without_a_document(scene: Scene) -> Ran:
    """Remove the document."""
    (scene.folder / DOCUMENT).unlink()
    return in_peace(scene)


def while_another_runs(scene: Scene) -> Ran:
    """Hold the lock of the installation meanwhile."""
    with FileLock(scene.folder / "state" / "sdssync.lock"):
        return in_peace(scene)


def without_an_output_folder(scene: Scene) -> Ran:
    """Delete the sets that SDS reads by hand, before the run."""
    shutil.rmtree(scene.folder / "csv")
    return in_peace(scene)


def with_a_damaged_status(scene: Scene) -> Ran:
    """Overwrite the record of the last run."""
    (scene.folder / "state" / "status.json").write_text(json.dumps({"version": scene.rng.random()}), encoding="utf-8")
    return in_peace(scene)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, how often it happens in a hundred nights, and what is known of its run."""

    name: str
    weight: float
    play: Callable[[Scene], Ran]
    certainty: Certainty = Certainty.CERTAIN
    code: int = 0
    """Of a run that is not `CERTAIN`, or that does not reach the profiles."""


NOTHING = Fault("nothing", 64, in_peace)
TWINS = Fault("two pupils with one id", 4, in_peace)
WITHOUT_OUTPUT = Fault("output folders deleted", 1.5, without_an_output_folder)
WITHOUT_STRACE = (
    NOTHING,
    TWINS,
    WITHOUT_OUTPUT,
    Fault("status damaged", 1.5, with_a_damaged_status),
    Fault("document truncated", 3, with_a_truncated_document, Certainty.NO_SOURCE, 3),
    Fault("no document", 2, without_a_document, Certainty.NO_SOURCE, 2),
    Fault("another run", 2, while_another_runs, Certainty.LOCKED, 5),
    Fault("killed at random", 9, killed_at_random, Certainty.OPEN),
    Fault("no large files", 3, without_large_files, Certainty.OPEN),
)
FAULTS = (
    *WITHOUT_STRACE,
    Fault("killed in a call", 4, partial(failing_at_a_call, faults=[KILL]), Certainty.OPEN),
    Fault("disk full", 4, partial(failing_at_a_call, faults=["ENOSPC", "ENOSPC" + LASTING]), Certainty.OPEN),
    Fault("disk fails", 2, partial(failing_at_a_call, faults=["EIO", "EIO" + LASTING]), Certainty.OPEN),
)


def choose_fault(faults: Sequence[Fault], rng: random.Random) -> Fault:
    """Return what befalls a night."""
    [fault] = rng.choices(faults, [fault.weight for fault in faults])
    return fault
