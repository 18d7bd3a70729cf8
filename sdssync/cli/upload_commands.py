"""The commands about the hand-over to School Data Sync."""

from datetime import datetime

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, ResultFormat, common_options, format_option, installation
from sdssync.errors import ConfigError, ExitCode

_names_argument = click.argument(
    "names",
    metavar="[NAME]...",
    nargs=-1,
    help="Profiles, by name [default: all with an [upload] table that have not expired].",
)


@click.command()
@common_options
@_names_argument
@format_option
@click.option("--again", is_flag=True, help="Hand over even what SDS has already.")
@click.option("--check", is_flag=True, help="Try login, connector and the permissions to upload; send nothing.")
def upload(
    common: Common, names: tuple[str, ...], result_format: ResultFormat, *, again: bool, check: bool
) -> ExitCode:
    """
    Hand over the published set to School Data Sync, unless it has it already.

    A run does the same at its end for profiles with an [upload] table.

    Example: sdssync upload School --check
    """
    if check and again:
        raise ConfigError("--check and --again exclude each other", "--check sends nothing")
    return _check(common, names, result_format) if check else _upload(common, names, result_format, again=again)


@click.command()
@common_options
@_names_argument
@format_option
def sds_status(common: Common, names: tuple[str, ...], result_format: ResultFormat) -> ExitCode:
    """
    Show what School Data Sync says: the connector, the last validation, the last runs and their counts.

    Example: sdssync sds-status
    """
    from sdssync.jobs import ask_sds
    from sdssync.jobs.progress import RunProgress
    from sdssync.jobs.upload import Means
    from sdssync.report.sds_status import sds_status_json, sds_status_lines

    found = ask_sds.sds_status(installation(common).school, names, Means(progress=RunProgress()))
    if result_format is ResultFormat.JSON:
        streams.print_result(sds_status_json(found))
    else:
        lines = sds_status_lines(found, datetime.now().astimezone(), streams.width())
        streams.print_lines(lines, color=common.log.color)
    return ExitCode.DONE


def _upload(common: Common, names: tuple[str, ...], result_format: ResultFormat, *, again: bool) -> ExitCode:
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.upload import Means
    from sdssync.jobs.upload import upload as hand_over
    from sdssync.report.uploads import upload_lines, uploads_json

    school = installation(common).school
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        results = hand_over(school, names, Means(progress=progress), again=again)
    code = max((result.exit_code for result in results), default=ExitCode.DONE)
    if result_format is ResultFormat.JSON:
        streams.print_result(uploads_json(results, code))
    else:
        streams.print_lines(upload_lines(results), color=common.log.color)
    return code


def _check(common: Common, names: tuple[str, ...], result_format: ResultFormat) -> ExitCode:
    from sdssync.jobs.ask_sds import check_uploads
    from sdssync.jobs.progress import RunProgress
    from sdssync.jobs.upload import Means
    from sdssync.report.sds_status import check_json, check_lines

    checks = check_uploads(installation(common).school, names, Means(progress=RunProgress()))
    code = max((check.exit_code for check in checks), default=ExitCode.DONE)
    if result_format is ResultFormat.JSON:
        streams.print_result(check_json(checks, code))
    else:
        streams.print_lines(check_lines(checks), color=common.log.color)
    return code
