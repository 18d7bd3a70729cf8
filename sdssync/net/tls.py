"""Which certificates are trusted."""

import ssl
from pathlib import Path

import truststore


class CaFileError(Exception):
    """A file of CA certificates cannot be used; says nothing about where it is."""

    def __init__(self, cause: OSError | None = None) -> None:
        super().__init__()
        self.cause = cause
        """What the operating system says; None if the file was read and holds no certificate in PEM form."""


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """
    Trust the certificates of the operating system, or those of a PEM file and no others.

    Raises:
        CaFileError: the file does not exist, cannot be read, or holds no certificate.

    """
    if ca_file is None:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError:
        raise CaFileError from None
    except OSError as error:
        raise CaFileError(error) from None
    return context
