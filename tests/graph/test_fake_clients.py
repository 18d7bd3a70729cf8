"""Microsoft's own libraries work against the fake."""

from functools import cache
from typing import Any

import msal
import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.storage.filedatalake import DataLakeFileClient
from cryptography.hazmat.primitives.hashes import SHA1

from tests.support.app_certificate import AppCertificate, new_certificate
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import COMPLETE, PlainClient, file_url

LOGIN = "https://login.microsoftonline.com"
SCOPES = ["https://graph.microsoft.com/.default"]


def lake_client(session_url: str, name: str) -> DataLakeFileClient:
    """Return Microsoft's client for one file of a session."""
    address, signature = session_url.split("?")
    host, tenant, folder = address.removeprefix("http://").split("/", 2)
    return DataLakeFileClient(f"http://{host}", tenant, f"{folder}/{name}", credential=signature, retry_total=0)


class Rerouted:
    """What MSAL sends to Microsoft's login server goes to the fake."""

    def __init__(self, microsoft: FakeMicrosoft) -> None:
        self._origin = microsoft.login_url
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._session.get(url.replace(LOGIN, self._origin), timeout=10, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._session.post(url.replace(LOGIN, self._origin), timeout=10, **options)

    def close(self) -> None:
        self._session.close()


@cache
def certificate() -> AppCertificate:
    """The certificate of the app."""
    return new_certificate()


def credential(of: AppCertificate) -> dict[str, str]:
    """Return what MSAL wants of a certificate."""
    key, start, certificate = of.pem().decode().partition("-----BEGIN CERTIFICATE")
    return {"private_key": key, "public_certificate": start + certificate}


def msal_answer(microsoft: FakeMicrosoft, secret: str | dict[str, str]) -> dict[str, Any]:
    """Ask for a token as MSAL does."""
    app = msal.ConfidentialClientApplication(
        microsoft.app.client_id,
        authority=f"{LOGIN}/{microsoft.tenant}",
        client_credential=secret,
        http_client=Rerouted(microsoft),
    )
    answer: dict[str, Any] = app.acquire_token_for_client(scopes=SCOPES)
    return answer


def test_lake_client(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A file in several chunks arrives as it was."""
    data = bytes(range(256)) * 1024

    with lake_client(client.upload_session(), "users.csv") as lake:
        lake.upload_data(data, overwrite=True, chunk_size=100_000)
    client.validate()

    assert microsoft.finished == [(microsoft.connector.id, {"users.csv": data})]
    assert [recorded.kind for recorded in microsoft.requests] == [
        "token", "session", "create", "append", "append", "append", "flush", "validate",
    ]  # fmt: skip
    assert microsoft.violations == []


def test_lake_client_step_by_step(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """The calls one by one, with the chunks in another order."""
    with lake_client(client.upload_session(), "orgs.csv") as lake:
        lake.create_file()
        lake.append_data(b"second", offset=6)
        lake.append_data(b"first ", offset=0)
        lake.flush_data(12)
    client.validate()

    assert microsoft.finished[0].files == {"orgs.csv": b"first second"}
    assert microsoft.violations == []


def test_lake_client_sees_the_errors(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """Status and code of an error are where Microsoft's client looks for them."""
    session_url = client.upload_session()
    microsoft.expire_sessions()

    with lake_client(session_url, "orgs.csv") as lake, pytest.raises(HttpResponseError) as caught:
        lake.upload_data(b"a,b\r\n", overwrite=True)

    assert (caught.value.status_code, vars(caught.value)["error_code"]) == (403, "AuthenticationFailed")
    assert microsoft.violations == []


def test_lake_client_meets_another_file_first(microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A file that someone else flushed in the meantime is not flushed over: its ETag is another one."""
    session_url = client.upload_session()
    with lake_client(session_url, "orgs.csv") as lake:
        etag = lake.create_file()["etag"]
        client.put(session_url, "orgs.csv", COMPLETE["orgs.csv"])

        answer = client.lake("PATCH", file_url(session_url, "orgs.csv"), "action=flush&position=12", If_Match=str(etag))

    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (412, "ConditionNotMet")
    assert microsoft.violations == []


def test_msal_with_a_secret(microsoft: FakeMicrosoft) -> None:
    """MSAL gets a token with which Graph can be called."""
    answer = msal_answer(microsoft, microsoft.app.secret)

    client = PlainClient(microsoft)
    client.bearer = answer["access_token"]
    assert (answer["expires_in"], answer["token_source"]) == (3599, "identity_provider")
    assert client.graph("GET", "/runs").status_code == 200
    assert microsoft.violations == []


@pytest.mark.parametrize("is_older", [False, True], ids=["PS256 with x5t#S256", "RS256 with x5t"])
def test_msal_with_a_certificate(microsoft: FakeMicrosoft, is_older: bool) -> None:
    """The assertion that MSAL makes of a certificate is good, in both forms."""
    registered = microsoft.app.certificate = certificate().certificate
    thumbprint = {"thumbprint": registered.fingerprint(SHA1()).hex()} if is_older else {}  # noqa: S303  (Microsoft's)

    answer = msal_answer(microsoft, credential(certificate()) | thumbprint)

    assert "access_token" in answer
    assert microsoft.violations == []


def test_msal_with_a_wrong_secret(microsoft: FakeMicrosoft) -> None:
    """MSAL passes on the error of the login server."""
    answer = msal_answer(microsoft, "wrong")

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])
    assert microsoft.violations == []


def test_msal_with_another_certificate(microsoft: FakeMicrosoft) -> None:
    """A certificate that was not registered is refused."""
    microsoft.app.certificate = certificate().certificate

    answer = msal_answer(microsoft, credential(new_certificate()))

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [700027])
    assert microsoft.violations == []


def test_addresses_of_the_fake(microsoft: FakeMicrosoft) -> None:
    """The discovery document names Microsoft, or the fake for a client that takes plain HTTP."""
    url = f"{microsoft.login_url}/{microsoft.tenant}/v2.0/.well-known/openid-configuration"
    path = f"/{microsoft.tenant}/oauth2/v2.0/token"

    first = requests.get(url, timeout=10).json()["token_endpoint"]
    microsoft.switches.has_microsoft_addresses = False
    second = requests.get(url, timeout=10).json()["token_endpoint"]

    assert (first, second) == (LOGIN + path, microsoft.login_url + path)
