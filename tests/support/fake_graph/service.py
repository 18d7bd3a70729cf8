"""The service host of SDS: other than Graph, it knows operations alone, and bearers rarely belong there."""

import re

from werkzeug import Request, Response

from tests.support.fake_graph.industry_data import bearer_permissions, graph_error
from tests.support.fake_graph.operations import poll
from tests.support.fake_graph.records import Recorded
from tests.support.fake_graph.server import Refused, Role, json_answer
from tests.support.fake_graph.world import SERVICE_PATH

_PATH = re.compile(rf"{re.escape(SERVICE_PATH)}/operations/([^/]+)")


class Service(Role):
    """Plays the host to which the `Location` of a validation may lead; any other path is just another host."""

    name = "service"

    def kind(self, request: Request) -> str:
        """Return the kind of the request."""
        return "operation" if _PATH.fullmatch(request.path) and request.method == "GET" else "elsewhere"

    def takes_bearer(self, recorded: Recorded) -> bool:
        """Whether a bearer belongs into this request."""
        return recorded.kind == "operation" and self.world.switches.is_service_trusted

    def answer(self, request: Request, recorded: Recorded) -> Response:
        """Answer a poll."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise Refused(graph_error(self.world, recorded, 404), "a request to another host")
        bearer_permissions(self.world, request, recorded)
        for operation in self.world.operations:
            if operation.id == found[1].lower():
                return json_answer(poll(operation, self.world.now()))
        raise Refused(graph_error(self.world, recorded, 404))

    def error(self, status: int, recorded: Recorded) -> Response:
        """Return the usual error with this status."""
        return graph_error(self.world, recorded, status)
