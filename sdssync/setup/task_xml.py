"""
A task for the Task Scheduler of Windows, as XML.

Names and order are those of "Task Scheduler Schema" (learn.microsoft.com, windows/win32/taskschd). What is printed is
ASCII without a declaration, so that every shell may save it in its own encoding; the file is UTF-16, as the Task
Scheduler exports it.
"""

import re
import subprocess
from datetime import datetime
from xml.sax.saxutils import escape

from sdssync.errors import ConfigError
from sdssync.setup.schedule import DELAY_MINUTES, NightlyJob, Schedule, ScheduleFile

TASK = "sdssync"
FILE = "sdssync.xml"
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SYSTEM = "SYSTEM"
_BUILT_IN = {_SYSTEM: "S-1-5-18", "LOCAL SERVICE": "S-1-5-19", "NETWORK SERVICE": "S-1-5-20"}
"""Accounts without a password, by their SIDs: their names differ with the language of Windows."""
_NO_COMMANDS = (
    "The option output of this command writes this task and prints the commands that install it; they do not fit here."
)
_VARIABLE = re.compile(r"%[^%\s]+%|\$\(")


def windows_schedule(job: NightlyJob, first: datetime) -> Schedule:
    """
    Return the task; `first` is when it starts for the first time, by the clock of the server.

    Raises:
        ConfigError: a path holds what the Task Scheduler would replace by something else.

    """
    for text in (*job.program, *job.arguments, str(job.folder)):
        if match := _VARIABLE.search(text):
            raise ConfigError(
                f"{text} holds {match[0]}, which the Task Scheduler replaces by the value of a variable",
                "move the installation to a folder whose path has no % and no $",
            )
    logs = subprocess.list2cmdline([str(job.log_file.parent)])
    commands = (f"if not exist {logs} mkdir {logs}", _command(job))
    body = _task(job, first)
    note = [f"Save this as {FILE}. Then, as administrator, in its folder:", *commands]
    printed = "\n".join(["<!--", *(note if _fits_comment("".join(commands)) else [_NO_COMMANDS]), "-->", body])
    document = f'<?xml version="1.0" encoding="UTF-16"?>\n{body}'.replace("\n", "\r\n")
    file = ScheduleFile(name=FILE, text=_ascii(printed), content=b"\xff\xfe" + document.encode("utf-16-le"))
    return Schedule(files=(file,), commands=commands)


def _task(job: NightlyJob, first: datetime) -> str:
    command, *before = job.program
    arguments = subprocess.list2cmdline([*before, *job.arguments])
    return f"""\
<Task version="1.2" xmlns="{NAMESPACE}">
  <RegistrationInfo>
    <Description>iSAMS to Microsoft School Data Sync, every night (sdssync).</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>{first.replace(tzinfo=None).isoformat(timespec="seconds")}</StartBoundary>
      <RandomDelay>PT{DELAY_MINUTES}M</RandomDelay>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
{_principal(job.account)}
    </Principal>
  </Principals>
  <Settings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT{job.hours}H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(command)}</Command>
      <Arguments>{escape(arguments)}</Arguments>
      <WorkingDirectory>{escape(str(job.folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def _principal(account: str) -> str:
    """Return the lines that say as whom the task runs; a named account runs logged on or not, without more rights."""
    if sid := _built_in(account):
        return f"      <UserId>{sid}</UserId>"
    return (
        f"      <UserId>{escape(account)}</UserId>\n"
        "      <LogonType>Password</LogonType>\n"
        "      <RunLevel>LeastPrivilege</RunLevel>"
    )


def _command(job: NightlyJob) -> str:
    """Return the command that installs the task; `*` asks for the password of a named account."""
    who = "" if _built_in(job.account) else f" /RU {subprocess.list2cmdline([job.account])} /RP *"
    return f"schtasks /Create /TN {TASK} /XML {FILE}{who}"


def _built_in(account: str) -> str | None:
    name = account.upper().removeprefix("NT AUTHORITY\\") or _SYSTEM
    return _BUILT_IN.get(name)


def _fits_comment(text: str) -> bool:
    """Return True if a comment can hold a text as it is: no two hyphens, and no reference for a character."""
    return "--" not in text and text.isascii()


def _ascii(text: str) -> str:
    """Return XML with a reference for each character that an encoding may not have."""
    return text.encode("ascii", "xmlcharrefreplace").decode()
