"""The log file: rotated by size, and it remembers that it could not be written."""

import logging
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

        The base class would rename the older files first, and lose one of them at each failed attempt.
        """
        if self.stream is not None:
            self.stream.close()
        full, aside = Path(self.baseFilename), Path(f"{self.baseFilename}.full")
        try:
            full.rename(aside).rename(full)
            super().doRollover()
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
        OutputError: it cannot be opened.

    """
    try:
        return LogFile(file, maxBytes=_MAX_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError) and not file.parent.exists()
        reason = f"there is no folder {file.parent}" if is_missing else os_reason(error)
        hint = "create the folder, or correct the path" if is_missing else "name a file that this account can write to"
        raise OutputError(f"log file {file} cannot be opened: {reason}", hint) from None
