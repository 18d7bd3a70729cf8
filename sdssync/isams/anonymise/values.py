"""The values of a document, and which of them a document without people still has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from lxml import etree

from sdssync.isams.anonymise.disguise import day_of, is_guid
from sdssync.isams.anonymise.known import KNOWN, PERSONAL, Holds, known_values
from sdssync.isams.anonymise.pieces import SHORTEST, Piece, Words, phrases, pieces, without_local, words
from sdssync.isams.records import finished_records

_WORD = re.compile(r"\w+")
_TELLING = 7
"""Digits of a value that no id has by chance."""


class Values:
    """Every value of the known elements and attributes, each once; it takes the sections of a document."""

    def __init__(self) -> None:
        self._found: defaultdict[Holds, set[str]] = defaultdict(set)

    def found(self, section: str) -> None:
        """Note nothing: a section has no value of its own."""

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Take the values of finished records."""
        if len(section):
            known = KNOWN[str(section.tag)]
            for record in finished_records(section, None if finished else section[-1]):
                for holds, value in known_values(record, known):
                    self._found[holds].add(value)

    @cached_property
    def words(self) -> Words:
        """The words of all values that are replaced, in lower case."""
        return Words(word for holds in self._found for word in self._words_of(holds))

    @cached_property
    def phrases(self) -> frozenset[str]:
        """The initials and numbers in personal values, in lower case, which no invented ones may be."""
        return frozenset(phrase for holds in PERSONAL for phrase in self._phrases_of(holds))

    @cached_property
    def days(self) -> frozenset[str]:
        """The days of all dates."""
        return frozenset(filter(None, map(day_of, self._found[Holds.DATE])))

    def leaked_from(self, source: "Values") -> Mapping[Holds, int]:
        """
        Return how many of a source's personal values are in values of this document, by what these hold.

        A word is found within a word, without regard to case. A value without a long word but with a long number (a
        day, a telephone number) is found within the personal values, where no letter or digit is next to it, and one of
        seven digits or more within any value: a shorter one may be the invented id of someone else. Initials such as
        J.P. are found as such.
        """
        leaks: dict[Holds, int] = {}
        for holds in self._found:
            leaks[holds] = sum(map(source.words.are_within, set(self._words_of(holds))))
        personal = _Text(value for holds in PERSONAL for value in self._found[holds])
        every = _Text(value for values in self._found.values() for value in values)
        for holds in PERSONAL:
            wordless = source.wordless(holds)
            found = sum((every if _is_telling(value) else personal).has(value) for value in wordless)
            leaks[holds] = leaks.get(holds, 0) + found
            leaks[holds] += len(source.phrases.intersection(self._phrases_of(holds)))
        return {holds: number for holds, number in leaks.items() if number}

    def _words_of(self, holds: Holds) -> Iterator[str]:
        """Yield the words of all values that hold this, in lower case."""
        if holds is not Holds.FLAG:
            for value in self._found[holds]:
                if not is_guid(value):
                    yield from words(_without_end(value))

    def _phrases_of(self, holds: Holds) -> Iterator[str]:
        """Yield the initials and numbers in all values that hold this, in lower case."""
        parts = (part for value in self._found[holds] for part in phrases(_without_end(value)))
        return (part.lower() for is_phrase, part in parts if is_phrase)

    def wordless(self, holds: Holds) -> set[str]:
        """Return the values that have a long number, and no long word."""
        return {value for value in map(_plain, self._found[holds]) if not any(words(value)) and _has_long_number(value)}


def _has_long_number(value: str) -> bool:
    return any(piece in (Piece.DIGITS, Piece.SYMBOLS) and len(run) >= SHORTEST for piece, run in pieces(value))


def _is_telling(value: str) -> bool:
    return sum(map(str.isdigit, value)) >= _TELLING


def _plain(value: str) -> str:
    return day_of(value) or _without_end(value).strip().lower()


def _without_end(value: str) -> str:
    return without_local(value)[0]


class _Text:
    """Many values as one text in which others are looked for."""

    def __init__(self, values: Iterable[str]) -> None:
        self._text = "\n".join(map(_plain, values))
        self._words = frozenset(_WORD.findall(self._text))

    def has(self, value: str) -> bool:
        """Return True if a value is in it, and not only as a part of a longer word or number."""
        if not self._words.issuperset(_WORD.findall(value)):  # nearly always: the search below takes long
            return False
        return value in self._text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", self._text) is not None
