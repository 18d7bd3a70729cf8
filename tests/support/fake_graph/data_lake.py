"""The Data Lake server: create, append and flush with a shared access signature, and with nothing else."""

import re
import secrets
from collections.abc import Iterator
from email.utils import formatdate

from werkzeug import Request, Response

from tests.support.fake_graph.files import Draft
from tests.support.fake_graph.records import Recorded
from tests.support.fake_graph.server import PIECE, Refused, Role, json_answer
from tests.support.fake_graph.world import Session

_SIGNED = ("sv", "st", "se", "sr", "sdd", "sp", "sig", "sip", "spr")
_OWN = {
    "create": {"resource"},
    "append": {"action", "position"},
    "flush": {"action", "position", "close", "retainUncommittedData"},
}
_FALSE_OR_TRUE = {"close": ("true", "false"), "retainUncommittedData": ("false",)}
_USUAL = {400: "InvalidUri", 403: "AuthenticationFailed", 404: "PathNotFound", 409: "PathAlreadyExists"}
_USUAL |= {412: "ConditionNotMet", 500: "InternalError", 503: "ServerBusy"}


class DataLake(Role):
    """Plays the storage account to which the address of a session leads."""

    name = "storage"

    def kind(self, request: Request) -> str:
        """Return the kind of the request."""
        action = request.args.get("action", "")
        if request.method == "PUT" and request.args.get("resource") == "file":
            return "create"
        return action if request.method == "PATCH" and action in {"append", "flush"} else "unknown"

    def answer(self, request: Request, recorded: Recorded) -> Response:
        """Create, append or flush."""
        session = self._session(request)
        name = self._file_name(request, session)
        _check_version(request)
        if recorded.kind == "unknown":
            raise _misused(request)
        _check_parameters(request, _OWN[recorded.kind])
        if recorded.kind == "create":
            return self._create(request, session, name)
        draft = session.files.get(name)
        if draft is None:
            raise _refused(404, "PathNotFound", f"{recorded.kind} of a file that was never created")
        return self._append(request, draft) if recorded.kind == "append" else self._flush(request, draft)

    def error(self, status: int, recorded: Recorded) -> Response:
        """Return the usual error with this status."""
        del recorded
        return _error(status, _USUAL.get(status, "InternalError"))

    def headers(self, request: Request, recorded: Recorded) -> dict[str, str]:
        """Return the headers that every answer has."""
        version = request.headers.get("x-ms-version", "2023-11-03")
        return {"x-ms-request-id": recorded.request_id, "x-ms-version": version}

    def _session(self, request: Request) -> Session:
        if "Authorization" in request.headers:
            raise _refused(403, "AuthenticationFailed", "a header Authorization next to a signature")
        pieces = [piece for piece in request.query_string.decode().split("&") if piece.partition("=")[0] in _SIGNED]
        found = [session for session in self.world.sessions if sorted(session.signature.split("&")) == sorted(pieces)]
        if not found:
            raise _refused(403, "AuthenticationFailed", "a signature that was never given, or is not complete")
        if found[0].is_replaced:
            raise _refused(403, "AuthenticationFailed", "the signature of a session that was reset")
        if found[0].expires <= self.world.now():
            raise Refused(_error(403, "AuthenticationFailed"))
        return found[0]

    def _file_name(self, request: Request, session: Session) -> str:
        segments = request.path.split("/")[1:]
        if segments[0] != self.world.tenant:
            raise _refused(404, "FilesystemNotFound", "a file system that is not the tenant")
        if segments[1:-1] != [session.connector_id, session.container_id] or not segments[-1]:
            raise _refused(404, "PathNotFound", "a path that is not TENANT/CONNECTOR/CONTAINER/FILE")
        if session.is_validated:
            raise _refused(404, "PathNotFound", "a container that has gone with its validation")
        return segments[-1]

    def _create(self, request: Request, session: Session, name: str) -> Response:
        _check_empty(request)
        if request.headers.get("If-None-Match") == "*" and name in session.files:
            raise Refused(_error(409, "PathAlreadyExists"))
        draft = Draft(etag=_etag(), is_kept=self.world.switches.is_content_kept)
        session.files[name] = draft
        return self._done(201, draft)

    def _append(self, request: Request, draft: Draft) -> Response:
        position = _position(request)
        if request.content_length is None:
            raise _refused(400, "MissingRequiredHeader", "append without Content-Length")
        if request.content_length == 0:
            raise _refused(400, "InvalidHeaderValue", "append of nothing")
        draft.append(position, _pieces(request))
        return Response("", 202)

    def _flush(self, request: Request, draft: Draft) -> Response:
        position = _position(request)
        _check_empty(request)
        if request.headers.get("If-Match", draft.etag) not in {draft.etag, "*"}:
            raise Refused(_error(412, "ConditionNotMet"))
        if not draft.flush(position, _etag()):
            raise _refused(400, "InvalidFlushPosition", f"the segments do not join from 0 to {position}")
        return self._done(200, draft)

    def _done(self, status: int, draft: Draft) -> Response:
        modified = formatdate(self.world.now(), usegmt=True)
        return Response("", status, {"ETag": draft.etag, "Last-Modified": modified})


def _check_version(request: Request) -> None:
    version = request.headers.get("x-ms-version")
    if version is None:
        raise _refused(400, "MissingRequiredHeader", "no x-ms-version")
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", version) or version < "2020-02-10":
        raise _refused(400, "InvalidHeaderValue", "x-ms-version is not a version for signatures of folders")


def _misused(request: Request) -> Refused:
    """Return the answer to a call that is neither create nor append nor flush."""
    if request.method == "PUT" and "x-ms-blob-type" in request.headers:
        return _refused(400, "InvalidHeaderValue", "Put Blob")
    if request.method in {"PUT", "PATCH"}:
        return _refused(400, "InvalidQueryParameterValue", "neither resource=file nor action=append or action=flush")
    return _refused(405, "UnsupportedHttpVerb", f"{request.method} of a file")


def _check_parameters(request: Request, own: set[str]) -> None:
    for name, values in request.args.lists():
        if name not in {*own, *_SIGNED, "timeout"} or len(values) > 1:
            raise _refused(400, "InvalidQueryParameterValue", f"{name}, which does not belong here or came twice")
        if name in _FALSE_OR_TRUE and values[0] not in _FALSE_OR_TRUE[name]:
            raise _refused(400, "InvalidQueryParameterValue", f"the value of {name}")


def _position(request: Request) -> int:
    value = request.args.get("position", "")
    if not re.fullmatch(r"[0-9]{1,15}", value):
        raise _refused(400, "InvalidQueryParameterValue", "position is not a number")
    return int(value)


def _check_empty(request: Request) -> None:
    if request.content_length != 0:
        raise _refused(400, "ContentLengthMustBeZero", "a body, or no Content-Length: 0")


def _pieces(request: Request) -> Iterator[bytes]:
    while piece := request.stream.read(PIECE):
        yield piece


def _etag() -> str:
    return f'"0x8DE{secrets.token_hex(6).upper()}"'


def _refused(status: int, code: str, violation: str) -> Refused:
    return Refused(_error(status, code), f"{code}: {violation}")


def _error(status: int, code: str) -> Response:
    body = {"error": {"code": code, "message": f"The request failed with {code}. Time: now"}}
    return json_answer(body, status, {"x-ms-error-code": code})
