"""
What a run has done, as values: an outcome for each profile, and the exit code of them all.

How it is printed is told in `summary`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sdssync.errors import ExitCode
from sdssync.roster.omissions import Kind, Omission


class Outcome(StrEnum):
    """How it ended for one profile."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    """The published set has these bytes already; nothing was touched."""
    REJECTED = "rejected"
    """The set breaks rules of SDS; the published one stays."""
    HELD = "held"
    """A safety gate wants somebody to look first."""
    FAILED = "failed"
    """The profile file is wrong, or the source or the output failed."""
    SKIPPED = "skipped"
    """Expired."""
    GENERATED = "generated"
    """All but published: a dry run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileResult:
    """What became of one profile."""

    profile: str
    outcome: Outcome
    exit_code: ExitCode = ExitCode.DONE
    format: str = ""
    output: str = ""
    """As written in the profile."""
    users: int = 0
    classes: int = 0
    enrollments: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    """Code to count."""
    omissions: tuple[Omission, ...] = ()
    why: str = ""
    """For the outcomes that need one; without names, addresses and cells."""

    @property
    def omission_counts(self) -> dict[str, int]:
        """Users and classes that were left out, by reason."""
        counts: dict[str, int] = {}
        for omission in self.omissions:
            if omission.kind is not Kind.ENROLLMENT:
                counts[omission.reason.value] = counts.get(omission.reason.value, 0) + 1
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What became of all profiles, in the order of their files."""

    run_id: str
    results: tuple[ProfileResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The highest code wins."""
        return max((result.exit_code for result in self.results), default=ExitCode.DONE)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many profiles ended in which way."""
        ends = Counter(result.outcome for result in self.results)
        return {outcome.value: ends[outcome] for outcome in Outcome}
