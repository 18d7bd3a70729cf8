"""Remove what the state folder keeps no longer, at the end of a run."""

from dataclasses import replace
from datetime import UTC, datetime

from sdssync.config.installation import ConfiguredSchool
from sdssync.errors import OutputError
from sdssync.jobs.job import Job
from sdssync.log import outcomes
from sdssync.report.outcome import RunReport
from sdssync.safety.held import Waiting
from sdssync.safety.retention import Keeper


def tidy_up(report: RunReport, school: ConfiguredSchool, job: Job) -> RunReport:
    """Apply retention; if that fails, log it, and return the report with the code of that."""
    settings = school.settings
    state = settings.folders.state
    keeper = Keeper(state=state, retention=settings.retention, now=datetime.now(UTC), run_id=job.run_id)
    try:
        keeper.remove_documents()
        for profile in school.profiles:
            keeper.remove_generations(profile.name, job.today, settings.safety.of(profile.safety).window)
            waiting = Waiting(state, profile.name)
            held = waiting.held()
            if held is None or job.today > held.until:  # without its record no one can approve what is left of it
                waiting.discard()
        outputs = {profile.name: profile.output for profile in school.profiles}
        keeper.look_for_abandoned(outputs, [profile_file.name for profile_file in school.wrong])
    except OutputError as error:
        outcomes.failed("retention.failed", error)
        return replace(report, record_code=max(report.record_code, error.exit_code))
    return report
