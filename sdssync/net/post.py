"""
One request over HTTP: streamed, limited in bytes and time, over verified TLS; every failure is returned as a value.

The URL that is sent may carry a secret, and the HTTP libraries print URLs in exceptions, warnings and logs. So nothing
of theirs leaves this package, and no other package calls them.

Only the adapter of requests is used: its sessions would read `.netrc`, follow redirects, and keep cookies.
"""

import http.client
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from requests.utils import get_environ_proxies, select_proxy

from sdssync import __version__
from sdssync.net.deadline import LONGEST, Deadline
from sdssync.net.errors import FOREIGN, cause_of, proxy_status
from sdssync.net.failure import Cause, Failure
from sdssync.net.hosts import is_loopback, is_usable_proxy

_CHUNK = 65_536
_ERROR_BYTES = 65_536
"""At most so much of the body is read when the status is not 200."""

Sink = Callable[[bytes, int | None], None]
"""Takes the next piece of the decoded body, and the length of the whole body if the server gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryKey:
    """A secret that is sent as a parameter of the query."""

    parameter: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send, and the limits of the answer."""

    url: str = field(repr=False)
    """The address, without the query that holds `key`."""
    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    key: QueryKey | None = None
    bearer: str = field(default="", repr=False)
    """A token that is sent in the header `Authorization`; "": none."""
    body: bytes = field(default=b"", repr=False)
    media_type: str
    """Of the body, and of the answer that is wanted unless `accept` says otherwise."""
    accept: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the protocol wants in addition; no secrets."""
    unspoken: tuple[str, ...] = field(default=(), repr=False)
    """Further secrets, which the body or the address holds."""
    tls: ssl.SSLContext
    timeout: float
    """Seconds without an answer."""
    connect_timeout: float | None = None
    """Seconds without a connection; None: as many as without an answer."""
    max_bytes: int
    """Of the decoded body."""

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may repeat."""
        return tuple(filter(None, (self.key.secret if self.key else "", self.bearer, *self.unspoken)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answered; the body went to the sink."""

    status: int
    redirected_to: str
    """The host that a redirect names; "" if it names none, or one that must not be shown."""
    wait_seconds: float
    """How long the server asks the client to wait."""
    login_schemes: frozenset[str]
    """The kinds of login that the server offers, in lower case."""
    headers: Mapping[str, str] = field(repr=False)
    """All headers, by name without regard to case; they may hold anything, so no message repeats them unchecked."""


def send(request: Request, deadline: Deadline, sink: Sink) -> Answer | Failure:
    """
    Send one request and pass the decoded body on to `sink`.

    If the status is not 200, only the beginning of the body is passed on, as much as arrives. An error that `sink`
    raises is not caught.
    """
    if request.timeout <= 0:
        return _failure(Cause.TOO_SLOW, request)  # a clock that leaps, or a server that is not back in time
    _silence_libraries()
    with closing(_Adapter(request.tls, deadline)) as adapter:
        try:
            response = _answered(request, adapter)
        except FOREIGN as error:
            return _late(deadline, request) or _failure_of(error, request, is_connected=adapter.is_connected)
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
    """The adapter of requests, with our TLS context and our deadline."""

    def __init__(self, tls: ssl.SSLContext, deadline: Deadline) -> None:
        self._tls = tls
        self._deadline = deadline
        self.is_connected = False
        """True as soon as a server, or a proxy, has taken a connection."""
        super().__init__()

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Use our TLS context."""
        host, _ = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host, {"ssl_context": self._tls}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Add nothing: requests would add the certificates of certifi to those that we trust."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Guard each connection with the deadline from the moment it is opened."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        original, guard = pool.ConnectionCls, self._guard

        class Guarded(original):  # type: ignore[misc, valid-type]  # known at run time only
            def _new_conn(self) -> socket.socket:  # the one method that the SOCKS connections of urllib3 override too
                return guard(super()._new_conn())

        pool.ConnectionCls = Guarded
        return pool

    def _guard(self, connection: socket.socket) -> socket.socket:
        self.is_connected = True
        return self._deadline.guard(connection)


def _answered(request: Request, adapter: _Adapter) -> requests.Response:
    """Send the request and return the answer, before its body is read."""
    headers = {
        "Accept": request.accept or request.media_type,
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": f"sdssync/{__version__}",
        **request.headers,
    }
    if request.method != "GET":
        headers["Content-Type"] = request.media_type
    if request.bearer:
        headers["Authorization"] = f"Bearer {request.bearer}"
    key = request.key
    query = f"?{urlencode({key.parameter: key.secret}, quote_via=quote)}" if key else ""
    prepared = requests.Request(request.method, request.url + query, headers=headers, data=request.body).prepare()
    timeout = min(request.timeout, LONGEST)
    connect = timeout if request.connect_timeout is None else min(request.connect_timeout, timeout)
    return adapter.send(prepared, stream=True, timeout=(connect, timeout), proxies=_proxies(request.url))


def uses_proxy(url: str) -> bool:
    """Return True if requests to a URL go through a proxy, usable or not."""
    return not is_loopback(urlsplit(url).hostname or "") and bool(select_proxy(url, get_environ_proxies(url)))


def _proxies(url: str) -> dict[str, str]:
    """
    Return the proxies that the environment gives for a URL; for this machine there are none.

    Raises:
        InvalidProxyURL: the one to use has no usable address. The libraries would blame the URL of the request.

    """
    if is_loopback(urlsplit(url).hostname or ""):
        return {}
    proxies = get_environ_proxies(url)
    proxy = select_proxy(url, proxies)
    if proxy and not is_usable_proxy(proxy):
        raise InvalidProxyURL
    return proxies


def _pass_on(response: requests.Response, request: Request, sink: Sink) -> Failure | None:
    """Pass the body on, up to the limit."""
    is_good = response.status_code == http.client.OK
    expected = _expected(response)
    chunks = response.raw.stream(_CHUNK, decode_content=True)
    done = 0
    while True:
        try:
            chunk = next(chunks, b"")
        except FOREIGN as error:
            return _failure_of(error, request, is_connected=True) if is_good else None
        if not chunk:
            return None
        done += len(chunk)
        if is_good and done > request.max_bytes:
            return _failure(Cause.TOO_LARGE, request)
        sink(chunk, expected)
        if not is_good and done >= _ERROR_BYTES:
            return None


def _expected(response: requests.Response) -> int | None:
    """Return the length of the decoded body, if the server gives it."""
    length = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not re.fullmatch("[0-9]{1,18}", length):
        return None
    return int(length)


def _answer(response: requests.Response, request: Request) -> Answer:
    location = response.headers.get("Location", "")
    return Answer(
        status=response.status_code,
        redirected_to=_redirect_host(location, request),
        wait_seconds=_retry_after(response.headers.get("Retry-After", ""), response.headers.get("Date", "")),
        login_schemes=_login_schemes(response.headers.get("WWW-Authenticate", "")),
        headers=response.headers,
    )


def _redirect_host(location: str, request: Request) -> str:
    """Return the host of a redirect's target, or "" if it is not a plain host name or may repeat the secret."""
    try:
        host = urlsplit(location).hostname or urlsplit(request.url).hostname or ""
    except ValueError:
        return ""
    is_plain = location and re.fullmatch("[a-z0-9.:-]{1,253}", host)
    forms = [form for secret in request.secrets for form in (secret, quote(secret, safe=""))]
    return host if is_plain and not any(_resembles(host, form) for form in forms) else ""


def _resembles(host: str, secret: str) -> bool:
    """Return True if the host contains any eight consecutive characters of the secret, ignoring punctuation."""
    bare_host, bare_secret = (re.sub("[^a-z0-9]", "", text.lower()) for text in (host, secret))
    return any(bare_secret[start : start + 8] in bare_host for start in range(max(1, len(bare_secret) - 7)))


def _login_schemes(value: str) -> frozenset[str]:
    """Return the schemes of `WWW-Authenticate` (RFC 9110, section 11.6.1), without their parameters."""
    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', "", value.lower())
    return frozenset(re.findall(r"(?:^|,)\s*([a-z0-9-]+)(?=\s*(?:,|$)|\s+[^=\s])", unquoted))


def _retry_after(value: str, date: str) -> float:
    """Return the seconds that `Retry-After` asks for (RFC 9110, section 10.2.3): a number, or a date."""
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    try:
        until, now = (mktime_tz(parsed) if (parsed := parsedate_tz(text)) else None for text in (value, date))
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, until - (now or time.time())) if until else 0.0


def _failure_of(error: BaseException, request: Request, *, is_connected: bool) -> Failure:
    return _failure(cause_of(error, is_connected=is_connected), request, proxy_status(error))


def _failure(cause: Cause, request: Request, status: int | None = None) -> Failure:
    return Failure(cause=cause, host=request.host, timeout=request.timeout, max_bytes=request.max_bytes, status=status)


def _late(deadline: Deadline, request: Request) -> Failure | None:
    """Return a failure if the deadline has passed: any other failure then is only its effect."""
    return _failure(Cause.TOO_SLOW, request) if deadline.passed else None
