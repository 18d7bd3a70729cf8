"""
The command line: one handler a command, which calls what does the work, prints its result, and returns an exit code.

Modules that do the work are imported when a command needs them: `--help` has no use for them.
"""

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdssync.cli import options, streams
from sdssync.cli.options import Cached, Common, DryRun, Format, ResultFormat, Today
from sdssync.errors import ExitCode
from sdssync.report.validation.formats import OutputFormat
from sdssync.sds.schema import SdsFormat

if TYPE_CHECKING:
    from sdssync.config.installation import Installation
    from sdssync.jobs.job import Job

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    streams.prepare()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return app(args=arguments, prog_name="sdssync", standalone_mode=False) or ExitCode.DONE
    except options.UsageError as error:
        return options.misused(error, arguments)
    except OSError as error:  # of help and version; a result is printed by `streams`
        return options.refuse(streams.unwritable(error), arguments)


@app.callback(help="iSAMS to Microsoft School Data Sync: complete, validated CSV sets, published all or nothing.")
@options.callback
def _sdssync(context: typer.Context, **given: object) -> None:
    """Take the options before the command."""
    options.before_the_command(context, **given)


@app.command()
@options.command
def run_all(
    common: Common,
    *,
    format: Format = ResultFormat.TEXT,  # noqa: A002  (the option's name)
    cached: Cached = False,
    dry_run: DryRun = False,
    today: Today = None,
) -> ExitCode:
    r"""
    Generate, validate and publish every profile: the scheduled job.

    One download, one parse, every profile that has not expired. What a profile's set would break stays unpublished, and
    the set published last stays as it is.

    Example: sdssync run-all --config C:\SDS\sdssync.toml --log-file C:\SDS\logs\sdssync.log
    """
    return _run(common, format, _job(common, (), cached=cached, dry_run=dry_run, today=today))


@app.command()
@options.command
def run(
    common: Common,
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="Profiles, by name.")],
    *,
    format: Format = ResultFormat.TEXT,  # noqa: A002  (the option's name)
    cached: Cached = False,
    dry_run: DryRun = False,
    today: Today = None,
) -> ExitCode:
    """
    Generate, validate and publish the named profiles.

    Example: sdssync run Seniors --cached --dry-run
    """
    return _run(common, format, _job(common, tuple(names), cached=cached, dry_run=dry_run, today=today))


@app.command()
@options.command
def validate(
    common: Common,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="DIR|NAME", help="Folders of CSV files, or profiles [default: all]."),
    ] = None,
    *,
    format: Annotated[OutputFormat, typer.Option("--format", help="How the findings are printed.")] = OutputFormat.TEXT,  # noqa: A002
    strict: Annotated[bool, typer.Option("--strict", help="Let a warning fail, too.")] = False,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODES", help="Only these codes or beginnings, like SDS2.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Not these codes or beginnings, like SDS301.")
    ] = None,
    max_findings: Annotated[
        int, typer.Option("--max-findings", min=0, help="Findings told one by one, for each set; all are counted.")
    ] = 1000,
) -> ExitCode:
    """
    Check CSV sets on disk against the rules of SDS, offline.

    Without an argument: the published set of every profile. What has a path separator is a folder.

    Example: sdssync validate Seniors --format json

    Example: sdssync validate ./export --strict --ignore SDS301,SDS304
    """
    from sdssync.jobs.validate import STRICT, Choice, validate_targets
    from sdssync.report.validation.formats import render
    from sdssync.sds.findings import BLOCKING

    choice = Choice(
        select=tuple(map(str.upper, _codes(select))),
        ignore=tuple(map(str.upper, _codes(ignore))),
        max_findings=max_findings,
        failing=STRICT if strict else BLOCKING,
    )
    outcome = validate_targets(common.config, tuple(targets or ()), choice)
    if format is OutputFormat.TEXT and outcome.exit_code and not outcome.reports:
        return outcome.exit_code  # the log says it all
    if format is OutputFormat.TEXT and sys.stdout.isatty() and common.log.color:
        from rich.console import Console

        from sdssync.report.validation.terminal import render_rich

        Console(highlight=False).print(render_rich(outcome.reports), soft_wrap=True)
    else:
        streams.print_result(render(outcome.reports, format))
    return outcome.exit_code


@app.command()
@options.command
def rule(
    common: Common,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code like SDS206.")],
) -> ExitCode:
    """
    Explain a rule: what it looks for, why, and how to mend it.

    Example: sdssync rule SDS206
    """
    from sdssync.report.rule import explain

    del common
    streams.print_result(explain(code))
    return ExitCode.DONE


