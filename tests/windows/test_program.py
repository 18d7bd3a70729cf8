"""
The program as an administrator has it: sdssync.exe, or any other way to start it, from the first file to an approval.

`SDSSYNC_PROGRAM` names it: the path of a program, or a command line; without it, it is `python -m sdssync`. `make
windows-zip` sets it to the sdssync.exe that it has built, in which a library, a module or a data file may be missing.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer

import sdssync
from tests.support.documents import TWINS, document
from tests.support.fake_isams import CERTIFICATE, play, raw_server, recorded
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.runs import Ran, command, read_logs, rows

PROGRAM = os.environ.get("SDSSYNC_PROGRAM", "")
ROOT = Path(__file__).parents[2]
DAY = ("--today", "2026-09-01")
NEW_CONSOLE = getattr(subprocess, "CREATE_NEW_CONSOLE", 0)
SECONDS = 120
"""No command takes this long unless it hangs."""

pytestmark = pytest.mark.slow


def program() -> list[str]:
    """Return the beginning of each command line."""
    if not PROGRAM:
        return [sys.executable, "-m", "sdssync"]
    return [PROGRAM] if Path(PROGRAM).is_file() else PROGRAM.split()


def run(*arguments: str | Path, **variables: str) -> Ran:
    """Run the program in the current folder, with pipes, and with these environment variables in addition."""
    ended = subprocess.run(
        [*program(), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    out, err = (stream.decode("utf-8").replace("\r\n", "\n") for stream in (ended.stdout, ended.stderr))
    return Ran(exit_code=ended.returncode, out=out, err=err)


def outcomes(ran: Ran) -> dict[str, str]:
    """Return the outcome of each profile."""
    return {item["profile"]: item["outcome"] for item in ran.json["profiles"]}


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a set."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture
def demo(here: Path) -> Path:
    """The installation of the demo; the current folder."""
    shutil.copytree(ROOT / "profiles.d", here / "profiles.d")
    shutil.copy(ROOT / "sdssync.toml", here)
    (here / "fixtures" / "isams").mkdir(parents=True)
    shutil.copy(ROOT / "fixtures" / "isams" / "hartley.xml", here / "fixtures" / "isams")
    return here


@pytest.mark.usefixtures("demo")
def test_page() -> None:
    """The program has the template, the style and the script of the page of `report`."""
    ran = run("report", *DAY, "--output", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")

    assert ran.exit_code == 0
    assert all(part in page for part in ("</html>", "prefers-color-scheme", "use strict", "Hartley School"))


def test_version(here: Path) -> None:
    """It is the version of this checkout."""
    assert run("--version").out == f"sdssync {sdssync.__version__}\n"
    assert list(here.iterdir()) == []


def test_help() -> None:
    """The help is what the page about the commands shows."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- help -->\n```text\n(.*?)```", page, re.DOTALL)

    assert shown
    assert run("--help").out == shown[1]


def test_the_help_of_each_command() -> None:
    """Each command can be loaded: its help begins with its usage."""
    names = re.findall(r"^  ([a-z-]+)  ", run("--help").out.partition("Commands:")[2], re.MULTILINE)

    helps = {name: run(name, "--help").out for name in names}

    assert len(names) >= 17
    assert [name for name, text in helps.items() if not text.startswith(f"Usage: sdssync {name} ")] == []


def test_the_first_files(here: Path) -> None:
    """From an empty folder to a profile: `init`, `new`, `profiles`; what exists is not overwritten."""
    first, again = run("init"), run("init")
    new = run("new", "Größe 9", "--years", "7-9")
    profiles = run("profiles", "--format", "json")

    [profile] = profiles.json["profiles"]
    assert [ran.exit_code for ran in (first, again, new, profiles)] == [0, 2, 0, 0]
    assert first.out.splitlines()[:2] == [f"created {here / 'sdssync.toml'}", f"created {here / 'profiles.d'}"]
    assert (profile["name"], profile["year_groups"], profile["state"]) == ("Größe 9", [7, 8, 9], "ready")
    assert (here / "profiles.d" / "Größe 9.toml").is_file()


def test_subjects(demo: Path) -> None:
    """The subjects of the recorded school are those that the same command lists in this process."""
    del demo
    assert run("subjects", "--format", "json").json == command("subjects", "--format", "json").json


