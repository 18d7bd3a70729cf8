"""Record how a run ended, for `sdssync status` and for programs that watch."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sdssync.config.installation import ConfiguredSchool
from sdssync.errors import ExitCode, OutputError
from sdssync.log import outcomes
from sdssync.publish.generations import Generations
from sdssync.publish.manifest import Manifest
from sdssync.publish.status import HeldStatus, LastRun, ProfileStatus, PublishedSet, Status, write_status
from sdssync.publish.uploads import read_uploads
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.safety.audit import Audit
from sdssync.safety.held import Waiting


def record(report: RunReport, before: Status, school: ConfiguredSchool) -> RunReport:
    """Write how a run ended into the status; if that fails, log it, and return the report with the code of that."""
    now = datetime.now(UTC).replace(microsecond=0)
    expiries = {profile.name: profile.expires for profile in school.profiles}
    ended = [
        ProfileStatus(
            profile=result.profile,
            outcome=result.outcome,
            exit_code=result.exit_code,
            finished_at=now,
            published=_published(result, before),
            expires=expiries.get(result.profile),
        )
        for result in report.results
    ]
    run = LastRun(run_id=report.run_id, finished_at=now, exit_code=report.exit_code)
    names = [profile_file.name for profile_file in school.profile_files]
    try:
        keep_status(before.after(run, ended, names), school)
    except OutputError as error:
        outcomes.failed("status.failed", error)
        return replace(report, record_code=max(report.record_code, error.exit_code))
    return report


def keep_status(status: Status, school: ConfiguredSchool) -> None:
    """
    Write a status with what waits in each profile now, and with the hash of the last line of the audit.

    Raises:
        OutputError: it cannot be written, or what waits cannot be read.

    """
    write_status(school.settings.folders.state, current_status(status, school))


def current_status(status: Status, school: ConfiguredSchool) -> Status:
    """
    Return a status with what is kept for each profile now.

    Raises:
        OutputError: it cannot be read.

    """
    audit = Audit(school.settings.folders.state).head
    return replace(status, audit=audit, profiles=tuple(_current(_all(status, school), school)))


def _all(status: Status, school: ConfiguredSchool) -> Iterable[ProfileStatus]:
    """Yield the profiles of the status, and those of which only a generation is known because the status was lost."""
    for profile in school.profiles:
        known = status.of(profile.name)
        generations = Generations.of(school.settings.folders.state, profile.name).all() if known is None else ()
        if known:
            yield known
        elif generations:
            last = generations[-1].manifest
            yield ProfileStatus(
                profile=profile.name,
                outcome=Outcome.PUBLISHED,
                exit_code=ExitCode.DONE,
                finished_at=last.published_at,
                expires=profile.expires,
            )
    names = {profile.name for profile in school.profiles}
    yield from (known for known in status.profiles if known.profile not in names)


def _current(profiles: Iterable[ProfileStatus], school: ConfiguredSchool) -> Iterable[ProfileStatus]:
    uploads = read_uploads(school.settings.folders.state)
    without = {profile.name for profile in school.profiles if not profile.upload}
    for profile in profiles:
        waiting = Waiting(school.settings.folders.state, profile.profile)
        held = waiting.held()
        yield replace(
            profile,
            held=HeldStatus(plan_id=held.plan_id, since=held.since, until=held.until, gates=held.gates)
            if held
            else None,
            pinned=waiting.is_pinned,
            upload=None if profile.profile in without else uploads.of(profile.profile).last,
            published=_newer(profile.published, school, profile.profile),
        )


def _newer(known: PublishedSet | None, school: ConfiguredSchool, profile: str) -> PublishedSet | None:
    """Return what is published: what the last generation says, if the status is older or was lost."""
    generations = Generations.of(school.settings.folders.state, profile).all()
    if not generations or (known and (known.generation or 0) >= generations[-1].number):
        return known
    return published_set(generations[-1].manifest)


def published_set(manifest: Manifest) -> PublishedSet:
    """Return a generation as the status has it."""
    return PublishedSet(
        generation=manifest.number,
        published_at=manifest.published_at,
        users=manifest.files.users,
        classes=manifest.files.classes,
        enrollments=manifest.files.enrollments,
    )


def _published(result: ProfileResult, before: Status) -> PublishedSet | None:
    """Return the set that is published now: that of this run, else the one before."""
    if result.published_at is None:
        last = before.of(result.profile)
        return last.published if last else None
    return PublishedSet(
        generation=result.generation,
        published_at=result.published_at.replace(microsecond=0),
        users=result.users,
        classes=result.classes,
        enrollments=result.enrollments,
    )
