"""HTTP at its worst: truncated, slow, endless, garbled, untrusted. Each becomes one line, and none shows the key."""

import gzip
import inspect
import logging
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import requests.exceptions
import urllib3.exceptions
from pytest_httpserver import HTTPServer

from sdssync.errors import SourceUnavailableError
from sdssync.isams.download import download
from sdssync.isams.progress import Progress
from sdssync.net import post, tls
from sdssync.net.deadline import Deadline
from sdssync.net.errors import FOREIGN, cause_of
from sdssync.net.failure import Cause
from tests.support.fake_isams import (
    CERTIFICATE,
    KEY,
    PATH,
    Clock,
    Script,
    failing,
    play,
    raw_server,
    recorded,
    source,
)
from tests.support.needs import needs_second_loopback_address, needs_trust_store_of_openssl

pytestmark = pytest.mark.slow

GOOD = recorded("good").body
FIREWALL = "check that iSAMS is running, that [isams] url is right, and that the firewall lets this server out"
BETWEEN = "run it again; if it still fails, find out which proxy or firewall is between this server and iSAMS"
UNUSABLE = "the proxy setting of this server cannot be used"
PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the proxy in the system settings"

BROKEN_OFF = f"HOST closed the connection before it had answered ({BETWEEN})"
NOT_HTTP = f"the answer of HOST is not valid HTTP ({BETWEEN})"
TRUNCATED = f"the answer of HOST was truncated, or is not as long as its header says ({BETWEEN})"
NOT_COMPRESSED = f"the answer of HOST is not compressed as its header says ({BETWEEN})"
SILENT = f"HOST gave no answer for 0.2 s ({FIREWALL})"
TOO_LATE = (
    "the download from HOST was not complete within [isams] max_seconds, all attempts together "
    "(find out why iSAMS is slow, or raise [isams] max_seconds)"
)
NO_CERTIFICATE = "the file that isams.ca_file names holds no certificate in PEM form: {path}"
UNTRUSTED = (
    "the certificate of HOST is not trusted, has expired, or is for another name "
    "(if a proxy inspects the traffic, add its CA certificate to the system, or name it in [isams] ca_file)"
)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the proxies and the trust store of the machine from the environment."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def sends(data: bytes) -> Script:
    """Send the data and close."""
    return lambda line, _: line.sendall(data)


def head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/xml", *headers, "", ""]).encode()


def says_nothing(line: socket.socket, _: bytes) -> None:
    line.recv(1)  # returns when the client has gone


def resets(line: socket.socket, _: bytes) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.close()


def drips(data: bytes) -> Script:
    """Send the data, and then a byte every 20 ms without end."""

    def script(line: socket.socket, _: bytes) -> None:
        line.sendall(data)
        while True:
            line.sendall(b"x")
            time.sleep(0.02)

    return script


def stalls(data: bytes) -> Script:
    """Send the data, and no more."""

    def script(line: socket.socket, _: bytes) -> None:
        line.sendall(data)
        line.recv(1)

    return script


