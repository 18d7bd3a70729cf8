"""How a text falls into pieces that are replaced one by one, and what stays between them."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from itertools import groupby
from unicodedata import bidirectional, category

SHORTEST = 3
"""Characters from which a personal value, or a word of one, must not be found again."""

_BLOCK = 128
"""Code points among which the character that takes the place of another one is looked for."""
_BLANKS = re.compile(r"(\s+)")
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


def phrases(text: str) -> Iterator[tuple[bool, str]]:
    """
    Yield the parts of a personal value, and whether each has to be replaced as a whole.

    That are initials and numbers: a text without a long word, or such a part of one, from blank to blank. Each piece of
    it has so few others of its kind that together they would often be what another person has.
    """
    if any(words(text)):
        yield from ((_is_phrase(part), part) for part in _BLANKS.split(text))
    else:
        core = text.strip()
        before, core, after = text.partition(core) if core else (text, "", "")
        yield from ((False, before), (_is_phrase(core), core), (False, after))


def _is_phrase(text: str) -> bool:
    return len(text) >= SHORTEST and not any(words(text)) and any(piece is not Piece.REST for piece, _ in pieces(text))


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


class Words:
    """Words in lower case, and whether one of them is within another."""

    def __init__(self, found: Iterable[str]) -> None:
        self._words = frozenset(found)
        self._lengths = sorted({len(word) for word in self._words})

    def are_within(self, word: str) -> bool:
        """Return True if any of them is a part of a word, or all of it."""
        return any(
            word[start : start + length] in self._words
            for length in self._lengths
            if length <= len(word)
            for start in range(len(word) - length + 1)
        )


@cache
def lookalikes(character: str) -> str:
    """Return the characters beyond ASCII, in lower case, that are of the kind of such a one; itself, if none is."""
    start = ord(character) - ord(character) % _BLOCK
    others = (chr(number) for number in range(max(start, _BLOCK), start + _BLOCK))
    kind = _kind(character)
    return "".join(other for other in others if _kind(other) == kind and _has_plain_case(other)) or character


def _kind(character: str) -> tuple[object, ...]:
    return category(character), bidirectional(character), _piece(character), character == character.upper()


@cache
def _piece(character: str) -> Piece:
    if character.isascii():
        return Piece.LETTERS if character.isalpha() else Piece.DIGITS if character.isdigit() else Piece.REST
    if character.isalpha():
        return Piece.LETTERS if len(character.lower()) == 1 else Piece.REST
    return Piece.SYMBOLS if category(character) in {"Nd", "Nl", "No", "So"} else Piece.REST


def _has_plain_case(character: str) -> bool:
    """Return True unless case changes a character into something from which it does not come back: ß, for example."""
    lower, upper = character.lower(), character.upper()
    has_one_each = len(lower) == len(upper) == 1 and character in (lower, upper)
    return has_one_each and lower == upper.lower() == character.casefold()
