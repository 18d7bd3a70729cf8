"""What the errors of the operating system mean for an output folder."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdssync.errors import OutputError, os_reason

_HINTS = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some space on the disk, or raise the quota of the account",
    errno.EACCES: "let the account of sdssync write there, and close programs that have the folder open",
    errno.EPERM: "let the account of sdssync write there, and make it the owner of the folder",
    errno.EROFS: "choose an output folder on a disk that can be written",
    errno.ENAMETOOLONG: "choose a shorter path for the output folder",
    errno.ENOTDIR: "a file is where a folder is expected",
    errno.EEXIST: "a file is where a folder is expected",
    errno.EBUSY: "a mount point cannot be the output folder, a folder in it can",
}


@contextmanager
def writing(output: Path) -> Iterator[None]:
    """
    Translate the errors of a block that writes an output folder.

    Raises:
        OutputError: in place of any OSError of the block.

    """
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "")
        raise OutputError(f"output {output}: it cannot be written: {os_reason(error)}", hint) from error


@contextmanager
def reading(output: Path) -> Iterator[None]:
    """
    Translate the errors of a block that reads an output folder.

    Raises:
        OutputError: in place of any OSError of the block.

    """
    try:
        yield
    except OSError as error:
        hint = "let the account of sdssync read and write there"
        raise OutputError(f"output {output}: it cannot be read: {os_reason(error)}", hint) from error
