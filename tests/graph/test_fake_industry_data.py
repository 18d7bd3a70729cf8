"""The Graph half of the fake: bearers, permissions, spellings, flows and sessions."""

import uuid

import pytest

from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.fake_graph.world import SessionUrl
from tests.support.plain_client import API, CAST, COMPLETE, PlainClient

OTHER = "7e0c1d5e-0f0e-4b53-9a42-08daddab2272"
"""The connector that takes no files."""
V1 = "c91b6f0a-3c55-4a44-8d0f-08daddab2273"
FLOW = "aa3e1c7c-61a9-4f5c-b8ad-08daddab2301"
RUN = "918d4a8f-599b-4f6a-b409-e892855db534"


def test_a_night(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A complete upload: nothing is wrong, and every file is kept."""
    location = client.hand_over(COMPLETE)
    states = [client.graph("GET", location).json()["status"] for _ in range(3)]
    started = client.graph("POST", "/runs/start")

    assert states == ["notStarted", "running", "succeeded"]
    assert microsoft.finished == [(microsoft.connector.id, COMPLETE)]
    assert (started.status_code, len(microsoft.run_starts)) == (202, 1)
    assert (microsoft.violations, microsoft.leaks) == ([], [])


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer eyJ.unknown.x", "Basic Zm9vOmJhcg=="])
def test_no_bearer(microsoft: FakeMicrosoft, client: PlainClient, authorization: str | None) -> None:
    """A call without a token that was issued is a violation."""
    answer = client.graph("GET", "/dataConnectors", Authorization=authorization)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert len(microsoft.violations) == 1


def test_expired_token(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A token that has run out is refused, which is no mistake of the client."""
    microsoft.expire_tokens()

    first = client.graph("GET", "/dataConnectors")
    client.token()
    second = client.graph("GET", "/dataConnectors")

    assert (first.status_code, second.status_code) == (401, 200)
    assert microsoft.violations == []


@pytest.mark.parametrize(
    ("permission", "method", "path"),
    [
        ("IndustryData-DataConnector.Read.All", "GET", "/dataConnectors"),
        ("IndustryData-DataConnector.Read.All", "GET", f"/dataConnectors/{V1}"),
        ("IndustryData-DataConnector.Read.All", "GET", f"/inboundFlows/{FLOW}/dataConnector"),
        ("IndustryData-DataConnector.Upload", "GET", f"/dataConnectors/{V1}/{CAST}/getUploadSession"),
        ("IndustryData-DataConnector.Upload", "POST", f"/dataConnectors/{V1}/validate"),
        ("IndustryData-DataConnector.Upload", "POST", f"/inboundFlows/{FLOW}/dataConnector/validate"),
        ("IndustryData.ReadBasic.All", "GET", "/operations"),
        ("IndustryData.ReadBasic.All", "GET", f"/operations/{uuid.UUID(int=0)}"),
        ("IndustryData-Run.Read.All", "GET", "/runs"),
        ("IndustryData-Run.Read.All", "GET", f"/runs/{RUN}"),
        ("IndustryData-Run.Read.All", "GET", f"/runs/{RUN}/activities"),
        ("IndustryData-Run.Read.All", "GET", f"/runs/{RUN}/getStatistics"),
        ("IndustryData-Run.Start", "POST", "/runs/start"),
        ("IndustryData-InboundFlow.Read.All", "GET", "/inboundFlows"),
        ("IndustryData-InboundFlow.Read.All", "GET", f"/inboundFlows/{FLOW}"),
    ],
)
def test_permission(microsoft: FakeMicrosoft, permission: str, method: str, path: str) -> None:
    """Each call needs a permission of its own, which is no mistake of the client."""
    microsoft.app.permissions.remove(permission)
    client = PlainClient(microsoft)
    client.token()

    answer = client.graph(method, path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
    assert microsoft.violations == []


def test_permissions_are_those_of_the_token(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A permission that is granted later counts in the next token."""
    microsoft.app.permissions.clear()
    client.token()
    microsoft.app.permissions.add("IndustryData-Run.Read.All")

    first = client.graph("GET", "/runs")
    client.token()
    second = client.graph("GET", "/runs")

    assert (first.status_code, second.status_code) == (403, 200)


@pytest.mark.parametrize(
    "path",
    [
        f"/dataConnectors/{V1}/{CAST}/getUploadSession",
        f"/dataConnectors('{V1}')/{CAST}/microsoft.graph.industryData.getUploadSession()",
        f"/dataConnectors/{V1}/{CAST}/GetUploadSession()?resetSession=false",
        f"/dataConnectors('{V1.upper()}')/{CAST}/microsoft.graph.industryData.getUploadSession",
    ],
)
def test_spellings(microsoft: FakeMicrosoft, client: PlainClient, path: str) -> None:
    """Ids and functions may be spelt in each way that Microsoft's examples have, and lead to one session."""
    expected = client.upload_session(V1)

    assert client.graph("GET", path).json()["sessionUrl"] == expected
    assert client.graph("POST", f"/dataConnectors('{V1}')/validate()").status_code == 202
    assert microsoft.violations == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", f"/dataConnectors/{V1}/getUploadSession", 400, id="without the cast"),
        pytest.param("GET", f"/dataConnectors/{OTHER}/{CAST}/getUploadSession", 400, id="no CSV connector"),
        pytest.param("POST", f"/dataConnectors/{V1}/{CAST}/getUploadSession", 400, id="session by POST"),
        pytest.param("GET", f"/dataConnectors/{V1}/{CAST}/getUploadSession?resetSession=yes", 400, id="resetSession"),
        pytest.param("GET", f"/dataConnectors/{V1}/{CAST}/getUploadSession?reset=true", 400, id="reset"),
        pytest.param("GET", f"/dataConnectors/{V1}/validate", 400, id="validate by GET"),
        pytest.param("POST", f"/dataConnectors/{V1}/validate", 400, id="validate without a session"),
        pytest.param("GET", "/dataConnectors?$top=50", 400, id="page size"),
        pytest.param("GET", "/dataConnectors?$skiptoken=RFNwdAIA+2=", 400, id="next page decoded"),
        pytest.param("GET", "/runs/start", 404, id="start by GET"),
        pytest.param("GET", "/synchronizationProfiles", 400, id="the classic API"),
    ],
)
def test_wrong_call(microsoft: FakeMicrosoft, client: PlainClient, method: str, path: str, status: int) -> None:
    """A call that the reference does not have is refused."""
    answer = client.graph(method, path)

    assert answer.status_code == status
    assert len(microsoft.violations) == (status == 400)


@pytest.mark.parametrize("path", ["/v1.0/external/industryData/runs", "/beta/industryData/runs"])
def test_wrong_path(microsoft: FakeMicrosoft, client: PlainClient, path: str) -> None:
    """There is no industryData in v1.0, and none without `external`."""
    answer = client.graph("GET", microsoft.graph_url + path)

    assert (answer.status_code, len(microsoft.violations)) == (400, 1)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Accept", None, "Accept is not application/json"),
        ("Accept", "*/*", "Accept is not application/json"),
        ("client_request_id", None, "client-request-id is not a GUID"),
        ("client_request_id", "7", "client-request-id is not a GUID"),
    ],
)
def test_headers(microsoft: FakeMicrosoft, client: PlainClient, name: str, value: str | None, text: str) -> None:
    """A header that is missing is noted; Graph answers all the same."""
    answer = client.graph("GET", "/runs", **{name: value})

    assert answer.status_code == 200
    assert microsoft.violations == [f"2 graph runs: {text}"]
    assert "request-id" in answer.headers


