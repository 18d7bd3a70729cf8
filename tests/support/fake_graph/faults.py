"""Faults by script: which request meets which one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

ROLES = ("login", "graph", "storage", "service")
KINDS = (
    "instances",
    "discovery",
    "token",
    "connectors",
    "connector",
    "session",
    "create",
    "append",
    "flush",
    "validate",
    "operations",
    "operation",
    "start",
    "runs",
    "run",
    "statistics",
    "activities",
    "flows",
    "flow",
    "elsewhere",
    "unknown",
)


class Drop(Enum):
    """The moment at which a connection breaks."""

    UNREAD = auto()
    """After the head: the body is not read, so a client may still be sending it."""
    BEFORE = auto()
    """After the request, which is not processed."""
    AFTER = auto()
    """After the request was processed: its answer is lost."""
    HALFWAY = auto()
    """In the middle of the answer to a request that was processed."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The request is processed later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """An answer instead of the processing; without a body, the usual error of the server for this status."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


Fault = Drop | Delay | Status

GATEWAY_TIMEOUT = Status(
    504,
    {"Content-Type": "text/html"},
    "<html><head><title>504</title></head><body><h1>Gateway time-out</h1></body></html>",
)


def throttled(retry_after: str = "") -> Status:
    """Return 429, with a `Retry-After` in seconds or as an HTTP date if one is given."""
    return Status(429, {"Retry-After": retry_after} if retry_after else {})


def redirect(url: str) -> Status:
    """Return a redirect to another address."""
    return Status(307, {"Location": url}, "")


@dataclass(slots=True)
class _Rule:
    fault: Fault
    of: str
    first: int
    times: int
    seen: int = 0

    def meets(self, names: tuple[str, str]) -> bool:
        """Count a request that the rule is about; return whether it meets the fault."""
        if self.of != "any" and self.of not in names:
            return False
        self.seen += 1
        return self.first <= self.seen < self.first + self.times


class Faults:
    """The script, in the order in which it was written."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def script(self, fault: Fault, *, of: str = "any", nth: int = 1, times: int = 1) -> None:
        """
        Let the nth request from now on meet a fault, and the `times - 1` after it.

        `of` is a role, a kind or "any": only these requests count.
        """
        if of not in {"any", *ROLES, *KINDS}:
            raise ValueError(f"no role and no kind of request: {of}")
        self._rules.append(_Rule(fault, of, nth, times))

    def next(self, role: str, kind: str) -> Fault | None:
        """Count the request; return its fault, if any: the first in the script wins."""
        met = [rule.fault for rule in self._rules if rule.meets((role, kind))]
        return met[0] if met else None
