"""
What a request shows to iSAMS: an API key, or the token of an OAuth 2 client.

A token is as secret as the key. It is kept for one download, in memory, and shown to no one else.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sdssync.config.credentials import Client, Credentials
from sdssync.isams import error_documents
from sdssync.isams.attempts import Attempts
from sdssync.isams.failures import RUN_LATER, FailedAttempt, in_words, refused, unavailable
from sdssync.net.deadline import Deadline
from sdssync.net.failure import Cause, Failure, status_may_pass
from sdssync.net.oauth import Token, json_object, token_of
from sdssync.net.post import Answer, QueryKey, Request, send

_PATH = "/auth/connect/token"
_SCOPE = "apiv1"
_MAX_BYTES = 65_536
_MARGIN = 60.0
"""Seconds before its end in which a token is not used any more."""
_ASK = f"ask iSAMS support for a client id and a client secret with scope {_SCOPE}, and compare them with the settings"
_NO_TOKEN = refused(
    "the answer of iSAMS to the request for a token holds no token",
    "check [isams] url: it is the address of the iSAMS server, and nothing on the way may ask for a login",
)
_BY_ERROR = {
    "invalid_client": "iSAMS does not know the client, or the client secret is wrong or has expired",
    "invalid_scope": f"the client may not use the scope {_SCOPE}",
    "unauthorized_client": "the client may not get a token for itself (client credentials)",
    "unsupported_grant_type": "this iSAMS gives no tokens for client credentials",
}
"""RFC 6749, section 5.2."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A token, and when it is not used any more, in seconds of the download."""

    token: Token
    until: float


class Access:
    """What the requests of one download show; a token is got when it is needed."""

    def __init__(self, credentials: Credentials, base: str) -> None:
        """Begin; `base` is the address of iSAMS without a path of its own."""
        self._credentials = credentials
        self._url = base + _PATH
        self._token: _Held | None = None
        self._may_renew = True

    def authorise(self, request: Request, attempts: Attempts, deadline: Deadline) -> Request | FailedAttempt:
        """Return the request with what iSAMS wants to see; or why there is no token."""
        credentials = self._credentials
        if not isinstance(credentials, Client):
            return replace(request, key=QueryKey(parameter="apiKey", secret=credentials.secret))
        if self._token is None or attempts.seconds > self._token.until:
            token = _get_token(self._token_request(request, credentials), attempts.seconds, deadline)
            if isinstance(token, FailedAttempt):
                return token
            self._token = token
        key = QueryKey(parameter="apiKey", secret=credentials.id)
        return replace(request, key=key, bearer=self._token.token.secret)

    def renews_after(self, status: int) -> bool:
        """Return True, once, if a token was refused and the request is worth another attempt with a new one."""
        is_worth_it = status == 401 and self._token is not None and self._may_renew
        if is_worth_it:
            self._token, self._may_renew = None, False
        return is_worth_it

    def refusal(self, answer: Answer, text: str) -> FailedAttempt | None:
        """Return that iSAMS refuses the key or the token as such, if the answer says so."""
        if isinstance(self._credentials, Client):
            return error_documents.of_token(answer.status, text, answer.login_schemes)
        return error_documents.of_oauth(answer.status, text, answer.login_schemes)

    def _token_request(self, request: Request, client: Client) -> Request:
        form = {
            "grant_type": "client_credentials",
            "client_id": client.id,
            "client_secret": client.secret.secret,
            "scope": _SCOPE,
        }
        return Request(
            url=self._url,
            body=urlencode(form).encode(),
            media_type="application/x-www-form-urlencoded",
            accept="application/json",
            unspoken=(client.id, client.secret.secret),
            tls=request.tls,
            timeout=request.timeout,
            connect_timeout=request.connect_timeout,
            max_bytes=_MAX_BYTES,
        )


def _get_token(request: Request, now: float, deadline: Deadline) -> _Held | FailedAttempt:
    """Ask for a token; `now` is in seconds of the download."""
    body = bytearray()
    answer = send(request, deadline, lambda chunk, _: body.extend(chunk))
    if isinstance(answer, Failure):
        return _NO_TOKEN if answer.cause is Cause.TOO_LARGE else in_words(answer)
    if 300 <= answer.status < 400:
        return error_documents.of_redirect(answer.redirected_to)
    content = json_object(bytes(body))
    if answer.status != 200:
        return replace(_refused(answer.status, content.get("error")), wait_seconds=answer.wait_seconds)
    token = token_of(content)
    return _Held(token, now + max(0.0, token.lasts - _MARGIN)) if token else _NO_TOKEN


def _refused(status: int, error: object) -> FailedAttempt:
    """Return why there is no token, by the error of OAuth 2, else by the status."""
    if isinstance(error, str) and error in _BY_ERROR:
        return refused(_BY_ERROR[error], _ASK)
    if status_may_pass(status):
        return unavailable(
            f"iSAMS answered the request for a token with status {status}", RUN_LATER, f"status {status} for a token"
        )
    if status == 404:
        return refused(
            "this iSAMS gives no tokens (status 404)",
            "check [isams] url; if it is right, ask iSAMS support, or use an API key: api_key_file",
        )
    return refused(f"iSAMS refused the request for a token (status {status})", _ASK)
