"""Tables on stdout: aligned, as narrow as the terminal, and harmless whatever is in a cell."""

from pathlib import Path

import pytest

from sdssync.report.screen import fit, plain
from sdssync.report.tables import Column, Row, table
from tests.support.documents import document
from tests.support.installation import install
from tests.support.needs import needs_pty
from tests.support.processes import on_terminal

COLUMNS = (Column("Name"), Column("Count", is_number=True, rank=1), Column("Folder", rank=2))
ROWS = [Row(("short", "1", "csv/short")), Row(("rather long", "1,234", ""))]


def text(width: int | None, columns: tuple[Column, ...] = COLUMNS, rows: list[Row] = ROWS) -> str:
    """Return a table as it fits a terminal."""
    return plain(fit(table(columns, rows, width), width))


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (None, "Name         Count  Folder\nshort            1  csv/short\nrather long  1,234\n"),
        (29, "Name         Count  Folder\nshort            1  csv/short\nrather long  1,234\n"),
        (28, "Name         Count\nshort            1\nrather long  1,234\n"),
        (17, "Name\nshort\nrather long\n"),
        (10, "short\nrather\n  long\n"),
    ],
)
def test_width(width: int | None, expected: str) -> None:
    """The least columns go first, then each row becomes lines of its own; no word is cut, no line ends in blanks."""
    assert text(width) == expected


def test_rows_as_lines() -> None:
    """A row that does not fit is its first cell, with the other cells that are never dropped below it."""
    columns = (Column("Name"), Column("State"), Column("Count", is_number=True, rank=1))

    assert text(14, columns, [Row(("Upper School", "published", "7"))]) == "Upper School\n  State:\n    published\n"


def test_empty_columns() -> None:
    """A column without any text is not shown, unless it is one that is never dropped."""
    assert text(None, COLUMNS, [Row(("short", "1", ""))]) == "Name   Count\nshort      1\n"


def test_no_rows() -> None:
    """A table without rows has the header of the columns that are never dropped."""
    assert text(None, COLUMNS, []) == "Name\n"


def test_cells_stay_on_their_line() -> None:
    """Control characters of a cell are made visible, so that none forges a line or moves the cursor."""
    unknown = "\N{REPLACEMENT CHARACTER}"

    assert (
        text(None, (Column("Name"),), [Row(("a\nb\x1b[2J\u202e\r",))])
        == f"Name\na{unknown}b{unknown}[2J{unknown * 2}\n"
    )


@pytest.mark.slow
@needs_pty
@pytest.mark.parametrize("arguments", ["run-all --dry-run", "subjects", "classes", "profiles", "validate"])
def test_on_a_terminal(here: Path, arguments: str) -> None:
    """What looks like markup is shown as it is, and no escape gets through."""
    install(here, seniors='name = "[bold]x"\noutput = "csv/[red]"\nyear_groups = [9]\n')
    marked_up = document().replace("Physics", "[red]Physics[/red]").replace("Surname502", "[blink]S[/blink]")
    (here / "hartley.xml").write_text(marked_up, encoding="utf-8")

    ran = on_terminal("-q", *arguments.split(), "--no-color", folder=here, streams="1")

    assert ran.exit_code == 0
    marked = {"subjects": "[red]Physics[/red]", "validate": "there is no CSV set to validate"}
    assert marked.get(arguments, "[bold]x") in ran.out
    assert "\x1b" not in ran.out
