"""
What is wrong in a TOML file, as values, and how it is told: file, key path, what was expected, what was found.

Texts of a file that may be private never get here: no value under `[isams]`, `[teachers]` or an unknown key, no line of
a file that does not parse.
"""

import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sdssync.files.paths import invisible

Model = TypeVar("Model", bound=BaseModel)

SECRET_TABLES = frozenset({"isams", "teachers"})
TOML_LIMIT = 1_048_576
"""Bytes; a settings file has a few thousand."""

_WHOLE_FILE = ""
_SHOWABLE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,23}")
_KEY_LITERALS = frozenset({"apikey", "isamskey", "isamsapikey", "key", "secret", "token", "password"})
_KEY_LITERAL = (
    "a key has no place in this file, which is copied, mailed and backed up: write it into a file of its own"
    ' and name that with api_key_file = "secrets/isams.key", or name a variable with api_key_env'
)
_EXPECTED = {
    "bool_type": "true or false, without quotes",
    "date_type": "a date without quotes and without a time, like 2027-07-31",
    "list_type": "a list in square brackets",
    "model_type": "a table",
    "too_short": "at least one value (or leave the key out)",
}
# The beginnings of tomllib's own messages, which may quote the file and are not passed on.
_SYNTAX = {
    "Expected '='": "expected = after the key",
    "Invalid value": "expected a value: a text in quotes, a number, true, false, a date or a list",
    "Expected newline": "expected the end of the line after the value",
    "Cannot": "a key or a table stands twice",
    "Unterminated string": "a text lacks its closing quote",
    "Unclosed array": "a list lacks its closing bracket",
    "Invalid date": "there is no such date",
}
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong."""

    key: str
    """The path to the key, like `subjects.exclude[1]` (the first is 0); "" when the whole file is meant."""
    text: str

    def __str__(self) -> str:
        """The mistake on one line."""
        return f"{self.key}: {self.text}" if self.key else self.text


@dataclass(frozen=True, slots=True)
class FileMistakes:
    """All that is wrong in one file."""

    file: str
    """As seen from the folder of the settings, with forward slashes."""
    mistakes: tuple[Mistake, ...]


MISSING = Mistake(_WHOLE_FILE, "expected a file, found none")


def render(report: Sequence[FileMistakes]) -> str:
    """Tell all mistakes: a line for each file, below it an indented line for each mistake."""
    lines = []
    for entry in report:
        count = len(entry.mistakes)
        lines.append(f"{entry.file} has {count} mistake{'' if count == 1 else 's'}")
        lines.extend(f"  {mistake}" for mistake in entry.mistakes)
    return "\n".join(lines)


def wrong(key: str, expected: str, value: object, fault: str = "") -> Mistake:
    """Tell what was expected under a key and what was found; the value itself only where it is not private."""
    found = describe(value, secret=re.split(r"[.[]", key)[0] in SECRET_TABLES)
    return Mistake(key, f"expected {expected}, found {found}" + (f": {fault}" if fault else ""))


def describe(value: object, *, secret: bool = False) -> str:
    """Show a TOML value in a few characters, or say only what kind of value it is."""
    match value:
        case bool():
            kind, text = "true or false", str(value).lower()
        case int() | float():
            kind, text = "a number", str(value) if abs(value) < 1e15 else ""
        case str():
            private = "@" in value or len(value) > 30 or invisible(value)
            kind, text = "a text", "" if private else f'"{value}"'
        case datetime():
            kind, text = "a date with a time", ""
        case date():
            kind, text = "a date", value.isoformat()
        case list() | tuple():
            kind, text = "a list" if value else "an empty list", ""
        case dict():
            kind, text = "a table", ""
        case _:
            kind, text = "a time", ""
    return kind if secret or not text else text


def read_toml(file: Path) -> dict[str, Any] | Mistake:
    """Read a TOML file in UTF-8, with or without a byte order mark; what hinders is a mistake of the whole file."""
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting for ever
            return Mistake(_WHOLE_FILE, "expected a file, found " + ("a folder" if stat.S_ISDIR(mode) else "a device"))
        with file.open("rb") as stream:
            data = stream.read(TOML_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except OSError as error:
        return Mistake(_WHOLE_FILE, f"cannot be read: {error.strerror or type(error).__name__}")
    if len(data) > TOML_LIMIT:
        return Mistake(_WHOLE_FILE, "expected a file of at most 1 MiB, found a larger one")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Mistake(_WHOLE_FILE, f"line {line}: expected UTF-8 text, found other bytes; save the file as UTF-8")
    return _parse(text)


def _parse(text: str) -> dict[str, Any] | Mistake:
    """Parse TOML; a syntax error becomes a mistake that tells the place and shows nothing of it."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        return Mistake(_WHOLE_FILE, "is not valid TOML: nested too deeply")
    except ValueError as error:  # TOMLDecodeError, or an integer of thousands of digits
        told = str(error)
    position = _POSITION.search(told)
    lines = text.split("\n")
    number = int(position[1]) if position else len(lines)
    place = (
        f", line {number}, column {position[2]}" if position else ", at its end" if "end of document" in told else ""
    )
    reason = next((reason for start, reason in _SYNTAX.items() if told.startswith(start)), "")
    if "\\" in lines[number - 1]:
        reason = r"in double quotes a backslash begins an escape; write paths in single quotes, like 'C:\SDS\csv'"
    return Mistake(_WHOLE_FILE, f"is not valid TOML{place}" + (f": {reason}" if reason else ""))


