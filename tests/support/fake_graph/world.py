"""The state of the fake: the tenant, its app, connectors, sessions, operations and runs."""

import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto

from cryptography.x509 import Certificate

from tests.support.fake_graph.faults import Faults
from tests.support.fake_graph.files import Draft
from tests.support.fake_graph.records import Records

CANARY = "C4NARY"
"""Part of every secret of the fake: of the client's secret, of tokens and of signatures."""
GRAPH_PATH = "/beta/external/industryData"
SERVICE_PATH = "/api/industryData/v0.4-beta/industryData"
LAKE, ONE_ROSTER = "azureDataLakeConnector", "oneRosterApiDataConnector"
V1, V2 = "schoolDataSyncV1", "schoolDataSyncV2Rev1"

PERMISSIONS = frozenset(
    {
        "IndustryData-DataConnector.Read.All",
        "IndustryData-DataConnector.Upload",
        "IndustryData.ReadBasic.All",
        "IndustryData-Run.Read.All",
        "IndustryData-Run.Start",
        "IndustryData-InboundFlow.Read.All",
    }
)
"""What the app may do, unless a test takes some of it away."""


class Location(Enum):
    """Where the `Location` of a validation leads."""

    GRAPH = auto()
    RELATIVE = auto()
    SERVICE = auto()


class SessionUrl(Enum):
    """What the `sessionUrl` holds: Microsoft does not say."""

    CONTAINER = auto()
    """Tenant, connector and container."""
    HOST = auto()
    """Nothing but the host."""


@dataclass(slots=True)
class App:
    """The registered app."""

    client_id: str = "3f1f3f9e-5a43-4a0c-9b43-cd7a2d9e5f10"
    secret: str = f"{CANARY}~s3cret/+&=.8Q"
    is_secret_expired: bool = False
    certificate: Certificate | None = None
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was issued, with the permissions of that moment."""

    value: str
    permissions: frozenset[str]
    expires: float


@dataclass(slots=True)
class Session:
    """An upload session and its container."""

    connector_id: str
    signature: str
    """The query of its address."""
    expires: float
    container_expires: float
    container_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_replaced: bool = False
    is_validated: bool = False
    files: dict[str, Draft] = field(default_factory=dict)


@dataclass(slots=True)
class Connector:
    """A data connector."""

    id: str
    display_name: str
    file_format: str = V2
    type: str = LAKE
    session: Session | None = None


@dataclass(slots=True)
class Flow:
    """An inbound flow."""

    id: str
    display_name: str
    connector_id: str
    readiness: str = "ready"
    effective: str = "2026-09-01T00:00:00Z"
    expiration: str = "2027-07-10T00:00:00Z"


@dataclass(frozen=True, slots=True)
class PublicError:
    """An error or a warning of a validation or a run."""

    code: str
    message: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a validation ends, added to what the files themselves cause."""

    status: str = "succeeded"
    errors: tuple[PublicError, ...] = ()
    warnings: tuple[PublicError, ...] = ()
    status_detail: str | None = None
    validated_files: tuple[str, ...] | None = None
    """None: the files that came, or nothing if there are errors."""
    never_ends: bool = False


@dataclass(slots=True)
class Operation:
    """A validation under way."""

    id: str
    connector: Connector
    created: float
    files: tuple[str, ...]
    outcome: Outcome
    polls_before_end: int
    polls: int = 0


@dataclass(slots=True)
class Run:
    """A run of SDS."""

    id: str
    started: float
    ended: float | None = None
    status: str = "running"
    blocking_error: PublicError | None = None


@dataclass(slots=True)
class Switches:
    """What a test may set otherwise, before or between requests."""

    outcome: Outcome = field(default_factory=Outcome)
    location: Location = Location.GRAPH
    polls_before_end: int = 2
    """Polls that find a validation not started, then running."""
    retry_after: str = ""
    """Of the answer to `validate`."""
    has_operations_on_graph: bool = True
    """False: Graph answers 404 and the service alone knows operations."""
    is_service_trusted: bool = False
    """True: a bearer in a poll of the service is no leak."""
    session_url: SessionUrl = SessionUrl.CONTAINER
    session_seconds: float = 50_400
    token_seconds: int = 3599
    page_size: int = 2
    is_content_kept: bool = True
    """False: of files, only length and SHA-256 are kept."""
    has_microsoft_addresses: bool = True
    """Whether the discovery document names Microsoft's login server, or the fake."""
    has_misplaced_counts: bool = False
    """True: statistics with role counts among the activities, as the published example has them."""


class World:
    """Everything that the four servers share."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.records, self.faults, self.switches = Records(), Faults(), Switches()
        self.tenant = "b6ad9e0f-7c1c-4a57-8f0e-2f3b8c5d1a11"
        self.app = App()
        self.addresses: dict[str, str] = {}
        self.tokens: list[Token] = []
        self.sessions: list[Session] = []
        self.operations: list[Operation] = []
        self.connectors = [
            Connector("51dca0a0-85f6-4478-f526-08daddab2271", "Hartley CSV"),
            Connector("7e0c1d5e-0f0e-4b53-9a42-08daddab2272", "Hartley OneRoster", type=ONE_ROSTER),
            Connector("c91b6f0a-3c55-4a44-8d0f-08daddab2273", "Hartley CSV of the old kind", V1),
        ]
        self.flows = [
            Flow("aa3e1c7c-61a9-4f5c-b8ad-08daddab2301", "Hartley 2026-27", self.connectors[0].id),
            Flow("d2c4a3a5-8a5e-4d0e-8f63-08daddab2302", "Hartley OneRoster", self.connectors[1].id),
        ]
        self.runs = [
            Run("c7625e5d-5765-4f64-a286-5f5b845b38e1", now() - 86_400, now() - 79_800, "completed"),
            Run("918d4a8f-599b-4f6a-b409-e892855db534", now() - 600),
        ]

    def issue_token(self) -> Token:
        """Issue a token for the app."""
        value = f"eyJ0eXAiOiJKV1QifQ.{CANARY}{secrets.token_urlsafe(60)}.{secrets.token_urlsafe(32)}"
        token = Token(value, frozenset(self.app.permissions), self.now() + self.switches.token_seconds)
        self.tokens.append(token)
        return token

    def open_session(self, connector: Connector, *, is_new: bool) -> Session:
        """Return the session of the connector, or a new one with an empty container."""
        session = connector.session
        if session and not (is_new or session.is_validated or session.expires <= self.now()):
            return session
        if session:
            session.is_replaced = not session.is_validated
        expires = self.now() + self.switches.session_seconds
        connector.session = Session(connector.id, _signature(self.now(), expires), expires, expires + 122_400)
        self.sessions.append(connector.session)
        return connector.session


def _signature(start: float, end: float) -> str:
    """Return the query of a shared access signature for a folder two levels deep."""
    times = (f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H%%3A%M%%3A%SZ}" for moment in (start, end))
    first, last = times
    return f"sv=2023-11-03&st={first}&se={last}&sr=d&sdd=2&sp=rcwl&sig={CANARY}{secrets.token_hex(16)}%2B%2F%3D"


def stamp(moment: float) -> str:
    """Return a time as Graph writes it, with seven digits after the second."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%f}7Z"
