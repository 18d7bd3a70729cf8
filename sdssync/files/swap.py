"""
Let two folders change places: by the operating system where it can, otherwise by renaming.

Only names change here. What the folders hold, and what a crash leaves, is the business of `publish`.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from sdssync.files.patience import rename

Swap = Callable[[Path, Path, Path], None]
"""
Puts the first folder in the place of the second; the third is a free name next to them.

Afterwards the former second folder has the first name or the third. On an OSError the second folder is as it was.
"""

# Linux: the manual page renameat2(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# macOS: the manual page rename(2).
_RENAME_SWAP = 2

_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}
"""
The exchange is not available here: there is no such call, or it is not permitted.

If something else is wrong, the rename that follows fails with the same error.
"""


def swap(staged: Path, output: Path, aside: Path) -> None:
    """Exchange two folders at one instant, or by renaming where the operating system offers no exchange."""
    try:
        by_system(staged, output, aside)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        by_renaming(staged, output, aside)


def by_system(staged: Path, output: Path, aside: Path) -> None:  # noqa: ARG001  (an exchange needs no third name)
    """
    Exchange two folders at one instant: renameat2 of Linux, renamex_np of macOS.

    Raises:
        OSError: it failed; with ENOSYS if the system has neither call.

    """
    first, second = os.fsencode(staged), os.fsencode(output)
    code = errno.ENOSYS
    if sys.platform in {"linux", "darwin"}:
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "renameat2"):
            failed = libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
            code = ctypes.get_errno() if failed else 0
        elif hasattr(libc, "renamex_np"):
            failed = libc.renamex_np(first, second, _RENAME_SWAP)
            code = ctypes.get_errno() if failed else 0
    if code:
        raise OSError(code, os.strerror(code), str(staged), None, str(output))


def by_renaming(staged: Path, output: Path, aside: Path) -> None:
    """
    Exchange two folders by two renames; between them the second name does not exist.

    The former folder gets the third name, also if the process ends between the two renames.
    """
    rename(output, aside)
    try:
        rename(staged, output)
    except OSError:
        rename(aside, output)
        raise
