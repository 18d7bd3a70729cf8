"""
The source: the document of the Batch API, downloaded now, downloaded last, or recorded. It is not parsed here.

A download goes to a temporary file in the state folder, and takes the place of the last document only when the caller,
having parsed it, says so.
"""

import errno
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from sdssync.config.settings import ApiKey, RecordedSource, RemoteSource
from sdssync.errors import ConfigError, OutputError, SourceMalformedError, SourceUnavailableError, os_reason
from sdssync.files.swap import patiently
from sdssync.isams import document_head, error_documents
from sdssync.log import events
from sdssync.net.deadline import Deadline
from sdssync.net.failure import Failure

if TYPE_CHECKING:
    from sdssync.net.post import Answer

Progress = Callable[[int, int | None], None]
"""Told of each step of a download: bytes so far, bytes expected (if the server says)."""

LAST_DOCUMENT = "isams.xml"
_TEMPORARY = ("isams-", ".part")

_PATH = "/api/batch/1.0/xml.ashx"
_METHODS = "".join(f"<Method>{method}</Method>" for method in error_documents.DATASETS)
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

    def keep(self) -> None:
        """
        Let this document take the place of the last one.

        Raises:
            OutputError: the file cannot be renamed; the last document stays.

        """
        with _writing():
            patiently(lambda: self.document.path.replace(self.last))


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
    with _temporary_file(state) as path:
        document = _fetch(source, key, path, progress, pace or Pace())
        yield Download(document=document, last=state / LAST_DOCUMENT)


def cached(state: Path, max_bytes: int) -> Document:
    """
    Return the document that was downloaded last.

    Raises:
        SourceError: there is none, it cannot be read, or it is larger than `max_bytes`.

    """
    path = state / LAST_DOCUMENT
    try:
        size, modified = _measure(path)
    except OSError as error:
        raise SourceUnavailableError(
            f"no document of an earlier download: {LAST_DOCUMENT} in the state folder: {os_reason(error)}",
            "run once without --cached"
            if isinstance(error, FileNotFoundError)
            else "let the account of sdssync read what is in that folder",
        ) from None
    _check_size(size, max_bytes)
    return Document(path=path, bytes=size, seconds=0.0, attempts=0, downloaded_at=modified)


def recorded(source: RecordedSource) -> Document:
    """
    Return the document that the settings name.

    Raises:
        ConfigError: it is not there, or is not a file that can be read.
        SourceError: it is larger than `max_bytes`.

    """
    try:
        size, _ = _measure(source.file)
    except OSError as error:
        raise ConfigError(
            f"the document that isams.file names cannot be read: {os_reason(error)}",
            "a relative path counts from the folder of sdssync.toml"
            if isinstance(error, FileNotFoundError | NotADirectoryError)
            else "name a file that the account of sdssync can read",
        ) from None
    _check_size(size, source.max_bytes)
    return Document(path=source.file, bytes=size, seconds=0.0, attempts=0, downloaded_at=None)


def _measure(path: Path) -> tuple[int, datetime]:
    """Return size and time of a file that can be opened."""
    if path.exists() and not path.is_file():
        raise IsADirectoryError(errno.EISDIR, "it is not a file")  # a pipe would keep us waiting
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
    return status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise SourceMalformedError(
            f"the document has {size} bytes, more than the {max_bytes} allowed", "if it may, raise [isams] max_bytes"
        )


class _Part:
    """The temporary file while it is written: emptied by each attempt."""

    def __init__(self, file: FileIO) -> None:
        self.size = 0
        self._file = file

    def restart(self) -> None:
        """Empty the file."""
        self.size = 0
        with _writing():
            self._file.seek(0)
            self._file.truncate()

    def add(self, chunk: bytes) -> None:
        """Add a piece; without a buffer, so that a full disk shows here and not when the file is closed."""
        rest = memoryview(chunk)
        with _writing():
            while rest:
                rest = rest[self._file.write(rest) :]
        self.size += len(chunk)

    def finish(self) -> None:
        """Bring it to the disk, so that a power cut leaves no empty file under the name of the last document."""
        with _writing():
            os.fsync(self._file.fileno())

    def head(self) -> bytes:
        """Return the beginning of what was written."""
        with _writing():
            self._file.seek(0)
            return self._file.read(document_head.HEAD_BYTES)


