"""What `doctor` finds: in an installation that is good, and in others that are broken in one way."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sdssync.setup.doctor.catalogue import CHECKS
from tests.files.test_lock import holder
from tests.support.app_certificate import new_certificate
from tests.support.documents import WITH_GROUPS, document
from tests.support.fake_isams import CERTIFICATE, FIXTURES, PATH, raw_server
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.needs import WINDOWS, needs_modes, needs_mounts, needs_root, needs_symlinks
from tests.support.patients import (
    FULL,
    KEY,
    another,
    answer,
    closed_port,
    ended,
    hold,
    night,
    published,
    refuse,
    remote,
    server_of_another_time,
    two_parts,
)
from tests.support.processes import as_nobody
from tests.support.runs import Ran, command

Troubles = dict[str, str]
"""The checks that do not say ok, each with the gravest thing that it says."""
GRAVITY = ("ok", "warning", "failure")
ELSEWHERE = {"space", "notify"}
"""Left out of the troubles: the disk of this machine, and what most of the tests do not configure."""


def examined(*arguments: str) -> Ran:
    """Examine the installation in the current folder."""
    return command("doctor", "--format", "json", *arguments)


def troubles(ran: Ran) -> Troubles:
    """Return what is not ok; whatever is not has a hint."""
    found: Troubles = {}
    for line in ran.json["checks"]:
        assert bool(line["hint"]) == (line["status"] != "ok"), line
        found[line["check"]] = max(found.get(line["check"], "ok"), line["status"], key=GRAVITY.index)
    return {name: status for name, status in found.items() if status != "ok" and name not in ELSEWHERE}


def said(ran: Ran, check: str) -> str:
    """Return what a check says."""
    return "\n".join(f"{line['message']} ({line['hint']})" for line in ran.json["checks"] if line["check"] == check)


def everything(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return all that there is of a folder: names, bytes, modes and times of modification."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of the installation."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_good_installation(school: Path) -> None:
    """After a night every check says ok, and what only concerns a server is not examined."""
    night()

    ran = examined()

    assert (ran.exit_code, troubles(ran)) == (0, {})
    assert ran.json["version"] == 1
    assert ran.json["skipped"] == ["key", "dns", "tls", "cache"]
    assert [*dict.fromkeys(line["check"] for line in ran.json["checks"])] == [
        check.name for check in CHECKS if check.name not in ran.json["skipped"]
    ]
    assert str(school) not in said(ran, "state")


def test_a_good_installation_with_a_server(school: Path, httpserver: HTTPServer) -> None:
    """With a server that answers every check is made, and the answer may be that of the night."""
    remote(school, answer(httpserver, document()))
    night()

    ran = examined()

    assert (ran.exit_code, troubles(ran), ran.json["skipped"]) == (0, {}, [])
    assert "the answer is byte for byte that of" in said(ran, "cache")
    assert said(ran, "isams") == "iSAMS answers, and the key has the 5 methods ()"
    assert said(ran, "clock") == "the clock agrees with that of iSAMS ()"


def test_a_server_with_the_groups_that_are_wanted(school: Path, httpserver: HTTPServer) -> None:
    """A further method is counted, and its tick is named: without it no profile would be published."""
    remote(school, answer(httpserver, WITH_GROUPS))
    install(school, (school / "sdssync.toml").read_text(encoding="utf-8"), seniors=f"{SENIORS}[groups]\nforms = true\n")
    night()

    ran = examined()

    assert (ran.exit_code, troubles(ran)) == (0, {})
    assert [line["message"] for line in ran.json["checks"] if line["check"] == "isams"] == [
        "iSAMS answers, and the key has the 6 methods",
        "[groups] needs School Manager: School Forms: if one of them is not ticked, no profile is published that night",
    ]


def test_groups_that_are_not_there(school: Path, httpserver: HTTPServer) -> None:
    """A section that a profile wants and that is missing is a failure, in an answer and in a recorded document."""
    wanting = {"seniors": f"{SENIORS}[groups]\nforms = true\n"}
    install(school, **wanting)
    recorded = examined()
    remote(school, answer(httpserver, document()))
    install(school, (school / "sdssync.toml").read_text(encoding="utf-8"), **wanting)
    downloaded = examined()

    for ran in (recorded, downloaded):
        assert troubles(ran)["isams"] == "failure"
        assert "section SchoolManager/Forms is missing" in said(ran, "isams")
        assert 'tick "School Manager: School Forms" for the key' in said(ran, "isams")


def test_offline(school: Path, httpserver: HTTPServer) -> None:
    """With --offline the network is asked nothing, and the document of the last download is looked at."""
    remote(school, answer(httpserver, document()))
    night()
    asked = len(httpserver.log)

    ran = examined("--offline")

    assert (ran.exit_code, troubles(ran)) == (0, {})
    assert ran.json["skipped"] == ["dns", "tls", "isams", "cache"]
    assert len(httpserver.log) == asked


def test_the_text(school: Path) -> None:
    """Each thing is a line, with what to do below it, and the end has the counts."""
    install(school, prep="year_group = 3\n")

    ran = command("doctor")

    assert ran.exit_code == 1
    lines = ran.out.splitlines()
    assert lines[0] == f"ok       settings  {school / 'sdssync.toml'} has no mistakes"
    assert lines[1].startswith("failure  profiles  profiles.d/prep.toml: ")
    assert lines[2] == "  hint: correct it: docs/profiles.md explains each key"
    assert lines[-1] == "not examined: key, dns, tls, cache"
    assert "failure" in lines[-2]


def test_the_documentation() -> None:
    """The page has the checks as the catalogue has them."""
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("## The doctor\n")[2].partition("\n## ")[0]

    rows = re.findall(r"^\| `([a-z]+)` \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(check.name, check.looks_at) for check in CHECKS]


MAIL = "to = ['it@myschool.example'], from = 'sds@myschool.example', host = 'smtp.myschool.example'"

Break = Callable[[Path], None]

BROKEN: list[Any] = [
    pytest.param(
        lambda here: (here / "sdssync.toml").unlink(),
        {"settings": "failure"},
        "there is no settings file",
        id="no settings file",
    ),
    pytest.param(
        lambda here: install(here, "[school\n"), {"settings": "failure"}, "line 1", id="settings that do not parse"
    ),
    pytest.param(
        lambda here: install(here, SETTINGS + "tiemout = 7\n"),
        {"settings": "failure"},
        "isams.tiemout",
        id="a misspelt key",
    ),
    pytest.param(
        lambda here: install(here, SETTINGS.replace("8889999", "0000000")),
        {"settings": "failure"},
        "which `sdssync init` wrote",
        id="the placeholder of init",
    ),
    pytest.param(
        lambda here: install(here, SETTINGS + '[paths]\nprofiles = "elsewhere"\n'),
        {"settings": "failure"},
        "paths.profiles",
        id="no folder of profiles",
    ),
    pytest.param(
        lambda here: (here / "profiles.d" / "seniors.toml").unlink(),
        {"profiles": "failure"},
        "there is no profile",
        id="no profile",
    ),
    pytest.param(
        lambda here: install(here, prep="year_group = 3\n"),
        {"profiles": "failure"},
        "profiles.d/prep.toml: year_group",
        id="a wrong profile",
    ),
    pytest.param(
        lambda here: install(here, prep=PREP.replace("csv/Prep", "csv/Seniors")),
        {"profiles": "failure"},
        "found the output of",
        id="two profiles with one output",
    ),
    pytest.param(
        lambda here: write(here, "state", "a file"),
        {"state": "failure"},
        "is not a folder",
        id="a file in place of the state folder",
    ),
    pytest.param(
        lambda here: write(here, "csv/Seniors/marks.xlsx", "mine"),
        {"output": "failure"},
        "file marks.xlsx",
        id="a foreign file in the output folder",
    ),
    pytest.param(
        lambda here: write(here, "csv", "a file"),
        {"output": "failure"},
        "",
        id="a file above the output folder",
    ),
    pytest.param(
        lambda here: (here / "hartley.xml").unlink(),
        {"isams": "failure"},
        "hartley.xml",
        id="no recorded document",
    ),
    pytest.param(
        lambda here: write(here, "hartley.xml", document().partition("</SetLists>")[0]),
        {"isams": "failure"},
        "truncated",
        id="half a document",
    ),
    pytest.param(
        lambda here: install(here, seniors=SENIORS + "expires = 2020-07-31\n"),
        {"expiry": "failure"},
        "Seniors expired on 2020-07-31",
        id="a profile that has expired",
    ),
    pytest.param(
        lambda here: install(here, seniors=f"{SENIORS}expires = {datetime.now(UTC).date() + timedelta(9)}\n"),
        {"expiry": "warning"},
        "Seniors expires on",
        id="a profile that will expire",
    ),
    pytest.param(
        lambda here: install(here, seniors=f"{SENIORS}[subjects]\nexclude = [5, 471]\n"),
        {"subjects": "warning"},
        "iSAMS has no subject with the id 471",
        id="a subject that matches nothing",
    ),
    pytest.param(
        lambda here: install(here, seniors=SENIORS.replace("[9]", "[9, 10]")),
        {"years": "warning"},
        "Seniors takes no teaching set of year 10",
        id="a year without sets",
    ),
    pytest.param(
        lambda here: install(here, seniors=SENIORS.replace("[9]", "[10]")),
        {"years": "failure"},
        "Seniors takes no teaching set at all",
        id="no sets at all",
    ),
    pytest.param(
        another,
        {"classes": "warning"},
        "Other and Seniors both make 1 class, of the teaching sets with the ids 11",
        id="two profiles that make the same class",
    ),
    pytest.param(
        two_parts,
        {"classes": "failure"},
        "School: Other and Seniors both make 1 class",
        id="two parts of a set that do",
    ),
]


@pytest.mark.parametrize(("breaking", "expected", "words"), BROKEN)
def test_a_broken_installation(school: Path, breaking: Break, expected: Troubles, words: str) -> None:
    """The right line says what is wrong, and no other; whatever can still be examined is."""
    night()
    breaking_after_a_night(school, breaking)

    ran = examined()

    assert troubles(ran) == expected
    assert ran.exit_code == ("failure" in expected.values())
    assert words in "\n".join(said(ran, check) for check in expected)


def breaking_after_a_night(school: Path, breaking: Break) -> None:
    """Break an installation; what is to take the place of a folder needs it out of the way."""
    for name in ("state", "csv"):
        (school / name).rename(school / f"kept-{name}")
    breaking(school)
    for name in ("state", "csv"):
        if not os.path.lexists(school / name):
            (school / f"kept-{name}").rename(school / name)


AFTER_A_NIGHT: list[Any] = [
    pytest.param(
        lambda here: ended(here, hours=-2),
        {"clock": "failure"},
        "the clock is before the end of the last run",
        id="a clock that goes wrong",
    ),
    pytest.param(
        lambda here: ended(here, days=3), {"schedule": "failure"}, "the last run ended on", id="nights without a run"
    ),
    pytest.param(
        lambda here: published(here, hours=12),
        {"schedule": "warning"},
        "within 14 days",
        id="runs at any hour of the day",
    ),
    pytest.param(
        hold,
        {"held": "warning", "schedule": "warning", "counts": "warning"},
        "a set is held by",
        id="a held set",
    ),
    pytest.param(
        lambda _: command("restore", "Seniors", "1"),
        {"held": "warning"},
        "`sdssync release Seniors`",
        id="a restored profile",
    ),
    pytest.param(
        lambda here: write(here, "hartley.xml", document()),
        {"counts": "warning"},
        "pupils: 3, and 43 at the last run",
        id="pupils that are gone",
    ),
]


@pytest.mark.parametrize(("breaking", "expected", "words"), AFTER_A_NIGHT)
def test_after_a_night(school: Path, breaking: Break, expected: Troubles, words: str) -> None:
    """What only the state folder shows."""
    write(school, "hartley.xml", FULL)
    night()
    breaking(school)

    ran = examined()

    assert troubles(ran) == expected
    assert words in "\n".join(said(ran, check) for check in expected)


def test_before_the_first_night(school: Path) -> None:
    """The state folder is not there yet, and is not made."""
    ran = examined()

    assert troubles(ran) == {"schedule": "warning"}
    assert not (school / "state").exists()


def test_another_run(school: Path) -> None:
    """A run that is in progress is a warning."""
    night()
    with holder(school / "state"):
        ran = examined()

    assert (ran.exit_code, troubles(ran)) == (0, {"lock": "warning"})


@needs_root
@pytest.mark.parametrize(
    ("place", "mode", "expected", "words"),
    [
        pytest.param("state", 0o700, {"state": "failure"}, "may not", id="a state folder that may not be entered"),
        pytest.param("state", 0o755, {"state": "failure"}, "may not write into", id="one that may only be read"),
        pytest.param("csv", 0o755, {"output": "failure"}, "may not write into", id="an output folder"),
        pytest.param("csv", 0o700, {"output": "failure"}, "Permission denied", id="one that may not be seen"),
    ],
)
def test_what_an_account_may_not_do(place: str, mode: int, expected: Troubles, words: str) -> None:
    """The doctor says what the account that asks may not do; as it has no night, rights are all that is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        install(here, seniors=SENIORS)
        write(here, "hartley.xml", document())
        for name in ("csv", "state", "csv/Seniors"):
            (here / name).mkdir()
            (here / name).chmod(0o777)
        (here / place).chmod(mode)
        here.chmod(0o755)
        arguments = ["doctor", "--format", "json", "--config", str(here / "sdssync.toml")]
        command(*arguments)  # loads every module while that may be done

        ran = Ran(exit_code=1, out=as_nobody(lambda: command(*arguments).out), err="")

    assert {name: status for name, status in troubles(ran).items() if name != "schedule"} == expected
    assert words in "\n".join(said(ran, check) for check in expected)


