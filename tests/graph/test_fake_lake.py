"""The Data Lake half of the fake: each rule of create, append and flush."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest
import requests

from tests.support.fake_graph.files import Digest
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import PlainClient, file_url


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Return status and code, which header and body agree on."""
    code = answer.headers["x-ms-error-code"]
    assert answer.json()["error"]["code"] == code
    return answer.status_code, code


@pytest.fixture
def url(client: PlainClient) -> str:
    """The address of a file in a new session."""
    return file_url(client.upload_session(), "users.csv")


def test_headers_of_every_answer(client: PlainClient, url: str) -> None:
    """Answers name the file's ETag, the request and the version of the protocol."""
    created, appended, flushed = (
        client.lake("PUT", url, "resource=file"),
        client.lake("PATCH", url, "action=append&position=0", b"a,b\r\n"),
        client.lake("PATCH", url, "action=flush&position=5"),
    )

    assert (created.status_code, appended.status_code, flushed.status_code) == (201, 202, 200)
    for answer in (created, appended, flushed):
        assert {"x-ms-request-id", "x-ms-version", "date"} <= {name.lower() for name in answer.headers}
    assert created.headers["ETag"] != flushed.headers["ETag"]
    assert "Last-Modified" in flushed.headers


class Sent(NamedTuple):
    """A call, with headers that are other ones or missing."""

    method: str
    query: str
    data: bytes = b""
    headers: Mapping[str, str | None] = MappingProxyType({})


APPEND, FLUSH = "action=append", "action=flush"
REFUSED = {
    "create with a body": (Sent("PUT", "resource=file", b"x"), 400, "ContentLengthMustBeZero"),
    "Put Blob": (Sent("PUT", "", b"x", {"x-ms-blob-type": "BlockBlob"}), 400, "InvalidHeaderValue"),
    "no resource": (Sent("PUT", ""), 400, "InvalidQueryParameterValue"),
    "a folder": (Sent("PUT", "resource=directory"), 400, "InvalidQueryParameterValue"),
    "another action": (Sent("PATCH", "action=setProperties"), 400, "InvalidQueryParameterValue"),
    "append of nothing": (Sent("PATCH", f"{APPEND}&position=0"), 400, "InvalidHeaderValue"),
    "no position": (Sent("PATCH", APPEND, b"x"), 400, "InvalidQueryParameterValue"),
    "negative position": (Sent("PATCH", f"{APPEND}&position=-1", b"x"), 400, "InvalidQueryParameterValue"),
    "flush in append": (Sent("PATCH", f"{APPEND}&position=0&flush=true", b"x"), 400, "InvalidQueryParameterValue"),
    "two positions": (Sent("PATCH", f"{APPEND}&position=0&position=0", b"x"), 400, "InvalidQueryParameterValue"),
    "flush with a body": (Sent("PATCH", f"{FLUSH}&position=0", b"x"), 400, "ContentLengthMustBeZero"),
    "flush too far": (Sent("PATCH", f"{FLUSH}&position=1"), 400, "InvalidFlushPosition"),
    "flush without position": (Sent("PATCH", FLUSH), 400, "InvalidQueryParameterValue"),
    "retained data": (
        Sent("PATCH", f"{FLUSH}&position=0&retainUncommittedData=true"),
        400,
        "InvalidQueryParameterValue",
    ),
    "no version": (Sent("PUT", "resource=file", b"", {"x-ms-version": None}), 400, "MissingRequiredHeader"),
    "no such version": (Sent("PUT", "resource=file", b"", {"x-ms-version": "newest"}), 400, "InvalidHeaderValue"),
    "old version": (Sent("PUT", "resource=file", b"", {"x-ms-version": "2019-12-12"}), 400, "InvalidHeaderValue"),
    "reading": (Sent("GET", ""), 405, "UnsupportedHttpVerb"),
    "deleting": (Sent("DELETE", ""), 405, "UnsupportedHttpVerb"),
}


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(microsoft: FakeMicrosoft, client: PlainClient, url: str, sent: Sent, status: int, code: str) -> None:
    """A call with something wrong in it is refused and noted, after the file was created."""
    client.lake("PUT", url, "resource=file")

    answer = client.lake(sent.method, url, sent.query, sent.data, **sent.headers)

    assert refusal(answer) == (status, code)
    assert len(microsoft.violations) == 1


