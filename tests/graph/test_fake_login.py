"""The login half of the fake: what it refuses, and what it notes."""

import time
import uuid
from functools import cache
from typing import Any

import jwt
import pytest
import requests

from tests.support.app_certificate import AppCertificate, new_certificate
from tests.support.fake_graph.assertions import thumbprints
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import PlainClient

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def certificate() -> AppCertificate:
    """The certificate of the app."""
    return new_certificate()


@pytest.mark.parametrize(
    ("changes", "status", "error", "is_violation"),
    [
        pytest.param({"client_secret": "wrong"}, 401, "invalid_client", False, id="wrong secret"),
        pytest.param({"client_id": str(uuid.uuid4())}, 400, "unauthorized_client", False, id="unknown app"),
        pytest.param({"scope": "https://graph.microsoft.com"}, 400, "invalid_scope", True, id="another scope"),
        pytest.param({"scope": None}, 400, "invalid_scope", True, id="no scope"),
        pytest.param({"grant_type": "password"}, 400, "unsupported_grant_type", True, id="another grant"),
        pytest.param({"client_secret": None}, 400, "invalid_request", True, id="no secret"),
        pytest.param({"client_assertion": "eyJ"}, 400, "invalid_request", True, id="secret and assertion"),
        pytest.param({"client_secret": None, "client_assertion": "eyJ"}, 400, "invalid_request", True, id="no type"),
    ],
)
def test_refused(
    microsoft: FakeMicrosoft, changes: dict[str, str | None], status: int, error: str, is_violation: bool
) -> None:
    """What a client got wrong is a violation; what an administrator got wrong is not."""
    answer = PlainClient(microsoft).token(**changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert bool(microsoft.violations) is is_violation


def test_expired_secret(microsoft: FakeMicrosoft) -> None:
    """An expired secret has a number of its own."""
    microsoft.app.is_secret_expired = True

    answer = PlainClient(microsoft).token()

    assert (answer.status_code, answer.json()["error_codes"]) == (401, [7000222])


def test_unknown_tenant(microsoft: FakeMicrosoft) -> None:
    """A tenant that there is not."""
    url = f"{microsoft.login_url}/contoso.example/oauth2/v2.0/token"

    answer = requests.post(url, data={"grant_type": "client_credentials"}, timeout=10)

    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])
    assert microsoft.violations == []


def test_not_a_form(microsoft: FakeMicrosoft) -> None:
    """JSON is refused."""
    url = f"{microsoft.login_url}/{microsoft.tenant}/oauth2/v2.0/token"

    answer = requests.post(url, json={"grant_type": "client_credentials"}, timeout=10)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert microsoft.violations == ["1 login token: invalid_request: The body is not a form but application/json."]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "oauth2/v2.0/token", 405), ("POST", "oauth2/token", 404)]
)
def test_another_call(microsoft: FakeMicrosoft, method: str, path: str, status: int) -> None:
    """Another method or another path is a violation."""
    answer = requests.request(method, f"{microsoft.login_url}/{microsoft.tenant}/{path}", timeout=10)

    assert answer.status_code == status
    assert len(microsoft.violations) == 1


def test_the_form_is_kept(microsoft: FakeMicrosoft) -> None:
    """A test can see what a client has sent."""
    PlainClient(microsoft).token()

    assert microsoft.token_requests == [
        {
            "client_id": microsoft.app.client_id,
            "scope": "https://graph.microsoft.com/.default",
            "client_secret": microsoft.app.secret,
            "grant_type": "client_credentials",
        }
    ]


def assertion(microsoft: FakeMicrosoft, key: AppCertificate, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return an assertion in which some fields are other ones, or missing if they are None."""
    now = int(time.time())
    good = {
        "aud": f"{microsoft.login_url}/{microsoft.tenant}/oauth2/v2.0/token",
        "iss": microsoft.app.client_id,
        "sub": microsoft.app.client_id,
        "jti": str(uuid.uuid4()),
        "nbf": now,
        "exp": now + 600,
    } | claims
    headers = thumbprints(certificate().certificate) | header
    shown = {name: value for name, value in headers.items() if value is not None}
    claimed = {name: value for name, value in good.items() if value is not None}
    return jwt.encode(claimed, key.key, algorithm=shown.pop("alg", "RS256"), headers=shown)


@pytest.mark.parametrize(
    ("header", "claims", "number"),
    [
        pytest.param({"alg": "RS512"}, {}, 5002738, id="alg"),
        pytest.param({"x5t": None, "x5t#S256": None}, {}, 700027, id="no thumbprint"),
        pytest.param({}, {"aud": "https://graph.microsoft.com"}, 50027, id="aud"),
        pytest.param({}, {"iss": "someone"}, 50027, id="iss"),
        pytest.param({}, {"sub": "someone"}, 50027, id="sub"),
        pytest.param({}, {"jti": None}, 50027, id="jti"),
        pytest.param({}, {"exp": None}, 700023, id="exp"),
        pytest.param({}, {"exp": int(time.time()) + 86_400}, 700023, id="exp in a day"),
    ],
)
def test_bad_assertion(microsoft: FakeMicrosoft, header: dict[str, Any], claims: dict[str, Any], number: int) -> None:
    """Each field of an assertion is looked at, and a wrong one is a violation."""
    microsoft.app.certificate = certificate().certificate
    text = assertion(microsoft, certificate(), header, claims)

    answer = PlainClient(microsoft).token(client_secret=None, client_assertion=text, client_assertion_type=TYPE)

    assert (answer.status_code, answer.json()["error_codes"]) == (401, [number])
    assert len(microsoft.violations) == 1


@pytest.mark.parametrize(
    ("claims", "is_other_key", "number"),
    [
        pytest.param({"exp": int(time.time()) - 3600}, False, 700024, id="expired"),
        pytest.param({"nbf": int(time.time()) + 3000}, False, 700024, id="not yet"),
        pytest.param({}, True, 700027, id="signature of another key"),
    ],
)
def test_assertion_that_is_refused(
    microsoft: FakeMicrosoft, claims: dict[str, Any], is_other_key: bool, number: int
) -> None:
    """A wrong clock or a wrong certificate is no mistake of the client."""
    microsoft.app.certificate = certificate().certificate
    text = assertion(microsoft, new_certificate() if is_other_key else certificate(), {}, claims)

    answer = PlainClient(microsoft).token(client_secret=None, client_assertion=text, client_assertion_type=TYPE)

    assert (answer.status_code, answer.json()["error_codes"]) == (401, [number])
    assert microsoft.violations == []


def test_assertion(microsoft: FakeMicrosoft) -> None:
    """An assertion with everything in it is good."""
    microsoft.app.certificate = certificate().certificate
    text = assertion(microsoft, certificate(), {}, {})

    answer = PlainClient(microsoft).token(client_secret=None, client_assertion=text, client_assertion_type=TYPE)

    assert answer.status_code == 200
    assert microsoft.violations == []


def test_no_certificate(microsoft: FakeMicrosoft) -> None:
    """An app without a certificate takes no assertion."""
    text = assertion(microsoft, certificate(), {}, {})

    answer = PlainClient(microsoft).token(client_secret=None, client_assertion=text, client_assertion_type=TYPE)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
