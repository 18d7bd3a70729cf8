"""What a command is to look at: folders of CSV files, or the sets of profiles by name."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sdssync.config.installation import ConfiguredSchool, load
from sdssync.config.mistakes import describe
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import CONFIG_NAME, CONFIG_VARIABLE, settings_path
from sdssync.errors import ConfigError
from sdssync.log import events


def is_path(target: str) -> bool:
    """Return True for a folder, not a name: with a path separator of this system or of Windows, or `.` or `..`."""
    return target in {".", ".."} or "/" in target or "\\" in target or os.sep in target


def find_school(config: Path | None, targets: Sequence[str], hint: str) -> ConfiguredSchool | None:
    """
    Load the school to which the targets may belong; None if there is none.

    A folder needs no settings. So they may be missing unless they are named, and where all targets are folders,
    settings with mistakes are ignored, with a warning and the hint that says what that means.
    """
    path = settings_path(config, os.environ)
    named = config is not None or bool(os.environ.get(CONFIG_VARIABLE))
    if targets and not named and not os.path.lexists(path):
        return None
    try:
        return load(path).school
    except ConfigError as error:
        if named or not targets or not all(map(is_path, targets)):
            raise
        events.log().warning("settings.ignored", error=error.message, hint=hint)
        return None


def require_folders(targets: Iterable[str]) -> None:
    """
    Refuse a target that could only be the name of a profile, where there are no settings to have one.

    Raises:
        ConfigError: there is no such folder.

    """
    for target in targets:
        if not is_path(target) and not os.path.lexists(target):
            raise ConfigError(
                f"there is no folder {describe(target)} here, and no {CONFIG_NAME} that could have such a profile",
                f"change to the folder of {CONFIG_NAME}, or name it with --config",
            )


def named_profile(target: str, school: ConfiguredSchool | None) -> ProfileFile | None:
    """
    Return the profile of that name; None: the target is a folder.

    Raises:
        ConfigError: there is neither.

    """
    if school is None or is_path(target):
        return None
    found = school.find(target)
    if found is not None:
        school.require_output(found)
    if found is None and not os.path.lexists(target):
        raise ConfigError(f"no profile and no folder is called {describe(target)}", school.known_names(target))
    return found
