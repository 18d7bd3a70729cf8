"""
The story of one profile: enrol its parts, write, judge, publish. Most profiles have one part: themselves.

The CSV set is built in a hidden folder next to the output; the two change places only when the verdict allows it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, ExitCode, OutputError
from sdssync.files.paths import is_foreign
from sdssync.jobs import profile_warnings
from sdssync.jobs.job import Job, Mode
from sdssync.log import events, outcomes
from sdssync.publish.healing import heal
from sdssync.publish.kept_sets import keep_set
from sdssync.publish.output_folder import check_folder
from sdssync.publish.publications import Publication, record_publication
from sdssync.publish.staging import publish, staging, unchanged
from sdssync.publish.verdict import Verdict, judge
from sdssync.report.outcome import Outcome, ProfileResult
from sdssync.roster.attention import attention
from sdssync.roster.attribution import Attribution
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files, write
from sdssync.roster.enrol import Roster, enrol, enrol_as_script


def prepare(profile: Profile, today: date) -> None:
    """
    Check that the output folder belongs to sdssync and fix what a crash left there, with or without a new document.

    Raises:
        SdsSyncError: the folder does not belong to sdssync, or cannot be written.

    """
    profile_warnings.warn_of_expiry(profile, today)
    profile_warnings.warn_of_expired_parts(profile, today)
    if is_foreign(profile.output_as_written):
        raise ConfigError(f"output {profile.output_as_written} is a Windows path", "name a folder of this system")
    check_folder(profile.folder)
    if heal(profile.folder):
        events.log().warning("profile.healed", hint="a run was killed or the power failed; nothing is lost")


def run_profile(profile: Profile, parts: Sequence[Part], settings: SchoolSettings, job: Job) -> ProfileResult:
    """
    Generate the CSV set of one profile, validate it, and publish it if the verdict allows it.

    Raises:
        SdsSyncError: the output folder cannot be written; the published set is as it was.

    """
    profile_warnings.warn_of_empty_parts(parts)
    roster = _enrol(parts, profile, settings)
    with staging(profile.folder) as staged:
        write(csv_files(roster, settings.identity, profile), staged.folder)
        result = _generated(profile, roster)
        if job.keep is not None:
            keep_set(staged.folder, job.keep, profile.name)
        verdict = judge(staged.folder, roster, profile, settings)
        attribution = Attribution(roster)
        profile_warnings.report_verdict(verdict, map(attribution.of, verdict.worst))
        offences = tuple(map(attribution.of, verdict.offences))
        result = replace(result, findings=verdict.report.codes, offences=offences, rejecting=verdict.rejecting)
        if verdict.rejecting:
            result = _reject(result, verdict)
        elif job.mode is Mode.PUBLISH:
            result = _publish(result, staged.folder, profile, settings)
    return _with_problem(result, staged.leftover)


def _enrol(parts: Sequence[Part], profile: Profile, settings: SchoolSettings) -> Roster:
    """Return the rows that the profile asks for: those for SDS, or with `parity` those of iSAMS-SDS.ps1."""
    if profile.parity:
        return enrol_as_script(parts[0])
    roster = enrol(parts, include_names=settings.identity.include_names)
    profile_warnings.warn_of_blank_grades(roster)
    return roster


def _generated(profile: Profile, roster: Roster) -> ProfileResult:
    """Count what has been generated, and log it."""
    result = replace(
        ProfileResult.of(profile, Outcome.GENERATED),
        users=len(roster.users),
        classes=len(roster.classes),
        enrollments=roster.enrollments,
        omissions=roster.omissions,
        attention=attention(roster),
    )
    events.log().info(
        "profile.generated",
        users=result.users,
        classes=result.classes,
        enrollments=result.enrollments,
        omissions=result.omission_counts,
    )
    return result


def _reject(result: ProfileResult, verdict: Verdict) -> ProfileResult:
    """Leave the published set as it is, and log why."""
    events.log().error("profile.rejected", reason=verdict.refusal)
    return replace(result, outcome=Outcome.REJECTED, exit_code=ExitCode.INVALID, why=verdict.refusal)


def _publish(result: ProfileResult, staged: Path, profile: Profile, settings: SchoolSettings) -> ProfileResult:
    """Let the staged set take the place of the published one, unless they are the same, and keep a record of it."""
    files = tuple(sorted(file.name for file in staged.iterdir()))
    if unchanged(staged, profile.folder):
        published_at = datetime.fromtimestamp(profile.folder.stat().st_mtime, UTC)
        result = replace(result, outcome=Outcome.UNCHANGED, published_at=published_at)
        events.log().info("profile.unchanged", reason="the published files already have the same bytes")
    else:
        published_at = datetime.now(UTC)
        publish(staged, profile.folder)
        result = replace(result, outcome=Outcome.PUBLISHED, published_at=published_at)
        events.log().info("profile.published", output=profile.output_as_written, files=len(files))
    publication = Publication(published_at=published_at, format=profile.format, files=files)
    try:
        record_publication(settings.folders.state, profile.name, publication)
    except OutputError as error:
        return _with_problem(result, error)
    return result


def _with_problem(result: ProfileResult, problem: OutputError | None) -> ProfileResult:
    """Add what could not be done after the outcome was certain, if anything; the outcome stays."""
    if problem is None:
        return result
    if result.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED):
        outcomes.failed("profile.published_with_problems", problem)
    else:
        outcomes.failed("profile.failed_to_clean_up", problem)
    why = "; ".join(filter(None, (result.why, str(problem))))
    return replace(result, exit_code=max(result.exit_code, problem.exit_code), why=why)
