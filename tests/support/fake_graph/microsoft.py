"""The four servers together, as a context manager for tests."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.support.fake_graph import connectors, operations, runs
from tests.support.fake_graph.data_lake import DataLake
from tests.support.fake_graph.faults import Fault
from tests.support.fake_graph.industry_data import IndustryData
from tests.support.fake_graph.login import Login
from tests.support.fake_graph.records import Finished, Recorded
from tests.support.fake_graph.server import RoleServer
from tests.support.fake_graph.service import Service
from tests.support.fake_graph.world import App, Connector, Switches, World


class FakeMicrosoft:
    """
    Login, Graph, storage and the service host of SDS, each on a port of its own.

    A test sets `switches` and `app`, writes a `script` of faults, and then looks at the records.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` returns the time in seconds since 1970; expiry, time stamps and the gaps between polls follow it."""
        self.world = World(now)
        graph = IndustryData(self.world, connectors.ROUTES + operations.ROUTES + runs.ROUTES)
        roles = (Login(self.world), graph, DataLake(self.world), Service(self.world))
        self._servers = [RoleServer(role) for role in roles]

    def __enter__(self) -> Self:
        """Start the servers."""
        for server in self._servers:
            server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the servers; raises what went wrong in the fake itself."""
        self.world.stopping.set()
        stops = [threading.Thread(target=server.stop) for server in self._servers]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
        if error is None:
            for server in self._servers:
                server.check_handler_errors()

    @property
    def login_url(self) -> str:
        """The address in place of https://login.microsoftonline.com."""
        return self.world.addresses["login"]

    @property
    def graph_url(self) -> str:
        """The address in place of https://graph.microsoft.com."""
        return self.world.addresses["graph"]

    @property
    def storage_url(self) -> str:
        """The address of the storage account, to which upload sessions lead."""
        return self.world.addresses["storage"]

    @property
    def service_url(self) -> str:
        """The address of the service host of SDS; `/elsewhere` there is just another host."""
        return self.world.addresses["service"]

    @property
    def tenant(self) -> str:
        """The id of the tenant."""
        return self.world.tenant

    @property
    def app(self) -> App:
        """The registered app: its client id, secret, certificate and permissions may be changed."""
        return self.world.app

    @property
    def switches(self) -> Switches:
        """What may be set otherwise."""
        return self.world.switches

    @property
    def connector(self) -> Connector:
        """The connector that takes v2.1 files."""
        return self.world.connectors[0]

    @property
    def requests(self) -> list[Recorded]:
        """Every request, in order."""
        return self.world.records.requests

    @property
    def violations(self) -> list[str]:
        """What a correct client does not do."""
        return self.world.records.violations

    @property
    def leaks(self) -> list[str]:
        """Bearers and signatures on the wrong host; they are also violations."""
        return self.world.records.leaks

    @property
    def finished(self) -> list[Finished]:
        """The sets that were handed over, one for each validation."""
        return self.world.records.finished

    @property
    def token_requests(self) -> list[dict[str, str]]:
        """The form fields of each request for a token."""
        return self.world.records.token_requests

    @property
    def run_starts(self) -> list[float]:
        """When runs were started."""
        return self.world.records.run_starts

    @property
    def poll_gaps(self) -> list[float]:
        """Seconds between each poll of an operation and the one before it at the same address."""
        return self.world.records.poll_gaps

    @property
    def secrets(self) -> list[str]:
        """Everything secret that the fake knows or gave away so far."""
        signatures = [session.signature for session in self.world.sessions]
        return [self.app.secret, *(token.value for token in self.world.tokens), *signatures]

    def script(self, fault: Fault, *, of: str = "any", nth: int = 1, times: int = 1) -> None:
        """Let the nth request from now on meet a fault: of any kind, of one kind, or of one server."""
        self.world.faults.script(fault, of=of, nth=nth, times=times)

    def expire_sessions(self) -> None:
        """Let every upload session end now."""
        for session in self.world.sessions:
            session.expires = self.world.now()

    def expire_tokens(self) -> None:
        """Let no token that was issued so far be valid."""
        self.world.tokens = [
            type(token)(token.value, token.permissions, self.world.now()) for token in self.world.tokens
        ]
