"""
Read a TOML file into a table, or into the one mistake that prevents it.

No line of a file that does not parse gets into a mistake: it may hold the API key.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import MISSING, WHOLE_FILE, Mistake
from sdssync.errors import os_reason
from sdssync.files.regular import NotRegularError, read_start

TOML_LIMIT = 262_144
"""In bytes; a settings file has a few thousand."""
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?:^|[{{,])[ \t\[]*+(?:{_PART}\.[ \t]*+){{20}}", re.MULTILINE)
"""A dotted key of more than 20 parts, where ours have two: tomllib takes a minute over one of 100,000."""

# By the beginnings of the messages of tomllib, which may quote the file and are not passed on.
_SYNTAX = {
    "Expected '='": "expected = after the key",
    "Invalid value": "expected a value: a text in quotes, a number, true, false, a date or a list",
    "Expected newline": "expected the end of the line after the value",
    "Cannot": "a key or a table appears twice",
    "Unterminated string": "a text lacks its closing quote",
    "Unclosed array": "a list lacks its closing bracket",
    "Invalid date": "this date does not exist",
    "Expected ']'": "the name of a table lacks its closing bracket",
    "Illegal character": "a text lacks its closing quote, or a character cannot be there",
    "Invalid initial character": "expected a key: letters, digits, _ and - need no quotes",
    "Invalid statement": "expected a key, a table in brackets, or a comment after #",
}
_FOREIGN_DATE = re.compile(r"=\s*[\"']?[0-9]{1,4}[./][0-9]{1,2}[./][0-9]{1,4}")
"""A date as people write it in letters."""
_BARE_WORD = re.compile(r"=\s*[^\W\d]")
"""A value that begins with a letter."""
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(file: Path) -> dict[str, Any] | Mistake:
    """Read a TOML file in UTF-8, with or without a byte order mark; if it cannot be read, return why."""
    try:
        data = read_start(file, TOML_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except NotRegularError as error:
        return Mistake(WHOLE_FILE, f"expected a file, found {error.what}")
    except OSError as error:
        return Mistake(WHOLE_FILE, f"cannot be read: {os_reason(error)}")
    if len(data) > TOML_LIMIT:
        return Mistake(WHOLE_FILE, "expected a file of at most 256 KiB, found a larger one")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Mistake(WHOLE_FILE, f"line {line}: expected UTF-8 text, found other bytes; save the file as UTF-8")
    return _parse(text)


def _parse(text: str) -> dict[str, Any] | Mistake:
    """Parse TOML; a syntax error becomes a mistake with its position and nothing of the text."""
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        return Mistake(WHOLE_FILE, f"is not valid TOML, line {line}: a key has more than 20 parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        return Mistake(WHOLE_FILE, "is not valid TOML: nested too deeply")
    except ValueError as error:  # TOMLDecodeError, or an integer of thousands of digits
        return _syntax_mistake(error, text.split("\n"))


def _syntax_mistake(error: ValueError, lines: list[str]) -> Mistake:
    message = str(error)
    number, where = len(lines), ""
    if message.endswith("(at end of document)"):
        where = ", at its end"
    elif position := _position(error):
        number, column = position
        where = f", line {number}, column {column}"
    reason = next((reason for start, reason in _SYNTAX.items() if message.startswith(start)), "")
    if _FOREIGN_DATE.search(lines[number - 1]):
        reason = "write the date like 2027-07-31, without quotes"
    elif _BARE_WORD.search(lines[number - 1]) and message.startswith("Invalid value"):
        reason = "a text needs quotes"
    if "\\" in lines[number - 1]:
        reason = r"in double quotes a backslash begins an escape; write paths in single quotes, like 'C:\SDS\csv'"
    return Mistake(WHOLE_FILE, f"is not valid TOML{where}" + (f": {reason}" if reason else ""))


def _position(error: ValueError) -> tuple[int, int] | None:
    """Return the line and column of a syntax error, from 1; before Python 3.14 only the message has them."""
    line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
    if isinstance(line, int) and isinstance(column, int):
        return line, column
    match = _POSITION.search(str(error))
    return (int(match[1]), int(match[2])) if match else None
