"""Tables on the screen: with lines and colours on a terminal, otherwise plain aligned text."""

import sys
from collections.abc import Sequence

from sdssync.files.names import printable


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, color: bool) -> str:
    """Return a table as text with a final line break; control characters in cells are replaced."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        return _rich(title, header, cells, color=color)
    return _plain(title, header, cells)


def _plain(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join((title, *lines)) + "\n"


def _rich(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, color: bool) -> str:
    from rich.console import Console  # noqa: PLC0415  (costs time that a scheduled run has no use for)
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = Table(title=title, title_justify="left")
    for name in header:
        drawn.add_column(name, overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))
    console = Console(no_color=not color, highlight=False)
    with console.capture() as capture:
        console.print(drawn)
    return capture.get()
