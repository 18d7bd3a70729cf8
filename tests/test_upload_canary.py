"""No secret of a hand-over leaves it, whatever fails: client secret, key, password, assertion, token and signature."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdssync.publish.status import read_status
from sdssync.report.notification import message_lines
from tests.support.fake_graph.faults import Delay
from tests.support.fake_graph.world import CANARY
from tests.support.processes import process, started
from tests.support.runs import Ran, command
from tests.support.upload_failures import FAILURES, GOOD_CERTIFICATES, STARTING_A_RUN, Failure
from tests.support.uploads import DAY, Handing

pytestmark = pytest.mark.slow

KEPT = {"app.pem", "received.json"}
"""What may hold secrets: the certificate; and what is searched by itself."""


def secrets(handing: Handing) -> Iterator[str]:
    """Yield every secret that there is: all of the fake's have the canary in them, those of a certificate have not."""
    yield CANARY
    yield from handing.microsoft.secrets
    for form in handing.microsoft.world.records.token_requests:
        yield from (form[name] for name in ("client_secret", "client_assertion") if name in form)
    file = handing.folder / "app.pem"
    if file.is_file():
        lines = file.read_text(encoding="latin-1").splitlines()
        yield from (line for line in lines if len(line) > 20 and not line.startswith("-----"))


def assert_silent(handing: Handing, *texts: str) -> None:
    """Check that no secret is in the texts, in any file of the installation, or in the name of one."""
    files = [path for path in handing.folder.rglob("*") if path.is_file() and path.name not in KEPT]
    searched = {"texts": "\n".join(texts), "names": "\n".join(map(str, handing.folder.rglob("*")))}
    searched |= {str(path): path.read_text(encoding="latin-1") for path in files}
    found = {where for where, text in searched.items() for secret in secrets(handing) if secret in text}
    assert found == set()
    assert "sig=" not in searched["texts"]
    assert "Traceback" not in searched["texts"]


def notification(handing: Handing) -> str:
    """Return what a mail would say now."""
    status = read_status(handing.folder / "state")
    return "\n".join(message_lines("School", "Something failed", status, datetime.now(UTC)))


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_failures(handing: Handing, failure: Failure) -> None:
    """Log, result, state, status and notification have no secret, neither after the failure nor when all is well."""
    failure.arrange(handing)
    failed = handing.uploaded()
    shown = command("status")
    as_json = command("status", "--format", "json")

    assert failed.exit_code == failure.code
    texts = (failed.out, failed.err, shown.out, shown.err, as_json.out, as_json.err)
    assert_silent(handing, *texts, notification(handing))

    handing.clock.sleep(60)
    failure.cure(handing)
    good = handing.uploaded()

    assert good.exit_code == 0
    assert_silent(handing, good.out, good.err, notification(handing))


@pytest.mark.parametrize("form", GOOD_CERTIFICATES)
def test_certificates(handing: Handing, form: str) -> None:
    """A login by certificate shows neither key nor password nor assertion."""
    GOOD_CERTIFICATES[form](handing)

    ran = handing.uploaded()

    assert ran.exit_code == 0
    assert_silent(handing, ran.out, ran.err, notification(handing))


def test_notification_of_a_run(handing: Handing) -> None:
    """The program that is notified gets the result of the hand-over, and no secret."""
    (handing.folder / "receive.py").write_text(
        "import pathlib, sys\npathlib.Path('received.json').write_bytes(sys.stdin.buffer.read())\n", encoding="utf-8"
    )
    handing.write(STARTING_A_RUN, settings=f"[notify]\ncommand = {json.dumps([sys.executable, 'receive.py'])}\n")
    handing.microsoft.app.permissions.clear()

    ran = process("-v", "run-all", "--today", DAY, "--log-file", "sdssync.log", folder=handing.folder)

    assert ran.exit_code == 7
    received = (handing.folder / "received.json").read_text(encoding="utf-8")
    [profile] = json.loads(received)["profiles"]
    assert (profile["upload"]["outcome"], profile["upload"]["exit_code"]) == ("failed", 7)
    assert_silent(handing, ran.out, ran.err, received)


@pytest.mark.parametrize("arguments", ["upload --check", "upload", "sds-status", "upload --format json"])
@pytest.mark.parametrize("is_allowed", [True, False], ids=["allowed", "not allowed"])
def test_commands(handing: Handing, arguments: str, is_allowed: bool) -> None:
    """No command shows a secret."""
    if not is_allowed:
        handing.microsoft.app.permissions.clear()

    ran = command("-v", "--log-file", "sdssync.log", *arguments.split())

    assert ran.exit_code == (0 if is_allowed else 7)
    assert_silent(handing, ran.out, ran.err)


def test_a_process_that_is_killed(handing: Handing) -> None:
    """While files are sent, and after a kill, others see no secret: neither in the command line nor on disk."""
    handing.microsoft.script(Delay(0.6), of="flush")
    with started("-v", "upload", "--log-file", "sdssync.log", folder=handing.folder) as running:
        while not any(recorded.kind == "flush" for recorded in handing.microsoft.requests):
            assert running.poll() is None
        line = Path(f"/proc/{running.pid}/cmdline")
        seen = line.read_text(encoding="utf-8") if line.exists() else ""
        running.kill()
        out, err = running.communicate()

    ran = Ran(exit_code=running.returncode, out=out.decode(), err=err.decode())
    assert_silent(handing, ran.out, ran.err, seen)
