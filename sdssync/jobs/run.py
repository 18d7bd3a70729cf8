"""
The story of a run: take the document once, then one profile after another.

A profile that fails stops no other: whatever goes wrong with one becomes its outcome. What goes wrong for all of them
before they begin is raised.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from sdssync import __version__
from sdssync.config.installation import ConfiguredSchool, Installation
from sdssync.config.mistakes import describe, render
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import RecordedSource, SchoolSettings
from sdssync.errors import ConfigError, ExitCode, SdsSyncError
from sdssync.files.lock import installation_lock
from sdssync.files.names import same_name
from sdssync.files.paths import display
from sdssync.isams.source import Taken, take_document, wanted_groups
from sdssync.jobs import profile_warnings
from sdssync.jobs.job import Job, Mode
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.record import record
from sdssync.jobs.results import Results
from sdssync.jobs.run_profile import prepare, run_profile
from sdssync.jobs.selections import Selections
from sdssync.jobs.tidy import tidy_up
from sdssync.log import events, outcomes
from sdssync.publish.generations import make_room
from sdssync.publish.kept_sets import check_keep_folder
from sdssync.publish.manifest import SourceFacts
from sdssync.publish.status import Status, read_status
from sdssync.report.outcome import Outcome, ProfileResult, RunReport, SourceSummary
from sdssync.roster.untaken import untaken_sets
from sdssync.safety.audit import Audit
from sdssync.safety.kept_addresses import keep_addresses, record_missing
from sdssync.school import GroupKind


def run(installation: Installation, job: Job, progress: RunProgress) -> RunReport:
    """
    Generate, validate and publish the profiles of a job; the report says how each one ended.

    Raises:
        SdsSyncError: nothing could be done for any of them.

    """
    with run_and_hold(installation, job, progress) as report:
        pass
    return report


@contextmanager
def run_and_hold(installation: Installation, job: Job, progress: RunProgress) -> Iterator[RunReport]:
    """
    Do the same, and keep the lock: what the block reads of state and output is what the run has seen, or left.

    Raises:
        SdsSyncError: nothing could be done for any of them.

    """
    started = time.monotonic()
    log = events.log()
    school = installation.school
    settings = school.settings
    profiles, wrong = wanted_profiles(school, job.names)
    settings.identity.require_real()
    if job.keep is not None:
        outputs = [profile.output for profile in school.profiles if profile.output]
        check_keep_folder(job.keep, [*outputs, settings.folders.state, settings.folders.profiles])
    log.info("run.started", version=__version__, profiles=[profile.name for profile in profiles])
    log.debug("settings.read", file=str(installation.file), state=str(settings.folders.state))
    results = Results()
    with installation_lock(settings.folders.state):
        make_room(settings.folders.state)
        before = read_status(settings.folders.state)
        if job.mode is Mode.PUBLISH:
            Audit(settings.folders.state).repair(before.audit, job.run_id)
        for profile_file in wrong:
            results.add(_fail_wrong(profile_file))
        for profile in profiles:
            if profile.output is None:
                results.add(ProfileResult.of(profile, Outcome.COMBINED))
            elif profile.has_expired(job.today):
                results.add(_skip(profile, job.today))
        profile_warnings.warn_of_all_expired(school, job.today)
        current = [profile for profile in profiles if profile not in results]
        report = _run_current(current, school, job, progress, results)
        report = _with_counts_before(report, before)
        if job.mode is Mode.PUBLISH:
            report = tidy_up(report, school, job)
            report = _hand_over(report, profiles, school, job, progress)
            report = record(report, before, school)
        seconds = round(time.monotonic() - started, 3)
        log.info("run.finished", exit_code=int(report.exit_code), seconds=seconds, **report.outcomes)
        yield report


def _run_current(
    profiles: Sequence[Profile], school: ConfiguredSchool, job: Job, progress: RunProgress, results: Results
) -> RunReport:
    """Prepare the output folders, take the document, run the profiles; without a document each of them has failed."""
    settings = school.settings
    for profile in profiles:
        with results.attempt(profile):
            prepare(profile, settings, job)
    ready = [profile for profile in profiles if profile not in results]
    report = RunReport(run_id=job.run_id, results=results.in_order(school))
    if not ready:
        return report
    try:
        wanted = wanted_groups(school.profiles, job.today)
        taken = take_document(settings, wanted, cached=job.cached, progress=progress)
    except SdsSyncError as error:
        outcomes.failed("source.failed", error)
        for profile in ready:
            results.fail_without_source(profile, error)
        return replace(report, results=results.in_order(school), source=error)
    if not taken.is_kept:
        report = replace(report, record_code=ExitCode.OUTPUT)
    profile_warnings.warn_of_old_document(taken.document, datetime.now(UTC), cached=job.cached)
    state, source = settings.folders.state, source_facts(taken)
    addresses = keep_addresses(taken.reading.school, state, job.today, settings.safety.keep_address)
    if job.mode is Mode.PUBLISH:
        record_missing(addresses, state)
    selections = Selections(taken, addresses, source)
    for number, profile in enumerate(ready, 1):
        progress.profile(profile.name, number, len(ready))
        with results.attempt(profile):
            results.add(run_profile(profile.on(job.today), selections, settings, job))
    # what a wrong profile would take is not known, so only the pupils whom no profile can take are
    untaken = untaken_sets(selections.roll, () if school.wrong else school.profiles)
    profile_warnings.report_untaken(untaken)
    return replace(report, results=results.in_order(school), source=_summarise_source(taken, settings), untaken=untaken)


def source_facts(taken: Taken) -> SourceFacts:
    """Return what a generation keeps of its document."""
    school = taken.reading.school
    groups = Counter(group.kind for group in school.groups)
    return SourceFacts(
        taken_at=(taken.document.downloaded_at or datetime.now(UTC)).replace(microsecond=0),
        pupils=len(school.pupils),
        staff=len(school.teachers),
        teaching_sets=len(school.teaching_sets),
        memberships=sum(membership.rows for membership in school.memberships),
        forms=groups[GroupKind.FORM],
        academic_houses=groups[GroupKind.ACADEMIC_HOUSE],
        boarding_houses=groups[GroupKind.BOARDING_HOUSE],
        years=groups[GroupKind.YEAR],
    )


def _summarise_source(taken: Taken, settings: SchoolSettings) -> SourceSummary:
    """Return where the data came from, and how much it was."""
    source, school = settings.source, taken.reading.school
    folder = settings.folders.installation
    return SourceSummary(
        name=display(source.file, folder) if isinstance(source, RecordedSource) else urlsplit(source.url).netloc,
        bytes=taken.document.bytes,
        seconds=taken.document.seconds,
        pupils=len(school.pupils),
        staff=len(school.teachers),
        teaching_sets=len(school.teaching_sets),
        downloaded_at=taken.document.downloaded_at,
    )


def _with_counts_before(report: RunReport, before: Status) -> RunReport:
    """Return the report with the counts of the sets that were published before the run."""
    status = {profile.profile: profile.published for profile in before.profiles}
    return replace(
        report,
        results=tuple(replace(result, before=status.get(result.profile)) for result in report.results),
    )


def _hand_over(
    report: RunReport, profiles: Sequence[Profile], school: ConfiguredSchool, job: Job, progress: RunProgress
) -> RunReport:
    """Hand over what is published now and SDS does not have; the set of a profile that is held stays the last one."""
    wanted = [profile for profile in profiles if profile.upload and not profile.has_expired(job.today)]
    if not wanted:
        return report
    from sdssync.jobs.upload import Means, Occasion, hand_over  # noqa: PLC0415  (the HTTP libraries cost 0.1 s of CPU)

    uploads = hand_over(school, wanted, Means(progress=progress), Occasion.RUN)
    return replace(report, uploads=uploads)


def wanted_profiles(school: ConfiguredSchool, names: Sequence[str]) -> tuple[list[Profile], list[ProfileFile]]:
    """
    Return the named profiles, right and wrong, or without names all of them.

    With names, mistakes in other profiles are warnings.

    Raises:
        ConfigError: there is no profile at all, or none of a given name.

    """
    school.require_profiles()
    if not names:
        return list(school.profiles), list(school.wrong)
    for name in names:
        found = school.find(name)
        if found is None:
            raise ConfigError(f"there is no profile {describe(name)}", school.known_names(name))
        school.require_output(found)
    wanted = {same_name(name) for name in names}
    profile_warnings.warn_of_others(school, names)
    return (
        [profile for profile in school.profiles if same_name(profile.name) in wanted],
        [profile_file for profile_file in school.wrong if same_name(profile_file.name) in wanted],
    )


def _skip(profile: Profile, today: date) -> ProfileResult:
    profile_warnings.report_expired(profile, today)
    return ProfileResult.of(profile, Outcome.SKIPPED, why=f"expired on {profile.last_day}")


def _fail_wrong(profile_file: ProfileFile) -> ProfileResult:
    code = profile_warnings.report_wrong(profile_file)
    first, *mistakes = render([profile_file.report]).splitlines()
    return ProfileResult(
        profile=profile_file.name,
        outcome=Outcome.FAILED,
        exit_code=code,
        why=first,
        mistakes=tuple(map(str.strip, mistakes)),
    )
