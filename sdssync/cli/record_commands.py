"""The command that writes the last document without people."""

from pathlib import Path

import click

from sdssync.cli import streams
from sdssync.cli.options import FILE, Common, ResultFormat, common_options, format_option, installation
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.option("--output", type=FILE, metavar="FILE", required=True, help="The file to write; it must not exist.")
@click.option(
    "--only-year", "years", type=int, metavar="YEAR", multiple=True, help="Only pupils of this year; may be repeated."
)
@click.option("--max-pupils", type=click.IntRange(min=1), metavar="N", help="At most so many pupils.")
@format_option
def record(
    common: Common, output: Path, years: tuple[int, ...], max_pupils: int | None, result_format: ResultFormat
) -> ExitCode:
    """
    Write the last document without people, to send with a report of a fault or to keep as a test.

    Names, addresses, dates and ids are invented; everything else is as it was. Nothing is written unless every profile
    makes the same set of both documents.

    Example: sdssync record --output C:/Temp/document.xml --only-year 9
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.anonymise import Wanted, anonymise
    from sdssync.report.recorded import recorded_json, recorded_lines

    school, wanted = installation(common).school, Wanted(years=frozenset(years), most_pupils=max_pupils)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        recorded = anonymise(school, output, wanted, progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(recorded_json(recorded))
    else:
        streams.print_lines(recorded_lines(recorded), color=common.log.color)
    return ExitCode.DONE