@pytest.mark.parametrize("query", ["action=append&position=0", "action=flush&position=1"])
def test_order(microsoft: FakeMicrosoft, client: PlainClient, url: str, query: str) -> None:
    """There is no append and no flush before create."""
    answer = client.lake("PATCH", url, query, b"x" if "append" in query else b"")

    assert refusal(answer) == (404, "PathNotFound")
    assert len(microsoft.violations) == 1


def test_append_in_chunked_encoding(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """An append has to say its length."""
    client.lake("PUT", url, "resource=file")

    answer = client.lake("PATCH", url, "action=append&position=0", iter([b"a", b"b"]))

    assert refusal(answer) == (400, "MissingRequiredHeader")
    assert len(microsoft.violations) == 1


@pytest.mark.parametrize("is_content_kept", [True, False], ids=["bytes", "digest"])
@pytest.mark.parametrize(
    ("segments", "position"),
    [
        pytest.param([], 0, id="empty file"),
        pytest.param([(0, b"ab"), (2, b"cd")], 4, id="in order"),
        pytest.param([(4, b"ef"), (2, b"cd"), (0, b"ab")], 6, id="backwards"),
    ],
)
def test_segments(
    microsoft: FakeMicrosoft,
    client: PlainClient,
    is_content_kept: bool,
    segments: list[tuple[int, bytes]],
    position: int,
) -> None:
    """Segments may come in any order; of the file, the bytes or length and digest are kept."""
    microsoft.switches.is_content_kept = is_content_kept

    answer = flushed(client, segments, position)
    client.validate()

    data = b"".join(data for _, data in sorted(segments))
    kept = data if is_content_kept else Digest(hashlib.sha256(data).hexdigest(), len(data))
    assert answer.status_code == 200
    assert (microsoft.finished[0].files, microsoft.violations) == ({"users.csv": kept}, [])


@pytest.mark.parametrize("is_content_kept", [True, False], ids=["bytes", "digest"])
@pytest.mark.parametrize(
    ("segments", "position"),
    [
        pytest.param([(0, b"ab"), (3, b"cd")], 5, id="gap"),
        pytest.param([(1, b"ab")], 3, id="nothing at 0"),
        pytest.param([(0, b"ab"), (1, b"cd")], 3, id="overlap"),
        pytest.param([(0, b"ab"), (0, b"ab")], 2, id="the same twice"),
        pytest.param([(4, b"ef"), (0, b"abcdef")], 6, id="overlap with a later one"),
        pytest.param([(0, b"ab"), (2, b"cd")], 2, id="rest"),
        pytest.param([(0, b"ab")], 4, id="too far"),
    ],
)
def test_segments_that_do_not_join(
    microsoft: FakeMicrosoft,
    client: PlainClient,
    is_content_kept: bool,
    segments: list[tuple[int, bytes]],
    position: int,
) -> None:
    """The segments have to join from 0 to the position of the flush, and the file is not visible."""
    microsoft.switches.is_content_kept = is_content_kept

    answer = flushed(client, segments, position)
    client.validate()

    assert refusal(answer) == (400, "InvalidFlushPosition")
    assert microsoft.finished[0].files == {}
    assert [violation.partition(":")[0] for violation in microsoft.violations] == [
        f"{len(segments) + 4} storage flush",
        f"{len(segments) + 5} graph validate",
    ]


def flushed(client: PlainClient, segments: list[tuple[int, bytes]], position: int) -> requests.Response:
    """Create users.csv in a new session, append the segments, and flush."""
    url = file_url(client.upload_session(), "users.csv")
    client.lake("PUT", url, "resource=file")
    for start, data in segments:
        assert client.lake("PATCH", url, f"action=append&position={start}", data).status_code == 202
    return client.lake("PATCH", url, f"action=flush&position={position}")


def test_create_empties(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """A second create begins the file again, and a second flush does no harm."""
    client.lake("PUT", url, "resource=file")
    client.lake("PATCH", url, "action=append&position=0", b"a part that was unclear")
    client.lake("PUT", url, "resource=file")
    client.lake("PATCH", url, "action=append&position=0", b"all")
    client.lake("PATCH", url, "action=flush&position=3")
    client.lake("PATCH", url, "action=flush&position=3")
    client.validate()

    assert microsoft.finished[0].files == {"users.csv": b"all"}
    assert microsoft.violations == []


def test_create_without_overwriting(client: PlainClient, url: str) -> None:
    """`If-None-Match: *` refuses a file that is there."""
    client.lake("PUT", url, "resource=file")

    answer = client.lake("PUT", url, "resource=file", If_None_Match="*")

    assert refusal(answer) == (409, "PathAlreadyExists")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("sig=", "sig=x", id="another signature"),
        pytest.param("%2B", "+", id="decoded"),
        pytest.param("&sdd=2", "", id="incomplete"),
        pytest.param("sp=rcwl", "sp=rcwl&sp=rcwl", id="a part twice"),
        pytest.param("sr=d", "sr=c", id="wider"),
    ],
)
def test_signature(microsoft: FakeMicrosoft, client: PlainClient, url: str, old: str, new: str) -> None:
    """The signature has to come back as it was given, in any order and with nothing left out."""
    answer = client.lake("PUT", url.replace(old, new), "resource=file")

    assert refusal(answer) == (403, "AuthenticationFailed")
    assert len(microsoft.violations) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("b6ad9e0f", "c6ad9e0f", "FilesystemNotFound", id="another tenant"),
        pytest.param("51dca0a0", "61dca0a0", "PathNotFound", id="another connector"),
        pytest.param("/users.csv", "/school/users.csv", "PathNotFound", id="a folder"),
        pytest.param("/users.csv", "/", "PathNotFound", id="no name"),
        pytest.param("/users.csv", "", "PathNotFound", id="the container itself"),
    ],
)
def test_path(microsoft: FakeMicrosoft, client: PlainClient, url: str, old: str, new: str, code: str) -> None:
    """A file is in the container of its session."""
    answer = client.lake("PUT", url.replace(old, new), "resource=file")

    assert refusal(answer) == (404, code)
    assert len(microsoft.violations) == 1


def test_bearer(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """A bearer in a call to the Data Lake is refused, and is a leak."""
    answer = client.lake("PUT", url, "resource=file", Authorization=f"Bearer {client.bearer}")

    assert refusal(answer) == (403, "AuthenticationFailed")
    assert len(microsoft.leaks) == 1
    assert microsoft.requests[-1].headers["authorization"] == "Bearer"


def test_expired(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """A session that has run out is no mistake of the client."""
    microsoft.expire_sessions()

    answer = client.lake("PUT", url, "resource=file")

    assert refusal(answer) == (403, "AuthenticationFailed")
    assert microsoft.violations == []


def test_reset(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """The signature of a session that was reset is dead."""
    client.upload_session()

    answer = client.lake("PUT", url, "resource=file")

    assert refusal(answer) == (403, "AuthenticationFailed")
    assert len(microsoft.violations) == 1


def test_after_validation(microsoft: FakeMicrosoft, client: PlainClient, url: str) -> None:
    """The container has gone."""
    client.validate()

    answer = client.lake("PUT", url, "resource=file")

    assert refusal(answer) == (404, "PathNotFound")
    assert len(microsoft.violations) == 1
