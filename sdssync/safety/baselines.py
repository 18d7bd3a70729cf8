"""What a new set is compared with: the last generation, the one of some weeks ago, and a set found in the folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sdssync.publish.generations import Generation, Generations, last_whole
from sdssync.publish.manifest import Origin
from sdssync.publish.os_errors import reading
from sdssync.publish.set_files import survey_set
from sdssync.safety.counts import BaselineName
from sdssync.safety.csv_set import has_set

_RESETTING = frozenset({Origin.APPROVAL, Origin.RESTORE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A set on disk with which a new one is compared."""

    name: BaselineName
    folder: Path
    generation: Generation | None
    """None: a set of which nothing is known but its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """What is known of the sets before the new one."""

    last: Generation | None
    """The newest generation that is whole."""
    window: Generation | None
    is_newest: bool
    """Whether no generation after `last` is known, not even a damaged one."""
    output_digest: str
    """Of the files in the output folder; "" if there are none."""
    output: Path

    @property
    def all(self) -> Sequence[Baseline]:
        """Return the baselines that there are; one set is not compared twice."""
        found = []
        if self.last:
            found.append(Baseline(name=BaselineName.LAST, folder=self.last.folder, generation=self.last))
        if self.window and (not self.last or self.window.number != self.last.number):
            found.append(Baseline(name=BaselineName.WINDOW, folder=self.window.folder, generation=self.window))
        if self.output_digest and (not self.last or self.last.digest != self.output_digest):
            found.append(Baseline(name=BaselineName.FOLDER, folder=self.output, generation=None))
        return found

    @property
    def newest(self) -> Path | None:
        """Return the folder of the last generation, else the output folder if a set is in it."""
        if self.last:
            return self.last.folder
        return self.output if self.output_digest else None

    def is_edited(self, new: str) -> bool:
        """Return True if a new set is the last generation, so that only a hand can have changed its output folder."""
        last = self.last
        if last is None or not self.is_newest:
            return False
        return last.digest == new and last.manifest.output == str(self.output)

    @property
    def digest(self) -> str:
        """Return the digest of the set before: that of the last generation, else of the folder, else ""."""
        return self.last.digest if self.last else self.output_digest


def find_baselines(store: Generations, output: Path, day: date, window: int) -> Baselines:
    """
    Return the baselines of a profile on a day; `window` is in days.

    Raises:
        OutputError: the output folder or the state folder cannot be read.

    """
    generations = store.all()
    last = last_whole(generations)
    return Baselines(
        last=last,
        is_newest=last is not None and last.number == store.newest,
        window=window_baseline(generations, day, window),
        output_digest=_output_digest(output),
        output=output,
    )


def window_baseline(generations: Sequence[Generation], day: date, window: int) -> Generation | None:
    """
    Return the set that was published so many days ago, or the first; none older than the last approval or restore.

    One that is damaged is passed over for the next.
    """
    cutoff = date.fromordinal(max(day.toordinal() - window, 1))
    first = 0
    for index, generation in enumerate(generations):
        if generation.manifest.day <= cutoff or generation.manifest.origin in _RESETTING:
            first = index
    return next((generation for generation in generations[first:] if generation.is_whole), None)


def _output_digest(output: Path) -> str:
    with reading(output):
        return survey_set(output).digest if has_set(output) else ""