@app.command()
@options.command
def subjects(
    common: Common,
    *,
    format: Format = ResultFormat.TEXT,  # noqa: A002  (the option's name)
    cached: Cached = False,
) -> ExitCode:
    """
    List the subjects with their ids, and how many sets and pupils each has.

    Example: sdssync subjects --cached
    """
    from sdssync.cli import progress
    from sdssync.jobs.subjects import list_subjects
    from sdssync.report.subjects import subjects_json, subjects_text

    installation = _installation(common)
    with progress.shown(wanted=common.progress, color=common.log.color) as tell:
        found = list_subjects(installation.school.settings, cached=cached, progress=tell)
    if format is ResultFormat.JSON:
        streams.print_result(subjects_json(found))
    else:
        streams.print_result(subjects_text(found, color=common.log.color))
    return ExitCode.DONE


@app.command()
@options.command
def profiles(
    common: Common,
    *,
    format: Format = ResultFormat.TEXT,  # noqa: A002  (the option's name)
) -> ExitCode:
    """
    Show what is configured: name, format, years, output, expiry and state of each profile.

    Example: sdssync profiles --format json
    """
    from sdssync.jobs.profile_warnings import report_wrong
    from sdssync.jobs.profiles import list_profiles
    from sdssync.report.profiles import profiles_json, profiles_text

    installation = _installation(common)
    configured = list_profiles(installation.school, _today(None))
    if format is ResultFormat.JSON:
        streams.print_result(profiles_json(configured))
    else:
        streams.print_result(profiles_text(configured, color=common.log.color))
    return max(map(report_wrong, installation.school.broken), default=ExitCode.DONE)


@app.command()
@options.command
def init(common: Common) -> ExitCode:
    """
    Write a first sdssync.toml and make the folder of profiles; an existing file is never overwritten.

    Example: sdssync init
    """
    from sdssync.setup.new_files import init as write_settings

    for path in write_settings(_config(common)):
        streams.print_result(f"made {path}\n")
    return ExitCode.DONE


@app.command()
@options.command
def new(
    common: Common,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the profile, and of its file.")],
    *,
    years: Annotated[str | None, typer.Option("--years", help="Year groups, like 7-13 or 7,8,10-12.")] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="IDS", help="Subject ids to leave out.")
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option("--include", metavar="IDS", help="The only subject ids to take.")
    ] = None,
    suffix: Annotated[str, typer.Option("--suffix", help="Text behind the title of each class.")] = "",
    output: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Output folder [default: csv/NAME].")
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option("--expires", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Last day on which it runs."),
    ] = None,
    sds_format: Annotated[SdsFormat, typer.Option("--sds-format", help="CSV format.")] = SdsFormat.V21,
) -> ExitCode:
    """
    Write a new profile into the folder of profiles; an existing file is never overwritten.

    Example: sdssync new Seniors --years 7-13 --exclude 7,15 --suffix _2026_27 --expires 2027-07-31
    """
    from sdssync.setup.new_files import ProfileOptions, new_profile

    chosen = ProfileOptions(
        years=years,
        exclude=_codes(exclude),
        include=_codes(include),
        suffix=suffix,
        output=output,
        expires=expires.date() if expires else None,
        format=sds_format,
    )
    streams.print_result(f"made {new_profile(_config(common), name, chosen)}\n")
    return ExitCode.DONE


def _run(common: Common, format: ResultFormat, job: "Job") -> ExitCode:  # noqa: A002  (the option's name)
    from sdssync.cli import progress
    from sdssync.jobs.run import run
    from sdssync.report.summary import run_json, run_text

    installation = _installation(common)
    with progress.shown(wanted=common.progress, color=common.log.color) as tell:
        report = run(installation, job, tell)
    if format is ResultFormat.JSON:
        streams.print_result(run_json(report))
    else:
        streams.print_result(run_text(report, color=common.log.color))
    return report.exit_code


def _job(common: Common, names: tuple[str, ...], *, cached: bool, dry_run: bool, today: datetime | None) -> "Job":
    from sdssync.jobs.job import Job, Mode

    mode = Mode.DRY_RUN if dry_run else Mode.PUBLISH
    return Job(run_id=common.run_id, today=_today(today), names=names, mode=mode, cached=cached)


def _today(given: datetime | None) -> date:
    """Return the day that was given, else that of this computer's clock."""
    return (given or datetime.now().astimezone()).date()


def _config(common: Common) -> Path:
    from sdssync.config.settings import settings_path

    return settings_path(common.config, os.environ)


def _installation(common: Common) -> "Installation":
    from sdssync.config.installation import load

    return load(_config(common))


def _codes(given: Sequence[str] | None) -> tuple[str, ...]:
    """Take lists apart that are given as `--option 7,15 --option 16`."""
    return tuple(part.strip() for text in given or () for part in text.split(","))
