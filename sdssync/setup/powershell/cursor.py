"""
Read PowerShell character by character: blanks, comments, names, numbers.

PowerShell takes typographic quotes and dashes, as copied from a web page, for plain ones.
"""

import re
import unicodedata

from sdssync.setup.powershell.nodes import PowerShellError

SINGLE_QUOTES = frozenset("'\u2018\u2019\u201a\u201b")
DOUBLE_QUOTES = frozenset('"\u201c\u201d\u201e')
QUOTES = SINGLE_QUOTES | DOUBLE_QUOTES
DASHES = frozenset("-\u2013\u2014\u2015")
NEWLINES = frozenset("\r\n")

DASH = re.escape("".join(sorted(DASHES)))
"""The dashes, within the brackets of a pattern."""
_ENDING = frozenset("&(),;{|}<>")
"""The characters that end a word without quotes; blanks and line breaks do, too."""
_MULTIPLES = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
_NUMBER = re.compile(
    rf"([+{DASH}]?)(?:0x([0-9a-f]+)|(\d+(?:\.(?!\.)\d*)?(?:e[+{DASH}]?\d+)?|\.\d+(?:e[+{DASH}]?\d+)?))"
    r"(?:u?[ysl]|[dnu])?([kmgtp]b)?",
    re.IGNORECASE | re.ASCII,
)
_VARIABLE = re.compile(r"\$(?:\{([^}`]+)\}|([$?^](?!\w)|(?:\w+:(?!:))?[\w?]+))")


def is_blank(character: str) -> bool:
    """Return True for what separates words on a line; the end of the text is not one."""
    return character in "\t\v\f\x85 \xa0" or unicodedata.category(character) == "Zs" if character else False


def ends_word(character: str) -> bool:
    """Return True if a word without quotes cannot go on with a character; "" is the end of the text."""
    return not character or character in _ENDING or character in NEWLINES or is_blank(character)


def plain_dashes(text: str) -> str:
    """Return a text with the plain dash for each typographic one."""
    return "".join("-" if character in DASHES else character for character in text)


class Cursor:
    """A place in a text that moves on as the text is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """Return a character further on; "" after the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def has(self, text: str) -> bool:
        """Return True if the text goes on like this."""
        return self.text.startswith(text, self.at)

    def match(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """Match a pattern at this place, without moving."""
        return pattern.match(self.text, self.at)

    def skip(self, *, lines: bool = False) -> None:
        """Move past blanks, comments and continued lines; with `lines` past line breaks, too."""
        while character := self.peek():
            if is_blank(character) or (lines and character in NEWLINES):
                self.at += 1
            elif character == "`" and self.peek(1) in NEWLINES and self.peek(1):
                self.at += 3 if self.text.startswith("\r\n", self.at + 1) else 2
            elif character == "#":
                self._skip_line()
            elif self.has("<#"):
                self._skip_comment()
            else:
                return

    def _skip_line(self) -> None:
        while self.peek() and self.peek() not in NEWLINES:
            self.at += 1

    def _skip_comment(self) -> None:
        end = self.text.find("#>", self.at + 2)
        if end < 0:
            raise PowerShellError("MissingTerminatorMultiLineComment", "the comment <# has no #>", self.at)
        self.at = end + 2

    def single_quoted(self) -> str:
        """
        Read a text in single quotes, from its first quote.

        Raises:
            PowerShellError: it has no closing quote.
        """
        start = self.at
        self.at += 1
        read: list[str] = []
        while character := self.peek():
            self.at += 1
            if character in SINGLE_QUOTES:
                if self.peek() not in SINGLE_QUOTES:
                    return "".join(read)
                character = self.peek()
                self.at += 1
            read.append(character)
        raise unclosed(start)

    def number(self, *, is_word: bool) -> tuple[int | float, str] | None:
        """Read a number as a value and as it is written; None if there is not one. A word has nothing after it."""
        match = self.match(_NUMBER)
        if not match or (is_word and not ends_word(self.text[match.end() : match.end() + 1])):
            return None
        sign, hexadecimal, decimal, multiple = match.groups()
        digits = plain_dashes(decimal or "")
        value: int | float = int(hexadecimal, 16) if hexadecimal else int(digits) if digits.isdigit() else float(digits)
        value *= _MULTIPLES.get((multiple or "").lower(), 1)
        self.at = match.end()
        return (-value if sign in DASHES else value), match[0]

    def variable(self) -> str | None:
        """Read `$name` or `${name}`; return the name without a scope that is the usual one."""
        if not (match := self.match(_VARIABLE)):
            return None
        self.at = match.end()
        return re.sub(r"(?i)^(?:script|global|local|private|variable):", "", match[1] or match[2])


def unclosed(place: int) -> PowerShellError:
    """Return the error for a text that has no closing quote."""
    return PowerShellError("TerminatorExpectedAtEndOfString", "the text has no closing quote", place)
