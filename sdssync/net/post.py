"""
One POST over HTTP: streamed, bounded in bytes and time, over verified TLS; every failure comes back as a value of ours.

The URL carries the API key, and the HTTP libraries print URLs in exceptions, warnings and logs. So nothing of theirs
leaves this module, which alone calls them (0.1 s of CPU, so it is imported when a download begins). What an answer
means is not known here.

Only the adapter of requests is used: its sessions would read `.netrc`, prepare redirects, and keep cookies.
"""

import http.client
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from requests.utils import get_environ_proxies, select_proxy

from sdssync import __version__
from sdssync.config.settings import is_loopback
from sdssync.errors import ConfigError, SourceMalformedError, SourceUnavailableError, os_reason
from sdssync.net.deadline import LONGEST, Deadline
from sdssync.net.errors import FOREIGN, translate
from sdssync.net.failure import Failure

_CHUNK = 65_536
_ERROR_BYTES = 65_536  # of an answer that brings no document, no more than this is looked at

Sink = Callable[[bytes, int | None], None]
"""Takes the next piece of the decoded body, and the length of it all if the server says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send, and how much to put up with."""

    url: str = field(repr=False)
    """With the key in its query."""
    body: bytes
    tls: ssl.SSLContext
    timeout: float
    """Seconds without an answer."""
    max_bytes: int
    """Of the decoded body."""

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answered; the body went to the sink."""

    status: int
    redirected_to: str
    """The host that a redirect names, "" if it names none that can be shown."""
    wait_seconds: float
    """How long the server asks to be left alone."""


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """
    Trust the certificates of the operating system, or those of a PEM file and no others.

    Raises:
        ConfigError: the file is not there, cannot be read, or holds no certificate.

    """
    if ca_file is None:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    where = "the file that isams.ca_file names"
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError:
        raise ConfigError(f"{where} holds no certificate in PEM form", "export it as Base64 (.pem, .crt)") from None
    except OSError as error:
        raise ConfigError(
            f"{where} cannot be read: {os_reason(error)}",
            "a relative path counts from the folder of sdssync.toml",
        ) from None
    return context


def post(request: Request, deadline: Deadline, sink: Sink) -> Answer | Failure:
    """
    Send one request and pass the decoded body on to `sink`.

    The body of an answer other than 200 is passed on as far as it comes, and at most its beginning. What `sink` raises
    goes through.
    """
    _silence_libraries()
    with closing(_Adapter(request.tls, deadline)) as adapter:
        try:
            response = _send(request, adapter)
        except FOREIGN as error:
            return _late(deadline, request) or _failure(error, request)
        with closing(response):
            failure = _pass_on(response, request, sink)
            return _late(deadline, request) or failure or _answer(response, request)


def _silence_libraries() -> None:
    """Keep the loggers of the HTTP libraries from every handler: they log the URL."""
    for name in ("urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


class _Adapter(HTTPAdapter):
    """The adapter of requests, with our trust and our deadline."""

    def __init__(self, tls: ssl.SSLContext, deadline: Deadline) -> None:
        self._tls = tls
        self._deadline = deadline
        super().__init__()

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Use our TLS context."""
        host, _ = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host, {"ssl_context": self._tls}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Add nothing: requests would add the certificates of certifi to those that we trust."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Set the deadline over each connection from its first moment on."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        original, deadline = pool.ConnectionCls, self._deadline

        class Guarded(original):  # type: ignore[misc, valid-type]  # known at run time only
            def _new_conn(self) -> socket.socket:  # where the SOCKS connections of urllib3 differ from the others, too
                return deadline.over(super()._new_conn())

        pool.ConnectionCls = Guarded
        return pool


