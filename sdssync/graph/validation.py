"""
SDS's own validation: it is started once, polled until it has ended, and judged by its errors, not by its status.

It looks at files and headers; records are looked at in a run.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sdssync.config.secret import GUID
from sdssync.errors import UploadError
from sdssync.graph.api import Api, items, require_done
from sdssync.graph.connectors import Connector
from sdssync.graph.hosts import is_graph, joined, may_take_token
from sdssync.graph.line import NEXT_RUN, AnswerLostError
from sdssync.graph.session import UPLOAD
from sdssync.graph.statement import Validation, read_validation, word
from sdssync.net.failure import status_may_pass

READ = "IndustryData.ReadBasic.All"
PAUSE = 5.0
"""Seconds between two polls: Microsoft asks for no fewer."""
LONGEST = 1800.0
"""Seconds after which a validation is left to the next run."""
_BEFORE, _AFTER = 300.0, 600.0
"""Seconds around the moment of a request in which its operation is made: clocks differ, and a request may be slow."""
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""An earlier time is Microsoft's way to say that there is none."""
_RUNNING = frozenset({"notStarted", "running"})


class OperationGoneError(UploadError):
    """How a validation ended cannot be known: the set has to be sent again."""


def start_validation(api: Api, connector: Connector) -> tuple[str, float]:
    """
    Close the session and let SDS validate its files.

    Returns the address of the operation, and the seconds after which SDS wants to be asked about it.

    Raises:
        AnswerLostError: whether it has begun, or where it can be asked about, is not known: see `find_operation`.
        UploadError: it has not begun.

    """
    reply = require_done(api.post_once(f"dataConnectors/{connector.id}/validate"), "the validation", UPLOAD)
    location = reply.headers.get("Location", "")
    address = joined(api.address(f"dataConnectors/{connector.id}/validate"), location)
    if not address or "?" in address:
        raise AnswerLostError(
            "SDS does not say where the validation can be asked about",
            "the API is in beta and may have changed: update sdssync",
        )
    return address, min(reply.wait_seconds, LONGEST)


def find_operation(api: Api, connector: Connector, since: datetime, known: Collection[str]) -> str | None:
    """
    Return the address of the operation that was made at a moment and is not known; None without one.

    It answers whether a request whose answer was lost has been carried out. Others may upload to the same connector, in
    the portal or by a flow: an operation of another hour is theirs, and of two, no one knows whose is whose.

    Raises:
        UploadError: there is no answer.

    """
    found = [
        item["id"]
        for item in list_operations(api)
        if re.fullmatch(GUID, str(item.get("id")))
        and not any(item["id"].casefold() in operation.casefold() for operation in known)
        and connector.id.casefold() in str(item.get("resourceLocation", "")).casefold()
        and (created := moment(item.get("createdDateTime"))) is not None
        and -_BEFORE <= created.timestamp() - since.timestamp() <= _AFTER
    ]
    return api.address(f"operations/{found[0]}") if len(found) == 1 else None


def list_operations(api: Api) -> Sequence[Mapping[str, Any]]:
    """
    Return the operations that SDS still knows.

    Raises:
        UploadError: there is no answer.

    """
    return list(items(api, "operations", "the list of operations", READ))


def look_at_operation(api: Api, operation: str) -> Validation | None:
    """
    Return how a validation stands, without waiting for its end; None if SDS does not know it any more.

    Raises:
        UploadError: there is no answer.

    """
    address = _polled(api, operation)
    reply = api.get(address)
    if reply.status == 404 and address != operation:
        reply = api.get(_trusted(api, operation))
    if reply.status == 404:
        return None
    content = require_done(reply, "the result of the validation", READ).content
    return read_validation(word(content.get("status")) or "unknown", content)


def wait_for_validation(api: Api, operation: str) -> Validation:
    """
    Return how a validation ended.

    Raises:
        OperationGoneError: SDS has forgotten it.
        UploadError: it has not ended within half an hour, or there is no answer.

    """
    pace = api.line.pace
    end = pace.now() + LONGEST
    address = _polled(api, operation)
    while True:
        reply = api.get(address, pause=PAUSE)
        if reply.status == 404 and address != operation:
            address = _trusted(api, operation)
            continue
        if reply.status == 404:
            raise OperationGoneError("SDS does not know the validation any more", NEXT_RUN)
        wait = max(PAUSE, reply.wait_seconds)
        is_last = pace.now() + wait >= end
        if is_last or not status_may_pass(reply.status):
            status = word(require_done(reply, "the result of the validation", READ).content.get("status"))
            if status in {"succeeded", "failed"}:
                return read_validation(status, reply.content)
            if is_last:
                raise _not_ended(status)
        pace.sleep(wait)


def _not_ended(status: str) -> UploadError:
    said = "" if status in _RUNNING else f"; its status is {status or 'missing'}, which sdssync does not know"
    return UploadError(f"SDS has not ended the validation within {LONGEST / 60:.0f} minutes{said}", NEXT_RUN)


def _polled(api: Api, operation: str) -> str:
    """Return where to ask first: Graph, even if SDS names a server of its own."""
    number = urlsplit(operation).path.rstrip("/").rpartition("/")[2]
    if not is_graph(operation, api.settings) and re.fullmatch(GUID, number):
        return api.address(f"operations/{number}")
    return operation if is_graph(operation, api.settings) else _trusted(api, operation)


def _trusted(api: Api, operation: str) -> str:
    """Return the address that SDS itself names, if the token may go there."""
    if not may_take_token(operation, api.settings):
        host = urlsplit(operation).hostname or ""
        raise UploadError(
            f"SDS keeps the result of the validation on {host}, which is not known to belong to Microsoft",
            f'if it does, let the token go there: [upload] trusted_hosts = ["{host}"]',
        )
    return operation


def moment(value: object) -> datetime | None:
    """Return a time of Microsoft, which may have seven digits after the second; None if it is not one."""
    try:
        found = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", value)) if isinstance(value, str) else None
    except ValueError:
        return None
    found = found.replace(tzinfo=found.tzinfo or UTC) if found else None
    return found if found and found >= _FIRST_DAY else None
