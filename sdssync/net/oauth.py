"""The answer to a request for a token (RFC 6749, section 5): the client credentials of iSAMS and Microsoft alike."""

import json
import math
from dataclasses import dataclass
from typing import Any

_LONGEST = 100_000
"""Characters; servers refuse headers that are much shorter."""
_LONGEST_LIFE = 86_400
"""Seconds; a number of hundreds of digits is not one that can be reckoned with."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that a request can carry, and for how many seconds."""

    secret: str
    lasts: float
    """`math.inf` if the server does not say."""

    def __repr__(self) -> str:
        """Return a mask of fixed length."""
        return "Token(********)"


def token_of(content: dict[str, Any]) -> Token | None:
    """Return the token of an answer; None if it has none that a header could carry."""
    text, seconds = content.get("access_token"), content.get("expires_in")
    if not isinstance(text, str) or not _fits_header(text):
        return None
    lasts: float = math.inf
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        lasts = min(seconds, _LONGEST_LIFE)
    return Token(text, lasts)


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one if it is something else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _fits_header(text: str) -> bool:
    """Return True for what RFC 6750, section 2.1, lets into a header."""
    return 0 < len(text) <= _LONGEST and text.isascii() and text.isprintable() and " " not in text