@needs_symlinks
def test_a_link_in_place_of_the_output(school: Path) -> None:
    """An output folder that is a link is refused."""
    night()
    (school / "csv" / "Seniors").rename(school / "elsewhere")
    (school / "csv" / "Seniors").symlink_to(school / "elsewhere")

    assert troubles(examined()) == {"output": "failure"}


@needs_mounts
def test_a_full_disk(school: Path) -> None:
    """A disk with less than 100 MB is a failure."""
    (school / "state").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", school / "state"], check=True)
    try:
        ran = examined()
    finally:
        subprocess.run(["umount", school / "state"], check=True)

    assert ran.exit_code == 1
    assert f"1 MB are free where {school / 'state'} is" in said(ran, "space")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        pytest.param(None, "does not exist", id="no file"),
        pytest.param("https://isams.example", "an address instead of a key", id="an address"),
        pytest.param(f"apiKey={KEY}", "more than the key", id="more than the key"),
    ],
)
def test_a_wrong_key(school: Path, httpserver: HTTPServer, key: str | None, words: str) -> None:
    """A key that cannot be one is not sent, and is not shown."""
    remote(school, answer(httpserver, document()), key=key or "")
    if key is None:
        (school / "isams.key").unlink()

    ran = examined()

    assert troubles(ran) == {"key": "failure", "schedule": "warning"}
    assert words in said(ran, "key")
    assert KEY not in ran.out + ran.err
    assert not [request for request, _ in httpserver.log if request.path == PATH]


