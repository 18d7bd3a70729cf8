"""Tables on stdout: plain without a terminal, drawn on one, and harmless whatever is in a cell."""

from pathlib import Path

import pytest

from sdssync.report.tables import table
from tests.support.documents import document
from tests.support.installation import install
from tests.support.processes import on_terminal


def test_plain() -> None:
    """Columns are as wide as their widest cell, and no line ends in blanks."""
    ran = table("Things", ("Name", "Count"), [("short", "1"), ("rather long", "")], color=True)

    assert ran == "Things\nName         Count\nshort        1\nrather long\n"


def test_no_rows() -> None:
    """A table without rows has its header."""
    assert table("Things", ("Name", "Count"), [], color=True) == "Things\nName  Count\n"


def test_cells_stay_on_their_line() -> None:
    """Control characters of a cell are made visible, so that none forges a line or moves the cursor."""
    ran = table("Things", ("Name",), [("a\nb\x1b[2J\u202e\r",)], color=True)

    assert (
        ran
        == "Things\nName\na\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2J"
        + "\N{REPLACEMENT CHARACTER}" * 2
        + "\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ["run-all --dry-run", "subjects", "profiles", "validate"])
def test_drawn(here: Path, arguments: str) -> None:
    """On a terminal every result is drawn; what looks like markup is shown as it is, and no escape gets through."""
    install(here, seniors='name = "[bold]x"\noutput = "csv/[red]"\nyear_groups = [9]\n')
    text = document().replace("Physics", "[red]Physics[/red]").replace("Surname502", "[blink]S[/blink]")
    (here / "hartley.xml").write_text(text, encoding="utf-8")

    ran = on_terminal("-q", *arguments.split(), "--no-color", folder=here, streams="1")

    assert ran.exit_code == 0
    marked = {"subjects": "[red]Physics[/red]", "validate": "there is no CSV set to validate"}
    assert marked.get(arguments, "[bold]x") in ran.out
    if arguments != "validate":
        assert "┃" in ran.out
