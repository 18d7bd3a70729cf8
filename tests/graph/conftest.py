"""The fake of Microsoft's servers, and a client that has a token."""

from collections.abc import Iterator

import pytest

from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import PlainClient


@pytest.fixture
def microsoft() -> Iterator[FakeMicrosoft]:
    """Login, Graph, storage and the service host of SDS."""
    with FakeMicrosoft() as fake:
        yield fake


@pytest.fixture
def client(microsoft: FakeMicrosoft) -> PlainClient:
    """A client with a token."""
    client = PlainClient(microsoft)
    client.token()
    return client
