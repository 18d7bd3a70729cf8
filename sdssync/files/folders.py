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
from sdssync.files.patience import make_folder, make_folders, patiently, remove_file, rename
from sdssync.files.regular import open_regular

_OWNER_ONLY = 0o700
_NAME_SURROGATE = 0x2000_0000
"""A bit of the reparse tag of Windows: set for symbolic links and junctions, and not for cloud files."""


def make_private(folder: Path) -> None:
    """
    Make a folder that only this account can enter, with its parents; one that exists stays as it is.

    Raises:
        OSError: it cannot be made.

    """
    make_folders(folder.parent)
    if not is_folder(folder):
        make_folder(folder, _OWNER_ONLY)


def write_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """
    Write a folder, in place of another one that is removed when the new one is on the disk; its parent must exist.

    Raises:
        OSError: it cannot be written, and what `fill` made is removed.

    """
    unfinished = target.with_name(f".{target.name}.new")
    remove_folder(unfinished)  # left by an interrupted run
    try:
        make_folder(unfinished, _OWNER_ONLY)
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
    Copy the named files of one folder to another, which has none of them.

    Raises:
        OSError: one cannot be read or written.

    """
    for name in names:
        with open_regular(source / name) as original, (target / name).open("xb") as copy:
            shutil.copyfileobj(original, copy)


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
        remove_file(folder)
        return
    for entry in sorted(folder.iterdir()):
        remove_folder(entry)
    patiently(folder.rmdir)


def is_folder(path: Path) -> bool:
    """Return True if there is a folder; what may not be looked at is not one, and reading it says why."""
    return os.path.isdir(path)  # noqa: PTH112  (unlike pathlib it never raises)


def is_in_place_of_folder(path: Path) -> bool:
    """
    Return True if there is something, and it is not a folder; a link to nothing is something.

    Raises:
        OSError: it cannot be looked at, so it may well be a folder.

    """
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        return os.path.lexists(path)


def is_link(status: os.stat_result) -> bool:
    """Return True if `lstat` saw a symbolic link, or a junction of Windows."""
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_reparse_tag", 0) & _NAME_SURROGATE)
