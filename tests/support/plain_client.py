"""A few plain requests to the fake of Microsoft's servers: what a correct client sends, and what it then gets."""

import uuid
from typing import Any

import requests

from tests.support.fake_graph.microsoft import FakeMicrosoft

API = "/beta/external/industryData"
CAST = "microsoft.graph.industryData.azureDataLakeConnector"
COMPLETE = {name: f"{name},1\r\n".encode() for name in ("orgs.csv", "users.csv", "roles.csv")}
COMPLETE |= {"classes.csv": b"c\r\n", "enrollments.csv": b"e\r\n"}
VERSION = {"x-ms-version": "2023-11-03"}


class PlainClient:
    """Sends what it is asked to send, with a connection for each request and no second attempt."""

    def __init__(self, microsoft: FakeMicrosoft) -> None:
        self.microsoft = microsoft
        self.session = requests.Session()
        self.session.trust_env = False
        self.bearer = ""

    def token(self, **changes: str | None) -> requests.Response:
        """Ask for a token, with changed or without some fields; keep it."""
        form = {
            "client_id": self.microsoft.app.client_id,
            "scope": "https://graph.microsoft.com/.default",
            "client_secret": self.microsoft.app.secret,
            "grant_type": "client_credentials",
        }
        url = f"{self.microsoft.login_url}/{self.microsoft.tenant}/oauth2/v2.0/token"
        answer = self.session.post(url, data=form | changes, timeout=10)
        self.bearer = answer.json().get("access_token", "")
        return answer

    def graph(self, method: str, path: str, **changes: str | None) -> requests.Response:
        """Call Graph with a bearer; `changes` are headers, with `_` for `-`."""
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "Accept": "application/json",
            "client-request-id": str(uuid.uuid4()),
        } | {name.replace("_", "-"): value for name, value in changes.items()}
        url = path if path.startswith("http") else self.microsoft.graph_url + API + path
        return self.session.request(method, url, headers=headers, timeout=10, allow_redirects=False)

    def upload_session(self, connector: str = "", query: str = "?resetSession=true") -> str:
        """Return the address of an upload session."""
        connector = connector or self.microsoft.connector.id
        answer = self.graph("GET", f"/dataConnectors/{connector}/{CAST}/getUploadSession{query}")
        url: Any = answer.json()["sessionUrl"]
        assert isinstance(url, str)
        return url

    def lake(self, method: str, url: str, query: str, data: Any = b"", **changes: str | None) -> requests.Response:
        """Call the Data Lake at an address with a signature, with more of a query."""
        headers = VERSION | {name.replace("_", "-"): value for name, value in changes.items()}
        address = f"{url}&{query}" if query else url
        return self.session.request(method, address, data=data, headers=headers, timeout=10, allow_redirects=False)

    def put(self, session_url: str, name: str, data: bytes) -> None:
        """Create, append and flush a file."""
        url = file_url(session_url, name)
        assert self.lake("PUT", url, "resource=file").status_code == 201
        if data:
            assert self.lake("PATCH", url, "action=append&position=0", data).status_code == 202
        assert self.lake("PATCH", url, f"action=flush&position={len(data)}").status_code == 200

    def validate(self, connector: str = "") -> requests.Response:
        """Close the session."""
        return self.graph("POST", f"/dataConnectors/{connector or self.microsoft.connector.id}/validate")

    def hand_over(self, files: dict[str, bytes], connector: str = "") -> str:
        """Upload these files, close the session, and return where to poll."""
        session_url = self.upload_session(connector)
        for name, data in files.items():
            self.put(session_url, name, data)
        return self.validate(connector).headers["Location"]

    def ended(self, location: str) -> Any:
        """Poll three times, and return the operation as it then is."""
        return [self.graph("GET", location) for _ in range(3)][-1].json()


def file_url(session_url: str, name: str) -> str:
    """Return the address of a file in the container of a session."""
    path, query = session_url.split("?")
    return f"{path}/{name}?{query}"
