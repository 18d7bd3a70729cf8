"""The commands that generate, validate and publish."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdssync.cli import streams
from sdssync.cli.options import (
    After,
    Common,
    ResultFormat,
    cached_option,
    config_path,
    dry_run_option,
    followed_by,
    format_option,
    installation,
    keep_option,
    local_today,
    today_option,
)
from sdssync.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from sdssync.jobs.job import Job


def _notify(common: Common, code: ExitCode, *, dry_run: bool, **_: object) -> None:
    """Tell those whom `[notify]` names how a run ended that may publish."""
    from sdssync.jobs.notify import notify

    if not dry_run:
        notify(config_path(common), common.run_id, code)


def after_misuse(command: str | None, arguments: Sequence[str]) -> After | None:
    """Return what follows a command line that is wrong: that of a scheduled task would fail every night."""
    is_dry = any(argument.startswith("--dry") for argument in arguments)
    return partial(_notify, dry_run=is_dry) if command in {run.name, run_all.name} else None


@click.command()
@followed_by(_notify)
@format_option
@cached_option
@dry_run_option
@keep_option
@today_option
def run_all(
    common: Common,
    result_format: ResultFormat,
    *,
    cached: bool,
    dry_run: bool,
    keep: Path | None,
    today: date | None,
) -> ExitCode:
    r"""
    Generate, validate and publish every profile: the scheduled job.

    One download, one parse, every profile that has not expired. A set that breaks the rules of SDS is not published,
    and the set published last stays as it is.

    Example: sdssync run-all --config C:\SDS\sdssync.toml --log-file C:\SDS\logs\sdssync.log
    """
    return _run(common, result_format, _job(common, (), cached=cached, dry_run=dry_run, keep=keep, today=today))


@click.command()
@followed_by(_notify)
@click.argument("names", metavar="NAME...", nargs=-1, required=True, help="Profiles, by name.")
@format_option
@cached_option
@dry_run_option
@keep_option
@today_option
def run(
    common: Common,
    names: tuple[str, ...],
    result_format: ResultFormat,
    *,
    cached: bool,
    dry_run: bool,
    keep: Path | None,
    today: date | None,
) -> ExitCode:
    """
    Generate, validate and publish the named profiles.

    Example: sdssync run Seniors --cached --dry-run
    """
    return _run(common, result_format, _job(common, names, cached=cached, dry_run=dry_run, keep=keep, today=today))


def _run(common: Common, result_format: ResultFormat, job: "Job") -> ExitCode:
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.run import run
    from sdssync.report.summary import run_json, run_lines

    configured = installation(common)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        report = run(configured, job, progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(run_json(report))
    else:
        streams.print_lines(run_lines(report, streams.width()), color=common.log.color)
    return report.exit_code


def _job(
    common: Common,
    names: tuple[str, ...],
    *,
    cached: bool,
    dry_run: bool,
    keep: Path | None,
    today: date | None,
) -> "Job":
    """
    Return what a run is asked to do.

    Raises:
        ConfigError: there is a folder to keep the sets in, although they are to be published.

    """
    from sdssync.jobs.job import Job, Mode

    if keep is not None and not dry_run:
        raise ConfigError("--keep goes with --dry-run only", "a set that is published is in the output folder")
    mode = Mode.DRY_RUN if dry_run else Mode.PUBLISH
    return Job(run_id=common.run_id, today=today or local_today(), names=names, mode=mode, cached=cached, keep=keep)
