"""
Nothing private leaves sdssync: key, names, addresses and cells are canaries, and many failures are provoked.

The tests search stderr and the log file at `-v`, the processes as others on the machine see them, and the names of all
files; stdout only for results that do not list people.
"""

import json
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer

from tests.support.documents import PHYSICS, document, pupil, row
from tests.support.fake_isams import FIXTURES, PATH, Script, play, raw_server
from tests.support.installation import SETTINGS, install
from tests.support.needs import needs_proc, needs_pty
from tests.support.processes import on_terminal, process, started
from tests.support.runs import Ran, command

pytestmark = pytest.mark.slow

CANARY = "C4NARY"
KEY = f"{CANARY}-key/+&=é"
SCHOOL = (
    document(
        pupils=pupil(501)
        + pupil(502, email="")
        + pupil(503, year="3")
        + pupil(505, email="PUPIL501@hollowell.example")
        + pupil(506, email="a\nb@hollowell.example"),
        rows=row(PHYSICS, 501) + row(PHYSICS, 502) + row("12", 503) + row(PHYSICS, 505) + row(PHYSICS, 506),
    )
    .replace("Surname5", f"{CANARY}-surname5")
    .replace("Forename5", f"{CANARY}-forename5")
    .replace("Staff10", f"{CANARY}-staff10")
    .replace("Member10", f"{CANARY}-member10")
    .replace("hollowell", f"{CANARY}-host")
    .replace("9A/Ph1", f"{CANARY}/set")
    .replace("3B/Ma", f"{CANARY} * ?")
    .replace("Physics", f"{CANARY}-subject")
    .replace("Sciences", f"{CANARY}-department")
)
PROFILE = (
    f'name = "Seniors"\noutput = "csv/Seniors"\n[teachers]\nextra = ["{CANARY}@extra.example", "*{CANARY}*.nowhere"]\n'
)


def remote(url: str, more: str = "") -> str:
    """Return settings that ask iSAMS at an address, once."""
    return SETTINGS.replace('file = "hartley.xml"', f'url = "{url}"\napi_key_file = "isams.key"\nretry_for = 0\n{more}')


@pytest.fixture
def canaries(here: Path) -> Path:
    """An installation in which everything private is a canary; nothing has run."""
    install(here, seniors=PROFILE)
    (here / "isams.key").write_text(KEY, encoding="utf-8")
    (here / "hartley.xml").write_text(SCHOOL, encoding="utf-8")
    return here


def assert_silent(folder: Path, ran: Ran, *, out: bool = False) -> None:
    """Check that no canary is in the log, on stderr, in the name of any file, or (with `out`) on stdout."""
    log = folder / "sdssync.log"
    searched = {
        "stderr": ran.err,
        "log": log.read_text(encoding="utf-8") if log.exists() else "",
        "names": "\n".join(map(str, folder.rglob("*"))),
        "stdout": ran.out if out else "",
    }
    assert {where for where, text in searched.items() if CANARY.lower() in text.lower()} == set()
    assert "Traceback" not in ran.err


def loud(*arguments: str) -> Ran:
    """Run a command with everything that it can log."""
    return command("-v", "--log-file", "sdssync.log", *arguments)


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "arguments",
    ["run-all", "run Seniors --dry-run", "subjects", "profiles", "doctor", "validate", "run-all --today 2030-01-01"],
)
def test_when_all_is_well(canaries: Path, arguments: str, log_format: str) -> None:
    """A good run with omissions, warnings and unknown extra teachers names people in its result only."""
    assert loud("run-all", "--log-format", log_format).exit_code == 0

    ran = loud(*arguments.split(), "--log-format", log_format)

    assert ran.exit_code == 0
    assert_silent(canaries, ran, out=arguments in {"profiles", "doctor"})


def test_only_the_result_has_names(canaries: Path) -> None:
    """The result of a run names the people who were left out, and the CSV set has the other names."""
    ran = loud("run-all", "--format", "json")

    [profile] = ran.json["profiles"]
    printed = [row for row in profile["omitted"] if "surname" in row]
    assert {row["reason"] for row in printed} >= {"pupil_without_email", "duplicate_username"}
    assert all(row["surname"].startswith(CANARY) for row in printed)
    assert CANARY in (canaries / "csv" / "Seniors" / "users.csv").read_text(encoding="utf-8")
    assert_silent(canaries, ran)


REJECTED = SCHOOL.replace("<SchoolId>7983000000503<", "<SchoolId>7983000000501<")


