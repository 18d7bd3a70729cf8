"""The fake answers with the keys and types of the examples in Microsoft's reference."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import CAST, COMPLETE, PlainClient, file_url

EXAMPLES = Path(__file__).parents[2] / "fixtures" / "graph"


def example(name: str) -> Any:
    """Read an example of the reference."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def difference(found: Any, expected: Any, place: str = "$") -> str:
    """Return where an answer has other keys or types than the example, or an empty text."""
    if type(found) is not type(expected):
        return f"{place}: {type(found).__name__}, not {type(expected).__name__}"
    if isinstance(expected, dict):
        if found.keys() != expected.keys():
            return f"{place}: {sorted(found.keys() ^ expected.keys())}"
        return next(filter(None, (difference(found[key], expected[key], f"{place}.{key}") for key in expected)), "")
    if isinstance(expected, list) and expected:
        if not found:
            return f"{place}: empty"
        for item in found:
            differences = [difference(item, one, f"{place}[]") for one in expected]
            if all(differences):
                return differences[0]
    return ""


def test_token(microsoft: FakeMicrosoft) -> None:
    """A token."""
    answer = PlainClient(microsoft).token()

    assert (answer.status_code, difference(answer.json(), example("token"))) == (200, "")
    assert answer.json() | {"access_token": "eyJ..."} == example("token")


def test_error_of_the_login_server(microsoft: FakeMicrosoft) -> None:
    """A wrong secret."""
    answer = PlainClient(microsoft).token(client_secret="wrong")  # noqa: S106  (a wrong one)

    assert (answer.status_code, difference(answer.json(), example("login_error"))) == (401, "")
    for key in ("error", "error_codes", "error_uri"):
        assert answer.json()[key] == example("login_error")[key]


def test_connectors(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A page of connectors, with the address of the next one."""
    microsoft.switches.page_size = 1

    answer = client.graph("GET", "/dataConnectors").json()

    assert difference(answer, example("connectors")) == ""
    assert answer["value"][0]["@odata.type"] == example("connectors")["value"][0]["@odata.type"]


def test_session(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """An upload session, with seven digits after the second."""
    answer = client.graph("GET", f"/dataConnectors/{microsoft.connector.id}/{CAST}/getUploadSession").json()

    assert difference(answer, example("session")) == ""
    for key in ("containerExpirationDateTime", "sessionExpirationDateTime"):
        assert len(answer[key]) == len(example("session")[key])
        assert answer[key].endswith("7Z")


def test_operation(client: PlainClient) -> None:
    """A validation without orgs.csv, which ends as the published one does."""
    location = client.hand_over({name: COMPLETE[name] for name in ("users.csv", "roles.csv")})

    answer, expected = client.ended(location), example("operation")

    assert difference(answer, expected) == ""
    for key in ("@odata.type", "status", "statusDetail", "validatedFiles", "errors", "warnings"):
        assert answer[key] == expected[key]


def test_runs(client: PlainClient) -> None:
    """A run that goes on and one that has ended."""
    answer = client.graph("GET", "/runs").json()

    assert difference(answer, example("runs")) == ""
    assert [(run["status"], type(run["endDateTime"])) for run in answer["value"]] == [
        (run["status"], type(run["endDateTime"])) for run in example("runs")["value"]
    ]


def test_statistics(client: PlainClient) -> None:
    """The counts of a run."""
    run = client.graph("GET", "/runs").json()["value"][1]["id"]

    answer = client.graph("GET", f"/runs/{run}/getStatistics").json()

    assert difference(answer, example("statistics")) == ""


def test_misplaced_counts(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The published example of statistics has role counts in place of activities: so has the fake, if asked to."""
    microsoft.switches.has_misplaced_counts = True
    run = client.graph("GET", "/runs").json()["value"][0]["id"]

    answer = client.graph("GET", f"/runs/{run}/getStatistics").json()

    assert answer["activityStatistics"] == answer["inboundTotals"]["matchedPeopleByRole"]


def test_error_of_graph(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A permission that is missing; the ids are those of request and answer."""
    microsoft.app.permissions.clear()
    client.token()
    own = "0d3c5a52-3f0a-4a7e-8f0f-1d2f2c9d7a01"

    answer = client.graph("GET", "/runs", client_request_id=own)

    error, expected = answer.json()["error"], example("graph_error")["error"]
    assert (answer.status_code, difference(answer.json(), example("graph_error"))) == (403, "")
    assert (error["code"], error["message"]) == (expected["code"], expected["message"])
    assert error["innerError"]["client-request-id"] == answer.headers["client-request-id"] == own
    assert error["innerError"]["request-id"] == answer.headers["request-id"]


def test_error_of_the_data_lake(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A signature that has expired."""
    url = client.upload_session()
    microsoft.expire_sessions()

    answer = client.lake("PUT", file_url(url, "orgs.csv"), "resource=file")

    assert (answer.status_code, difference(answer.json(), example("storage_error"))) == (403, "")
    assert answer.json()["error"]["code"] == answer.headers["x-ms-error-code"] == "AuthenticationFailed"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param({"a": 1}, {"a": "1"}, id="another type"),
        pytest.param({"a": 1}, {"b": 1}, id="another key"),
        pytest.param([], [1], id="nothing in a list"),
        pytest.param([{"a": 1}, {"b": 1}], [{"a": 1}], id="another item"),
    ],
)
def test_differences_are_found(found: Any, expected: Any) -> None:
    """The comparison is not content with everything."""
    assert difference(found, expected) != ""
