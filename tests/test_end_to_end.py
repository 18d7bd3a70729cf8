"""The whole way over real HTTP and in real processes: one good run, each failure of the source, each exit code."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer

from tests.support.documents import document
from tests.support.fake_isams import FIXTURES, PATH, Script, play, raw_server, recorded
from tests.support.installation import SETTINGS, install
from tests.support.needs import (
    needs_dev_full,
    needs_fifo,
    needs_limits,
    needs_posix_shell,
    needs_posix_signals,
    needs_pty,
    needs_windows,
)
from tests.support.processes import SECONDS, on_terminal, process, started
from tests.support.runs import Ran, command, read_logs
from tests.support.windows import STREAMS, on_console, press_ctrl_c, run_without

pytestmark = pytest.mark.slow

PROFILE = 'name = "Seniors"\noutput = "csv/Seniors"\n'
FAILURES = sorted(path.stem for path in (FIXTURES / "isams").glob("*.http") if not path.stem.startswith("good"))
GOOD = document().encode()


def remote(url: str, more: str = "") -> str:
    """Settings that ask iSAMS at an address, once."""
    asked = f'url = "{url}"\napi_key_file = "isams.key"\nretry_for = 0\n{more}'
    return SETTINGS.replace('file = "hartley.xml"', asked)


@pytest.fixture
def after_a_run(here: Path) -> Path:
    """An installation with one profile, a key, and a set that is published from a document downloaded before."""
    install(here, seniors=PROFILE)
    (here / "isams.key").write_text("s3cr3t", encoding="utf-8")
    (here / "hartley.xml").write_bytes(GOOD)
    assert command("run-all").exit_code == 0
    (here / "state" / "isams.xml").write_bytes(GOOD)
    return here


def hashes(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return what is in a folder: the hash, time and inode of each file, apart from the status of the last run."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
            path.stat().st_ino,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "status.json"
    }


def assert_source_failed(after_a_run: Path, url: str, more: str = "") -> str:
    """Run against a source that fails: code 3, one line that says so, and everything as it was. Give that line."""
    install(after_a_run, remote(url, more), seniors=PROFILE)
    before = hashes(after_a_run)

    ran = command("run-all", "--format", "json")

    lines = ran.logs()
    [failed] = [line for line in lines if line["event"] == "source.failed"]
    [profile] = [line for line in lines if line["event"] == "profile.failed"]
    assert (ran.exit_code, failed["exit_code"], lines[-1]["exit_code"]) == (3, 3, 3)
    assert ran.json["profiles"][0]["outcome"] == "failed"
    assert "\n" not in failed["error"]
    assert (profile["error"], profile["exit_code"], "hint" in profile) == ("the source failed", 3, False)
    assert ran.json["profiles"][0]["why"] == "the source failed"
    assert failed["hint"]
    after = hashes(after_a_run)
    refused = after.pop("state/isams-refused.xml", None)
    assert after == before
    assert bool(refused) == ("isams-refused.xml" in failed["hint"])
    return str(failed["error"])


@pytest.mark.parametrize("name", FAILURES)
def test_recorded_failures(httpserver: HTTPServer, after_a_run: Path, name: str) -> None:
    """Whatever iSAMS has ever answered instead of a document ends with 3, and changes nothing on disk."""
    assert_source_failed(after_a_run, play(httpserver, name))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(GOOD[:-20], "is truncated", id="cut near its end"),
        pytest.param(GOOD[: len(GOOD) // 2], "is truncated", id="cut in the middle"),
        pytest.param(GOOD.replace(b"SetLists>", b"Lists>"), "SetLists is missing", id="without a section"),
        pytest.param(document(rows="").encode(), "SetLists holds no SetList", id="with an empty section"),
        pytest.param(document(pupils="").encode(), "CurrentPupils holds no Pupil", id="without pupils"),
        pytest.param(GOOD.replace(b"Surname501", b"&who;"), "contains an entity", id="with an entity"),
        pytest.param(
            GOOD.replace(b"<iSAMS>", b'<!DOCTYPE iSAMS [<!ENTITY who "x">]><iSAMS>'), "DOCTYPE", id="with a DOCTYPE"
        ),
    ],
)
def test_documents_that_are_not_complete(httpserver: HTTPServer, after_a_run: Path, body: bytes, error: str) -> None:
    """A complete answer that is not a complete document is not kept: the last good one stays."""
    httpserver.expect_request(PATH).respond_with_data(body, content_type="application/xml")

    assert error in assert_source_failed(after_a_run, httpserver.url_for(""))
    assert (after_a_run / "state" / "isams-refused.xml").read_bytes() == body


def test_larger_than_allowed(httpserver: HTTPServer, after_a_run: Path) -> None:
    """A document of more bytes than `max_bytes` is refused."""
    httpserver.expect_request(PATH).respond_with_data(GOOD)

    ran = assert_source_failed(after_a_run, httpserver.url_for(""), "max_bytes = 1000\n")

    assert ran == "the document is larger than 1000 bytes"


def _cut(line: socket.socket, _: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + GOOD)


def _trickle(line: socket.socket, request: bytes) -> None:
    del request
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n<iSAMS>")
    for _ in range(40):
        line.sendall(b" ")
        time.sleep(0.1)


def _silent(line: socket.socket, _: bytes) -> None:
    line.recv(1)


@pytest.mark.parametrize(
    ("script", "more"),
    [
        pytest.param(_cut, "", id="shorter than it says"),
        pytest.param(_trickle, "max_seconds = 1\n", id="a trickle"),
        pytest.param(_silent, "timeout = 0.5\n", id="silence"),
    ],
)
def test_broken_connections(after_a_run: Path, script: Script, more: str) -> None:
    """An answer that ends too early or too late is not used."""
    with raw_server(script) as url:
        assert_source_failed(after_a_run, url, more)


def test_nobody_there(after_a_run: Path) -> None:
    """An address at which nothing listens is reported with its host."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert f"127.0.0.1:{port}" in assert_source_failed(after_a_run, f"http://127.0.0.1:{port}")