@pytest.mark.parametrize(("data", "status"), [(b"{}", 400), (iter([b"{}"]), 411)], ids=["body", "no length"])
def test_body(microsoft: FakeMicrosoft, client: PlainClient, data: bytes, status: int) -> None:
    """`runs/start` has no body, and says so."""
    headers = {"Authorization": f"Bearer {client.bearer}", "Accept": "application/json"}
    headers["client-request-id"] = str(uuid.uuid4())

    answer = client.session.post(f"{microsoft.graph_url}{API}/runs/start", data=data, headers=headers, timeout=10)

    assert (answer.status_code, len(microsoft.violations), microsoft.run_starts) == (status, 1, [])


def test_pages(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The connectors come on two pages, and the one that takes no files is among them."""
    first = client.graph("GET", "/dataConnectors").json()
    second = client.graph("GET", first["@odata.nextLink"]).json()

    assert "@odata.nextLink" not in second
    assert [
        (item["@odata.type"].rpartition(".")[2], item.get("fileFormat")) for item in first["value"] + second["value"]
    ] == [
        ("azureDataLakeConnector", {"code": "schoolDataSyncV2Rev1"}),
        ("oneRosterApiDataConnector", None),
        ("azureDataLakeConnector", {"code": "schoolDataSyncV1"}),
    ]
    assert microsoft.violations == []


def test_flow(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A connector can be found by its flow, in two ways, and validated by it."""
    expanded = client.graph("GET", f"/inboundFlows/{FLOW}?$expand=dataConnector").json()
    followed = client.graph("GET", f"/inboundFlows('{FLOW}')/dataConnector").json()
    client.upload_session()
    validated = client.graph("POST", f"/inboundFlows/{FLOW}/dataConnector/validate")

    assert expanded["dataConnector"]["id"] == followed["id"] == microsoft.connector.id
    assert (expanded["readinessStatus"], validated.status_code) == ("ready", 202)
    assert client.graph("GET", "/inboundFlows").json()["value"][0]["id"] == FLOW
    assert microsoft.violations == []


@pytest.mark.parametrize("path", ["/dataConnectors/", "/inboundFlows/", "/operations/", "/runs/"])
def test_unknown_id(microsoft: FakeMicrosoft, client: PlainClient, path: str) -> None:
    """An id that there is not is no mistake of the client."""
    answer = client.graph("GET", f"{path}{uuid.UUID(int=0)}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "itemNotFound")
    assert microsoft.violations == []


def test_session_stays_until_it_ends(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """Without a reset there is one session, until it is reset, expires or is validated."""
    first = client.upload_session(query="")
    again = client.upload_session(query="?resetSession=false")
    reset = client.upload_session(query="?resetSession=true")
    microsoft.expire_sessions()
    after_expiry = client.upload_session(query="")
    client.validate()
    after_validation = client.upload_session(query="")

    assert first == again
    assert len({first, reset, after_expiry, after_validation}) == 4
    assert microsoft.violations == []


def test_session_url_of_the_host_alone(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The path may be missing from the address of a session: then the client builds it."""
    microsoft.switches.session_url = SessionUrl.HOST
    path, query = client.upload_session().split("?")
    container = microsoft.world.sessions[0].container_id

    built = f"{path}{microsoft.tenant}/{microsoft.connector.id}/{container}?{query}"
    client.put(built, "orgs.csv", b"a,b\r\n")

    assert path == f"{microsoft.storage_url}/"
    assert microsoft.violations == []
