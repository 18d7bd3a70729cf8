"""Read PowerShell commands with their arguments, and pipelines of them."""

import re

from sdssync.setup.powershell.cursor import DASH, DASHES, DOUBLE_QUOTES, NEWLINES, SINGLE_QUOTES, ends_word, is_blank
from sdssync.setup.powershell.expressions import Expressions
from sdssync.setup.powershell.nodes import (
    Command,
    Node,
    Number,
    Parameter,
    Pipeline,
    PowerShellError,
    Splat,
    Text,
    joined,
)

_QUOTES = SINGLE_QUOTES | DOUBLE_QUOTES
_REDIRECTION = re.compile(r"[1-6*]?>(?:&[12]|>?)")
_SWITCH = re.compile(rf"[{DASH}][^\W\d][^\s\xa0{{}}();,|&.\[:'\"\u2018-\u201e]*:?|[{DASH}]\?")
_SPLAT = re.compile(r"@(\w+)")


class Commands(Expressions):
    """Reads pipelines."""

    def pipeline(self) -> Pipeline:
        """Read commands with `|` between them; the first may be a value."""
        place = self.at
        elements: list[Command | Node] = []
        while True:
            elements.append(self._command() if self._begins_command() else self.expression())
            self._skip_redirections()
            end = self.at
            self.skip()
            if self.peek() != "|" or self.has("||"):
                self.at = end
                return Pipeline(place, tuple(elements), self.text[place:end])
            self.at += 1
            self.skip(lines=True)
            if not self.peek():
                raise PowerShellError("EmptyPipeElement", "a command is missing after |", self.at)

    def _begins_command(self) -> bool:
        """Return True if a command begins here, False if a value does."""
        character = self.peek()
        if character in {"&", "."}:
            return character == "&" or not self.peek(1).isdigit()
        if character in {"$", "(", "{", "[", ",", "@", "!", "+"} | _QUOTES:
            return False
        if character in DASHES or character.isdigit():
            return self._is_word()
        if ends_word(character):
            raise PowerShellError("UnexpectedToken", f"{character} is not expected here", self.at)
        return True

    def _is_word(self) -> bool:
        """Return True if what begins like a number or an operator is a name, like 7z.exe."""
        place, number = self.at, self.number(is_word=False)
        after, self.at = self.peek(), place
        return number is not None and after.isalpha()

    def _command(self) -> Command:
        place = self.at
        is_called = self.peek() == "&" or (
            self.peek() == "." and (is_blank(self.peek(1)) or self.peek(1) in {"$", "(", "{"} | _QUOTES)
        )
        if is_called:
            self.at += 1
            self.skip()
            if ends_word(self.peek()) and self.peek() not in {"(", "{"}:
                raise PowerShellError("MissingExpression", "a command is expected here", self.at)
        name = self.argument()
        elements: list[Parameter | Splat | Node] = []
        while True:
            after = self.at
            self.skip()
            self._skip_redirections()
            if not self.peek() or self.peek() in "&;|)}" or self.peek() in NEWLINES:
                self.at = after
                return Command(place, name, tuple(elements), self.text[place:after])
            if self.has("--") and ends_word(self.peek(2)):
                self.at += 2  # the end of the names of parameters; it is no argument itself
            else:
                elements.append(self._element())

    def _skip_redirections(self) -> None:
        """Skip `> file`, `2>&1` and the like."""
        while True:
            after = self.at
            self.skip()
            match = self.match(_REDIRECTION)
            if not match:
                self.at = after
                return
            self.at = match.end()
            self.skip()
            if "&" not in match[0]:
                if ends_word(self.peek()) and self.peek() != "(":
                    raise PowerShellError("MissingFileSpecification", "a file is missing after >", self.at)
                self.argument()
            self.skip()

    def _element(self) -> "Parameter | Splat | Node":
        """Read an argument, a list of arguments, or the name of a parameter."""
        place = self.at
        if self.peek() == "@" and (match := self.match(_SPLAT)):
            self.at = match.end()
            return Splat(place, match[1])
        name = self.match(_SWITCH)
        if name and (name[0].endswith(":") or self.text[name.end() : name.end() + 1] not in _QUOTES):
            self.at = name.end()
            if not name[0].endswith(":"):
                return Parameter(place, name[0])
            self.skip()
            if not self.peek() or (ends_word(self.peek()) and self.peek() not in "({"):
                raise PowerShellError("ParameterRequiresArgument", f"a value is missing after {name[0]}", self.at)
            return Parameter(place, name[0], self._arguments())
        return self._arguments()

    def _arguments(self) -> Node:
        """Read an argument, or several with commas between them."""
        return self._separated(self.argument)

    def argument(self) -> Node:
        """
        Read one argument: a value, or a word that needs no quotes.

        Raises:
            PowerShellError: neither can begin here.
        """
        place = self.at
        if self.peek() == ",":
            raise PowerShellError("MissingArgument", "a value is missing before the comma", place)
        if self.peek() == "<":
            raise PowerShellError("RedirectionNotSupported", "< cannot be used here", place)
        if number := self.number(is_word=True):
            return Number(place, *number)
        found = self.start_of_value()
        if self.text[place : place + 1] != "$" and found is not None:
            return self.with_members(found)
        if found is not None and (self.text[place + 1] in "({" or ends_word(self.peek()) or self.peek() in ".["):
            return self.with_members(found)
        self.at = place
        return self._word()

    def _word(self) -> Text:
        """Read a word without quotes around it; there may be quotes and variables in it."""
        place = self.at
        parts: list[str | Node] = []
        while not ends_word(self.peek()):
            if self.peek() in SINGLE_QUOTES:
                parts.append(self.single_quoted())
            elif self.peek() in DOUBLE_QUOTES:
                parts.append(self.double_quoted())
            else:
                parts.append(self.part_of_text())
        if self.at == place:
            raise PowerShellError("UnexpectedToken", f"{self.peek()} is not expected here", place)
        return joined(place, parts)
