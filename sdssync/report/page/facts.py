"""What the page is made of, before it is put into words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sdssync.files.names import printable
from sdssync.publish.manifest import Manifest
from sdssync.report.outcome import Made, Outcome, ProfileResult, RunReport
from sdssync.report.page.values import Change
from sdssync.safety.audit import Entry, Fault
from sdssync.safety.causes import Causes
from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import Enrollment
from sdssync.safety.gates import Measure


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The set that the document gives, against an earlier one."""

    since: Manifest | None = None
    """The generation; None: the set in the output folder, or nothing."""
    changes: Changes | None = None
    """None: there is nothing to compare with."""
    causes: Causes | None = None

    @cached_property
    def users(self) -> Mapping[str, Change]:
        """What became of people, by id."""
        changes = self.changes
        if changes is None:
            return {}
        return {
            **dict.fromkeys(changes.users.added, Change.ADDED),
            **dict.fromkeys(changes.users.changed, Change.CHANGED),
        }

    @cached_property
    def classes(self) -> Mapping[str, Change]:
        """What became of classes, by id."""
        changes = self.changes
        if changes is None:
            return {}
        return {
            **dict.fromkeys(changes.classes.added, Change.ADDED),
            **dict.fromkeys(changes.classes.changed, Change.CHANGED),
        }

    @cached_property
    def joined(self) -> frozenset[tuple[str, str, bool]]:
        """Who came into which class, and whether as a teacher; of a new class no one is listed."""
        if self.changes is None:
            return frozenset()
        new = frozenset(self.changes.classes.added)
        return frozenset(
            (added.class_id, added.user_id, added.is_teacher)
            for added in self.changes.enrollments.added
            if added.class_id not in new
        )

    @cached_property
    def left(self) -> Mapping[str, Sequence[Enrollment]]:
        """Who left which class, be it gone or not."""
        found: defaultdict[str, list[Enrollment]] = defaultdict(list)
        for removed in self.changes.enrollments.removed if self.changes else ():
            found[removed.class_id].append(removed)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFacts:
    """What is known of one profile."""

    result: ProfileResult
    entries: Sequence[Entry]
    """What the audit says of the profile, the oldest first."""
    generations: Sequence[Manifest] = ()
    """Those that are kept, the oldest first."""
    compared: Compared = field(default_factory=Compared)
    measures: Sequence[Measure] = ()
    """What the gates count; (): none was asked."""
    measured_since: Manifest | None = None
    """The generation against which they were asked once more, because the set is published already; None: they were
    asked for what a run would do now."""

    @property
    def unknown(self) -> str:
        """Return why nothing can be said of a new set, as a sentence; "" if there is one."""
        if self.made is None:
            return f"Not known: there is no new set ({printable(self.result.why)})."
        return f"Not known: {printable(self.result.why)}." if self.result.outcome is Outcome.FAILED else ""

    @property
    def made(self) -> Made | None:
        """Return the set, if there is one."""
        return self.result.made


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of all profiles."""

    school: str
    report: RunReport
    profiles: Sequence[ProfileFacts]
    fault: Fault | None
    """What is wrong with the audit."""
    has_last_document: bool
    """True if the source failed and a document of an earlier download can be looked at instead."""
    now: datetime
    """In the time zone of the reader."""
