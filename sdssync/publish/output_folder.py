"""
What may be at the path of an output: nothing, or a folder that holds SDS files and nothing else.

Nothing here creates, opens or changes a file.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.folders import is_link
from sdssync.files.hints import hint_for
from sdssync.files.names import printable
from sdssync.sds.schema import FORMATS

SDS_FILES = frozenset(file.name for form in FORMATS.values() for file in form.files)
"""The files of all formats. SDS reads them by exactly these names, so `Users.csv` is not one of them."""

_LISTED = 3
_LENGTH = 40


def check_folder(output: Path) -> None:
    """
    Check that at this path is nothing, or a real folder that holds SDS files and nothing else.

    A link among its parents is allowed. What the settings alone show is checked in `config/profile_file`.

    Raises:
        OutputError: it is not; the message names at most three of the foreign entries, shortened, and no address.

    """
    try:
        fault = _path_fault(output)
        foreign = sorted(_foreign_entries(output)) if not fault and os.path.lexists(output) else []
    except OSError as error:
        hint = hint_for(error) or "let the account of sdssync read and write there, or choose another output folder"
        raise OutputError(f"output {output}: it cannot be read: {os_reason(error)}", hint) from error
    if foreign:
        more = f" and {len(foreign) - _LISTED} more" if len(foreign) > _LISTED else ""
        fault = f"it holds more than the files of an SDS set: {', '.join(foreign[:_LISTED])}{more}"
    if fault:
        hint = "choose another output folder, or move away what does not belong to the set; nothing has been touched"
        raise OutputError(f"output {output}: {fault}", hint)


def _path_fault(output: Path) -> str:
    """Return why what is at a path is not a plain folder; "" if it is one, or there is nothing."""
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


def _foreign_entries(folder: Path) -> Iterator[str]:
    """Describe each entry that is not a regular file with an SDS name."""
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if is_link(status):
                yield f"link {_printable(entry.name)}"
            elif stat.S_ISDIR(status.st_mode):
                yield f"folder {_printable(entry.name)}"
            elif not stat.S_ISREG(status.st_mode):
                yield f"special file {_printable(entry.name)}"
            elif entry.name not in SDS_FILES:
                yield f"file {_printable(entry.name)}"


def _printable(name: str) -> str:
    """Return a name as a log may hold it: one line, short, and not an address."""
    if "@" in name:
        return "(a name with @)"
    return printable(name if len(name) <= _LENGTH else f"{name[:_LENGTH]}…")
