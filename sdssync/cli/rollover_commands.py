"""The command that changes an installation to the next school year."""

from datetime import date

import click

from sdssync.cli import streams
from sdssync.cli.options import (
    Common,
    ResultFormat,
    common_options,
    config_path,
    format_option,
    local_today,
    today_option,
)
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument("year", metavar="YEAR", help="The new school year, like 2027-28.")
@click.option("--write", is_flag=True, help="Write the files: all of them, or none.")
@format_option
@today_option
def rollover(common: Common, year: str, result_format: ResultFormat, *, write: bool, today: date | None) -> ExitCode:
    """
    Show the yearly change of every profile, or write it: suffix, expiry, freezes, ids of classes.

    Example: sdssync rollover 2027-28

    Example: sdssync rollover 2027-28 --write
    """
    from sdssync.jobs.rollover import show_rollover, write_rollover
    from sdssync.report.rollover import rollover_json, rollover_lines
    from sdssync.setup.school_year import SchoolYear

    wanted = SchoolYear.parse(year)
    roll_over = write_rollover if write else show_rollover
    files = roll_over(config_path(common), wanted, today or local_today())
    is_written = write and any(file.changes for file in files)
    if result_format is ResultFormat.JSON:
        streams.print_result(rollover_json(files, wanted, written=is_written))
    else:
        streams.print_lines(rollover_lines(files, wanted, written=is_written), color=common.log.color)
    return ExitCode.DONE
