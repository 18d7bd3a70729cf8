"""
A token of Microsoft Entra for an app, by a client secret or a certificate.

A token is kept in memory for one command, and goes to no host but those of `hosts`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sdssync.config.secret import read_secret
from sdssync.config.upload import UploadSettings
from sdssync.errors import UploadError
from sdssync.graph.certificate import ASSERTION_TYPE, end_of_certificate, signed_assertion
from sdssync.graph.line import MAX_BYTES, NEXT_RUN, TIMEOUT, Line
from sdssync.net.failure import status_may_pass
from sdssync.net.oauth import Token, token_of
from sdssync.net.post import Request

SCOPE = "https://graph.microsoft.com/.default"
_MARGIN = 300.0
"""Seconds before its end in which a token is not used any more."""

CHECK_APP = "compare tenant and client_id in [upload] with the app registration in Microsoft Entra"
_MAKE_ANEW = (
    "make a new client secret in the app registration, and write its value (not its id) where [upload] names it"
)
_BY_NUMBER = {
    7000215: ("the client secret is wrong", _MAKE_ANEW),
    7000222: ("the client secret has expired", _MAKE_ANEW),
    700016: ("the tenant has no app with this client_id", CHECK_APP),
    90002: ("there is no such tenant", CHECK_APP),
    700027: (
        "the certificate is not one of the app registration, or has expired",
        "upload the certificate of certificate_file to the app registration, or name the one that is there",
    ),
}
"""What the numbers AADSTS... mean, for hints only: Microsoft may change them."""
_BY_ERROR = {
    "invalid_client": (
        "the secret or the certificate of the app is wrong or has expired",
        "compare them with the app registration in Microsoft Entra",
    ),
    "unauthorized_client": ("the app may not get a token for itself", CHECK_APP),
    "invalid_request": ("the tenant or the client_id is wrong", CHECK_APP),
    "invalid_scope": ("the app may not use Microsoft Graph", CHECK_APP),
}
"""RFC 6749, section 5.2: the field to branch on."""


def check_proof(settings: UploadSettings, environ: Mapping[str, str]) -> datetime | None:
    """
    Check that secret or certificate can be used, without asking Microsoft; return when the certificate ends.

    Raises:
        ConfigError: it cannot.

    """
    if settings.secret is None:
        return end_of_certificate(settings, environ)
    read_secret(settings.secret, environ)
    return None


@dataclass(frozen=True, slots=True)
class _Held:
    token: Token
    until: float
    """By the clock of the line."""


class Login:
    """The tokens of one command."""

    def __init__(self, settings: UploadSettings, line: Line, environ: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._line = line
        self._environ = environ
        self._held: _Held | None = None
        self._may_renew = True

    def bearer(self) -> str:
        """
        Return a token that is good for some minutes.

        Raises:
            ConfigError: secret or certificate cannot be read, or MSAL is missing.
            UploadError: Microsoft gives none.

        """
        if self._held is None or self._line.pace.now() >= self._held.until:
            asked_at = self._line.pace.now()
            token = self._get()
            self._held = _Held(token, asked_at + max(0.0, token.lasts - _MARGIN))
        return self._held.token.secret

    def renews(self) -> bool:
        """Return True, once: a token that was refused is given up, and another attempt with a new one makes sense."""
        may_renew, self._may_renew, self._held = self._may_renew, False, None
        return may_renew

    def _get(self) -> Token:
        reply = self._line.ask(self._request())
        if status_may_pass(reply.status):
            raise UploadError(f"Microsoft gives no token now: {reply.summary}", NEXT_RUN)
        return _judged(reply.content if reply.status == 200 or "error" in reply.content else {}, reply.summary)

    def _request(self) -> Request:
        proof = self._proof()
        form = {"client_id": self._settings.client_id, "scope": SCOPE, "grant_type": "client_credentials", **proof}
        return Request(
            url=f"{self._settings.login_url}/{self._settings.tenant}/oauth2/v2.0/token",
            body=urlencode(form).encode(),
            media_type="application/x-www-form-urlencoded",
            accept="application/json",
            unspoken=tuple(proof.values()),
            tls=self._line.tls,
            timeout=TIMEOUT,
            max_bytes=MAX_BYTES,
        )

    def _proof(self) -> dict[str, str]:
        """Return the fields that show who we are."""
        if self._settings.secret is not None:
            return {"client_secret": read_secret(self._settings.secret, self._environ)}
        signed = signed_assertion(self._settings, self._environ)
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


def _judged(content: Mapping[str, Any], summary: str) -> Token:
    """Return the token of an answer, or raise why there is none."""
    token = token_of(dict(content))
    if token is not None:
        return token
    numbers = content.get("error_codes")
    for number in numbers if isinstance(numbers, list) else ():
        if isinstance(number, int) and number in _BY_NUMBER:
            text, hint = _BY_NUMBER[number]
            raise UploadError(f"Microsoft refuses the login: {text} (AADSTS{number})", hint)
    error = content.get("error")
    if isinstance(error, str) and error in _BY_ERROR:
        text, hint = _BY_ERROR[error]
        raise UploadError(f"Microsoft refuses the login: {text} ({error})", hint)
    after = f" ({summary})" if summary else ""
    raise UploadError(f"the answer of Microsoft to the login holds no token{after}", CHECK_APP)
