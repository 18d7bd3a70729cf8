"""
Look at the bytes of a file before anybody reads its rows: is it a file, is it text, and how is it best read.

What makes it no CSV file is a DefectError, which the caller turns into a finding; what the file system refuses is a
ConfigError.
"""

import errno
import os
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sdssync.errors import ConfigError

CHUNK = 256 * 1024
"""Bytes surveyed together; a line that fills more than one of them is no line of a CSV file."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the bytes of a file say about how to read it."""

    bom: bool
    line_end: str
    """The one line end of a file without quotes, which may be split; "" where csv.reader has to read."""
    block_rows: int
    """Rows to read together: fewer where lines are long, so that a block never holds much more than two chunks."""


@contextmanager
def open_file(path: Path, stamp: tuple[int, int] | None = None) -> Iterator[BinaryIO]:
    """Open a regular file, never waiting for one that is none; links are followed. Translates what the system says."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DefectError("SDS101", None, f"expected a file, found {_what(mode)} of that name")
        with open(path, "rb", opener=_open_at_once) as stream:
            if stamp is not None and stamp_of(stream) != stamp:
                raise changed(path)
            yield stream
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR} and path.is_symlink():
            raise DefectError("SDS101", None, "expected a file, found a link that leads nowhere") from None
        raise unreadable(path, error) from None


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should a pipe have taken the file's place since it was looked at."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _what(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "something else"


def stamp_of(stream: BinaryIO) -> tuple[int, int]:
    """Give size and time of change of an open file."""
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def survey(stream: BinaryIO) -> Survey:
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


def changed(path: Path) -> ConfigError:
    """Make the error for a file that somebody writes while we read."""
    return ConfigError(f"{path}: changed while it was read", "validate again when nothing writes to the folder")


def unreadable(path: Path, error: OSError) -> ConfigError:
    """Make the error for a file or folder that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return ConfigError(f"{path}: vanished while the folder was read", "validate again when nothing writes to it")
    return ConfigError(f"{path}: cannot be read: {error.strerror}", "check the permissions of the account")
