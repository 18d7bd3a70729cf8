"""The command that turns command lines of iSAMS-SDS.ps1 into profiles."""

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, ResultFormat, Value, common_options, config_path, format_option
from sdssync.errors import ExitCode
from sdssync.sds.formats import SdsFormat


@click.command("import-script")
@common_options
@click.argument("source", help="A command line in quotes, or a file: lines, a task as XML, or the script itself.")
@click.option("--write", "is_written", is_flag=True, help="Write the files; an existing one is never overwritten.")
@click.option("--combine", metavar="NAME", help="Add a combined profile of this name, in the format v2.1.")
@click.option("--sds-format", type=Value(SdsFormat), default=SdsFormat.V2, help="CSV format.  [default: v2]")
@format_option
def import_script(
    common: Common,
    source: str,
    *,
    is_written: bool,
    combine: str | None,
    sds_format: SdsFormat,
    result_format: ResultFormat,
) -> ExitCode:
    """
    Turn command lines of iSAMS-SDS.ps1 into settings and profiles.

    Nothing of them is run. Without --write the files are shown, but for the API key.

    Example: sdssync import-script SDS-task.xml --write
    """
    from sdssync.report.import_script import import_json, import_lines
    from sdssync.setup.import_script import import_script as read
    from sdssync.setup.import_script import write

    config = config_path(common)
    imported = read(source, config, sds_format=sds_format, combine=combine)
    if is_written:
        write(imported, config.parent)
    if result_format is ResultFormat.JSON:
        streams.print_result(import_json(imported))
    else:
        lines = import_lines(imported, streams.width(), is_written=is_written)
        streams.print_lines(lines, color=common.log.color)
    return ExitCode.DONE
