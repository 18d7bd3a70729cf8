"""
What a run has done, as values: an outcome for each profile, and the exit code of them all.

`summary` prints them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from sdssync.config.profile import Profile
from sdssync.errors import ExitCode, SdsSyncError
from sdssync.publish.status import PublishedSet
from sdssync.report.uploads import UploadResult
from sdssync.roster.attention import Attention
from sdssync.roster.attribution import Attributed
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind, Omission
from sdssync.roster.untaken import UntakenSets
from sdssync.safety.plan import Plan

SOURCE_FAILED = "the source failed"
"""Why a profile failed that lacks nothing but a document; the report of the run says once for all what went wrong."""


class Outcome(StrEnum):
    """How a run ended for one profile."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    """The published set already has the same bytes; nothing was touched."""
    REJECTED = "rejected"
    """The set breaks rules of SDS; the published one stays."""
    HELD = "held"
    """A safety gate asks the administrator to look first."""
    FAILED = "failed"
    """The profile file is wrong, or the source or the output failed."""
    SKIPPED = "skipped"
    """Expired."""
    COMBINED = "combined"
    """A part without an output folder: its rows are in the sets of combined profiles."""
    GENERATED = "generated"
    """A dry run: everything but publishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a set is made of."""

    parts: tuple[Part, ...]
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileResult:
    """How a run ended for one profile, with its counts."""

    profile: str
    outcome: Outcome
    exit_code: ExitCode = ExitCode.DONE
    format: str = ""
    output: str = ""
    """As written in the profile."""
    is_combined: bool = False
    """True for one set of several profiles: then an omission names its part."""
    users: int = 0
    classes: int = 0
    enrollments: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    """Code to count."""
    omissions: tuple[Omission, ...] = ()
    offences: tuple[Attributed, ...] = ()
    """The findings of a rejected set, those that reject it first."""
    rejecting: frozenset[str] = frozenset()
    """The codes for which it was rejected."""
    attention: Attention = field(default_factory=Attention)
    """What asks for action in iSAMS."""
    published_at: datetime | None = None
    """When the set that is published now was published, if this run has looked."""
    generation: int | None = None
    """Of the set that is published now, if this run has looked."""
    made: Made | None = None
    """The set as values; None if there is none."""
    plan: Plan | None = None
    """What its set changes; None if it was not judged."""
    before: PublishedSet | None = None
    """The counts of the set that was published before the run, if they are known."""
    why: str = ""
    """The reason, for the outcomes that need one; without names, addresses and cells."""
    mistakes: tuple[str, ...] = ()
    """What is wrong in its file, if that is why it failed."""

    @classmethod
    def of(cls, profile: Profile, outcome: Outcome, exit_code: ExitCode = ExitCode.DONE, *, why: str = "") -> Self:
        """Return a result with what the profile itself says, and no counts yet."""
        return cls(
            profile=profile.name,
            outcome=outcome,
            exit_code=exit_code,
            format=profile.format,
            output=profile.output_as_written,
            is_combined=bool(profile.combined),
            why=why,
        )

    @property
    def omission_counts(self) -> dict[str, int]:
        """Users and classes that were left out, by reason."""
        counts: dict[str, int] = {}
        for omission in self.omissions:
            if omission.kind is not Kind.ENROLLMENT:
                counts[omission.reason.value] = counts.get(omission.reason.value, 0) + 1
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """Where the data of a run came from, and what was in it."""

    name: str
    """The server, or the file as the settings name it."""
    bytes: int
    seconds: float
    """0 if it was not downloaded now."""
    pupils: int
    staff: int
    teaching_sets: int
    downloaded_at: datetime | None = None
    """None: a recorded file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """How a run ended for all profiles, in the order of their files."""

    run_id: str
    results: tuple[ProfileResult, ...]
    source: SourceSummary | SdsSyncError | None = None
    """What was read, or why nothing was; None: no profile needed the source."""
    untaken: UntakenSets = field(default_factory=UntakenSets)
    """The teaching sets that no profile takes."""
    uploads: tuple[UploadResult, ...] = ()
    """How the hand-overs to SDS ended."""
    record_code: ExitCode = ExitCode.DONE
    """Whether the state folder could take everything: the document, the status of the run, what retention does."""

    @property
    def exit_code(self) -> ExitCode:
        """The highest code wins."""
        return max(
            self.record_code,
            *(result.exit_code for result in self.results),
            *(upload.code_after_run for upload in self.uploads),
            ExitCode.DONE,
        )

    @property
    def outcomes(self) -> dict[str, int]:
        """How many profiles ended in which way."""
        counts = Counter(result.outcome for result in self.results)
        return {outcome.value: counts[outcome] for outcome in Outcome}
