"""Retry what Windows refuses for a moment, while a virus scanner, a backup or an editor has a file or folder open."""

import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

_HELD_OPEN = {
    5,  # ERROR_ACCESS_DENIED: another program has it open, or it is removed and still open elsewhere
    32,  # ERROR_SHARING_VIOLATION
    33,  # ERROR_LOCK_VIOLATION: another program has locked a part of it
    145,  # ERROR_DIR_NOT_EMPTY: a file in it is removed and still open elsewhere
}
"""How Windows says that another program has the file or folder open ("System Error Codes", learn.microsoft.com)."""

TRIES = 10
PAUSE = 0.2


def patiently(action: Callable[[], Result], *, tries: int = TRIES, pause: float = PAUSE) -> Result:
    """
    Do something that Windows refuses while another program has the file or folder open; return what it returns.

    It is tried at most `tries` times, `pause` seconds apart.

    Raises:
        OSError: the last refusal, or at once any other error.

    """
    for _ in range(tries - 1):
        try:
            return action()
        except OSError as error:
            if not is_held_open(error):
                raise
        time.sleep(pause)
    return action()


def is_held_open(error: OSError) -> bool:
    """Return True if Windows may have refused because another program has the file or folder open."""
    return getattr(error, "winerror", None) in _HELD_OPEN


def rename(source: Path, target: Path) -> None:
    """
    Rename a file or folder, patiently.

    Raises:
        OSError: it cannot be renamed; both names are as they were.

    """
    patiently(lambda: source.rename(target))


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """
    Make a folder, patiently: one of this name may have been removed a moment ago.

    Raises:
        OSError: it cannot be made.

    """
    patiently(lambda: folder.mkdir(mode=mode))


def make_folders(folder: Path) -> None:
    """
    Make a folder with its parents, patiently; what exists stays as it is.

    Raises:
        OSError: one cannot be made.

    """
    patiently(lambda: folder.mkdir(parents=True, exist_ok=True))


def remove_file(file: Path) -> None:
    """
    Remove a file or a link if there is one, patiently; Windows would refuse a file that is read-only.

    Raises:
        OSError: it cannot be removed.

    """
    if os.name == "nt":
        with suppress(OSError):
            file.chmod(stat.S_IWRITE)
    is_folder = os.path.isdir(file) and not os.path.islink(file)  # noqa: PTH112, PTH114  (they raise nothing)
    patiently(lambda: file.unlink(missing_ok=True), tries=1 if is_folder else TRIES)
