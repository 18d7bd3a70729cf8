"""The command that prints what starts sdssync every night."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdssync.cli import streams
from sdssync.cli.options import FILE, Common, Value, common_options, installation
from sdssync.errors import ExitCode

if TYPE_CHECKING:
    from sdssync.setup.schedule import NightlyJob, Schedule


class Scheduler(StrEnum):
    """What starts the job."""

    WINDOWS = "windows"
    SYSTEMD = "systemd"
    CRON = "cron"


class _TimeOfDay(click.ParamType[time]):
    """A time of the day, written HH:MM."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """Return the time; anything else is a usage error."""
        text = str(value)
        if isinstance(value, time):
            return value
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
            self.fail("expected a time like 03:00, from 00:00 to 23:59", param, ctx)
        return time.fromisoformat(text)


@click.command()
@common_options
@click.argument("scheduler", type=Value(Scheduler), help="What starts the job.")
@click.option("--at", type=_TimeOfDay(), metavar="HH:MM", default="03:00", help="When.  [default: 03:00]")
@click.option("--account", metavar="NAME", default="", help="As whom: a service account.")
@click.option("--output", type=FILE, metavar="DIR", help="Write the files into this folder, ready to install.")
def schedule(common: Common, scheduler: Scheduler, *, at: time, account: str, output: Path | None) -> ExitCode:
    r"""
    Print what starts run-all every night, and the commands that install it; install nothing.

    The paths are those of this installation. With --log-file, the job logs there; otherwise to logs/sdssync.log in the
    folder of the settings file. The default account is SYSTEM on Windows, sdssync with systemd, and with cron your own.

    Example: sdssync schedule windows --at 03:00 --account MYSCHOOL\svc-sds --output .

    Example: sdssync schedule systemd
    """
    from sdssync.setup.schedule import nightly_job, write_schedule

    job = nightly_job(installation(common), at=at, account=account, log_file=common.log.file)
    planned = _schedule(job, scheduler)
    if output is None:
        streams.print_result("\n".join(_printed(planned, scheduler)))
    else:
        written = write_schedule(planned, output)
        streams.print_result("".join(f"created {path}\n" for path in written))
        streams.print_result("\n".join(["next, in that folder:", *(f"  {line}" for line in planned.commands), ""]))
    return ExitCode.DONE


def _schedule(job: "NightlyJob", scheduler: Scheduler) -> "Schedule":
    """Return the files for a scheduler."""
    from sdssync.setup.crontab import cron_schedule
    from sdssync.setup.systemd_units import systemd_schedule
    from sdssync.setup.task_xml import windows_schedule

    if scheduler is Scheduler.WINDOWS:
        tomorrow = datetime.now().astimezone().date() + timedelta(days=1)
        return windows_schedule(job, datetime.combine(tomorrow, job.at))
    return systemd_schedule(job) if scheduler is Scheduler.SYSTEMD else cron_schedule(job)


def _printed(planned: "Schedule", scheduler: Scheduler) -> Iterator[str]:
    """Yield what is printed: the files, with the commands as comments before them; in the XML they are within it."""
    if scheduler is not Scheduler.WINDOWS:
        names = " and ".join(file.name for file in planned.files)
        yield f"# Save as {names}, or let --output write them. Then, in their folder:"
        yield from (f"#   {line}" for line in planned.commands)
        yield ""
    yield from (file.text for file in planned.files)
