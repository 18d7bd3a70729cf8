"""The command that examines an installation."""

import os
from datetime import datetime

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, ResultFormat, common_options, config_path, format_option
from sdssync.errors import ExitCode


@click.command()
@common_options
@format_option
@click.option("--offline", is_flag=True, help="Ask the network nothing.")
def doctor(common: Common, result_format: ResultFormat, *, offline: bool) -> ExitCode:
    """
    Examine settings, folders, iSAMS, profiles and schedule, and say what to do; change nothing.

    Run it as the account of the scheduled task. It ends with 1 if there is a failure.

    Example: sdssync doctor

    Example: sdssync doctor --offline --format json
    """
    from sdssync.jobs.doctor import examine_installation
    from sdssync.report.doctor import doctor_json, doctor_lines

    now = datetime.now().astimezone()
    examination = examine_installation(config_path(common), os.environ, now, offline=offline)
    if result_format is ResultFormat.JSON:
        streams.print_result(doctor_json(examination))
    else:
        streams.print_lines(doctor_lines(examination), color=common.log.color)
    return ExitCode.INVALID if examination.has_failed else ExitCode.DONE