@pytest.mark.parametrize(
    ("script", "kind", "line"),
    [
        pytest.param(sends(b""), "SourceUnavailableError", BROKEN_OFF, id="closes without an answer"),
        pytest.param(resets, "SourceUnavailableError", BROKEN_OFF, id="resets the connection"),
        pytest.param(sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "SourceUnavailableError", NOT_HTTP, id="another protocol"),
        pytest.param(sends(b"HTTP/1.1 abc\r\n\r\n"), "SourceUnavailableError", NOT_HTTP, id="status is not a number"),
        pytest.param(sends(b"HTTP/1.1 200 " + b"O" * 70_000), "SourceUnavailableError", NOT_HTTP, id="endless status"),
        pytest.param(
            sends(head(*[f"X-{number}: y" for number in range(200)])),
            "SourceUnavailableError",
            NOT_HTTP,
            id="200 headers",
        ),
        pytest.param(sends(head("X: " + "y" * 70_000)), "SourceUnavailableError", NOT_HTTP, id="endless header"),
        pytest.param(
            sends(head("Content-Length: 1, 2") + GOOD), "SourceUnavailableError", NOT_HTTP, id="two lengths at once"
        ),
        pytest.param(
            sends(head(f"Content-Length: {len(GOOD) + 1}") + GOOD),
            "SourceMalformedError",
            TRUNCATED,
            id="a byte too short",
        ),
        pytest.param(
            sends(head(f"Content-Length: {len(GOOD)}")), "SourceMalformedError", TRUNCATED, id="headers and no body"
        ),
        pytest.param(
            sends(head("Content-Length: 99", "Content-Encoding: gzip") + gzip.compress(GOOD)[:50]),
            "SourceMalformedError",
            TRUNCATED,
            id="compressed, and truncated",
        ),
        pytest.param(
            sends(head("Transfer-Encoding: chunked") + b"5\r\n<iSAM\r\n"),
            "SourceMalformedError",
            TRUNCATED,
            id="no last chunk",
        ),
        pytest.param(
            sends(head("Transfer-Encoding: chunked") + b"ff\r\n<iSAM"),
            "SourceMalformedError",
            TRUNCATED,
            id="truncated in a chunk",
        ),
        pytest.param(
            sends(head("Transfer-Encoding: chunked") + b"five\r\n<iSAM\r\n0\r\n\r\n"),
            "SourceMalformedError",
            TRUNCATED,
            id="a size that is not a number",
        ),
        pytest.param(says_nothing, "SourceUnavailableError", SILENT, id="says nothing"),
        pytest.param(stalls(b"HTTP/1.1 200 OK\r\n"), "SourceUnavailableError", SILENT, id="stalls in the headers"),
        pytest.param(
            stalls(head("Content-Length: 9999") + GOOD), "SourceUnavailableError", SILENT, id="stalls in the body"
        ),
        pytest.param(
            stalls(head("Transfer-Encoding: chunked") + b"5\r\n<iSAM\r\n"),
            "SourceUnavailableError",
            SILENT,
            id="stalls between chunks",
        ),
    ],
)
def test_failures_that_may_pass(tmp_path: Path, script: Script, kind: str, line: str) -> None:
    """A connection that fails in any way is tried once more here, and then reported in one line."""
    with raw_server(script) as url:
        failed = failing(source(url, timeout=0.2, retry_for=1), tmp_path)

    assert (failed.kind, failed.line) == (kind, line.replace(" (", ", after 2 attempts (", 1))
    assert failed.error.exit_code == 3
    assert failed.waits == [1.0]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(head("Content-Encoding: gzip") + GOOD, NOT_COMPRESSED, id="not gzip"),
        pytest.param(head("Content-Encoding: deflate") + b"\xff\xff\xff", NOT_COMPRESSED, id="not deflate"),
        pytest.param(
            head("Content-Encoding: " + ", ".join(["gzip"] * 9)) + gzip.compress(GOOD),
            NOT_COMPRESSED,
            id="gzip nine times",
        ),
        pytest.param(
            head(f"Content-Length: {len(GOOD)}") + GOOD,
            "the document is larger than 1000 bytes (if that is expected, raise [isams] max_bytes)",
            id="larger than allowed",
        ),
        pytest.param(
            head("Content-Encoding: gzip") + gzip.compress(b"<iSAMS>" + b" " * 50_000_000),
            "the document is larger than 1000 bytes (if that is expected, raise [isams] max_bytes)",
            id="larger than allowed when unpacked",
        ),
    ],
)
def test_answers_that_are_useless(tmp_path: Path, data: bytes, line: str) -> None:
    """An answer that is complete and useless is not asked for again."""
    with raw_server(sends(data)) as url:
        failed = failing(source(url, max_bytes=1000), tmp_path)

    assert (failed.kind, failed.line, failed.waits) == ("SourceMalformedError", line, [])


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(drips(b"HTTP/1.1 200 "), id="status line"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\nX: "), id="headers"),
        pytest.param(drips(head("Content-Length: 999999") + b"<iSAMS>"), id="body of a known length"),
        pytest.param(drips(head("Connection: close") + b"<iSAMS>"), id="body until the end"),
        pytest.param(drips(head("Transfer-Encoding: chunked") + b"fffff\r\n<iSAMS>"), id="chunk"),
        pytest.param(drips(head("Content-Length: 999999", status="401 Unauthorized")), id="body of an error"),
        pytest.param(says_nothing, id="nothing at all"),
    ],
)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_server_that_trickles(tmp_path: Path, script: Script, tls: bool) -> None:
    """A byte now and then restarts every timeout, but not the deadline."""
    began = time.monotonic()

    with raw_server(script, tls=tls) as url:
        failed = failing(source(url, max_seconds=0.3, ca_file=CERTIFICATE), tmp_path)

    assert (failed.kind, failed.line, failed.waits) == ("SourceUnavailableError", TOO_LATE, [])
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(head(f"Content-Length: {len(GOOD)}") + GOOD, id="with its length"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD, id="until the end, HTTP/1.0"),
        pytest.param(head("Transfer-Encoding: chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD), id="in chunks"),
        pytest.param(head("Content-Encoding: gzip") + gzip.compress(GOOD), id="compressed"),
        pytest.param(head() + GOOD, id="until the end"),
        pytest.param(head("Content-Length: many") + GOOD, id="with a length that is not a number"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + head() + GOOD, id="after a 100"),
    ],
)
def test_forms_of_a_good_answer(tmp_path: Path, data: bytes) -> None:
    """HTTP has several ways to send a document."""
    with (
        raw_server(sends(data)) as url,
        download(source(url), KEY, tmp_path, progress=Progress()) as downloaded,
    ):
        assert downloaded.document.path.read_bytes() == GOOD


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param(["Retry-After: 7"], 7.0, id="seconds"),
        pytest.param(
            ["Retry-After: Mon, 01 Sep 2025 02:00:40 GMT", "Date: Mon, 01 Sep 2025 02:00:00 GMT"], 40.0, id="a date"
        ),
        pytest.param(
            ["Retry-After: Mon, 01 Sep 2025 01:00:00 GMT", "Date: Mon, 01 Sep 2025 02:00:00 GMT"], 1.0, id="in the past"
        ),
        pytest.param(["Retry-After: Mon, 01 Sep 2025 01:00:00 GMT"], 1.0, id="in the past, by our clock"),
        pytest.param(["Retry-After: 999999999"], 60.0, id="longer than there is time"),
        pytest.param(["Retry-After: 9999999999999999999999"], 1.0, id="a number that is too large"),
        pytest.param(["Retry-After: -5"], 1.0, id="negative"),
        pytest.param(["Retry-After: soon"], 1.0, id="a word"),
        pytest.param(["Retry-After: Mon, 01 Sep 999999999999 01:00:00 GMT"], 1.0, id="a year that is too large"),
        pytest.param(["Retry-After: "], 1.0, id="empty"),
    ],
)
def test_retry_after(tmp_path: Path, headers: list[str], wait: float) -> None:
    """The server says when to come back, and gets what it asks for as far as there is time; the least wait is 1 s."""
    with raw_server(sends(head(*headers, "Content-Length: 0", status="503 Unavailable"))) as url:
        failed = failing(source(url, retry_for=60), tmp_path)

    assert failed.waits[0] == wait


