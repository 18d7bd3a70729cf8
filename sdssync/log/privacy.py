"""E-mail addresses are blanked before an event goes anywhere."""

import re
from collections.abc import MutableMapping
from typing import Any

_WORD = re.compile(r"""[^\s"'(),:;<>/\\]+""")
"""What an address is within a text: from one blank or separating character to the next."""


def blank_addresses(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank everything that looks like an e-mail address: a command line or a path may contain one."""
    return {name: _blanked(value) for name, value in event.items()}


def _blanked(value: object) -> object:
    if isinstance(value, str):
        return _WORD.sub(_blanked_word, value) if "@" in value else value
    return [*map(_blanked, value)] if isinstance(value, list) else value


def _blanked_word(word: re.Match[str]) -> str:
    """Return a word, unless it looks like an address; an @ by itself, as our own texts have it, does not."""
    return "an address" if "@" in word[0] and any(map(str.isalnum, word[0])) else word[0]
