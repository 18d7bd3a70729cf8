"""
The nightly job as a value, and the files that schedule it: for the Task Scheduler, for systemd, for cron.

Nothing is installed here. Each kind of schedule is a module of its own; all of them start the same command line.
"""

import math
import os
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from sdssync.config.installation import Installation
from sdssync.config.settings import RecordedSource
from sdssync.errors import ConfigError, OutputError, os_reason
from sdssync.files import atomic
from sdssync.files.names import has_invisible, printable
from sdssync.files.paths import comparable, contains, is_foreign

DELAY_MINUTES = 10
"""At most so much later than asked for, at random, so that schools do not all call iSAMS in the same second."""
_SHORTEST_LIMIT = 2
"""Hours that a run gets at least; one more than the download may take."""
_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyJob:
    """What runs when, as whom, and where; all paths are absolute."""

    program: tuple[str, ...]
    """The program of this installation: one file, or Python and the arguments that start sdssync."""
    config: Path
    log_file: Path
    at: time
    account: str
    """"": the usual one of the scheduler."""
    secrets: tuple[Path, ...]
    """Files that only the job needs to read."""
    owned: tuple[Path, ...]
    """Folders that are its own: the state, and the output folders."""
    writable: tuple[Path, ...]
    """Folders in which it writes: of the state, of the log, and those that contain the output folders."""
    hours: int
    """After so many the run is stopped."""

    @property
    def folder(self) -> Path:
        """Return the folder in which it runs, that of the settings."""
        return self.config.parent

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the command line after the program."""
        return ("run-all", "-q", "--config", str(self.config), "--log-file", str(self.log_file))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFile:
    """A file that a scheduler reads."""

    name: str
    text: str
    """As it is printed."""
    content: bytes
    """As it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The files for one scheduler, and the commands that install them."""

    files: tuple[ScheduleFile, ...]
    commands: tuple[str, ...]
    """To be run in the folder with the files."""


def nightly_job(installation: Installation, *, at: time, account: str, log_file: Path | None) -> NightlyJob:
    """
    Return the job for an installation.

    Raises:
        ConfigError: a profile file is wrong, so that not all folders are known; or a path cannot be in a schedule.

    """
    school = installation.school
    if school.wrong:
        names = ", ".join(profile_file.displayed for profile_file in school.wrong)
        raise ConfigError(
            f"the folders of the job are not all known: there are mistakes in {names}",
            "`sdssync profiles` says what is wrong",
        )
    settings, config = school.settings, installation.file
    source = settings.source
    remote = None if isinstance(source, RecordedSource) else source
    log = Path(os.path.abspath(log_file or config.parent / "logs" / "sdssync.log"))  # noqa: PTH100  (links stay)
    outputs = [
        profile.folder for profile in school.profiles if profile.output and not is_foreign(profile.output_as_written)
    ]
    job = NightlyJob(
        program=program(),
        config=config,
        log_file=log,
        at=at,
        account=account,
        secrets=_distinct(
            [
                *([remote.secret_file] if remote and remote.secret_file else []),
                *installation.notify.secret_files,
                *(settings.upload.secret_files if settings.upload else ()),
            ]
        ),
        owned=_outermost([settings.folders.state, *outputs]),
        writable=_outermost([settings.folders.state, log.parent, *(folder.parent for folder in outputs)]),
        hours=max(_SHORTEST_LIMIT, math.ceil(remote.max_seconds / _HOUR) + 1 if remote else 0),
    )
    for text in (*job.program, *job.arguments, account, *map(str, (*job.secrets, *job.owned, *job.writable))):
        if has_invisible(text):
            raise ConfigError(
                f"{printable(text)} holds control or invisible characters, which a schedule cannot hold", "rename it"
            )
    return job


def _distinct(secrets: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files whose names differ: by its name a service finds what is passed on to it."""
    names = [secret.name for secret in secrets]
    return tuple(secret for secret in secrets if names.count(secret.name) == 1)


def program() -> tuple[str, ...]:
    """Return what starts sdssync as it is installed here: its own program, else Python with the package."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    name = "sdssync.exe" if os.name == "nt" else "sdssync"
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if os.path.isfile(folder / name):  # noqa: PTH113  (unlike pathlib it never raises)
            return (str(folder / name),)
    return (sys.executable, "-m", "sdssync")


def write_schedule(schedule: Schedule, folder: Path) -> Sequence[Path]:
    """
    Write the files into a folder that exists; return their paths.

    Raises:
        ConfigError: a file of this name exists already.
        OutputError: one cannot be written.

    """
    paths = [folder / file.name for file in schedule.files]
    for path in paths:
        if os.path.lexists(path):
            raise ConfigError(f"{path} exists already, and is not overwritten", "remove it, or name another folder")
    for path, file in zip(paths, schedule.files, strict=True):
        try:
            atomic.write_new(path, file.content)
        except OSError as error:
            raise OutputError(
                f"{path} cannot be written: {os_reason(error)}", "name a folder that exists, and that you can write to"
            ) from None
    return paths


def _outermost(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders without those that are inside another one, each once, in their order."""
    forms = {folder: comparable(folder) for folder in folders}
    kept: dict[tuple[str, ...], Path] = {}
    for folder, form in forms.items():
        if not any(contains(other, form) and other != form for other in forms.values()):
            kept.setdefault(form, folder)
    return tuple(kept.values())
