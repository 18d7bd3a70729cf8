"""
Write the page of `sdssync report`: what a run would do now, and what was before, as one HTML file.

The sets are made as for `sdssync plan`; nothing is published, and nothing is kept but the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sdssync.config.effective import effective_profile
from sdssync.config.installation import ConfiguredSchool, Installation
from sdssync.config.profile import Profile
from sdssync.config.settings import RecordedSource, SchoolSettings
from sdssync.errors import ConfigError, ExitCode, OutputError, SdsSyncError
from sdssync.isams.document import cached_document
from sdssync.jobs.job import Job
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.run import run_and_hold
from sdssync.log import outcomes
from sdssync.publish.generations import Generation, Generations
from sdssync.publish.os_errors import reading
from sdssync.publish.private_file import PrivateFile
from sdssync.publish.status import read_status
from sdssync.report.outcome import Made, Outcome, ProfileResult, RunReport
from sdssync.report.page.compose import make_page
from sdssync.report.page.facts import Compared, Facts, ProfileFacts
from sdssync.report.page.naming import Naming
from sdssync.report.page.render import MARK, render
from sdssync.roster.csv_files import contents, csv_files
from sdssync.roster.enrol import Roster
from sdssync.safety.audit import Audit, Entry, Fault
from sdssync.safety.causes import Causes
from sdssync.safety.changes import Changes
from sdssync.safety.counts import BaselineName, Case
from sdssync.safety.csv_set import CsvSet, parse_set, read_set
from sdssync.safety.gates import Measure, measure
from sdssync.safety.plan import open_classes


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPage:
    """Where the page goes, and what it shows."""

    output: Path
    since: int | None
    """The generation with which the set is compared; None: the newest one that has other bytes."""
    naming: Naming
    now: datetime
    """In the time zone of the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPage:
    """What was written, and how the profiles ended."""

    bytes: int
    profiles: int
    exit_code: ExitCode


def write_page(installation: Installation, job: Job, wanted: WantedPage, progress: RunProgress) -> WrittenPage:
    """
    Write the page of the named profiles, or of all; one that fails is on it with the reason.

    Raises:
        SdsSyncError: the file cannot be written, or there is no such profile or generation.

    """
    school = installation.school
    folders = school.settings.folders
    file = PrivateFile(path=wanted.output, mark=MARK)
    file.check([*(profile.output for profile in school.profiles if profile.output), folders.state, folders.profiles])
    if wanted.since is not None:
        _check_since(school, job.names, wanted.since)
    with run_and_hold(installation, job, progress) as report:
        facts = _facts(school, report, job, wanted)
    page = render(make_page(facts, wanted.naming))
    file.write(page)
    return WrittenPage(bytes=len(page), profiles=len(facts.profiles), exit_code=facts.report.exit_code)


def _check_since(school: ConfiguredSchool, names: Sequence[str], since: int) -> None:
    """Check that the generation is one of the only profile that is named."""
    if len(names) != 1:
        raise ConfigError(
            f"--since {since} is a generation of one profile; expected the name of one, found {len(names) or 'none'}",
            "name the profile: sdssync report NAME --output FILE.html --since GEN",
        )
    found = school.find(names[0])
    if found is None:
        return  # the run says so
    _generation(Generations.of(school.settings.folders.state, found.name).all(), since, found.name)


def _generation(generations: Sequence[Generation], number: int, profile: str) -> Generation:
    """
    Return a generation of a profile by its number.

    Raises:
        ConfigError: it is not kept.
        OutputError: it is damaged.

    """
    wanted = next((generation for generation in generations if generation.number == number), None)
    if wanted and wanted.is_whole:
        return wanted
    whole = ", ".join(str(generation.number) for generation in generations if generation.is_whole) or "none"
    if wanted:
        raise OutputError(f"generation {number} of {profile} is damaged", f"the generations that are whole: {whole}")
    raise ConfigError(f"{profile} has no generation {number}", f"the generations that are kept: {whole}")


