"""The Graph server: who may call what, and the shape of its answers."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from werkzeug import Request, Response

from tests.support.fake_graph.records import Recorded
from tests.support.fake_graph.server import Refused, Role, json_answer
from tests.support.fake_graph.world import GRAPH_PATH, World

_USUAL = {
    400: "invalidRequest",
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "itemNotFound",
    405: "notSupported",
    409: "resourceModified",
    429: "activityLimitReached",
    503: "serviceNotAvailable",
}
_TEXTS = {
    401: "Access token is missing, has expired or was never issued.",
    403: "Insufficient privileges to complete the operation.",
    404: "The requested resource does not exist.",
    429: "Too many requests.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has got as far as its route."""

    world: World
    request: Request
    recorded: Recorded
    ids: tuple[str, ...]
    """The ids in the path, in lower case."""

    def refused(self, status: int, violation: str = "", text: str = "") -> Refused:
        """Return the usual error with this status."""
        return Refused(graph_error(self.world, self.recorded, status, text), violation)

    def parameter(self, name: str, *allowed: str) -> str:
        """Return the only parameter that the route has, or an empty text; raises `Refused`."""
        arguments = dict(self.request.args.lists())
        values = arguments.pop(name, [""])
        if arguments or len(values) > 1 or values[0] not in {"", *allowed}:
            raise self.refused(400, f"parameters that the call does not have: {self.request.args.to_dict(flat=False)}")
        return values[0]


@dataclass(frozen=True, slots=True)
class Route:
    """A call: its path with `*` for an id, and the permissions of which one is enough."""

    kind: str
    method: str
    path: str
    permissions: tuple[str, ...]
    answer: Callable[[Call], Response]

    def ids(self, path: str) -> tuple[str, ...] | None:
        """Return the ids in a path, if it is one of this route."""
        found = re.fullmatch(self.path.replace(".", r"\.").replace("*", "([^/]+)"), path, re.IGNORECASE)
        return tuple(value.lower() for value in found.groups()) if found else None


class IndustryData(Role):
    """Plays graph.microsoft.com."""

    name = "graph"

    def __init__(self, world: World, routes: tuple[Route, ...]) -> None:
        super().__init__(world)
        self._routes = routes

    def kind(self, request: Request) -> str:
        """Return the kind of the request."""
        found = self._found(request)
        return found[0].kind if found else "unknown"

    def takes_bearer(self, recorded: Recorded) -> bool:
        """Whether a bearer belongs into this request."""
        del recorded
        return True

    def answer(self, request: Request, recorded: Recorded) -> Response:
        """Check the bearer and its permissions, and answer by the route."""
        found = self._found(request)
        if found is None:
            violation = "a call that industryData does not have"
            raise Refused(graph_error(self.world, recorded, 400), violation)
        route, ids = found
        permissions = bearer_permissions(self.world, request, recorded)
        self._note_headers(request, recorded)
        if not permissions.intersection(route.permissions):
            raise Refused(graph_error(self.world, recorded, 403))
        if request.method == "POST" and request.content_length is None:
            raise Refused(Response("", 411), "a POST without Content-Length")
        if request.content_length:
            raise Refused(graph_error(self.world, recorded, 400), "a body where there is none")
        return route.answer(Call(self.world, request, recorded, ids))

    def error(self, status: int, recorded: Recorded) -> Response:
        """Return the usual error with this status."""
        return graph_error(self.world, recorded, status)

    def headers(self, request: Request, recorded: Recorded) -> dict[str, str]:
        """Return the ids that every answer has."""
        client_id = request.headers.get("client-request-id", recorded.request_id)
        return {"request-id": recorded.request_id, "client-request-id": client_id}

    def _found(self, request: Request) -> tuple[Route, tuple[str, ...]] | None:
        path = plain_path(request.path)
        for route in self._routes:
            ids = route.ids(path)
            if ids is not None and request.method == route.method:
                return route, ids
        return None

    def _note_headers(self, request: Request, recorded: Recorded) -> None:
        if request.headers.get("Accept") != "application/json":
            self.world.records.violation(recorded, "Accept is not application/json")
        try:
            uuid.UUID(request.headers.get("client-request-id", ""))
        except ValueError:
            self.world.records.violation(recorded, "client-request-id is not a GUID")


def plain_path(path: str) -> str:
    """Return the path after that of industryData with `/{id}` for `('{id}')` and no brackets, or an empty text."""
    if not path.startswith(f"{GRAPH_PATH}/"):
        return ""
    return re.sub(r"\('([^'/]*)'\)", r"/\1", path.removeprefix(GRAPH_PATH)).removesuffix("()")


def bearer_permissions(world: World, request: Request, recorded: Recorded) -> frozenset[str]:
    """Return what the bearer may do; raises `Refused`."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    found = [token for token in world.tokens if token.value == value]
    if scheme != "Bearer" or not found:
        raise Refused(graph_error(world, recorded, 401), "no bearer, or one that was never issued")
    if found[0].expires <= world.now():
        raise Refused(graph_error(world, recorded, 401))
    return found[0].permissions


def graph_error(world: World, recorded: Recorded, status: int, text: str = "") -> Response:
    """Return an error as Graph writes it."""
    inner = {
        "date": f"{datetime.fromtimestamp(world.now(), UTC):%Y-%m-%dT%H:%M:%S}",
        "request-id": recorded.request_id,
        "client-request-id": recorded.headers.get("client-request-id", recorded.request_id),
    }
    code = _USUAL.get(status, "generalException")
    text = text or _TEXTS.get(status, "An error occurred.")
    return json_answer({"error": {"code": code, "message": text, "innerError": inner}}, status)
