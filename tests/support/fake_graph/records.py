"""What the fake has seen, for assertions."""

import uuid
from dataclasses import dataclass, field
from typing import NamedTuple

from werkzeug import Request

from tests.support.fake_graph.files import Digest

_OF_INTEREST = (
    "accept",
    "client-request-id",
    "content-length",
    "content-type",
    "if-match",
    "if-none-match",
    "prefer",
    "transfer-encoding",
    "user-agent",
    "x-ms-blob-type",
    "x-ms-content-type",
    "x-ms-version",
)


@dataclass(slots=True)
class Recorded:
    """One request: without its query, for that may be a secret."""

    number: int
    """Of all requests to all servers, from 1 on."""
    role: str
    kind: str
    method: str
    path: str
    headers: dict[str, str]
    """The headers of interest, with lower-case names; of `authorization` the scheme alone."""
    at: float
    status: int | None = None
    """None if no answer was sent."""
    is_over: bool = False
    """Nothing more comes of the request, whether its client is still there or not."""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def line(self) -> str:
        """The request on one line."""
        return f"{self.role} {self.kind} {self.method} {self.path} {self.status or 'no answer'}"


class Finished(NamedTuple):
    """A set that was handed over by `validate`."""

    connector_id: str
    files: dict[str, bytes | Digest]


@dataclass(slots=True)
class Records:
    """Everything in order."""

    requests: list[Recorded] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    """What a correct client does not do; leaks are among them."""
    leaks: list[str] = field(default_factory=list)
    """Bearers and signatures on hosts that must not see them."""
    finished: list[Finished] = field(default_factory=list)
    token_requests: list[dict[str, str]] = field(default_factory=list)
    """The form fields of each request for a token."""
    run_starts: list[float] = field(default_factory=list)

    def add(self, request: Request, role: str, kind: str, at: float) -> Recorded:
        """Add a request that has come in."""
        headers = {name: request.headers[name] for name in _OF_INTEREST if name in request.headers}
        if "Authorization" in request.headers:
            headers["authorization"] = request.headers["Authorization"].partition(" ")[0]
        recorded = Recorded(len(self.requests) + 1, role, kind, request.method, request.path, headers, at)
        self.requests.append(recorded)
        return recorded

    def violation(self, recorded: Recorded, text: str) -> None:
        """Note what a correct client does not do."""
        self.violations.append(f"{recorded.number} {recorded.role} {recorded.kind}: {text}")

    def leak(self, recorded: Recorded, text: str) -> None:
        """Note a secret on the wrong host."""
        self.leaks.append(f"{recorded.number} {recorded.role} {recorded.path}: {text}")
        self.violation(recorded, text)

    @property
    def poll_gaps(self) -> list[float]:
        """Seconds between each poll of an operation and the one before it at the same address."""
        last: dict[tuple[str, str], float] = {}
        gaps = []
        for recorded in self.requests:
            if recorded.kind == "operation":
                address = (recorded.role, recorded.path.casefold())
                if address in last:
                    gaps.append(recorded.at - last[address])
                last[address] = recorded.at
        return gaps
