"""A progress display on a terminal: download, parse, waiting, profiles; it never reaches a log file or a pipe."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

from sdssync.jobs.progress import RunProgress

if TYPE_CHECKING:
    from rich.progress import Progress as Display
    from rich.progress import Task


@contextmanager
def progress_display(*, wanted: bool, color: bool) -> Iterator[RunProgress]:
    """Yield what takes the progress of a run; without a terminal it shows nothing, and the end clears it."""
    if not sys.stderr.isatty():
        yield RunProgress()
        return
    progress = _Watched()
    if not wanted:
        yield progress
        return
    display = _display(color=color)
    try:
        yield _Shown(display)
    finally:
        display.stop()


class _Watched(RunProgress):
    """Shows nothing, on a terminal."""

    is_watched = True


class _Shown(_Watched):
    """Shows one line: what is done now."""

    def __init__(self, display: "Display") -> None:
        self._display = display
        self._task = display.add_task("")
        self._description = ""

    def download(self, done: int, total: int | None) -> None:
        """Show the bytes."""
        self._show("iSAMS: downloading", done, total)

    def parse(self, done: int, total: int) -> None:
        """Show the bytes."""
        self._show("iSAMS: reading", done, total)

    def wait(self, reason: str, seconds: float) -> None:
        """Show the seconds that are left."""
        self._show(f"iSAMS: {reason}, next attempt in", until=time.monotonic() + seconds)

    def profile(self, name: str, number: int, total: int) -> None:
        """Show the profile."""
        self._show(f"{name} ({number} of {total})")

    def upload(self, name: str, done: int, total: int) -> None:
        """Show the bytes, then that SDS is at work."""
        if done < total:
            self._show(f"{name}: sending to SDS", done, total)
        else:
            self._show(f"{name}: SDS validates")

    def _show(
        self, description: str, done: int | None = None, total: int | None = None, until: float | None = None
    ) -> None:
        self._display.start()
        is_new = description != self._description  # what takes no time is still shown once
        self._description = description
        self._display.update(self._task, description=description, refresh=is_new, done=done, whole=total, until=until)


class _Terminal:
    """The terminal of stderr, which may go away during a run: then there is no one to show anything to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, if there still is a terminal."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Show what was written, if there still is a terminal."""
        with suppress(OSError):
            self._stream.flush()


def _display(*, color: bool) -> "Display":
    from rich.console import Console  # noqa: PLC0415  (a scheduled run has no terminal)
    from rich.progress import Progress, ProgressColumn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class Column(ProgressColumn):
        """Renders what is done now as one line."""

        def render(self, task: "Task") -> Text:
            return Text(f"{task.description}{_amount(task)}", no_wrap=True, overflow="ellipsis")

    console = Console(file=cast("IO[str]", _Terminal(sys.stderr)), no_color=not color)
    return Progress(Column(), console=console, transient=True)


def _amount(task: "Task") -> str:
    """Return how much is done: seconds that are left, or megabytes."""
    done, whole, until = (task.fields.get(name) for name in ("done", "whole", "until"))
    if until is not None:
        return f" {max(until - time.monotonic(), 0):.0f} s"
    if done is None:
        return ""
    return f" {done / 1e6:,.1f}" + (f" of {whole / 1e6:,.1f} MB" if whole else " MB")
