"""The parts of a PowerShell text. Every `place` is an offset in the text, from 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self, TypeAlias


class PowerShellError(Exception):
    """PowerShell refuses a text, at a place."""

    def __init__(self, reason: str, message: str, place: int, hint: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        """The identifier of the error in PowerShell."""
        self.message = message
        self.place = place
        self.hint = hint
        self.text: str | None = None
        """The text in which the place is; None as long as that is clear."""

    def within(self, text: str) -> Self:
        """Return the error with the text in which its place is, unless it has one."""
        self.text = text if self.text is None else self.text
        return self


class UnknownError(PowerShellError):
    """A value is decided only when the text runs."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__("Unknown", message, place, "write the value itself into the line, and import it again")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, in quotes or not; its parts are put together."""

    place: int
    parts: "tuple[str | Node, ...]"


@dataclass(frozen=True, slots=True)
class Number:
    """A number; as an argument PowerShell remembers how it was written."""

    place: int
    value: int | float
    written: str


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable."""

    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """Values with commas between them."""

    place: int
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Parentheses:
    """A pipeline in parentheses."""

    place: int
    pipeline: "Pipeline"


@dataclass(frozen=True, slots=True)
class Collected:
    """What statements give, in `$( )`; in `@( )` always as a list."""

    place: int
    statements: "tuple[Statement, ...]"
    is_list: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of names and values, `@{ }`."""

    place: int
    pairs: "tuple[tuple[Node, Pipeline], ...]"


@dataclass(frozen=True, slots=True)
class ScriptBlock:
    """Statements in braces, which run only when they are called."""

    place: int
    statements: "tuple[Statement, ...]"
    written: str
    """What is between the braces."""

    def __str__(self) -> str:
        """Return what is between the braces, as PowerShell does."""
        return self.written


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator between two values, or before one: then `left` is None."""

    place: int
    operator: str
    left: "Node | None"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Cast:
    """A value after a type in brackets; the type in lower case."""

    place: int
    type: str
    value: "Node"


@dataclass(frozen=True, slots=True)
class Member:
    """A property, a method or an index of a value."""

    place: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """The name of a parameter in a command, with the value after its colon."""

    place: int
    written: str
    """With the dash and the colon."""
    value: "Node | None" = None

    @property
    def name(self) -> str:
        """The name without dash and colon."""
        return self.written[1:].removesuffix(":")


@dataclass(frozen=True, slots=True)
class Splat:
    """A table or a list of arguments, `@name`."""

    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its arguments."""

    place: int
    name: "Node"
    elements: "tuple[Parameter | Splat | Node, ...]"
    written: str
    """All of it, as it is written."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, or a value first, with `|` between them."""

    place: int
    elements: "tuple[Command | Node, ...]"
    written: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value for a variable."""

    place: int
    name: str
    operator: str
    types: tuple[str, ...]
    value: Pipeline


@dataclass(frozen=True, slots=True)
class Attempt:
    """`try` with its body and `finally`; what it does after an error is left out."""

    place: int
    body: "tuple[Statement, ...]"
    last: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True)
class Condition:
    """A statement such as `if` or `foreach`: what it runs is decided when it runs."""

    place: int
    keyword: str
    written: str


@dataclass(frozen=True, slots=True)
class Stop:
    """`exit`, `return` and the like, after their pipeline."""

    place: int
    keyword: str
    pipeline: Pipeline | None


def joined(place: int, parts: "Sequence[str | Node]") -> Text:
    """Return a text whose parts are as few as can be."""
    fewer: list[str | Node] = []
    for is_plain, group in groupby(parts, lambda part: isinstance(part, str)):
        run = list(group)
        fewer += ["".join(map(str, run))] if is_plain else run
    return Text(place, tuple(fewer))


Node: TypeAlias = (
    Text | Number | Variable | Items | Parentheses | Collected | Table | ScriptBlock | Operation | Cast | Member
)
Statement: TypeAlias = Pipeline | Assignment | Attempt | Condition | Stop