def test_no_server(tmp_path: Path) -> None:
    """A port on which no server listens is reported as no connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    failed = failing(source(f"http://127.0.0.1:{port}", retry_for=0), tmp_path)

    assert (failed.kind, failed.line) == ("SourceUnavailableError", f"no connection with HOST ({FIREWALL})")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("http://isams.invalid", "the name of HOST is not found", id="no such name"),
        pytest.param("http://", "[isams] url is not an address that can be called", id="no host"),
        pytest.param("http://a..b", "[isams] url is not an address that can be called", id="an empty label"),
        pytest.param(
            f"http://{'a' * 70}.example", "[isams] url is not an address that can be called", id="a long label"
        ),
        pytest.param("http://localhost:99999", "[isams] url is not an address that can be called", id="no such port"),
        pytest.param("gopher://localhost", "[isams] url is not an address that can be called", id="another scheme"),
    ],
)
def test_addresses_that_lead_nowhere(tmp_path: Path, url: str, message: str) -> None:
    """An address that cannot be called, if the settings accept it, is a source that is not available."""
    failed = failing(source(url, retry_for=0), tmp_path)

    assert (failed.kind, failed.line.partition(" (")[0]) == ("SourceUnavailableError", message)


class TestTls:
    """TLS is always verified."""

    def test_a_certificate_that_is_not_trusted(self, tmp_path: Path) -> None:
        """A server with a self-signed certificate is refused, at once."""
        with raw_server(sends(head() + GOOD), tls=True) as url:
            failed = failing(source(url), tmp_path)

        assert (failed.kind, failed.line, failed.waits) == ("SourceUnavailableError", UNTRUSTED, [])

    @needs_second_loopback_address
    def test_the_name_counts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A trusted certificate for another name is refused."""
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with raw_server(sends(head() + GOOD), tls=True, host="127.0.0.2") as url:
            failed = failing(source(url), tmp_path)

        assert (failed.kind, failed.line) == ("SourceUnavailableError", UNTRUSTED)

    def test_ca_file(self, tmp_path: Path) -> None:
        """A certificate that `ca_file` names is trusted."""
        with (
            raw_server(sends(head() + GOOD), tls=True) as url,
            download(source(url, ca_file=CERTIFICATE), KEY, tmp_path, progress=Progress()) as downloaded,
        ):
            assert downloaded.document.bytes == len(GOOD)

    @needs_trust_store_of_openssl
    def test_trust_store_of_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A certificate in the trust store of the operating system is trusted; OpenSSL lets a variable name it."""
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with (
            raw_server(sends(head() + GOOD), tls=True) as url,
            download(source(url), KEY, tmp_path, progress=Progress()) as downloaded,
        ):
            assert downloaded.document.bytes == len(GOOD)

    def test_nothing_else_is_trusted(self) -> None:
        """With `ca_file`, the certificates of the HTTP library are not trusted as well."""
        context = tls.tls_context(CERTIFICATE)
        with raw_server(sends(head() + GOOD), tls=True) as url, Deadline(10) as deadline:
            request = post.Request(
                url=url,
                key=post.QueryKey(parameter="key", secret="k" * 9),
                body=b"</Filters>",
                media_type="application/xml",
                tls=context,
                timeout=5,
                max_bytes=10_000,
            )
            answer = post.send(request, deadline, lambda *_: None)

        assert isinstance(answer, post.Answer)
        assert answer.status == 200
        assert len(context.get_ca_certs()) == 1
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname

    def test_a_server_without_tls(self, tmp_path: Path) -> None:
        """A plain HTTP server at an https address is reported as no TLS connection."""
        with raw_server(sends(head() + GOOD)) as url:
            failed = failing(source(url.replace("http:", "https:"), timeout=0.2, retry_for=0), tmp_path)

        assert failed.kind == "SourceUnavailableError"
        assert failed.error.message.startswith(("no TLS connection with", failed.host))

    @pytest.mark.parametrize(
        ("make", "line"),
        [
            pytest.param(
                lambda _: None,
                "the file that isams.ca_file names cannot be read: {path}: No such file or directory "
                "(a relative path counts from the folder of sdssync.toml)",
                id="missing",
            ),
            pytest.param(
                lambda path: path.write_bytes(b"\x30\x82"),
                f"{NO_CERTIFICATE} (export it as Base64 (.pem, .crt))",
                id="another form",
            ),
            pytest.param(
                lambda path: path.write_bytes(b""),
                f"{NO_CERTIFICATE} (export it as Base64 (.pem, .crt))",
                id="empty",
            ),
        ],
    )
    def test_ca_file_that_cannot_be_used(self, tmp_path: Path, make: Callable[[Path], None], line: str) -> None:
        """A `ca_file` that is missing or something else is a mistake in the settings, even if it is not needed."""
        make(tmp_path / "ca.pem")

        failed = failing(source("http://127.0.0.1:9", ca_file=tmp_path / "ca.pem"), tmp_path)

        assert (failed.kind, failed.line) == ("ConfigError", line.format(path=tmp_path / "ca.pem"))


class TestEnvironment:
    """What the environment may decide, and what it may not."""

    def test_a_proxy_is_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The proxy gets the request for iSAMS, with the login that its address carries."""
        seen: list[bytes] = []

        def proxy(line: socket.socket, request: bytes) -> None:
            seen.append(request)
            line.sendall(head() + GOOD)

        with raw_server(proxy) as url:
            monkeypatch.setenv("HTTP_PROXY", url.replace("//", "//user:pass@"))
            settings = source("http://isams.invalid", retry_for=0)
            with download(settings, KEY, tmp_path, progress=Progress()) as downloaded:
                assert downloaded.document.bytes == len(GOOD)

        assert seen[0].startswith(b"POST http://isams.invalid" + PATH.encode())
        assert b"Proxy-Authorization: Basic " + b64encode(b"user:pass") in seen[0]

    def test_no_proxy(self, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Hosts that `NO_PROXY` names are called directly."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "localhost")
        url = play(httpserver, "good")

        with download(source(url), KEY, tmp_path, progress=Progress()) as downloaded:
            assert downloaded.document.attempts == 1

    def test_no_proxy_for_this_machine(
        self, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A request to this machine, which may go without TLS, is not sent through a proxy."""
        url = play(httpserver, "good")

        with raw_server(sends(head() + GOOD)) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy)
            with download(source(url), KEY, tmp_path, progress=Progress()) as downloaded:
                assert downloaded.document.bytes == len(recorded("good").body)

        assert len(httpserver.log) == 1

    @pytest.mark.parametrize(
        ("proxy", "message"),
        [
            pytest.param(
                "http://u:s3cret@127.0.0.1:9",
                "the proxy did not let the request through to isams.invalid",
                id="not there",
            ),
            pytest.param("http://u:s3cret@", UNUSABLE, id="no host"),
            pytest.param(":::bad", UNUSABLE, id="no address"),
            pytest.param("http://u:s3#c/ret@127.0.0.1:9", UNUSABLE, id="password"),
            pytest.param("http://127.0.0.1:99999", UNUSABLE, id="port"),
            pytest.param("   ", UNUSABLE, id="blank"),
            pytest.param("http://[bad", UNUSABLE, id="half an address"),
            pytest.param("socks5://u:s3cret@127.0.0.1:9", UNUSABLE, id="socks"),
            pytest.param("ftp://u:s3cret@127.0.0.1:9", UNUSABLE, id="ftp"),
        ],
    )
    def test_a_proxy_that_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: str, message: str
    ) -> None:
        """A proxy that is wrong or refuses is reported, without its address or password."""
        monkeypatch.setenv("HTTPS_PROXY", proxy)

        failed = failing(source("https://isams.invalid", retry_for=0), tmp_path)

        assert (failed.kind, str(failed.error)) == ("SourceUnavailableError", f"{message} ({PROXY})")

    @pytest.mark.parametrize(
        ("status", "waits", "hint"),
        [
            (407, 0, "put user and password into the proxy variable, or let this server pass without them"),
            (403, 0, "let the proxy connect this server with isams.invalid, or put the host into NO_PROXY"),
            (503, 3, "run it again later; if it still fails, ask iSAMS support"),
        ],
    )
    def test_a_proxy_that_refuses(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, waits: int, hint: str
    ) -> None:
        """The answer of a proxy decides whether another attempt makes sense; its password is not shown."""
        with raw_server(sends(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)) as url:
            monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//u:s3cret@"))
            failed = failing(source("https://isams.invalid", retry_for=5), tmp_path)

        message = f"the proxy did not let the request through to isams.invalid (status {status})"
        assert (failed.error.message.partition(", after")[0], failed.error.hint) == (message, hint)
        assert len(failed.waits) == waits

    def test_a_proxy_that_trickles(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The deadline also applies to the answer of a proxy."""
        with raw_server(drips(b"HTTP/1.1 ")) as url:
            monkeypatch.setenv("HTTPS_PROXY", url)
            failed = failing(source("https://isams.invalid", max_seconds=0.3), tmp_path)

        assert failed.line == TOO_LATE

    def test_netrc_is_not_read(self, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A login in `.netrc` is not sent."""
        netrc = tmp_path / "netrc"
        netrc.write_text("default login someone password s3cret\n", encoding="utf-8")
        monkeypatch.setenv("NETRC", str(netrc))
        url = play(httpserver, "good")

        with download(source(url), KEY, tmp_path, progress=Progress()):
            pass

        assert "Authorization" not in httpserver.log[0][0].headers


def test_a_request_hides_its_key() -> None:
    """Neither the address nor the key of a request is in its repr, which a traceback may show."""
    request = post.Request(
        url="http://isams.example/path",
        key=post.QueryKey(parameter="key", secret=KEY.secret),
        body=b"",
        media_type="application/xml",
        tls=tls.tls_context(CERTIFICATE),
        timeout=5,
        max_bytes=10_000,
    )

    assert KEY.secret not in repr(request)
    assert "isams.example" not in repr(request)


FOREIGN_CLASSES = [
    pytest.param(kind, id=f"{module.__name__}.{name}")
    for module in (requests.exceptions, urllib3.exceptions)
    for name, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and not issubclass(kind, Warning) and kind.__module__ == module.__name__
]
# These have no cause of their own: base classes, and errors that our requests never meet.
WITHOUT_CAUSE = {
    "requests.exceptions": {
        "RequestException", "HTTPError", "ConnectionError", "TooManyRedirects", "StreamConsumedError", "RetryError",
        "UnrewindableBodyError", "InvalidJSONError",
    },
    "urllib3.exceptions": {
        "HTTPError", "PoolError", "RequestError", "MaxRetryError", "HostChangedError", "TimeoutStateError",
        "EmptyPoolError", "FullPoolError", "ClosedPoolError", "UnrewindableBodyError",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN_CLASSES)
def test_every_foreign_error_is_translated(kind: type[Exception]) -> None:
    """The table knows every error class of the HTTP libraries, so that a new one is noticed."""
    error = kind.__new__(kind)

    assert isinstance(error, FOREIGN)
    is_without_cause = kind.__name__ in WITHOUT_CAUSE[kind.__module__]
    assert (cause_of(error, is_connected=False) is Cause.OTHER) is is_without_cause


@pytest.mark.parametrize(
    "kind", [ValueError, TypeError, OverflowError, ZeroDivisionError, AssertionError, AttributeError, KeyError]
)
def test_an_error_of_any_kind_is_about_the_answer(kind: type[Exception]) -> None:
    """Once there is a connection the address is right, whatever a library raises; and it may pass."""
    assert isinstance(kind(), FOREIGN)
    assert cause_of(kind(), is_connected=True) is Cause.NOT_HTTP
    assert cause_of(OSError(), is_connected=True) is Cause.OTHER
    assert cause_of(UnicodeError(), is_connected=False) is Cause.ADDRESS


@pytest.mark.parametrize("leap", [700.0, 5_000.0])
def test_a_clock_that_leaps(tmp_path: Path, leap: float) -> None:
    """A computer that slept between two attempts is out of time; nothing is wrong with the address."""
    clock = Clock()

    def oversleep(seconds: float) -> None:
        clock.sleep(seconds + leap)

    with raw_server(sends(head(status="503 Unavailable"))) as url:
        settings = source(url, retry_for=300, max_seconds=600)
        with (
            pytest.raises(SourceUnavailableError) as caught,
            download(settings, KEY, tmp_path, progress=Progress(), pace=replace(clock.pace, sleep=oversleep)),
        ):
            pass

    assert str(caught.value).startswith(TOO_LATE.partition(" (")[0].replace("HOST", url.removeprefix("http://")))


HOSTILE_CHUNKS = [
    b"-5",
    b"-1",
    b"-0",
    b"+-5",
    b"ffffffffffffffffffffffff",
    b"zz",
    b"",
    b"1_0",
    b"0x5",
    b"\xb2",
    b"5;" + b"x" * 70_000,
]


@pytest.mark.parametrize(
    "data",
    [
        *(
            pytest.param(
                head("Transfer-Encoding: chunked") + size + b"\r\n<iSAMS>\r\n0\r\n\r\n", id=f"chunk {size[:8]!r}"
            )
            for size in HOSTILE_CHUNKS
        ),
        pytest.param(head("Content-Length: -5") + b"<x/>", id="negative length"),
        pytest.param(head("Content-Length: 5, 6") + b"<x/>", id="two lengths"),
        pytest.param(head("Content-Length: " + "9" * 30) + b"<x/>", id="endless length"),
        pytest.param(head("Content-Length: \xb2") + b"<x/>", id="length of another script"),
        pytest.param(head("Transfer-Encoding: gzip, chunked") + b"5\r\n<iSAM\r\n0\r\n\r\n", id="two encodings"),
        pytest.param(head("Content-Encoding: " + "gzip, " * 200) + b"<x/>", id="200 encodings"),
        pytest.param(b"HTTP/1.1 -200 OK\r\n\r\n", id="negative status"),
        pytest.param(b"HTTP/1.1 99999 OK\r\n\r\n", id="long status"),
        pytest.param(b"HTTP/x.y 200 OK\r\n\r\n", id="version"),
        pytest.param(b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n", id="endless status line"),
        pytest.param(b"\x00\x01\x02\r\n\r\n", id="no HTTP"),
        pytest.param(head(*["A: b"] * 150) + GOOD, id="150 headers"),
        pytest.param(head(": no name", "\xff: x", " folded") + b"<x/>", id="headers without name"),
        pytest.param(head("Location: http://[::1", status="302 Found"), id="redirect to no address"),
        pytest.param(head("Retry-After: Mon, 01 Sep 99999 02:00:00 +9999999999", status="503 X"), id="endless wait"),
        pytest.param(head('WWW-Authenticate: Basic realm="', status="401 X"), id="open quote"),
        pytest.param(head(status="999 X"), id="unknown status"),
        pytest.param(head(status="101 X"), id="another protocol"),
    ],
)
def test_answers_of_any_shape(tmp_path: Path, data: bytes) -> None:
    """Whatever a server sends, the source has failed, and what is wrong is not the address."""
    with raw_server(sends(data)) as url:
        failed = failing(source(url, timeout=1, retry_for=0), tmp_path)

    assert (failed.error.exit_code, "not an address" in failed.line) == (3, False)


def test_the_libraries_log_nothing(httpserver: HTTPServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The loggers of the HTTP libraries, which print the URL, reach no handler at any level."""
    caplog.set_level(logging.DEBUG)

    with download(source(play(httpserver, "good")), KEY, tmp_path, progress=Progress()):
        pass

    assert [record.name for record in caplog.records if record.name != "werkzeug"] == []


@pytest.mark.parametrize(
    ("value", "schemes"),
    [
        pytest.param("Bearer", {"bearer"}, id="alone"),
        pytest.param('Bearer realm="a, Basic b", error="x"', {"bearer"}, id="with parameters"),
        pytest.param('Negotiate, NTLM, bearer realm="x"', {"negotiate", "ntlm", "bearer"}, id="several"),
        pytest.param('Basic realm="Bearer"', {"basic"}, id="a realm of that name"),
    ],
)
def test_login_schemes(value: str, schemes: set[str]) -> None:
    """The answer has the kinds of login that the server offers."""
    reply = sends(head(f"WWW-Authenticate: {value}", "Content-Length: 0", status="401 Unauthorized"))
    with raw_server(reply) as url, Deadline(5) as deadline:
        request = post.Request(
            url=url,
            key=post.QueryKey(parameter="apiKey", secret="k" * 9),
            body=b"<Filters></Filters>",
            media_type="application/xml",
            tls=tls.tls_context(None),
            timeout=5,
            max_bytes=100,
        )
        answer = post.send(request, deadline, lambda *_: None)

    assert isinstance(answer, post.Answer)
    assert answer.login_schemes == schemes
