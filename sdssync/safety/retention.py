"""
How long the state folder keeps what it holds: documents, generations, held sets, and what belongs to no profile.

Ages count by the clock of the server, except those of held sets, which count from day of run to day of run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sdssync.config.safety import Retention
from sdssync.files.folders import remove_folder
from sdssync.files.names import same_name
from sdssync.files.paths import comparable
from sdssync.isams.document import LAST_DOCUMENT, REFUSED_DOCUMENT
from sdssync.log import events
from sdssync.publish.generations import Generation, Generations, kept_profiles
from sdssync.publish.state_file import StateFile, unwritable
from sdssync.safety.audit import Act, Audit
from sdssync.safety.baselines import window_baseline
from sdssync.safety.held import Waiting

_NEVER = 3
"""The last generations of a profile, which are never removed."""
ABANDONED_DAYS = 90
"""Days after which everything that is kept for a profile without a file, or an old folder, is removed."""
_FILE = "abandoned.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """An output folder in which no profile of this name publishes any more."""

    output: str
    since: date


@dataclass(frozen=True, slots=True)
class _Record:
    """The abandoned folders of one profile."""

    folders: tuple[Abandoned, ...] = ()
    missing_since: date | None = None
    """Since when the profile has no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Removes what is kept no longer, at the end of a run."""

    state: Path
    retention: Retention
    now: datetime
    run_id: str

    def remove_documents(self) -> None:
        """
        Remove the documents that are too old.

        Raises:
            OutputError: one cannot be removed.

        """
        for name in (LAST_DOCUMENT, REFUSED_DOCUMENT):
            file = self.state / name
            try:
                changed = datetime.fromtimestamp(file.lstat().st_mtime, UTC)
                if self.now - changed > timedelta(days=self.retention.source_document):
                    remove_folder(file)
                    events.log().info("document.removed", file=name)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise unwritable(file, error) from None

    def remove_generations(self, profile: str, day: date, window: int) -> None:
        """
        Remove the generations that were replaced too long ago; never the last three, nor what a baseline needs.

        Raises:
            OutputError: one cannot be removed.

        """
        generations = Generations.of(self.state, profile)
        cleared = generations.clear_unfinished()  # a run of the profile has done so; an expired one has no run
        everything = generations.all()
        baseline, pin = window_baseline(everything, day, window), Waiting(self.state, profile).pinned()
        needed = {baseline.number if baseline else 0, pin.generation if pin else 0}
        for generation in self._outdated(everything):
            if generation.number not in needed:
                Audit(self.state).append(
                    Act.REMOVED, self.run_id, profile=profile, generation=generation.number, why="retention"
                )
                generations.discard(generation.folder)
        if cleared.problem:
            raise cleared.problem

    def _outdated(self, generations: Sequence[Generation]) -> Iterable[Generation]:
        oldest = self.now - timedelta(days=self.retention.generations)
        for generation, following in pairwise(generations[: 1 - _NEVER]):
            if following.manifest.published_at < oldest:
                yield generation

    def look_for_abandoned(self, outputs: Mapping[str, Path | None], wrong: Iterable[str]) -> None:
        """
        Warn of output folders in which no one publishes any more; remove what a profile without a file had 90 days ago.

        `outputs` are the output folders by the name of each profile, None for a part; `wrong` are the names of those
        whose files have mistakes, of which nothing is known.

        Raises:
            OutputError: the state folder cannot be read or written.

        """
        by_name = {same_name(name): output for name, output in outputs.items()}
        unknown = frozenset(map(same_name, wrong))
        for folder in kept_profiles(self.state):
            name = same_name(folder.name)
            if name in unknown:
                continue
            record = self._look(folder, by_name.get(name), has_file=name in by_name)
            if record.missing_since and self._due(record.missing_since) <= self.now.date():
                self._remove(folder)
                continue
            for entry in record.folders:
                if self._due(entry.since) > self.now.date():
                    self._warn(folder.name, entry, outputs, has_file=name in by_name)
            self._record(folder, record)

    def _look(self, folder: Path, output: Path | None, *, has_file: bool) -> _Record:
        """Return which folders of one profile are abandoned, with what is so since today."""
        before = StateFile(folder / _FILE, _Record).read() or _Record()
        known = {entry.output: entry for entry in before.folders}
        for generation in Generations(folder).all():
            published = generation.manifest.output
            known.setdefault(published, Abandoned(output=published, since=self.now.date()))
        now = comparable(output) if output else None
        return _Record(
            folders=tuple(entry for name, entry in known.items() if comparable(Path(name)) != now),
            missing_since=None if has_file else before.missing_since or self.now.date(),
        )

    def _due(self, since: date) -> date:
        return since + timedelta(days=ABANDONED_DAYS)

    def _warn(self, profile: str, entry: Abandoned, outputs: Mapping[str, Path | None], *, has_file: bool) -> None:
        claim = comparable(Path(entry.output))
        heir = next((name for name, output in outputs.items() if output and comparable(output) == claim), None)
        why = "its output is another folder now" if has_file else "there is no file of this profile any more"
        undo = "set output back" if has_file else "put the file back"
        hint = (
            f"{heir} publishes into this folder now; what is kept for {profile} is removed on {self._due(entry.since)}"
            if heir
            else f"this folder is no longer updated and SDS may still read it: {undo}, or take it out of SDS; each run"
            f" says so until {self._due(entry.since)}"
        )
        events.log().warning("profile.abandoned", profile=profile, output=entry.output, reason=why, hint=hint)

    def _remove(self, folder: Path) -> None:
        """Remove everything that is kept for a profile, unless someone has restored it and not released it."""
        if Waiting(self.state, folder.name).is_pinned:
            return
        Audit(self.state).append(Act.REMOVED, self.run_id, profile=folder.name, why="abandoned")
        try:
            remove_folder(folder)
        except OSError as error:
            raise unwritable(folder, error) from None

    def _record(self, folder: Path, record: _Record) -> None:
        file = StateFile(folder / _FILE, _Record)
        if record == _Record():
            if file.is_present:
                file.remove()
        elif file.read() != record:
            file.write(record)
