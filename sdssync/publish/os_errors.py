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
_HELD_OPEN = "close programs that have a file or the folder open, and let the account of sdssync write there"
_NO_PATH = "shorten the path, or check that the drive and the folders above exist for the account of sdssync"
_NO_SHARE = r"check that the server answers, and that the share exists; write it as \\server\share\folder"
_NO_ACCESS = "let the account of sdssync log on to the server and write to the share"
_WINDOWS_HINTS = {
    **dict.fromkeys((5, 32, 33, 145), _HELD_OPEN),
    # a path of more than 260 characters, a folder of more than 247, or a drive letter of another user
    **dict.fromkeys((3, 206), _NO_PATH),
    **dict.fromkeys((51, 53, 55, 59, 64, 65, 67, 121, 1203, 1222, 1231, 1232), _NO_SHARE),
    **dict.fromkeys((86, 1219, 1272, 1326, 1327, 1328, 1330, 1331, 1385, 1909), _NO_ACCESS),
    **dict.fromkeys((39, 112), _HINTS[errno.ENOSPC]),
}
"""By the numbers of Windows ("System Error Codes", learn.microsoft.com), which say more than those of C."""


def hint_for(error: OSError) -> str:
    """Return what to do about an error of the system at an output folder; "" if there is nothing to say."""
    return _WINDOWS_HINTS.get(getattr(error, "winerror", 0) or 0) or _HINTS.get(error.errno or 0, "")


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
        raise OutputError(f"output {output}: it cannot be written: {os_reason(error)}", hint_for(error)) from error


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
        hint = hint_for(error) or "let the account of sdssync read and write there"
        raise OutputError(f"output {output}: it cannot be read: {os_reason(error)}", hint) from error
