"""Client assertions: the JWT with which an app proves that it has the key of its certificate."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import Certificate

_ALGORITHMS = ("RS256", "PS256")
_LONGEST = 3600
_SKEW = 300


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with an assertion: Microsoft's number, and whether a correct client could send it."""

    number: int
    text: str
    violation: str = ""


def thumbprints(certificate: Certificate) -> dict[str, str]:
    """Return the two header fields that name a certificate."""
    algorithms = {"x5t": SHA1(), "x5t#S256": SHA256()}  # noqa: S303  (the field is defined with it)
    return {
        name: base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).rstrip(b"=").decode()
        for name, algorithm in algorithms.items()
    }


def check_assertion(text: str, certificate: Certificate, client_id: str, audiences: Sequence[str]) -> Mistake | None:
    """Return what is wrong with an assertion, by the clock of the system, as MSAL takes it."""
    try:
        header = jwt.get_unverified_header(text)
        claims = jwt.decode(text, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        return _violation(50027, f"not a JWT: {error}")
    return (
        _header_mistake(header, certificate)
        or _claims_mistake(claims, client_id, audiences)
        or _signature(text, header, certificate)
    )


def _header_mistake(header: dict[str, Any], certificate: Certificate) -> Mistake | None:
    if header.get("alg") not in _ALGORITHMS:
        return _violation(5002738, f"alg is {header.get('alg')}")
    named = {name: header[name] for name in ("x5t", "x5t#S256") if name in header}
    if not named:
        return _violation(700027, "the header names no certificate")
    expected = thumbprints(certificate)
    if any(value.rstrip("=") != expected[name] for name, value in named.items()):
        return Mistake(700027, "The certificate with this thumbprint is not registered.")
    return None


def _claims_mistake(claims: dict[str, Any], client_id: str, audiences: Sequence[str]) -> Mistake | None:
    if claims.get("aud") not in audiences:
        return _violation(50027, f"aud is not the token endpoint but {claims.get('aud')}")
    if (claims.get("iss"), claims.get("sub")) != (client_id, client_id):
        return _violation(50027, "iss and sub are not both the client id")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        return _violation(50027, "no jti")
    now, expires = time.time(), claims.get("exp")
    if not isinstance(expires, int | float) or expires > now + _LONGEST + _SKEW:
        return _violation(700023, "exp is missing or more than an hour away")
    if expires < now - _SKEW or claims.get("nbf", 0) > now + _SKEW:
        return Mistake(700024, "The assertion is not within its valid time range.")
    return None


def _signature(text: str, header: dict[str, Any], certificate: Certificate) -> Mistake | None:
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    try:
        jwt.decode(text, key, algorithms=[header["alg"]], options={"verify_aud": False, "verify_exp": False})
    except jwt.InvalidTokenError:
        return Mistake(700027, "The signature does not match the certificate.")
    return None


def _violation(number: int, text: str) -> Mistake:
    return Mistake(number, text, f"assertion: {text}")
