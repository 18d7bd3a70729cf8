"""
What the errors of the HTTP libraries mean, as a table; none of their words are passed on, for they hold URLs.

Belongs to `transport`; besides it nothing knows requests or urllib3.
"""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace

from requests import exceptions as outer
from urllib3 import exceptions as inner

from sdssync.errors import SourceError, SourceMalformedError, SourceUnavailableError
from sdssync.isams import error_documents
from sdssync.net.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a family of foreign errors means; `{host}` and `{timeout}` stand in the message."""

    errors: tuple[type[BaseException], ...]
    reason: str
    message: str
    hint: str
    passing: bool = True
    kind: type[SourceError] = SourceUnavailableError


FOREIGN = (
    outer.RequestException,
    inner.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,  # bare ones come for names that cannot be a host
)
"""Everything that the HTTP libraries raise."""

_CHECK_HOST = "check that iSAMS is up, that [isams] url is right, and that the firewall lets this server out"
_CHECK_PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the proxy in the system settings"
_ANSWERS_BADLY = "run it again; if it stays so, find out what stands between this server and iSAMS"

_CUT = _Kind(
    errors=(
        http.client.IncompleteRead,
        inner.IncompleteRead,
        inner.InvalidChunkLength,
        inner.ResponseNotChunked,
        outer.ChunkedEncodingError,
    ),
    reason="cut",
    message="the answer of {host} was cut off, or was not as long as announced",
    hint=_ANSWERS_BADLY,
    kind=SourceMalformedError,
)

# The first row counts that knows the error or one beneath it: the most telling come first.
_KINDS = (
    _Kind(
        errors=(outer.InvalidProxyURL, outer.InvalidSchema, inner.ProxySchemeUnknown, inner.ProxySchemeUnsupported),
        reason="proxy setting",
        message="the proxy setting of this server cannot be used",
        hint=_CHECK_PROXY,
        passing=False,
    ),
    _Kind(
        errors=(outer.ProxyError, inner.ProxyError),
        reason="proxy",
        message="the proxy did not let the request through to {host}",
        hint=_CHECK_PROXY,
    ),
    _Kind(
        errors=(ssl.SSLCertVerificationError,),
        reason="certificate",
        message="the certificate of {host} is not trusted, has expired, or is for another name",
        hint="if a proxy inspects the traffic, add its CA certificate to the system, or name it in [isams] ca_file",
        passing=False,
    ),
    _Kind(
        errors=(outer.SSLError, inner.SSLError, ssl.SSLError),
        reason="TLS",
        message="no TLS connection with {host}",
        hint="check that [isams] url names a server that speaks TLS 1.2 or newer",
    ),
    _Kind(
        errors=(inner.NameResolutionError, socket.gaierror),
        reason="name not found",
        message="the name of {host} is not found",
        hint="check [isams] url, and the DNS of this server",
    ),
    _Kind(
        errors=(inner.NewConnectionError,),
        reason="no connection",
        message="no connection with {host}",
        hint=_CHECK_HOST,
    ),
    _Kind(
        errors=(outer.Timeout, inner.TimeoutError, TimeoutError),
        reason="no answer",
        message="{host} gave no answer for {timeout:g} s",
        hint=_CHECK_HOST,
    ),
    _Kind(
        errors=(outer.ContentDecodingError, inner.DecodeError),
        reason="not decodable",
        message="what {host} answered is not compressed in the way that it says",
        hint=_ANSWERS_BADLY,
        passing=False,
        kind=SourceMalformedError,
    ),
    _CUT,
    _Kind(
        errors=(ConnectionError,),
        reason="connection broken",
        message="{host} broke the connection off",
        hint=_ANSWERS_BADLY,
    ),
    _Kind(
        errors=(
            http.client.HTTPException,
            inner.BodyNotHttplibCompatible,
            inner.HeaderParsingError,
            inner.InvalidHeader,
            inner.ResponseError,
            outer.InvalidHeader,
        ),
        reason="not HTTP",
        message="what {host} answered is not proper HTTP",
        hint=_ANSWERS_BADLY,
    ),
    replace(_CUT, errors=(inner.ProtocolError,)),  # without an error beneath: the chunks stopped coming
    _Kind(
        errors=(outer.InvalidURL, outer.MissingSchema, outer.URLRequired, inner.LocationValueError, ValueError),
        reason="address",
        message="[isams] url is no address that can be called",
        hint="write it like https://isams.myschool.example",
        passing=False,
    ),
    _Kind(
        errors=FOREIGN,
        reason="failed",
        message="the request to {host} failed",
        hint=_CHECK_HOST,
    ),
)


_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3})\b")
"""What `http.client` says of a proxy that does not connect: the only place where it tells the status."""


def translate(error: BaseException, *, host: str, timeout: float) -> Failure:
    """Tell what an error of the HTTP libraries means, without a word of theirs."""
    chain = tuple(_beneath(error))
    for link in chain:
        if isinstance(link, OSError) and (told := _TUNNEL.match(str(link))):
            return error_documents.of_proxy(int(told[1]), host)
    kind = next(kind for kind in _KINDS if any(isinstance(link, kind.errors) for link in chain))
    return Failure(
        kind=kind.kind,
        message=kind.message.format(host=host, timeout=timeout),
        hint=kind.hint,
        reason=kind.reason,
        passing=kind.passing,
    )


def _beneath(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that led to it: the libraries put them into arguments, reasons, causes and contexts."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        beneath = (*link.args, getattr(link, "reason", None), link.__cause__, link.__context__)
        waiting.extend(one for one in beneath if isinstance(one, BaseException))
