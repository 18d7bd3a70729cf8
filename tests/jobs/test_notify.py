"""Who gets to know how a run ended, and when; the exit code stays what it was."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sdssync.files.lock import installation_lock
from sdssync.jobs.notify import FAILED_RUN
from sdssync.publish.status import NAME as STATUS
from tests.support.documents import document
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.mail_server import mail_server
from tests.support.runs import Ran, command, read_logs


@dataclass
class Receiver:
    """What a webhook and a heartbeat got."""

    server: HTTPServer

    @property
    def posts(self) -> list[Any]:
        """The JSON documents of the webhook, in their order."""
        return [json.loads(request.data) for request, _ in self.server.log if request.path == "/hook"]

    @property
    def beats(self) -> int:
        """How often the heartbeat was called."""
        return sum(request.path == "/beat" for request, _ in self.server.log)

    @property
    def codes(self) -> list[int]:
        """The exit codes of which the webhook got to know."""
        return [post["last_run"]["exit_code"] for post in self.posts]


@pytest.fixture
def receiver(school: Path, httpserver: HTTPServer) -> Receiver:
    """An installation with a webhook and a heartbeat."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    httpserver.expect_request("/beat", method="GET").respond_with_data("")
    install(school, SETTINGS + table(httpserver), seniors=SENIORS)
    return Receiver(httpserver)


def table(server: HTTPServer) -> str:
    return f'\n[notify]\nwebhook = "{server.url_for("/hook")}"\nheartbeat = "{server.url_for("/beat")}"\n'


def test_a_failure_and_the_success_after_it(school: Path, receiver: Receiver) -> None:
    """Each failure and the first success after one are reported; each success calls the heartbeat."""
    assert command("run-all").exit_code == 0
    assert (receiver.codes, receiver.beats) == ([], 1)

    (school / "hartley.xml").unlink()
    assert [command("run-all").exit_code, command("run", "Seniors").exit_code] == [2, 2]
    assert (receiver.codes, receiver.beats) == ([2, 2], 1)

    (school / "hartley.xml").write_text(document(), encoding="utf-8")
    assert [command("run-all").exit_code, command("run-all").exit_code] == [0, 0]
    assert (receiver.codes, receiver.beats) == ([2, 2, 0], 3)
    assert not (school / "state" / FAILED_RUN).exists()


def test_what_is_sent_is_the_status(school: Path, receiver: Receiver) -> None:
    """The webhook gets what `status` prints, and the log says that it did."""
    (school / "hartley.xml").write_text(document().replace("Set", "Sot"), encoding="utf-8")
    ran = command("run-all")

    assert ran.exit_code != 0
    assert receiver.posts == [command("status", "--format", "json").json]
    assert receiver.posts == [json.loads((school / "state" / STATUS).read_text(encoding="utf-8"))]
    assert [(line["way"], line["level"]) for line in ran.logs("notification.delivered")] == [("webhook", "info")]
    assert {line["run_id"] for line in ran.logs()} == {receiver.posts[0]["last_run"]["run_id"]}


def test_a_dry_run_tells_no_one(school: Path, receiver: Receiver) -> None:
    """Nothing is sent for what was only tried."""
    assert command("run-all", "--dry-run").exit_code == 0
    (school / "hartley.xml").unlink()
    assert command("run-all", "--dry-run").exit_code == 2

    assert receiver.server.log == []


def test_a_run_that_could_not_begin(school: Path, receiver: Receiver) -> None:
    """Wrong settings, another run and a log that cannot be opened are failures of a run like any other."""
    assert command("run-all").exit_code == 0
    with installation_lock(school / "state"):
        assert command("run-all").exit_code == 5
    assert command("run-all", "--log-file", "no/such/folder.log").exit_code == 6
    install(school, SETTINGS.replace('id = "8889999"', "id = 8889999") + table(receiver.server))
    assert command("run-all").exit_code == 2
    install(school, SETTINGS + table(receiver.server))
    (school / "profiles.d" / "seniors.toml").write_text("output = 1\n", encoding="utf-8")
    assert command("run-all").exit_code == 2

    assert (receiver.codes, receiver.beats) == ([5, 6, 2, 2], 1)


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        pytest.param(["run-all", "--today", "tomorrow"], [2], id="a wrong value"),
        pytest.param(["run-all", "--chached"], [2], id="a misspelt option"),
        pytest.param(["run"], [2], id="no profile"),
        pytest.param(["--cached", "run", "Seniors"], [2], id="an option before the command"),
        pytest.param(["run", "Juniors"], [2], id="an unknown profile"),
        pytest.param(["run-all", "--keep", "sets"], [2], id="options that do not go together"),
        pytest.param(["run-all", "--dry-run", "--chached"], [], id="a dry run"),
        pytest.param(["plan", "--chached"], [], id="another command"),
        pytest.param(["run-al"], [], id="no command"),
    ],
)
@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_a_wrong_command_line(
    school: Path,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    codes: list[int],
    is_elsewhere: bool,
) -> None:
    """It may be that of the scheduled task, which would fail every night; the settings are those that it names."""
    if is_elsewhere:
        monkeypatch.chdir(school.parent)
        arguments = [*arguments, "--config", str(school / "sdssync.toml")]

    assert command(*arguments).exit_code == 2

    assert (receiver.codes, receiver.beats) == (codes, 0)
    assert (school / "state" / FAILED_RUN).exists() == bool(codes)