@needs_modes
def test_a_key_that_others_may_read(school: Path, httpserver: HTTPServer) -> None:
    """The warning has the command that fixes it."""
    remote(school, answer(httpserver, document()))
    (school / "isams.key").chmod(0o644)

    ran = examined()

    assert troubles(ran) == {"key": "warning", "schedule": "warning"}
    assert f"(chmod 600 {school / 'isams.key'})" in said(ran, "key")


NOTIFY: list[Any] = [
    pytest.param("", "warning", "no one learns when a night fails", id="no notifications"),
    pytest.param('command = ["no-such-program"]', "failure", "the program that notify.command", id="no program"),
    pytest.param('command = ["here/tell.cmd"]', "failure", "the program that notify.command", id="no program here"),
    pytest.param('webhook_file = "no.url"', "failure", "the file that notify.webhook_file names does", id="no file"),
    pytest.param('heartbeat_file = "wrong.url"', "failure", "holds something that cannot be called", id="no address"),
    pytest.param(
        f"mail = {{ {MAIL}, user = 'me', password_file = 'wrong.password' }}",
        "failure",
        "the file that notify.mail.password_file names is empty",
        id="no password",
    ),
    pytest.param(
        f"mail = {{ {MAIL}, user = 'me', password_env = 'NO_SUCH' }}", "failure", "is not set", id="no variable"
    ),
    pytest.param(f"mail = {{ {MAIL} }}", "ok", "`sdssync notify --test` tries it", id="mail without a password"),
    pytest.param(
        f"command = [{json.dumps(sys.executable)}]", "ok", "what [notify] names is there", id="a program that is there"
    ),
]


