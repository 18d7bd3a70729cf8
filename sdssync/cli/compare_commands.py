"""The command that holds one set against another."""

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, ResultFormat, common_options, format_option, local_today
from sdssync.cli.safety_commands import all_option
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument("target", metavar="NAME|DIR", help="A profile, for its published set, or a folder of CSV files.")
@click.argument("other", metavar="DIR", help="The folder that it is compared with.")
@format_option
@click.option("--names", is_flag=True, help="Show names and addresses; otherwise ids only.")
@all_option
def compare(
    common: Common, target: str, other: str, result_format: ResultFormat, *, names: bool, everything: bool
) -> ExitCode:
    """
    Compare two CSV sets row by row, and say why they differ: the set of a profile and that of the script.

    Ends with 0 if they are equal, otherwise with 1.

    Example: sdssync compare Seniors C:/SDS/CSV/Seniors
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.compare import compare as compare_folders
    from sdssync.report.comparison import comparison_json, comparison_lines
    from sdssync.report.plan import MOST_LINES

    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        found = compare_folders(common.config, target, other, local_today(), progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(comparison_json(found, names=names))
    else:
        most = None if everything else MOST_LINES
        lines = comparison_lines(found, names=names, most=most, width=streams.width())
        streams.print_lines(lines, color=common.log.color)
    return ExitCode.DONE if found.are_equal else ExitCode.INVALID
