"""Stdout and stderr as a scheduled task may have them: closed, full, in any encoding, or without a reader."""

import errno
import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from sdssync.errors import OutputError, os_reason

if TYPE_CHECKING:
    from sdssync.report.screen import Line


def prepare() -> None:
    """Let stdout and stderr write UTF-8; one that is closed swallows what it is given."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_result(text: str) -> None:
    """
    Write a result to stdout; a reader that has gone away is not a failure.

    Raises:
        OutputError: it cannot be written.

    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Windows has no error of its own for a pipe without a reader
        if not isinstance(error, BrokenPipeError) and not (os.name == "nt" and error.errno == errno.EINVAL):
            raise unwritable(error) from None


def width() -> int | None:
    """Return how many characters fit on a line of stdout; None if it is not a terminal."""
    from sdssync.log.lines import width_of  # noqa: PLC0415  (loading it costs more than most help needs)

    return width_of(sys.stdout) if sys.stdout.isatty() else None


def print_lines(lines: "Iterable[Line]", *, color: bool) -> None:
    """
    Write lines to stdout, on a terminal wrapped to its width and in colours.

    Raises:
        OutputError: they cannot be written.

    """
    from sdssync.report.screen import fit, plain  # noqa: PLC0415  (help and usage print no lines)

    fitting = list(fit(lines, width()))
    print_result(_painted(fitting) if color and _shows_colours() else plain(fitting))


def _shows_colours() -> bool:
    if not sys.stdout.isatty():
        return False
    from sdssync.cli.console import shows_colours  # noqa: PLC0415  (a pipe needs none of it)

    return shows_colours(sys.stdout)


def _painted(lines: "Iterable[Line]") -> str:
    from rich.console import Console  # noqa: PLC0415  (costs time that a scheduled run has no use for)
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    with console.capture() as capture:
        for line in lines:
            console.print(Text(line.text, style=line.style), soft_wrap=True)
    return capture.get()


def unwritable(error: OSError) -> OutputError:
    """Return the error for a stdout that cannot be written."""
    return OutputError(
        f"the result could not be written to stdout: {os_reason(error)}",
        "the work is complete; check where stdout goes",
    )


def flush() -> None:
    """Write out what stdout and stderr still hold; one that cannot be written has been reported before."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
