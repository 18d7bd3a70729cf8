"""Copies of generated CSV sets that `--dry-run --keep DIR` leaves to look at."""

import os
from collections.abc import Iterable
from pathlib import Path

from sdssync.errors import ConfigError, OutputError, os_reason
from sdssync.files.folders import copy_files, make_private
from sdssync.files.paths import comparable, contains
from sdssync.files.patience import make_folder

_OWNER_ONLY = 0o700


def check_keep_folder(folder: Path, ours: Iterable[Path]) -> None:
    """
    Check that a folder may take the sets: it is absent or empty, and neither in one of our folders nor around one.

    `ours` are the output folders, and those of state and profiles: what is kept there would be published, or read.

    Raises:
        ConfigError: it is not.

    """
    hint = "name an empty folder, or one that does not exist yet"
    claim = comparable(folder)
    for other in ours:
        if contains(comparable(other), claim):
            raise ConfigError(f"--keep {folder} is in {other}, which sdssync uses itself", hint)
        if contains(claim, comparable(other)):
            raise ConfigError(f"--keep {folder} is around {other}, which sdssync uses itself", hint)
    try:
        if os.path.lexists(folder) and next(folder.iterdir(), None) is not None:
            raise ConfigError(f"--keep {folder} is not empty", hint)
    except NotADirectoryError:
        raise ConfigError(f"--keep {folder} is not a folder", hint) from None
    except OSError as error:
        raise ConfigError(f"--keep {folder} cannot be read: {os_reason(error)}", hint) from None


def keep_set(staged: Path, folder: Path, profile: str) -> None:
    """
    Copy a generated set to a folder of the profile's name, which only its owner can enter.

    Raises:
        OutputError: it cannot be written.

    """
    target = folder / profile
    try:
        make_private(folder)
        make_folder(target, _OWNER_ONLY)
        copy_files(staged, [file.name for file in staged.iterdir()], target)
    except OSError as error:
        raise OutputError(
            f"--keep {target} cannot be written: {os_reason(error)}", "name a folder that this account can write to"
        ) from None
