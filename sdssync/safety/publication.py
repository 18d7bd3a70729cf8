"""
Publish a set so that a crash at any moment leaves the old set or the new one, and a record that fits.

    1  the set is written as a pending generation
    2  the staged set and the output change places
    3  a line is added to the audit
    4  the pending generation gets its number

After a crash between two steps `settle` looks at the output: it adopts the pending generation or discards it.
"""

from dataclasses import dataclass
from pathlib import Path

from sdssync.errors import OutputError
from sdssync.log import events
from sdssync.publish.generations import Generation, Generations, Pending
from sdssync.publish.manifest import Manifest, Origin
from sdssync.publish.os_errors import reading
from sdssync.publish.set_files import survey_set
from sdssync.publish.staging import publish
from sdssync.safety.audit import Act, Audit
from sdssync.safety.csv_set import has_set
from sdssync.safety.held import Waiting

_ACTS = {Origin.RUN: Act.PUBLISHED, Origin.APPROVAL: Act.APPROVED, Origin.RESTORE: Act.RESTORED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A set that is in the output folder now."""

    manifest: Manifest
    problem: OutputError | None = None
    """What did not work after the output had changed; the next run puts it right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes sets of one profile."""

    state: Path
    profile: str
    output: Path

    @property
    def generations(self) -> Generations:
        """Return the published sets."""
        return Generations.of(self.state, self.profile)

    def publish(self, staged: Path, manifest: Manifest, *, again: Generation | None = None) -> Published:
        """
        Let a staged set take the place of the output folder.

        `again` is the last generation, if this set is the same and only the output was edited: it gets no new number.

        Raises:
            OutputError: it cannot; the output is as it was.

        """
        audit = Audit(self.state)
        if again:
            publish(staged, self.output)
            return self._concluded(audit, again.manifest, manifest.run_id, pending=None)
        pending = self.generations.write(staged, manifest)
        try:
            publish(staged, self.output)
        except BaseException:
            if not self.has(pending.manifest):  # else the next run adopts it
                self.generations.discard(pending.folder)
            raise
        return self._concluded(audit, pending.manifest, manifest.run_id, pending)

    def record(self, staged: Path, manifest: Manifest) -> Published:
        """
        Keep a set that is in the output folder already, and that no generation has.

        Raises:
            OutputError: it cannot be written.

        """
        pending = self.generations.write(staged, manifest)
        return self._concluded(Audit(self.state), pending.manifest, manifest.run_id, pending)

    def _concluded(self, audit: Audit, manifest: Manifest, run_id: str, pending: Pending | None) -> Published:
        try:
            _note(audit, manifest, run_id)
            if pending:
                self.generations.settle(pending)
            Waiting(self.state, self.profile).discard()
        except OutputError as error:
            return Published(manifest=manifest, problem=error)
        return Published(manifest=manifest)

    def has(self, manifest: Manifest) -> bool:
        """
        Return True if the output folder holds the files of a manifest.

        Raises:
            OutputError: it cannot be read.

        """
        with reading(self.output):
            return has_set(self.output) and survey_set(self.output) == manifest.files

    def settle(self) -> bool:
        """
        Adopt or discard what an interrupted publication left; return whether there was anything.

        Raises:
            OutputError: it cannot be read, written or removed.

        """
        cleared = self.generations.clear_unfinished().has_removed  # retention reports what cannot be removed
        left = self.generations.pending()
        for pending in left:
            if not self.has(pending.manifest):
                self.generations.discard(pending.folder)
                continue
            audit = Audit(self.state)
            if not audit.knows(self.profile, pending.manifest.number):
                _note(audit, pending.manifest, pending.manifest.run_id)
            self.generations.settle(pending)
            Waiting(self.state, self.profile).discard()
        if cleared or left:
            events.log().warning("generation.settled", hint="a run was killed or the power failed; nothing is lost")
        return cleared or bool(left)


def _note(audit: Audit, manifest: Manifest, run_id: str) -> None:
    """Add the line of a publication."""
    by = {"account": manifest.account, "reason": manifest.reason} if manifest.account else {}
    audit.append(
        _ACTS[manifest.origin],
        run_id,
        profile=manifest.profile,
        generation=manifest.number,
        users=manifest.files.users,
        classes=manifest.files.classes,
        enrollments=manifest.files.enrollments,
        **by,
    )
