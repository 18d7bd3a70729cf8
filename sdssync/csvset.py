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
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, IncrementalDecoder, getincrementaldecoder
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import compress, count, islice
from pathlib import Path
from typing import BinaryIO

from sdssync.errors import ConfigError

CHUNK = 256 * 1024
"""Bytes surveyed together; a line that fills more than one of them is no line of a CSV file."""
PIECE = 64 * 1024
"""Bytes split together, where no quotes need a real CSV reader."""
BLOCK = 2_000
"""Rows read together otherwise: enough to spread the cost, few enough to stay in a processor's cache."""


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
    """Some rows that follow each other, by columns; wholly empty lines are left out."""

    columns: Sequence[Sequence[str]]
    """The rows that have as many fields as the header."""
    lines: Sequence[int]
    """The line on which each of these rows begins, header = 1."""
    odd: Sequence[tuple[int, Sequence[str]]] = ()
    """The other rows, each with its line."""
    broken: bool = False
    """Whether a value may hold a line break."""

    def row(self, place: int) -> tuple[str, ...]:
        """Give the cells of the row at a place in the block."""
        return tuple(column[place] for column in self.columns)

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield line and cells of each row that is not odd."""
        return zip(self.lines, zip(*self.columns, strict=True), strict=True)


def places_of(wanted: Container[object], values: Iterable[object]) -> Iterator[int]:
    """Yield the places at which one of the wanted values stands."""
    return compress(count(), map(wanted.__contains__, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the bytes of a file say about how to read it."""

    bom: bool
    line_end: str
    """The one line end of a file without quotes, which may be split; "" where csv.reader has to read."""
    block_rows: int
    """Rows to read together: fewer where lines are long, so that a block never holds much more than two chunks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file that has been surveyed: UTF-8, with a header."""

    path: Path
    header: tuple[str, ...]
    survey: Survey
    stamp: tuple[int, int]
    """Size and time of change, to notice a writer."""

    def blocks(self) -> Iterator[Block]:
        """Yield all data rows. Raises DefectError where they stop being CSV, ConfigError when the file changes."""
        with _open(self.path, self.stamp) as stream:
            try:
                yield from self._split(stream) if self.survey.line_end else self._read(stream)
            except csv.Error:
                raise self._locate() from None
            except UnicodeDecodeError:
                raise _changed(self.path) from None
            if _stamp(stream) != self.stamp:
                raise _changed(self.path)

    def _split(self, stream: BinaryIO) -> Iterator[Block]:
        """Split lines without quotes: the same rows as from csv.reader, several times as fast."""
        stream.seek(len(BOM_UTF8) if self.survey.bom else 0)
        stream.readline()
        before, width = 1, len(self.header)
        while piece := stream.read(PIECE):
            text = (piece + stream.readline()).decode("utf-8")
            columns = _columns(text, self.survey.line_end, width)
            if columns:
                after = before + len(columns[0])
                yield Block(columns, range(before + 1, after + 1))
            else:
                reader = csv.reader(StringIO(text, newline=""), strict=True)
                rows = list(reader)
                after = before + reader.line_num
                yield _block(rows, before, after, width)
            before = after

    def _read(self, stream: BinaryIO) -> Iterator[Block]:
        """Read with csv.reader, some rows at a time."""
        with _text(stream, bom=self.survey.bom) as text:
            reader = csv.reader(text, strict=True)
            next(reader, None)
            before = reader.line_num
            while rows := list(islice(reader, self.survey.block_rows)):
                yield _block(rows, before, reader.line_num, len(self.header))
                before = reader.line_num

    def _locate(self) -> DefectError:
        """Find the row that csv.reader refused, by reading once more, row by row: it does not say where a row began."""
        with _open(self.path, self.stamp) as stream, _text(stream, bom=self.survey.bom) as text:
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
        survey = _survey(stream)
        with _text(stream, bom=survey.bom) as text:
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
    return CsvFile(path=path, header=tuple(header), survey=survey, stamp=stamp)


