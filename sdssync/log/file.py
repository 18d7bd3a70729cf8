"""The log file: rotated by size, and it remembers that it could not be written."""

import errno
import logging
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sdssync.errors import OutputError, os_reason

_MAX_BYTES = 10_000_000
_FILES_KEPT = 5
_NOT_LOGS = {".toml", ".csv"}
"""A slip here would append log lines to a settings file, or put a file into a set."""


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
        if file.suffix.lower() in _NOT_LOGS:
            raise OSError(errno.EINVAL, f"a name that ends with {file.suffix} is one of settings or of a CSV set")
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
        OSError: the full file cannot be renamed, or no number can be made free for it; it has its name.

    """
    aside = full.with_name(f"{full.name}.full")
    if os.path.lexists(aside):  # left by a process that was killed between two renames
        _file_away(aside, full)
    full.rename(aside)
    try:
        _file_away(aside, full)
    except OSError:
        aside.rename(full)
        raise


def _file_away(newest: Path, full: Path) -> None:
    """Give a file the lowest number that can be made free."""
    older = [full.with_name(f"{full.name}.{number}") for number in range(1, _FILES_KEPT + 1)]
    free = next((index for index, path in enumerate(older) if not os.path.lexists(path)), None)
    if free is None:
        free = _remove_oldest(older)
    for index in range(free - 1, -1, -1):
        if not os.path.isfile(older[index]):  # noqa: PTH113  (it raises nothing)
            continue
        try:
            older[index].rename(older[free])
        except OSError:  # open elsewhere
            continue
        free = index
    newest.rename(older[free])


def _remove_oldest(older: Sequence[Path]) -> int:
    """Remove the oldest file that can be removed; return its index."""
    for index in range(len(older) - 1, -1, -1):
        with suppress(OSError):
            older[index].unlink()
            return index
    raise PermissionError(errno.EACCES, "each of the older files is open elsewhere")
