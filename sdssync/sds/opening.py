"""Open a file at once, and again where Windows refuses for a moment: `sds` stands alone, without `files`."""

import os
import time

HELD_OPEN = {5, 32, 33}
"""Errors of Windows about a file that another program has open: access denied, sharing and lock violation."""
_TRIES, _PAUSE = 10, 0.2


def open_at_once(path: str, flags: int) -> int:
    """
    Open without waiting: neither for the writer of a pipe, nor for a file of the system that has nothing to give.

    What Windows refuses while a virus scanner has the file open is tried again for two seconds.
    """
    for _ in range(_TRIES - 1):
        try:
            return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if getattr(error, "winerror", None) not in HELD_OPEN:
                raise
        time.sleep(_PAUSE)
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
