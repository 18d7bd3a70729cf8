"""Read the values of PowerShell: texts, numbers, variables, lists, tables, and operators between them."""

import re
from abc import abstractmethod
from collections.abc import Callable

from sdssync.setup.powershell.cursor import (
    DASH,
    DASHES,
    DOUBLE_QUOTES,
    NEWLINES,
    QUOTES,
    SINGLE_QUOTES,
    plain_dashes,
)
from sdssync.setup.powershell.nodes import (
    Cast,
    Collected,
    Items,
    Member,
    Node,
    Number,
    Operation,
    Parentheses,
    Pipeline,
    PowerShellError,
    ScriptBlock,
    Statement,
    Table,
    Text,
    Variable,
)
from sdssync.setup.powershell.texts import Texts

_OPERATOR = re.compile(rf"\.\.|[{DASH}]([a-z]+)(?![\w])|[+{DASH}](?![+{DASH}])|[*/%]", re.IGNORECASE)
_MEMBER = re.compile(r"(?:\.|::)[\w$'\"]+")
_CAST = re.compile(r"\[\s*([a-z_][\w.]*(?:\[\])?)\s*\](?!\s*::)", re.IGNORECASE)
_PRECEDENCE = {
    **dict.fromkeys(("and", "or", "xor"), 1),
    **dict.fromkeys(("band", "bor", "bxor"), 2),
    "+": 4,
    "-": 4,
    **dict.fromkeys("*/%", 5),
    "f": 6,
    "..": 7,
}
"""What binds tighter has the higher number; every other word after a dash has `_COMPARISON`."""
_COMPARISON = 3
_WORDS = re.compile(
    "and|or|xor|band|bor|bxor|f|join|as|is|isnot|shl|shr"
    "|[ic]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|split|replace)"
)
_UNARY_WORDS = frozenset({"not", "bnot", "join", "split", "isplit", "csplit"})


