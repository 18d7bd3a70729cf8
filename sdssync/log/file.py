"""The log file: rotated by size, and it remembers that it could not be written."""

import errno
import logging
import os
import stat
from itertools import pairwise
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sdssync.errors import OutputError, os_reason

_MAX_BYTES = 10_000_000
_FILES_KEPT = 5


class LogFile(RotatingFileHandler):
    """A rotated file that remembers a failure instead of printing a traceback."""

    has_failed = False
    """True if something could not be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name is logging's)
        """Remember the failure."""
        del record
        self.has_failed = True

    def doRollover(self) -> None:  # noqa: N802  (the name is logging's)
        """
        Rename the full file, or continue in it if it cannot be renamed: on Windows another process may have it open.

        The base class would rename the older files first, and lose one of them at each attempt that fails.
        """
        if self.stream is not None:
            self.stream.close()
        try:
            _rotate(Path(self.baseFilename))
        except OSError:
            self.maxBytes = 0  # the next run tries again
        self.stream = self._open()

    def close(self) -> None:
        """Close the file; if the rest of the buffer cannot be written, that is a failure too."""
        try:
            super().close()
        except OSError:
            self.has_failed = True


def open_log_file(file: Path) -> LogFile:
    """
    Open the log file for appending; its folder must exist, so that a slip in its path is noticed.

    Raises:
        OutputError: it cannot be opened, or is not a file: a pipe would wait for a reader.

    """
    try:
        if os.path.lexists(file) and not stat.S_ISREG(file.stat().st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        return LogFile(file, maxBytes=_MAX_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError) and not os.path.lexists(file.parent)
        reason = f"there is no folder {file.parent}" if is_missing else os_reason(error)
        hint = "create the folder, or correct the path" if is_missing else "name a file that this account can write to"
        raise OutputError(f"log file {file} cannot be opened: {reason}", hint) from None
    except ValueError:  # a device of Windows, such as CON, or a character that no path can have
        raise OutputError(f"log file {file} cannot be opened: it is not a file", "name a file") from None


def _rotate(full: Path) -> None:
    """
    Rename the full file to number 1, each older file to the next number; the last one is lost.

    A file that another program has open keeps its number, and the others pass it by.

    Raises:
        OSError: the full file cannot be renamed, or none of the older ones.

    """
    if not _is_movable(full):
        raise PermissionError(errno.EACCES, "it is open elsewhere")
    numbered = [full.with_name(f"{full.name}.{number}") for number in range(1, _FILES_KEPT + 1)]
    slots = [path for path in numbered if not os.path.lexists(path) or _is_movable(path)]
    free = next((index for index, path in enumerate(slots) if not os.path.lexists(path)), len(slots) - 1)
    for newer, older in reversed(list(pairwise([full, *slots[: free + 1]]))):
        newer.replace(older)
    if os.path.lexists(full):
        raise PermissionError(errno.EACCES, "the older files are open elsewhere")


def _is_movable(file: Path) -> bool:
    """Return True if a file can be renamed: it is, and gets its name back."""
    aside = file.with_name(f"{file.name}.full")
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return False
        file.rename(aside).rename(file)
    except OSError:
        return False
    return True
