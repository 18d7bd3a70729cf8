"""The commands around the gates: look at a plan, approve it, look back, undo."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from sdssync.cli import streams
from sdssync.cli.options import (
    Common,
    ResultFormat,
    cached_option,
    common_options,
    format_option,
    installation,
    local_today,
    today_option,
)
from sdssync.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from sdssync.config.installation import ConfiguredSchool
    from sdssync.safety.publication import Published

all_option = click.option("--all", "everything", is_flag=True, help="Print every line, however many there are.")
_reason_option = click.option("--reason", metavar="TEXT", default="", help="Why; kept in the audit.")
_profile_argument = click.argument("name", help="The profile, by name.")


@click.command()
@common_options
@click.argument("names", metavar="[NAME]...", nargs=-1, help="Profiles, by name [default: all].")
@format_option
@cached_option
@today_option
@all_option
@click.option("--detailed-exitcode", is_flag=True, help="End with 10 if something would be published.")
def plan(
    common: Common,
    names: tuple[str, ...],
    result_format: ResultFormat,
    *,
    cached: bool,
    today: date | None,
    everything: bool,
    detailed_exitcode: bool,
) -> ExitCode:
    """
    Show what a run would change, by class and person, and which gates would hold it; publish nothing.

    Example: sdssync plan Seniors --cached
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.job import Job, Mode
    from sdssync.jobs.run import run
    from sdssync.report.outcome import Outcome
    from sdssync.report.plan import plan_json, plan_lines

    job = Job(run_id=common.run_id, today=today or local_today(), names=names, mode=Mode.PLAN, cached=cached)
    configured = installation(common)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        report = run(configured, job, progress)
    code = report.exit_code
    if detailed_exitcode and code is ExitCode.DONE and report.outcomes[Outcome.PUBLISHED]:
        code = ExitCode.PENDING
    if result_format is ResultFormat.JSON:
        streams.print_result(plan_json(report, int(code)))
    else:
        streams.print_lines(plan_lines(report, everything=everything), color=common.log.color)
    return code


@click.command()
@common_options
@_profile_argument
@click.argument("plan_id", metavar="PLAN-ID", help="The id of the plan, from `sdssync plan` or `status`.")
@_reason_option
@today_option
def approve(common: Common, name: str, plan_id: str, *, reason: str, today: date | None) -> ExitCode:
    """
    Publish the held set with this plan id, byte for byte, and nothing else.

    Example: sdssync approve Seniors 3f9c0a1b22d4 --reason "year 13 has left"
    """
    from sdssync.jobs.decide import approve as approve_plan

    school = installation(common).school
    day = today or local_today()
    published = approve_plan(school, name, plan_id, day=day, reason=_checked(reason), run_id=common.run_id)
    return max(_print_published(published), _hand_over(common, school, published.manifest.profile))


@click.command()
@common_options
@_profile_argument
@click.argument("generation", type=click.IntRange(min=1), help="Its number, from `sdssync history`.")
@_reason_option
def restore(common: Common, name: str, generation: int, *, reason: str) -> ExitCode:
    """
    Publish an earlier generation again, and hold the profile until it is released.

    Example: sdssync restore Seniors 41 --reason "set lists were empty"
    """
    from sdssync.jobs.decide import restore as restore_generation

    school = installation(common).school
    published = restore_generation(
        school, name, generation, day=local_today(), reason=_checked(reason), run_id=common.run_id
    )
    code = _print_published(published)
    streams.print_result(f"runs hold it until: sdssync release {published.manifest.profile}\n")
    return max(code, _hand_over(common, school, published.manifest.profile))


@click.command()
@common_options
@_profile_argument
def release(common: Common, name: str) -> ExitCode:
    """
    Let runs publish a restored profile again.

    Example: sdssync release Seniors
    """
    from sdssync.jobs.decide import release as release_profile

    released = release_profile(installation(common).school, name, run_id=common.run_id)
    streams.print_result(f"{released} is released: the next run publishes it, if no other gate holds it\n")
    return ExitCode.DONE


