"""
The API key of iSAMS: what it looks like, and what is copied with it by mistake.

No message shows the text that was read.
"""

import re
from collections.abc import Mapping

from sdssync.config.secret import GUID, Secret, SecretPlace, read_secret
from sdssync.config.settings import RemoteSource
from sdssync.errors import ConfigError
from sdssync.log import events

_NOTHING_ELSE = "put the API key of iSAMS there, and nothing else"
_KEY = rf"{GUID}|\{{{GUID}\}}"
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[:/?].*)?")
"""What the address of a server looks like without https://."""
_PREFIX = re.compile(
    r"\W*(?:x-)?(?:api[-_ ]?key|authorization|bearer|basic|token|client[-_ ]?id|key)[\"']?(?:\s*[=:]|\s)", re.IGNORECASE
)
"""What comes before a key where it was copied from: `apiKey=` of an address, `Bearer ` of a header, `"key":`."""
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"


class ApiKey(Secret):
    """The API key."""

    __slots__ = ()


def read_api_key(source: RemoteSource, environ: Mapping[str, str]) -> ApiKey:
    """
    Return the key from its file or variable, without the white space around it.

    Raises:
        ConfigError: the key does not exist or cannot be read, or the text cannot be a key.

    """
    place = SecretPlace(
        what="the API key of iSAMS",
        key="isams.api_key_file" if source.api_key_file else "isams.api_key_env",
        file=source.api_key_file,
        variable=source.api_key_env,
    )
    key = read_secret(place, environ)
    if fault := _fault(key):
        raise ConfigError(f"{place.where} contains {fault}", _NOTHING_ELSE)
    if any(character.isspace() for character in key):
        raise ConfigError(
            f"{place.where} contains white space inside the key",
            "put the API key of iSAMS there on one line, and nothing else",
        )
    if re.search(GUID, key) and not re.fullmatch(_KEY, key):
        raise ConfigError(
            f"{place.where} contains more than the key: other characters before or after it", _NOTHING_ELSE
        )
    if not re.fullmatch(_KEY, key):
        hint = "an API key of iSAMS is a GUID, 32 hexadecimal digits in five groups; compare it with the control panel"
        events.log().warning("key.looked_wrong", hint=hint)
    return ApiKey(key)


def _fault(text: str) -> str:
    """Return what a text has that no key has, because it was copied from an address, a header or a program; else ""."""
    if "://" in text or "@" in text or text.lower().startswith("http") or _HOST.fullmatch(text):
        return "an address instead of a key"
    if _PREFIX.match(text):
        return "more than the key: a word like apiKey= or Bearer before it"
    return "quotation marks around the key" if text[0] in _QUOTES or text[-1] in _QUOTES else ""
