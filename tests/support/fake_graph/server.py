"""One server on a port of its own: it records requests, lets faults happen, and asks its role for the answer."""

import json
from abc import ABC, abstractmethod
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import WSGIRequestHandler

from tests.support.fake_graph.faults import Delay, Drop, Fault, Status
from tests.support.fake_graph.records import Recorded
from tests.support.fake_graph.world import World

PIECE = 65_536


class Refused(Exception):  # noqa: N818  (an answer, not an error of the fake)
    """The answer to a request that is not granted, and what a correct client would not have done."""

    def __init__(self, answer: Response, violation: str = "") -> None:
        super().__init__(violation)
        self.answer = answer
        self.violation = violation


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON."""
    return Response(json.dumps(body), status, headers, content_type="application/json; charset=utf-8")


class Role(ABC):
    """What one of Microsoft's servers does."""

    name: str

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    def kind(self, request: Request) -> str:
        """Return the kind of the request."""

    @abstractmethod
    def answer(self, request: Request, recorded: Recorded) -> Response:
        """Process the request; raises `Refused`."""

    @abstractmethod
    def error(self, status: int, recorded: Recorded) -> Response:
        """Return the usual error with this status."""

    def takes_bearer(self, recorded: Recorded) -> bool:
        """Whether a bearer belongs into this request."""
        del recorded
        return False

    def headers(self, request: Request, recorded: Recorded) -> dict[str, str]:
        """Return the headers that every answer of the server has."""
        del request, recorded
        return {}


class _Silent(WSGIRequestHandler):
    """Logs no request, for their queries hold signatures."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class RoleServer(HTTPServer):
    """A server that plays one role."""

    def __init__(self, role: Role) -> None:
        super().__init__("127.0.0.1", 0)
        self.role = role
        self.world = role.world

    def start(self) -> None:
        """Listen."""
        super().start()
        assert self.server is not None
        self.server.RequestHandlerClass = _Silent
        self.world.addresses[self.role.name] = self.url_for("").rstrip("/")

    def thread_target(self) -> None:
        """Serve, and stop at once when asked to."""
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.02)

    def application(self, request: Request) -> Response:
        """Answer a request, or break the connection."""
        with self.world.lock:
            kind = self.role.kind(request)
            recorded = self.world.records.add(request, self.role.name, kind, self.world.now())
            fault = self.world.faults.next(self.role.name, kind)
            self._look_for_secrets(request, recorded)
        try:
            return self._answer(request, recorded, fault)
        except ClientDisconnected as error:
            raise ConnectionAbortedError from error
        except ConnectionAbortedError:
            raise
        except Exception as error:
            self.handler_errors.append(error)
            raise
        finally:
            recorded.is_over = True

    def _answer(self, request: Request, recorded: Recorded, fault: Fault | None) -> Response:
        if fault is Drop.UNREAD:
            raise ConnectionAbortedError
        if fault is Drop.BEFORE or isinstance(fault, Status):
            _read_all(request)
        if fault is Drop.BEFORE:
            raise ConnectionAbortedError
        if isinstance(fault, Delay):
            self.world.stopping.wait(fault.seconds)
        answer = self._scripted(fault, recorded) if isinstance(fault, Status) else self._processed(request, recorded)
        if fault is Drop.AFTER:
            raise ConnectionAbortedError
        recorded.status = answer.status_code
        return _halved(answer) if fault is Drop.HALFWAY else answer

    def _scripted(self, fault: Status, recorded: Recorded) -> Response:
        if fault.body is not None:
            return Response(fault.body, fault.status, dict(fault.headers))
        answer = self.role.error(fault.status, recorded)
        answer.headers.update(fault.headers)
        return answer

    def _processed(self, request: Request, recorded: Recorded) -> Response:
        with self.world.lock:
            try:
                answer = self.role.answer(request, recorded)
            except Refused as refused:
                answer = refused.answer
                if refused.violation:
                    self.world.records.violation(recorded, refused.violation)
            answer.headers.update(self.role.headers(request, recorded))
            return answer

    def _look_for_secrets(self, request: Request, recorded: Recorded) -> None:
        if "Authorization" in request.headers and not self.role.takes_bearer(recorded):
            self.world.records.leak(recorded, "a bearer where it does not belong")
        if b"sig=" in request.query_string and self.role.name != "storage":
            self.world.records.leak(recorded, "a shared access signature where it does not belong")


def _read_all(request: Request) -> None:
    while request.stream.read(PIECE):
        pass


def _halved(answer: Response) -> Response:
    """Return the answer without the second half of its body, though the header announces all of it."""
    body = answer.get_data()
    halved = Response([body[: len(body) // 2]], answer.status_code, answer.headers)
    halved.headers["Content-Length"] = str(max(len(body), 1))
    return halved
