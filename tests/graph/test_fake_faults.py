"""Scripted faults, records and the fake by hand."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.support.fake_graph.faults import GATEWAY_TIMEOUT, Delay, Drop, Fault, Status, redirect, throttled
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import CAST, COMPLETE, PlainClient, file_url

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
"""The second is for an answer that breaks off."""
DATE = "Mon, 30 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        pytest.param(throttled("17"), 429, ("Retry-After", "17"), id="seconds"),
        pytest.param(throttled(DATE), 429, ("Retry-After", DATE), id="date"),
        pytest.param(Status(503), 503, ("Retry-After", None), id="unavailable"),
        pytest.param(GATEWAY_TIMEOUT, 504, ("Content-Type", "text/html"), id="gateway"),
        pytest.param(Status(401), 401, ("Content-Type", "application/json; charset=utf-8"), id="401"),
        pytest.param(redirect("https://graph.example"), 307, ("Location", "https://graph.example"), id="redirect"),
    ],
)
def test_status(
    microsoft: FakeMicrosoft, client: PlainClient, fault: Fault, status: int, header: tuple[str, str | None]
) -> None:
    """A request gets the scripted answer, once, and is not processed."""
    microsoft.script(fault, of="start")

    answers = [client.graph("POST", "/runs/start") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, 202]
    assert answers[0].headers.get(header[0]) == header[1]
    assert (len(microsoft.run_starts), microsoft.violations) == (1, [])
    assert [recorded.status for recorded in microsoft.requests] == [200, status, 202]


CALLS: dict[str, Callable[[PlainClient, str], requests.Response]] = {
    "token": lambda client, _: client.token(),
    "connectors": lambda client, _: client.graph("GET", "/dataConnectors"),
    "session": lambda client, _: client.graph(
        "GET", f"/dataConnectors/{client.microsoft.connector.id}/{CAST}/getUploadSession"
    ),
    "create": lambda client, url: client.lake("PUT", url, "resource=file"),
    "append": lambda client, url: client.lake("PATCH", url, "action=append&position=0", b"x" * 1_000_000),
    "flush": lambda client, url: client.lake("PATCH", url, "action=flush&position=0"),
    "validate": lambda client, _: client.validate(),
    "start": lambda client, _: client.graph("POST", "/runs/start"),
    "runs": lambda client, _: client.graph("GET", "/runs"),
    "elsewhere": lambda client, _: client.session.get(f"{client.microsoft.service_url}/elsewhere", timeout=10),
}


@pytest.mark.parametrize("drop", Drop, ids=lambda drop: drop.name.lower())
@pytest.mark.parametrize("kind", CALLS)
def test_drop(microsoft: FakeMicrosoft, client: PlainClient, kind: str, drop: Drop) -> None:
    """Each kind of request can lose its connection at each moment, and the next one gets its answer."""
    url = file_url(client.upload_session(), "users.csv")
    if kind in {"append", "flush"}:
        client.lake("PUT", url, "resource=file")
    microsoft.script(drop, of=kind)
    before = len(microsoft.requests)

    with pytest.raises(BROKEN):
        CALLS[kind](client, url)
    dropped = microsoft.requests[before:]

    assert [(recorded.kind, recorded.status is None) for recorded in dropped] == [(kind, drop is not Drop.HALFWAY)]
    assert client.token().status_code == 200
    assert client.graph("GET", "/dataConnectors").status_code == 200


@pytest.mark.parametrize(
    ("drop", "sets"),
    [(Drop.UNREAD, 0), (Drop.BEFORE, 0), (Drop.AFTER, 1), (Drop.HALFWAY, 1)],
    ids=str,
)
def test_whether_a_dropped_request_counts(microsoft: FakeMicrosoft, client: PlainClient, drop: Drop, sets: int) -> None:
    """A request whose answer is lost has been processed; one that was dropped before has not."""
    microsoft.script(drop, of="validate")
    url = client.upload_session()
    client.put(url, "orgs.csv", COMPLETE["orgs.csv"])

    with pytest.raises(BROKEN):
        client.validate()

    assert len(microsoft.finished) == sets
    assert len(client.graph("GET", "/operations").json()["value"]) == sets


def test_a_client_that_is_gone(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """Of an append that breaks in the middle nothing counts, and the fake goes on."""
    url = file_url(client.upload_session(), "users.csv")
    client.lake("PUT", url, "resource=file")

    with pytest.raises(OSError, match="the client is gone"):
        client.lake("PATCH", url, "action=append&position=0", _Broken(), Content_Length="100")
    client.lake("PATCH", url, "action=append&position=0", b"all")

    assert client.lake("PATCH", url, "action=flush&position=3").status_code == 200
    assert microsoft.violations == []


class _Broken:
    """A body that ends with an error after its first piece."""

    def __iter__(self) -> "_Broken":
        self.pieces = [b"x" * 50]
        return self

    def __next__(self) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise OSError("the client is gone")

    def __len__(self) -> int:
        return 100


def test_delay(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A request that its client gave up is processed all the same."""
    microsoft.script(Delay(0.5), of="start")

    with pytest.raises(requests.ReadTimeout):
        client.session.post(
            f"{microsoft.graph_url}/beta/external/industryData/runs/start",
            headers={"Authorization": f"Bearer {client.bearer}", "Accept": "application/json"},
            timeout=0.1,
        )
    client.graph("GET", "/runs")  # waits for the one before it

    assert len(microsoft.run_starts) == 1


