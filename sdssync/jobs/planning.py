"""Plan a staged set: compare it with what is published before, and judge what changes."""

from dataclasses import dataclass
from pathlib import Path

from sdssync.config.effective import EffectiveProfile, effective_profile
from sdssync.config.profile import Profile
from sdssync.config.safety import Safety
from sdssync.config.settings import SchoolSettings
from sdssync.jobs.job import Job
from sdssync.jobs.selections import Selections
from sdssync.publish.generations import Generations
from sdssync.publish.manifest import ClassSources, SourceFacts, class_sources
from sdssync.publish.os_errors import reading
from sdssync.publish.set_files import SetFiles, survey_set
from sdssync.report.outcome import Outcome
from sdssync.roster.enrol import Roster
from sdssync.safety.baselines import Baselines, find_baselines
from sdssync.safety.held import Waiting
from sdssync.safety.plan import Plan, Proposal, make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A staged set with its plan, and what a record of it needs."""

    staged: Path
    files: SetFiles
    effective: EffectiveProfile
    source: SourceFacts
    classes: ClassSources
    safety: Safety
    baselines: Baselines
    plan: Plan

    @property
    def outcome(self) -> Outcome:
        """Return what a run does with the set; if the output folder holds these files already, no gate is asked."""
        if self.baselines.output_digest == self.files.digest:
            return Outcome.UNCHANGED
        return Outcome.HELD if self.plan.trips else Outcome.PUBLISHED


def plan_set(
    staged: Path, roster: Roster, profile: Profile, selections: Selections, settings: SchoolSettings, job: Job
) -> Planned:
    """
    Compare a staged set with what is published, and judge what changes.

    Raises:
        OutputError: the output folder or the state folder cannot be read.

    """
    state, safety = settings.folders.state, settings.safety.of(profile.safety)
    baselines = find_baselines(Generations.of(state, profile.name), profile.folder, job.today, safety.window)
    effective = effective_profile(profile, settings.identity)
    with reading(profile.folder):
        files = survey_set(staged)
    users = ((user.id, user.username) for user in roster.users)
    proposal = Proposal(
        staged=staged,
        files=files,
        roster=roster,
        parts=selections.parts_of(profile),
        effective=effective,
        source=selections.source,
        kept=() if profile.parity else selections.addresses.of(users),
    )
    is_pinned = Waiting(state, profile.name).is_pinned
    return Planned(
        staged=staged,
        files=files,
        effective=effective,
        source=selections.source,
        classes=class_sources(roster.classes),
        safety=safety,
        baselines=baselines,
        plan=make_plan(proposal, baselines, safety, job.today, is_pinned=is_pinned),
    )
