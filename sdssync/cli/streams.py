"""Stdout and stderr as a scheduled task may have them: closed, full, in any encoding, with nobody who reads."""

import errno
import os
import sys
from contextlib import suppress

from sdssync.errors import OutputError


def prepare() -> None:
    """Let stdout and stderr write UTF-8; one that is closed swallows what it is given."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (until the process ends)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_result(text: str) -> None:
    """
    Write a result to stdout; a reader who has gone away is no failure.

    Raises:
        OutputError: it cannot be written.

    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Windows has no word of its own for a pipe without a reader
        if not isinstance(error, BrokenPipeError) and not (os.name == "nt" and error.errno == errno.EINVAL):
            raise unwritable(error) from None


def unwritable(error: OSError) -> OutputError:
    """Make the error for a stdout that takes nothing."""
    reason = error.strerror or type(error).__name__
    return OutputError(
        f"the result could not be written to stdout: {reason}", "what was to be done is done; see to stdout"
    )


def flush() -> None:
    """Write out what stdout and stderr still hold; one that cannot be written has been told of before."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
