"""How sets are handed over to School Data Sync, as values; what the files may say is declared in `schema`."""

from dataclasses import dataclass, field
from pathlib import Path

from sdssync.config.secret import SecretPlace

LOGIN_URL = "https://login.microsoftonline.com"
GRAPH_URL = "https://graph.microsoft.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSettings:
    """How to log in to Microsoft: exactly one of `certificate_file` and `secret` is set."""

    tenant: str = field(repr=False)
    """Its id, or one of its domains."""
    client_id: str = field(repr=False)
    """The id of the app registration."""
    certificate_file: Path | None
    """The certificate with its private key: PEM, or PFX (PKCS #12)."""
    certificate_password_env: str | None
    """An environment variable; None: the private key has no password."""
    secret: SecretPlace | None
    login_url: str = LOGIN_URL
    """Without a slash at the end, like `graph_url`; either is Microsoft's or a loopback address."""
    graph_url: str = GRAPH_URL
    trusted_hosts: tuple[str, ...]
    """Names in lower case of servers that may also be asked with the token how an operation ended."""
    ca_file: Path | None
    """Certificates to trust in PEM form; None: the trust store of the operating system."""

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """The file of the private key or of the secret; () if the secret is in an environment variable."""
        files = (self.certificate_file, self.secret and self.secret.file)
        return tuple(file for file in files if file)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileUpload:
    """Where the set of a profile goes, and what happens to it there."""

    connector: str = field(repr=False)
    """Its id, or the name that SDS displays."""
    start_run: bool = False
    """True if SDS is asked to take the set in as soon as it is validated."""
    validate_only: bool = False
    """True for a trial: SDS validates the files, and the set does not count as handed over."""
