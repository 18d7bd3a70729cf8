"""Recognise by its first bytes what is called .csv, or lies where CSV files are expected, and is something else."""

from pathlib import Path

from sdssync.sds.opening import open_at_once

_ZIP = b"PK\x03\x04"
_SPREADSHEETS = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
"""What the archive of an xlsx or an ods file holds near its beginning."""
_KINDS = (
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet file (xls)"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"%PDF-", "a PDF document"),
)
_START = 4096
"""Bytes in which a spreadsheet shows itself."""


def kind_of_bytes(start: bytes) -> str:
    """Return what a file is by its first bytes, such as "a zip archive"; "" if it may be text."""
    if start.startswith(_ZIP):
        is_spreadsheet = any(mark in start[:_START] for mark in _SPREADSHEETS)
        return "a spreadsheet file (xlsx or ods)" if is_spreadsheet else "a zip archive"
    return next((kind for magic, kind in _KINDS if start.startswith(magic)), "")


def kind_of_file(path: Path) -> str:
    """Return what a file is by its first bytes; "" if it may be text, is not a regular file or cannot be read."""
    try:
        if not path.is_file():
            return ""
        with open(path, "rb", opener=open_at_once) as file:
            start: bytes | None = file.read(_START)
    except OSError:
        return ""
    return kind_of_bytes(start or b"")
