"""
The plan of one profile: what its new set changes against the baselines, and which gates hold it.

`run` publishes what the plan shows: both come from one staged set, and the plan id is made of the two sets and the
effective profile.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sdssync.config.effective import EffectiveProfile
from sdssync.config.safety import Safety
from sdssync.publish.generations import Generation
from sdssync.publish.manifest import SourceFacts
from sdssync.publish.os_errors import reading
from sdssync.publish.set_files import SetFiles
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.safety.baselines import Baseline, Baselines
from sdssync.safety.causes import CauseCounts, Causes
from sdssync.safety.changes import Changes, KindChanges
from sdssync.safety.counts import BaselineName, Case
from sdssync.safety.csv_set import read_set
from sdssync.safety.gates import PINNED, Measure, Trip, measure
from sdssync.safety.kept_addresses import KeptAddress

_ID_LENGTH = 12
_NOTABLE = 10
"""A tenth of the document's records is a loss worth naming: 1 of 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSummary:
    """How many rows of a kind change, and why those go that go."""

    before: int
    after: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLoss:
    """A kind of record of which the document has lost a tenth or more."""

    what: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does with one profile, and why."""

    plan_id: str
    digest: str
    """Of the files of the new set."""
    last: Generation | None
    users: KindSummary
    classes: KindSummary
    enrollments: KindSummary
    measures: tuple[Measure, ...] = ()
    """What every gate counts; (): no gate was asked."""
    kept: tuple[KeptAddress, ...] = ()
    changed_keys: tuple[str, ...] = ()
    source_losses: tuple[SourceLoss, ...] = ()
    changes: Changes | None = None
    """Against the last generation, else against the folder; None: nothing changes, or nothing was there before."""
    causes: Causes | None = None

    @property
    def trips(self) -> tuple[Trip, ...]:
        """Return the gates that trip, with their figures."""
        return tuple(measured.figures for measured in self.measures if measured.has_tripped)

    @property
    def is_pinned(self) -> bool:
        """Return True if the profile was restored and not released: then no plan can be approved."""
        return PINNED in self.gates

    @property
    def gates(self) -> tuple[str, ...]:
        """Return the names of the gates that trip, each once."""
        return tuple(dict.fromkeys(trip.gate for trip in self.trips))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A new set, and all that a plan needs to know of it."""

    staged: Path
    files: SetFiles
    roster: Roster
    parts: Sequence[Part]
    effective: EffectiveProfile
    source: SourceFacts
    kept: tuple[KeptAddress, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Return how many users, classes and enrollments there are; rows with one id, as the script has, count once."""
        users = {user.id for user in self.roster.users}
        classes = {enrolled.id for enrolled in self.roster.classes}
        members = (
            len(set(people)) for enrolled in self.roster.classes for people in (enrolled.teachers, enrolled.pupils)
        )
        return len(users), len(classes), sum(members)


def make_plan(proposal: Proposal, baselines: Baselines, safety: Safety, day: date, *, is_pinned: bool) -> Plan:
    """
    Compare a staged set with its baselines, and judge what changes.

    Raises:
        OutputError: a set cannot be read.

    """
    plan_id = make_plan_id(baselines.digest, proposal.files.digest, proposal.effective)
    if baselines.output_digest == proposal.files.digest:  # nothing changes, whatever the gates say
        return _without_changes(plan_id, proposal, baselines)
    if not baselines.all:
        return _first(plan_id, proposal)
    with reading(baselines.output):
        new = read_set(proposal.staged)
        changes = {found.name: Changes(old=read_set(found.folder), new=new) for found in baselines.all}
    manifest = baselines.last.manifest if baselines.last else None
    before = manifest.effective if manifest else None
    judged = () if baselines.is_edited(proposal.files.digest) else baselines.all
    measures = [
        measured
        for found in judged
        for measured in measure(_case(found, changes, proposal, safety, day, is_pinned=is_pinned))
    ]
    shown = changes.get(BaselineName.LAST) or changes[BaselineName.FOLDER]
    causes = Causes(proposal.roster, proposal.parts, before, manifest.classes if manifest else None)
    summaries = _summaries(shown, causes)
    return Plan(
        plan_id=plan_id,
        digest=proposal.files.digest,
        last=baselines.last,
        users=summaries[0],
        classes=summaries[1],
        enrollments=summaries[2],
        measures=tuple(measures),
        kept=proposal.kept,
        changed_keys=proposal.effective.changed(before) if before else (),
        source_losses=tuple(source_losses(manifest.source, proposal.source)) if manifest else (),
        changes=shown,
        causes=causes,
    )


def make_plan_id(old: str, new: str, effective: EffectiveProfile) -> str:
    """Return the id of a plan: from the digests of the set before and the new one, and the effective profile."""
    return hashlib.sha256(f"{old}\n{new}\n{effective.digest}\n".encode()).hexdigest()[:_ID_LENGTH]


def _case(
    baseline: Baseline,
    changes: Mapping[BaselineName, Changes],
    proposal: Proposal,
    safety: Safety,
    day: date,
    *,
    is_pinned: bool,
) -> Case:
    generation = baseline.generation
    return Case(
        name=baseline.name,
        changes=changes[baseline.name],
        last=changes.get(BaselineName.LAST),
        safety=safety,
        day=day,
        changed_keys=proposal.effective.changed(generation.manifest.effective) if generation else (),
        is_pinned=is_pinned,
        open_classes=open_classes(proposal.roster, day),
        old_kinds=generation.manifest.classes if generation else {},
    )


def open_classes(roster: Roster, day: date) -> frozenset[str]:
    """Return the classes that have a day for their pupils, which has come."""
    return frozenset(
        enrolled.id
        for enrolled in roster.classes
        if any(part.classes.pupils_from for part in enrolled.parts)
        and not any(part.awaits_pupils(day) for part in enrolled.parts)
    )


def _without_changes(plan_id: str, proposal: Proposal, baselines: Baselines) -> Plan:
    users, classes, enrollments = (KindSummary(before=count, after=count) for count in proposal.counts)
    return Plan(
        plan_id=plan_id,
        digest=proposal.files.digest,
        last=baselines.last,
        users=users,
        classes=classes,
        enrollments=enrollments,
        kept=proposal.kept,
    )


def _summaries(changes: Changes, causes: Causes) -> tuple[KindSummary, KindSummary, KindSummary]:
    counts: CauseCounts = causes.count(changes)
    return (
        summarise(changes.users, counts.users),
        summarise(changes.classes, counts.classes),
        summarise(changes.enrollments, counts.enrollments),
    )


def summarise(rows: KindChanges[Any], causes: Mapping[str, int]) -> KindSummary:
    """Return the counts of what changes of one kind, with the causes of what goes."""
    return KindSummary(
        before=rows.before,
        after=rows.after,
        added=len(rows.added),
        changed=len(rows.changed),
        removed=len(rows.removed),
        causes=causes,
    )


def _first(plan_id: str, proposal: Proposal) -> Plan:
    """Return the plan where nothing was there before."""
    users, classes, enrollments = (KindSummary(before=0, after=count, added=count) for count in proposal.counts)
    return Plan(
        plan_id=plan_id,
        digest=proposal.files.digest,
        last=None,
        users=users,
        classes=classes,
        enrollments=enrollments,
        kept=proposal.kept,
    )


def source_losses(before: SourceFacts, source: SourceFacts) -> Iterator[SourceLoss]:
    """Yield each kind of record of which a document has lost a tenth or more."""
    everything = (
        ("pupils", before.pupils, source.pupils),
        ("members of staff", before.staff, source.staff),
        ("teaching sets", before.teaching_sets, source.teaching_sets),
        ("set-list rows", before.memberships, source.memberships),
    )
    groups = (
        ("forms", before.forms, source.forms),
        ("academic houses", before.academic_houses, source.academic_houses),
        ("boarding houses", before.boarding_houses, source.boarding_houses),
        ("years", before.years, source.years),
    )
    asked_for = tuple(group for group in groups if group[2])  # one without a record is refused if it is wanted
    for what, old, new in everything + asked_for:
        if old and (old - new) * _NOTABLE >= old:
            yield SourceLoss(what=what, before=old, after=new)
