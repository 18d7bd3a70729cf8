"""
The source: the document of the Batch API, downloaded now, downloaded last, or recorded. It is not parsed here.

A download goes to a temporary file in the state folder, and takes the place of the last document only when the caller,
having parsed it, says so.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

import structlog

from sdssync import prolog, refusal
from sdssync.errors import ConfigError, OutputError, SourceMalformedError, SourceUnavailableError
from sdssync.failure import Failure
from sdssync.settings import ApiKey, RecordedSource, RemoteSource

Progress = Callable[[int, int | None], None]
"""Told of each step of a download: bytes so far, bytes expected (if the server says)."""

LAST_DOCUMENT = "isams.xml"
_TEMPORARY = ("isams-", ".part")

_PATH = "/api/batch/1.0/xml.ashx"
_METHODS = "".join(f"<Method>{method}</Method>" for method in refusal.DATASETS)
_FILTERS = f'<?xml version="1.0" encoding="utf-8"?><Filters><MethodsToRun>{_METHODS}</MethodsToRun></Filters>'.encode()

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document on disk, complete as far as HTTP can tell."""

    path: Path
    bytes: int
    seconds: float
    attempts: int
    """0: it was not downloaded now."""
    downloaded_at: datetime | None
    """None: nobody knows, for it was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A document in a temporary file."""

    document: Document
    last: Path
    """Where the last good document is kept."""

    def keep(self) -> Document:
        """
        Let this document take the place of the last one.

        Raises:
            OutputError: the file cannot be renamed; the last document stays.

        """
        try:
            self.document.path.replace(self.last)
        except OSError as error:
            raise _unwritable(self.last, error) from None
        return replace(self.document, path=self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The clock of a download, and how it waits between attempts."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """A number from 0 to 1, new each time: not all schools are to come back in the same second."""


@contextmanager
def download(
    source: RemoteSource, key: ApiKey, state: Path, *, progress: Progress, pace: Pace | None = None
) -> Iterator[Download]:
    """
    Download the document into a temporary file of the state folder, which is gone at the end unless kept.

    Raises:
        SourceError: no iSAMS document came, after all attempts.
        ConfigError: `ca_file` is not there or holds no certificates.
        OutputError: the state folder or the file cannot be written.

    """
    raise NotImplementedError
    yield


def cached(state: Path, max_bytes: int | None) -> Document:
    """
    Return the document that was downloaded last.

    Raises:
        SourceError: there is none, it cannot be read, or it is larger than `max_bytes`.

    """
    raise NotImplementedError


def recorded(source: RecordedSource) -> Document:
    """
    Return the document that the settings name.

    Raises:
        ConfigError: it is not there, or is not a file that can be read.
        SourceError: it is larger than `max_bytes`.

    """
    raise NotImplementedError
