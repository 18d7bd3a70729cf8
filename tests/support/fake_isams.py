"""
A fake iSAMS: recorded exchanges played over real HTTP, and raw sockets for answers that no library sends.

Every failing download goes through `failing`, which also looks for the API key in everything that the failure leaves.
"""

import logging
import socket
import ssl
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs
from werkzeug import Request, Response

from sdssync.config.api_key import ApiKey
from sdssync.config.credentials import Client, Credentials
from sdssync.config.secret import Secret
from sdssync.config.settings import RemoteSource
from sdssync.errors import SdsSyncError
from sdssync.isams.download import download
from sdssync.isams.progress import Progress
from sdssync.net.pace import Pace
from tests.support.installation import remote_source

FIXTURES = Path(__file__).parents[2] / "fixtures"
CERTIFICATE = FIXTURES / "tls" / "loopback.crt"
PATH = "/api/batch/1.0/xml.ashx"
KEY = ApiKey("C4NARY-7e1d/+&=é")
CANARY = "C4NARY"
CLIENT = Client("C4NARY-client", Secret("C4NARY-s3cret/+&=é"))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def recorded(name: str) -> Exchange:
    """Read `fixtures/isams/NAME.http`: a status line, headers, a blank line, and the body as it came."""
    head, body = (FIXTURES / "isams" / f"{name}.http").read_bytes().split(b"\n\n", 1)
    status, *headers = head.decode().split("\n")
    return Exchange(int(status.split()[1]), dict(line.split(": ", 1) for line in headers), body)


def play(server: HTTPServer, *names: str) -> str:
    """Answer with these exchanges one after another, then always with the last one; return the URL to set."""
    exchanges = [recorded(name) for name in names]

    def answer(_: Request) -> Response:
        exchange = exchanges.pop(0) if len(exchanges) > 1 else exchanges[0]
        return Response(exchange.body, exchange.status, exchange.headers)

    server.expect_request(PATH, method="POST").respond_with_handler(answer)
    return server.url_for("")


@dataclass(slots=True)
class Clock:
    """A clock that moves only when the program sleeps."""

    time: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.waits.append(round(seconds, 3))
        self.time += seconds

    @property
    def pace(self) -> Pace:
        """This clock, without jitter."""
        return Pace(now=lambda: self.time, sleep=self.sleep, jitter=lambda: 1.0)


def source(url: str, **changes: Any) -> RemoteSource:
    """Return settings for a fake server."""
    return remote_source(url, **changes)


@dataclass(frozen=True, slots=True)
class Failed:
    """What a failed download left."""

    error: SdsSyncError
    host: str
    waits: Sequence[float]
    logs: Sequence[Mapping[str, Any]]

    @property
    def kind(self) -> str:
        """The class of the error."""
        return type(self.error).__name__

    @property
    def line(self) -> str:
        """The line that the user sees, with HOST for the host."""
        return str(self.error).replace(self.host, "HOST") if self.host else str(self.error)


def failing(settings: RemoteSource, state: Path, credentials: Credentials = KEY) -> Failed:
    """Run a download that fails; the key must not show anywhere, and no file may be left."""
    clock, records = Clock(), _Records()
    root = logging.getLogger()
    level = root.level
    root.addHandler(records)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned, capture_logs() as logs:
            warnings.simplefilter("always")
            error = _error_of(settings, state, credentials, clock)
    finally:
        root.removeHandler(records)
        root.setLevel(level)
    left = [str(error), repr(error), error.hint, *_traces(error), *records.texts, *map(str, warned), *map(str, logs)]
    assert CANARY not in "\n".join(left)
    assert "\n" not in str(error)
    assert not list(state.glob("isams*.part"))
    return Failed(error, settings.url.partition("://")[2].partition("/")[0], clock.waits, logs)


def _error_of(settings: RemoteSource, state: Path, credentials: Credentials, clock: Clock) -> SdsSyncError:
    try:
        with download(settings, credentials, state, progress=Progress(), pace=clock.pace):
            pass
    except SdsSyncError as error:
        return error
    raise AssertionError("the download succeeded")


def _traces(error: BaseException) -> Iterator[str]:
    """Yield the traceback of the error and of all errors before it, shown or not."""
    link: BaseException | None = error
    while link is not None:
        yield "".join(traceback.format_exception(link))
        yield repr(link.args)
        link = link.__cause__ or link.__context__


class _Records(logging.Handler):
    """Keep every record of every logger that propagates."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text, unless the fake server logs it."""
        if record.name != "werkzeug":
            self.texts.append(record.getMessage())


Script = Callable[[socket.socket, bytes], None]
"""What a raw server does with a connection after it has read the request."""


@contextmanager
def raw_server(script: Script, *, tls: bool = False, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve each connection with the script, which sends any bytes, and yield the URL to set."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FIXTURES / "tls" / "loopback.pem")
    listener = socket.create_server((host, 0))
    threads: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            line = context.wrap_socket(connection, server_side=True) if tls else connection
            with line:
                script(line, _read_request(line))
                line.shutdown(socket.SHUT_WR)
                line.settimeout(5)
                while line.recv(65_536):  # let the client read to the end before the socket closes
                    pass

    def accept() -> None:
        with suppress(OSError):
            while True:
                thread = threading.Thread(target=handle, args=(listener.accept()[0],))
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"{'https' if tls else 'http'}://{host}:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (acceptor, *threads):
            thread.join(10)


def _read_request(line: socket.socket) -> bytes:
    """Read head and body."""
    data = b""
    while b"</Filters>" not in data and not (data.startswith(b"CONNECT ") and data.endswith(b"\r\n\r\n")):
        piece = line.recv(65_536)
        if not piece:
            break
        data += piece
    return data
