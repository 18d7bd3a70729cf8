"""What `schedule` prints and writes: a task for Windows, units for systemd, a line for cron."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest
from lxml import etree

from sdssync.errors import ConfigError
from sdssync.setup.crontab import cron_schedule
from sdssync.setup.schedule import NightlyJob, program
from sdssync.setup.systemd_units import systemd_schedule
from sdssync.setup.task_xml import NAMESPACE, windows_schedule
from tests.setup.test_new_files import files
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.needs import needs_any_file_name, needs_posix_paths, needs_posix_shell, needs_systemd_analyze
from tests.support.runs import command

FOLDER = Path("/srv/Müller & <Söhne> 100%")
JOB = NightlyJob(
    program=("/opt/sds sync/bin/sdssync",),
    config=FOLDER / "sdssync.toml",
    log_file=FOLDER / "logs" / "sds$HOME.log",
    at=time(3, 5),
    account="",
    secrets=(FOLDER / "secrets" / "isams.key",),
    owned=(FOLDER / "state", FOLDER / "csv" / "Seniors"),
    writable=(FOLDER / "state", FOLDER / "csv"),
    hours=2,
)
FIRST = datetime(2026, 12, 1, 3, 5)  # noqa: DTZ001  (a time of the day by the clock of the server)

# "Task Scheduler Schema Complex Types" on learn.microsoft.com, windows/win32/taskschd, one page for each type, such as
# taskschedulerschema-settingstype-complextype; the same is in [MS-TSCH], section 2.5. The schema as a file is not part
# of this repository. In a sequence the order counts; with xs:all it does not.
ALL, SEQUENCE = "xs:all", "xs:sequence"
CHILDREN = {
    "Task": (ALL, ("RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions")),  # taskType
    "RegistrationInfo": (
        ALL,
        ("URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"),
    ),
    "Triggers": (ALL, ("CalendarTrigger",)),
    "CalendarTrigger": (  # triggerBaseType, then calendarTriggerType
        SEQUENCE,
        (
            "Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit",
            "RandomDelay", "ScheduleByDay",
        ),
    ),
    "ScheduleByDay": (ALL, ("DaysInterval",)),  # dailyScheduleType
    "Principals": (ALL, ("Principal",)),
    "Principal": (
        ALL,
        ("UserId", "LogonType", "GroupId", "DisplayName", "RunLevel", "ProcessTokenSidType", "RequiredPrivileges"),
    ),
    "Settings": (
        ALL,
        (
            "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
            "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
            "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
            "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine",
            "DisallowStartOnRemoteAppSession",
        ),
    ),
    "Actions": (ALL, ("Exec",)),
    "Exec": (ALL, ("Command", "Arguments", "WorkingDirectory")),  # execActionType
}  # fmt: skip


def local(element: etree._Element) -> str:
    """Return the name of an element, which must be in the namespace of tasks."""
    namespace, _, name = element.tag.removeprefix("{").partition("}")
    assert namespace == NAMESPACE
    return name


def texts(root: etree._Element) -> dict[str, str]:
    """Return the text of each element that has one, by its name; one that comes twice has its parent in it."""
    return {
        f"{local(parent)}/{local(child)}": child.text or ""
        for parent in root.iter()
        for child in parent
        if not len(child)
    }


@pytest.mark.parametrize("account", ["", "SCHOOL\\svc-sds"])
def test_the_task_fits_the_schema(account: str) -> None:
    """Each element is one that the documentation has there, once, and in its order where that counts."""
    [file] = windows_schedule(replace(JOB, account=account), FIRST).files
    root = etree.fromstring(file.content)

    for parent in root.iter():
        names = [local(child) for child in parent]
        kind, known = CHILDREN.get(local(parent), (ALL, ()))
        assert set(names) <= set(known), local(parent)
        assert len(set(names)) == len(names)
        if kind == SEQUENCE:
            assert names == sorted(names, key=known.index)


def test_the_task() -> None:
    """It runs daily with a random delay as SYSTEM, one at a time, when missed too, for two hours, in its folder."""
    [file] = windows_schedule(JOB, FIRST).files
    root = etree.fromstring(file.content)

    assert root.get("version") == "1.2"
    assert texts(root) == {
        "RegistrationInfo/Description": "iSAMS to Microsoft School Data Sync, every night (sdssync).",
        "CalendarTrigger/Enabled": "true",
        "CalendarTrigger/StartBoundary": "2026-12-01T03:05:00",
        "CalendarTrigger/RandomDelay": "PT10M",
        "ScheduleByDay/DaysInterval": "1",
        "Principal/UserId": "S-1-5-18",
        "Settings/AllowStartOnDemand": "true",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/AllowHardTerminate": "true",
        "Settings/StartWhenAvailable": "true",
        "Settings/Enabled": "true",
        "Settings/ExecutionTimeLimit": "PT2H",
        "Exec/Command": "/opt/sds sync/bin/sdssync",
        "Exec/Arguments": f'run-all -q --config "{JOB.config}" --log-file "{JOB.log_file}"',
        "Exec/WorkingDirectory": str(FOLDER),
    }


def test_the_encodings_of_the_task() -> None:
    """The file is UTF-16 with a byte order mark; what is printed is the same task in ASCII, with the commands in it."""
    [file] = windows_schedule(
        replace(JOB, account="SCHOOL\\svc-sds", log_file=Path("/srv/sds-logs/sds.log")), FIRST
    ).files

    assert file.content.startswith(b"\xff\xfe<\0?\0x\0m\0l\0")
    assert b"\r\0\n\0" in file.content
    assert file.text.isascii()
    assert "schtasks /Create /TN sdssync /XML sdssync.xml /RU SCHOOL\\svc-sds /RP *" in file.text
    printed, written = (etree.tostring(etree.fromstring(text)) for text in (file.text, file.content))
    assert printed == written


@pytest.mark.parametrize("name", ["logs--old", "l\u00f6gs"])
def test_commands_that_a_comment_cannot_hold(name: str) -> None:
    """A comment with two hyphens is not XML, and one with references is not the command: it names the option."""
    schedule = windows_schedule(replace(JOB, log_file=FOLDER / name / "sdssync.log"), FIRST)
    [file] = schedule.files

    printed, written = (etree.tostring(etree.fromstring(text)) for text in (file.text, file.content))
    assert printed == written
    assert "mkdir" not in file.text
    assert "The option output of this command" in file.text
    assert str(FOLDER / name) in schedule.commands[0]


@pytest.mark.parametrize(
    ("account", "principal", "command_end"),
    [
        ("", {"UserId": "S-1-5-18"}, "sdssync.xml"),
        ("system", {"UserId": "S-1-5-18"}, "sdssync.xml"),
        ("NT AUTHORITY\\Network Service", {"UserId": "S-1-5-20"}, "sdssync.xml"),
        (
            "SCHOOL\\svc sds",
            {"UserId": "SCHOOL\\svc sds", "LogonType": "Password", "RunLevel": "LeastPrivilege"},
            '/RU "SCHOOL\\svc sds" /RP *',
        ),
    ],
)
def test_the_account_of_the_task(account: str, principal: dict[str, str], command_end: str) -> None:
    """A named account runs whether or not it is logged on, without more rights; the password is asked for."""
    planned = windows_schedule(replace(JOB, account=account), FIRST)
    root = etree.fromstring(planned.files[0].content)

    found = {name.partition("/")[2]: text for name, text in texts(root).items() if name.startswith("Principal/")}
    assert found == principal
    assert planned.commands[-1].endswith(command_end)


@pytest.mark.parametrize("name", ["%TEMP%", "$(Arg0)"])
def test_a_path_that_the_task_scheduler_would_change(name: str) -> None:
    """What the Task Scheduler replaces by a variable is refused."""
    with pytest.raises(ConfigError, match="replaces"):
        windows_schedule(replace(JOB, log_file=Path("/logs") / name), FIRST)


@needs_posix_paths
def test_the_units() -> None:
    """Each value is escaped as the key that has it asks for."""
    service, timer = (file.content.decode() for file in systemd_schedule(JOB).files)
    lines = service.splitlines()

    folder = "/srv/Müller & <Söhne> 100%%"
    logs = f'--log-file "{folder}/logs/sds$$HOME.log"'
    for line in (
        "User=sdssync",
        f"WorkingDirectory={folder}",
        f'ExecStart="/opt/sds sync/bin/sdssync" run-all -q --config "{folder}/sdssync.toml" {logs}',
        f"LoadCredential=isams.key:{folder}/secrets/isams.key",
        f'ReadWritePaths="{folder}/state" "{folder}/csv"',
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "TimeoutStartSec=2h",
    ):
        assert line in lines
    assert {"OnCalendar=*-*-* 03:05:00", "RandomizedDelaySec=10min", "Persistent=yes"} <= set(timer.splitlines())


@needs_systemd_analyze
@pytest.mark.parametrize("name", ["plain", "blank %n $HOME 'quoted' \"twice\" Müller"])
def test_systemd_accepts_the_units(tmp_path: Path, name: str) -> None:
    """`systemd-analyze verify` has nothing to say about the units of an installation in any folder."""
    folder = tmp_path / name
    folder.mkdir()
    settings = SETTINGS.replace('file = "hartley.xml"', 'url = "https://isams.example"\napi_key_file = "isams.key"')
    config = install(folder, settings, seniors='output = "csv/Seniors"\n')
    ran = command("schedule", "systemd", "--config", config, "--output", tmp_path, "--account", "root")

    units = [str(tmp_path / unit) for unit in ("sdssync.service", "sdssync.timer")]
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)

    assert (ran.exit_code, checked.returncode, checked.stderr) == (0, 0, "")


@needs_any_file_name
@needs_posix_shell
def test_the_line_of_cron(tmp_path: Path) -> None:
    """What cron hands to the shell starts the job with the arguments that are meant, in the folder of the settings."""
    folder = tmp_path / "it's 100% $HOME"
    folder.mkdir()
    tell = "import json, os, sys; json.dump([os.getcwd(), *sys.argv[1:]], open('ran', 'w'))"
    job = replace(
        JOB,
        program=(sys.executable, "-c", tell),
        config=folder / "sdssync.toml",
        log_file=folder / "sdssync.log",
        account="svc",
    )

    planned = cron_schedule(job)
    [minute, hour, *stars, shell] = planned.files[0].text.rstrip("\n").split(" ", 5)
    assert (minute, hour, stars) == ("5", "3", ["*", "*", "*"])
    assert "%" not in shell.replace("\\%", "")  # crontab(5): one that is not escaped ends the command
    subprocess.run(["/bin/sh", "-c", shell.replace("\\%", "%")], check=True)

    assert json.loads((folder / "ran").read_text(encoding="utf-8")) == [str(folder), *job.arguments]
    assert planned.commands[-1] == "(crontab -u svc -l 2>/dev/null; cat sdssync.crontab) | crontab -u svc -"


@pytest.mark.parametrize("scheduler", ["windows", "systemd", "cron"])
def test_nothing_is_installed(school: Path, scheduler: str) -> None:
    """The schedule is printed with its commands and the paths of this installation, and no file is written."""
    before = files(school)

    ran = command("schedule", scheduler)

    assert (ran.exit_code, ran.err) == (0, "")
    shown = ran.out.replace("\\\\", "\\")  # systemd wants a backslash twice
    assert program()[0] in shown
    assert str(school / "sdssync.toml") in shown
    assert str(school / "logs" / "sdssync.log") in shown
    assert files(school) == before


@pytest.mark.parametrize(
    ("scheduler", "names"),
    [
        ("windows", ["sdssync.xml"]),
        ("systemd", ["sdssync.service", "sdssync.timer"]),
        ("cron", ["sdssync.crontab"]),
    ],
)
def test_an_existing_file_is_kept(school: Path, scheduler: str, names: list[str]) -> None:
    """The files are written, and not a second time over the first ones."""
    (school / "night").mkdir()
    line = ("schedule", scheduler, "--output", "night", "--at", "23:45", "--log-file", "sdssync.log")
    first = command(*line)
    before = files(school / "night")

    second = command(*line)

    assert first.exit_code == 0
    assert sorted(before) == names
    assert "next, in that folder:" in first.out
    assert (second.exit_code, second.logs()[-1]["hint"]) == (2, "remove it, or name another folder")
    assert files(school / "night") == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["windows", "--at", "24:00"], 2, "expected a time like 03:00"),
        (["windows", "--at", "3:00"], 2, "expected a time like 03:00"),
        (["launchd"], 2, "expected one of windows, systemd, cron"),
        (["cron", "--output", "nowhere"], 6, "cannot be written"),
    ],
    ids=["no time of the day", "one digit", "another scheduler", "no folder"],
)
@pytest.mark.usefixtures("school")
def test_what_is_refused(arguments: list[str], code: int, words: str) -> None:
    """A wrong time, an unknown scheduler and a folder that does not exist are refused."""
    ran = command("schedule", *arguments)

    assert ran.exit_code == code
    assert words in ran.logs()[-1]["error"]
    assert ran.out == ""


def test_a_wrong_profile(school: Path) -> None:
    """With a profile that has mistakes the folders of the job are not known."""
    install(school, seniors="output = 7\n")

    ran = command("schedule", "systemd")

    assert (ran.exit_code, ran.out) == (2, "")
    assert "profiles.d/seniors.toml" in ran.logs()[-1]["error"]


@needs_posix_paths
def test_folders_inside_others_are_named_once(school: Path) -> None:
    """A folder that is inside another one that is writable is not repeated."""
    install(school, seniors='output = "sets/a/Seniors"\nyear_groups = [9]\n', prep='output = "sets/Prep"\n')

    ran = command("schedule", "systemd", "--log-file", "sdssync.log")

    [line] = [line for line in ran.out.splitlines() if line.startswith("ReadWritePaths=")]
    assert line == f"ReadWritePaths={school}"


@needs_posix_paths
def test_every_secret_is_passed_on(school: Path) -> None:
    """The service gets the secrets of notifications and of the upload as it gets the key."""
    upload = (
        '[upload]\ntenant = "myschool.example"\nclient_id = "b7a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d"\n'
        'certificate_file = "secrets/sds.pem"\n'
    )
    install(school, f'{SETTINGS}\n[notify]\nwebhook_file = "secrets/hook.url"\n\n{upload}', seniors=SENIORS)

    ran = command("schedule", "systemd")

    assert [line for line in ran.out.splitlines() if line.startswith("LoadCredential=")] == [
        f"LoadCredential=hook.url:{school}/secrets/hook.url",
        f"LoadCredential=sds.pem:{school}/secrets/sds.pem",
    ]
