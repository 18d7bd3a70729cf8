"""The command that shows which classes profiles would make."""

from datetime import date

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
from sdssync.cli.safety_commands import all_option
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument("names", metavar="[NAME]...", nargs=-1, help="Profiles, by name [default: all].")
@format_option
@cached_option
@today_option
@all_option
def classes(
    common: Common,
    names: tuple[str, ...],
    result_format: ResultFormat,
    *,
    cached: bool,
    today: date | None,
    everything: bool,
) -> ExitCode:
    """
    List the classes that profiles would make, with sizes and owners, and the sets that they filter.

    Example: sdssync classes Seniors --cached
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.classes import list_classes
    from sdssync.report.classes import classes_json, classes_lines

    school = installation(common).school
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        found = list_classes(school, names, today or local_today(), cached=cached, progress=progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(classes_json(found.profiles))
    else:
        lines = classes_lines(found.profiles, streams.width(), everything=everything)
        streams.print_lines(lines, color=common.log.color)
    return found.exit_code