def _send(request: Request, adapter: _Adapter) -> requests.Response:
    """Send the request and return the answer with its body still to come."""
    headers = {
        "Content-Type": "application/xml",
        "Accept": "application/xml",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": f"sdssync/{__version__}",
    }
    prepared = requests.Request("POST", request.url, headers=headers, data=request.body).prepare()
    timeout = min(request.timeout, LONGEST)
    own_machine = is_loopback(urlsplit(request.url).hostname or "")
    proxies = {} if own_machine else get_environ_proxies(request.url)
    if proxy := select_proxy(request.url, proxies):
        _check_proxy(proxy)
    return adapter.send(prepared, stream=True, timeout=timeout, proxies=proxies)


def _check_proxy(proxy: str) -> None:
    """Raise InvalidProxyURL for an address without proper host and port: the libraries would blame ours for it."""
    try:
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        usable = bool((parts.hostname or "").strip()) and parts.port != 0
    except ValueError:  # as for a password that holds # or / and is not escaped
        usable = False
    if not usable:
        raise InvalidProxyURL


def _pass_on(response: requests.Response, request: Request, sink: Sink) -> Failure | None:
    """Pass the body on, up to the limit."""
    good = response.status_code == http.client.OK
    expected = _expected(response)
    chunks = response.raw.stream(_CHUNK, decode_content=True)
    done = 0
    while True:
        try:
            chunk = next(chunks, b"")
        except FOREIGN as error:
            return _failure(error, request) if good else None
        if not chunk:
            return None
        done += len(chunk)
        if good and done > request.max_bytes:
            return _too_large(request.max_bytes)
        sink(chunk, expected)
        if not good and done >= _ERROR_BYTES:
            return None


def _expected(response: requests.Response) -> int | None:
    """Return the length of the decoded body, if the server says."""
    length = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not re.fullmatch("[0-9]{1,18}", length):
        return None
    return int(length)


def _answer(response: requests.Response, request: Request) -> Answer:
    location = response.headers.get("Location", "")
    return Answer(
        status=response.status_code,
        redirected_to=_shown_host(location, request),
        wait_seconds=_retry_after(response.headers.get("Retry-After", ""), response.headers.get("Date", "")),
    )


def _shown_host(location: str, request: Request) -> str:
    """Return the host of a redirect's target, unless it is a text that could be anything."""
    try:
        host = urlsplit(location).hostname or urlsplit(request.url).hostname or ""
    except ValueError:
        return ""
    shown = location and re.fullmatch("[a-z0-9.:-]{1,253}", host)
    return host if shown and not _resembles(host, request.url.rpartition("=")[2]) else ""


def _resembles(host: str, key: str) -> bool:
    """Whether a host holds eight signs of the key in a row, however it is punctuated."""
    bare_host, bare_key = (re.sub("[^a-z0-9]", "", text.lower()) for text in (host, key))
    return any(bare_key[start : start + 8] in bare_host for start in range(max(1, len(bare_key) - 7)))


def _retry_after(value: str, date: str) -> float:
    """Return the seconds that `Retry-After` asks for (RFC 9110, section 10.2.3): a number, or a date."""
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    try:
        until, now = (mktime_tz(parsed) if (parsed := parsedate_tz(text)) else None for text in (value, date))
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, until - (now or time.time())) if until else 0.0


def _failure(error: BaseException, request: Request) -> Failure:
    return translate(error, host=request.host, timeout=request.timeout)


def _too_large(max_bytes: int) -> Failure:
    return Failure(
        kind=SourceMalformedError,
        message=f"the document is larger than {max_bytes} bytes",
        hint="if it may be, raise [isams] max_bytes",
        reason="too large",
    )


def _late(deadline: Deadline, request: Request) -> Failure | None:
    """Whatever went wrong after the deadline has passed is the deadline's doing."""
    if not deadline.passed:
        return None
    return Failure(
        kind=SourceUnavailableError,
        message=f"the download from {request.host} was not complete within [isams] max_seconds, all attempts together",
        hint="find out why iSAMS is slow, or raise [isams] max_seconds",
        reason="too slow",
    )
