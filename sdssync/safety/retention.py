"""
How long the state folder keeps what it holds: documents, generations, held sets, and what belongs to no profile.

Ages count by the clock of the server, except those of held sets, which count from day of run to day of run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from pydantic import TypeAdapter

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


_ADAPTER = TypeAdapter(tuple[Abandoned, ...])


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
        everything = generations.all()
        baseline = window_baseline(everything, day, window)
        for generation in self._outdated(everything):
            if baseline is None or generation.number != baseline.number:
                generations.discard(generation.folder)
                Audit(self.state).append(
                    Act.REMOVED, self.run_id, profile=profile, generation=generation.number, why="retention"
                )

    def _outdated(self, generations: Sequence[Generation]) -> Iterable[Generation]:
        oldest = self.now - timedelta(days=self.retention.generations)
        for generation, following in pairwise(generations[: 1 - _NEVER]):
            if following.manifest.published_at < oldest:
                yield generation

    def look_for_abandoned(self, outputs: Mapping[str, Path | None]) -> None:
        """
        Warn of output folders in which no one publishes any more, and remove what is kept for them after 90 days.

        `outputs` are the output folders by the name of each profile that has a file; None for a part.

        Raises:
            OutputError: the state folder cannot be read or written.

        """
        by_name = {same_name(name): output for name, output in outputs.items()}
        for folder in kept_profiles(self.state):
            has_file = same_name(folder.name) in by_name
            output = by_name.get(same_name(folder.name))
            found = self._abandoned(folder, output)
            due = [entry for entry in found if self._due(entry) <= self.now.date()]
            for entry in found:
                if entry not in due:
                    self._warn(folder.name, entry, outputs, has_file=has_file)
            if due and not has_file:
                self._remove(folder)
            else:
                self._record(folder, tuple(entry for entry in found if entry not in due))

    def _abandoned(self, folder: Path, output: Path | None) -> tuple[Abandoned, ...]:
        """Return the folders of one profile that are abandoned, with those that are so since today."""
        known = {entry.output: entry for entry in StateFile(folder / _FILE, _ADAPTER).read() or ()}
        generations = Generations(folder).all()
        if generations:
            last = generations[-1].manifest.output
            known.setdefault(last, Abandoned(output=last, since=self.now.date()))
        now = comparable(output) if output else None
        return tuple(entry for name, entry in known.items() if comparable(Path(name)) != now)

    def _due(self, entry: Abandoned) -> date:
        return entry.since + timedelta(days=ABANDONED_DAYS)

    def _warn(self, profile: str, entry: Abandoned, outputs: Mapping[str, Path | None], *, has_file: bool) -> None:
        claim = comparable(Path(entry.output))
        heir = next((name for name, output in outputs.items() if output and comparable(output) == claim), None)
        why = "its output is another folder now" if has_file else "there is no file of this profile any more"
        undo = "set output back" if has_file else "put the file back"
        hint = (
            f"{heir} publishes into this folder now; what is kept for {profile} is removed on {self._due(entry)}"
            if heir
            else f"this folder is no longer updated and SDS may still read it: {undo}, or take it out of SDS; each run"
            f" says so until {self._due(entry)}"
        )
        events.log().warning("profile.abandoned", profile=profile, output=entry.output, reason=why, hint=hint)

    def _remove(self, folder: Path) -> None:
        try:
            remove_folder(folder)
        except OSError as error:
            raise unwritable(folder, error) from None
        Audit(self.state).append(Act.REMOVED, self.run_id, profile=folder.name, why="abandoned")

    def _record(self, folder: Path, entries: tuple[Abandoned, ...]) -> None:
        file = StateFile(folder / _FILE, _ADAPTER)
        if entries:
            if file.read() != entries:
                file.write(entries)
        elif file.exists:
            file.remove()