def _facts(school: ConfiguredSchool, report: RunReport, job: Job, wanted: WantedPage) -> Facts:
    """Read what was before, and put it to what a run would do now."""
    settings = school.settings
    state = settings.folders.state
    audit, entries = Audit(state), tuple[Entry, ...]()
    try:
        entries, fault = audit.entries(), audit.verify(read_status(state).audit)
    except OutputError as error:
        fault = Fault(0, error.message)
    profiles = {profile.name: profile for profile in school.profiles}
    past = _Past(settings, job, entries, wanted.since)
    found = tuple(
        past.of(result, profiles.get(result.profile))
        for result in report.results
        if result.outcome is not Outcome.COMBINED
    )
    return Facts(
        school=settings.identity.name,
        report=replace(report, results=tuple(facts.result for facts in found)),
        profiles=found,
        fault=fault,
        has_last_document=isinstance(report.source, SdsSyncError) and not job.cached and _has_last_document(settings),
        now=wanted.now,
    )


def _has_last_document(settings: SchoolSettings) -> bool:
    """Return True if `--cached` would find the document of an earlier download."""
    if isinstance(settings.source, RecordedSource):
        return False
    try:
        cached_document(settings.folders.state, settings.source.max_bytes)
    except SdsSyncError:
        return False
    return True


class _Past:
    """What was before the sets as the document gives them now."""

    def __init__(self, settings: SchoolSettings, job: Job, entries: Sequence[Entry], since: int | None) -> None:
        self._settings, self._job, self._entries, self._since = settings, job, entries, since

    def of(self, result: ProfileResult, profile: Profile | None) -> ProfileFacts:
        """Return what is known of a profile; one whose generations cannot be read has failed."""
        entries = [entry for entry in self._entries if entry.profile == result.profile]
        try:
            generations = Generations.of(self._settings.folders.state, result.profile).all()
            facts = ProfileFacts(
                result=result,
                generations=[generation.manifest for generation in generations],
                entries=entries,
                measures=result.plan.measures if result.plan else (),
            )
            if result.made and profile:
                return self._compared(facts, generations, result.made, profile.on(self._job.today))
        except SdsSyncError as error:
            outcomes.failed("profile.failed", error, profile=result.profile)
            code = max(result.exit_code, error.exit_code)
            failed = replace(result, outcome=Outcome.FAILED, exit_code=code, why=str(error))
            return ProfileFacts(result=failed, entries=entries)
        return facts

    def _compared(
        self, facts: ProfileFacts, generations: Sequence[Generation], made: Made, profile: Profile
    ) -> ProfileFacts:
        """Add what changed, and, where the set is published already, how near that came to the gates."""
        plan, settings = facts.result.plan, self._settings
        new = made.roster, settings.identity, profile
        before = _newest_other(generations, plan.digest if plan else "")
        since = _generation(generations, self._since, profile.name) if self._since else before
        if since is None:
            compared = Compared(
                since=None, changes=plan.changes if plan else None, causes=plan.causes if plan else None
            )
            return replace(facts, compared=compared)
        if plan and plan.changes and plan.last and plan.last.number == since.number:
            return replace(facts, compared=Compared(since=since.manifest, changes=plan.changes, causes=plan.causes))
        files = contents(csv_files(*new))
        csv_set = parse_set(lambda name: files.get(name, b""))
        causes = Causes(made.roster, made.parts, since.manifest.effective, since.manifest.classes)
        compared = Compared(since=since.manifest, changes=_changes(since, csv_set), causes=causes)
        facts = replace(facts, compared=compared)
        if before is None or facts.result.outcome is not Outcome.UNCHANGED:
            return facts
        return replace(
            facts, measures=self._measured(before, csv_set, made.roster, profile), measured_since=before.manifest
        )

    def _measured(self, before: Generation, csv_set: CsvSet, roster: Roster, profile: Profile) -> tuple[Measure, ...]:
        """Return what the gates count from a generation to the set that is published now, with the limits of today."""
        settings, day = self._settings, self._job.today
        return measure(
            Case(
                name=BaselineName.LAST,
                changes=_changes(before, csv_set),
                last=None,
                safety=settings.safety.of(profile.safety),
                day=day,
                changed_keys=effective_profile(profile, settings.identity).changed(before.manifest.effective),
                is_pinned=False,
                open_classes=open_classes(roster, day),
                old_kinds=before.manifest.classes,
            )
        )


def _newest_other(generations: Sequence[Generation], digest: str) -> Generation | None:
    """Return the newest generation whose files are not those of a digest; one that is damaged is passed over."""
    found = (generation for generation in reversed(generations) if generation.digest != digest)
    return next((generation for generation in found if generation.is_whole), None)


def _changes(old: Generation, new: CsvSet) -> Changes:
    with reading(old.folder):
        return Changes(old=read_set(old.folder), new=new)