def forget(folder: Path) -> None:
    """Remove what was published: the recorded answer is another school, which the gates would hold."""
    shutil.rmtree(folder / "csv")
    shutil.rmtree(folder / "state" / "profiles")


def test_a_good_night(httpserver: HTTPServer, after_a_run: Path) -> None:
    """A document that is good is published and kept, and the next night without iSAMS can use it."""
    install(after_a_run, remote(play(httpserver, "good")), seniors=PROFILE)
    forget(after_a_run)

    (after_a_run / "logs").mkdir()
    ran = process("run-all", "--log-file", "logs/night.log", "--format", "json", folder=after_a_run)
    cached = process("run-all", "--cached", "--format", "json", folder=after_a_run)

    result = json.loads(ran.out)
    [downloaded] = [line for line in ran.logs() if line["event"] == "source.downloaded"]
    assert (ran.exit_code, cached.exit_code) == (0, 0)
    assert [item["outcome"] for item in result["profiles"]] == ["published"]
    assert [item["outcome"] for item in json.loads(cached.out)["profiles"]] == ["unchanged"]
    assert (downloaded["bytes"], downloaded["attempts"]) == (len(recorded("good").body), 1)
    assert (after_a_run / "state" / "isams.xml").read_bytes() == recorded("good").body
    assert (after_a_run / "logs" / "night.log").read_text(encoding="utf-8") == ran.err


def test_one_download_for_all(httpserver: HTTPServer, after_a_run: Path) -> None:
    """However many profiles there are, and of which kind, the document is asked for and parsed once."""
    more = {f"p{number}": f'output = "csv/p{number}"\nparity = {number % 2 == 0}\n'.lower() for number in range(4)}
    install(after_a_run, remote(play(httpserver, "good")), **more)
    forget(after_a_run)

    ran = command("run-all", "--format", "json")

    events = [line["event"] for line in ran.logs()]
    assert [item["outcome"] for item in ran.json["profiles"]] == ["published"] * 5
    assert (len(httpserver.log), events.count("source.downloaded"), events.count("source.parsed")) == (1, 1, 1)


def test_a_second_attempt(httpserver: HTTPServer, after_a_run: Path) -> None:
    """A failure that passes is a warning, and the run goes on with the next answer."""
    install(after_a_run, remote(play(httpserver, "unavailable", "good")).replace("retry_for = 0", "retry_for = 30"))
    forget(after_a_run)

    ran = command("run-all")

    [retried] = [line for line in ran.logs() if line["event"] == "source.retried"]
    [downloaded] = [line for line in ran.logs() if line["event"] == "source.downloaded"]
    assert ran.exit_code == 0
    assert list(retried)[4:] == ["host", "attempt", "reason", "wait_seconds"]
    assert (retried["level"], retried["attempt"], retried["reason"]) == ("warning", 1, "status 503")
    assert downloaded["attempts"] == 2


