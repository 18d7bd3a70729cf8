"""
Read a folder of CSV files as hostile input: whole or not at all, in blocks, in bounded memory. Knows no rule of SDS.

A file is gone through twice: `open_csv` surveys its bytes (is it UTF-8, are its lines of a bearable length), `blocks`
reads its rows. What makes a file unreadable as CSV is a DefectError, which the caller turns into a finding; what the
file system refuses is a ConfigError.
"""

import csv
import errno
import os
import re
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sdssync.errors import ConfigError

CHUNK = 256 * 1024
"""Bytes looked at together; a line that fills more than one of them is no line of a CSV file."""
BLOCK = 2_000
"""Rows judged together: enough to spread the cost, few enough to stay in a processor's cache."""


class DefectError(Exception):
    """A file is no CSV file: which rule says so, where, and in what words (which hold nothing of its content)."""

    def __init__(self, code: str, line: int | None, message: str, *, rows: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.message = message
        self.rows = rows
        """Data rows before the defect."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows that follow each other, wholly empty lines left out, and the line on which each begins."""

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    widths: frozenset[int]
    """How many fields the rows have."""
    broken: bool
    """Whether a value may hold a line break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file that has been surveyed: UTF-8, with a header."""

    path: Path
    header: tuple[str, ...]
    bom: bool
    block_rows: int
    """Rows to read together: fewer where lines are long, so that a block never holds much more than two chunks."""
    stamp: tuple[int, int]
    """Size and time of change, to notice a writer."""

    def blocks(self) -> Iterator[Block]:
        """Yield all data rows. Raises DefectError where they stop being CSV, ConfigError when the file changes."""
        with _open(self.path, self.stamp) as stream, _text(stream, bom=self.bom) as text:
            reader = csv.reader(text, strict=True)
            try:
                next(reader)
                while True:
                    before = reader.line_num
                    rows = list(islice(reader, self.block_rows))
                    if not rows:
                        break
                    yield _block(rows, before, reader.line_num)
            except csv.Error:
                raise self._locate() from None
            except (UnicodeDecodeError, StopIteration):
                raise _changed(self.path) from None
            if _stamp(stream) != self.stamp:
                raise _changed(self.path)

    def _locate(self) -> DefectError:
        """Find the row that csv.reader refused, by reading once more, row by row: it does not say where a row began."""
        with _open(self.path, self.stamp) as stream, _text(stream, bom=self.bom) as text:
            reader = csv.reader(text, strict=True)
            rows, begins = -1, 1
            try:
                for row in reader:
                    rows += bool(row)
                    begins = reader.line_num + 1
            except csv.Error as error:
                return DefectError("SDS107", begins, _explain(error), rows=max(rows, 0))
        return DefectError("SDS107", None, "the file cannot be read as CSV")


def list_folder(folder: Path) -> frozenset[str]:
    """Name what is in the folder, with case. Raises ConfigError when it is no folder or cannot be read."""
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except FileNotFoundError:
        raise ConfigError(f"{folder}: expected a folder with CSV files, found nothing", "check the path") from None
    except NotADirectoryError:
        raise ConfigError(f"{folder}: expected a folder with CSV files, found a file", "give its folder") from None
    except OSError as error:
        raise _unreadable(folder, error) from None


def open_csv(path: Path) -> CsvFile:
    """
    Survey a file and read its header.

    Raises DefectError (SDS101 for what is no file, SDS102 without a header, SDS105, SDS107) and ConfigError.
    """
    with _open(path) as stream:
        stamp = _stamp(stream)
        block_rows = _survey(stream)
        stream.seek(0)
        bom = stream.read(len(BOM_UTF8)) == BOM_UTF8
        with _text(stream, bom=bom) as text:
            try:
                header = next(csv.reader(text, strict=True), None)
            except csv.Error as error:
                raise DefectError("SDS107", 1, _explain(error)) from None
            except UnicodeDecodeError:
                raise _changed(path) from None
    if header is None:
        raise DefectError("SDS102", None, "the file is empty: there is no header")
    if not header:
        raise DefectError("SDS102", 1, "the first line is empty: there is no header")
    return CsvFile(path=path, header=tuple(header), bom=bom, block_rows=block_rows, stamp=stamp)


def _open(path: Path, stamp: tuple[int, int] | None = None) -> BinaryIO:
    """Open a regular file, never waiting for one that is none; links are followed."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DefectError("SDS101", None, f"expected a file, found {_what(mode)} of that name")
        stream = open(path, "rb", opener=_open_at_once)  # noqa: SIM115  the caller closes it
    except OSError as error:
        if path.is_symlink() and error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR}:
            raise DefectError("SDS101", None, "expected a file, found a link that leads nowhere") from None
        raise _unreadable(path, error) from None
    if stamp is not None and _stamp(stream) != stamp:
        stream.close()
        raise _changed(path)
    return stream


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should a pipe have taken the file's place since it was looked at."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _what(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "something else"


def _stamp(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _text(stream: BinaryIO, *, bom: bool) -> TextIOWrapper:
    stream.seek(len(BOM_UTF8) if bom else 0)
    return TextIOWrapper(stream, encoding="utf-8", newline="")


def _survey(stream: BinaryIO) -> int:
    """Look at all bytes once: is it UTF-8 text in lines? Give the number of rows to read together."""
    decoder = getincrementaldecoder("utf-8")()
    offset, fewest = 0, BLOCK
    while chunk := stream.read(CHUNK):
        if not offset and chunk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise DefectError("SDS105", 1, "the file is not UTF-8, it looks like UTF-16")
        if b"\0" in chunk:
            line = _line_at(stream, offset + chunk.index(b"\0"))
            raise DefectError("SDS105", line, "there is a NUL byte: the file is no UTF-8 text, perhaps UTF-16")
        pending = len(decoder.getstate()[0])
        if pending or not chunk.isascii():
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _not_utf_8(stream, offset - pending + error.start) from None
        breaks = chunk.count(b"\n") or chunk.count(b"\r")
        if len(chunk) == CHUNK:
            if not breaks:
                line = _line_at(stream, offset)
                raise DefectError("SDS107", line, f"there is a line of more than {CHUNK // 1024} KiB")
            fewest = min(fewest, breaks)
        offset += len(chunk)
    pending = len(decoder.getstate()[0])
    if pending:
        raise _not_utf_8(stream, offset - pending)
    return fewest


def _not_utf_8(stream: BinaryIO, offset: int) -> DefectError:
    return DefectError("SDS105", _line_at(stream, offset), "there are bytes that are not UTF-8, perhaps Latin-1")


def _line_at(stream: BinaryIO, offset: int) -> int:
    """Count the line of a byte; CR, LF and CR LF each end a line."""
    stream.seek(0)
    line, after_cr = 1, False
    while offset > 0 and (chunk := stream.read(min(CHUNK, offset))):
        offset -= len(chunk)
        line += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        line -= after_cr and chunk.startswith(b"\n")
        after_cr = chunk.endswith(b"\r")
    return line


def _block(rows: list[list[str]], before: int, after: int) -> Block:
    """Number the rows; `before` and `after` are the lines that csv.reader had taken."""
    widths = frozenset(map(len, rows))
    broken = after - before != len(rows)
    lines: Sequence[int] = _number(rows, before + 1) if broken else range(before + 1, after + 1)
    if 0 in widths:
        pairs = [(row, line) for row, line in zip(rows, lines, strict=True) if row]
        return Block([row for row, _ in pairs], [line for _, line in pairs], widths - {0}, broken)
    return Block(rows, lines, widths, broken)


def _number(rows: list[list[str]], line: int) -> list[int]:
    """Give the line on which each row begins, where values hold line breaks."""
    numbers = []
    for row in rows:
        numbers.append(line)
        line += 1 + sum(len(LINE_BREAK.findall(cell)) for cell in row)
    return numbers


LINE_BREAK = re.compile(r"\r\n|\r|\n")


def _explain(error: csv.Error) -> str:
    """Say what csv.reader found, without its English."""
    text = str(error)
    if "field larger" in text:
        return f"a field is longer than {csv.field_size_limit():,} characters: a quote may not be closed"
    if "unexpected end" in text:
        return "a quote is opened and never closed"
    return "there is text after a closing quote: a quote within a value is not doubled"


def _changed(path: Path) -> ConfigError:
    return ConfigError(f"{path}: changed while it was read", "validate again when nothing writes to the folder")


def _unreadable(path: Path, error: OSError) -> ConfigError:
    if isinstance(error, FileNotFoundError):
        return ConfigError(f"{path}: vanished while the folder was read", "validate again when nothing writes to it")
    return ConfigError(f"{path}: cannot be read: {error.strerror}", "check the permissions of the account")
