"""
What `sdssync.toml` says, as values, and which settings file is meant.

What the file may say, and its defaults, are declared in `schema`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.safety import Retention, Safety
from sdssync.config.upload import UploadSettings
from sdssync.errors import ConfigError

CONFIG_VARIABLE = "SDSSYNC_CONFIG"
CONFIG_NAME = "sdssync.toml"
PLACEHOLDER_ID = "0000000"
PLACEHOLDER_NAME = "Name of your school"
"""What `sdssync init` writes: no school has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolIdentity:
    """The school as SDS is to know it."""

    id: str
    """The sourcedId of the organisation."""
    name: str
    type: str
    include_names: bool
    """True if forename and surname are written, because SDS creates the users."""

    def require_real(self) -> None:
        """
        Refuse the values that `sdssync init` writes: SDS would take the school for one of that id.

        Raises:
            ConfigError: id or name is still the placeholder.
        """
        for key, value, placeholder in (("id", self.id, PLACEHOLDER_ID), ("name", self.name, PLACEHOLDER_NAME)):
            if value == placeholder:
                raise ConfigError(
                    f'[school] {key} in {CONFIG_NAME} is still "{placeholder}", which `sdssync init` wrote',
                    "write the id and the name of the school: SDS keeps them for good, so a wrong id is hard to undo",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSource:
    """
    The Batch API of iSAMS.

    Exactly one of `api_key_file` and `api_key_env` is set, or `client_id` with one of the two places of its secret.
    """

    url: str
    """Without query, fragment or user; https, or http to a loopback address."""
    api_key_file: Path | None
    api_key_env: str | None
    client_id: str | None
    """Of an OAuth 2 client, which iSAMS will want instead of a key."""
    client_secret_file: Path | None
    client_secret_env: str | None
    timeout: float
    """Seconds without an answer."""
    retry_for: float
    """Seconds in which a further attempt may start."""
    max_seconds: float
    """Seconds for the download, all attempts together."""
    max_bytes: int
    ca_file: Path | None
    """Certificates to trust in PEM form; None: the trust store of the operating system."""

    @property
    def secret_file(self) -> Path | None:
        """The file of the key or of the client's secret; None if it is in an environment variable."""
        return self.api_key_file or self.client_secret_file


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSource:
    """A document that was recorded before."""

    file: Path
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where the files of a school are; all paths are absolute."""

    installation: Path
    """The folder of `sdssync.toml`, from which every relative path in a TOML file counts."""
    profiles: Path
    """The folder of the profile files."""
    state: Path
    """The folder in which sdssync keeps its own files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolSettings:
    """What `sdssync.toml` says about a school."""

    identity: SchoolIdentity
    source: RemoteSource | RecordedSource
    safety: Safety
    retention: Retention
    folders: Folders
    upload: UploadSettings | None = None
    """None: sets are published, and not handed over."""


def settings_path(option: Path | None, environ: Mapping[str, str]) -> Path:
    """
    Return the path of the settings file: the option, else `$SDSSYNC_CONFIG`, else the one in the current folder.

    Raises:
        ConfigError: the path is relative, and the current folder no longer exists.
    """
    path = Path(environ.get(CONFIG_VARIABLE) or CONFIG_NAME) if option is None else option
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - a link to the file stays one: its own folder counts
    except FileNotFoundError:
        raise ConfigError(
            "the current folder no longer exists",
            "change to an existing folder, or give the settings file with --config and its full path",
        ) from None