@pytest.mark.parametrize("arguments", ["run-all", "run Seniors", "subjects"])
def test_another_run_holds_the_lock(after_a_run: Path, arguments: str) -> None:
    """While another process holds the lock, every command that takes the document ends with 5 at once."""
    holder = "import sys, filelock\nwith filelock.FileLock(sys.argv[1]):\n    print(1, flush=True)\n    input()"
    line = [sys.executable, "-c", holder, str(after_a_run / "state" / "sdssync.lock")]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == b"1"

        ran = command(*arguments.split())

        other.communicate(b"\n")
    [failed] = [line for line in ran.logs() if line["event"] == "command.failed"]
    assert (ran.exit_code, ran.out, failed["exit_code"]) == (5, "", 5)
    assert "another run of this installation is in progress" in failed["error"]
    assert command(*arguments.split()).exit_code == 0


def test_commands_that_need_no_lock(after_a_run: Path) -> None:
    """Commands that only read work while a run is in progress."""
    with FileLock(after_a_run / "state" / "sdssync.lock"):
        assert [command(verb).exit_code for verb in ("profiles", "validate")] == [0, 0]


def _state_is_a_file(after_a_run: Path) -> None:
    (after_a_run / "sdssync.toml").write_text(SETTINGS + '[paths]\nstate = "hartley.xml"\n', encoding="utf-8")


def _output_is_a_file(after_a_run: Path) -> None:
    (after_a_run / "profiles.d" / "seniors.toml").write_text('output = "hartley.xml"\n', encoding="utf-8")


@pytest.mark.parametrize("change", [_state_is_a_file, _output_is_a_file])
def test_what_cannot_be_written(after_a_run: Path, change: Callable[[Path], None]) -> None:
    """Where a file is in the way of a folder or the reverse, the run ends with 6."""
    change(after_a_run)

    assert command("run-all").exit_code == 6


@needs_posix_shell
def test_a_disk_that_is_full(after_a_run: Path) -> None:
    """When the files of a set cannot be written to their end, the published set stays and nothing is left over."""
    (after_a_run / "hartley.xml").write_bytes((FIXTURES / "isams" / "hartley.xml").read_bytes())
    before = hashes(after_a_run)
    line = 'ulimit -f 4; exec "$0" -B -m sdssync run-all'

    ended = subprocess.run(["/bin/sh", "-c", line, sys.executable], cwd=after_a_run, capture_output=True, check=False)

    [failed] = [line for line in read_logs(ended.stderr.decode()) if line["event"] == "profile.failed"]
    assert (ended.returncode, failed["exit_code"]) == (6, 6)
    assert "File too large" in failed["error"]
    assert hashes(after_a_run) == before


@pytest.mark.parametrize(
    "log",
    [
        pytest.param("hartley.xml/x.log", id="a file where a folder is needed"),
        pytest.param("state", id="a folder of that name"),
        pytest.param("sdssync.toml", id="the settings"),
        pytest.param("csv/Seniors/users.csv", id="a file of a set"),
        pytest.param("/dev/full", id="a device", marks=needs_dev_full),
        pytest.param("CON", id="the console", marks=needs_windows),
        pytest.param("NUL", id="the null device", marks=needs_windows),
    ],
)
def test_a_log_file_that_cannot_be_opened(after_a_run: Path, log: str) -> None:
    """The run does not begin, and ends with 6."""
    ran = process("run-all", "--log-file", log, folder=after_a_run)

    [line] = ran.logs()
    assert (ran.exit_code, line["event"], line["exit_code"]) == (6, "log.failed", 6)


@needs_fifo
def test_a_pipe_for_a_log_file(after_a_run: Path) -> None:
    """No one may be reading it, so it is not opened."""
    os.mkfifo(after_a_run / "pipe")

    ran = process("run-all", "--log-file", "pipe", folder=after_a_run)

    [line] = ran.logs()
    assert (ran.exit_code, line["error"]) == (6, "log file pipe cannot be opened: it is not a file")


@needs_limits
def test_a_log_file_that_fills_up(after_a_run: Path) -> None:
    """A log that cannot be written to its end does not stop the run, which ends with 6."""
    import resource  # noqa: PLC0415  (not there on Windows)

    (after_a_run / "night.log").write_bytes(b"x" * 5_000_000 + b"\n")
    limit = (5_000_500, resource.getrlimit(resource.RLIMIT_FSIZE)[1])

    ran = process(
        "run-all",
        "--log-file",
        "night.log",
        folder=after_a_run,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )

    events = [line["event"] for line in ran.logs()]
    assert (ran.exit_code, events[-2:]) == (6, ["run.finished", "log.failed"])


