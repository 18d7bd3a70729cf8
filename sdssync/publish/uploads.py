"""
What has been handed over to School Data Sync, and what is under way: `uploads.json` in the state folder.

It is written before and after every step that must not happen twice, so that the next run knows where a killed one
was. It has no personal data and no secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime

from sdssync.errors import ExitCode
from sdssync.files.names import same_name
from sdssync.publish.state_file import StateFile

NAME = "uploads.json"
_KEPT = 20
"""Hand-overs of a profile, and starts of runs, that are remembered."""


class Stage(StrEnum):
    """How far a hand-over has come."""

    SENDING = "sending"
    """SDS has not been asked to validate: everything can be sent again."""
    VALIDATING = "validating"
    """SDS has been asked to validate, or was about to be."""
    STARTING = "starting"
    """The set is handed over, and a run was to be started."""


class UploadOutcome(StrEnum):
    """How a hand-over ended."""

    UPLOADED = "uploaded"
    UNCHANGED = "unchanged"
    """SDS has the set already; nothing was sent."""
    VALIDATED = "validated"
    """A trial (`validate_only`)."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A hand-over that is under way."""

    generation: int
    digest: str
    """Of its files."""
    connector: str
    """The id."""
    stage: Stage
    since: AwareDatetime
    """When this stage began."""
    operation: str = ""
    """The address of the validation; "" while it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A set that SDS has validated and found good."""

    generation: int
    digest: str
    connector: str
    """The id."""
    files: tuple[str, ...]
    is_trial: bool
    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastUpload:
    """How the last hand-over of a profile ended, as `sdssync status` shows it."""

    generation: int
    outcome: UploadOutcome
    exit_code: ExitCode
    finished_at: AwareDatetime
    errors: int = 0
    warnings: int = 0
    """Of the validation."""
    has_started_run: bool = False

    @property
    def lacks_run(self) -> bool:
        """Return True if SDS has the set, and only the run that was wanted is missing."""
        return self.outcome is UploadOutcome.UPLOADED and bool(self.exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileUploads:
    """What is known of one profile."""

    profile: str
    attempt: Attempt | None = None
    done: tuple[HandedOver, ...] = ()
    """The newest last."""
    operations: tuple[str, ...] = ()
    """The addresses of the validations that are known."""
    last: LastUpload | None = None

    def handed_over(self, generation: int, digest: str, connector: str, *, is_trial: bool) -> HandedOver | None:
        """
        Return when SDS got this set by a connector; None if it did not.

        A trial does not count, unless another trial is asked for.
        """
        for found in reversed(self.done):
            is_same = (found.generation, found.digest) == (generation, digest)
            if is_same and same_name(connector) == same_name(found.connector) and (is_trial or not found.is_trial):
                return found
        return None

    @property
    def newest(self) -> HandedOver | None:
        """The set that SDS got last, a trial only if there was nothing else."""
        real = tuple(found for found in self.done if not found.is_trial)
        return next(reversed(real or self.done), None)

    def after(self, handed_over: HandedOver) -> "ProfileUploads":
        """Return it with one more set that SDS has."""
        return replace(self, done=(*self.done, handed_over)[-_KEPT:])

    def without(self, connector: str) -> "ProfileUploads":
        """Return it without the sets that a connector got: another profile has replaced them."""
        return replace(self, done=tuple(found for found in self.done if found.connector != connector))

    def knowing(self, operation: str) -> "ProfileUploads":
        """Return it with the address of the validation that is under way."""
        attempt = replace(self.attempt, operation=operation) if self.attempt else None
        others = (known for known in self.operations if known != operation)
        return replace(self, attempt=attempt, operations=(*others, operation)[-_KEPT:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """What is known of all profiles."""

    version: int = 1
    profiles: tuple[ProfileUploads, ...] = ()
    starts: tuple[AwareDatetime, ...] = ()
    """When runs of SDS were started: SDS limits them for the tenant."""
    validations: tuple[AwareDatetime, ...] = ()
    """When SDS was asked to validate: for the tenant, too."""

    def of(self, profile: str) -> ProfileUploads:
        """Return what is known of a profile."""
        found = (known for known in self.profiles if same_name(known.profile) == same_name(profile))
        return next(found, ProfileUploads(profile=profile))

    def with_profile(self, changed: ProfileUploads) -> "Uploads":
        """Return it with what is now known of one profile."""
        name = same_name(changed.profile)
        others = (known for known in self.profiles if same_name(known.profile) != name)
        return replace(self, profiles=tuple(sorted((*others, changed), key=lambda known: known.profile)))

    def starting(self, at: datetime) -> "Uploads":
        """Return it with one more run that is started."""
        return replace(self, starts=(*self.starts, at)[-_KEPT:])

    def without_start(self) -> "Uploads":
        """Return it without the last run that was to be started: SDS has refused it."""
        return replace(self, starts=self.starts[:-1])

    def asking(self, profile: str, connector: str, at: datetime) -> "Uploads":
        """Return it with one more validation, by which the set of a profile replaces those of others."""
        name = same_name(profile)
        profiles = tuple(
            known if same_name(known.profile) == name else known.without(connector) for known in self.profiles
        )
        return replace(self, profiles=profiles, validations=(*self.validations, at)[-_KEPT:])

    def without_validation(self) -> "Uploads":
        """Return it without the last validation that was asked for: SDS has refused it."""
        return replace(self, validations=self.validations[:-1])


class UploadRecord:
    """The file, as it is now."""

    def __init__(self, state: Path) -> None:
        """
        Read it.

        Raises:
            OutputError: this account may not read it.

        """
        self._file = StateFile(state / NAME, Uploads)
        self.now = self._file.read() or Uploads()

    def keep(self, uploads: Uploads) -> None:
        """
        Replace it.

        Raises:
            OutputError: it cannot be written; nothing may be done that it should know.

        """
        if uploads != self.now:
            self._file.write(uploads)
            self.now = uploads

    def keep_profile(self, changed: ProfileUploads) -> None:
        """
        Replace what is known of one profile.

        Raises:
            OutputError: as for `keep`.

        """
        self.keep(self.now.with_profile(changed))


def read_uploads(state: Path) -> Uploads:
    """
    Return what has been handed over.

    Raises:
        OutputError: this account may not read it.

    """
    return UploadRecord(state).now


def recent(moments: Iterable[datetime], since: datetime) -> int:
    """Return how many of some moments are not before another one."""
    return sum(moment >= since for moment in moments)
