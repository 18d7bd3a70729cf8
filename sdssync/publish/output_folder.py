"""
What may be at an output folder before we write there: nothing, or a folder that holds SDS files and nothing else.

Nothing here makes, opens or changes a file.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sdssync.errors import OutputError
from sdssync.files.names import printable
from sdssync.sds.schema import FORMATS

SDS_FILES = frozenset(file.name for form in FORMATS.values() for file in form.files)
"""The files of all formats. SDS reads them by exactly these names, so `Users.csv` is not one of ours."""

_SHOWN = 3
_LENGTH = 40
_NAME_SURROGATE = 0x2000_0000
"""In a reparse tag of Windows: stands for another place, as symbolic links and junctions do and cloud files do not."""


def check_folder(output: Path) -> None:
    """
    See that at this path there is nothing, or a real folder that holds SDS files and nothing else.

    A link among its parents is allowed. What the settings alone show is told in `profile_file`. Raises OutputError; it
    names at most three of the strangers, shortened, and none that holds an address.
    """
    try:
        fault = _place_fault(output)
        strangers = sorted(_strangers(output)) if not fault and os.path.lexists(output) else []
    except OSError as error:
        hint = "let the account of sdssync read and write there, or choose another output folder"
        raise OutputError(f"output {output}: it cannot be read: {error.strerror}", hint) from error
    if strangers:
        more = f" and {len(strangers) - _SHOWN} more" if len(strangers) > _SHOWN else ""
        fault = f"it holds more than the files of an SDS set: {', '.join(strangers[:_SHOWN])}{more}"
    if fault:
        hint = "choose another output folder, or move away what is not of the set; nothing has been touched"
        raise OutputError(f"output {output}: {fault}", hint)


def is_link(status: os.stat_result) -> bool:
    """Whether what `lstat` saw stands for another place: a symbolic link, on Windows also a junction."""
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_reparse_tag", 0) & _NAME_SURROGATE)


def _place_fault(output: Path) -> str:
    """Say why what is at a path is no plain folder; "" when it is one, or nothing is there."""
    try:
        status = output.lstat()
    except FileNotFoundError:
        return ""
    if is_link(status):
        return "it is a link, and a folder is expected"
    if not stat.S_ISDIR(status.st_mode):
        return "it is a file, and a folder is expected"
    if os.path.ismount(output):
        return "it is a mount point, and a folder in a file system is expected"
    return ""


def _strangers(folder: Path) -> Iterator[str]:
    """Describe each entry that is not a regular file with an SDS name."""
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if is_link(status):
                yield f"link {_shown(entry.name)}"
            elif stat.S_ISDIR(status.st_mode):
                yield f"folder {_shown(entry.name)}"
            elif not stat.S_ISREG(status.st_mode):
                yield f"special file {_shown(entry.name)}"
            elif entry.name not in SDS_FILES:
                yield f"file {_shown(entry.name)}"


def _shown(name: str) -> str:
    """Make a name fit for a log: one line, short, and no address."""
    if "@" in name:
        return "(a name with @)"
    return printable(name if len(name) <= _LENGTH else f"{name[:_LENGTH]}…")
