"""What a check says: a line that is ok, a warning or a failure, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a line is meant."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    """A night would not, or not rightly, do its work."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line of a check; like a log line it holds no secret, no name and no address."""

    status: Status
    message: str
    hint: str = ""
    """What to do; "" if there is nothing to do."""


def ok(message: str) -> Diagnosis:
    """Return that something is as it should be."""
    return Diagnosis(Status.OK, message)


def warning(message: str, hint: str) -> Diagnosis:
    """Return that something should be looked at."""
    return Diagnosis(Status.WARNING, message, hint)


def failure(message: str, hint: str) -> Diagnosis:
    """Return that something is wrong."""
    return Diagnosis(Status.FAILURE, message, hint)
