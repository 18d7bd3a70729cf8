"""Read PowerShell statements and commands as PowerShell does, as far as a line of a scheduled task needs it."""

import re

from sdssync.setup.powershell.commands import Commands
from sdssync.setup.powershell.cursor import NEWLINES
from sdssync.setup.powershell.nodes import (
    Assignment,
    Attempt,
    Condition,
    PowerShellError,
    ScriptBlock,
    Statement,
    Stop,
)

_ASSIGNMENT = re.compile(r"((?:\[[\w.]+(?:\[\])?\]\s*)*)(?=\$)")
_EQUALS = re.compile(r"\s*([-+*/%]?=)(?!=)")
_CONDITIONS = frozenset({"if", "foreach", "for", "while", "do", "switch", "function", "filter", "trap", "param"})
_FURTHER = re.compile(r"(?:elseif|else|catch|finally|until|while)(?!\w)", re.IGNORECASE)
_STOPS = frozenset({"exit", "return", "throw", "break", "continue"})


def parse(text: str) -> tuple[Statement, ...]:
    """
    Read a text of PowerShell.

    Raises:
        PowerShellError: PowerShell would refuse it before it runs.
    """
    parser = Parser(text)
    statements = parser.statements("")
    if parser.peek():
        raise PowerShellError("UnexpectedToken", f"{parser.peek()} is not expected here", parser.at)
    return statements


class Parser(Commands):
    """Reads a text of PowerShell from its beginning."""

    def statements(self, closing: str) -> tuple[Statement, ...]:
        """Read statements up to a closing character, or the end, without reading that."""
        found: list[Statement] = []
        while True:
            self.skip(lines=True)
            if self.peek() == ";":
                self.at += 1
            elif not self.peek() or self.peek() == closing or self.peek() in ")}":
                return tuple(found)
            else:
                found.append(self._statement())
                self._end_statement()

    def _end_statement(self) -> None:
        """
        Go to the end of a statement; `&&`, `||` and a final `&` end one as a semicolon does.

        Raises:
            PowerShellError: something else follows.
        """
        self.skip()
        if self.has("&&") or self.has("||"):
            self.at += 2
        elif self.peek() == "&":
            self.at += 1
        elif self.peek() and self.peek() not in ";)}" and self.peek() not in NEWLINES:
            word = re.match(r"[^\s;)}]+", self.text[self.at :])
            raise PowerShellError(
                "UnexpectedToken",
                f"{word[0] if word else ''} is not expected here",
                self.at,
                "a command whose path is in quotes needs & before it",
            )

    def _statement(self) -> Statement:
        place = self.at
        if (keyword := re.compile(r"[A-Za-z]+(?![\w\\/.:-])").match(self.text, place)) is not None:
            word = keyword[0].lower()
            if word in _CONDITIONS:
                return self._condition(word)
            if word in _STOPS:
                self.at = keyword.end()
                self.skip()
                is_alone = not self.peek() or self.peek() in ";)}" or self.peek() in NEWLINES
                return Stop(place, word, None if is_alone else self.pipeline())
            if word == "try":
                return self._attempt()
        return self._assignment() or self.pipeline()

    def _assignment(self) -> Assignment | None:
        """Read `$name = value`; None if the statement is something else."""
        place = self.at
        if match := self.match(_ASSIGNMENT):
            self.at = match.end()
            name = self.variable()
            if name is not None and (equals := self.match(_EQUALS)):
                self.at = equals.end()
                self.skip(lines=True)
                types = tuple(re.findall(r"\[([\w.]+(?:\[\])?)\]", match[1].lower()))
                return Assignment(place, name, equals[1], types, self.pipeline())
        self.at = place
        return None

    def _attempt(self) -> Attempt:
        """Read `try`, and skip what it does after an error."""
        place = self.at
        self.at += len("try")
        body, last = self._block().statements, ()
        while True:
            after = self.at
            self.skip(lines=True)
            if self.match(re.compile(r"catch(?!\w)", re.IGNORECASE)):
                self.at += len("catch")
                self._skip_to_block()
            elif self.match(re.compile(r"finally(?!\w)", re.IGNORECASE)):
                self.at += len("finally")
                return Attempt(place, body, self._block().statements)
            else:
                self.at = after
                return Attempt(place, body, last)

    def _block(self) -> ScriptBlock:
        self.skip(lines=True)
        if self.peek() != "{":
            raise PowerShellError("MissingStatementBlock", "{ is expected here", self.at)
        return self.script_block()

    def _condition(self, keyword: str) -> Condition:
        """Skip a statement with its blocks, and with `else` and the like."""
        place = self.at
        self.at += len(keyword)
        if keyword == "param":
            self.skip(lines=True)
            self.skip_balanced()
            return Condition(place, keyword, self.text[place : self.at])
        self._skip_to_block()
        while True:
            after = self.at
            self.skip(lines=True)
            if not (match := self.match(_FURTHER)):
                self.at = after
                return Condition(place, keyword, self.text[place:after])
            self.at = match.end()
            if match[0].lower() in {"until", "while"} and keyword == "do":
                self.skip(lines=True)
                self.skip_balanced()
            else:
                self._skip_to_block()

    def _skip_to_block(self) -> None:
        """Skip what is before a block in braces, and the block."""
        while self.peek() != "{":
            self.skip_balanced()
            self.skip(lines=True)
        self.skip_balanced()
