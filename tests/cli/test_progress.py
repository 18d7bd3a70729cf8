"""The progress display: on a terminal while there is something to wait for, and nowhere else."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.support.documents import document
from tests.support.fake_isams import play
from tests.support.installation import SETTINGS, install
from tests.support.processes import on_terminal, process

pytestmark = pytest.mark.slow

CLEARED = "\x1b[2K"


@pytest.mark.parametrize("arguments", ["run-all", "subjects"])
def test_parse(school: Path, arguments: str) -> None:
    """The parse is shown, and cleared before what comes after it."""
    ran = on_terminal(arguments, folder=school, streams="2")

    bar, _, rest = ran.out.partition("source.parsed")
    assert ran.exit_code == 0
    assert "parse " in bar
    assert CLEARED in bar
    assert "parse " not in rest


def test_download(httpserver: HTTPServer, school: Path) -> None:
    """The download is shown, and so is each log line that comes while it lasts, whole."""
    install(
        school, SETTINGS.replace('file = "hartley.xml"', f'url = "{play(httpserver, "good")}"\napi_key_env = "KEY"')
    )

    ran = on_terminal("run-all", folder=school, streams="2", env={"KEY": "k", "NO_COLOR": "1"})

    assert ran.exit_code == 0
    assert "download " in ran.out
    assert "[info     ] source.downloaded              run_id=" in ran.out


@pytest.mark.parametrize("arguments", [["-q", "run-all"], ["profiles"], ["run-all", "--cached"]], ids=" ".join)
def test_nothing_to_show(school: Path, arguments: list[str]) -> None:
    """Quiet runs, commands that wait for nothing, and a run that fails at once show no bar."""
    if "--cached" in arguments:
        install(school, SETTINGS.replace('file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_env = "KEY"'))

    ran = on_terminal(*arguments, folder=school, streams="2")

    assert not [stage for stage in ("parse ", "download ") if f"{stage} " in ran.out or f"{stage}\x1b" in ran.out]
    assert CLEARED not in ran.out


def test_not_without_a_terminal(school: Path) -> None:
    """In a pipe there are log lines and nothing else."""
    ran = process("run-all", folder=school)

    assert ran.exit_code == 0
    assert all(line.startswith("{") for line in ran.err.splitlines())


def test_a_document_that_breaks(school: Path) -> None:
    """The display is gone when the parse fails, and the cursor is back."""
    (school / "hartley.xml").write_text(document()[:-30], encoding="utf-8")

    ran = on_terminal("run-all", folder=school)

    assert ran.exit_code == 3
    assert ran.out.rfind("\x1b[?25l") < ran.out.rfind("\x1b[?25h") or "\x1b[?25l" not in ran.out
    assert "source.failed" in ran.out
