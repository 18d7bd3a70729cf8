"""A document of the Batch API on disk: downloaded now, downloaded last, or recorded. It is not parsed here."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sdssync.config.named_files import hint_for
from sdssync.config.secret import path_in_message
from sdssync.config.settings import RecordedSource
from sdssync.errors import ConfigError, SourceMalformedError, SourceUnavailableError, os_reason
from sdssync.files.regular import open_regular
from sdssync.isams.origin import CACHED, RECORDED, Origin

LAST_DOCUMENT = "isams.xml"
"""The name in the state folder under which the last good document is kept."""
REFUSED_DOCUMENT = "isams-refused.xml"
"""The name there for the document that was refused last, if no good one came after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document on disk, complete as far as HTTP can show."""

    path: Path
    bytes: int
    seconds: float
    attempts: int
    """0 if it was not downloaded now."""
    downloaded_at: datetime | None
    """None if that is unknown, because the document was recorded."""
    origin: Origin


def cached_document(state: Path, max_bytes: int) -> Document:
    """
    Return the document that was downloaded last.

    Raises:
        SourceError: there is none, it cannot be read, or it is larger than `max_bytes`.

    """
    path = state / LAST_DOCUMENT
    try:
        size, modified = measure(path)
    except OSError as error:
        raise SourceUnavailableError(
            f"no document of an earlier download: {path}: {os_reason(error)}",
            "download one: `sdssync plan`"
            if isinstance(error, FileNotFoundError)
            else "give the account of sdssync the right to read that file",
        ) from None
    _check_size(path, size, max_bytes)
    return Document(path=path, bytes=size, seconds=0.0, attempts=0, downloaded_at=modified, origin=CACHED)


def recorded_document(source: RecordedSource) -> Document:
    """
    Return the document that the settings name.

    Raises:
        ConfigError: it does not exist, or is not a file that can be read.
        SourceError: it is larger than `max_bytes`.

    """
    try:
        size, _ = measure(source.file)
    except OSError as error:
        raise ConfigError(
            f"the document that isams.file names cannot be read: {path_in_message(source.file)}: {os_reason(error)}",
            hint_for(error),
        ) from None
    _check_size(source.file, size, source.max_bytes)
    return Document(path=source.file, bytes=size, seconds=0.0, attempts=0, downloaded_at=None, origin=RECORDED)


def measure(path: Path) -> tuple[int, datetime]:
    """
    Return the size in bytes and the time of modification of a file that can be opened.

    Raises:
        OSError: it cannot be opened, or is not a regular file.

    """
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
    return status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)


def _check_size(path: Path, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise SourceMalformedError(
            f"{path}: the document has {size} bytes, more than the {max_bytes} allowed",
            "if that is expected, raise [isams] max_bytes",
        )
