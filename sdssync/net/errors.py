"""
The errors of the HTTP libraries, translated into causes. Their texts are never passed on, because they contain URLs.

Only this module and `post` know requests and urllib3.
"""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator

from requests import exceptions as outer
from urllib3 import exceptions as inner

from sdssync.net.failure import Cause

_BARE = (ValueError, TypeError, ArithmeticError, AssertionError, AttributeError, LookupError)
"""What they raise for a name that cannot be a host, and for an answer that they did not expect: a chunk of -5 bytes."""

FOREIGN = (
    outer.RequestException,
    inner.HTTPError,
    http.client.HTTPException,
    OSError,
    *_BARE,
)
"""Everything that the HTTP libraries raise."""

# The first row that matches the error, or an error that led to it, decides: the most specific rows come first.
_CAUSES: tuple[tuple[Cause, tuple[type[BaseException], ...]], ...] = (
    (
        Cause.PROXY_SETTING,
        (outer.InvalidProxyURL, outer.InvalidSchema, inner.ProxySchemeUnknown, inner.ProxySchemeUnsupported),
    ),
    (Cause.PROXY_UNREACHABLE, (outer.ProxyError, inner.ProxyError)),
    (Cause.CERTIFICATE, (ssl.SSLCertVerificationError,)),
    (Cause.TLS, (outer.SSLError, inner.SSLError, ssl.SSLError)),
    (Cause.NAME_NOT_FOUND, (inner.NameResolutionError, socket.gaierror)),
    (Cause.NO_CONNECTION, (inner.NewConnectionError, inner.ConnectTimeoutError)),
    (Cause.NO_ANSWER, (outer.Timeout, inner.TimeoutError, TimeoutError)),
    (Cause.NOT_DECODABLE, (outer.ContentDecodingError, inner.DecodeError)),
    (
        Cause.TRUNCATED,
        (
            http.client.IncompleteRead,
            inner.IncompleteRead,
            inner.InvalidChunkLength,
            inner.ResponseNotChunked,
            outer.ChunkedEncodingError,
        ),
    ),
    (Cause.CONNECTION_BROKEN, (ConnectionError,)),
    (
        Cause.NOT_HTTP,
        (
            http.client.HTTPException,
            inner.BodyNotHttplibCompatible,
            inner.HeaderParsingError,
            inner.InvalidHeader,
            inner.ResponseError,
            outer.InvalidHeader,
        ),
    ),
    (Cause.TRUNCATED, (inner.ProtocolError,)),  # with no error that led to it: the chunks stopped coming
    (Cause.ADDRESS, (outer.InvalidURL, outer.MissingSchema, outer.URLRequired, inner.LocationValueError, ValueError)),
    (Cause.OTHER, FOREIGN),
)

_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3})\b")
"""The text of `http.client` for a proxy that does not connect: the only place where it gives the status."""


def cause_of(error: BaseException, *, is_connected: bool) -> Cause:
    """Return what an error of the HTTP libraries means: with a connection it is about the answer, not the address."""
    if proxy_status(error) is not None:
        return Cause.PROXY_REFUSED
    chain = tuple(_chain(error))
    cause = next(cause for cause, errors in _CAUSES if any(isinstance(link, errors) for link in chain))
    is_bare = cause is Cause.OTHER and any(isinstance(link, _BARE) for link in chain)
    return Cause.NOT_HTTP if is_connected and (is_bare or cause is Cause.ADDRESS) else cause


def proxy_status(error: BaseException) -> int | None:
    """Return the status with which a proxy refused to connect; None if the error is another one."""
    for link in _chain(error):
        if isinstance(link, OSError) and (match := _TUNNEL.match(str(link))):
            return int(match[1])
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that led to it: the libraries put them into arguments, reasons, causes and contexts."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        linked = (*link.args, getattr(link, "reason", None), link.__cause__, link.__context__)
        waiting.extend(other for other in linked if isinstance(other, BaseException))
