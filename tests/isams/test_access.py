"""OAuth 2 client credentials: a token first, then the same request with it; no secret in any message."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs
from werkzeug import Request, Response

from sdssync.config.credentials import Client, read_credentials
from sdssync.config.secret import Secret
from sdssync.errors import ConfigError
from sdssync.isams.download import download
from sdssync.isams.progress import Progress
from tests.support.fake_isams import CANARY, CLIENT, PATH, Clock, Exchange, failing, recorded, source
from tests.support.installation import remote_source

ENDPOINT = "/auth/connect/token"
ASK = "(ask iSAMS support for a client id and a client secret with scope apiv1, and compare them with the settings)"
HOLDS_NONE = (
    "the answer of iSAMS to the request for a token holds no token (check [isams] url: it is the address of the iSAMS "
    "server, and nothing on the way may ask for a login)"
)
REFUSED = (
    "iSAMS gave a token to the client and does not accept it for the Batch API (in the iSAMS control panel, API "
    "Services Manager, check that the client may use the Batch API from the address of this server, with scope apiv1)"
)


def token(number: int = 1, seconds: object = 3600) -> Response:
    """Give a token that lasts so long."""
    return Response(json.dumps({"access_token": f"{CANARY}.{number}", "expires_in": seconds, "token_type": "Bearer"}))


def tokens(server: HTTPServer, *answers: Response | Callable[[], Response]) -> None:
    """Answer requests for a token with these one after another, then always with the last one."""
    waiting = [*answers]

    def answer(_: Request) -> Response:
        response = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return response if isinstance(response, Response) else response()

    server.expect_request(ENDPOINT, method="POST").respond_with_handler(answer)


def documents(server: HTTPServer, *exchanges: Exchange) -> None:
    """Answer requests for the document in the same way."""
    waiting = [*exchanges]

    def answer(_: Request) -> Response:
        exchange = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return Response(exchange.body, exchange.status, exchange.headers)

    server.expect_request(PATH, method="POST").respond_with_handler(answer)


def shown(server: HTTPServer) -> list[str]:
    """Return what each request showed: the header `Authorization`, or the path of a request for a token."""
    return [
        request.headers.get("Authorization", "") if request.path == PATH else request.path for request, _ in server.log
    ]


def fetch(server: HTTPServer, state: Path) -> bytes:
    """Download the document; no secret may be in the log."""
    with (
        capture_logs() as logs,
        download(source(server.url_for("")), CLIENT, state, progress=Progress(), pace=Clock().pace) as got,
    ):
        content = got.document.path.read_bytes()
    assert CANARY not in str(logs)
    return content


UNAUTHORIZED, BUSY = recorded("oauth-bearer"), recorded("unavailable")


def test_a_token_and_then_the_document(httpserver: HTTPServer, tmp_path: Path) -> None:
    """The token request is a form; the document is asked for with the token, and with the id in place of a key."""
    tokens(httpserver, token())
    documents(httpserver, recorded("good"))

    assert fetch(httpserver, tmp_path) == recorded("good").body

    (asked, _), (request, _) = httpserver.log
    assert (asked.path, asked.query_string, asked.mimetype) == (ENDPOINT, b"", "application/x-www-form-urlencoded")
    assert "Authorization" not in asked.headers
    assert parse_qs(asked.get_data(as_text=True)) == {
        "grant_type": ["client_credentials"],
        "client_id": [CLIENT.id],
        "client_secret": [CLIENT.secret.secret],
        "scope": ["apiv1"],
    }
    assert (request.path, dict(request.args)) == (PATH, {"apiKey": CLIENT.id})
    assert request.headers["Authorization"] == f"Bearer {CANARY}.1"
    assert b"HumanResources_GetCurrentStaff" in request.get_data()


def test_a_token_that_has_expired_is_replaced(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A 401 in the middle costs one new token, and no waiting."""
    tokens(httpserver, token(1), token(2))
    documents(httpserver, UNAUTHORIZED, recorded("good"))

    assert fetch(httpserver, tmp_path) == recorded("good").body
    assert shown(httpserver) == [ENDPOINT, f"Bearer {CANARY}.1", ENDPOINT, f"Bearer {CANARY}.2"]


def test_a_token_serves_all_attempts(httpserver: HTTPServer, tmp_path: Path) -> None:
    """Another attempt needs no other token, unless it would end too soon."""
    tokens(httpserver, token(1))
    documents(httpserver, BUSY, BUSY, recorded("good"))

    fetch(httpserver, tmp_path)

    assert shown(httpserver) == [ENDPOINT, *[f"Bearer {CANARY}.1"] * 3]


