"""A line for cron, which has no random delay and does not catch up on a night on which the server was off."""

import shlex

from sdssync.setup.schedule import NightlyJob, Schedule, ScheduleFile

FILE = "sdssync.crontab"


def cron_schedule(job: NightlyJob) -> Schedule:
    """Return the line; stdout goes nowhere, because the summary names people, and cron mails warnings and errors."""
    command = shlex.join((*job.program, *job.arguments))
    text = f"umask 027; cd {shlex.quote(str(job.folder))} && {command} >/dev/null"
    line = f"{job.at.minute} {job.at.hour} * * * {_escaped(text)}\n"
    crontab = f"crontab -u {shlex.quote(job.account)}" if job.account else "crontab"
    commands = (
        f"mkdir -p {shlex.quote(str(job.log_file.parent))}",
        f"({crontab} -l 2>/dev/null; cat {FILE}) | {crontab} -",
    )
    return Schedule(files=(ScheduleFile(name=FILE, text=line, content=line.encode()),), commands=commands)


def _escaped(command: str) -> str:
    """Return a command as crontab(5) has it: a percent sign would end it."""
    return command.replace("%", "\\%")