@pytest.mark.parametrize(("ways", "status", "words"), NOTIFY)
def test_notifications(school: Path, ways: str, status: str, words: str) -> None:
    """What `[notify]` names is looked at, and nothing is sent, started or shown."""
    install(school, SETTINGS + (f"[notify]\n{ways}\n" if ways else ""))
    write(school, "wrong.url", "ftp://C4NARY.example")
    write(school, "wrong.password", "\n")
    for name in ("wrong.url", "wrong.password"):
        (school / name).chmod(0o600)

    ran = examined("--offline")

    assert [line["status"] for line in ran.json["checks"] if line["check"] == "notify"] == [status]
    assert words in said(ran, "notify")
    assert "C4NARY" not in ran.out + ran.err


def test_the_event_log(school: Path) -> None:
    """No other system than Windows has one."""
    install(school, SETTINGS + "[notify]\nevent_log = true\n")

    words = "what [notify] names is there" if WINDOWS else "there is an event log on Windows only"
    assert words in said(examined("--offline"), "notify")


@needs_modes
def test_an_address_that_others_may_read(school: Path) -> None:
    """An address is as secret as a key, and the warning has the command that fixes it."""
    install(school, SETTINGS + '[notify]\nheartbeat_file = "beat.url"\n')
    write(school, "beat.url", "https://watch.myschool.example/C4NARY")
    (school / "beat.url").chmod(0o644)

    ran = examined("--offline")

    assert f"(chmod 600 {school / 'beat.url'})" in said(ran, "notify")
    assert "C4NARY" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        ("invalid-api-key", "iSAMS does not know the API key"),
        ("methods-not-allocated", "the API key lacks"),
        ("login-page", ""),
        ("unavailable", "status 503"),
    ],
)
def test_a_refusal(school: Path, httpserver: HTTPServer, recorded: str, words: str) -> None:
    """What iSAMS answers is said in the words of a run, once, and no document is said to be kept."""
    remote(school, refuse(httpserver, recorded))

    ran = examined()

    assert troubles(ran) == {"isams": "failure", "schedule": "warning"}
    assert words in said(ran, "isams")
    assert "is kept as" not in said(ran, "isams")
    assert len([request for request, _ in httpserver.log if request.path == PATH]) == 1