def test_a_token_that_ends_soon(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A token of a minute is used once."""
    tokens(httpserver, token(1, 60), token(2))
    documents(httpserver, BUSY, recorded("good"))

    fetch(httpserver, tmp_path)

    assert shown(httpserver) == [ENDPOINT, f"Bearer {CANARY}.1", ENDPOINT, f"Bearer {CANARY}.2"]


@pytest.mark.parametrize("seconds", [None, "3600", True])
def test_a_token_without_an_end(httpserver: HTTPServer, tmp_path: Path, seconds: object) -> None:
    """A server that does not say how long a token lasts gives one that is used until it is refused."""
    tokens(httpserver, token(1, seconds))
    documents(httpserver, BUSY, recorded("good"))

    fetch(httpserver, tmp_path)

    assert shown(httpserver) == [ENDPOINT, *[f"Bearer {CANARY}.1"] * 2]


def test_a_token_server_that_is_busy(httpserver: HTTPServer, tmp_path: Path) -> None:
    """It is tried again as iSAMS itself would be."""
    tokens(httpserver, Response("", 503), Response("", 429), token())
    documents(httpserver, recorded("good"))

    fetch(httpserver, tmp_path)

    assert shown(httpserver) == [ENDPOINT, ENDPOINT, ENDPOINT, f"Bearer {CANARY}.1"]


def error(code: str, status: int = 400) -> Response:
    """Refuse a token."""
    return Response(json.dumps({"error": code, "error_description": CANARY}), status)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        pytest.param(
            error("invalid_client"),
            f"iSAMS does not know the client, or the client secret is wrong or has expired {ASK}",
            id="invalid_client",
        ),
        pytest.param(
            error("invalid_client", 401),
            f"iSAMS does not know the client, or the client secret is wrong or has expired {ASK}",
            id="invalid_client, 401",
        ),
        pytest.param(error("invalid_scope"), f"the client may not use the scope apiv1 {ASK}", id="invalid_scope"),
        pytest.param(error(CANARY), f"iSAMS refused the request for a token (status 400) {ASK}", id="unknown error"),
        pytest.param(
            Response(CANARY, 401), f"iSAMS refused the request for a token (status 401) {ASK}", id="401 without JSON"
        ),
        pytest.param(
            Response("", 404),
            "this iSAMS gives no tokens (status 404) (check [isams] url; if it is right, ask iSAMS support, or use an "
            "API key: api_key_file)",
            id="404",
        ),
        pytest.param(
            Response("", 302, {"Location": f"https://{CANARY}-s3cret.example/"}),
            "iSAMS redirects to another address, and redirects are not followed "
            "(write the address at which iSAMS itself answers into [isams] url)",
            id="redirect",
        ),
        pytest.param(Response(f"<html>{CANARY}</html>"), HOLDS_NONE, id="a web page"),
        pytest.param(Response("[]"), HOLDS_NONE, id="a list"),
        pytest.param(Response('{"access_token": 1}'), HOLDS_NONE, id="a number"),
        pytest.param(Response('{"access_token": ""}'), HOLDS_NONE, id="an empty text"),
        pytest.param(Response('{"access_token": "C4NARY\\r\\nX: y"}'), HOLDS_NONE, id="line breaks"),
        pytest.param(Response('{"access_token": "C4NARY\u00e9"}'), HOLDS_NONE, id="not ASCII"),
        pytest.param(Response("x" * 70_000), HOLDS_NONE, id="too large"),
        pytest.param(Response("[" * 60_000), HOLDS_NONE, id="deep JSON"),
    ],
)
def test_no_token(httpserver: HTTPServer, tmp_path: Path, answer: Response, line: str) -> None:
    """A refusal is reported at once with what to do; nothing that the server said is shown."""
    tokens(httpserver, answer)
    failed = failing(source(httpserver.url_for("")), tmp_path, CLIENT)

    assert (failed.kind, failed.line) == ("SourceRefusedError", line)
    assert shown(httpserver) == [ENDPOINT]


@pytest.mark.parametrize(
    "name", ["oauth-bearer", "oauth-token-missing", "oauth-invalid-client", "invalid-api-key", "unauthorized"]
)
def test_a_token_that_is_refused(httpserver: HTTPServer, tmp_path: Path, name: str) -> None:
    """A token that iSAMS does not take is replaced once at most, and then reported."""
    tokens(httpserver, token(1), token(2))
    documents(httpserver, recorded(name))
    failed = failing(source(httpserver.url_for("")), tmp_path, CLIENT)

    assert (failed.kind, failed.line) == ("SourceRefusedError", REFUSED)
    renewed = [ENDPOINT, f"Bearer {CANARY}.2"] if recorded(name).status == 401 else []
    assert shown(httpserver) == [ENDPOINT, f"Bearer {CANARY}.1", *renewed]


def test_what_else_is_refused(httpserver: HTTPServer, tmp_path: Path) -> None:
    """Datasets that are not ticked are named as they are for a key."""
    tokens(httpserver, token())
    documents(httpserver, recorded("methods-not-allocated"))

    assert "lacks" in failing(source(httpserver.url_for("")), tmp_path, CLIENT).line


def test_a_token_server_that_says_nothing(tmp_path: Path) -> None:
    """The time-out of the settings counts for the token too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        failed = failing(source(url, retry_for=0, timeout=0.2), tmp_path, CLIENT)

    assert failed.kind == "SourceUnavailableError"
    assert failed.line.startswith("HOST gave no answer for 0.2 s")


def test_where_the_secret_is(tmp_path: Path) -> None:
    """The secret is read like a key, from a file or a variable, and is masked wherever it is printed."""
    (tmp_path / "secret").write_text(" C4NARY secret\n", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    client = {"api_key_env": None, "client_id": "me"}
    of_file = remote_source("https://isams.example", **client, client_secret_file=tmp_path / "secret")
    of_variable = remote_source("https://isams.example", **client, client_secret_env="S")  # noqa: S106  (its name)

    for got in (read_credentials(of_file, {}), read_credentials(of_variable, {"S": "C4NARY secret"})):
        assert isinstance(got, Client)
        assert got.secret == Secret("C4NARY secret")
        assert CANARY not in f"{got} {got!r}"
    with pytest.raises(ConfigError, match=r"the environment variable that isams\.client_secret_env names is not set"):
        read_credentials(of_variable, {})
