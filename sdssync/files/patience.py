"""Retry what Windows refuses for a moment, while a virus scanner or an editor has a file or folder open."""

import time
from collections.abc import Callable
from pathlib import Path

_HELD_OPEN = {5, 32}
"""ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: how Windows says that a program has the folder or a file open."""


def rename(source: Path, target: Path) -> None:
    """
    Rename a file or folder, patiently.

    Raises:
        OSError: it cannot be renamed; both names are as they were.

    """
    patiently(lambda: source.rename(target))


def patiently(action: Callable[[], object], *, tries: int = 10, pause: float = 0.2) -> None:
    """
    Do something that Windows refuses while another program has the file or folder open.

    It is tried at most `tries` times, `pause` seconds apart.

    Raises:
        OSError: the last refusal, or at once any other error.

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
