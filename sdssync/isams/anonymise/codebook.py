"""
Invented words, numbers, days and GUIDs: each real one has one of its own, of the same shape.

What a real one becomes is drawn when it is first met, from the randomness of the system, among what is still free: a
random permutation of all words, or numbers, of one shape. It is nowhere but in memory, and no two runs have the same.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from sdssync.isams.anonymise.pieces import Piece, Words, lookalikes, pieces

_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnprstvwyz"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ICELANDIC = "þðæø"
"""For initials of a school that has all others."""
_PLEASANT, _FEW_TRIES, _TRIES = 40, 200, 2_000
"""Draws for a word that can be spoken, for initials, and for any word or number."""
_YEARS = range(1801, 1900)
_HEXADECIMAL = re.compile("[0-9a-f]")


class _Book:
    """What the real ones of one kind have become; no two have become the same, unless the caller wants that."""

    def __init__(self) -> None:
        self.images: dict[str, str] = {}
        self._used = set[str]()

    def put(self, real: str, image: str) -> str:
        """Note what a real one becomes, and return it."""
        self.images[real] = image
        self._used.add(image)
        return image

    def draws(self, number: int, invent: Callable[[], str]) -> Iterator[str]:
        """Yield inventions that have not been used."""
        return self.unused(invent() for _ in range(number))

    def unused(self, inventions: Iterable[str]) -> Iterator[str]:
        """Yield those that have not been used."""
        return (invention for invention in inventions if invention not in self._used)


class Codebook:
    """What has been invented so far."""

    def __init__(
        self,
        avoided: Words,
        phrases: Collection[str] = (),
        days: Collection[str] = (),
        *,
        rng: random.Random | None = None,
    ) -> None:
        """Avoid words in lower case, also within longer ones, and phrases and days: those of the source."""
        self._rng = rng or random.SystemRandom()
        self._avoided = avoided
        self._avoided_phrases = phrases
        self._avoided_days = days
        self._words, self._numbers, self._phrases, self._days, self._guids = (_Book() for _ in range(5))
        letters = self._rng.sample(_LETTERS, len(_LETTERS))
        for letter, image in zip(letters, (*letters[1:], letters[0]), strict=True):  # no letter stays
            self._words.put(letter, image)

    def word(self, word: str) -> str:
        """Return the word for one, in its mixture of capitals and small letters."""
        lower = word.lower()
        image = self._words.images.get(lower) or self._words.put(lower, self._invent_word(lower))
        return _in_case_of(word, lower, image)

    def phrase(self, phrase: str) -> str:
        """
        Return the initials or the number for others, with the same punctuation.

        A large school has nearly all initials: then several become the same ones, such as Q.Q., which no one has.
        """
        lower = phrase.lower()
        if lower not in self._phrases.images:
            draws = self._phrases.draws(_FEW_TRIES, lambda: self._spelt(lower))
            images = (image for image in chain(draws, self._alike(lower)) if image not in self._avoided_phrases)
            self._phrases.put(lower, next(images, self._spelt(lower)))
        return _in_case_of(phrase, lower, self._phrases.images[lower])

    def number(self, digits: str) -> str:
        """Return the number for one: of as many digits, with the zeros at its beginning; 0 stays 0."""
        value = digits.lstrip("0")
        if not value:
            return digits
        image = self._numbers.images.get(value) or self._numbers.put(value, self._invent_number(value))
        return digits[: len(digits) - len(value)] + image

    def day(self, day: str) -> str:
        """Return the day of the calendar for one that is written YYYY-MM-DD."""
        if day not in self._days.images:
            draws = self._days.draws(_TRIES, self._invent_day)
            self._days.put(day, next((new for new in draws if new not in self._avoided_days), self._invent_day()))
        return self._days.images[day]

    def guid(self, guid: str) -> str:
        """Return the GUID for one."""
        lower = guid.lower()
        image = self._guids.images.get(lower) or self._guids.put(
            lower, _HEXADECIMAL.sub(lambda _: self._rng.choice("0123456789abcdef"), lower)
        )
        return image if guid == lower else image.upper()

    def keep_order(self, groups: Iterable[Collection[str]]) -> None:
        """Let the numbers of each group be in the order of the real ones: there the smaller id decides."""
        for group in _united(groups):
            by_length: defaultdict[int, list[str]] = defaultdict(list)
            for value in group:
                by_length[len(value)].append(value)
            for values in by_length.values():
                images = sorted(map(self.number, values))
                self._numbers.images.update(zip(sorted(values), images, strict=True))

    def _invent_word(self, word: str) -> str:
        spoken = self._words.draws(_PLEASANT, lambda: self._spoken(word))
        spelt = self._words.draws(_TRIES, lambda: self._spelt(word))
        for image in chain(spoken, spelt):
            if image != word and not self._avoided.are_within(image):
                return image
        return word  # of one or two letters: all others are taken

    def _spoken(self, word: str) -> str:
        """Return letters that can be spoken, in the place of each one of ASCII."""
        phase = self._rng.randrange(2)
        return "".join(
            self._rng.choice((_VOWELS, _CONSONANTS)[(index + phase) % 2] if letter.isascii() else lookalikes(letter))
            for index, letter in enumerate(word)
        )

    def _spelt(self, text: str) -> str:
        """Return any letters and digits, in the place of those of a text."""
        return "".join(
            self._rng.choice(self._others(piece, character)) for piece, run in pieces(text) for character in run
        )

    def _alike(self, text: str) -> Iterator[str]:
        """Yield a text with one and the same letter in the place of each one of ASCII."""
        for letter in (*self._rng.sample(_LETTERS, len(_LETTERS)), *_ICELANDIC):
            yield "".join(
                letter if character.isascii() and character.isalpha() else character for character in self._spelt(text)
            )

    def _others(self, piece: Piece, character: str) -> str:
        """Return what can be in the place of a character."""
        if piece is Piece.REST or character == "0":
            return character
        if not character.isascii():
            return lookalikes(character)
        return "123456789" if piece is Piece.DIGITS else _LETTERS

    def _invent_number(self, value: str) -> str:
        low, high = 10 ** (len(value) - 1), 10 ** len(value)
        for image in self._numbers.draws(_TRIES, lambda: self._digits(len(value))):
            if image != value:
                return image
        return next(self._numbers.unused(map(str, range(low, high))))

    def _digits(self, length: int) -> str:
        return self._rng.choice("123456789") + "".join(self._rng.choices("0123456789", k=length - 1))

    def _invent_day(self) -> str:
        choice = self._rng.choice
        return f"{choice(_YEARS)}-{choice(range(1, 13)):02}-{choice(range(1, 29)):02}"


def _in_case_of(real: str, lower: str, image: str) -> str:
    """Return what was invented in lower case in the mixture of capitals and small letters of the real text."""
    if real == lower:
        return image
    return "".join(new if old == small else new.upper() for old, small, new in zip(real, lower, image, strict=True))


def _united(groups: Iterable[Collection[str]]) -> Iterator[list[str]]:
    """Yield the groups, those that have a number in common as one."""
    united: dict[str, set[str]] = {}
    for group in groups:
        whole = set(group)
        for members in {id(united[value]): united[value] for value in group if value in united}.values():
            whole |= members
        united.update(dict.fromkeys(whole, whole))
    yield from map(sorted, {id(members): members for members in united.values()}.values())
