"""The progress display: on a terminal while there is something to wait for, and nowhere else."""

import json
import os
import threading
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support.documents import document
from tests.support.fake_isams import PATH, play
from tests.support.installation import SETTINGS, install
from tests.support.needs import needs_pty
from tests.support.processes import SECONDS, on_terminal, process, started

pytestmark = pytest.mark.slow

CLEARED = "\x1b[2K"
KEY = {"KEY": "00000000-0000-0000-0000-000000000000", "NO_COLOR": "1"}


def remote(folder: Path, url: str, more: str = "") -> None:
    """Let an installation ask iSAMS at an address."""
    source = f'url = "{url}"\napi_key_env = "KEY"\n{more}'
    install(folder, SETTINGS.replace('file = "hartley.xml"', source))


@needs_pty
@pytest.mark.parametrize(
    ("arguments", "stages"),
    [("run-all", ["iSAMS: reading 0.0 of 0.0 MB", "Seniors (1 of 1)"]), ("subjects", ["iSAMS: reading"])],
)
def test_stages(school: Path, arguments: str, stages: list[str]) -> None:
    """Each stage is shown, and cleared at the end; no log line is."""
    ran = on_terminal(arguments, folder=school, streams="2", env=KEY)

    assert ran.exit_code == 0
    assert [stage for stage in stages if stage not in ran.out] == []
    assert ran.out.rpartition(stages[-1])[2].endswith(CLEARED)
    assert "source.parsed" not in ran.out


@needs_pty
def test_download(httpserver: HTTPServer, school: Path) -> None:
    """The bytes of a download are shown."""
    remote(school, play(httpserver, "good"))

    ran = on_terminal("run-all", folder=school, streams="2", env=KEY)

    assert ran.exit_code == 0
    assert "iSAMS: downloading 0.0 of 0.0 MB" in ran.out


@needs_pty
def test_waiting(httpserver: HTTPServer, school: Path) -> None:
    """While sdssync waits for the next attempt, the seconds that are left are shown, with the reason."""
    answers = iter((503, 503, 200))

    def answer(_: Request) -> Response:
        return Response(document(), next(answers), mimetype="application/xml")

    httpserver.expect_request(PATH).respond_with_handler(answer)
    remote(school, httpserver.url_for(""))

    ran = on_terminal("run-all", folder=school, streams="2", env=KEY)

    assert ran.exit_code == 0
    assert "iSAMS: status 503, next attempt in 1 s" in ran.out
    assert "attempt 2 failed: status 503; the next one follows in" in ran.out


@needs_pty
@pytest.mark.parametrize("arguments", [["-q", "run-all"], ["profiles"], ["run-all", "--cached"]], ids=" ".join)
def test_nothing_to_show(school: Path, arguments: list[str]) -> None:
    """Quiet runs, commands that wait for nothing, and a run that fails at once show no progress."""
    if "--cached" in arguments:
        remote(school, "http://127.0.0.1:9")

    ran = on_terminal(*arguments, folder=school, streams="2", env=KEY)

    assert "iSAMS: reading" not in ran.out
    assert "iSAMS: downloading" not in ran.out
    assert CLEARED not in ran.out


def test_not_without_a_terminal(school: Path) -> None:
    """In a pipe there are log lines and nothing else."""
    ran = process("run-all", folder=school)

    assert ran.exit_code == 0
    assert all(line.startswith("{") for line in ran.err.splitlines())


@needs_pty
def test_a_document_that_breaks(school: Path) -> None:
    """The display is gone when the parse fails, and the cursor is back."""
    (school / "hartley.xml").write_text(document()[:-30], encoding="utf-8")

    ran = on_terminal("run-all", folder=school)

    assert ran.exit_code == 3
    assert ran.out.rfind("\x1b[?25l") < ran.out.rfind("\x1b[?25h") or "\x1b[?25l" not in ran.out
    assert "error: no document from iSAMS" in ran.out


@needs_pty
def test_a_wrong_host(school: Path) -> None:
    """A wrong address on a first `subjects` is reported within 20 seconds, with the host."""
    remote(school, "http://127.0.0.1:1")

    ran = on_terminal("subjects", folder=school, env=KEY)

    assert ran.exit_code == 3
    assert "no connection with 127.0.0.1:1, after" in ran.out


@needs_pty
def test_a_terminal_that_goes_away(httpserver: HTTPServer, school: Path) -> None:
    """A run whose terminal is closed goes on to its end: the display is a help, and no part of the work."""
    import pty  # noqa: PLC0415  (not there on Windows)

    asked, is_closed = threading.Event(), threading.Event()

    def answer(_: Request) -> Response:
        asked.set()
        is_closed.wait(SECONDS)
        return Response(document(), 200, mimetype="application/xml")

    httpserver.expect_request(PATH).respond_with_handler(answer)
    remote(school, httpserver.url_for(""))
    ours, theirs = pty.openpty()
    with started("run-all", "--format", "json", folder=school, env=KEY, stderr=theirs) as running:
        os.close(theirs)
        assert asked.wait(SECONDS)
        os.close(ours)
        is_closed.set()
        out, _ = running.communicate(timeout=SECONDS)

    assert (running.returncode, json.loads(out)["profiles"][0]["outcome"]) == (0, "published")
