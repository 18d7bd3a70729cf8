"""The Graph half of the fake: validations, the operations in which they end, and runs."""

import pytest

from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.fake_graph.world import Location, Outcome, PublicError
from tests.support.plain_client import API, COMPLETE, PlainClient, file_url

V1 = "c91b6f0a-3c55-4a44-8d0f-08daddab2273"


def test_validation_of_an_expired_session(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A session that has run out cannot be validated, which is no mistake of the client."""
    client.upload_session()
    microsoft.expire_sessions()

    assert client.validate().status_code == 400
    assert (microsoft.finished, microsoft.violations) == ([], [])


def test_second_validation(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A session is validated once."""
    client.hand_over(COMPLETE)

    assert client.validate().status_code == 400
    assert len(microsoft.finished) == len(microsoft.violations) == 1


def test_validation_before_the_flush(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A file that was not flushed is not among the finished ones, and a violation."""
    url = client.upload_session()
    client.put(url, "orgs.csv", b"a,b\r\n")
    client.lake("PUT", file_url(url, "users.csv"), "resource=file")

    client.validate()

    assert microsoft.finished == [(microsoft.connector.id, {"orgs.csv": b"a,b\r\n"})]
    assert len(microsoft.violations) == 1


def test_location_on_graph(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The `Location` leads to Graph, as the reference has it, or is relative."""
    first = client.hand_over(COMPLETE)
    microsoft.switches.location = Location.RELATIVE
    microsoft.switches.retry_after = "7"
    client.upload_session()
    second = client.validate()

    assert first.startswith(f"{microsoft.graph_url}{API}/operations/")
    assert second.headers["Location"].startswith(f"{API}/operations/")
    assert second.headers["Retry-After"] == "7"


def test_location_elsewhere(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The `Location` leads to another host, and Graph does not know the operation: a bearer there is a leak or not."""
    microsoft.switches.location = Location.SERVICE
    microsoft.switches.has_operations_on_graph = False
    location = client.hand_over(COMPLETE)
    identifier = location.rpartition("/")[2]

    on_graph = client.graph("GET", f"/operations/{identifier}").status_code
    leaked = client.graph("GET", location).json()["status"]
    microsoft.switches.is_service_trusted = True
    trusted = client.graph("GET", location).json()["status"]

    assert location == f"{microsoft.service_url}/api/industryData/v0.4-beta/industryData/operations/{identifier}"
    assert (on_graph, leaked, trusted) == (404, "notStarted", "running")
    assert [leak.partition(" ")[0] for leak in microsoft.leaks] == [str(microsoft.requests[-2].number)]
    assert client.graph("GET", "/operations").json()["value"] == []


def test_operations_are_listed(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The list shows each operation and takes no step."""
    location = client.hand_over(COMPLETE)

    listed = [client.graph("GET", "/operations").json()["value"] for _ in range(3)]

    assert [operation["status"] for page in listed for operation in page] == ["notStarted"] * 3
    assert location.endswith(listed[0][0]["id"])
    assert microsoft.poll_gaps == []


DETAIL = PublicError("HeaderNotRecognized", "Line 1 of users.csv", "users.csv")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(Outcome(), ("succeeded", None, list(COMPLETE), []), id="good"),
        pytest.param(Outcome(errors=(DETAIL,)), ("succeeded", None, [], ["HeaderNotRecognized"]), id="unknown code"),
        pytest.param(Outcome(status="failed", status_detail="No."), ("failed", "No.", list(COMPLETE), []), id="failed"),
        pytest.param(Outcome(status="paused"), ("paused", None, list(COMPLETE), []), id="unknown status"),
        pytest.param(Outcome(never_ends=True), ("running", None, [], []), id="never ends"),
        pytest.param(Outcome(validated_files=()), ("succeeded", None, [], []), id="no file named"),
    ],
)
def test_outcome(
    microsoft: FakeMicrosoft,
    client: PlainClient,
    outcome: Outcome,
    expected: tuple[str, str | None, list[str], list[str]],
) -> None:
    """A validation ends as the test says."""
    microsoft.switches.outcome = outcome

    ended = client.ended(client.hand_over(COMPLETE))

    codes = [error["code"] for error in ended["errors"]]
    assert (ended["status"], ended["statusDetail"], ended["validatedFiles"], codes) == expected


def test_missing_files(client: PlainClient) -> None:
    """A V1 connector wants six files, each under its own name; the status is the good one all the same."""
    ended = client.ended(client.hand_over({"School.csv": b"a\r\n", "student.csv": b"a\r\n"}, V1))

    assert [error["target"] for error in ended["errors"]] == [
        "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv",
    ]  # fmt: skip
    assert (ended["status"], ended["warnings"]) == ("succeeded", [])


def test_sixth_run(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """Five runs may be started within twelve hours."""
    statuses = [client.graph("POST", "/runs/start") for _ in range(6)]

    assert [answer.status_code for answer in statuses] == [202] * 5 + [429]
    assert 43_190 <= int(statuses[-1].headers["Retry-After"]) <= 43_201
    assert (len(microsoft.run_starts), microsoft.violations) == (5, [])


def test_started_run(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A run that was started is among the runs, with its activity, and ends when the test says so."""
    client.graph("POST", "/runs/start")
    run = microsoft.world.runs[-1]

    before = client.graph("GET", f"/runs/{run.id}?$expand=activities").json()
    run.status, run.ended = "completedWithErrors", microsoft.world.now()
    run.blocking_error = DETAIL
    after = client.graph("GET", f"/runs/{run.id}").json()

    assert (before["status"], before["activities"][0]["status"]) == ("running", "inProgress")
    assert (after["status"], after["blockingError"]["code"]) == ("completedWithErrors", "HeaderNotRecognized")
    assert client.graph("GET", "/runs").json()["value"][0]["id"] == run.id
    assert client.graph("GET", f"/runs/{run.id}/activities").json()["value"][0]["status"] == "completedWithErrors"
