"""
How the last run ended for each profile: `status.json` in the state folder, without personal data.

It has what `sdssync status` and `sdssync profiles` show, in the shape that the contract gives in section 6.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pydantic import AwareDatetime

from sdssync.errors import ExitCode
from sdssync.publish.state_file import StateFile, as_json
from sdssync.publish.uploads import LastUpload

NAME = "status.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The run that ended last."""

    run_id: str
    finished_at: AwareDatetime
    exit_code: ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSet:
    """The CSV set that is published, by its counts."""

    generation: int | None = None
    """None: published by a version without generations."""
    published_at: AwareDatetime
    users: int
    classes: int
    enrollments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStatus:
    """The set that waits for approval."""

    plan_id: str
    since: AwareDatetime
    until: date
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileStatus:
    """How the last run that had this profile ended for it."""

    profile: str
    outcome: str
    exit_code: ExitCode
    """Of the run alone, without the hand-over."""
    finished_at: AwareDatetime
    published: PublishedSet | None = None
    held: HeldStatus | None = None
    pinned: bool = False
    upload: LastUpload | None = None
    """How the last hand-over to SDS ended; None: there was none."""
    expires: date | None = None

    @property
    def code_with_upload(self) -> ExitCode:
        """Return the highest code of the run and of the last hand-over, which may have been made after it."""
        is_amiss = self.upload is not None and self.upload.exit_code
        return max(self.exit_code, ExitCode.UPLOAD) if is_amiss else self.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the last run ended, for every profile that has ever run and still has a file."""

    version: int = 1
    last_run: LastRun | None = None
    audit: str = ""
    """The hash of the last line of the audit."""
    profiles: tuple[ProfileStatus, ...] = ()

    def of(self, profile: str) -> ProfileStatus | None:
        """Return how the last run ended for a profile; None if there was none."""
        return next((status for status in self.profiles if status.profile == profile), None)

    def after(self, run: LastRun, ended: Iterable[ProfileStatus], names: Iterable[str]) -> "Status":
        """Return the status after a further run: what it did not have stays, profiles without a file go."""
        return replace(self.with_profiles(ended, names), last_run=run)

    def with_profiles(self, ended: Iterable[ProfileStatus], names: Iterable[str]) -> "Status":
        """Return the status with how some profiles ended, for the names that have a file."""
        known = {status.profile: status for status in self.profiles} | {status.profile: status for status in ended}
        return replace(self, profiles=tuple(known[name] for name in names if name in known))


def read_status(state: Path) -> Status:
    """
    Return the status; an empty one if there is none or, with a warning, a damaged one.

    Raises:
        OutputError: this account may not read it.

    """
    return StateFile(state / NAME, Status).read() or Status()


def write_status(state: Path, status: Status) -> None:
    """
    Replace the status.

    Raises:
        OutputError: it cannot be written; the former one is as it was.

    """
    StateFile(state / NAME, Status).write(status)


def status_json(status: Status) -> str:
    """Return the status as the documented JSON."""
    return as_json(Status, status).decode()
