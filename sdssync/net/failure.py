"""A failed request as a value: what went wrong, with the facts that a message needs. It has no words of its own."""

from dataclasses import dataclass
from enum import Enum, auto


class Cause(Enum):
    """What went wrong."""

    PROXY_SETTING = auto()
    """The proxy that this machine is configured to use has no usable address."""
    PROXY_UNREACHABLE = auto()
    """No connection through the proxy."""
    PROXY_REFUSED = auto()
    """The proxy answered with `status` instead of opening a connection."""
    CERTIFICATE = auto()
    """The certificate of the server is not trusted, has expired, or is for another name."""
    TLS = auto()
    NAME_NOT_FOUND = auto()
    NO_CONNECTION = auto()
    NO_ANSWER = auto()
    """Nothing came for `timeout` seconds."""
    NOT_DECODABLE = auto()
    """The body is not compressed as its header says."""
    TRUNCATED = auto()
    """The body ended early, or is not as long as its header says."""
    CONNECTION_BROKEN = auto()
    NOT_HTTP = auto()
    ADDRESS = auto()
    """The address of the request cannot be called."""
    OTHER = auto()
    TOO_LARGE = auto()
    """The decoded body has more than `max_bytes` bytes."""
    TOO_SLOW = auto()
    """The deadline passed before the body was complete."""


_PERMANENT = frozenset(
    {Cause.PROXY_SETTING, Cause.CERTIFICATE, Cause.NOT_DECODABLE, Cause.ADDRESS, Cause.TOO_LARGE, Cause.TOO_SLOW}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    One failed request.

    A value and not an exception: an error that is raised while another is handled keeps that one as its context, and
    those of the HTTP libraries contain the URL with its secret.
    """

    cause: Cause
    host: str
    """Host and port of the request."""
    timeout: float
    max_bytes: int
    status: int | None = None
    """Of a proxy that refused; None for any other cause."""

    @property
    def may_pass(self) -> bool:
        """Return True if the same request may succeed later without a change by anyone."""
        return self.cause not in _PERMANENT if self.status is None else status_may_pass(self.status)


UNREACHED = frozenset({Cause.PROXY_UNREACHABLE, Cause.NAME_NOT_FOUND, Cause.NO_CONNECTION})
"""The server has not been reached at all: perhaps its name or address is wrong."""


def status_may_pass(status: int) -> bool:
    """Return True for an HTTP status after which the same request may be answered differently a little later."""
    return status in {408, 429} or 500 <= status < 600
