"""Why an attempt brought no iSAMS document, as a value; and what each cause in `net` means to the administrator."""

from dataclasses import dataclass

from sdssync.errors import (
    RefusedDocumentError,
    SourceError,
    SourceMalformedError,
    SourceRefusedError,
    SourceUnavailableError,
)
from sdssync.net.failure import UNREACHED, Cause, Failure, status_may_pass
from sdssync.net.words import reason, sentence

RUN_LATER = "run it again later; if it still fails, ask iSAMS support"
LET_PROXY_IN = "put user and password into the proxy variable, or let this server pass without them"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """One attempt to get a document that failed: the error that it becomes, unless another attempt follows."""

    error_class: type[SourceError]
    message: str
    hint: str
    reason: str
    """What the log says about an attempt that is followed by another: constant words."""
    is_unreached: bool = False
    """True if the server was not reached at all."""
    may_pass: bool = False
    """True if another attempt may succeed without a change by anyone."""
    wait_seconds: float = 0.0
    """How long the server asks us to wait."""

    def error(self, attempts: int = 1) -> SourceError:
        """Return the error to raise after so many failed attempts."""
        after = f", after {attempts} attempts" if attempts > 1 else ""
        return self.error_class(self.message + after, self.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What a cause means to the administrator of iSAMS."""

    hint: str
    message: str = ""
    """Instead of the usual sentence; it may contain `{host}` and `{max_bytes}`."""
    error_class: type[SourceError] = SourceUnavailableError


_CHECK_HOST = "check that iSAMS is running, that [isams] url is right, and that the firewall lets this server out"
_CHECK_PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the proxy in the system settings"
_CHECK_LINE = "run it again; if it still fails, find out which proxy or firewall is between this server and iSAMS"

_WORDS = {
    Cause.PROXY_SETTING: _Words(hint=_CHECK_PROXY),
    Cause.PROXY_UNREACHABLE: _Words(hint=_CHECK_PROXY),
    Cause.CERTIFICATE: _Words(
        hint="if a proxy inspects the traffic, add its CA certificate to the system, or name it in [isams] ca_file"
    ),
    Cause.TLS: _Words(hint="check that [isams] url names a server that speaks TLS 1.2 or newer"),
    Cause.NAME_NOT_FOUND: _Words(hint="check [isams] url, and the DNS of this server"),
    Cause.NO_CONNECTION: _Words(hint=_CHECK_HOST),
    Cause.NO_ANSWER: _Words(hint=_CHECK_HOST),
    Cause.NOT_DECODABLE: _Words(hint=_CHECK_LINE, error_class=SourceMalformedError),
    Cause.TRUNCATED: _Words(hint=_CHECK_LINE, error_class=SourceMalformedError),
    Cause.CONNECTION_BROKEN: _Words(hint=_CHECK_LINE),
    Cause.NOT_HTTP: _Words(hint=_CHECK_LINE),
    Cause.ADDRESS: _Words(
        message="[isams] url is not an address that can be called",
        hint="write it like https://isams.myschool.example",
    ),
    Cause.OTHER: _Words(hint=_CHECK_HOST),
    Cause.TOO_LARGE: _Words(
        message="the document is larger than {max_bytes} bytes",
        hint="if that is expected, raise [isams] max_bytes",
        error_class=SourceMalformedError,
    ),
    Cause.TOO_SLOW: _Words(
        message="the download from {host} was not complete within [isams] max_seconds, all attempts together",
        hint="find out why iSAMS is slow, or raise [isams] max_seconds",
    ),
}


def in_words(failure: Failure) -> FailedAttempt:
    """Return what a failed request means to the administrator of iSAMS."""
    if failure.cause is Cause.PROXY_REFUSED:
        return _of_proxy(failure)
    words = _WORDS[failure.cause]
    return FailedAttempt(
        error_class=words.error_class,
        message=words.message.format(host=failure.host, max_bytes=failure.max_bytes) or sentence(failure),
        hint=words.hint,
        reason=reason(failure.cause),
        is_unreached=failure.cause in UNREACHED,
        may_pass=failure.may_pass,
    )


def _of_proxy(failure: Failure) -> FailedAttempt:
    """Return that a proxy answered with a status instead of connecting to iSAMS."""
    status, host, message = failure.status or 0, failure.host, sentence(failure)
    if status_may_pass(status):
        return unavailable(message, RUN_LATER, f"status {status} of the proxy")
    let_through = f"let the proxy connect this server with {host}, or put the host into NO_PROXY"
    return refused(message, LET_PROXY_IN if status == 407 else let_through)


def refused(message: str, hint: str) -> FailedAttempt:
    """Return that the answer is no, and stays no."""
    return FailedAttempt(error_class=SourceRefusedError, message=message, hint=hint, reason="refused")


def unavailable(message: str, hint: str, reason: str) -> FailedAttempt:
    """Return that there is no document now, and there may be one a little later."""
    return FailedAttempt(error_class=SourceUnavailableError, message=message, hint=hint, reason=reason, may_pass=True)


def malformed(message: str, hint: str) -> FailedAttempt:
    """Return that an answer came, and is not an iSAMS document."""
    return FailedAttempt(error_class=RefusedDocumentError, message=message, hint=hint, reason="not an iSAMS document")