class Expressions(Texts):
    """Reads values. Statements, which values may contain, are read by the parser."""

    @abstractmethod
    def statements(self, closing: str) -> tuple[Statement, ...]:
        """Read statements up to a closing character, or the end, without reading that."""

    @abstractmethod
    def pipeline(self) -> Pipeline:
        """Read a pipeline."""

    def expression(self, lowest: int = 1) -> Node:
        """Read values with operators between them that bind at least as tightly as `lowest`."""
        left = self._items()
        while True:
            self.skip()
            place, operator, precedence = self.at, *self._operator()
            if precedence < lowest:
                self.at = place
                return left
            self.skip(lines=True)
            left = Operation(place, operator, left, self.expression(precedence + 1))

    def _operator(self) -> tuple[str, int]:
        """Read an operator between two values; return it with its precedence, 0 if there is not one."""
        match = self.match(_OPERATOR)
        if not match or (match[1] and not _WORDS.fullmatch(match[1].lower())):
            return "", 0
        self.at = match.end()
        operator = match[1].lower() if match[1] else plain_dashes(match[0])
        return operator, _PRECEDENCE.get(operator, _COMPARISON)

    def _items(self) -> Node:
        """Read a value, or a list with commas; a comma binds tighter than any operator between two values."""
        return self._separated(self._unary)

    def _separated(self, read: Callable[[], Node]) -> Node:
        """Read one item, or several with commas between them."""
        place = self.at
        items = [read()]
        while True:
            after = self.at
            self.skip()
            if self.peek() != ",":
                self.at = after
                return items[0] if len(items) == 1 else Items(place, tuple(items))
            self._comma()
            items.append(read())

    def _comma(self) -> None:
        """Read a comma, after which a value must follow."""
        self.at += 1
        place = self.at
        self.skip(lines=True)
        if not self.peek() or self.peek() in ")};|":
            raise PowerShellError("MissingExpression", "a value is missing after the comma", place)

    def _unary(self) -> Node:
        """Read a value with the operators and types before it."""
        place = self.at
        character = self.peek()
        if character == ",":
            self._comma()
            return Items(place, (self._unary(),))
        word = re.compile(rf"[{DASH}]([a-z]+)", re.IGNORECASE)
        if (match := self.match(word)) and match[1].lower() in _UNARY_WORDS:
            self.at = match.end()
            self.skip()
            return Operation(place, match[1].lower(), None, self._items())
        if character == "!" or (character in {"+", *DASHES} and self.number(is_word=False) is None):
            self.at += 1
            self.skip()
            return Operation(place, plain_dashes(character), None, self._unary())
        self.at = place
        if match := self.match(_CAST):
            self.at = match.end()
            self.skip()
            return Cast(place, match[1].lower(), self._unary())
        return self.value()

    def value(self) -> Node:
        """Read one value with what follows it without a blank: a property or an index."""
        place = self.at
        if number := self.number(is_word=False):
            return Number(place, *number)
        found = self.start_of_value()
        if found is None:
            raise PowerShellError("ExpectedValueExpression", "a value is expected", place)
        return self.with_members(found)

    def start_of_value(self) -> Node | None:
        """Read a value that begins with a quote, `$`, `@` or a bracket; None if nothing of that is here."""
        place, character = self.at, self.peek()
        if character == "@":
            return self._after_at()
        if character in SINGLE_QUOTES:
            return Text(place, (self.single_quoted(),))
        if character in DOUBLE_QUOTES:
            return self.double_quoted()
        read = {"$": self.dollar, "(": self._parentheses, "{": self.script_block}.get(character)
        return read() if read else None

    def _after_at(self) -> Node | None:
        """Read `@( )`, `@{ }` or a text of several lines; None if `@` means itself."""
        place, following = self.at, self.peek(1)
        if following == "(":
            self.at += 1
            return self._collected(place, is_list=True)
        if following == "{":
            return self._table()
        return self.here_text() if following in QUOTES else None

    def with_members(self, value: Node) -> Node:
        """Return a value, or the place of a property or an index of it."""
        place = self.at
        while self.peek() == "[" or (match := self.match(_MEMBER)):
            if self.peek() != "[" and match:
                self.at = match.end()
            if self.peek() and self.peek() in "[(":
                self.skip_balanced()
        return value if self.at == place else Member(place)

    def dollar(self) -> Node | None:
        """Read a variable or `$( )`; None if the dollar means itself."""
        place = self.at
        if self.peek(1) == "(":
            self.at += 1
            return self._collected(place, is_list=False)
        name = self.variable()
        return None if name is None else Variable(place, name)

    def _parentheses(self) -> Node:
        place = self.at
        self.at += 1
        self.skip(lines=True)
        if self.peek() == ")":
            raise PowerShellError("ExpectedExpression", "a value is expected in the parentheses", self.at)
        pipeline = self.pipeline()
        self._close(")", "MissingEndParenthesisInExpression")
        return Parentheses(place, pipeline)

    def _collected(self, place: int, *, is_list: bool) -> Node:
        """Read the statements of `$( )` or `@( )`, from its parenthesis."""
        self.at += 1
        statements = self.statements(")")
        self._close(")", "MissingEndParenthesisInSubexpression")
        return Collected(place, statements, is_list)

    def script_block(self) -> ScriptBlock:
        """Read statements in braces."""
        place = self.at
        self.at += 1
        statements = self.statements("}")
        self._close("}", "MissingEndCurlyBrace")
        return ScriptBlock(place, statements, self.text[place + 1 : self.at - 1])

    def _close(self, closing: str, reason: str) -> None:
        """
        Read a closing character.

        Raises:
            PowerShellError: it is not there.
        """
        self.skip(lines=True)
        if not self.peek():
            after_end = len(self.text) + 1  # PowerShell counts the end of a text as a character
            raise PowerShellError(reason, f"the closing {closing} is missing", after_end)
        if self.peek() != closing:
            raise PowerShellError("UnexpectedToken", f"{closing} is expected here", self.at)
        self.at += 1

    def _table(self) -> Table:
        """Read `@{ name = value }`."""
        place = self.at
        self.at += 2
        pairs: list[tuple[Node, Pipeline]] = []
        while True:
            self._skip_separators()
            if not self.peek() or self.peek() == "}":
                break
            key = self._key()
            self.skip()
            if self.peek() != "=":
                raise PowerShellError("MissingEqualsInHashLiteral", "= is expected after the name", self.at)
            self.at += 1
            self.skip(lines=True)
            pairs.append((key, self.pipeline()))
            self.skip()
            if self.peek() and self.peek() not in "};" and self.peek() not in NEWLINES:
                raise PowerShellError("UnexpectedToken", "the next name, or } is expected", self.at)
        self._close("}", "MissingEndCurlyBrace")
        return Table(place, tuple(pairs))

    def _skip_separators(self) -> None:
        self.skip(lines=True)
        while self.peek() == ";":
            self.at += 1
            self.skip(lines=True)

    def _key(self) -> Node:
        """Read the name of a value in a table."""
        place = self.at
        if match := self.match(re.compile(r"[\w-]+")):
            self.at = match.end()
            return Text(place, (match[0],))
        return self.value()
