"""What becomes of a set that may be published: it is published, it is unchanged, or a gate holds it."""

from dataclasses import replace
from datetime import UTC, datetime

from sdssync import __version__
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ExitCode, OutputError
from sdssync.jobs.job import Job, Mode
from sdssync.jobs.planning import Planned
from sdssync.log import events, outcomes
from sdssync.publish.manifest import Manifest
from sdssync.report.matter import quoted
from sdssync.report.outcome import Outcome, ProfileResult
from sdssync.safety.audit import Act, Audit
from sdssync.safety.held import HeldSet, Waiting
from sdssync.safety.plan import Plan
from sdssync.safety.publication import Publisher


def conclude(
    planned: Planned, result: ProfileResult, profile: Profile, settings: SchoolSettings, job: Job
) -> ProfileResult:
    """
    Do with a set what its plan says, unless the job only asks.

    Raises:
        OutputError: the set cannot be published or kept; the published one is as it was.

    """
    if planned.outcome is Outcome.UNCHANGED:
        return _leave(planned, result, profile, settings, job)
    if planned.outcome is Outcome.HELD:
        return _hold(planned, result, profile, settings, job)
    if job.mode is Mode.DRY_RUN:
        return result
    result = replace(result, outcome=Outcome.PUBLISHED)
    if job.mode is Mode.PLAN:
        return result
    publisher = Publisher(state=settings.folders.state, profile=profile.name, output=profile.folder)
    manifest = _manifest(planned, profile, job)
    again = planned.baselines.last if planned.baselines.is_edited(planned.files.digest) else None
    published = publisher.publish(planned.staged, manifest, again=again)
    events.log().info(
        "profile.published",
        output=profile.output_as_written,
        files=len(planned.files.files),
        generation=published.manifest.number,
    )
    result = replace(result, published_at=manifest.published_at, generation=published.manifest.number)
    return with_problem(result, published.problem)


def _leave(
    planned: Planned, result: ProfileResult, profile: Profile, settings: SchoolSettings, job: Job
) -> ProfileResult:
    """Leave the output as it is; a set that no generation has is kept as one, so that there is a baseline."""
    if job.mode is Mode.DRY_RUN:
        return result
    result = replace(result, outcome=Outcome.UNCHANGED)
    last = planned.baselines.last
    if last and last.digest == planned.files.digest:
        result = replace(result, published_at=last.manifest.published_at, generation=last.number)
    if job.mode is Mode.PLAN:
        return result
    events.log().info("profile.unchanged", reason="the published files already have the same bytes")
    if result.generation is not None:
        Waiting(settings.folders.state, profile.name).discard()
        return result
    publisher = Publisher(state=settings.folders.state, profile=profile.name, output=profile.folder)
    recorded = publisher.record(planned.staged, _manifest(planned, profile, job))
    result = replace(result, published_at=recorded.manifest.published_at, generation=recorded.manifest.number)
    return with_problem(result, recorded.problem)


def _hold(
    planned: Planned, result: ProfileResult, profile: Profile, settings: SchoolSettings, job: Job
) -> ProfileResult:
    """Keep the set for approval, and leave the published one as it is."""
    plan, state = planned.plan, settings.folders.state
    result = replace(result, outcome=Outcome.HELD, exit_code=ExitCode.HELD, why=f"held by {', '.join(plan.gates)}")
    if job.mode is not Mode.PUBLISH:
        _report_held(plan, "the set published before stays")
        return result
    waiting = Waiting(state, profile.name)
    before = waiting.held()
    is_same = before is not None and before.plan_id == plan.plan_id
    held = HeldSet(
        plan_id=plan.plan_id,
        since=before.since if before and is_same else datetime.now(UTC).replace(microsecond=0),
        trips=plan.trips,
        users=plan.users,
        classes=plan.classes,
        enrollments=plan.enrollments,
        manifest=_manifest(planned, profile, job),
        last_digest=planned.baselines.last.digest if planned.baselines.last else "",
        output_digest=planned.baselines.output_digest,
        safety=repr(planned.safety),
    )
    waiting.hold(planned.staged, held)
    Audit(state).append(Act.HELD, job.run_id, profile=profile.name, plan_id=plan.plan_id, gates=list(plan.gates))
    name = quoted(profile.name)
    publish = f"sdssync release {name}" if plan.is_pinned else f"sdssync approve {name} {plan.plan_id}"
    hint = f"the set published before stays; look with `sdssync plan {name}`, and if it is right: {publish}"
    _report_held(plan, hint)
    return result


def _report_held(plan: Plan, hint: str) -> None:
    """Log by which gates a set is held, with their figures."""
    figures = [
        f"{trip.gate} against {trip.baseline}: {trip.removed} of {trip.of}"
        + (f", limit {trip.limit}" if trip.limit is not None else "")
        for trip in plan.trips
    ]
    code = int(ExitCode.HELD)
    events.log().error(
        "profile.held", plan_id=plan.plan_id, gates=list(plan.gates), figures=figures, hint=hint, exit_code=code
    )


def _manifest(planned: Planned, profile: Profile, job: Job) -> Manifest:
    return Manifest(
        profile=profile.name,
        number=0,  # given when it is kept
        day=job.today,
        published_at=datetime.now(UTC).replace(microsecond=0),
        run_id=job.run_id,
        program=__version__,
        format=profile.format,
        output=str(profile.folder),
        files=planned.files,
        effective=planned.effective,
        source=planned.source,
        classes=planned.classes,
    )


def with_problem(result: ProfileResult, problem: OutputError | None) -> ProfileResult:
    """Add what could not be done after the outcome was certain, if anything; the outcome stays."""
    if problem is None:
        return result
    if result.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED):
        outcomes.failed("profile.published_with_problems", problem)
    else:
        outcomes.failed("profile.failed_to_clean_up", problem)
    why = "; ".join(filter(None, (result.why, str(problem))))
    return replace(result, exit_code=max(result.exit_code, problem.exit_code), why=why)
