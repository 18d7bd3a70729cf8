"""Files that the settings name: what to do if one cannot be read, and which certificates one brings."""

import ssl
from pathlib import Path

from sdssync.config.secret import path_in_message
from sdssync.errors import ConfigError, os_reason
from sdssync.net.tls import CaFileError, tls_context


def hint_for(error: OSError) -> str:
    """Return what to do about a file that the settings name and that cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "a relative path counts from the folder of sdssync.toml"
    return "name a file that the account of sdssync can read"


def trusted_by(ca_file: Path | None, key: str) -> ssl.SSLContext:
    """
    Return the certificates to trust, those of the system without a file; `key` names it, like `isams.ca_file`.

    Raises:
        ConfigError: the file cannot be read, or holds no certificate.

    """
    try:
        return tls_context(ca_file)
    except CaFileError as error:
        subject, path = f"the file that {key} names", path_in_message(ca_file or Path())
        if error.cause is None:
            hint = "export it as Base64 (.pem, .crt)"
            raise ConfigError(f"{subject} holds no certificate in PEM form: {path}", hint) from None
        reason, hint = os_reason(error.cause), hint_for(error.cause)
        raise ConfigError(f"{subject} cannot be read: {path}: {reason}", hint) from None
