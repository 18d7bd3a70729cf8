"""What takes the place of a value of a document, by what it holds. One value is the same everywhere."""

import re
from functools import cache

from sdssync.isams.anonymise.codebook import Codebook
from sdssync.isams.anonymise.known import PERSONAL, Holds
from sdssync.isams.anonymise.pieces import Piece, phrases, pieces, without_local
from sdssync.sds.checks.mangled import is_mangled

_SHORT_NUMBER = 2
"""Digits of a number that stays in a title: a year, or which of several sets."""
_FEW_NUMBERS = 2
"""How many such numbers a title has: more of them may be a date, or a telephone number."""
_DAY = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?P<time>T\d\d:\d\d:\d\d(?P<rest>\.\d+)?Z?)?", re.ASCII)
_GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FLAG = re.compile(r"\s*(true|false|0|1)?\s*", re.IGNORECASE)


def day_of(value: str) -> str | None:
    """Return the day of a date as iSAMS writes it, or None."""
    found = _DAY.fullmatch(value.strip())
    return found["day"] if found else None


def is_guid(value: str) -> bool:
    """Return True for a GUID, whose letters are digits."""
    return _GUID.fullmatch(value) is not None


class Disguise:
    """Replaces values."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self.of = cache(self._of)
        """Return what takes the place of a value that holds this."""

    def _of(self, holds: Holds, value: str) -> str:
        found = _DAY.fullmatch(value.strip()) if holds is Holds.DATE else None
        if found:
            day, time = self._codebook.day(found["day"]), re.sub("[0-9]", "0", found["time"] or "")
            return value.replace(found[0], day + time)
        if holds is Holds.FLAG and _FLAG.fullmatch(value):
            return value
        if holds is Holds.IDENTIFIER and is_guid(value):
            return self._codebook.guid(value)
        if holds in PERSONAL:
            text, end = without_local(value) if holds is Holds.ADDRESS else (value, "")
            parts = (self._codebook.phrase(part) if whole else self._text(part) for whole, part in phrases(text))
            return "".join((*parts, end))
        return self._text(value, kept_digits=_kept_digits(value) if holds is Holds.TITLE else 0)

    def _text(self, value: str, *, kept_digits: int = 0) -> str:
        """Replace a text piece by piece; the E of a number that a spreadsheet has shortened stays."""
        has_shortened = is_mangled(value)
        replaced = []
        for piece, run in pieces(value):
            if piece is Piece.DIGITS:
                replaced.append(run if len(run) <= kept_digits else self._codebook.number(run))
            elif piece is Piece.REST or has_shortened:
                replaced.append(run)
            else:
                replaced.append(self._codebook.word(run))
        return "".join(replaced)


def _kept_digits(title: str) -> int:
    """Return of how many digits the numbers are that stay in a title."""
    short = [run for piece, run in pieces(title) if piece is Piece.DIGITS and len(run) <= _SHORT_NUMBER]
    return _SHORT_NUMBER if len(short) <= _FEW_NUMBERS else 0
