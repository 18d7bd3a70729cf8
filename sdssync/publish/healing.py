"""
Put right what an interrupted run left next to an output folder, without looking at the content of any file.

`staging` says which hidden names there are and what each may hold.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.folders import is_link
from sdssync.files.paths import hidden_sibling
from sdssync.files.patience import patiently, remove_file, rename
from sdssync.publish.os_errors import writing
from sdssync.publish.output_folder import SDS_FILES

_MOST_STUCK = 5
"""Sets that are moved out of the way; then something is wrong that a person must look at."""


def heal(output: Path) -> bool:
    """
    Put right what is left next to an output folder; return whether anything was.

    If the output does not exist, the former set is put back: it is the last one that a run reported as published. A
    set that cannot be removed is moved out of the way, so that it stops no later run; `check_removed` reports it.

    Raises:
        OutputError: something can neither be removed nor renamed.

    """
    staged, former = hidden_sibling(output, "new"), hidden_sibling(output, "old")
    has_cleared = _clear_stuck(output)
    if not os.path.lexists(staged) and not os.path.lexists(former):
        return has_cleared
    with writing(output):
        if os.path.lexists(former):
            with suppress(OSError):  # an empty folder that someone made in place of the missing one; any other stays
                patiently(output.rmdir, tries=1)
            if not os.path.lexists(output):
                rename(former, output)
        _clear(staged, output)
        if os.path.lexists(former):
            rename(former, staged)  # so that the name of the former set never holds half of one
            _clear(staged, output)
    return True


def check_removed(output: Path) -> None:
    """
    Check that no former set is left next to an output folder.

    Raises:
        OutputError: one is, and it cannot be removed.

    """
    for stuck in _stuck_names(output):
        _remove(stuck)


def _stuck_names(output: Path) -> list[Path]:
    return [hidden_sibling(output, f"stuck{number or ''}") for number in range(_MOST_STUCK)]


def _clear_stuck(output: Path) -> bool:
    """Try to remove the sets that could not be removed before; return whether one could be."""
    stuck = list(filter(os.path.lexists, _stuck_names(output)))
    for folder in stuck:
        with suppress(OutputError):
            _remove(folder)
    return not all(map(os.path.lexists, stuck))


def _clear(folder: Path, output: Path) -> None:
    """Free the name of a hidden folder: remove it, or rename it if it cannot be removed."""
    try:
        _remove(folder)
    except OutputError:
        free = [name for name in _stuck_names(output) if not os.path.lexists(name)]
        if not free or _holds_more(folder):
            raise
        rename(folder, free[0])


def _holds_more(folder: Path) -> bool:
    """Return True if a folder holds anything but files with SDS names: that is not ours to move."""
    return any(path.name not in SDS_FILES or not stat.S_ISREG(path.lstat().st_mode) for path in folder.iterdir())


def _remove(folder: Path) -> None:
    """
    Remove a hidden folder of sdssync, even if half of it is gone already.

    A link in its place is removed, and what it points to stays. Anything but files with SDS names stays too, with an
    error.
    """
    try:
        with suppress(FileNotFoundError):
            status = folder.lstat()
            if is_link(status) or not stat.S_ISDIR(status.st_mode):
                remove_file(folder)
                return
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IRWXU)
            for name in sorted(SDS_FILES):
                remove_file(folder / name)
            patiently(folder.rmdir)
    except OSError as error:
        raise OutputError(
            f"{folder}: this folder of an earlier run cannot be removed: {os_reason(error)}",
            "close programs that have it open, or look at what is in it and remove it",
        ) from error