def test_publishes_and_finds_nothing_changed(demo: Path) -> None:
    """The first run publishes, byte for byte what this process would; the second one changes no file."""
    first = run("run-all", *DAY, "--format", "json")
    published = {name: files(demo / "csv" / name) for name in ("Prep", "School", "Seniors")}
    second = run("run-all", *DAY, "--format", "json")
    shutil.rmtree(demo / "csv")
    shutil.rmtree(demo / "state")
    assert command("run-all", *DAY).exit_code == 0

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert (set(outcomes(first).values()), set(outcomes(second).values())) == ({"published"}, {"unchanged"})
    assert {name: files(demo / "csv" / name) for name in published} == published


def test_text_and_json_are_utf_8(school: Path) -> None:
    """Letters of every script come out of stdout and stderr, whatever Windows would encode them in."""
    name = "Žižková 李"
    (school / "hartley.xml").write_text(document().replace("Surname502", name), encoding="utf-8")
    install(school, seniors=SENIORS.replace('"Seniors"', '"Größe"'))

    text = run("run-all", PYTHONIOENCODING="cp1252")
    result = run("run-all", "--format", "json", PYTHONUTF8="0")

    assert name in text.out
    assert [item["surname"] for item in result.json["profiles"][0]["omitted"] if "surname" in item] == [name]
    assert result.logs("run.started")[0]["profiles"] == ["Größe"]


def test_held_then_approved(demo: Path) -> None:
    """A set that loses a year ends with 4; `plan` shows it, `approve` publishes it, `status` and `history` say so."""
    profile = demo / "profiles.d" / "seniors.toml"
    assert run("run", "Seniors", *DAY).exit_code == 0
    profile.write_text(profile.read_text(encoding="utf-8").replace(", 13]", "]"), encoding="utf-8")

    held = run("run", "Seniors", *DAY, "--format", "json")
    plan = run("plan", "Seniors", *DAY, "--format", "json")
    plan_id = plan.json["profiles"][0]["plan_id"]
    wrong = run("approve", "Seniors", "0" * 12, *DAY)
    approved = run("approve", "Seniors", plan_id, *DAY, "--reason", "Jahrgang 13 ist weg – Tschüß")
    status = run("status", *DAY, "--format", "json")
    history = run("history", "Seniors", "--format", "json")
    diff = run("diff", "Seniors")
    audit = run("audit", "verify")

    assert [ran.exit_code for ran in (held, plan, wrong, approved, status, history, diff)] == [4, 4, 2, 0, 0, 0, 0]
    assert outcomes(held) == {"Seniors": "held"}
    assert len(rows(demo / "csv" / "Seniors" / "users.csv")) == 79
    assert [item["held"] for item in status.json["profiles"] if item["profile"] == "Seniors"] == [None]
    assert history.json["generations"][0]["reason"] == "Jahrgang 13 ist weg – Tschüß"
    assert (audit.exit_code, audit.out) == (0, "the audit fits\n")


def test_restored_and_released(demo: Path) -> None:
    """An earlier generation comes back with `restore`, holds the profile, and lets it go with `release`."""
    profile = demo / "profiles.d" / "seniors.toml"
    assert run("run", "Seniors", *DAY).exit_code == 0
    before = files(demo / "csv" / "Seniors")
    profile.write_text(profile.read_text(encoding="utf-8").replace("_2026_27", "_26"), encoding="utf-8")
    plan_id = run("run", "Seniors", *DAY, "--format", "json").json["profiles"][0]["plan"]["plan_id"]
    assert run("approve", "Seniors", plan_id, *DAY).exit_code == 0

    restored = run("restore", "Seniors", "1", "--reason", "the suffix was wrong")
    pinned = run("run", "Seniors", *DAY)
    released = run("release", "Seniors")

    assert [ran.exit_code for ran in (restored, pinned, released)] == [0, 4, 0]
    assert files(demo / "csv" / "Seniors") == before


