"""Remove what the state folder keeps no longer, at the end of a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import OutputError
from sdssync.jobs.job import Job
from sdssync.log import outcomes
from sdssync.report.outcome import RunReport
from sdssync.safety.held import Waiting
from sdssync.safety.retention import Keeper


def tidy_up(report: RunReport, school: ConfiguredSchool, job: Job) -> RunReport:
    """Apply retention; what fails is logged and stops nothing else, and the report has the code of it."""
    settings = school.settings
    state = settings.folders.state
    keeper = Keeper(state=state, retention=settings.retention, now=datetime.now(UTC), run_id=job.run_id)
    outputs = {profile.name: profile.output for profile in school.profiles}
    wrong = [profile_file.name for profile_file in school.wrong]
    steps: list[Callable[[], None]] = [
        keeper.remove_documents,
        *(partial(_tidy_profile, keeper, profile, settings, job) for profile in school.profiles),
        partial(keeper.look_for_abandoned, outputs, wrong),
    ]
    for step in steps:
        try:
            step()
        except OutputError as error:
            outcomes.failed("retention.failed", error)
            report = replace(report, record_code=max(report.record_code, error.exit_code))
    return report


def _tidy_profile(keeper: Keeper, profile: Profile, settings: SchoolSettings, job: Job) -> None:
    """Remove what is kept too long for one profile."""
    keeper.remove_generations(profile.name, job.today, settings.safety.of(profile.safety).window)
    waiting = Waiting(settings.folders.state, profile.name)
    held = waiting.held()
    if waiting.has_lost_record or (held and job.today > held.until):  # one that cannot be read at this moment stays
        waiting.discard()