@pytest.mark.parametrize(
    "encoding",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONUTF8": "0"}],
    ids=["the locale C", "streams in Latin-1", "no UTF-8 mode"],
)
def test_utf_8_whatever_the_locale(after_a_run: Path, encoding: dict[str, str]) -> None:
    """Both streams are UTF-8 in every locale; what is no text at all is escaped."""
    (after_a_run / "hartley.xml").write_text(document().replace("Surname502", "Žižková 李"), encoding="utf-8")
    named = PROFILE.replace("Seniors", "Größe")
    install(after_a_run, SETTINGS, seniors=named)

    ran = process("run-all", folder=after_a_run, env=encoding)
    odd = process("profiles", "--config", "\udcff.toml", "--log-file", "odd.log", folder=after_a_run)

    assert ran.exit_code == 0
    assert "Žižková 李" in ran.out
    assert '"profiles": ["Größe"]' in ran.err
    assert (odd.exit_code, (after_a_run / "odd.log").read_text(encoding="utf-8")) == (2, odd.err)


def test_nobody_reads_to_the_end(after_a_run: Path) -> None:
    """A reader of stdout who has gone away changes neither the code nor the log."""
    reader, writer = os.pipe()
    os.close(reader)

    ran = process("run-all", "--format", "json", folder=after_a_run, stdout=writer)

    os.close(writer)
    assert ran.exit_code == 0
    assert ran.logs()[-1]["event"] == "run.finished"


@needs_dev_full
def test_stdout_is_full(after_a_run: Path) -> None:
    """A result that cannot be written is an error, reported on stderr."""
    with Path("/dev/full").open("w") as full:
        ran = process("profiles", folder=after_a_run, stdout=full)

    [line] = ran.logs()
    assert (ran.exit_code, line["error"]) == (
        6,
        "the result could not be written to stdout: No space left on device",
    )


@needs_dev_full
def test_stderr_is_full(after_a_run: Path) -> None:
    """A log without a reader stops nothing."""
    with Path("/dev/full").open("w") as full:
        ran = process("run-all", "--format", "json", folder=after_a_run, stderr=full)

    assert (ran.exit_code, json.loads(ran.out)["exit_code"]) == (0, 0)


def assert_published_and_logged(folder: Path) -> None:
    """What was removed is there again, and the log file says how the run ended."""
    assert (folder / "csv" / "Seniors" / "users.csv").exists()
    assert read_logs((folder / "night.log").read_text(encoding="utf-8"))[-1]["exit_code"] == 0


@needs_posix_shell
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(after_a_run: Path, closed: str) -> None:
    """A scheduler may give a process no streams at all; the files are written all the same."""
    (after_a_run / "csv" / "Seniors" / "users.csv").unlink()
    line = f'"$0" -m sdssync run-all --log-file night.log {closed}'

    ended = subprocess.run(["/bin/sh", "-c", line, sys.executable], cwd=after_a_run, capture_output=True, check=False)

    assert ended.returncode == 0
    assert_published_and_logged(after_a_run)


@needs_windows
@pytest.mark.parametrize("closed", [*((name,) for name in STREAMS), STREAMS], ids=" ".join)
def test_streams_that_a_service_does_not_give(after_a_run: Path, closed: tuple[str, ...]) -> None:
    """Nor does the Task Scheduler of Windows have to."""
    (after_a_run / "csv" / "Seniors" / "users.csv").unlink()

    assert run_without(closed, "run-all", "--log-file", "night.log", folder=after_a_run) == 0
    assert_published_and_logged(after_a_run)


def press(running: "subprocess.Popen[bytes]") -> None:
    running.send_signal(signal.SIGINT)


def end(running: "subprocess.Popen[bytes]") -> None:
    running.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("start", "interrupt"),
    [
        pytest.param(started, press, id="Ctrl-C", marks=needs_posix_signals),
        pytest.param(started, end, id="SIGTERM", marks=needs_posix_signals),
        pytest.param(on_console, press_ctrl_c, id="Ctrl-C on a console of Windows", marks=needs_windows),
    ],
)
def test_interrupted(
    after_a_run: Path,
    start: Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]],
    interrupt: Callable[["subprocess.Popen[bytes]"], None],
) -> None:
    """Ctrl-C and an order to end, during the download, give 130 and one line, and leave everything as it was."""
    asked = threading.Event()

    def answer(line: socket.socket, request: bytes) -> None:
        asked.set()
        _trickle(line, request)

    with raw_server(answer) as url:
        install(after_a_run, remote(url), seniors=PROFILE)
        before = hashes(after_a_run)
        with start("run-all", folder=after_a_run) as running:
            assert asked.wait(SECONDS)
            interrupt(running)
            out, err = running.communicate(timeout=SECONDS)

    last = read_logs(err.decode())[-1]
    assert (running.returncode, out) == (130, b"")
    assert (last["event"], last["level"], last["exit_code"]) == ("command.interrupted", "warning", 130)
    assert hashes(after_a_run) == before


