"""
Files by the protocol of Azure Data Lake Storage Gen2: create, append, flush. No token: the address has a signature.

A file is sent in pieces, so that memory does not grow with the school, and hashed on the way.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from sdssync.errors import UploadError, os_reason
from sdssync.files.regular import open_regular
from sdssync.graph.line import MAX_BYTES, NEXT_RUN, TIMEOUT, AnswerLostError, Line, Reply
from sdssync.graph.session import Session
from sdssync.net.failure import status_may_pass
from sdssync.net.post import Request

PIECE = 4 << 20
"""Bytes: a line of 1 Mbit/s takes half a minute for it."""
_VERSION = "2023-11-03"
"""Of the protocol."""
_ATTEMPTS = 3
"""Of a file of which the server lost count."""
_DONE = frozenset({200, 201, 202})


class SessionLostError(UploadError):
    """The session has ended before everything was sent: a new one, and all files again."""


def send_file(line: Line, session: Session, file: Path, sha256: str, sent: Callable[[int], None]) -> None:
    """
    Send a file, and make it visible if its bytes have this hash; `sent` takes the bytes of each piece.

    Raises:
        SessionLostError: the server does not take files any more.
        UploadError: the server does not take it, or it cannot be read, or is not the one that was published.

    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _send(line, session, file, sha256, sent)
        except AnswerLostError:  # a piece may have arrived or not: creating the file again empties it
            if attempt == _ATTEMPTS:
                raise
        else:
            return


def _send(line: Line, session: Session, file: Path, sha256: str, sent: Callable[[int], None]) -> None:
    hashed, position = hashlib.sha256(), 0
    _step(line, session, "PUT", file, "resource=file")
    try:
        with open_regular(file) as stream, ThreadPoolExecutor(1) as hasher:
            while piece := stream.read(PIECE):
                hashing = hasher.submit(hashed.update, piece)  # while it is on its way: 0.13 s for 200 MB
                _step(line, session, "PATCH", file, f"action=append&position={position}", piece)
                hashing.result()
                position += len(piece)
                sent(len(piece))
    except OSError as error:
        raise UploadError(
            f"{file} cannot be read: {os_reason(error)}", "use the account under which the scheduled task runs"
        ) from None
    if hashed.hexdigest() != sha256:
        raise UploadError(
            f"{file} is damaged: it is not the file that was published", "the next run publishes the set anew"
        )
    _step(line, session, "PATCH", file, f"action=flush&position={position}")


def _step(
    line: Line, session: Session, method: Literal["PUT", "PATCH"], file: Path, query: str, body: bytes = b""
) -> None:
    request = Request(
        url=session.file(file.name, query),
        method=method,
        body=body,
        media_type="application/octet-stream",
        accept="application/json",
        headers={"x-ms-version": _VERSION},
        unspoken=(session.signature,),
        tls=line.tls,
        timeout=TIMEOUT,
        max_bytes=MAX_BYTES,
    )
    _require_done(line.ask(request, is_repeatable=not body), file.name)


def _require_done(reply: Reply, name: str) -> None:
    if reply.status in _DONE:
        return
    message = f"the storage of SDS does not take {name}: {reply.summary}"
    if reply.status in {403, 404}:
        raise SessionLostError(message, NEXT_RUN)
    if status_may_pass(reply.status):
        raise UploadError(message, NEXT_RUN)
    raise UploadError(message, reply.advice)
