"""How a text falls into pieces that are replaced one by one, and what stays between them."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import groupby
from unicodedata import bidirectional, category

SHORTEST = 3
"""Characters from which a personal value, or a word of one, must not be found again."""

_BLOCK = 128
"""Code points among which the character that takes the place of another one is looked for."""
_LOCAL = re.compile(r"\.local\s*\Z", re.IGNORECASE)


class Piece(Enum):
    """What characters that follow each other are."""

    LETTERS = "letters"
    DIGITS = "digits"
    """0 to 9: what a number in iSAMS has."""
    SYMBOLS = "symbols"
    """Digits of other scripts, emoji and the like."""
    REST = "rest"
    """Punctuation, blanks, accents that combine: they stay as they are."""


def pieces(text: str) -> Iterator[tuple[Piece, str]]:
    """Yield the pieces of a text, in their order."""
    for piece, characters in groupby(text, _piece):
        yield piece, "".join(characters)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, those that are long enough to say something."""
    if len(text) >= SHORTEST:
        for piece, run in pieces(text):
            if piece is Piece.LETTERS and len(run) >= SHORTEST:
                yield run.lower()


def numbers(text: str) -> Iterator[str]:
    """Yield the numbers in a text, without the zeros at their beginning; those that are 0 are left out."""
    for piece, run in pieces(text):
        if piece is Piece.DIGITS and (number := run.lstrip("0")):
            yield number


def without_local(address: str) -> tuple[str, str]:
    """Return an address without `.local` at its end, and that end: Microsoft 365 judges it by this word."""
    if found := _LOCAL.search(address):
        return address[: found.start()], address[found.start() :]
    return address, ""


@cache
def lookalikes(character: str) -> str:
    """Return the characters, in lower case and beyond ASCII, that are of the kind of such a one."""
    start = ord(character) - ord(character) % _BLOCK
    kind = category(character), bidirectional(character), _piece(character)
    found = (chr(number) for number in range(max(start, _BLOCK), start + _BLOCK))
    return "".join(
        other
        for other in found
        if (category(other), bidirectional(other), _piece(other)) == kind and _has_case(other) == _has_case(character)
    )


def _has_case(character: str) -> bool:
    return character != character.upper()


@cache
def _piece(character: str) -> Piece:
    if character.isascii():
        return Piece.LETTERS if character.isalpha() else Piece.DIGITS if character.isdigit() else Piece.REST
    if not _has_plain_case(character):
        return Piece.REST
    if character.isalpha():
        return Piece.LETTERS
    return Piece.SYMBOLS if category(character) in {"Nd", "Nl", "No", "So"} else Piece.REST


def _has_plain_case(character: str) -> bool:
    """Return True unless case changes a character into something from which it does not come back: ß, for example."""
    lower, upper = character.lower(), character.upper()
    has_one_each = len(lower) == len(upper) == 1 and character in (lower, upper)
    return has_one_each and lower == upper.lower() == character.casefold()
