"""The causes of failed requests in words that hold for any server. What to do now, only the caller knows."""

from sdssync.net.failure import Cause, Failure

_SENTENCES = {
    Cause.PROXY_SETTING: "the proxy setting of this server cannot be used",
    Cause.PROXY_UNREACHABLE: "the proxy did not let the request through to {host}",
    Cause.PROXY_REFUSED: "the proxy did not let the request through to {host} (status {status})",
    Cause.CERTIFICATE: "the certificate of {host} is not trusted, has expired, or is for another name",
    Cause.TLS: "no TLS connection with {host}",
    Cause.NAME_NOT_FOUND: "the name of {host} is not found",
    Cause.NO_CONNECTION: "no connection with {host}",
    Cause.NO_ANSWER: "{host} gave no answer for {timeout:g} s",
    Cause.NOT_DECODABLE: "the answer of {host} is not compressed as its header says",
    Cause.TRUNCATED: "the answer of {host} was truncated, or is not as long as its header says",
    Cause.CONNECTION_BROKEN: "{host} closed the connection before it had answered",
    Cause.NOT_HTTP: "the answer of {host} is not valid HTTP",
    Cause.ADDRESS: "the address at {host} cannot be called",
    Cause.OTHER: "the request to {host} failed",
    Cause.TOO_LARGE: "the answer of {host} is larger than {max_bytes} bytes",
    Cause.TOO_SLOW: "the request to {host} took too long",
}


def sentence(failure: Failure) -> str:
    """Return what went wrong, with the host."""
    return _SENTENCES[failure.cause].format(
        host=failure.host, status=failure.status, timeout=failure.timeout, max_bytes=failure.max_bytes
    )


def reason(cause: Cause) -> str:
    """Return a cause as the log has it: constant words."""
    return _REASONS.get(cause, cause.name.lower().replace("_", " "))


_REASONS = {
    Cause.PROXY_UNREACHABLE: "proxy",
    Cause.TLS: "TLS",
    Cause.NOT_HTTP: "not HTTP",
    Cause.OTHER: "failed",
}
