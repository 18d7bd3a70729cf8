"""
How the last run ended for each profile: `status.json` in the state folder, without personal data.

It has what `sdssync profiles` shows, and for programs the shape that the contract gives in section 6, as far as this
version knows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from sdssync.errors import OutputError, os_reason
from sdssync.files import atomic
from sdssync.log import events

NAME = "status.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The run that ended last."""

    run_id: str
    finished_at: AwareDatetime
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSet:
    """The CSV set that is published, by its counts."""

    published_at: AwareDatetime
    users: int
    classes: int
    enrollments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileStatus:
    """How the last run that had this profile ended for it."""

    profile: str
    outcome: str
    exit_code: int
    finished_at: AwareDatetime
    published: PublishedSet | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the last run ended, for every profile that has ever run and still has a file."""

    version: int = 1
    last_run: LastRun | None = None
    profiles: tuple[ProfileStatus, ...] = ()

    def of(self, profile: str) -> ProfileStatus | None:
        """Return how the last run ended for a profile; None if there was none."""
        return next((status for status in self.profiles if status.profile == profile), None)

    def after(self, run: LastRun, ended: Iterable[ProfileStatus], names: Iterable[str]) -> "Status":
        """Return the status after a further run: what it did not have stays, profiles without a file go."""
        known = {status.profile: status for status in self.profiles} | {status.profile: status for status in ended}
        return replace(self, last_run=run, profiles=tuple(known[name] for name in names if name in known))


_STATUS = TypeAdapter(Status)


def read_status(state: Path) -> Status:
    """
    Return the status; an empty one if there is none or, with a warning, a damaged one.

    Raises:
        OutputError: this account may not read it.

    """
    file = state / NAME
    try:
        return _STATUS.validate_json(file.read_bytes())
    except FileNotFoundError:
        return Status()
    except (PermissionError, NotADirectoryError) as error:
        raise OutputError(
            f"{file} cannot be read: {os_reason(error)}", "use the account under which the scheduled task runs"
        ) from None
    except (OSError, ValidationError):
        events.log().warning("status.ignored", hint=f"{file} is damaged; the next run replaces it")
        return Status()


def write_status(state: Path, status: Status) -> None:
    """
    Replace the status.

    Raises:
        OutputError: it cannot be written; the former one is as it was.

    """
    file = state / NAME
    try:
        state.mkdir(parents=True, exist_ok=True)
        atomic.write(file, _STATUS.dump_json(status, indent=2) + b"\n")
    except OSError as error:
        raise OutputError(
            f"{file} cannot be written: {os_reason(error)}",
            "let the account of sdssync write to the state folder, and check that the disk is not full",
        ) from None
