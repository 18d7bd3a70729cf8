"""
A service and a timer for systemd.

The service may write to the folders of state, log and sets and nowhere else, and gets its key as a credential: so the
account needs no right to read the file of the key. Names are those of systemd.exec(5) and systemd.timer(5).
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from sdssync.setup.schedule import DELAY_MINUTES, NightlyJob, Schedule, ScheduleFile

SERVICE, TIMER = "sdssync.service", "sdssync.timer"
ACCOUNT = "sdssync"
_FOLDER = "/etc/systemd/system"
_PLAIN = re.compile(r"[A-Za-z0-9_@+,./:=-]+")
"""A word that needs no quotes."""


def systemd_schedule(job: NightlyJob) -> Schedule:
    """Return service and timer; the timer catches up on a night on which the server was off."""
    account = job.account or ACCOUNT
    commands = (
        f"sudo install -m 0644 {SERVICE} {TIMER} {_FOLDER}/",
        *_folder_commands(job, account),
        "sudo systemctl daemon-reload",
        f"sudo systemctl enable --now {TIMER}",
    )
    units = {SERVICE: "\n".join(_service(job, account)), TIMER: _timer(job)}
    return Schedule(files=tuple(_file(name, text) for name, text in units.items()), commands=commands)


def _folder_commands(job: NightlyJob, account: str) -> Iterator[str]:
    """Yield the commands that make what the service needs: it cannot make these folders itself."""
    if account == ACCOUNT:
        yield f"id -u {ACCOUNT} >/dev/null 2>&1 || sudo useradd --system --no-create-home {ACCOUNT}"
    owner, log = shlex.quote(account), shlex.quote(str(job.log_file))
    yield f"sudo mkdir -p {_shell((*job.owned, job.log_file.parent))}"
    yield f"sudo touch {log}"
    yield f"sudo chown {owner} {_shell(job.writable)} {log}"
    yield f"sudo chown -R {owner} {_shell(job.owned)}"


def _shell(paths: Sequence[Path]) -> str:
    return shlex.join(map(str, paths))


def _service(job: NightlyJob, account: str) -> Iterator[str]:
    yield "[Unit]"
    yield "Description=iSAMS to Microsoft School Data Sync (sdssync)"
    yield "Wants=network-online.target"
    yield "After=network-online.target"
    yield ""
    yield "[Service]"
    yield "Type=oneshot"
    yield f"User={account}"
    yield "UMask=0027"
    yield f"WorkingDirectory={_specifiers(str(job.folder))}"
    yield f"ExecStart={' '.join(map(_argument, (*job.program, *job.arguments)))}"
    yield "# The summary names people: it does not belong into the journal. Warnings and errors go there."
    yield "StandardOutput=null"
    yield "StandardError=journal"
    yield f"TimeoutStartSec={job.hours}h"
    for secret in filter(_can_be_passed_on, job.secrets):
        yield "# The account needs no right to read this file: systemd passes it on."
        yield f"LoadCredential={_specifiers(secret.name)}:{_specifiers(str(secret))}"
    yield "NoNewPrivileges=yes"
    yield "CapabilityBoundingSet="
    yield "ProtectSystem=strict"
    yield "# State, log, and the folders above the sets: a set takes the place of the last one there."
    yield f"ReadWritePaths={' '.join(map(_path, job.writable))}"
    yield "ProtectHome=read-only"
    yield "PrivateTmp=yes"
    yield "PrivateDevices=yes"
    yield "ProtectClock=yes"
    yield "ProtectHostname=yes"
    yield "ProtectKernelLogs=yes"
    yield "ProtectKernelTunables=yes"
    yield "ProtectKernelModules=yes"
    yield "ProtectControlGroups=yes"
    yield "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"
    yield "RestrictNamespaces=yes"
    yield "RestrictRealtime=yes"
    yield "LockPersonality=yes"
    yield "SystemCallArchitectures=native"
    yield ""


def _timer(job: NightlyJob) -> str:
    return f"""\
[Unit]
Description=Every night: iSAMS to Microsoft School Data Sync (sdssync)

[Timer]
OnCalendar=*-*-* {job.at:%H:%M}:00
RandomizedDelaySec={DELAY_MINUTES}min
Persistent=yes

[Install]
WantedBy=timers.target
"""


def _file(name: str, text: str) -> ScheduleFile:
    return ScheduleFile(name=name, text=f"# {_FOLDER}/{name}\n{text}", content=text.encode())


def _specifiers(text: str) -> str:
    """Return a text in which systemd replaces nothing."""
    return text.replace("%", "%%")


def _path(folder: Path) -> str:
    """Return a path of a list: quoted as systemd.syntax(7) has it."""
    return _quoted(_specifiers(str(folder)))


def _argument(text: str) -> str:
    """Return an argument of a command line, in which systemd also replaces variables."""
    return _quoted(_specifiers(text).replace("$", "$$"))


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _can_be_passed_on(secret: Path) -> bool:
    """Return True if the name of a file can be that of a credential; otherwise the account has to read the file."""
    return secret.name.isascii() and ":" not in secret.name
