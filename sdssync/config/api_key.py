"""
The API key of iSAMS, and where it is read: from a file of its own, or from an environment variable.

No message shows the text that was read, nor a key that was written in place of the path.
"""

import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.credentials import passed_on
from sdssync.config.settings import RemoteSource
from sdssync.errors import ConfigError, os_reason
from sdssync.files.regular import NotRegularError, open_regular
from sdssync.log import events

KEY_FILE_LIMIT = 65_536
"""In bytes. A key has about forty characters, so a larger file is not a key file."""

_NOTHING_ELSE = "put the API key of iSAMS there, and nothing else"
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_KEY = rf"{_GUID}|\{{{_GUID}\}}"
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[:/?].*)?")
"""What the address of a server looks like without https://."""
_PREFIX = re.compile(
    r"\W*(?:x-)?(?:api[-_ ]?key|authorization|bearer|basic|token|client[-_ ]?id|key)[\"']?(?:\s*[=:]|\s)", re.IGNORECASE
)
"""What comes before a key where it was copied from: `apiKey=` of an address, `Bearer ` of a header, `"key":`."""
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"


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
        text = _decode_key(_key_bytes(passed_on(source.api_key_file, environ), where), where)
    else:
        where = "the environment variable that isams.api_key_env names"
        text = environ.get(source.api_key_env or "", "")
        if not text:
            raise ConfigError(
                f"{where} is not set, or is empty", "set it for the account under which the scheduled task runs"
            )
    key = text.strip()
    if not key:
        raise ConfigError(f"{where} is empty", _NOTHING_ELSE)
    if fault := _fault(key):
        raise ConfigError(f"{where} contains {fault}", _NOTHING_ELSE)
    if any(character.isspace() or not character.isprintable() for character in key):
        raise ConfigError(
            f"{where} contains white space or control characters inside the key",
            "put the API key of iSAMS there on one line, and nothing else",
        )
    if re.search(_GUID, key) and not re.fullmatch(_KEY, key):
        raise ConfigError(f"{where} contains more than the key: other characters before or after it", _NOTHING_ELSE)
    if not re.fullmatch(_KEY, key):
        hint = "an API key of iSAMS is a GUID, 32 hexadecimal digits in five groups; compare it with the control panel"
        events.log().warning("key.looked_wrong", hint=hint)
    return ApiKey(key)


def path_in_message(path: Path) -> str:
    """Return a path as text; a key in it, written there in place of a path, is masked."""
    return re.sub(_GUID, "********", str(path))


def _fault(text: str) -> str:
    """Return what a text has that no key has, because it was copied from an address, a header or a program; else ""."""
    if "://" in text or "@" in text or text.lower().startswith("http") or _HOST.fullmatch(text):
        return "an address instead of a key"
    if _PREFIX.match(text):
        return "more than the key: a word like apiKey= or Bearer before it"
    return "quotation marks around the key" if text[0] in _QUOTES or text[-1] in _QUOTES else ""


def _key_bytes(file: Path, where: str) -> bytes:
    """Read the key file."""
    try:
        with open_regular(file) as stream:
            _warn_of_readers(file, os.fstat(stream.fileno()).st_mode)
            data = stream.read(KEY_FILE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(
            f"{where} does not exist: {path_in_message(file)}",
            "write the API key into it; a relative path counts from the folder of sdssync.toml",
        ) from None
    except NotRegularError:
        raise ConfigError(f"{where} is not a file", "name a file that contains the API key and nothing else") from None
    except OSError as error:
        raise ConfigError(
            f"{where} cannot be read: {path_in_message(file)}: {os_reason(error)}",
            "give the account under which sdssync runs the right to read it",
        ) from None
    if len(data) > KEY_FILE_LIMIT:
        raise ConfigError(f"{where} is larger than 64 KiB", "name a file that contains the API key and nothing else")
    return data


def _warn_of_readers(file: Path, mode: int) -> None:
    """Warn if other accounts may read or change the key file; on Windows the mode does not say so."""
    if os.name == "posix" and mode & 0o066:
        events.log().warning("key.exposed", hint=f"chmod 600 {shlex.quote(path_in_message(file))}")


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