def test_a_server_that_is_not_there(school: Path) -> None:
    """Nothing listens at the address."""
    with closed_port() as url:
        remote(school, url)
        ran = examined()

    assert troubles(ran) == {"tls": "failure", "schedule": "warning"}
    assert "isams" in ran.json["skipped"]
    assert "no connection with 127.0.0.1" in said(ran, "tls")


def test_a_name_that_is_not_found(school: Path) -> None:
    """The reserved name `.invalid` is never found."""
    remote(school, "https://isams.invalid")

    ran = examined()

    assert troubles(ran) == {"dns": "failure", "schedule": "warning"}
    assert {"tls", "isams"} <= {*ran.json["skipped"]}


def test_a_proxy(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy looks up the name and connects, so only the request itself shows anything."""
    remote(school, "https://isams.invalid")
    with closed_port() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        ran = examined()

    assert troubles(ran) == {"isams": "failure", "schedule": "warning"}
    assert "the proxy did not let the request through" in said(ran, "isams")
    assert {"dns", "tls"} <= {*ran.json["skipped"]}


@pytest.mark.parametrize("is_trusted", [False, True])
def test_a_certificate(school: Path, is_trusted: bool) -> None:
    """A certificate that is not trusted is a failure; of one that is the end is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FIXTURES / "tls" / "loopback.pem")
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        url = answer(server, document())
        remote(school, url, f'ca_file = "{CERTIFICATE.as_posix()}"\n' if is_trusted else "")
        ran = examined()

    failures = {} if is_trusted else {"tls": "failure"}
    assert troubles(ran) == {**failures, "schedule": "warning"}
    assert ("is trusted until 2126-10-30" if is_trusted else "is not trusted") in said(ran, "tls")


