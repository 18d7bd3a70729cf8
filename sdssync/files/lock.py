"""One run at a time for an installation: a lock in its state folder, which ends with the process in any case."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout, lock_descriptor

from sdssync.errors import LockedError, OutputError, os_reason
from sdssync.files.patience import make_folders
from sdssync.files.regular import NotRegularError, require_regular

LOCK_FILE = "sdssync.lock"
"""Stays in the state folder; its presence means nothing, the operating system knows who holds the lock."""


@contextmanager
def installation_lock(state: Path) -> Iterator[None]:
    """
    Hold the lock of the installation with this state folder, which is created if it does not exist.

    Raises:
        LockedError: another process holds it.
        OutputError: the folder cannot be written, or its file system has no locks.

    """
    # Without fallback_to_soft=False a file system without locks would get a marker file, which outlives a kill.
    # On Windows the file would be removed at the end: then any program that looks at it at that moment is in the way.
    file = state / LOCK_FILE
    lock = FileLock(file, blocking=False, fallback_to_soft=False, preserve_lock_file=True)
    try:
        make_folders(state)
        with suppress(FileNotFoundError):
            require_regular(file)
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"state {state}: another run of this installation is in progress",
            "wait until it has finished, then start again",
        ) from None
    except OSError as error:
        reason = "a file is where a folder is expected" if isinstance(error, FileExistsError) else os_reason(error)
        raise OutputError(
            f"state {state}: the lock cannot be taken: {reason}",
            f"remove {file}"
            if isinstance(error, NotRegularError) or os.path.islink(file)  # noqa: PTH114  (it raises nothing)
            else "choose a state folder on a local disk that the account of sdssync can write to",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # the lock ends with the process in any case
            lock.release()


def is_held(state: Path) -> bool:
    """
    Return True if a process holds the lock of the installation with this state folder; nothing is made or written.

    For that instant the lock is tried, so a run that starts at the same moment may find it taken.

    Raises:
        OSError: the file of the lock cannot be opened, or its file system has no locks.

    """
    file = state / LOCK_FILE
    try:
        require_regular(file)
    except FileNotFoundError:
        return False
    descriptor = os.open(file, os.O_RDWR if os.name == "nt" else os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return not lock_descriptor(descriptor, blocking=False)
    finally:
        os.close(descriptor)  # with it the lock is given back
