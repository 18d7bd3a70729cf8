"""Texts with the wildcards `*` and `?`, which match without regard to case."""

import re
from collections.abc import Callable, Iterable


def matcher(wildcard: str) -> Callable[[str], object]:
    """
    Return what matches the whole of a text with a pattern.

    A piece between two stars is looked for once, where it comes first (an atomic group): if the rest then does not
    match, no later place would help. So a thousand stars take no longer than a thousand letters.
    """
    pieces = [re.escape(piece).replace(r"\?", ".") for piece in wildcard.split("*")]
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    pattern = f"{pieces[0]}{middle}.*{pieces[-1]}" if len(pieces) > 1 else pieces[0]
    return re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch


def any_matcher(wildcards: Iterable[str]) -> Callable[[str], bool]:
    """Return what matches a text with any of several patterns; the empty text matches none."""
    matchers = [matcher(wildcard) for wildcard in wildcards]
    return lambda text: bool(text) and any(matches(text) for matches in matchers)
