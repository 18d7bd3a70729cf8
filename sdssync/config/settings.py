"""
The installation: what `sdssync.toml` says, where it is, and the API key it points to.

Tells what the environment says: `SDSSYNC_CONFIG` and the variable that holds the key. What the file may say is declared
in `config_model`.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sdssync.errors import ConfigError

CONFIG_VARIABLE = "SDSSYNC_CONFIG"
CONFIG_NAME = "sdssync.toml"

KEY_FILE_LIMIT = 65_536
"""Bytes; a key has some forty characters, so anything larger is another file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolIdentity:
    """The school as SDS is to know it."""

    id: str
    """The sourcedId of the organisation."""
    name: str
    type: str = "school"
    include_names: bool = False
    """Whether forename and surname are written, because SDS creates the users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSource:
    """The Batch API of iSAMS; exactly one of `api_key_file` and `api_key_env` is set."""

    url: str
    """Without query, fragment or user; https, or http to a loopback address."""
    api_key_file: Path | None = None
    api_key_env: str | None = None
    timeout: float = 120
    """Seconds without an answer."""
    retry_for: float = 300
    """Seconds in which a further attempt may start."""
    max_seconds: float = 1800
    """Seconds for the download, all attempts together."""
    max_bytes: int = 1024**3
    ca_file: Path | None = None
    """Certificates to trust in PEM form; None: the trust store of the operating system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSource:
    """A document that was recorded before."""

    file: Path
    max_bytes: int = 1024**3


@dataclass(frozen=True, slots=True)
class Percentage:
    """A limit as a share of what was published last, 0 to 100."""

    value: Decimal

    def __str__(self) -> str:
        """The share as it is written in TOML."""
        return f"{self.value}%"


Limit = int | Percentage
"""A count, or a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """How much may vanish from one publication to the next; None: no limit is set."""

    max_removed_users: Limit | None = None
    max_removed_classes: Limit | None = None
    max_removed_enrollments: Limit | None = None


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
    folders: Folders


@dataclass(frozen=True, slots=True, repr=False)
class ApiKey:
    """The API key; it shows itself to those who ask for `secret`, and to nobody else."""

    secret: str

    def __repr__(self) -> str:
        """A mask of fixed length."""
        return "ApiKey(********)"

    __str__ = __repr__


def settings_path(option: Path | None, environ: Mapping[str, str]) -> Path:
    """
    Tell which settings file is meant: the option, else `$SDSSYNC_CONFIG`, else the one in the current folder.

    Raises:
        ConfigError: the current folder counts, and is not there any more.
    """
    path = Path(environ.get(CONFIG_VARIABLE) or CONFIG_NAME) if option is None else option
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - a link to the file stays one: its own folder counts
    except FileNotFoundError:
        raise ConfigError("the current folder is not there any more", "go to one that is there") from None


def read_api_key(source: RemoteSource, environ: Mapping[str, str]) -> ApiKey:
    """
    Read the key from its file or variable, and drop the white space around it.

    No message names the file or the variable: values under `[isams]` are never shown.

    Raises:
        ConfigError: it is not there, cannot be read, or cannot be a key.
    """
    if source.api_key_file is not None:
        where = "the file that isams.api_key_file names"
        text = _decode_key(_key_bytes(source.api_key_file, where), where)
    else:
        where = "the environment variable that isams.api_key_env names"
        text = environ.get(source.api_key_env or "", "")
        if not text:
            raise ConfigError(
                f"{where} is not set, or is empty", "set it for the account under which the scheduled task runs"
            )
    key = text.strip()
    if not key:
        raise ConfigError(f"{where} is empty", "put the API key of iSAMS there, and nothing else")
    if any(character.isspace() or not character.isprintable() for character in key):
        raise ConfigError(
            f"{where} holds white space or control characters inside the key",
            "put the API key of iSAMS there on one line, and nothing else",
        )
    return ApiKey(key)


def _key_bytes(file: Path, where: str) -> bytes:
    """Read the key file, which must be a plain file of moderate size."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe would keep us waiting for ever
            raise ConfigError(f"{where} is not a file", "name a file that holds the API key and nothing else")
        with file.open("rb") as stream:
            data = stream.read(KEY_FILE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"{where} is not there", "a relative path counts from the folder of sdssync.toml") from None
    except OSError as error:
        raise ConfigError(
            f"{where} cannot be read: {error.strerror or type(error).__name__}",
            "give the account under which sdssync runs the right to read it",
        ) from None
    if len(data) > KEY_FILE_LIMIT:
        raise ConfigError(f"{where} is larger than 64 KiB", "name a file that holds the API key and nothing else")
    return data


def _decode_key(data: bytes, where: str) -> str:
    """Decode UTF-8 or UTF-16, with or without a byte order mark; editors and shells of Windows write all four."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data[:2]:  # the first character is a plain one, so one half of it is zero
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    with suppress(UnicodeDecodeError):  # that error carries the bytes: nothing may be chained to it
        return data.decode(encoding)
    raise ConfigError(f"{where} is neither UTF-8 nor UTF-16 text", "write the API key into it with a plain text editor")
