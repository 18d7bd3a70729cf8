"""
Tables without lines: columns aligned, numbers to the right, as wide as the terminal at most.

A table that does not fit drops its least important columns. If it still does not fit, each row becomes a few lines.
No word is cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.files.names import printable
from sdssync.report.screen import Line

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    title: str
    is_number: bool = False
    """True: it is aligned to the right."""
    rank: int = 0
    """0: it is never dropped; otherwise the column with the highest rank goes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, a cell for each column."""

    cells: tuple[str, ...]
    style: str = ""


def table(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> Iterator[Line]:
    """Yield header and rows, at most `width` characters wide; None: as wide as they are."""
    cells = [tuple(map(printable, row.cells)) for row in rows]
    shown = _shown(columns, cells, width)
    widths = _widths(columns, cells)
    if width is not None and _total(shown, widths) > width:
        yield from _stacked(columns, cells, rows)
        return
    yield Line(_aligned(columns, [column.title for column in columns], shown, widths), "bold")
    for row, texts in zip(rows, cells, strict=True):
        yield Line(_aligned(columns, texts, shown, widths), row.style)


def number(value: int | None) -> str:
    """Return a number with thousands separators; "-" for one that is not known."""
    return "-" if value is None else f"{value:,}"


def _shown(columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """Return the indexes of the columns that are shown: those that fit, without empty ones."""
    widths = _widths(columns, cells)
    shown = [index for index in range(len(columns)) if not columns[index].rank or _has_text(cells, index)]
    while width is not None and _total(shown, widths) > width:
        least = max(shown, key=lambda index: columns[index].rank)
        if not columns[least].rank:
            break
        shown.remove(least)
    return shown


def _has_text(cells: Sequence[Sequence[str]], index: int) -> bool:
    return any(row[index] for row in cells)


def _widths(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is."""
    return [max(len(column.title), *(len(row[index]) for row in cells), 0) for index, column in enumerate(columns)]


def _total(shown: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[index] for index in shown) + len(_GAP) * (len(shown) - 1)


def _aligned(columns: Sequence[Column], cells: Sequence[str], shown: Sequence[int], widths: Sequence[int]) -> str:
    texts = (
        cells[index].rjust(widths[index]) if columns[index].is_number else cells[index].ljust(widths[index])
        for index in shown
    )
    return _GAP.join(texts).rstrip()


def _stacked(columns: Sequence[Column], cells: Sequence[Sequence[str]], rows: Sequence[Row]) -> Iterator[Line]:
    """Yield the first cell of each row on a line, and each other one that is never dropped on a line below it."""
    for row, texts in zip(rows, cells, strict=True):
        yield Line(texts[0], row.style)
        for column, text in list(zip(columns, texts, strict=True))[1:]:
            if text and not column.rank:
                yield Line(f"  {column.title}: {text}", row.style)
