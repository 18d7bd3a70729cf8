"""
Read regular files only: a pipe or a device may wait for ever, or never end.

Links are followed. Nothing here waits: a file that has nothing to give at this moment cannot be read.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from sdssync.files.patience import patiently

_MOST = 256 << 20
"""Bytes of what is read in one piece, such as the largest file of a set: more would have to be a mistake."""


class NotRegularError(OSError):
    """What has the name of a file is something else."""

    def __init__(self, file: Path, mode: int) -> None:
        self.what = _what(mode)
        """Such as "a folder"."""
        super().__init__(errno.EINVAL, f"it is {self.what}, and a file is expected", str(file))


def open_regular(file: Path) -> BinaryIO:
    """
    Open a regular file to read its bytes.

    Raises:
        NotRegularError: it is a folder, a pipe or a device; none of them is opened.
        OSError: there is nothing, or it cannot be opened.

    """
    require_regular(file)
    return patiently(lambda: _open(file))


def require_regular(file: Path) -> None:
    """
    Refuse what has the name of a file and is something else.

    Raises:
        NotRegularError: it is a folder, a pipe or a device.
        OSError: there is nothing, or it cannot be looked at.

    """
    _check(file, file.stat().st_mode)


def _open(file: Path) -> BinaryIO:
    # without waiting for a writer, if a pipe has taken the place of the file by now
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check(file, os.fstat(descriptor).st_mode)
        os.read(descriptor, 1)  # raises where a file of the system gives nothing; a stream would return None
        os.lseek(descriptor, 0, os.SEEK_SET)
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def read_regular(file: Path, *, most: int = _MOST) -> bytes:
    """
    Return the bytes of a regular file.

    Raises:
        FileNotFoundError: there is nothing.
        NotRegularError: it is something else.
        OSError: it cannot be read, or has more than `most` bytes.

    """
    with open_regular(file) as stream:
        if os.fstat(stream.fileno()).st_size > most:
            raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(file))
        return stream.read()


def read_start(file: Path, size: int) -> bytes:
    """
    Return the first bytes of a regular file, all if it has fewer.

    Raises:
        FileNotFoundError: there is nothing.
        NotRegularError: it is something else.
        OSError: it cannot be read.

    """
    with open_regular(file) as stream:
        return stream.read(size)


def _check(file: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegularError(file, mode)


def _what(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"