def test_which_request(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A fault is for the nth request of all, of a server or of a kind, and for some after it; the first rule wins."""
    microsoft.script(Status(500), nth=2)
    microsoft.script(Status(503), of="graph", nth=4, times=2)
    microsoft.script(Status(504), of="connectors", nth=2)

    statuses = [client.graph("GET", path).status_code for path in ("/runs", "/runs", *["/dataConnectors"] * 4)]

    assert statuses == [200, 500, 200, 503, 503, 200]


def test_a_kind_that_there_is_not(microsoft: FakeMicrosoft) -> None:
    """A misspelt kind would never meet its fault."""
    with pytest.raises(ValueError, match="no role and no kind of request: tokens"):
        microsoft.script(Status(500), of="tokens")


def test_secrets_after_a_redirect(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A client that follows a redirect with its bearer, or with a signature, is found out."""
    url = client.upload_session()
    elsewhere = f"{microsoft.service_url}/elsewhere"

    client.graph("GET", elsewhere)
    client.session.get(f"{elsewhere}?{url.partition('?')[2]}", timeout=10)
    client.session.get(elsewhere, timeout=10)

    assert microsoft.leaks == [
        "3 service /elsewhere: a bearer where it does not belong",
        "4 service /elsewhere: a shared access signature where it does not belong",
    ]
    assert len(microsoft.violations) == 5


def test_poll_gaps() -> None:
    """The gaps between polls are those of the clock that the test gives."""
    clock = [1_000_000.0]
    with FakeMicrosoft(now=lambda: clock[0]) as microsoft:
        client = PlainClient(microsoft)
        client.token()
        location = client.hand_over(COMPLETE)
        for pause in (5, 7.5, 5):
            client.graph("GET", location)
            clock[0] += pause
        client.graph("GET", location)

        assert microsoft.poll_gaps == [5, 7.5, 5]


def test_time_passes() -> None:
    """Tokens, sessions and the five runs follow that clock, too."""
    clock = [1_000_000.0]
    with FakeMicrosoft(now=lambda: clock[0]) as microsoft:
        client = PlainClient(microsoft)
        client.token()
        url = client.upload_session()
        for _ in range(5):
            client.graph("POST", "/runs/start")
        clock[0] += 50_400
        expired = client.graph("GET", "/runs").status_code
        client.token()

        assert expired == 401
        assert client.lake("PUT", file_url(url, "orgs.csv"), "resource=file").status_code == 403
        assert client.graph("POST", "/runs/start").status_code == 202
        assert microsoft.violations == []


def test_recorded(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A record has the headers of interest and no secret."""
    client.put(client.upload_session(), "orgs.csv", b"a,b\r\n")

    append = microsoft.requests[-2]
    assert (append.role, append.kind, append.method, append.status) == ("storage", "append", "PATCH", 202)
    assert append.headers["content-length"] == "5"
    assert append.line.endswith("/orgs.csv 202")
    assert len(microsoft.secrets) == 3
    for secret in microsoft.secrets:
        assert "C4NARY" in secret
        assert secret not in str(microsoft.requests)


def test_by_hand() -> None:
    """`python -m tests.support.fake_graph` prints a table for sdssync.toml, and then each request."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.support.fake_graph"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process:
        lines = [line for _ in range(11) for line in [process.stdout.readline()]]
        upload = tomllib.loads("".join(lines))["upload"]
        requests.get(f"{upload['graph_url']}/", timeout=10)
        seen = [process.stdout.readline() for _ in range(2)]
        process.terminate()

    assert set(upload) == {"tenant", "client_id", "secret_env", "login_url", "graph_url"}
    assert seen == ["graph unknown GET / 400\n", "VIOLATION 1 graph unknown: a call that industryData does not have\n"]