def test_a_file_of_certificates_that_is_not_there(school: Path) -> None:
    """The request says what is wrong with it, and no connection is tried with other certificates."""
    remote(school, "https://127.0.0.1:1", 'ca_file = "nothing.pem"\n')

    ran = examined()

    assert troubles(ran) == {"isams": "failure", "schedule": "warning"}
    assert "the file that isams.ca_file names" in said(ran, "isams")


def test_the_clock_of_the_server(school: Path) -> None:
    """A server whose clock is an hour away says that one of the two is wrong."""
    with server_of_another_time(datetime.now(UTC) + timedelta(hours=1)) as url:
        remote(school, url)
        ran = examined()

    assert troubles(ran) == {"clock": "failure", "isams": "failure", "schedule": "warning"}
    assert "the clock is 60 minutes away from that of iSAMS" in said(ran, "clock")


def test_years_that_are_gone(school: Path, httpserver: HTTPServer) -> None:
    """The answer is compared with the last document: by dataset, and by year."""
    remote(school, answer(httpserver, FULL))
    night()
    answer(httpserver, document())

    ran = examined()

    assert troubles(ran) == {"counts": "warning"}
    assert "pupils of year 9: 2, and 42 at the last run" in said(ran, "counts")
    assert "set-list rows: 3, and 43 at the last run" in said(ran, "counts")
    assert "iSAMS has made it after that" in said(ran, "cache")


def test_an_answer_that_may_be_old(school: Path, httpserver: HTTPServer) -> None:
    """The same answer as yesterday may come from the cache of iSAMS."""
    remote(school, answer(httpserver, document()))
    night()
    yesterday = (datetime.now(UTC) - timedelta(hours=23)).timestamp()
    os.utime(school / "state" / "isams.xml", (yesterday, yesterday))

    ran = examined()

    assert troubles(ran) == {"cache": "warning"}
    assert "Save & Close" in said(ran, "cache")


@pytest.mark.slow
def test_a_server_that_is_slow(school: Path) -> None:
    """The doctor waits ten seconds for each thing, and says that a run waits longer."""

    def say_nothing(line: socket.socket, _: bytes) -> None:
        while line.recv(1):
            pass

    with raw_server(say_nothing) as url:
        remote(school, url)
        started = datetime.now(UTC)
        ran = examined()
        seconds = (datetime.now(UTC) - started).total_seconds()

    assert troubles(ran) == {"isams": "warning", "schedule": "warning"}
    assert "a run waits [isams] max_seconds" in said(ran, "isams")
    assert 19 < seconds < 30


