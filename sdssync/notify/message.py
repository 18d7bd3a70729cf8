"""What is sent, and what went wrong with it, as values."""

from dataclasses import dataclass

from sdssync.errors import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """How a run ended, without personal data and secrets."""

    subject: str
    text: str
    """For a person: lines, each ended by a line feed."""
    status: str
    """For a program: the JSON of `sdssync status`."""
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a notification did not go; nothing of what a server or a program said is in it."""

    error: str
    hint: str
