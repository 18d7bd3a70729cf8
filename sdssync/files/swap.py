"""
Two folders change places: by the operating system where it can, else by renaming.

Only names move here. What the folders hold, and what a crash leaves behind, is the business of `publish`.
"""

import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

Swap = Callable[[Path, Path, Path], None]
"""
Puts the first folder in the place of the second; the third is a free name beside them.

Afterwards the former second folder is under the first name or the third. Raises OSError with the second folder as it
was.
"""

# Linux: the manual page renameat2(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# macOS: the manual page rename(2).
_RENAME_SWAP = 2

_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}
"""
No such call, or a file system or a sandbox that does not allow it; if the cause is another, renaming fails by it too.
"""

_HELD_OPEN = {5, 32}
"""ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: how Windows says that a program has the folder or a file open."""


def swap(staged: Path, output: Path, aside: Path) -> None:
    """Exchange by the operating system, at one instant; by renaming where it offers no exchange."""
    try:
        by_system(staged, output, aside)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        by_renaming(staged, output, aside)


def by_system(staged: Path, output: Path, aside: Path) -> None:  # noqa: ARG001 - one instant needs no third name
    """Exchange at one instant: renameat2 of Linux, renamex_np of macOS. OSError with ENOSYS where there is neither."""
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
    Exchange by two renames; between them there is no folder under the second name.

    The former folder, whole, goes to the third name; so it does when the process ends on the way.
    """
    rename(output, aside)
    try:
        rename(staged, output)
    except OSError:
        rename(aside, output)
        raise


def rename(source: Path, target: Path) -> None:
    """Rename a folder; where another program has it open for a moment, wait for it."""
    patiently(lambda: source.rename(target))


def patiently(action: Callable[[], object], *, tries: int = 10, pause: float = 0.2) -> None:
    """
    Do what Windows refuses while another program (a virus scanner, an editor) has the file or folder open.

    Tried again `tries` times at most, `pause` seconds apart; any other error, and the last one, is raised.
    """
    for left in reversed(range(tries)):
        try:
            action()
        except PermissionError as error:
            if not left or getattr(error, "winerror", None) not in _HELD_OPEN:
                raise
            time.sleep(pause)
        else:
            return
