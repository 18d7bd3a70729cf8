"""
Look at the bytes of a file before its rows are read: whether it is a file and text, and how to read it.

What makes it unreadable as CSV is a DefectError, which the caller turns into a finding; what the file system refuses
is a ConfigError.
"""

import errno
import os
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sdssync.errors import ConfigError, os_reason
from sdssync.sds.file_kinds import kind_of_bytes
from sdssync.sds.opening import HELD_OPEN, open_at_once

CHUNK = 256 * 1024
"""Bytes surveyed together; a line that fills more than one chunk is not a line of a CSV file."""
BLOCK = 2_000
"""Rows read together."""


class DefectError(Exception):
    """A file cannot be read as CSV: the rule, the line and a message, which holds nothing of its content."""

    def __init__(self, code: str, line: int | None, message: str, *, rows: int = 0, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.message = message
        self.rows = rows
        """Data rows before the defect."""
        self.fix = fix
        """What to do, if that is not what the rule says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the bytes of a file say about how to read it."""

    bom: bool
    line_end: str
    """The one line end of a file without quotes, which may be split; "" where csv.reader has to read."""
    unended_line: int | None
    """The last line, if it does not end with a line feed."""
    block_rows: int
    """Rows to read together: fewer if lines are long, so that a block never holds much more than two chunks."""


@contextmanager
def open_file(path: Path, stamp: tuple[int, int] | None = None) -> Iterator[BinaryIO]:
    """
    Open a regular file, without ever waiting for a pipe; links are followed.

    Raises:
        DefectError: it is not a file (SDS101).
        ConfigError: it cannot be read, or is not the file that `stamp` is of.

    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DefectError("SDS101", None, f"expected a file, found {_what(mode)} of that name")
        with open(path, "rb", opener=open_at_once) as stream:
            os.read(
                stream.fileno(), 1
            )  # raises where a file of the system gives nothing; `stream.read` would return None
            os.lseek(stream.fileno(), 0, os.SEEK_SET)
            if stamp is not None and stamp_of(stream) != stamp:
                raise changed(path)
            yield stream
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR} and os.path.islink(path):  # noqa: PTH114
            raise DefectError("SDS101", None, "expected a file, found a link to nothing") from None
        raise unreadable(path, error) from None


def _what(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "something else"


def stamp_of(stream: BinaryIO) -> tuple[int, int]:
    """Return size and time of change of an open file."""
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def survey(stream: BinaryIO) -> Survey:
    """
    Read all bytes once, and return how the rows are to be read.

    Raises:
        DefectError: they are not UTF-8 text (SDS105), or a line is too long (SDS107).

    """
    surveyor = _Surveyor(stream)
    while chunk := _chunk(stream):
        surveyor.feed(chunk)
    return surveyor.result()


def _chunk(stream: BinaryIO) -> bytes:
    """Read a chunk that does not end within CR LF."""
    chunk = stream.read(CHUNK)
    return chunk + stream.read(1) if chunk.endswith(b"\r") else chunk


class _Surveyor:
    """Looks at a file chunk by chunk."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8")()
        self._offset = 0
        self._has_bom = False
        self._is_plain = True
        self._is_ended = False
        self._line_feeds = 0
        self._crlf = 0
        self._block_rows = BLOCK

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk."""
        if not self._offset:
            self._look_at_start(chunk)
        self._check_text(chunk)
        self._is_plain = self._is_plain and b'"' not in chunk
        self._count_lines(chunk)
        self._offset += len(chunk)

    def result(self) -> Survey:
        """Return what all chunks together say."""
        pending = len(self._decoder.getstate()[0])
        if pending:
            raise self._not_utf_8(self._offset - pending)
        is_plain = self._is_plain and self._line_feeds > 0 and self._crlf in {0, self._line_feeds}
        line_end = ("\r\n" if self._crlf else "\n") if is_plain else ""
        unended = None if self._is_ended else self._line_feeds + 1
        return Survey(bom=self._has_bom, line_end=line_end, unended_line=unended, block_rows=self._block_rows)

    def _look_at_start(self, chunk: bytes) -> None:
        self._has_bom = chunk.startswith(BOM_UTF8)
        self._is_plain = b"\r" not in chunk.partition(b"\n")[0].removesuffix(b"\r")
        if chunk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise DefectError("SDS105", 1, "the file is not UTF-8, it looks like UTF-16")
        if kind := kind_of_bytes(chunk):
            raise DefectError("SDS105", 1, f"the file is {kind}, not CSV", fix=f"Export the file as CSV: it is {kind}")

    def _check_text(self, chunk: bytes) -> None:
        """Refuse NUL bytes and what is not UTF-8."""
        if b"\0" in chunk:
            line = _line_at(self._stream, self._offset + chunk.index(b"\0"))
            raise DefectError("SDS105", line, "the file holds a NUL byte: it is not UTF-8 text, perhaps UTF-16")
        pending = len(self._decoder.getstate()[0])
        if pending or not chunk.isascii():
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise self._not_utf_8(self._offset - pending + error.start) from None

    def _count_lines(self, chunk: bytes) -> None:
        """Count line ends; refuse a line that fills a chunk."""
        breaks = chunk.count(b"\n")
        self._line_feeds += breaks
        self._is_ended = chunk.endswith((b"\n", b"\r"))
        self._crlf += chunk.count(b"\r\n")
        if len(chunk) >= CHUNK:
            breaks = breaks or chunk.count(b"\r")
            if not breaks:
                line = _line_at(self._stream, self._offset)
                raise DefectError("SDS107", line, f"a line is longer than {CHUNK // 1024} KiB")
            self._block_rows = min(self._block_rows, breaks)

    def _not_utf_8(self, offset: int) -> DefectError:
        line = _line_at(self._stream, offset)
        return DefectError("SDS105", line, "the file holds bytes that are not UTF-8, perhaps Latin-1")


def _line_at(stream: BinaryIO, offset: int) -> int:
    """Return the line of a byte; CR, LF and CR LF each end a line."""
    stream.seek(0)
    line, after_cr = 1, False
    while offset > 0 and (chunk := stream.read(min(CHUNK, offset))):
        offset -= len(chunk)
        line += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        if after_cr and chunk.startswith(b"\n"):
            line -= 1
        after_cr = chunk.endswith(b"\r")
    return line


def changed(path: Path) -> ConfigError:
    """Return the error for a file that changes while it is read."""
    return ConfigError(f"{path}: changed while it was read", "validate again when nothing writes to the folder")


def unreadable(path: Path, error: OSError) -> ConfigError:
    """Return the error for a file or folder that the system refuses to read."""
    if isinstance(error, FileNotFoundError):
        return ConfigError(f"{path}: vanished while the folder was read", "validate again when nothing writes to it")
    is_held = getattr(error, "winerror", None) in HELD_OPEN
    hint = "close programs that have it open, and check" if is_held else "check"
    return ConfigError(f"{path}: cannot be read: {os_reason(error)}", f"{hint} the permissions of the account")