def test_rejected(school: Path) -> None:
    """Two pupils with one id reject the set, with 1."""
    (school / "hartley.xml").write_text(TWINS, encoding="utf-8")

    ran = run("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (1, {"Seniors": "rejected"})
    assert not (school / "csv" / "Seniors").exists()


def test_validate(school: Path) -> None:
    """A good set passes with 0, one with a broken row fails with 1 and names the rule."""
    assert run("run-all").exit_code == 0
    good = run("validate", "Seniors")
    users = school / "csv" / "Seniors" / "users.csv"
    users.write_bytes(users.read_bytes() * 2)

    bad = run("validate", users.parent, "--format", "json")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "SDS202" in {finding["code"] for finding in bad.json["sets"][0]["findings"]}


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_formats_of_validate(school: Path, form: str) -> None:
    """Each format for machines is there, and the same as in this process."""
    del school
    assert run("run-all").exit_code == 0

    ran = run("validate", "Seniors", "--format", form)

    assert (ran.exit_code, ran.out) == (0, command("validate", "Seniors", "--format", form).out)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        pytest.param("sdssync.toml", "[school\n", "line 1, column 8", id="settings that are not TOML"),
        pytest.param("sdssync.toml", SETTINGS + "colour = 1\n", "unknown key", id="settings with an unknown key"),
        pytest.param("profiles.d/prep.toml", PREP.replace("output", "ouput"), "did you mean", id="a profile"),
    ],
)
def test_a_wrong_file(school: Path, file: str, text: str, says: str) -> None:
    """A mistake in a TOML file ends with 2, and the message says where and what."""
    (school / file).write_text(text, encoding="utf-8")

    ran = run("run-all")

    assert ran.exit_code == 2
    assert says in " ".join(line["error"] for line in ran.logs() if "error" in line)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["run-al"], 'there is no command "run-al"', id="a command"),
        pytest.param(["run-all", "--zzz"], "there is no option --zzz here", id="an option"),
        pytest.param(["run", "Juniors"], "Juniors", id="a profile"),
    ],
)
def test_a_wrong_command_line(school: Path, arguments: list[str], error: str) -> None:
    """A command line that is wrong ends with 2."""
    del school
    ran = run(*arguments)

    [line] = ran.logs("command.failed")
    assert (ran.exit_code, ran.out) == (2, "")
    assert error in line["error"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(document().encode()[:-200], id="truncated"),
        pytest.param(document().encode().replace(b"Surname501", b"\xff"), id="not UTF-8"),
        pytest.param(b"%PDF-1.7\n", id="a PDF"),
        pytest.param(b"", id="empty"),
    ],
)
def test_an_unreadable_document(school: Path, content: bytes) -> None:
    """A document that is not complete ends with 3, and nothing is published."""
    (school / "hartley.xml").write_bytes(content)

    ran = run("run-all")

    assert (ran.exit_code, len(ran.logs("source.failed"))) == (3, 1)
    assert not (school / "csv").exists()


def test_another_run(school: Path) -> None:
    """While another process holds the lock, a run ends with 5; afterwards it works."""
    (school / "state").mkdir()
    with FileLock(school / "state" / "sdssync.lock"):
        assert run("run-all").exit_code == 5
        assert run("profiles").exit_code == 0

    assert run("run-all").exit_code == 0


def test_an_output_that_is_a_file(school: Path) -> None:
    """Where a file is in the way of the output folder the profile fails with 6, and the others are published."""
    install(school, prep=PREP.replace("csv/Prep", "hartley.xml"))

    ran = run("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (6, {"Prep": "failed", "Seniors": "published"})


def test_a_log_file(school: Path) -> None:
    """The log file gets the lines of stderr, run after run; a folder that is not there ends with 6."""
    (school / "logs").mkdir()

    first, second = (run("run-all", "--log-file", "logs/night.log") for _ in range(2))
    nowhere = run("run-all", "--log-file", "nowhere/night.log")

    kept = (school / "logs" / "night.log").read_text(encoding="utf-8")
    assert kept == first.err + second.err
    assert [line["exit_code"] for line in read_logs(kept, "run.finished")] == [0, 0]
    assert (nowhere.exit_code, [line["event"] for line in nowhere.logs()]) == (6, ["log.failed"])


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["none", "NO_COLOR", "TERM"])
def test_no_colours_in_a_pipe(school: Path, variables: dict[str, str]) -> None:
    """What is not a terminal gets no colours, with `NO_COLOR` and without."""
    del school
    ran = run("-v", "run-all", "--log-format", "console", **variables)

    assert ran.exit_code == 0
    assert "run.finished" in ran.err
    assert "\x1b" not in ran.out + ran.err


def gets_a_console() -> bool:
    """Return whether a process can have a console of its own: on Windows, and under Wine with a display."""
    line = [sys.executable, "-c", "print(flush=True)"]
    return sys.platform == "win32" and not subprocess.run(line, creationflags=NEW_CONSOLE, check=False).returncode


def test_on_a_console(school: Path) -> None:
    """On a console the result is in colours and the progress is shown: both need modules that nothing else loads."""
    if not gets_a_console():
        pytest.skip("needs a console of its own for a process: Windows, or Wine with a display")
    (school / "hartley.xml").write_text(document().replace("Surname502", "Žižková 李"), encoding="utf-8")
    line = [*program(), "-v", "run-all", "--log-file", "night.log"]

    ended = subprocess.run(line, creationflags=NEW_CONSOLE, check=False, timeout=SECONDS)

    assert read_logs((school / "night.log").read_text(encoding="utf-8"))[-1]["exit_code"] == ended.returncode == 0


