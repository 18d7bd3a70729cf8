"""
Put right what an interrupted run left next to an output folder, without looking at the content of any file.

`staging` says which two hidden names there are and what each may hold.
"""

import os
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.folders import is_link
from sdssync.files.paths import hidden_sibling
from sdssync.files.patience import patiently, rename
from sdssync.publish.os_errors import writing
from sdssync.publish.output_folder import SDS_FILES


def heal(output: Path) -> bool:
    """
    Put right what is left next to an output folder; return whether there was anything.

    If the output does not exist, the former set is put back: it is the last one that a run reported as published.

    Raises:
        OutputError: something cannot be renamed or removed.

    """
    staged, former = hidden_sibling(output, "new"), hidden_sibling(output, "old")
    if not os.path.lexists(staged) and not os.path.lexists(former):
        return False
    with writing(output):
        if os.path.lexists(former):
            with suppress(OSError):
                output.rmdir()  # an empty folder that someone made in place of the missing one; any other stays
            if not os.path.lexists(output):
                rename(former, output)
        _remove(staged)
        if os.path.lexists(former):
            rename(former, staged)  # so that the name of the former set never holds half of one
            _remove(staged)
    return True


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
                patiently(folder.unlink)
                return
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IRWXU)
            for name in sorted(SDS_FILES):
                patiently(partial(_unlink, folder / name))
            patiently(folder.rmdir)
    except OSError as error:
        raise OutputError(
            f"{folder}: this folder of an earlier run cannot be removed: {os_reason(error)}",
            "close programs that have it open, or look at what is in it and remove it",
        ) from error


def _unlink(file: Path) -> None:
    """Remove a file if it exists; Windows would refuse one that is read-only."""
    with suppress(FileNotFoundError):
        if os.name == "nt":
            file.chmod(stat.S_IWRITE)
        file.unlink()
