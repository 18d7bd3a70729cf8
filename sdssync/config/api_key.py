"""
The API key of iSAMS, and where it is read: from a file of its own, or from an environment variable.

No message names the file or the variable: values under `[isams]` are never shown.
"""

import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.settings import RemoteSource
from sdssync.errors import ConfigError, os_reason

KEY_FILE_LIMIT = 65_536
"""In bytes. A key has about forty characters, so a larger file is not a key file."""


@dataclass(frozen=True, slots=True, repr=False)
class ApiKey:
    """The API key: a text that is masked wherever it is printed, unless `secret` is asked for."""

    secret: str

    def __repr__(self) -> str:
        """Return a mask of fixed length."""
        return "ApiKey(********)"

    __str__ = __repr__


def read_api_key(source: RemoteSource, environ: Mapping[str, str]) -> ApiKey:
    """
    Return the key from its file or variable, without the white space around it.

    Raises:
        ConfigError: the key does not exist or cannot be read, or the text cannot be a key.
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
            f"{where} contains white space or control characters inside the key",
            "put the API key of iSAMS there on one line, and nothing else",
        )
    return ApiKey(key)


def _key_bytes(file: Path, where: str) -> bytes:
    """Read the key file, which must be a regular file."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe would be read for ever
            raise ConfigError(f"{where} is not a file", "name a file that contains the API key and nothing else")
        with file.open("rb") as stream:
            data = stream.read(KEY_FILE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"{where} does not exist", "a relative path counts from the folder of sdssync.toml") from None
    except OSError as error:
        raise ConfigError(
            f"{where} cannot be read: {os_reason(error)}",
            "give the account under which sdssync runs the right to read it",
        ) from None
    if len(data) > KEY_FILE_LIMIT:
        raise ConfigError(f"{where} is larger than 64 KiB", "name a file that contains the API key and nothing else")
    return data


def _decode_key(data: bytes, where: str) -> str:
    """Decode UTF-8 or UTF-16, with or without a byte order mark; Windows editors and shells write all four."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data[:2]:  # a key begins with an ASCII character: one of its two bytes is zero
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    with suppress(UnicodeDecodeError):  # the error holds the bytes of the key: chain nothing to it
        return data.decode(encoding)
    raise ConfigError(f"{where} is neither UTF-8 nor UTF-16 text", "write the API key into it with a plain text editor")
