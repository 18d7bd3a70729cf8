"""Installations with one thing that is wrong, for `sdssync doctor`: each is made in a folder that was good before."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from pytest_httpserver import HTTPServer

from tests.support.documents import PHYSICS, PUPILS, ROWS, document, pupil, row
from tests.support.fake_isams import PATH, recorded
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.runs import command

KEY = "5F0B1C2D-3E4A-4B5C-8D6E-7F8091A2B3C4"
PARTS = 'format = "v2.1"\nyear_groups = [9]\n'
COMBINED = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Seniors", "Other"]\n'
MANY = [*range(600, 640)]
FULL = document(pupils=PUPILS + "".join(map(pupil, MANY)), rows=ROWS + "".join(row(PHYSICS, number) for number in MANY))
"""A document with forty pupils more in year 9."""


def remote(folder: Path, url: str, more: str = "", key: str = KEY) -> None:
    """Let the installation ask iSAMS at an address."""
    source = f'url = "{url}"\napi_key_file = "isams.key"\n{more}'
    install(folder, SETTINGS.replace('file = "hartley.xml"', source))
    file = folder / "isams.key"
    file.write_text(key, encoding="utf-8")
    file.chmod(0o600)


def answer(server: HTTPServer, text: str) -> str:
    """Let a server answer with a document; return its address."""
    server.clear()
    server.expect_request("/", method="HEAD").respond_with_data("")
    server.expect_request(PATH, method="POST").respond_with_data(text, content_type="text/xml")
    return server.url_for("").rstrip("/")


def refuse(server: HTTPServer, name: str) -> str:
    """Let a server answer as it was recorded; return its address."""
    exchange = recorded(name)
    server.expect_request("/", method="HEAD").respond_with_data("")
    server.expect_request(PATH, method="POST").respond_with_data(exchange.body, exchange.status, exchange.headers)
    return server.url_for("").rstrip("/")


def night(*arguments: str) -> None:
    """Let a night pass."""
    assert command("run-all", "-q", *arguments).exit_code in {0, 4}


def another(folder: Path, text: str = "") -> None:
    """Add a profile that takes what Seniors takes."""
    install(folder, SETTINGS, seniors=SENIORS, other=f'name = "Other"\noutput = "csv/Other"\n{PARTS}{text}')


def two_parts(folder: Path) -> None:
    """Combine two profiles that take the same year."""
    install(folder, SETTINGS, seniors=f'name = "Seniors"\n{PARTS}', other=f'name = "Other"\n{PARTS}', school=COMBINED)


def change_json(file: Path, **changes: Any) -> None:
    """Change keys of a JSON file of the state folder."""
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | changes), encoding="utf-8")


def ended(folder: Path, **ago: float) -> None:
    """Let the last run have ended so long ago; a negative time is in the future."""
    file = folder / "state" / "status.json"
    run = json.loads(file.read_text(encoding="utf-8"))["last_run"]
    finished_at = datetime.now(UTC) - timedelta(**ago)
    change_json(file, last_run={**run, "finished_at": finished_at.isoformat()})


def published(folder: Path, **ago: float) -> None:
    """Let the first generation have been published so long ago."""
    manifest = folder / "state" / "profiles" / "Seniors" / "1" / "manifest.json"
    change_json(manifest, published_at=(datetime.now(UTC) - timedelta(**ago)).isoformat())


def hold(folder: Path) -> None:
    """Let a set be held, because of a freeze, in which pupils leave."""
    today = datetime.now(UTC).date()
    freeze = f"[safety]\nfreeze = [{{ from = {today - timedelta(5)}, to = {today + timedelta(5)} }}]\n"
    (folder / "hartley.xml").write_text(FULL, encoding="utf-8")
    night()
    install(folder, SETTINGS + freeze)
    (folder / "hartley.xml").write_text(document(), encoding="utf-8")
    night()


@contextmanager
def server_of_another_time(time: datetime) -> Iterator[str]:
    """Yield the address of a server with another clock, which knows no request but that of its head."""

    class Late(BaseHTTPRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            del timestamp
            return format_datetime(time, usegmt=True)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Late) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield an address at which nothing listens, while no one else can take it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