def remove_leftovers(state: Path) -> None:
    """Remove the temporary files of runs that were killed; for those who hold the lock of the installation."""
    for stale in state.glob("*".join(_TEMPORARY)):
        with suppress(OSError):  # it may be open elsewhere; the run does not depend on it
            stale.unlink()


@contextmanager
def _temporary_file(state: Path) -> Iterator[Path]:
    """Make a file that only its owner may read, and remove it at the end."""
    with _writing():
        state.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=state, prefix=_TEMPORARY[0], suffix=_TEMPORARY[1])
        os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        with suppress(OSError):  # the next run removes it
            path.unlink(missing_ok=True)


@contextmanager
def _writing() -> Iterator[None]:
    """Translate errors of the disk."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the state folder cannot be written: {os_reason(error)}",
            "see that [paths] state is a folder in which sdssync may write, and that the disk is not full",
        ) from None


def _fetch(source: RemoteSource, key: ApiKey, path: Path, progress: Progress, pace: Pace) -> Document:
    """Try until a document comes, until a failure that stays, or until time is up."""
    from sdssync.net import post  # noqa: PLC0415  # 0.1 s of CPU that only a download is to pay

    tls = post.tls_context(source.ca_file)
    started = pace.now()
    with path.open("r+b", buffering=0) as file, Deadline(source.max_seconds) as deadline:
        part = _Part(file)

        def sink(chunk: bytes, expected: int | None) -> None:
            part.add(chunk)
            progress(part.size, expected)

        for attempt in count(1):
            part.restart()
            left = source.max_seconds - (pace.now() - started)
            request = post.Request(
                url=_url(source, key),
                body=_FILTERS,
                tls=tls,
                timeout=min(source.timeout, left + 1),  # one more: the deadline itself is to tell the reason
                max_bytes=source.max_bytes,
            )
            failure = _judge(post.post(request, deadline, sink), part)
            elapsed = pace.now() - started
            if failure is None:
                part.finish()
                break
            _wait_or_raise(failure, attempt, elapsed, source, pace)
    return Document(path=path, bytes=part.size, seconds=elapsed, attempts=attempt, downloaded_at=_measure(path)[1])


def _url(source: RemoteSource, key: ApiKey) -> str:
    """Return the address of the Batch API, with the key."""
    parts = urlsplit(source.url)
    path = parts.path.rstrip("/").removesuffix(_PATH)
    return f"{parts.scheme}://{parts.netloc}{path}{_PATH}?apiKey={quote(key.secret, safe='')}"


def _judge(answer: "Answer | Failure", part: _Part) -> Failure | None:
    """Tell what an answer means: None if it is a document, as far as its beginning shows."""
    if isinstance(answer, Failure):
        return answer
    if 300 <= answer.status < 400:
        return error_documents.of_redirect(answer.redirected_to)
    head = part.head()
    if answer.status != 200:
        failure = error_documents.of_answer(answer.status, document_head.head_text(head))
        return replace(failure, wait_seconds=answer.wait_seconds)
    found = document_head.classify(head)
    return found if isinstance(found, Failure) else None


def _wait_or_raise(failure: Failure, attempt: int, elapsed: float, source: RemoteSource, pace: Pace) -> None:
    """
    Wait for the next attempt, or raise the failure: it stays, or there is no time for another attempt.

    The wait doubles from one attempt to the next, at most to a minute, with jitter; a server that asks for a longer
    one gets it, as far as there is time.
    """
    left = source.retry_for - elapsed
    doubled = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempt - 1, 10))
    asked = min(failure.wait_seconds, (source.max_seconds - elapsed) / 2)  # the other half is for the download
    wait = min(left, max(doubled * (0.5 + pace.jitter() / 2), asked))
    if not failure.passing or left <= 0 or elapsed + wait >= source.max_seconds:
        raise failure.error(attempt)
    events.log().warning("source.retried", attempt=attempt, reason=failure.reason, wait_seconds=round(wait, 1))
    pace.sleep(wait)
