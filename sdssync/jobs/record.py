"""Record how a run ended, for `sdssync profiles` and for programs that watch."""

from dataclasses import replace
from datetime import UTC, datetime

from sdssync.config.installation import ConfiguredSchool
from sdssync.errors import OutputError
from sdssync.log import outcomes
from sdssync.publish.status import LastRun, ProfileStatus, PublishedSet, Status, write_status
from sdssync.report.outcome import ProfileResult, RunReport


def record(report: RunReport, before: Status, school: ConfiguredSchool) -> RunReport:
    """Write how a run ended into the status; if that fails, log it, and return the report with the code of that."""
    now = datetime.now(UTC).replace(microsecond=0)
    expiries = {profile.name: profile.expires for profile in school.profiles}
    ended = [
        ProfileStatus(
            profile=result.profile,
            outcome=result.outcome,
            exit_code=int(result.exit_code),
            finished_at=now,
            published=_published(result, before),
            expires=expiries.get(result.profile),
        )
        for result in report.results
    ]
    run = LastRun(run_id=report.run_id, finished_at=now, exit_code=int(report.exit_code))
    names = [profile_file.name for profile_file in school.profile_files]
    try:
        write_status(school.settings.folders.state, before.after(run, ended, names))
    except OutputError as error:
        outcomes.failed("status.failed", error)
        return replace(report, record_code=error.exit_code)
    return report


def _published(result: ProfileResult, before: Status) -> PublishedSet | None:
    """Return the set that is published now: that of this run, else the one before."""
    if result.published_at is None:
        last = before.of(result.profile)
        return last.published if last else None
    return PublishedSet(
        published_at=result.published_at.replace(microsecond=0),
        users=result.users,
        classes=result.classes,
        enrollments=result.enrollments,
    )
