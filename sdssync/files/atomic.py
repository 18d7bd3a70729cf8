"""
Write a file whole or not at all.

The text goes to a temporary file in the same folder, is flushed to the disk, and gets its name in one step; then the
folder is flushed. A kill or a power failure leaves the former file or the new one, and at most a temporary file.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

from sdssync.files.patience import patiently, remove_file, rename


def temporary(file: Path) -> Path:
    """Return the name of the temporary file: the same for each attempt, so that the next one replaces it."""
    return file.with_name(f".{file.name}.new")


def write(file: Path, content: bytes, mode: int = 0o666) -> None:
    """
    Write a file, or replace it; its folder must exist. It never has more rights than `mode`.

    Raises:
        OSError: it cannot be written, and a former file is as it was; or only the flush of the folder failed.

    """
    unfinished = _written(file, content, mode)
    try:
        replace(unfinished, file)
    finally:
        _remove(unfinished)


def write_new(file: Path, content: bytes, mode: int = 0o666) -> None:
    """
    Write a file under a name that is free; its folder must exist. It never has more rights than `mode`.

    Raises:
        FileExistsError: the name is taken, by whatever it may be; it is not touched.
        OSError: it cannot be written.

    """
    if os.path.lexists(file):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    unfinished = _written(file, content, mode)
    try:
        _name(unfinished, file)
        flush_folder(file.parent)
    finally:
        _remove(unfinished)


def replace(unfinished: Path, file: Path) -> None:
    """
    Give a finished and flushed file its name, in place of a former file, and flush the folder.

    Raises:
        OSError: it cannot be renamed, and a former file is as it was; or only the flush of the folder failed.

    """
    patiently(lambda: unfinished.replace(file))
    flush_folder(file.parent)


def flush_folder(folder: Path) -> None:
    """
    Have the names in a folder on the disk, where the system can do that.

    Raises:
        OSError: the disk failed.

    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EACCES}:  # not offered there; no reason to stop
            raise


def _written(file: Path, content: bytes, mode: int) -> Path:
    """Write a temporary file and flush it; if that fails, it is removed."""
    unfinished = _free_name(file)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(unfinished, flags, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        _remove(unfinished)
        raise
    return unfinished


def _free_name(file: Path) -> Path:
    """Remove what an interrupted run left; return the name of the temporary file, or a second one if that is taken."""
    names = temporary(file), temporary(file).with_name(f".{file.name}.new2")
    for name in names:
        _remove(name)  # a link there is not followed
    free = [name for name in names if not os.path.lexists(name)]
    if not free:
        raise OSError(errno.EBUSY, f"{names[0].name} is in the way and cannot be removed")
    return free[0]


def _name(unfinished: Path, file: Path) -> None:
    """Give a finished file a name that is free: a hard link never replaces, nor does a rename on Windows."""
    if os.name != "nt":
        try:
            os.link(unfinished, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(file):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        else:
            return
    rename(unfinished, file)


def _remove(unfinished: Path) -> None:
    with suppress(OSError):  # what went wrong before counts; the next attempt replaces it
        remove_file(unfinished)
