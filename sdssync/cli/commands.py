"""
The command line: one handler for each command, which calls what does the work, prints its result, returns an exit code.

Modules that do the work are imported when a command needs them, so that `--help` costs little.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime

import click

from sdssync.cli import (
    class_commands,
    compare_commands,
    doctor_commands,
    explain_commands,
    import_commands,
    notify_commands,
    options,
    record_commands,
    report_commands,
    rollover_commands,
    run_commands,
    safety_commands,
    schedule_commands,
    schema_commands,
    setup_commands,
    streams,
    upload_commands,
)
from sdssync.cli.options import (
    COMMON_OPTIONS,
    Common,
    ResultFormat,
    Value,
    cached_option,
    common_options,
    format_option,
    installation,
    local_today,
    split_list,
)
from sdssync.errors import ExitCode
from sdssync.report.validation.formats import OutputFormat
from sdssync.sds.findings import MAX_FINDINGS, MOST_FINDINGS

_WIDEST_HELP = 100
"""Characters: longer lines are hard to read."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    streams.prepare()
    arguments = sys.argv[1:] if argv is None else list(argv)
    if "_SDSSYNC_COMPLETE" in os.environ:
        from sdssync.cli import completion  # noqa: F401  (adds PowerShell to the shells that click knows)
    try:
        width = min(streams.width() or 80, _WIDEST_HELP)
        return app.main(arguments, "sdssync", standalone_mode=False, terminal_width=width) or ExitCode.DONE
    except click.Abort:  # click's name for an interrupt before a handler runs, or after it
        return ExitCode.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.USAGE
    except click.UsageError as error:
        from sdssync.cli import misuse

        after = run_commands.after_misuse(misuse.named_command(app, arguments), arguments)
        return options.refuse(misuse.explain(error, app, arguments), arguments, after)
    except OSError as error:  # of help and version; a result is printed by `streams`
        return options.refuse(streams.unwritable(error), arguments)


