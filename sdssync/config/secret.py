"""
Secrets, and where they are read: from a file of its own, or from an environment variable.

No message shows the text that was read, nor a key that was written in place of the path.
"""

import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sdssync.errors import ConfigError, os_reason
from sdssync.files.regular import NotRegularError, open_regular
from sdssync.log import events

SECRET_FILE_LIMIT = 65_536
"""In bytes. A secret has about forty characters, so a larger file is another one."""

GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
"""What a key of iSAMS looks like, and often a secret."""
_OF_MICROSOFT = r"[\w.~-]{3}\dQ~[\w.~-]{31,34}"
"""What Microsoft Entra makes as the client secret of an app registration: 40 characters as a rule."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that is masked wherever it is printed, unless `secret` is asked for."""

    secret: str

    def __repr__(self) -> str:
        """Return a mask of fixed length."""
        return f"{type(self).__name__}(********)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """Where a secret is: exactly one of `file` and `variable` is set."""

    what: str
    """What it is, for hints: "the API key"."""
    key: str
    """The key of the settings that names the place, like `isams.api_key_file`."""
    file: Path | None = None
    variable: str | None = None

    @property
    def where(self) -> str:
        """The place as messages name it."""
        return f"the {'environment variable' if self.file is None else 'file'} that {self.key} names"


def read_secret(place: SecretPlace, environ: Mapping[str, str]) -> str:
    """
    Return the text at a place, without the white space around it.

    Raises:
        ConfigError: there is none, it cannot be read, or it is more than one line.

    """
    if place.file is not None:
        text = _decode(_bytes(passed_on(place.file, environ), place), place)
    else:
        text = environ.get(place.variable or "", "")
        if not text:
            raise ConfigError(
                f"{place.where} is not set, or is empty", "set it for the account under which the scheduled task runs"
            )
    secret = text.strip()
    if not secret:
        raise ConfigError(f"{place.where} is empty", f"put {place.what} there, and nothing else")
    if any(not character.isprintable() for character in secret):
        raise ConfigError(
            f"{place.where} contains line breaks or control characters inside {place.what}",
            f"put {place.what} there on one line, and nothing else",
        )
    return secret


def passed_on(file: Path, environ: Mapping[str, str]) -> Path:
    """
    Return where a secret is to be read: what systemd passes on under the name of its file, else the file itself.

    With LoadCredential= a service needs no right to read the file: systemd.exec(5).
    """
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder and os.path.isfile(credential := Path(folder) / file.name):  # noqa: PTH113  (it never raises)
        return credential
    return file


def path_in_message(path: Path) -> str:
    """Return a path as text; a key or a secret in it, written there in place of a path, is masked."""
    return re.sub(f"{GUID}|{_OF_MICROSOFT}", "********", str(path))


def _bytes(file: Path, place: SecretPlace) -> bytes:
    """Read the file of a secret."""
    try:
        with open_regular(file) as stream:
            _warn_of_readers(file, place, os.fstat(stream.fileno()).st_mode)
            data = stream.read(SECRET_FILE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(
            f"{place.where} does not exist: {path_in_message(file)}",
            f"write {place.what} into it; a relative path counts from the folder of sdssync.toml",
        ) from None
    except NotRegularError:
        raise ConfigError(f"{place.where} is not a file", _name_another(place)) from None
    except OSError as error:
        raise ConfigError(
            f"{place.where} cannot be read: {path_in_message(file)}: {os_reason(error)}",
            "give the account under which sdssync runs the right to read it",
        ) from None
    if len(data) > SECRET_FILE_LIMIT:
        raise ConfigError(f"{place.where} is larger than 64 KiB", _name_another(place))
    return data


def _name_another(place: SecretPlace) -> str:
    return f"name a file that contains {place.what} and nothing else"


def _warn_of_readers(file: Path, place: SecretPlace, mode: int) -> None:
    """Warn if other accounts may read or change the file; on Windows the mode does not say so."""
    if os.name == "posix" and mode & 0o066:
        hint = f"chmod 600 {shlex.quote(path_in_message(file))}"
        events.log().warning("key.exposed", setting=place.key, hint=hint)


def _decode(data: bytes, place: SecretPlace) -> str:
    """Decode UTF-8 or UTF-16, with or without a byte order mark; Windows editors and shells write all four."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data[:2]:  # a secret begins with an ASCII character: one of its two bytes is zero
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    with suppress(UnicodeDecodeError):  # the error holds the bytes of the secret: chain nothing to it
        return data.decode(encoding)
    raise ConfigError(
        f"{place.where} is neither UTF-8 nor UTF-16 text", f"write {place.what} into it with a plain text editor"
    )