@contextmanager
def _open(path: Path, stamp: tuple[int, int] | None = None) -> Iterator[BinaryIO]:
    """Open a regular file, never waiting for one that is none; links are followed. Translates what the system says."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DefectError("SDS101", None, f"expected a file, found {_what(mode)} of that name")
        with open(path, "rb", opener=_open_at_once) as stream:
            if stamp is not None and _stamp(stream) != stamp:
                raise _changed(path)
            yield stream
    except OSError as error:
        if path.is_symlink() and error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR}:
            raise DefectError("SDS101", None, "expected a file, found a link that leads nowhere") from None
        raise _unreadable(path, error) from None


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


@contextmanager
def _text(stream: BinaryIO, *, bom: bool) -> Iterator[TextIOWrapper]:
    """Read a stream as text from its beginning, and leave it open."""
    stream.seek(len(BOM_UTF8) if bom else 0)
    text = TextIOWrapper(stream, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _survey(stream: BinaryIO) -> Survey:
    """Look at all bytes once: are they UTF-8 text in lines of a bearable length, and simple enough to be split."""
    decoder = getincrementaldecoder("utf-8")()
    offset, fewest, simple, bom = 0, BLOCK, True, False
    lf = crlf = 0
    while chunk := _chunk(stream):
        if not offset:
            bom = chunk.startswith(BOM_UTF8)
            simple = b"\r" not in chunk.partition(b"\n")[0].removesuffix(b"\r")
            if chunk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                raise DefectError("SDS105", 1, "the file is not UTF-8, it looks like UTF-16")
        _refuse_binary(stream, chunk, offset, decoder)
        simple = simple and b'"' not in chunk
        breaks = chunk.count(b"\n")
        lf, crlf = lf + breaks, crlf + chunk.count(b"\r\n")
        if len(chunk) >= CHUNK:
            breaks = breaks or chunk.count(b"\r")
            if not breaks:
                line = _line_at(stream, offset)
                raise DefectError("SDS107", line, f"there is a line of more than {CHUNK // 1024} KiB")
            fewest = min(fewest, breaks)
        offset += len(chunk)
    pending = len(decoder.getstate()[0])
    if pending:
        raise _not_utf_8(stream, offset - pending)
    simple = simple and lf > 0 and crlf in {0, lf}
    return Survey(bom=bom, line_end=("\r\n" if crlf else "\n") if simple else "", block_rows=fewest)


def _chunk(stream: BinaryIO) -> bytes:
    """Read a chunk that does not end within CR LF."""
    chunk = stream.read(CHUNK)
    return chunk + stream.read(1) if chunk.endswith(b"\r") else chunk


def _refuse_binary(stream: BinaryIO, chunk: bytes, offset: int, decoder: IncrementalDecoder) -> None:
    """Raise DefectError for bytes that are no UTF-8 text, a NUL among them."""
    if b"\0" in chunk:
        line = _line_at(stream, offset + chunk.index(b"\0"))
        raise DefectError("SDS105", line, "there is a NUL byte: the file is no UTF-8 text, perhaps UTF-16")
    pending = len(decoder.getstate()[0])
    if pending or not chunk.isascii():
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf_8(stream, offset - pending + error.start) from None


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


def _columns(text: str, line_end: str, width: int) -> list[list[str]] | None:
    """
    Split whole lines without quotes into columns, or give None where that takes a closer look.

    Each line end becomes a cell of its own, so that the rows are in order when these cells stand at even distances.
    A row with too few or too many fields, an empty line and a CR alone, which ends a line as well, are not in order.
    """
    if not text.endswith(line_end):
        text += line_end
    marked = text.replace(line_end, _MARK)
    rows = (len(marked) - len(text)) // (len(_MARK) - len(line_end))
    cells = marked.split(",")
    cells.pop()
    ends = cells[width :: width + 1]
    if rows * (width + 1) != len(cells) or ends.count("\n") != rows or "\r" in marked:
        return None
    return [cells[place :: width + 1] for place in range(width)]


_MARK = ",\n,"


def _block(rows: Sequence[list[str]], before: int, after: int, width: int) -> Block:
    """Number the rows and turn them into columns; `before` and `after` are the lines that csv.reader had taken."""
    broken = after - before != len(rows)
    lines: Sequence[int] = _number(rows, before + 1) if broken else range(before + 1, after + 1)
    odd: list[tuple[int, Sequence[str]]] = []
    if set(map(len, rows)) != {width}:
        numbered = list(zip(lines, rows, strict=True))
        odd = [(line, row) for line, row in numbered if row and len(row) != width]
        lines = [line for line, row in numbered if len(row) == width]
        rows = [row for row in rows if len(row) == width]
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return Block(columns, lines, odd, broken)


def _number(rows: Sequence[list[str]], line: int) -> list[int]:
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
