"""What the values of a PowerShell text are, as far as they are known without running it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sdssync.setup.powershell.nodes import ScriptBlock, UnknownError

Value: TypeAlias = "str | int | float | bool | list[Any] | dict[str, Any] | ScriptBlock | Written | None"

MOST = 65_536
"""Items of a list and characters of a text: more than a command line can have."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number that is an argument: as a text it is what was written, like 07."""

    number: int | float
    text: str

    def __str__(self) -> str:
        """Return it as it was written."""
        return self.text


class ConversionError(UnknownError):
    """A value is of a kind that PowerShell, or this reader, cannot use there."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message, place)
        self.reason = "RuntimeException"


def to_text(value: Value) -> str:
    """Return the text that PowerShell makes of a value."""
    match value:
        case None:
            return ""
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
        case list():
            return " ".join(map(to_text, value))
        case dict():
            return "System.Collections.Hashtable"
        case _:
            return str(value)


def to_texts(value: Value) -> list[str] | None:
    """Return the list of texts that PowerShell makes of a value; None of nothing."""
    if value is None:
        return None
    return [to_text(item) for item in value] if isinstance(value, list) else [to_text(value)]


def to_number(value: Value, place: int) -> int | float:
    """
    Return a value as a number.

    Raises:
        ConversionError: PowerShell cannot convert it.
    """
    match value:
        case None:
            return 0
        case Written():
            return value.number
        case bool() | int() | float():
            return value + 0
        case str() if re.fullmatch(r"\s*[+-]?\d+\s*", value):
            return int(value)
        case str() if re.fullmatch(r"\s*[+-]?\d*\.?\d+\s*", value):
            return float(value)
    raise ConversionError("a number is expected here", place)


def cast(kind: str, value: Value, place: int) -> Value:
    """
    Convert a value to the type in brackets before it.

    Raises:
        ConversionError: PowerShell cannot, or the type is one that no argument of the script needs.
    """
    if kind == "void":
        return None
    if (name := kind.removesuffix("[]")) != kind or name == "array":
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [cast("object" if name == "array" else name, item, place) for item in items]
    convert = _CASTS.get(name.removeprefix("system."))
    if convert is None:
        raise ConversionError(f"the type [{kind}] is not known here", place)
    return convert(value, place)


def _to_integer(value: Value, place: int) -> int:
    return round(to_number(value, place))


_CASTS: Mapping[str, Callable[[Value, int], Value]] = {
    "string": lambda value, _: to_text(value),
    "object": lambda value, _: value,
    **dict.fromkeys(("int", "int32", "int64", "long", "int16", "byte"), _to_integer),
}


def bounded(value: Value, place: int) -> Value:
    """
    Return a value that a command line can have.

    Raises:
        ConversionError: it is too long.
    """
    if isinstance(value, str | list) and len(value) > MOST:
        raise ConversionError("the value becomes too long", place)
    return value


def plain(value: Value) -> Value:
    """Return a value as it is in an expression, where the way in which a number was written does not count."""
    return value.number if isinstance(value, Written) else value


def operate(operator: str, left: Value, right: Value, place: int) -> Value:
    """
    Apply an operator to two values.

    Raises:
        ConversionError: PowerShell cannot, or the operator is one that no argument of the script needs.
    """
    if operate_on := _OPERATORS.get(operator):
        return bounded(operate_on(left, right, place), place)
    raise ConversionError(f"what the operator {operator} gives is not known here", place)


def operate_alone(operator: str, value: Value, place: int) -> Value:
    """
    Apply an operator to one value.

    Raises:
        ConversionError: PowerShell cannot, or the operator is one that no argument of the script needs.
    """
    match operator:
        case "-":
            return -to_number(value, place)
        case "+":
            return to_number(value, place)
        case "join":
            return "".join(to_texts(value) or [])
        case "split":
            return [part for text in to_texts(value) or [] for part in text.split()]
        case "!" | "not":
            if isinstance(value, bool) or value is None:
                return not value
    raise ConversionError(f"what the operator {operator} gives is not known here", place)


def _add(left: Value, right: Value, place: int) -> Value:
    if isinstance(left, list):
        return [*left, *right] if isinstance(right, list) else [*left, right]
    if isinstance(left, str):
        return left + to_text(right)
    if isinstance(left, dict):
        raise ConversionError("two tables are not added here", place)
    return right if left is None else to_number(left, place) + to_number(right, place)


def _range(left: Value, right: Value, place: int) -> Value:
    first, last = _to_integer(left, place), _to_integer(right, place)
    if abs(last - first) > MOST:
        raise ConversionError("the range is too long", place)
    return list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))


def _format(left: Value, right: Value, place: int) -> Value:
    """Return a text with values in it; a format such as {0:00} pads whole numbers only."""
    values = right if isinstance(right, list) else [right]

    def insert(match: "re.Match[str]") -> str:
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        if match[1] is None or int(match[1]) >= len(values):
            raise ConversionError("a place of the format has no value", place)
        value = values[int(match[1])]
        if match[2] is None:
            return to_text(value)
        if not isinstance(plain(value), int):
            raise ConversionError("what the format gives is not known here", place)
        return str(plain(value)).zfill(len(match[2]))

    return re.sub(r"\{\{|\}\}|\{(\d+)(?::(0+|[dD]\d?))?\}|\{", insert, to_text(left))


def _multiply(left: Value, right: Value, place: int) -> Value:
    if not isinstance(left, str):
        return to_number(left, place) * to_number(right, place)
    count = _to_integer(right, place)
    if not 0 <= count * len(left) <= MOST:
        raise ConversionError("the text becomes too long", place)
    return left * count


def _split(left: Value, right: Value, place: int) -> Value:
    separator = _literal(right, place)
    return [part for text in to_texts(left) or [""] for part in re.split(separator, text, flags=re.IGNORECASE)]


def _replace(left: Value, right: Value, place: int) -> Value:
    pattern, replacement = [*(to_texts(right) or []), "", ""][:2]
    if "$" in replacement:
        raise ConversionError("what this pattern replaces is not known here", place)
    return re.sub(_literal(pattern, place), lambda _: replacement, to_text(left), flags=re.IGNORECASE)


def _literal(value: Value, place: int) -> str:
    """
    Return a text at which another is split or replaced.

    Raises:
        ConversionError: it is a pattern, whose language is that of .NET.
    """
    text = to_text(value)
    if not text or re.search(r"[\\.*+?()\[\]{}|^$#]", text):
        raise ConversionError("what this pattern finds is not known here", place)
    return text


_OPERATORS: Mapping[str, Callable[[Value, Value, int], Value]] = {
    "+": _add,
    "-": lambda left, right, place: to_number(left, place) - to_number(right, place),
    "*": _multiply,
    "..": _range,
    "f": _format,
    "join": lambda left, right, _: to_text(right).join(to_texts(left) or []),
    "split": _split,
    "isplit": _split,
    "replace": _replace,
    "ireplace": _replace,
}
