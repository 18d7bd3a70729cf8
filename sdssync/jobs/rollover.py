"""
Change an installation to the next school year: every profile and the settings, all of them or none.

The files are checked as they will be read before one of them is written. The lock is held, so no run sees half of it;
a change that a crash interrupted is completed by the next `sdssync rollover --write`, and nothing else runs before.
"""

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sdssync.config.combined import join_parts
from sdssync.config.conflicts import compare
from sdssync.config.installation import ROLLOVER_JOURNAL, Installation, load, require_settings
from sdssync.config.mistakes import render
from sdssync.config.profile_file import check_profile_file
from sdssync.config.settings_file import check_settings_file, read_settings
from sdssync.errors import ConfigError, OutputError, os_reason
from sdssync.files.lock import installation_lock
from sdssync.files.names import printable
from sdssync.files.regular import read_regular
from sdssync.files.together import ChangedSinceError, complete, is_unfinished, write_together
from sdssync.log import events
from sdssync.setup.rollover import RolledFile, roll_profile, roll_settings
from sdssync.setup.school_year import SchoolYear


def show_rollover(config: Path, year: SchoolYear, today: date) -> tuple[RolledFile, ...]:
    """
    Return the files with their change to a school year; nothing is written.

    Raises:
        ConfigError: something is wrong with the year or with a file.
        OutputError: a file cannot be read.

    """
    _require_near(year, today)
    installation = load(config)
    installation.school.require_profiles()
    if wrong := installation.school.wrong:
        raise ConfigError(render([file.report for file in wrong]), "correct these files first; none has been changed")
    rolled = _rolled(installation, year, today)
    if year == SchoolYear.of(today) and not any(file.changes for file in rolled):
        raise ConfigError(
            f"{year} is the present school year, and no file is for an earlier one",
            f"for the next one: sdssync rollover {year.after(1)}",
        )
    _check(rolled)
    return rolled


def write_rollover(config: Path, year: SchoolYear, today: date) -> tuple[RolledFile, ...]:
    """
    Change the files to a school year, all of them or none; return them with their changes.

    Raises:
        ConfigError: something is wrong with the year or with a file; nothing is changed.
        LockedError: a run is in progress.
        OutputError: a file cannot be read or written.

    """
    state = require_settings(read_settings(config)).folders.state
    journal = state / ROLLOVER_JOURNAL
    with installation_lock(state):
        if is_unfinished(journal):
            _complete(journal)
        rolled = show_rollover(config, year, today)
        contents = {file.file: (file.before.encode(), file.after.encode()) for file in rolled if file.changes}
        if contents:
            try:
                write_together(journal, contents)
            except OSError as error:
                raise _failed(error, journal) from error
            events.log().info("rollover.finished", year=str(year), files=len(contents))
    return rolled


def _require_near(year: SchoolYear, today: date) -> None:
    """Refuse a year that is neither the present one nor the next."""
    present = SchoolYear.of(today)
    if year not in (present, present.after(1)):
        raise ConfigError(
            f"expected the next school year, {present.after(1)}, or the present one, {present}; found {year}",
            f"sdssync rollover {present.after(1)}",
        )


def _rolled(installation: Installation, year: SchoolYear, today: date) -> tuple[RolledFile, ...]:
    """Return every file with its change; the settings come last, so that they change last."""
    profiles = [
        roll_profile(profile_file.file, profile_file.displayed, _text(profile_file.file), year, today)
        for profile_file in installation.school.profile_files
    ]
    return (*profiles, roll_settings(installation.file, _text(installation.file), year, today))


def _text(file: Path) -> str:
    """Return the text of a file that was read before, line ends and byte order mark as they are."""
    try:
        return read_regular(file).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "it has changed at this moment"
        raise OutputError(f"{printable(str(file))} cannot be read: {reason}", "start the command again") from error


def _check(rolled: Sequence[RolledFile]) -> None:
    """Refuse a change after which a file would be wrong."""
    *profiles, settings = rolled
    head = check_settings_file(settings.file, _parsed(settings))
    require_settings(head)
    files = [check_profile_file(rolled_file.file, _parsed(rolled_file), head) for rolled_file in profiles]
    if wrong := [file.report for file in join_parts(compare(files)) if file.mistakes]:
        raise ConfigError(render(wrong), "change the key by hand, then start again; no file has been changed")


def _parsed(rolled: RolledFile) -> dict[str, object]:
    return tomllib.loads(rolled.after.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _complete(journal: Path) -> None:
    """Complete a rollover that a crash interrupted."""
    try:
        files = complete(journal)
    except OSError as error:
        raise _failed(error, journal) from error
    events.log().warning("rollover.completed", files=len(files), hint="a rollover was interrupted; nothing is lost")


def _failed(error: OSError, journal: Path) -> OutputError:
    if isinstance(error, ChangedSinceError) and is_unfinished(journal):
        return OutputError(
            f"the interrupted rollover cannot be completed: {error.file.name} was changed since",
            f"look at all files of the profiles, make them right by hand, then remove {journal}",
        )
    if is_unfinished(journal):
        return OutputError(
            f"the rollover is not complete: {os_reason(error)}",
            f"correct that, then start the same command again; if {journal} itself is damaged, look at all files of the"
            " profiles, make them right by hand, then remove it",
        )
    what = printable(Path(error.filename).name) if isinstance(error.filename, str) else "the files"
    return OutputError(
        f"{what} cannot be written: {os_reason(error)}",
        "no file has been changed; let this account write the profiles and the settings, and start again",
    )
