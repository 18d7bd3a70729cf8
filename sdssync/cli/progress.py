"""A progress display for download and parse, on a terminal only; it never reaches a log file or a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sdssync.isams.progress import Progress


@contextmanager
def progress_display(*, wanted: bool, color: bool) -> Iterator[Progress]:
    """Yield the callable that takes the progress; without a terminal it shows nothing, and the parse ends it."""
    if not (wanted and sys.stderr.isatty()):
        yield _nothing
        return
    from rich.console import Console  # noqa: PLC0415  (a scheduled run has no terminal)
    from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TransferSpeedColumn  # noqa: PLC0415
    from rich.progress import Progress as Display  # noqa: PLC0415

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    display = Display(*columns, console=Console(stderr=True, no_color=not color, soft_wrap=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def show(stage: str, done: int, total: int | None) -> None:
        if stage not in tasks:
            display.start()
            tasks[stage] = display.add_task(stage, total=total)
        display.update(tasks[stage], completed=done, total=total)
        if stage == "parse" and done == total:
            display.stop()

    try:
        yield show
    finally:
        display.stop()


def _nothing(stage: str, done: int, total: int | None) -> None:
    """Show nothing."""
