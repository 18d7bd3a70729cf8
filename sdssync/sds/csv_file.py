"""
Read CSV files as hostile input: completely or not at all, in blocks, in bounded memory. Knows no rule of SDS.

A file is read twice: `open_csv` surveys its bytes and reads its header, `blocks` reads its rows. What makes a file
unreadable as CSV is a DefectError, which the caller turns into a finding; what the file system refuses is a
ConfigError.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import compress, count, islice
from pathlib import Path
from typing import BinaryIO

from sdssync.errors import ConfigError
from sdssync.sds.csv_bytes import CHUNK, DefectError, Survey, changed, open_file, stamp_of, survey, unreadable
from sdssync.sds.quoteless import PIECE, split_columns

csv.field_size_limit(CHUNK)  # a value may be as long as a line, with quotes or without


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows, by columns; empty lines are left out."""

    columns: Sequence[Sequence[str]]
    """The rows that have as many fields as the header."""
    lines: Sequence[int]
    """The line on which each of these rows begins, header = 1."""
    uneven: Sequence[tuple[int, Sequence[str]]] = ()
    """The other rows, each with its line."""
    has_line_breaks: bool = False
    """True if a value may hold a line break."""

    def row(self, index: int) -> tuple[str, ...]:
        """Return the cells of the row at an index in the block."""
        return tuple(column[index] for column in self.columns)

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield line and cells of each row that is not uneven."""
        return zip(self.lines, zip(*self.columns, strict=True), strict=True)


def indexes_of(wanted: Container[object], values: Iterable[object]) -> Iterator[int]:
    """Yield the indexes at which one of the wanted values is."""
    return compress(count(), map(wanted.__contains__, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file that has been surveyed: UTF-8, with a header."""

    path: Path
    header: tuple[str, ...]
    survey: Survey
    stamp: tuple[int, int]
    """Size and time of change, to notice a writer."""

    def blocks(self) -> Iterator[Block]:
        """
        Yield all data rows.

        Raises:
            DefectError: the rows stop being CSV.
            ConfigError: the file changes while it is read.

        """
        with open_file(self.path, self.stamp) as stream:
            try:
                yield from self._split(stream) if self.survey.line_end else self._read(stream)
            except csv.Error:
                raise self._locate() from None
            except UnicodeDecodeError:
                raise changed(self.path) from None
            if stamp_of(stream) != self.stamp:
                raise changed(self.path)

    def _split(self, stream: BinaryIO) -> Iterator[Block]:
        """Split lines without quotes into the rows that csv.reader would give (see `quoteless`)."""
        stream.seek(len(BOM_UTF8) if self.survey.bom else 0)
        stream.readline()
        before, width = 1, len(self.header)
        while piece := stream.read(PIECE):
            text = (piece + stream.readline()).decode("utf-8")
            columns = split_columns(text, self.survey.line_end, width)
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
        """Return the row that csv.reader refused, by reading row by row: it does not say where a row begins."""
        with open_file(self.path, self.stamp) as stream, _text(stream, bom=self.survey.bom) as text:
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
    """
    Return the names in the folder, with case.

    Raises:
        ConfigError: it is not a folder, or cannot be read.

    """
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except FileNotFoundError:
        raise ConfigError(f"{folder}: expected a folder with CSV files, found nothing", "check the path") from None
    except NotADirectoryError:
        raise ConfigError(f"{folder}: expected a folder with CSV files, found a file", "give its folder") from None
    except OSError as error:
        raise unreadable(folder, error) from None


def open_csv(path: Path) -> CsvFile:
    """
    Survey a file and read its header.

    Raises:
        DefectError: it is not a file (SDS101), has no header (SDS102), is not text (SDS105) or not CSV (SDS107).
        ConfigError: it cannot be read, or changes while it is read.

    """
    with open_file(path) as stream:
        stamp = stamp_of(stream)
        surveyed = survey(stream)
        with _text(stream, bom=surveyed.bom) as text:
            try:
                header = next(csv.reader(text, strict=True), None)
            except csv.Error as error:
                raise DefectError("SDS107", 1, _explain(error)) from None
            except UnicodeDecodeError:
                raise changed(path) from None
    if header is None:
        raise DefectError("SDS102", None, "the file is empty: there is no header")
    if not header:
        raise DefectError("SDS102", 1, "the first line is empty: there is no header")
    return CsvFile(path=path, header=tuple(header), survey=surveyed, stamp=stamp)


@contextmanager
def _text(stream: BinaryIO, *, bom: bool) -> Iterator[TextIOWrapper]:
    """Read a stream as text from its beginning, and leave it open."""
    stream.seek(len(BOM_UTF8) if bom else 0)
    text = TextIOWrapper(stream, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _block(rows: Sequence[list[str]], before: int, after: int, width: int) -> Block:
    """Number the rows and turn them into columns; `before` and `after` are the lines that csv.reader had read."""
    has_line_breaks = after - before != len(rows)
    lines: Sequence[int] = _number(rows, before + 1) if has_line_breaks else range(before + 1, after + 1)
    uneven: list[tuple[int, Sequence[str]]] = []
    if set(map(len, rows)) != {width}:
        numbered = list(zip(lines, rows, strict=True))
        uneven = [(line, row) for line, row in numbered if row and len(row) != width]
        lines = [line for line, row in numbered if len(row) == width]
        rows = [row for row in rows if len(row) == width]
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return Block(columns, lines, uneven, has_line_breaks)


def _number(rows: Sequence[list[str]], line: int) -> list[int]:
    """Return the line on which each row begins, where values hold line breaks."""
    numbers = []
    for row in rows:
        numbers.append(line)
        line += 1 + sum(len(LINE_BREAK.findall(cell)) for cell in row)
    return numbers


LINE_BREAK = re.compile(r"\r\n|\r|\n")


def _explain(error: csv.Error) -> str:
    """Return what csv.reader found, in our words."""
    text = str(error)
    if "field larger" in text:
        return f"a field is longer than {csv.field_size_limit():,} characters: a quote may not be closed"
    if "unexpected end" in text:
        return "a quote is never closed, or the file is truncated"
    return "there is text after a closing quote: a quote within a value is not doubled"
