"""
The proof that this server has the private key of a certificate: what takes the place of a client secret.

The signature is made by MSAL. It is an extra, because the cryptography that it needs is large, and a client secret does
without.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sdssync.config.secret import SecretPlace, passed_on, path_in_message, read_secret
from sdssync.config.upload import LOGIN_URL, UploadSettings
from sdssync.errors import ConfigError, os_reason
from sdssync.files.regular import NotRegularError, read_regular

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_ALGORITHM = "PS256"
"""Microsoft wants it with the SHA-256 thumbprint of the certificate."""
_LARGEST = 1 << 20
"""Bytes of a certificate with its key and those that signed it."""
_WHERE = "the file that upload.certificate_file names"
_EXPECTED = (
    "expected a certificate and its private key, in PEM form or as PFX (PKCS #12), with the password in the variable"
    " that certificate_password_env names"
)


def signed_assertion(settings: UploadSettings, environ: Mapping[str, str]) -> str:
    """
    Return a signed text that is good for ten minutes, for one login.

    Raises:
        ConfigError: MSAL is not installed, or the certificate cannot be used.

    """
    key, certificate = _usable(settings, environ)
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  (an extra, and slow to load)
    from msal.oauth2cli import JwtAssertionCreator  # noqa: PLC0415

    creator = JwtAssertionCreator(key, _ALGORITHM, sha256_thumbprint=certificate.fingerprint(hashes.SHA256()).hex())
    signed: bytes = creator.create_normal_assertion(
        f"{LOGIN_URL}/{settings.tenant}/oauth2/v2.0/token", settings.client_id, settings.client_id
    )
    return signed.decode()


def end_of_certificate(settings: UploadSettings, environ: Mapping[str, str]) -> datetime:
    """
    Return until when the certificate is good.

    Raises:
        ConfigError: as for `signed_assertion`.

    """
    ends: datetime = _usable(settings, environ)[1].not_valid_after_utc
    return ends


def _usable(settings: UploadSettings, environ: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the private key and its certificate, if Microsoft takes them."""
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415  (as above)
        from msal.oauth2cli import JwtAssertionCreator  # noqa: F401, PLC0415
    except ImportError:
        raise ConfigError(
            "[upload] certificate_file needs MSAL, which is not installed",
            "install it next to sdssync: python -m pip install msal; or use a client secret: secret_file",
        ) from None
    key, certificate = _loaded(settings, environ)
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(
            f"the private key in {_WHERE} is not an RSA key, and Microsoft Entra takes no other",
            "make a new certificate with an RSA key, and upload its public part to the app registration",
        )
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise ConfigError(
            f"the certificate in {_WHERE} expired on {certificate.not_valid_after_utc:%Y-%m-%d}",
            "make a new one, and upload its public part to the app registration in Microsoft Entra",
        )
    return key, certificate


def _loaded(settings: UploadSettings, environ: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the private key and its certificate."""
    file = settings.certificate_file or Path()
    data = _bytes(passed_on(file, environ), file)
    variable = settings.certificate_password_env
    place = SecretPlace(what="the password", key="upload.certificate_password_env", variable=variable)
    password = read_secret(place, environ).encode() if variable else None
    try:
        found = _of_pem(data, password) if b"-----BEGIN " in data else _of_pfx(data, password)
    except Exception:  # noqa: BLE001  (the errors of the library are many, and their texts may quote the file)
        found = None
    if found is None:
        raise ConfigError(f"{_WHERE} cannot be used: {path_in_message(file)}", _EXPECTED)
    return found


def _of_pfx(data: bytes, password: bytes | None) -> tuple[Any, Any] | None:
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    key, certificate, _ = pkcs12.load_key_and_certificates(data, password)
    return (key, certificate) if key and certificate else None


def _of_pem(data: bytes, password: bytes | None) -> tuple[Any, Any] | None:
    """Return the key, and the one of the certificates that belongs to it."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    start = _KEY.search(data)
    if start is None:
        return None
    key = load_pem_private_key(data[start.start() :], password)
    public = key.public_key()
    return next(((key, found) for found in x509.load_pem_x509_certificates(data) if found.public_key() == public), None)


def _bytes(file: Path, named: Path) -> bytes:
    try:
        return read_regular(file, most=_LARGEST)
    except FileNotFoundError:
        raise ConfigError(
            f"{_WHERE} does not exist: {path_in_message(named)}",
            "a relative path counts from the folder of sdssync.toml",
        ) from None
    except NotRegularError:
        raise ConfigError(f"{_WHERE} is not a file", _EXPECTED) from None
    except OSError as error:
        raise ConfigError(
            f"{_WHERE} cannot be read: {path_in_message(named)}: {os_reason(error)}",
            "give the account under which sdssync runs the right to read it",
        ) from None
