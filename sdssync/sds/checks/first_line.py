"""
Look at the first line of a file before it is read as CSV: what is wrong there is wrong with every line (F15).

The line is read without regard to the separator, so that the columns of a file are known whatever divides them.
"""

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path

from sdssync.errors import ConfigError
from sdssync.sds.csv_bytes import CHUNK, DefectError, open_file
from sdssync.sds.file_kinds import kind_of_file
from sdssync.sds.schema import File

SEPARATORS = {
    ";": "semicolons",
    "\t": "tabs",
    "|": "vertical bars",
    ":": "colons",
    "^": "carets",
    "~": "tildes",
    " ": "blanks",
    "\N{FULLWIDTH COMMA}": "full-width commas",
    "\N{FULLWIDTH SEMICOLON}": "full-width semicolons",
    "\N{ARABIC COMMA}": "Arabic commas",
}
"""Characters that files are separated by in place of the comma, and what they are called."""
_SEP_LINE = re.compile(r'"?\s*sep\s*=\s*(.?)\s*"?[,;]*', re.IGNORECASE | re.DOTALL)
_TYPE_LINE = re.compile(r'"?#\s*TYPE\b', re.IGNORECASE)


def check_first_line(path: Path, file: File) -> None:
    """
    Raise the defect of the first line, if it has one.

    Raises:
        DefectError: the file is not separated by commas, or begins with another line than the header (SDS115).
        ConfigError: it cannot be read.

    """
    line, *_ = first_lines(path) or [""]
    if _TYPE_LINE.match(line):
        message = "the first line is a #TYPE line, which Export-Csv of PowerShell writes, not the header"
        raise DefectError("SDS115", 1, message, fix="Export again with Export-Csv -NoTypeInformation")
    if _is_sep_line(line):
        message = "the first line is a sep= line, which only a spreadsheet understands, not the header"
        fix = "Remove the sep= line, and separate the values by commas if it names another character"
        raise DefectError("SDS115", 1, message, fix=fix)
    known = {column.name.lower() for column in file.columns}
    if not known.isdisjoint(_cells(line, ",")):
        return
    if len(_values(line, ",")) == 1 and known & {*_cells(_values(line, ",")[0], ",")}:
        message = "the first line is in quotes as a whole, so that it is one value"
        raise DefectError("SDS115", 1, message, fix="Remove the quotes around whole lines, or export the file again")
    fitting = {mark: len(known.intersection(_cells(line, mark))) for mark in SEPARATORS if _may_separate(mark, line)}
    best = max(fitting, key=fitting.__getitem__, default="")
    if fitting.get(best):
        message = f"the file is separated by {SEPARATORS[best]} instead of commas"
        raise DefectError("SDS115", 1, message)


def header_names(path: Path) -> frozenset[str]:
    """Return the headers of a file in lower case, whatever separates them; none if they cannot be read."""
    try:
        lines = [] if kind_of_file(path) else first_lines(path)
    except (DefectError, ConfigError):
        return frozenset()
    header = next((line for line in lines if not _TYPE_LINE.match(line) and not _is_sep_line(line)), "")
    mark = max((mark for mark in (",", *SEPARATORS) if mark != " "), key=header.count)
    return frozenset(_cells(header, mark if mark in header else " ")) - {""}


def first_lines(path: Path) -> list[str]:
    """
    Return the first two lines of a text file, with replacements for what cannot be decoded.

    Raises:
        DefectError: it is not a file.
        ConfigError: it cannot be read.

    """
    with open_file(path) as stream:
        start = stream.read(CHUNK)
    is_utf_16 = start.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    text = start.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    return re.split(r"\r\n|\r|\n", text, maxsplit=2)[:2]


def _may_separate(mark: str, line: str) -> bool:
    """Return True if a line may be separated like this: headers may hold blanks, and hardly anything more often."""
    return mark in line and line.count(mark) >= line.count(",") * (len(line) if mark == " " else 1)


def _is_sep_line(line: str) -> bool:
    return _SEP_LINE.fullmatch(line) is not None


def _values(line: str, separator: str) -> list[str]:
    """Split a line at a separator; quotes are obeyed as far as possible."""
    return next(csv.reader([line], delimiter=separator), [])


def _cells(line: str, separator: str) -> Sequence[str]:
    """Return the headers of a line in lower case, without quotes and blanks around them."""
    try:
        values = _values(line, separator)
    except csv.Error:
        values = line.split(separator)
    return [value.strip(" \"'\u00a0").lower() for value in values]
