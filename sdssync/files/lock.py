"""One run at a time for an installation: a lock in its state folder, which ends with the process in any case."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sdssync.errors import LockedError, OutputError, os_reason

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
    lock = FileLock(state / LOCK_FILE, blocking=False, fallback_to_soft=False)
    try:
        state.mkdir(parents=True, exist_ok=True)
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
            f"remove {state / LOCK_FILE}: it is not a file"
            if os.path.lexists(state / LOCK_FILE) and not (state / LOCK_FILE).is_file()
            else "choose a state folder on a local disk that the account of sdssync can write to",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # the lock ends with the process in any case
            lock.release()
