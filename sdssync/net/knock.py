"""Reach a server without saying anything: is its name found, is its certificate trusted, what time does it have."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from sdssync.net.deadline import Deadline
from sdssync.net.errors import FOREIGN, cause_of
from sdssync.net.failure import Cause, Failure

_PORTS = {"https": 443, "http": 80}
_SHORTEST = 0.1
"""Seconds for an address when the others have taken all the time: 0 would not wait at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What a server shows of itself."""

    is_encrypted: bool
    certificate_ends: datetime | None
    """None: there is no certificate, or the system that has checked it does not say."""
    clock: datetime | None
    """None: the server does not say."""
    asked_at: datetime
    """By our own clock."""


def look_up(url: str, seconds: float) -> tuple[str, ...] | Failure:
    """Return the addresses of the host of a URL; the system itself may wait much longer for them."""
    host, port = _host_and_port(url)
    found: list[tuple[str, ...] | Failure] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except FOREIGN as error:
            found.append(_failure(url, cause_of(error, is_connected=False), seconds))
        else:
            found.append(tuple(dict.fromkeys(str(info[4][0]) for info in infos)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else _failure(url, Cause.NAME_NOT_FOUND, seconds)


def knock(url: str, addresses: Sequence[str], tls: ssl.SSLContext, seconds: float) -> Knock | Failure:
    """Connect to the first address that lets us, ask for nothing but the head of the first page, and hang up."""
    host, port = _host_and_port(url)
    is_encrypted = urlsplit(url).scheme == "https"
    with Deadline(seconds) as deadline:
        connection = _connect(addresses, port, seconds)
        if connection is None:
            return _failure(url, Cause.NO_CONNECTION, seconds)
        try:
            with closing(deadline.guard(connection)) as plain:
                line = tls.wrap_socket(plain, server_hostname=host) if is_encrypted else plain
                with closing(line):
                    return Knock(
                        is_encrypted=is_encrypted,
                        certificate_ends=_end_of_certificate(line),
                        clock=_clock(line, host),
                        asked_at=datetime.now(UTC),
                    )
        except FOREIGN as error:
            return _failure(url, Cause.NO_ANSWER if deadline.passed else cause_of(error, is_connected=True), seconds)


def _connect(addresses: Sequence[str], port: int, seconds: float) -> socket.socket | None:
    """Return a connection, within so many seconds for all addresses together; None if there is none."""
    ends = time.monotonic() + seconds
    for address in addresses:
        try:
            return socket.create_connection((address, port), max(ends - time.monotonic(), _SHORTEST))
        except OSError:
            continue
    return None


def _clock(line: socket.socket, host: str) -> datetime | None:
    """Return the time that the server has; None if it does not say: not every server answers such a request."""
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    try:
        connection.request("HEAD", "/", headers={"Connection": "close"})
        return parsedate_to_datetime(connection.getresponse().headers.get("Date", "")).astimezone(UTC)
    except (*FOREIGN, TypeError):
        return None


def _end_of_certificate(line: socket.socket) -> datetime | None:
    """Return when the certificate of the server ends; on Windows and macOS the system checks it, and does not say."""
    certificate = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
    ends = certificate.get("notAfter") if certificate else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)


def _failure(url: str, cause: Cause, seconds: float) -> Failure:
    host = urlsplit(url).netloc.rpartition("@")[2]
    return Failure(cause=cause, host=host, timeout=seconds, max_bytes=0)
