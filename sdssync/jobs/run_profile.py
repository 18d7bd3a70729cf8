"""
The story of one profile: enrol its parts, write, judge, plan, publish. Most profiles have one part: themselves.

The CSV set is built in a hidden folder next to the output; the two change places only when verdict and gates allow it.
"""

from collections.abc import Sequence
from dataclasses import replace

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, ExitCode
from sdssync.files.paths import is_foreign
from sdssync.jobs import profile_warnings
from sdssync.jobs.conclude import conclude, with_problem
from sdssync.jobs.job import Job, Mode
from sdssync.jobs.planning import plan_set
from sdssync.jobs.selections import Selections, enrol_parts
from sdssync.jobs.waiting import hold_waiting_pupils
from sdssync.log import events
from sdssync.publish.healing import heal
from sdssync.publish.kept_sets import keep_set
from sdssync.publish.output_folder import check_folder
from sdssync.publish.staging import staging
from sdssync.publish.verdict import Verdict, judge
from sdssync.report.outcome import Made, Outcome, ProfileResult
from sdssync.roster.attention import attention
from sdssync.roster.attribution import Attribution
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files, write
from sdssync.roster.enrol import Roster
from sdssync.safety.publication import Publisher


def prepare(profile: Profile, settings: SchoolSettings, job: Job) -> None:
    """
    Check that the output folder belongs to sdssync and fix what a crash left there, with or without a new document.

    Raises:
        SdsSyncError: the folder does not belong to sdssync, or cannot be written.

    """
    profile_warnings.warn_of_expiry(profile, job.today)
    profile_warnings.warn_of_expired_parts(profile, job.today)
    profile_warnings.warn_of_reused_ids(profile, job.today)
    check_output(profile)
    if heal(profile.folder):
        events.log().warning("profile.healed", hint="a run was killed or the power failed; nothing is lost")
    if job.mode is Mode.PUBLISH:
        Publisher(state=settings.folders.state, profile=profile.name, output=profile.folder).settle()


def check_output(profile: Profile) -> None:
    """
    Check that the output folder belongs to sdssync.

    Raises:
        SdsSyncError: it does not.

    """
    if is_foreign(profile.output_as_written):
        raise ConfigError(f"output {profile.output_as_written} is a Windows path", "name a folder of this system")
    check_folder(profile.folder)


def run_profile(profile: Profile, selections: Selections, settings: SchoolSettings, job: Job) -> ProfileResult:
    """
    Generate the CSV set of one profile, validate it, plan it, and publish it if verdict and gates allow it.

    Raises:
        SdsSyncError: the output folder cannot be written; the published set is as it was.

    """
    parts = selections.parts_of(profile)
    profile_warnings.warn_of_empty_parts(parts)
    enrolled = _enrol(parts, profile, settings)
    roster = hold_waiting_pupils(enrolled, profile, settings, job.today)
    with staging(profile.folder) as staged:
        write(csv_files(roster, settings.identity, profile), staged.folder)
        # a class that waits because it has no teacher asks for action too
        result = replace(
            _generated(profile, roster), attention=attention(enrolled), made=Made(parts=parts, roster=roster)
        )
        if job.keep is not None:
            keep_set(staged.folder, job.keep, profile.name)
        verdict = judge(staged.folder, roster, profile, settings)
        attribution = Attribution(roster)
        profile_warnings.report_verdict(verdict, map(attribution.of, verdict.worst))
        offences = tuple(map(attribution.of, verdict.offences))
        result = replace(result, findings=verdict.report.codes, offences=offences, rejecting=verdict.rejecting)
        if verdict.rejecting:
            result = _reject(result, verdict)
        else:
            planned = plan_set(staged.folder, roster, profile, selections, settings, job)
            profile_warnings.report_plan(planned.plan)
            result = conclude(planned, replace(result, plan=planned.plan), profile, settings, job)
    return with_problem(result, staged.leftover)


def _enrol(parts: Sequence[Part], profile: Profile, settings: SchoolSettings) -> Roster:
    """Return the rows that the profile asks for, and warn of grades that stay empty."""
    roster = enrol_parts(parts, profile, settings.identity)
    if not profile.parity:
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