def test_rule() -> None:
    """The page of a rule and of a gate are there, and an unknown code ends with 2."""
    one, gate, every, unknown = run("rule", "SDS206"), run("rule", "gate:users"), run("rule"), run("rule", "SDS999")

    assert [ran.exit_code for ran in (one, gate, every, unknown)] == [0, 0, 0, 2]
    assert one.out.startswith("SDS206 unknown-reference\n")
    assert "max_removed_users" in gate.out
    assert every.out.count("SDS") >= 30


def test_completion() -> None:
    """The script for PowerShell is printed."""
    assert run("completion", "powershell").out.startswith("Register-ArgumentCompleter -Native -CommandName sdssync ")


def test_paths_with_blanks_and_letters_of_every_kind(here: Path) -> None:
    """Settings, profiles, output, state and log may be in folders with blanks and with letters of any script."""
    folder = here / "Schüler Daten (neu)" / "Ženske 学校"
    folder.mkdir(parents=True)
    paths = "[paths]\nprofiles = 'Profile für SDS'\nstate = 'der Zustand'\n"
    install(folder, SETTINGS + paths)
    (folder / "profiles.d").rename(folder / "Profile für SDS")
    output = folder / "CSV & mehr" / "Größe"
    (folder / "Profile für SDS" / "Größe.toml").write_text(f"output = '{output}'\nyear_groups = [9]\n", "utf-8")
    (folder / "hartley.xml").write_text(document(), encoding="utf-8")

    ran = run("run-all", "--config", folder / "sdssync.toml", "--log-file", folder / "Nächte.log")

    assert ran.exit_code == 0
    assert len(rows(output / "users.csv")) == 2
    assert (folder / "der Zustand" / "status.json").is_file()
    assert (folder / "Nächte.log").read_text(encoding="utf-8") == ran.err


def ask(url: str, more: str = "") -> None:
    """Let the installation of the current folder ask iSAMS at an address, once."""
    asked = f'url = "{url}"\napi_key_file = "isams.key"\nretry_for = 0\n{more}'
    Path("isams.key").write_text("00000000-0000-0000-0000-000000000000", encoding="utf-8")
    settings = SETTINGS.replace('file = "hartley.xml"', asked)
    install(Path(), settings, seniors='name = "Seniors"\noutput = "csv/Seniors"\n')


@contextmanager
def https() -> Iterator[str]:
    """Serve a good document with a certificate that no trust store knows."""

    def answer(line: socket.socket, request: bytes) -> None:
        del request
        body = recorded("good").body
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with raw_server(answer, tls=True) as url:
        yield url


def test_a_download(httpserver: HTTPServer, here: Path) -> None:
    """A document is downloaded, published and kept, and `--cached` uses it again."""
    ask(play(httpserver, "good"))

    first, cached = run("run-all", "--format", "json"), run("run-all", "--cached", "--format", "json")

    assert [outcomes(ran) for ran in (first, cached)] == [{"Seniors": "published"}, {"Seniors": "unchanged"}]
    assert (here / "state" / "isams.xml").read_bytes() == recorded("good").body


def test_a_refusal(httpserver: HTTPServer, here: Path) -> None:
    """When iSAMS refuses the key the run ends with 3, the hint says what to do, and nothing is published."""
    ask(play(httpserver, "invalid-api-key"))

    ran = run("run-all")

    [failed] = ran.logs("source.failed")
    assert ran.exit_code == 3
    assert "key" in failed["hint"]
    assert not (here / "csv").exists()


def test_a_download_over_tls(here: Path) -> None:
    """With `ca_file` a certificate of the school is trusted."""
    with https() as url:
        ask(url, f"ca_file = '{CERTIFICATE}'\n")
        ran = run("run-all")

    assert ran.exit_code == 0
    assert (here / "csv" / "Seniors").is_dir()


def test_a_certificate_that_is_not_trusted(here: Path) -> None:
    """Without it the trust store of the system decides, and ends the run with 3."""
    with https() as url:
        ask(url)
        ran = run("run-all")

    [failed] = ran.logs("source.failed")
    assert ran.exit_code == 3
    assert "certificate" in failed["error"]
    assert not (here / "csv").exists()