@pytest.mark.parametrize(
    "arguments",
    [
        "run-all",
        "run-all --format json",
        "run-all --dry-run --keep look",
        "profiles",
        "validate ./look/Seniors",
        "subjects",
    ],
)
def test_the_results_of_a_rejected_set(canaries: Path, arguments: str) -> None:
    """A rejected set names people in the result, and in the sets that were asked for, but not in log and status."""
    (canaries / "hartley.xml").write_text(REJECTED, encoding="utf-8")
    if "look" in arguments and "keep" not in arguments:
        loud("run-all", "--dry-run", "--keep", "look")
    first = loud("run-all")

    ran = loud(*arguments.split())

    assert (first.exit_code, "SDS202" in first.out, CANARY in first.out) == (1, True, True)
    assert ran.exit_code in (0, 1)
    assert_silent(canaries, ran, out=arguments in {"profiles", "doctor"})
    assert CANARY not in (canaries / "state" / "status.json").read_text(encoding="utf-8")


@needs_pty
@pytest.mark.parametrize(
    "arguments", ["run-all", "run-all --today 2030-01-01", "run Senior", "validate", "run-all x@y.z"]
)
def test_a_terminal(canaries: Path, arguments: str) -> None:
    """Warnings and errors in words on a terminal have no more than the log has."""
    (canaries / "hartley.xml").write_text(REJECTED, encoding="utf-8")

    ran = on_terminal(*arguments.split(), folder=canaries, streams="2")

    assert CANARY.lower() not in ran.out.lower()
    assert "Traceback" not in ran.out


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (FIXTURES / "isams").glob("*.http") if not path.stem.startswith("good"))
)
def test_recorded_failures(httpserver: HTTPServer, canaries: Path, name: str) -> None:
    """No failure that iSAMS answers with shows the key."""
    install(canaries, remote(play(httpserver, name)))

    ran = loud("run-all")

    assert ran.exit_code == 3
    assert_silent(canaries, ran, out=True)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[: text.index("-surname503")], id="truncated within a name"),
        pytest.param(lambda text: text.replace("-surname503", "<"), id="not well-formed at a name"),
        pytest.param(lambda text: text.replace("<Surname>", f"<{CANARY}>"), id="an element that never closes"),
        pytest.param(lambda text: text.replace("-surname503", f"&{CANARY};"), id="an entity"),
        pytest.param(
            lambda text: text.replace("<iSAMS>", f'<!DOCTYPE {CANARY} SYSTEM "{CANARY}"><iSAMS>'), id="DOCTYPE"
        ),
        pytest.param(lambda text: text.replace("iSAMS", CANARY), id="another root"),
        pytest.param(lambda text: text.replace("SetList>", "X>").replace("<SetList ", "<X "), id="an empty section"),
        pytest.param(lambda text: f'<?xml version="1.0" encoding="{CANARY}"?>{text}', id="an unknown encoding"),
        pytest.param(lambda _: f"<html>{CANARY}</html>", id="HTML"),
        pytest.param(lambda _: f'{{"key": "{KEY}"}}', id="JSON"),
        pytest.param(
            lambda _: f"<Message><MessageId>{CANARY}</MessageId><Description>{KEY}</Description></Message>",
            id="an unknown error document",
        ),
        pytest.param(
            lambda _: (
                "<Message><MessageId>MethodsNotAllocatedToKeyException</MessageId>"
                f"<Description>{KEY} {CANARY.lower()}_getpupils</Description></Message>"
            ),
            id="an error document that names more than it should",
        ),
    ],
)
def test_documents_that_cannot_be_read(httpserver: HTTPServer, canaries: Path, damage: Callable[[str], str]) -> None:
    """No message about a document quotes it."""
    httpserver.expect_request(PATH).respond_with_data(damage(SCHOOL), content_type="application/xml")
    install(canaries, remote(httpserver.url_for("")))

    ran = loud("run-all")

    assert ran.exit_code == 3
    assert_silent(canaries, ran, out=True)


def _garbage(line: socket.socket, _: bytes) -> None:
    line.sendall(f"{CANARY} {KEY}\r\n\r\n".encode())


def _reset(line: socket.socket, _: bytes) -> None:
    line.close()


def _bad_length(line: socket.socket, _: bytes) -> None:
    line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {CANARY}\r\n\r\n<iSAMS>".encode())


def _cut(line: socket.socket, _: bytes) -> None:
    line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{SCHOOL}".encode())


def _redirect(line: socket.socket, request: bytes) -> None:
    target = request.split(b" ")[1]
    line.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://other.example" + target + b"\r\nContent-Length: 0\r\n\r\n")


def _echo(line: socket.socket, request: bytes) -> None:
    line.sendall(b"HTTP/1.1 500 " + request.split(b" ")[1] + b"\r\nContent-Length: 3\r\n\r\n" + request[:3])


