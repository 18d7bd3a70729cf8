"""
What is wrong in a TOML file, as values, and how it is reported: file, key, what was expected, what was found.

A mistake never contains a text that may be private: no value under `[isams]`, `[notify]`, `[teachers]`, `[upload]`
or an unknown key, and no line of a file that does not parse.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sdssync.files.names import has_invisible

SECRET_SECTIONS = frozenset({"isams", "notify", "teachers", "upload"})
"""The tables of which no value is shown."""

_LONGEST_SHOWN = 30
"""Characters of a text that is shown."""
_MOST = 100
"""Mistakes of one file that are listed."""
WHOLE_FILE = ""
"""The key of a mistake that is about the whole file."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong."""

    key: str
    """The path to the key, like `subjects.exclude[1]` (the first is 0); "" for the whole file."""
    text: str

    def __str__(self) -> str:
        """Return the mistake on one line."""
        return f"{self.key}: {self.text}" if self.key else self.text


@dataclass(frozen=True, slots=True)
class FileMistakes:
    """Everything that is wrong in one file."""

    file: str
    """As seen from the folder of the settings, with forward slashes."""
    mistakes: tuple[Mistake, ...]


MISSING = Mistake(WHOLE_FILE, "expected a file, found none")


def render(reports: Sequence[FileMistakes]) -> str:
    """
    Return the text of all mistakes: a line for each file, and below it an indented line for each mistake.

    One that is about the whole file is on the line of the file.
    """
    lines = []
    for file in reports:
        count = len(file.mistakes)
        if count == 1 and file.mistakes[0].key == WHOLE_FILE:
            text = file.mistakes[0].text
            lines.append(f"{file.file} {text}" if text.startswith(("is ", "cannot ")) else f"{file.file}: {text}")
            continue
        lines.append(f"{file.file} has {count:,} mistake{'' if count == 1 else 's'}")
        lines.extend(f"  {mistake}" for mistake in file.mistakes[:_MOST])
        if count > _MOST:
            lines.append(f"  and {count - _MOST:,} more")
    return "\n".join(lines)


def wrong(key: str, expected: str, value: object, fault: str = "") -> Mistake:
    """Return a mistake that says what was expected and what was found; the value only where it is not private."""
    found = describe(value, secret=re.split(r"[.[]", key)[0] in SECRET_SECTIONS)
    return Mistake(key, f"expected {expected}, found {found}" + (f": {fault}" if fault else ""))


def describe(value: object, *, secret: bool = False) -> str:
    """Return a TOML value in a few characters; if it is long or private, only its type."""
    match value:
        case bool():
            kind, text = "true or false", str(value).lower()
        case int() | float():
            kind, text = "a number", str(value) if abs(value) < 1e15 else ""
        case str():
            private = re.search(r"\w@|@\w", value) or has_invisible(value)
            kind = f"a text of {len(value)} characters" if len(value) > _LONGEST_SHOWN and not secret else "a text"
            text = "" if private or len(value) > _LONGEST_SHOWN else f'"{value}"'
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
