"""The login server: discovery for MSAL, and tokens for client credentials."""

import re
from datetime import UTC, datetime

from werkzeug import Request, Response

from tests.support.fake_graph.assertions import check_assertion
from tests.support.fake_graph.records import Recorded
from tests.support.fake_graph.server import Refused, Role, json_answer
from tests.support.fake_graph.world import World

MICROSOFT = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PATH = re.compile(r"/([^/]+)/(?:(oauth2/v2\.0/token)|(v2\.0/\.well-known/openid-configuration))")
_INSTANCES = "/common/discovery/instance"
_USUAL = {400: "invalid_request", 401: "invalid_client", 403: "access_denied", 500: "server_error"}


class Login(Role):
    """Plays login.microsoftonline.com."""

    name = "login"

    def kind(self, request: Request) -> str:
        """Return the kind of the request."""
        if request.path == _INSTANCES:
            return "instances"
        found = _PATH.fullmatch(request.path)
        return "unknown" if found is None else "token" if found[2] else "discovery"

    def answer(self, request: Request, recorded: Recorded) -> Response:
        """Describe the login servers or the tenant, or issue a token."""
        if recorded.kind == "instances":
            return json_answer(instances(self.world))
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise Refused(Response("", 404), "a path that the login server does not have")
        if request.method != ("POST" if recorded.kind == "token" else "GET"):
            raise Refused(Response("", 405), f"{request.method} for {recorded.kind}")
        if found[1].lower() != self.world.tenant:
            number = 90002
            raise Refused(self._error(400, "invalid_request", number, f"Tenant '{found[1]}' not found.", recorded))
        return self._token(request, recorded) if recorded.kind == "token" else json_answer(discovery(self.world))

    def error(self, status: int, recorded: Recorded) -> Response:
        """Return the usual error with this status."""
        return self._error(status, _USUAL.get(status, "temporarily_unavailable"), 90033, "A scripted error.", recorded)

    def _token(self, request: Request, recorded: Recorded) -> Response:
        if "Authorization" in request.headers:
            raise self._invalid("A header Authorization does not belong here.", recorded)
        if request.mimetype != "application/x-www-form-urlencoded":
            raise self._invalid(f"The body is not a form but {request.mimetype}.", recorded)
        form = {name: values[0] for name, values in request.form.lists() if len(values) == 1}
        self.world.records.token_requests.append(form)
        if request.query_string or len(form) != len(request.form):
            raise self._invalid("A field in the address, or twice in the form.", recorded)
        if form.get("grant_type") != "client_credentials":
            raise self._refused(400, "unsupported_grant_type", 70003, "Not client_credentials.", recorded)
        if form.get("scope") != SCOPE:
            raise self._refused(400, "invalid_scope", 70011, f"The scope is not {SCOPE}.", recorded)
        if form.get("client_id") != self.world.app.client_id:
            answer = self._error(400, "unauthorized_client", 700016, "Application not found in the tenant.", recorded)
            raise Refused(answer)
        self._authenticate(form, recorded)
        seconds = self.world.switches.token_seconds
        token = self.world.issue_token()
        return json_answer(
            {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token.value}
        )

    def _authenticate(self, form: dict[str, str], recorded: Recorded) -> None:
        app = self.world.app
        if ("client_secret" in form) == ("client_assertion" in form):
            raise self._invalid("Expected a secret or an assertion.", recorded)
        if "client_secret" in form:
            if form["client_secret"] != app.secret:
                raise Refused(self._error(401, "invalid_client", 7000215, "Invalid client secret provided.", recorded))
            if app.is_secret_expired:
                raise Refused(self._error(401, "invalid_client", 7000222, "The secret has expired.", recorded))
            return
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise self._invalid("The type of the assertion.", recorded)
        if app.certificate is None:
            raise Refused(self._error(401, "invalid_client", 700027, "The app has no certificate.", recorded))
        endpoint = f"/{self.world.tenant}/oauth2/v2.0/token"
        audiences = [MICROSOFT + endpoint, self.world.addresses["login"] + endpoint]
        mistake = check_assertion(form["client_assertion"], app.certificate, app.client_id, audiences)
        if mistake:
            raise Refused(self._error(401, "invalid_client", mistake.number, mistake.text, recorded), mistake.violation)

    def _invalid(self, text: str, recorded: Recorded) -> Refused:
        return self._refused(400, "invalid_request", 900144, text, recorded)

    def _refused(self, status: int, error: str, number: int, text: str, recorded: Recorded) -> Refused:
        return Refused(self._error(status, error, number, text, recorded), f"{error}: {text}")

    def _error(self, status: int, error: str, number: int, text: str, recorded: Recorded) -> Response:
        return json_answer(
            {
                "error": error,
                "error_description": f"AADSTS{number}: {text} Trace ID: {recorded.request_id}",
                "error_codes": [number],
                "timestamp": f"{datetime.fromtimestamp(self.world.now(), UTC):%Y-%m-%d %H:%M:%SZ}",
                "trace_id": recorded.request_id,
                "correlation_id": recorded.headers.get("client-request-id", recorded.request_id),
                "error_uri": f"{MICROSOFT}/error?code={number}",
            },
            status,
        )


def instances(world: World) -> dict[str, object]:
    """Return the names of the login servers that MSAL looks for tokens under."""
    host = MICROSOFT.removeprefix("https://")
    return {
        "tenant_discovery_endpoint": f"{MICROSOFT}/{world.tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def discovery(world: World) -> dict[str, object]:
    """Return the OpenID document of the tenant."""
    origin = MICROSOFT if world.switches.has_microsoft_addresses else world.addresses["login"]
    tenant = f"{origin}/{world.tenant}"
    return {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
        "jwks_uri": f"{tenant}/discovery/v2.0/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
    }
