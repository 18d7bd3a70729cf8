"""
Write a folder of files whole or not at all, and remove one.

The files go to a hidden folder next to the target, are flushed to the disk, and the folder gets its name in one step.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from sdssync.files.atomic import flush_folder
from sdssync.files.patience import patiently, rename

_OWNER_ONLY = 0o700
_NAME_SURROGATE = 0x2000_0000
"""A bit of the reparse tag of Windows: set for symbolic links and junctions, and not for cloud files."""


def make_private(folder: Path) -> None:
    """
    Make a folder that only this account can enter, with its parents; one that exists stays as it is.

    Raises:
        OSError: it cannot be made.

    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)


def write_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """
    Write a folder, in place of another one that is removed when the new one is on the disk; its parent must exist.

    Raises:
        OSError: it cannot be written, and what `fill` made is removed.

    """
    unfinished = target.with_name(f".{target.name}.new")
    remove_folder(unfinished)  # left by an interrupted run
    try:
        unfinished.mkdir(mode=_OWNER_ONLY)
        fill(unfinished)
        flush(unfinished)
        remove_folder(target)
        rename(unfinished, target)
        flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            remove_folder(unfinished)
        raise


def flush(folder: Path) -> None:
    """
    Have the files of a folder, then the folder, on the disk before any name points to them.

    Raises:
        OSError: the disk failed.

    """
    for path in sorted(folder.iterdir()):
        with path.open("r+b") as file:  # to write: Windows flushes no other
            os.fsync(file.fileno())
    flush_folder(folder)


def copy_files(source: Path, names: Iterable[str], target: Path) -> None:
    """
    Copy the named files of one folder to another.

    Raises:
        OSError: one cannot be read or written.

    """
    for name in names:
        shutil.copyfile(source / name, target / name)


def remove_folder(folder: Path) -> None:
    """
    Remove a folder with everything in it, a link or a file; nothing is removed that a link points to.

    Raises:
        OSError: something cannot be removed.

    """
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return
    if is_link(status) or not stat.S_ISDIR(status.st_mode):
        patiently(folder.unlink)
        return
    for entry in sorted(folder.iterdir()):
        remove_folder(entry)
    patiently(folder.rmdir)


def is_folder(path: Path) -> bool:
    """Return True if there is a folder; what may not be looked at is not one, and reading it says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_link(status: os.stat_result) -> bool:
    """Return True if `lstat` saw a symbolic link, or a junction of Windows."""
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_reparse_tag", 0) & _NAME_SURROGATE)


def read_regular(file: Path) -> bytes:
    """
    Return the bytes of a regular file; opening a pipe would wait for ever.

    Raises:
        FileNotFoundError: there is nothing.
        OSError: it is no regular file, or cannot be read.

    """
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123  (a descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a file", str(file))
        return stream.read()
