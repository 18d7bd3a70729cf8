"""
The story of a run: take the document once, then one profile after another.

A profile that fails stops no other: everything that goes wrong with one ends as its outcome. What goes wrong for all of
them before they begin is raised.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

from sdssync import __version__
from sdssync.config.installation import BrokenProfile, Installation, Profile
from sdssync.config.mistakes import describe
from sdssync.config.settings import Settings
from sdssync.errors import ConfigError, ExitCode, OutputError, SdsSyncError
from sdssync.files.lock import installation_lock
from sdssync.files.paths import is_foreign, same_name
from sdssync.isams.records import Reading
from sdssync.isams.source import Progress, take_document
from sdssync.jobs import profile_warnings
from sdssync.log import events, setup
from sdssync.publish.output_folder import check_folder
from sdssync.publish.publications import Publication, record_publication, tidy_publications
from sdssync.publish.staging import heal, publish, staging, unchanged
from sdssync.publish.verdict import Verdict, judge
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.roster.csv_files import tables, write
from sdssync.roster.enrol import Roster, enrol, enrol_as_script
from sdssync.roster.selection import Roll, call_roll, select
from sdssync.roster.subjects import SubjectSummary, summarise_subjects


class Mode(Enum):
    """What to do with a set that is good."""

    PUBLISH = "publish"
    DRY_RUN = "dry run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the command line asks for."""

    run_id: str
    today: date
    names: tuple[str, ...] = ()
    """Profiles to run, without regard to case; (): all."""
    mode: Mode = Mode.PUBLISH
    cached: bool = False
    """Use the document that was downloaded last."""


def run(installation: Installation, job: Job, progress: Progress) -> RunReport:
    """
    Generate, validate and publish the profiles of a job; how each one ended is in the report.

    Raises:
        SdsSyncError: nothing could be done for any of them.

    """
    started = time.monotonic()
    log = events.log()
    profiles, broken = _wanted(installation, job.names)
    log.info("run.started", version=__version__, profiles=[profile.name for profile in profiles])
    log.debug("settings.read", file=str(installation.settings.file), state=str(installation.settings.state))
    profile_warnings.warn_of_safety(installation.settings)
    with installation_lock(installation.settings.state):
        results = [
            *map(_fail_broken, broken),
            *(_skip(profile) for profile in profiles if _has_expired(profile, job.today)),
            *_run_current(
                [each for each in profiles if not _has_expired(each, job.today)], installation.settings, job, progress
            ),
        ]
    report = RunReport(run_id=job.run_id, results=_in_file_order(results, installation))
    seconds = round(time.monotonic() - started, 3)
    log.info("run.finished", exit_code=int(report.exit_code), seconds=seconds, **report.outcomes)
    return report


def list_subjects(settings: Settings, *, cached: bool, progress: Progress) -> tuple[SubjectSummary, ...]:
    """
    Return the subjects of the school's document.

    Raises:
        SdsSyncError: there is no complete document, or another run holds the lock.

    """
    with installation_lock(settings.state):
        return summarise_subjects(call_roll(take_document(settings, cached=cached, progress=progress).school))


def _run_current(profiles: Sequence[Profile], settings: Settings, job: Job, progress: Progress) -> list[ProfileResult]:
    """Put the output folders right, take the document, run the profiles; without a document each of them has failed."""
    tidy_publications(settings.state)
    results = [_attempt(profile, lambda each: _prepare(each, job.today)) for profile in profiles]
    ready = [profile for profile, result in zip(profiles, results, strict=True) if not result.exit_code]
    failed = [result for result in results if result.exit_code]
    if not ready:
        return failed
    try:
        rolls = _Rolls(take_document(settings, cached=job.cached, progress=progress))
    except SdsSyncError as error:
        setup.failed("source.failed", error)
        return [*failed, *(_fail(profile, error) for profile in ready)]
    return [
        *failed,
        *(_attempt(profile, lambda each: run_profile(each, rolls.of(each), settings, job.mode)) for profile in ready),
    ]


def _attempt(profile: Profile, step: Callable[[Profile], ProfileResult]) -> ProfileResult:
    """Do something for a profile; whatever goes wrong is its outcome."""
    with events.bound(profile=profile.name):
        try:
            return step(profile)
        except SdsSyncError as error:
            return _fail(profile, error)
        except Exception as error:  # noqa: BLE001  (a bug that one school's data wakes must not stop the other profiles)
            setup.crashed("profile.failed", error)
            return _result(profile, Outcome.FAILED, ExitCode.BUG, why="a bug in sdssync, see the log")


def _prepare(profile: Profile, today: date) -> ProfileResult:
    """
    See that the output folder is ours, and put right what a crash left there, be there a document this night or not.

    Raises:
        SdsSyncError: the folder is not ours, or cannot be written.

    """
    profile_warnings.warn_of_expiry(profile, today)
    if is_foreign(profile.output_as_written):
        raise ConfigError(f"output {profile.output_as_written} is a Windows path", "name a folder of this system")
    check_folder(profile.output)
    if heal(profile.output):
        events.log().warning("profile.healed", hint="a run was killed or the power failed; nothing is lost")
    return _result(profile, Outcome.GENERATED)