@pytest.mark.parametrize("script", [_garbage, _reset, _bad_length, _cut, _redirect, _echo])
def test_broken_connections(canaries: Path, script: Script) -> None:
    """Failures below HTTP, and answers that repeat the request, do not show the key."""
    with raw_server(script) as url:
        install(canaries, remote(url, "timeout = 2\nmax_seconds = 5\n"))

        ran = loud("run-all")

    assert ran.exit_code == 3
    assert_silent(canaries, ran, out=True)


def test_proxy_and_tls(canaries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that does not exist, or a certificate that is not trusted, does not show the key or a login."""
    with raw_server(_cut, tls=True, host="localhost") as url:
        install(canaries, remote(url))
        untrusted = loud("run-all")
        monkeypatch.setenv("HTTPS_PROXY", f"http://{CANARY}:{CANARY}@127.0.0.1:9")
        install(canaries, remote("https://isams.hollowell.example"))
        proxy = loud("run-all")

    assert (untrusted.exit_code, proxy.exit_code) == (3, 3)
    assert_silent(canaries, untrusted, out=True)
    assert_silent(canaries, proxy, out=True)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(f"{KEY}\n{KEY}", id="two lines"),
        pytest.param(f"{CANARY} key", id="a blank"),
        pytest.param(f"{CANARY}\x01", id="a control character"),
        pytest.param(f"{CANARY}\udcff", id="neither UTF-8 nor UTF-16"),
        pytest.param(CANARY * 20_000, id="too large"),
        pytest.param("", id="empty"),
    ],
)
def test_key_files_that_are_wrong(canaries: Path, key: str) -> None:
    """A key file with anything but a key is refused, and no part of it is shown."""
    install(canaries, remote("http://127.0.0.1:9"))
    (canaries / "isams.key").write_bytes(key.encode("utf-8", "surrogateescape"))

    ran = loud("run-all")

    assert ran.exit_code == 2
    assert_silent(canaries, ran, out=True)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(SETTINGS.replace("file = ", f'api_key = "{KEY}"\nfile = '), id="a key in the file"),
        pytest.param(SETTINGS.replace("file = ", f'api_key = {KEY}"\nfile = '), id="a key without its quote"),
        pytest.param(SETTINGS.replace("file = ", f"{CANARY}-{'k' * 20} = 1\nfile = "), id="a key as the name of a key"),
        pytest.param(SETTINGS.replace("hartley.xml", f"{CANARY}\\q"), id="an invalid escape"),
        pytest.param(SETTINGS.replace("file = ", f'url = "ftp://{CANARY}@host"\nfile = '), id="an invalid address"),
        pytest.param(SETTINGS.replace("file = ", f'max_bytes = "{CANARY}"\nfile = '), id="an invalid size"),
        pytest.param(SETTINGS.replace('"hartley.xml"', f'["{CANARY}"]'), id="a list instead of a text"),
        pytest.param(SETTINGS + f'[teachers]\nextra = ["{CANARY}@x.example"]\n', id="a table of profiles"),
        pytest.param(SETTINGS + f'[isams]\nfile = "{CANARY}"\n', id="a table twice"),
        pytest.param(f"[isams]\napi_key = '''{CANARY}\n", id="a text that never ends"),
        pytest.param(SETTINGS.replace("MySchool", f"{CANARY}@x.example\x01"), id="control characters"),
    ],
)
def test_settings_that_are_wrong(canaries: Path, settings: str) -> None:
    """No report of a mistake in the settings shows what may be private."""
    install(canaries, settings)

    ran = loud("run-all")

    assert ran.exit_code == 2
    assert_silent(canaries, ran, out=True)


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(PROFILE.replace('", "', f'" "{CANARY}'), id="a comma is missing"),
        pytest.param(PROFILE.replace("extra", "extras"), id="a misspelt key"),
        pytest.param(PROFILE.replace("extra = [", f"extra = [{CANARY}, "), id="a value without quotes"),
        pytest.param(PROFILE.replace("extra = [", "extra = [1, "), id="a number among them"),
        pytest.param(PROFILE.replace("extra = [", f'extra = ["{CANARY}@Extra.example", '), id="one twice"),
        pytest.param(PROFILE.replace('"]', f'"]\n"{CANARY}@x.example" = 1'), id="an address as a key"),
        pytest.param(PROFILE.replace('"Seniors"', f'"{CANARY}@x.example|"'), id="an address as a name"),
        pytest.param(PROFILE.replace('"]', '"'), id="a list that never ends"),
        pytest.param(
            PROFILE.replace("[teachers]\nextra", f'year_groups = ["{CANARY}@x"]\nextra'), id="in another table"
        ),
    ],
)
@pytest.mark.parametrize("arguments", ["run-all", "profiles", "validate"])
def test_profiles_that_are_wrong(canaries: Path, profile: str, arguments: str) -> None:
    """No report of a mistake in a profile shows an address."""
    install(canaries, seniors=profile)

    ran = loud(arguments)

    assert ran.exit_code == 2
    assert_silent(canaries, ran, out=True)


@pytest.mark.parametrize("arguments", ["run", "validate", "run-all"])
def test_addresses_on_the_command_line(canaries: Path, arguments: str) -> None:
    """An address that is given where a name is expected is not repeated in the log."""
    ran = loud(arguments, f"{CANARY}@x.example")

    assert ran.exit_code == 2
    assert_silent(canaries, ran, out=True)


def test_a_rejected_set(canaries: Path) -> None:
    """A set that breaks rules is reported by rule, file and line; `validate` shows cells on stdout only."""
    assert loud("run-all").exit_code == 0
    twins = SCHOOL.replace("7983000000503", f"{CANARY}-id").replace("7983000000501", f"{CANARY}-id")
    (canaries / "hartley.xml").write_text(twins, encoding="utf-8")

    ran = loud("run-all")

    assert ran.exit_code == 1
    assert '"event": "profile.broke_rule"' in ran.err
    assert_silent(canaries, ran)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data.replace(b"-host", b"\xff"), id="bytes that are not UTF-8"),
        pytest.param(lambda data: data.replace(b"teacher", CANARY.encode()), id="an invalid role"),
        pytest.param(lambda data: data.replace(b"101,", b"101,,"), id="a field too many"),
        pytest.param(lambda data: data + b'"' + CANARY.encode(), id="a quote that never closes"),
        pytest.param(lambda data: data.replace(b"username", CANARY.encode()), id="an invalid header"),
        pytest.param(lambda _: b"", id="an empty file"),
    ],
)
@pytest.mark.parametrize("output", ["text", "json", "github", "sarif", "junit"])
def test_findings(canaries: Path, damage: Callable[[bytes], bytes], output: str) -> None:
    """Whatever is found in a file, the log is silent, and so are the three formats that other systems keep."""
    assert loud("run-all").exit_code == 0
    users = canaries / "csv" / "Seniors" / "users.csv"
    users.write_bytes(damage(users.read_bytes()))

    ran = loud("validate", "csv/Seniors", "--format", output)

    assert ran.exit_code == 1
    assert_silent(canaries, ran, out=output in {"github", "sarif", "junit"})


def test_what_cannot_be_written(canaries: Path) -> None:
    """A held lock, an output that is a file or has other files, and a state folder that is a file show nothing."""
    (canaries / "state").mkdir()
    with FileLock(canaries / "state" / "sdssync.lock"):
        locked = process("-v", "run-all", "--log-file", "sdssync.log", folder=canaries)
    (canaries / "csv").write_text(CANARY, encoding="utf-8")
    blocked = loud("run-all")
    (canaries / "csv").unlink()
    (canaries / "csv" / "Seniors").mkdir(parents=True)
    stranger = canaries / "csv" / "Seniors" / f"{CANARY}@x.example"
    stranger.touch()
    mixed = loud("run-all")
    stranger.unlink()
    install(canaries, SETTINGS + '[paths]\nstate = "hartley.xml"\n')
    stateless = loud("run-all")

    assert [ran.exit_code for ran in (locked, blocked, mixed, stateless)] == [5, 6, 6, 6]
    for ran in (locked, blocked, mixed, stateless):
        assert_silent(canaries, ran, out=True)


def _slow(line: socket.socket, _: bytes) -> None:
    """Send a document, but not its end."""
    line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{SCHOOL}".encode())
    line.sendall(b" " * 200_000)
    line.settimeout(20)
    line.recv(1)


@needs_proc
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_process_that_is_stopped(canaries: Path, name: str) -> None:
    """While it waits for iSAMS and however it ends, others see neither key nor people; the next run cleans up."""
    with raw_server(_slow) as url:
        install(canaries, remote(url))
        with started("-v", "run-all", "--log-file", "sdssync.log", folder=canaries) as running:
            for _ in range(1000):
                if any(part.stat().st_size for part in (canaries / "state").glob("*.part")):
                    break
                time.sleep(0.01)
            seen = [
                path.read_bytes()
                for file in ("cmdline", "task/*/comm", "status")
                for path in Path(f"/proc/{running.pid}").glob(file)
            ]
            modes = {path.stat().st_mode & 0o777 for path in (canaries / "state").glob("*.part")}
            running.send_signal(signal.Signals[name])
            out, err = running.communicate(timeout=20)

    assert modes == {0o600}
    assert CANARY.encode() not in b"".join(seen)
    assert_silent(canaries, Ran(exit_code=running.returncode, out=out.decode(), err=err.decode()), out=True)
    install(canaries)
    assert json.loads(loud("run-all", "--format", "json").out)["exit_code"] == 0
    install(canaries, remote("http://127.0.0.1:9"))
    assert loud("run-all").exit_code == 3
    assert not list((canaries / "state").glob("*.part"))