@pytest.mark.parametrize("arguments", [[], ["--offline"]], ids=["online", "offline"])
@pytest.mark.parametrize("nights", [0, 1])
def test_nothing_is_changed(school: Path, httpserver: HTTPServer, arguments: list[str], nights: int) -> None:
    """No file is made, written or touched, not even the lock or the state folder."""
    remote(school, answer(httpserver, document()))
    for _ in range(nights):
        night()
    before = everything(school)

    examined(*arguments)

    assert everything(school) == before


@pytest.mark.parametrize("recorded", ["good", "invalid-api-key", "login-page"])
def test_nothing_private_is_shown(school: Path, httpserver: HTTPServer, recorded: str) -> None:
    """Neither the key nor a name or an address is in the result or in the log."""
    remote(school, refuse(httpserver, recorded), "# C4NARY\n", key="C4NARY-key")
    install(school, seniors=SENIORS + '[teachers]\nextra = ["c4nary@hollowell.example"]\n')

    ran = command("doctor", "-v", "--log-file", "sdssync.log")

    log = (school / "sdssync.log").read_text(encoding="utf-8")
    assert "c4nary" not in (ran.out + ran.err + log).lower()
    assert "@" not in ran.out + log


APP = '[upload]\ntenant = "b6ad9e0f-7c1c-4a57-8f0e-2f3b8c5d1a11"\nclient_id = "3f1f3f9e-5a43-4a0c-9b43-cd7a2d9e5f10"\n'

UPLOAD: list[Any] = [
    pytest.param("", "ok", "sdssync hands nothing over to SDS", id="no table"),
    pytest.param('secret_file = "no.secret"', "failure", "the file that upload.secret_file names does", id="no file"),
    pytest.param('secret_env = "NO_SUCH"', "failure", "is not set", id="no variable"),
    pytest.param('secret_file = "good.secret"', "ok", "`sdssync upload --check` tries it", id="a secret"),
    pytest.param('certificate_file = "good.secret"', "failure", "cannot be used", id="no certificate"),
    pytest.param('certificate_file = "300.pem"', "ok", "`sdssync upload --check` tries it", id="a certificate"),
    pytest.param('certificate_file = "29.pem"', "warning", "the certificate of [upload] ends on", id="it ends soon"),
    pytest.param('certificate_file = "-1.pem"', "failure", "expired on", id="it has ended"),
]


@pytest.mark.parametrize(("place", "status", "words"), UPLOAD)
def test_the_hand_over(school: Path, place: str, status: str, words: str) -> None:
    """What `[upload]` names is looked at, and nothing is sent or shown."""
    install(school, SETTINGS + (f"{APP}{place}\n" if place else ""))
    write(school, "good.secret", "C4NARY")
    if place.endswith('.pem"'):
        name = place.split('"')[1]
        (school / name).write_bytes(new_certificate(days=int(name.removesuffix(".pem"))).pem())
    for file in (*school.glob("*.secret"), *school.glob("*.pem")):
        file.chmod(0o600)

    ran = examined("--offline")

    assert [line["status"] for line in ran.json["checks"] if line["check"] == "upload"] == [status]
    assert words in said(ran, "upload")
    assert "C4NARY" not in ran.out + ran.err


@needs_modes
def test_a_secret_that_others_may_read(school: Path) -> None:
    """The warning has the command that fixes it."""
    install(school, f'{SETTINGS}{APP}secret_file = "app.secret"\n')
    write(school, "app.secret", "C4NARY")
    (school / "app.secret").chmod(0o644)

    assert f"(chmod 600 {school / 'app.secret'})" in said(examined("--offline"), "upload")