def without_style(text: str) -> str:
    """Drop bold and italics, which are no colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@needs_pty
def test_on_a_terminal(after_a_run: Path) -> None:
    """On a terminal there are no log lines, and the result is in colour unless that is switched off."""
    plain = on_terminal("run-all", folder=after_a_run, env={"NO_COLOR": "1"})
    option = on_terminal("run-all", "--no-color", folder=after_a_run)
    dumb = on_terminal("run-all", folder=after_a_run, env={"TERM": "dumb"})
    colored = on_terminal("run-all", folder=after_a_run)

    assert [ran.exit_code for ran in (plain, option, dumb, colored)] == [0] * 4
    assert "Profile  Outcome    Users" in without_style(plain.out)
    assert "run.finished" not in plain.out
    assert ["\x1b[1m" in ran.out for ran in (plain, option, dumb, colored)] == [False, False, False, True]


@needs_pty
@pytest.mark.parametrize("stream", ["1", "2"])
def test_one_of_two_is_a_terminal(after_a_run: Path, stream: str) -> None:
    """Each stream is looked at by itself: JSON lines beside a screen, or events in local time beside plain text."""
    ran = on_terminal("-v", "run-all", folder=after_a_run, env={"NO_COLOR": "1"}, streams=stream)

    if stream == "1":
        assert "Profile  Outcome" in without_style(ran.out)
        assert ran.logs()[-1]["event"] == "run.finished"
    else:
        assert "[info     ] run.finished" in ran.out
        assert ran.err.startswith("iSAMS: ")


@needs_pty
def test_usage_on_a_terminal(after_a_run: Path) -> None:
    """A wrong command line is an error and a hint."""
    ran: Ran = on_terminal("run-all", "--zzz", folder=after_a_run)

    assert ran.exit_code == 2
    assert without_style(ran.out) == "error: there is no option --zzz here\nhint: see sdssync run-all --help\n"


INTERRUPTED_EARLY = """
import sys
from sdssync.cli.commands import main

def interrupt(event, arguments):
    if event == "open" and str(arguments[0]).endswith("night.log"):
        raise KeyboardInterrupt

sys.addaudithook(interrupt)
sys.exit(main(["rule", "SDS206", "--log-file", "night.log"]))
"""


def test_interrupted_before_the_command(here: Path) -> None:
    """An interrupt while the log is being opened ends with the code of an interruption and without a traceback."""
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_EARLY], cwd=here, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (130, "")
    assert "Traceback" not in ended.stderr


FILE_THAT_STAYS = """
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from sdssync.cli.commands import main

def disturb(event, arguments):
    if event == "os.remove" and ".Seniors.sdssync-new" in str(arguments[0]):
        Path(arguments[0]).with_name("notes.txt").touch()

sys.addaudithook(disturb)
sys.exit(main(["run-all", "--dry-run", "--format", "json"]))
"""


def test_a_dry_run_that_cannot_clean_up(school: Path) -> None:
    """Nothing is called published: the outcome stays, the code is 6, and the log says what could not be removed."""
    ended = subprocess.run(
        [sys.executable, "-c", FILE_THAT_STAYS], cwd=school, capture_output=True, text=True, check=False
    )

    [profile] = json.loads(ended.stdout)["profiles"]
    events = [line["event"] for line in read_logs(ended.stderr) if line["level"] == "error"]
    assert (ended.returncode, profile["outcome"], events) == (6, "generated", ["profile.failed_to_clean_up"])


HANDLE = """
import signal, sys
from sdssync.__main__ import _handle_termination
_handle_termination()
try:
    signal.raise_signal(getattr(signal, sys.argv[1]))
except KeyboardInterrupt:
    print("as Ctrl+C")
"""


@pytest.mark.parametrize("name", [name for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)])
def test_what_ends_a_process_is_like_ctrl_c(name: str) -> None:
    """So that clean-up runs; on Windows SIGBREAK is Ctrl+Break and a console that is closed."""
    ended = subprocess.run([sys.executable, "-c", HANDLE, name], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "as Ctrl+C\n")
