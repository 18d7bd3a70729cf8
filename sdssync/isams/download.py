"""
Download the document of the Batch API into a temporary file.

It takes the place of the last document only when the caller, having parsed it, calls `keep`. The HTTP libraries cost
0.1 s of CPU, so this module is imported when a download begins.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sdssync.config.credentials import Credentials
from sdssync.config.named_files import trusted_by
from sdssync.config.settings import RemoteSource
from sdssync.errors import OutputError, RefusedDocumentError, os_reason
from sdssync.files import atomic
from sdssync.files.folders import is_folder
from sdssync.files.patience import patiently, remove_file
from sdssync.isams import document_head, error_documents
from sdssync.isams.access import Access
from sdssync.isams.attempts import Attempts
from sdssync.isams.datasets import wanted_datasets
from sdssync.isams.document import LAST_DOCUMENT, REFUSED_DOCUMENT, Document, measure
from sdssync.isams.failures import FailedAttempt, in_words
from sdssync.isams.origin import DOWNLOADED
from sdssync.isams.progress import Progress
from sdssync.isams.temporary import PartFile, temporary_path, writing_state
from sdssync.net.deadline import Deadline
from sdssync.net.failure import Failure
from sdssync.net.pace import Pace
from sdssync.net.post import Answer, Request, send
from sdssync.school import GroupKind

_PATH = "/api/batch/1.0/xml.ashx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A document in a temporary file."""

    document: Document
    state: Path
    """The folder in which the last good document is kept, and the one refused last."""

    def keep(self) -> None:
        """
        Let this document take the place of the last one; then the one refused last is of no use.

        Raises:
            OutputError: the last document stays, because something has it open or is in its place.

        """
        last = self.state / LAST_DOCUMENT
        try:
            atomic.replace(self.document.path, last)
        except OSError as error:
            close = "close programs that have it open, such as a backup or an editor"
            raise OutputError(
                f"{last} could not be replaced by the document of this run: {os_reason(error)}",
                "remove this folder" if is_folder(last) else f"{close}; until then --cached reads the former document",
            ) from None
        with suppress(OSError):  # the next good download removes it
            remove_file(self.state / REFUSED_DOCUMENT)


@contextmanager
def download(
    source: RemoteSource,
    credentials: Credentials,
    state: Path,
    wanted: Collection[GroupKind] = (),
    *,
    progress: Progress,
    pace: Pace | None = None,
) -> Iterator[Download]:
    """
    Download the document into a temporary file of the state folder, which is removed at the end unless kept.

    It is asked for with the groups that are `wanted`.
    If the document is refused, here or by the caller in the block, it is kept under a name of its own, so that the line
    and column of the message can be looked at.

    Raises:
        SourceError: no iSAMS document came, after all attempts.
        ConfigError: `ca_file` does not exist or holds no certificates.
        OutputError: the state folder or the file cannot be written.

    """
    with temporary_path(state) as path:
        try:
            request = _request(source, wanted)
            document = _fetch(request, source, credentials, path, progress, pace or Pace())
            yield Download(document=document, state=state)
        except RefusedDocumentError as error:
            raise _kept(error, path, state / REFUSED_DOCUMENT) from None


def _kept(error: RefusedDocumentError, path: Path, refused: Path) -> RefusedDocumentError:
    """Keep a refused document, and return the error with its path; without it if there is nothing to keep."""
    try:
        if not path.stat().st_size:
            return error
        atomic.replace(path, refused)
    except OSError:  # what is wrong with the document is more important
        return error
    return RefusedDocumentError(error.message, f"{error.hint}; the document is kept as {refused}")


def _fetch(
    request: Request, source: RemoteSource, credentials: Credentials, path: Path, progress: Progress, pace: Pace
) -> Document:
    """Try until a document comes, until a failure is permanent, or until time is up."""
    access = Access(credentials, _base(source.url))
    attempts = Attempts(source, pace, progress, has_reached=os.path.lexists(path.parent / LAST_DOCUMENT))
    with _opened(path) as part, Deadline(source.max_seconds) as deadline:

        def sink(chunk: bytes, expected: int | None) -> None:
            part.add(chunk)
            progress.download(part.size, expected)

        while True:
            part.restart()
            request = replace(request, timeout=attempts.timeout, connect_timeout=attempts.connect_timeout)
            authorised = access.authorise(request, attempts, deadline)
            if isinstance(authorised, FailedAttempt):
                attempts.wait_after(authorised)
                continue
            answer = send(authorised, deadline, sink)
            part.finish()
            if isinstance(answer, Answer) and access.renews_after(answer.status):
                continue
            failure = _judge(answer, part, access)
            if failure is None:
                break
            attempts.wait_after(failure)
        seconds = attempts.seconds
    with writing_state(path.parent):
        _, downloaded_at = measure(path)
    return Document(
        path=path,
        bytes=part.size,
        seconds=seconds,
        attempts=attempts.number,
        downloaded_at=downloaded_at,
        origin=DOWNLOADED,
    )


@contextmanager
def _opened(path: Path) -> Iterator[PartFile]:
    """Open the temporary file to write, and close it, which on a network disk may fail too."""
    with writing_state(path.parent):
        file = patiently(lambda: path.open("r+b", buffering=0))
    try:
        yield PartFile(path.parent, file)
    finally:
        with writing_state(path.parent):
            file.close()


def _request(source: RemoteSource, wanted: Collection[GroupKind]) -> Request:
    """Return the request for the datasets that are needed, without what shows that it may be made."""
    methods = "".join(f"<Method>{dataset.method}</Method>" for dataset in wanted_datasets(wanted))
    filters = f'<?xml version="1.0" encoding="utf-8"?><Filters><MethodsToRun>{methods}</MethodsToRun></Filters>'
    return Request(
        url=_base(source.url) + _PATH,
        body=filters.encode(),
        media_type="application/xml",
        tls=trusted_by(source.ca_file, "isams.ca_file"),
        timeout=source.timeout,
        max_bytes=source.max_bytes,
    )


def _base(url: str) -> str:
    """Return the address of iSAMS; the setting may have that of the Batch API already, or end with a slash."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix(_PATH)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _judge(answer: Answer | Failure, part: PartFile, access: Access) -> FailedAttempt | None:
    """Return why an answer brings no document; None if it does, as far as its beginning shows."""
    if isinstance(answer, Failure):
        return in_words(answer)
    if 300 <= answer.status < 400:
        return error_documents.of_redirect(answer.redirected_to)
    head = part.head(document_head.HEAD_BYTES)
    text = document_head.head_text(head)
    if failure := access.refusal(answer, text):
        return failure
    if answer.status != 200:
        failure = error_documents.of_answer(answer.status, text)
        return replace(failure, wait_seconds=answer.wait_seconds)
    head_or_failure = document_head.classify(head)
    return head_or_failure if isinstance(head_or_failure, FailedAttempt) else None