@pytest.mark.parametrize("settings", ["[notify", 'notify = "C4NARY"', '[notify]\nwebhook = "C4NARY"\n'])
def test_settings_that_name_no_one(school: Path, settings: str) -> None:
    """Where the table itself is wrong, the run fails as it would, and no one gets to know."""
    install(school, f"{SETTINGS}\n{settings}\n")
    ran = command("run-all")

    assert ran.exit_code == 2
    assert "C4NARY" not in ran.out + ran.err
    assert not (school / "state").exists()


def test_a_notification_that_fails(school: Path, httpserver: HTTPServer) -> None:
    """It is a warning without the address, and the exit code is that of the run."""
    httpserver.expect_request("/C4NARY").respond_with_data("C4NARY", status=500)
    url = httpserver.url_for("/C4NARY?C4NARY")
    install(school, f'{SETTINGS}\n[notify]\nwebhook = "{url}"\nheartbeat = "{url}"\ncommand = ["C4NARY"]\n')
    good = command("run-all")
    (school / "hartley.xml").unlink()
    bad = command("run-all", "--log-file", "log.jsonl")

    assert (good.exit_code, bad.exit_code) == (0, 2)
    assert [line["way"] for line in good.logs("notification.failed")] == ["heartbeat"]
    lines = read_logs((school / "log.jsonl").read_text(encoding="utf-8"), "notification.failed")
    assert [(line["way"], line["level"]) for line in lines] == [("command", "warning"), ("webhook", "warning")]
    assert all(line["error"] and line["hint"] for line in lines)
    assert "C4NARY" not in good.out + good.err + bad.out + bad.err + str(lines)


def test_mail_says_what_to_do(school: Path) -> None:
    """The mail has the school, the code and its meaning in words, and each profile."""
    with mail_server("none") as server:
        mail = f'[notify.mail]\nto = ["it@a.example"]\nfrom = "s@a.example"\nhost = "127.0.0.1"\nport = {server.port}\n'
        install(school, f'{SETTINGS}\n{mail}security = "none"\n')
        assert command("run-all").exit_code == 0
        (school / "hartley.xml").unlink()
        assert command("run-all").exit_code == 2

    [mail_sent] = server.mails
    lines = mail_sent.get_content().splitlines()
    assert mail_sent["Subject"] == "sdssync: code 2, the settings or a profile have mistakes"
    assert lines[0] == "MySchool: code 2, the settings or a profile have mistakes."
    assert "Seniors: failed at its last run (code 2)." in lines


def _tests(folder: Path, table: str) -> Ran:
    install(folder, f"{SETTINGS}\n{table}\n")
    return command("notify", "--test", "--format", "json")


def test_notify_test(school: Path, receiver: Receiver) -> None:
    """One of each is sent, also before the first run, and the result has a line for each."""
    (school / "tell.py").write_text("import sys; open('got', 'wb').write(sys.stdin.buffer.read())", encoding="utf-8")
    program = json.dumps([sys.executable, "tell.py"])
    ran = _tests(school, f"{table(receiver.server)}command = {program}")

    assert ran.exit_code == 0
    assert ran.json == {
        "version": 1,
        "exit_code": 0,
        "ways": [{"way": way, "sent": True, "error": "", "hint": ""} for way in ("command", "webhook", "heartbeat")],
    }
    assert receiver.posts == [{"version": 1, "last_run": None, "audit": "", "profiles": []}]
    assert json.loads((school / "got").read_text(encoding="utf-8")) == receiver.posts[0]
    assert receiver.beats == 1
    assert command("notify", "--test").out.splitlines() == ["command: sent", "webhook: sent", "heartbeat: sent"]


def test_notify_test_that_fails(school: Path) -> None:
    """It ends with 1, and says what to do."""
    ran = _tests(school, '[notify]\nwebhook_file = "gone"\n')

    assert ran.exit_code == 1
    [way] = ran.json["ways"]
    assert way["way"] == "webhook"
    assert way["error"].startswith("the file that notify.webhook_file names does not exist")
    assert way["hint"]


@pytest.mark.parametrize(
    ("arguments", "settings", "expected"),
    [
        pytest.param(["notify", "--test"], SETTINGS, "sdssync.toml names no way", id="no table"),
        pytest.param(["notify"], SETTINGS, "expected --test, found nothing", id="without --test"),
        pytest.param(["notify", "--test"], "[school]\n", "sdssync.toml has", id="wrong settings"),
    ],
)
def test_notify_refuses(school: Path, arguments: list[str], settings: str, expected: str) -> None:
    """What cannot be done ends with 2 and a hint."""
    install(school, settings)
    ran = command(*arguments)

    assert ran.exit_code == 2
    assert expected in ran.logs("command.failed")[0]["error"]
