"""Read the texts of PowerShell: in quotes, over several lines, and with variables in them."""

import re
from abc import abstractmethod

from sdssync.setup.powershell.cursor import DOUBLE_QUOTES, SINGLE_QUOTES, Cursor, unclosed
from sdssync.setup.powershell.nodes import Node, PowerShellError, Text, joined

_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HERE = re.compile(r"[ \t]*(?:\r\n|\n|\r)")


class Texts(Cursor):
    """Reads texts. What a dollar means is read by those who know values."""

    @abstractmethod
    def dollar(self) -> Node | None:
        """Read a variable or `$( )`; None if the dollar means itself."""

    def double_quoted(self) -> Text:
        """
        Read a text in double quotes, with the variables in it.

        Raises:
            PowerShellError: it has no closing quote.
        """
        place = self.at
        self.at += 1
        parts: list[str | Node] = []
        while character := self.peek():
            if character in DOUBLE_QUOTES and self.peek(1) not in DOUBLE_QUOTES:
                self.at += 1
                return joined(place, parts)
            if character in DOUBLE_QUOTES:
                parts.append(self.peek(1))
                self.at += 2
            else:
                parts.append(self.part_of_text())
        raise unclosed(place)

    def part_of_text(self) -> "str | Node":
        """Read a character, an escaped character or a variable of a text."""
        character = self.peek()
        if character == "$" and (found := self.dollar()):
            return found
        self.at += 1
        if character != "`" or not self.peek():
            return character
        escaped = self.peek()
        self.at += 1
        return _ESCAPES.get(escaped, escaped)

    def here_text(self) -> Text:
        """Read a text of several lines: it ends with a line that begins with the quote and @."""
        place, is_plain = self.at, self.peek(1) in SINGLE_QUOTES
        quotes = "".join(SINGLE_QUOTES if is_plain else DOUBLE_QUOTES)
        self.at += 2
        if not (head := self.match(_HERE)):
            raise PowerShellError(
                "UnexpectedCharactersAfterHereStringHeader", "nothing may follow on this line", self.at
            )
        self.at = head.end()
        end = re.compile(rf"(?:\r\n|\n|\r)[{quotes}]@").search(self.text, self.at - 1)
        if not end:
            raise PowerShellError("TerminatorExpectedAtEndOfString", "the text has no closing quote and @", place)
        parts: list[str | Node] = []
        if is_plain:
            parts.append(self.text[self.at : end.start()])
        while not is_plain and self.at < end.start():
            parts.append(self.part_of_text())
        self.at = end.end()
        return joined(place, parts)

    def skip_balanced(self) -> None:
        """Skip one character, one text in quotes, or everything up to the bracket that closes this one."""
        place = self.at
        closing = {"(": ")", "{": "}", "[": "]"}.get(self.peek())
        if not self.peek():
            raise PowerShellError("MissingStatementBlock", "something is missing at the end", place)
        if self.peek() in SINGLE_QUOTES:
            self.single_quoted()
        elif self.peek() in DOUBLE_QUOTES:
            self.double_quoted()
        else:
            self.at += 2 if self.peek() == "`" else 1
        while closing:
            self.skip(lines=True)
            if not self.peek():
                raise PowerShellError("MissingEndCurlyBrace", f"the closing {closing} is missing", place)
            if self.peek() == closing:
                self.at += 1
                return
            self.skip_balanced()
