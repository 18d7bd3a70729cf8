"""
The story of a run: take the document once, then one profile after another.

A profile that fails stops no other: whatever goes wrong with one becomes its outcome. What goes wrong for all of them
before they begin is raised.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sdssync import __version__
from sdssync.config.installation import ConfiguredSchool, Installation
from sdssync.config.mistakes import describe
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, ExitCode, SdsSyncError
from sdssync.files.lock import installation_lock
from sdssync.files.names import same_name
from sdssync.isams.progress import Progress
from sdssync.isams.records import Reading
from sdssync.isams.source import take_document
from sdssync.jobs import profile_warnings
from sdssync.jobs.job import Job
from sdssync.jobs.run_profile import prepare, run_profile
from sdssync.log import events, outcomes
from sdssync.publish.publications import tidy_publications
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.roster.roll import Roll, call_roll


def run(installation: Installation, job: Job, progress: Progress) -> RunReport:
    """
    Generate, validate and publish the profiles of a job; the report says how each one ended.

    Raises:
        SdsSyncError: nothing could be done for any of them.

    """
    started = time.monotonic()
    log = events.log()
    school = installation.school
    settings = school.settings
    profiles, wrong = _wanted(school, job.names)
    log.info("run.started", version=__version__, profiles=[profile.name for profile in profiles])
    log.debug("settings.read", file=str(installation.file), state=str(settings.folders.state))
    profile_warnings.warn_of_safety(settings)
    results = _Results()
    with installation_lock(settings.folders.state):
        for profile_file in wrong:
            results.add(_fail_wrong(profile_file))
        for profile in profiles:
            if profile.has_expired(job.today):
                results.add(_skip(profile))
        current = [profile for profile in profiles if not profile.has_expired(job.today)]
        _run_current(current, settings, job, progress, results)
    report = RunReport(run_id=job.run_id, results=results.in_order(school))
    seconds = round(time.monotonic() - started, 3)
    log.info("run.finished", exit_code=int(report.exit_code), seconds=seconds, **report.outcomes)
    return report


class _Results:
    """How the profiles ended, as far as they have."""

    def __init__(self) -> None:
        self._results: list[ProfileResult] = []

    def __contains__(self, profile: Profile) -> bool:
        """Return True if the profile has ended."""
        return any(result.profile == profile.name for result in self._results)

    def add(self, result: ProfileResult) -> None:
        """Note how a profile ended."""
        self._results.append(result)

    def fail(self, profile: Profile, error: SdsSyncError) -> None:
        """Log why a profile failed and note it."""
        outcomes.failed("profile.failed", error, profile=profile.name)
        self.add(ProfileResult.of(profile, Outcome.FAILED, error.exit_code, why=str(error)))

    @contextmanager
    def attempt(self, profile: Profile) -> Iterator[None]:
        """Name the profile in each event of the block; whatever goes wrong in the block is how the profile ended."""
        with events.bound(profile=profile.name):
            try:
                yield
            except SdsSyncError as error:
                self.fail(profile, error)
            except Exception as error:  # noqa: BLE001  (a bug met by one profile must not stop the others)
                outcomes.crashed("profile.failed", error)
                self.add(ProfileResult.of(profile, Outcome.FAILED, ExitCode.BUG, why="a bug in sdssync, see the log"))

    def in_order(self, school: ConfiguredSchool) -> tuple[ProfileResult, ...]:
        """Return the results in the order of the profiles' files."""
        positions = {file.name: position for position, file in enumerate(school.profile_files)}
        return tuple(sorted(self._results, key=lambda result: positions[result.profile]))


def _run_current(
    profiles: Sequence[Profile], settings: SchoolSettings, job: Job, progress: Progress, results: _Results
) -> None:
    """Prepare the output folders, take the document, run the profiles; without a document each of them has failed."""
    tidy_publications(settings.folders.state)
    for profile in profiles:
        with results.attempt(profile):
            prepare(profile, job.today)
    ready = [profile for profile in profiles if profile not in results]
    if not ready:
        return
    try:
        rolls = _Rolls(take_document(settings, cached=job.cached, progress=progress))
    except SdsSyncError as error:
        outcomes.failed("source.failed", error)
        for profile in ready:
            results.fail(profile, error)
        return
    for profile in ready:
        with results.attempt(profile):
            results.add(run_profile(profile, rolls.of(profile), settings, job.mode))


class _Rolls:
    """The school with its references followed: once for all profiles that read it alike."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rolls: dict[bool, Roll] = {}

    def of(self, profile: Profile) -> Roll:
        """Return the roll for a profile."""
        school = self._reading.as_script if profile.parity else self._reading.school
        differs = school is not self._reading.school
        if differs not in self._rolls:
            self._rolls[differs] = call_roll(school)
        return self._rolls[differs]


def _wanted(school: ConfiguredSchool, names: Sequence[str]) -> tuple[list[Profile], list[ProfileFile]]:
    """
    Return the named profiles, right and wrong, or without names all of them.

    With names, mistakes in other profiles are warnings.

    Raises:
        ConfigError: there is no profile at all, or none of a given name.

    """
    school.require_profiles()
    if not names:
        return list(school.profiles), list(school.wrong)
    wanted = {same_name(name) for name in names}
    known_names = {same_name(file.name) for file in school.profile_files}
    unknown = [name for name in names if same_name(name) not in known_names]
    if unknown:
        known = ", ".join(file.name for file in school.profile_files)
        found = ", ".join(map(describe, unknown))
        raise ConfigError(f"expected names of profiles, found {found}", f"the profiles are: {known}")
    profile_warnings.warn_of_others(school, names)
    return (
        [profile for profile in school.profiles if same_name(profile.name) in wanted],
        [profile_file for profile_file in school.wrong if same_name(profile_file.name) in wanted],
    )


def _skip(profile: Profile) -> ProfileResult:
    events.log().info("profile.skipped", profile=profile.name, reason="expired", expires=str(profile.expires))
    return ProfileResult.of(profile, Outcome.SKIPPED, why=f"expired on {profile.expires}")


def _fail_wrong(profile_file: ProfileFile) -> ProfileResult:
    code = profile_warnings.report_wrong(profile_file)
    return ProfileResult(
        profile=profile_file.name, outcome=Outcome.FAILED, exit_code=code, why=f"{profile_file.displayed} is wrong"
    )