def run_profile(profile: Profile, roll: Roll, settings: Settings, mode: Mode) -> ProfileResult:
    """
    Generate the set of one profile beside the published one, validate it, and publish it if it is good.

    Raises:
        SdsSyncError: the output folder cannot be written; the published set is as it was.

    """
    selection = select(roll, profile)
    events.log().debug(
        "profile.selected",
        pupils=len(selection.pupils),
        sets=len(selection.sets),
        extra_teachers=len(selection.extra_teachers),
    )
    profile_warnings.warn_of_unknowns(selection, profile)
    if profile.parity:
        roster = enrol_as_script(selection, profile)
    else:
        roster = enrol(selection, profile, include_names=settings.school.include_names)
    profile_warnings.warn_of_blank_grades(roster, profile)
    result = None
    try:
        with staging(profile.output) as staged:
            write(tables(roster, settings.school, profile), staged)
            generated = _generated(profile, roster)
            verdict = judge(staged, roster, profile, settings)
            profile_warnings.tell_verdict(verdict)
            generated = replace(generated, findings=verdict.report.codes)
            if verdict.refusal:
                result = _reject(generated, verdict)
            elif mode is Mode.DRY_RUN:
                result = generated
            else:
                result = _publish(generated, staged, profile, settings)
    except OutputError as error:
        if result is None:
            raise
        result = _hampered(result, error)
    return result


def _reject(result: ProfileResult, verdict: Verdict) -> ProfileResult:
    events.log().error("profile.rejected", reason=verdict.refusal)
    return replace(result, outcome=Outcome.REJECTED, exit_code=ExitCode.INVALID, why=verdict.refusal)


def _publish(result: ProfileResult, staged: Path, profile: Profile, settings: Settings) -> ProfileResult:
    """Let the staged set take the place of the published one, unless they are the same, and keep a record of it."""
    log = events.log()
    files = tuple(sorted(file.name for file in staged.iterdir()))
    now = Publication(published_at=datetime.now(UTC), format=profile.format, files=files)
    if unchanged(staged, profile.output):
        result = replace(result, outcome=Outcome.UNCHANGED)
        log.info("profile.unchanged", reason="the published files have these bytes already")
        now = replace(now, published_at=datetime.fromtimestamp(profile.output.stat().st_mtime, UTC))
    else:
        publish(staged, profile.output)
        result = replace(result, outcome=Outcome.PUBLISHED)
        log.info("profile.published", output=profile.output_as_written, files=len(files))
    try:
        record_publication(settings.state, profile.name, now)
    except OutputError as error:
        return _hampered(result, error)
    return result


def _hampered(result: ProfileResult, error: OutputError) -> ProfileResult:
    """Say that the sets are where they belong, and what could not be done besides."""
    setup.failed("profile.hampered", error)
    why = "; ".join(filter(None, (result.why, str(error))))
    return replace(result, exit_code=max(result.exit_code, error.exit_code), why=why)


class _Rolls:
    """The school with its references followed, as each profile reads it; made once for all that read alike."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rolls: dict[int, Roll] = {}

    def of(self, profile: Profile) -> Roll:
        """Return the roll for a profile."""
        school = self._reading.as_script if profile.parity else self._reading.school
        if id(school) not in self._rolls:
            self._rolls[id(school)] = call_roll(school)
        return self._rolls[id(school)]


def _wanted(installation: Installation, names: Sequence[str]) -> tuple[list[Profile], list[BrokenProfile]]:
    """Find the named profiles, right and wrong; mistakes of others are warnings then. No names mean all."""
    installation.require_profiles()
    if not names:
        return list(installation.profiles), list(installation.broken)
    wanted = {same_name(name) for name in names}
    known_names = {same_name(each.name) for each in installation.entries}
    unknown = [name for name in names if same_name(name) not in known_names]
    if unknown:
        known = ", ".join(each.name for each in installation.entries)
        found = ", ".join(map(describe, unknown))
        raise ConfigError(f"expected names of profiles, found {found}", f"the profiles are: {known}")
    profile_warnings.warn_of_others(installation, names)
    return (
        [each for each in installation.profiles if same_name(each.name) in wanted],
        [each for each in installation.broken if same_name(each.name) in wanted],
    )


def _in_file_order(results: Iterable[ProfileResult], installation: Installation) -> tuple[ProfileResult, ...]:
    """Put results into the order of the profiles' files."""
    places = {each.name: place for place, each in enumerate(installation.entries)}
    return tuple(sorted(results, key=lambda result: places[result.profile]))


def _has_expired(profile: Profile, today: date) -> bool:
    return profile.expires is not None and today > profile.expires


def _skip(profile: Profile) -> ProfileResult:
    events.log().info("profile.skipped", profile=profile.name, reason="expired", expires=str(profile.expires))
    return _result(profile, Outcome.SKIPPED, why=f"expired on {profile.expires}")


def _fail_broken(broken: BrokenProfile) -> ProfileResult:
    code = profile_warnings.tell_broken(broken)
    return ProfileResult(profile=broken.name, outcome=Outcome.FAILED, exit_code=code, why=f"{broken.shown} is wrong")


def _fail(profile: Profile, error: SdsSyncError) -> ProfileResult:
    setup.failed("profile.failed", error, profile=profile.name)
    return _result(profile, Outcome.FAILED, error.exit_code, why=str(error))


def _result(profile: Profile, outcome: Outcome, code: ExitCode = ExitCode.DONE, *, why: str = "") -> ProfileResult:
    return ProfileResult(
        profile=profile.name,
        outcome=outcome,
        exit_code=code,
        format=profile.format,
        output=profile.output_as_written,
        why=why,
    )


def _generated(profile: Profile, roster: Roster) -> ProfileResult:
    """Count what has been generated, and log it."""
    result = replace(
        _result(profile, Outcome.GENERATED),
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