class _InOrderOfUse(click.Group):
    """
    Lists the commands in the order in which an administrator needs them, each with its whole sentence.

    click itself sorts them by name and truncates what does not fit on a line.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of this module."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(500)) for name, command in self.commands.items()])


@click.group(
    name="sdssync",
    cls=_InOrderOfUse,
    no_args_is_help=True,
    params=list(COMMON_OPTIONS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def app(**_: object) -> None:
    """iSAMS to Microsoft School Data Sync: complete, validated CSV sets, published all or nothing."""  # noqa: D403


for _command in (
    run_commands.run_all,
    run_commands.run,
    safety_commands.plan,
    safety_commands.approve,
    safety_commands.status,
    safety_commands.history,
    safety_commands.diff,
    safety_commands.restore,
    safety_commands.release,
    safety_commands.audit,
):
    app.add_command(_command)


@app.command()
@common_options
@click.argument("targets", metavar="[DIR|NAME]...", nargs=-1, help="Folders of CSV files, or profiles [default: all].")
@click.option(
    "--format",
    "output_format",
    type=Value(OutputFormat),
    default=OutputFormat.TEXT,
    help="How the findings are printed.  [default: text]",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--select", metavar="CODES", multiple=True, help="Only these codes or beginnings of codes, like SDS2.")
@click.option("--ignore", metavar="CODES", multiple=True, help="Not these codes or beginnings of codes, like SDS301.")
@click.option(
    "--max-findings",
    type=click.IntRange(min=0, max=MOST_FINDINGS),
    default=MAX_FINDINGS,
    show_default=True,
    help="Findings that are listed for each set; all are counted.",
)
def validate(
    common: Common,
    targets: tuple[str, ...],
    output_format: OutputFormat,
    *,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    max_findings: int,
) -> ExitCode:
    """
    Check CSV sets on disk against the rules of SDS, offline.

    Without an argument: the published set of every profile. A target with a path separator is taken as a folder; so
    are . and ..

    Example: sdssync validate Seniors --format json

    Example: sdssync validate ./export --strict --ignore SDS301,SDS304
    """
    from sdssync.jobs.validate import STRICT, Choice, validate_targets
    from sdssync.report.validation.formats import render
    from sdssync.report.validation.text import styled_lines
    from sdssync.sds.findings import BLOCKING

    choice = Choice(
        select=tuple(map(str.upper, split_list(select))),
        ignore=tuple(map(str.upper, split_list(ignore))),
        max_findings=max_findings,
        failing=STRICT if strict else BLOCKING,
    )
    outcome = validate_targets(common.config, targets, choice)
    if output_format is OutputFormat.TEXT and outcome.exit_code and not outcome.reports:
        return outcome.exit_code  # the log says it all
    if output_format is OutputFormat.TEXT:
        streams.print_lines(styled_lines(outcome.reports), color=common.log.color)
    else:
        streams.print_result(render(outcome.reports, output_format))
    return outcome.exit_code


@app.command()
@common_options
@click.argument("code", required=False, help="A code like SDS206, the name of a rule, or a part of one; gate:NAME.")
def rule(common: Common, code: str | None) -> ExitCode:
    """
    Explain a rule: what it looks for, why, and how to fix it. Without an argument: list all rules.

    Example: sdssync rule SDS206

    Example: sdssync rule gate:users

    Example: sdssync rule teacher
    """
    from sdssync.report.rule import WIDTH, explain, list_rules

    del common
    width = min(shutil.get_terminal_size().columns, WIDTH) if sys.stdout.isatty() else WIDTH
    streams.print_result(list_rules(width=width) if code is None else explain(code, width))
    return ExitCode.DONE


@app.command()
@common_options
@format_option
@cached_option
@click.option("--years", help="Count sets and pupils of these year groups only, like 7-13 or 7,8,10-12.")
def subjects(common: Common, result_format: ResultFormat, *, cached: bool, years: str | None) -> ExitCode:
    """
    List the subjects with their ids, how many sets and pupils each has, and the profiles that make classes of it.

    Example: sdssync subjects --years 7-13
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.subjects import list_subjects
    from sdssync.report.subjects import subjects_json, subjects_lines
    from sdssync.setup.profile_text import parse_years

    school = installation(common).school
    counted = None if years is None else parse_years(years)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        found = list_subjects(school, local_today(), years=counted, cached=cached, progress=progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(subjects_json(found.subjects))
    else:
        streams.print_lines(subjects_lines(found.subjects, streams.width()), color=common.log.color)
    return found.exit_code


app.add_command(class_commands.classes)
app.add_command(explain_commands.explain)


@app.command()
@common_options
@format_option
def profiles(common: Common, result_format: ResultFormat) -> ExitCode:
    """
    Show what is configured: name, format, years, output, expiry and state of each profile.

    Example: sdssync profiles --format json
    """
    from sdssync.jobs.profile_warnings import report_wrong
    from sdssync.jobs.profiles import list_profiles
    from sdssync.report.profiles import profiles_json, profiles_lines

    school = installation(common).school
    configured = list_profiles(school, local_today())
    if result_format is ResultFormat.JSON:
        streams.print_result(profiles_json(configured))
    else:
        lines = profiles_lines(configured, datetime.now().astimezone(), streams.width())
        streams.print_lines(lines, color=common.log.color)
    return max(map(report_wrong, school.wrong), default=ExitCode.DONE)


for _command in (
    compare_commands.compare,
    report_commands.report,
    record_commands.record,
    setup_commands.init,
    setup_commands.new,
    import_commands.import_script,
    rollover_commands.rollover,
    schedule_commands.schedule,
    doctor_commands.doctor,
    notify_commands.notify,
    upload_commands.upload,
    upload_commands.sds_status,
    schema_commands.schema,
    setup_commands.completion,
):
    app.add_command(_command)
