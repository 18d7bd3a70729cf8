"""
Commands that change an installation, each in a situation of its own.

A further command is one more entry of `SCENARIOS`: what must be there before it, and its command line.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.documents import MATHS, PHYSICS, document, pupil, row
from tests.support.forked import forked
from tests.support.installation import SENIORS, install
from tests.support.night_changes import published_earlier
from tests.support.runs import Ran
from tests.support.strace import trace_option

NEXT_RUN = ("run-all", "--today", "2026-09-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A command in a situation."""

    name: str
    prepare: Callable[[Path], None]
    """Makes an installation in an empty folder, with whatever must have run before."""
    command: Callable[[Path], Sequence[str]]
    """Returns the command line; it may look into the installation."""
    lacks: str = ""
    """A call that the file system does not offer."""

    def run(self, folder: Path, trace: Path, names: Iterable[str], *options: str) -> Ran:
        """Run the command under strace, which writes the named calls to a file."""
        expressions = [trace_option([*names, self.lacks] if self.lacks else names), *options]
        if self.lacks:
            expressions.append(f"inject={self.lacks}:error=EINVAL")
        strace = [argument for expression in expressions for argument in ("-e", expression)]
        return forked(*self.command(folder), folder=folder, strace=("-o", str(trace), *strace))


def run_all(_: Path) -> Sequence[str]:
    """Return the command line of the scheduled job."""
    return NEXT_RUN


def write_document(folder: Path, pupils: int) -> None:
    """Write a document with so many pupils of year 9, all of them in the physics set, and one of year 3."""
    numbers = range(601, 601 + pupils)
    text = document(
        pupils="".join(map(pupil, numbers)) + pupil(503, year="3"),
        rows="".join(row(PHYSICS, number) for number in numbers) + row(MATHS, 503),
    )
    (folder / "hartley.xml").write_text(text, encoding="utf-8")


def nothing_published(folder: Path) -> None:
    """Make an installation that has never run."""
    install(folder, seniors=SENIORS)
    write_document(folder, pupils=12)


def published(folder: Path) -> None:
    """Make an installation with a published set, whose document has not changed."""
    nothing_published(folder)
    must(forked(*NEXT_RUN, folder=folder))


def one_more_pupil(folder: Path) -> None:
    """Make an installation with a published set, to which the document adds a pupil."""
    published(folder)
    write_document(folder, pupils=13)


def fewer_pupils(folder: Path) -> None:
    """Make an installation with a published set, of whose pupils the document lacks more than half."""
    published(folder)
    write_document(folder, pupils=5)


def held(folder: Path) -> None:
    """Make an installation in which such a set is held."""
    fewer_pupils(folder)
    must(forked(*NEXT_RUN, folder=folder), 4)


def two_generations(folder: Path) -> None:
    """Make an installation that has published two sets."""
    one_more_pupil(folder)
    must(forked(*NEXT_RUN, folder=folder))


def yet_another_pupil(folder: Path) -> None:
    """Make an installation that has published two sets, with a document that adds a pupil again."""
    two_generations(folder)
    write_document(folder, pupils=14)


def outdated_generations(folder: Path) -> None:
    """Make an installation of whose five generations the next run removes one, which was replaced long ago."""
    published(folder)
    for pupils in range(13, 17):
        write_document(folder, pupils)
        must(forked(*NEXT_RUN, folder=folder))
    published_earlier(days=40)(folder)


def restored(folder: Path) -> None:
    """Make an installation in which the first of two generations was restored."""
    two_generations(folder)
    must(forked("restore", "Seniors", "1", folder=folder))


def approve(folder: Path) -> Sequence[str]:
    """Return the command line that approves the held set."""
    status = must(forked("status", "--format", "json", folder=folder)).json
    return "approve", "Seniors", status["profiles"][0]["held"]["plan_id"], "--today", "2026-09-01"


_ALL = (
    Scenario(name="first publication", prepare=nothing_published, command=run_all),
    Scenario(name="publication", prepare=one_more_pupil, command=run_all),
    Scenario(name="third publication", prepare=yet_another_pupil, command=run_all),
    Scenario(name="unchanged set", prepare=published, command=run_all),
    Scenario(
        name="publication by renaming",
        prepare=one_more_pupil,
        command=run_all,
        lacks="renameat2",
    ),
    Scenario(
        name="publication with a log file",
        prepare=one_more_pupil,
        command=lambda _: (*NEXT_RUN, "--log-file", "sdssync.log"),
    ),
    Scenario(name="retention", prepare=outdated_generations, command=run_all),
    Scenario(name="holding", prepare=fewer_pupils, command=run_all),
    Scenario(name="approval", prepare=held, command=approve),
    Scenario(name="restore", prepare=two_generations, command=lambda _: ("restore", "Seniors", "1")),
    Scenario(
        name="release",
        prepare=restored,
        command=lambda _: ("release", "Seniors", "--log-file", "sdssync.log"),
    ),
)
SCENARIOS = {scenario.name: scenario for scenario in _ALL}


def fresh(scenario: Scenario, base: Path) -> Path:
    """Return the folder of this worker with the scenario prepared; always the same path, because states hold paths."""
    home = base / f"worker-{os.getpid()}"
    folder, kept = home / "school", home / f"{scenario.name}.prepared"
    if folder.exists():
        shutil.rmtree(folder)
    if kept.exists():
        shutil.copytree(kept, folder, symlinks=True)
    else:
        folder.mkdir(parents=True)
        scenario.prepare(folder)
        shutil.copytree(folder, kept, symlinks=True)
    return folder


def must(ran: Ran, code: int = 0) -> Ran:
    """Return how a command ended if it ended with this code."""
    if ran.exit_code != code:
        raise AssertionError(f"exit code {ran.exit_code} instead of {code}: {ran}")
    return ran