@click.command()
@common_options
@format_option
@click.option("--check", is_flag=True, help="End with the highest last code, or with 3 if a run is overdue.")
@click.option(
    "--max-age",
    type=click.FloatRange(min=0, min_open=True, max=87_600),
    default=36.0,
    metavar="HOURS",
    help="With --check: the oldest that a last run may be.  [default: 36]",
)
@today_option
def status(common: Common, result_format: ResultFormat, *, check: bool, max_age: float, today: date | None) -> ExitCode:
    """
    Show how the last run ended for each profile, what is published, and what waits for a person.

    Example: sdssync status --check --max-age 30
    """
    from sdssync.jobs.history import check_status, read_current_status
    from sdssync.publish.status import status_json
    from sdssync.report.history import status_lines

    school = installation(common).school
    current = read_current_status(school)
    if result_format is ResultFormat.JSON:
        streams.print_result(status_json(current))
    else:
        lines = status_lines(current, datetime.now().astimezone(), streams.width())
        streams.print_lines(lines, color=common.log.color)
    return check_status(current, school, today or local_today(), max_age) if check else ExitCode.DONE


@click.command()
@common_options
@_profile_argument
@format_option
def history(common: Common, name: str, result_format: ResultFormat) -> ExitCode:
    """
    List the published generations of a profile, the newest first, with what changed.

    Example: sdssync history Seniors
    """
    from sdssync.jobs.history import history as list_generations
    from sdssync.report.history import history_json, history_lines

    steps = [(step.generation, step.changes) for step in list_generations(installation(common).school, name)]
    if result_format is ResultFormat.JSON:
        streams.print_result(history_json(name, steps))
    else:
        lines = history_lines(steps, datetime.now().astimezone(), streams.width())
        streams.print_lines(lines, color=common.log.color)
    return ExitCode.DONE


@click.command()
@common_options
@_profile_argument
@click.argument(
    "generations",
    metavar="[GEN [GEN]]",
    nargs=-1,
    type=click.IntRange(min=1),
    help="From which to which [default: the last two; one: from it to the last].",
)
@format_option
@all_option
def diff(
    common: Common, name: str, generations: tuple[int, ...], result_format: ResultFormat, *, everything: bool
) -> ExitCode:
    """
    Show what changed between two generations of a profile.

    Example: sdssync diff Seniors 40 41
    """
    from sdssync.jobs.history import difference
    from sdssync.report.history import diff_json, diff_lines
    from sdssync.report.plan import MOST_LINES

    if len(generations) > 2:
        raise ConfigError("expected at most two generations", "sdssync history lists them")
    found = difference(installation(common).school, name, generations)
    if result_format is ResultFormat.JSON:
        streams.print_result(diff_json(found.profile, found.old, found.new, found.changes))
    else:
        most = None if everything else MOST_LINES
        lines = diff_lines(found.profile, found.old, found.new, found.changes, most)
        streams.print_lines(lines, color=common.log.color)
    return ExitCode.DONE


@click.group(no_args_is_help=True)
def audit() -> None:
    """Check the record of everything that was published, held, approved, restored or removed."""


@audit.command()
@common_options
def verify(common: Common) -> ExitCode:
    """
    Check that no line of the audit was changed or removed.

    Example: sdssync audit verify
    """
    from sdssync.jobs.history import verify_audit

    fault = verify_audit(installation(common).school)
    if fault is None:
        streams.print_result("the audit fits\n")
        return ExitCode.DONE
    where = f"line {fault.line}" if fault.line else "audit.jsonl"
    streams.print_result(f"{where}: {fault.text}\n")
    return ExitCode.INVALID


def _checked(reason: str) -> str:
    """
    Return the reason as the audit may have it.

    Raises:
        ConfigError: it does not fit on a line.

    """
    from sdssync.files.names import has_invisible

    if has_invisible(reason) or len(reason) > 500:
        raise ConfigError("--reason expects at most 500 characters on one line")
    return reason


def _hand_over(common: Common, school: "ConfiguredSchool", name: str) -> ExitCode:
    """Hand over what has just been published, if the profile has an `[upload]` table."""
    if not any(profile.name == name and profile.upload for profile in school.profiles):
        return ExitCode.DONE
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.upload import Means, upload_after_decision
    from sdssync.report.uploads import upload_lines

    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        result = upload_after_decision(school, name, Means(progress=progress))
    streams.print_lines(upload_lines([result]), color=common.log.color)
    return result.code_after_run


def _print_published(published: "Published") -> ExitCode:
    manifest = published.manifest
    streams.print_result(
        f"{manifest.profile}: published as generation {manifest.number}, {manifest.files.users:,} users,"
        f" {manifest.files.classes:,} classes, {manifest.files.enrollments:,} enrollments\n"
    )
    return published.problem.exit_code if published.problem else ExitCode.DONE