def check_shape(model: type[Model], raw: Mapping[str, Any]) -> tuple[Model | None, tuple[Mistake, ...]]:
    """Read a TOML table into a model; None with all mistakes when it does not fit."""
    try:
        return model.model_validate(raw), ()
    except ValidationError as error:
        known = known_keys(model)
        details = error.errors(include_url=False)
    return None, tuple(_mistake(detail, known) for detail in details)


def known_keys(model: type[BaseModel], above: str = "") -> tuple[str, ...]:
    """List the dotted names of all keys of a model, tables and what is in them."""
    names: list[str] = []
    for name, info in model.model_fields.items():
        path = above + (info.alias or name)
        names.append(path)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            names.extend(known_keys(info.annotation, path + "."))
    return tuple(names)


def _mistake(detail: ErrorDetails, known: Sequence[str]) -> Mistake:
    """Translate one finding of pydantic."""
    key = _key_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(detail["loc"], known)
    if kind == "missing":
        return Mistake(key, "required, and not there")
    expected = context.get("words") or _EXPECTED.get(kind) or detail["msg"]
    return wrong(key, expected, context.get("found", detail["input"]), context.get("fault", ""))


def _unknown(loc: Sequence[int | str], known: Sequence[str]) -> Mistake:
    """Tell an unknown key with the nearest known one: of this name elsewhere, else of a like name."""
    key, name = _key_path(loc), str(loc[-1])
    plain = name.lower().replace("-", "_")
    if plain.replace("_", "") in _KEY_LITERALS:
        return Mistake(key, _KEY_LITERAL)
    table = ".".join(map(str, loc[:-1]))
    here = [path.rpartition(".")[2] for path in known if path.rpartition(".")[0] == table]
    elsewhere = {path.rpartition(".")[2]: path for path in known if path.rpartition(".")[0] != table}
    if plain in elsewhere:
        return Mistake(key, f"unknown key here, did you mean {_placed(elsewhere[plain])}?")
    if near := get_close_matches(plain, here, n=1):
        return Mistake(key, f'unknown key, did you mean "{near[0]}"? (allowed: {", ".join(here)})')
    if near := get_close_matches(plain, elsewhere, n=1, cutoff=0.75):
        return Mistake(key, f"unknown key, did you mean {_placed(elsewhere[near[0]])}?")
    return Mistake(key, f"unknown key (allowed: {', '.join(here)})")


def _placed(path: str) -> str:
    """Say where a key belongs."""
    table, _, name = path.rpartition(".")
    return f'"{name}" in [{table}]' if table else f'"{name}", which stands before the first [table]'


def _key_path(loc: Sequence[int | str]) -> str:
    """Write a path to a key; a name that could be a secret or an address is left out."""
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            name = step if _SHOWABLE_KEY.fullmatch(step) else "(a key of another kind)"
            path += f".{name}" if path else name
    return path
