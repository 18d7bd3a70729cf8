"""
Decide who gets to know how a run ended: on any code but 0, and on the first success after one.

The settings are read anew, because a run may end before it has any: then their own table `[notify]` may still be right.
Nothing here changes the exit code. A file in the state folder remembers that the last run failed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from sdssync.config.installation import require_settings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.errors import ConfigError, ExitCode, OutputError
from sdssync.files.folders import is_folder
from sdssync.files.patience import make_folders
from sdssync.log import events, outcomes
from sdssync.notify.message import Message
from sdssync.publish.state_file import StateFile
from sdssync.publish.status import LastRun, Status, read_status, status_json
from sdssync.report.notification import message_lines, subject

if TYPE_CHECKING:
    from sdssync.notify.ways import Delivery, Way

FAILED_RUN = "failed-run.json"
"""The name of the file in the state folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRun:
    """The last run, as long as it did not end with 0."""

    version: int = 1
    exit_code: ExitCode
    finished_at: AwareDatetime


def notify(config: Path, run_id: str, code: ExitCode) -> None:
    """Tell those whom the settings name that a run has ended with this code, if they are to know."""
    settings = read_settings(config)
    if not settings.notify.is_wanted:
        return
    from sdssync.notify.ways import deliver, heartbeat_ways, message_ways  # noqa: PLC0415  (most runs tell no one)

    ended = LastRun(run_id=run_id, finished_at=datetime.now(UTC).replace(microsecond=0), exit_code=code)
    memory = StateFile(settings.folders.state / FAILED_RUN, FailedRun)
    ways = heartbeat_ways(settings.notify) if code is ExitCode.DONE else []
    if code is not ExitCode.DONE or memory.is_present:
        status = _with_run(_status(settings), ended)
        ways += message_ways(settings.notify, _message(settings, status, subject(code)))
    _report(deliver(ways))
    if code is not ExitCode.DONE:
        with suppress(OSError):  # a failure of the first night is to be remembered too
            make_folders(settings.folders.state)
    if is_folder(settings.folders.state):
        _remember(memory, ended)


def send_test(config: Path) -> "tuple[Delivery, ...]":
    """
    Send one of each, whatever the last run was.

    Raises:
        ConfigError: the settings are wrong or missing, or name no way.

    """
    from sdssync.notify.ways import deliver  # noqa: PLC0415  (as above)

    settings = read_settings(config)
    require_settings(settings)
    ways = _test_ways(settings)
    if not ways:
        raise ConfigError(
            f"{settings.file.name} names no way in which a notification could go",
            "write a [notify] table; docs/profiles.md has its keys",
        )
    deliveries = deliver(ways)
    _report(deliveries)
    return deliveries


def _test_ways(settings: SettingsFile) -> "list[Way]":
    from sdssync.notify.ways import heartbeat_ways, message_ways  # noqa: PLC0415  (as above)

    message = _message(settings, _status(settings), "a test: a notification would look like this")
    return message_ways(settings.notify, message) + heartbeat_ways(settings.notify)


def _status(settings: SettingsFile) -> Status:
    """Return the status, or an empty one if it cannot be read."""
    try:
        return read_status(settings.folders.state)
    except OutputError:
        return Status()


def _with_run(status: Status, ended: LastRun) -> Status:
    """Return the status with the run that has ended, even if it failed too early to write the status."""
    known = status.last_run
    is_there = known and (known.run_id, known.exit_code) == (ended.run_id, ended.exit_code)
    return status if is_there else replace(status, last_run=ended)


def _message(settings: SettingsFile, status: Status, what: str) -> Message:
    return Message(
        subject=f"sdssync: {what}",
        text="".join(
            f"{line}\n" for line in message_lines(settings.school_name, what, status, datetime.now().astimezone())
        ),
        status=status_json(status),
        exit_code=status.last_run.exit_code if status.last_run else ExitCode.DONE,
    )


def _report(deliveries: "Sequence[Delivery]") -> None:
    for delivery in deliveries:
        if delivery.fault is None:
            events.log().info("notification.delivered", way=delivery.way)
        else:
            error, hint = delivery.fault.error, delivery.fault.hint
            events.log().warning("notification.failed", way=delivery.way, error=error, hint=hint)


def _remember(memory: StateFile[FailedRun], ended: LastRun) -> None:
    """Keep that the last run failed, until one ends with 0."""
    try:
        if ended.exit_code is ExitCode.DONE:
            memory.remove()
        else:
            memory.write(FailedRun(exit_code=ended.exit_code, finished_at=ended.finished_at))
    except OutputError as error:
        outcomes.failed("status.failed", error)
