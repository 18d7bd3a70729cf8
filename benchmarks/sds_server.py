"""
The fake of SDS in a process of its own; of files it keeps no more than length and hash.

    python -m benchmarks.sds_server    prints where it is as JSON, and serves until its input ends
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from benchmarks.process import JobError, python


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the fake is, and what it asks for."""

    tenant: str
    client_id: str
    secret: str
    login_url: str
    graph_url: str
    connector: str
    container: str
    """The address of an upload session of another connector, for a client that does nothing but send files."""


@contextmanager
def serving() -> Iterator[Addresses]:
    """Start the fake and stop it; raise JobError if it got anything that a correct client does not send."""
    command = python("-m", "benchmarks.sds_server")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Addresses(**json.loads(process.stdout.readline()))
        process.stdin.close()
        violations = process.stdout.read()
    if violations or process.returncode:
        raise JobError(f"exit code {process.returncode} of {' '.join(map(str, command))}\n{violations[-2000:]}")


def _serve() -> None:
    from tests.support.fake_graph.microsoft import FakeMicrosoft  # noqa: PLC0415  (the bench itself must stay small)
    from tests.support.fake_graph.world import Connector  # noqa: PLC0415

    with FakeMicrosoft() as microsoft:
        microsoft.switches.is_content_kept = False
        microsoft.switches.polls_before_end = 0  # a client would wait before the next one
        bare = Connector("e1f4b1ce-5a0f-4a2e-9a53-08daddab2274", "Bare")
        microsoft.world.connectors.append(bare)
        session = microsoft.world.open_session(bare, is_new=True)
        folder = f"{microsoft.storage_url}/{microsoft.tenant}/{bare.id}/{session.container_id}"
        addresses = Addresses(
            tenant=microsoft.tenant,
            client_id=microsoft.app.client_id,
            secret=microsoft.app.secret,
            login_url=microsoft.login_url,
            graph_url=microsoft.graph_url,
            connector=microsoft.connector.id,
            container=f"{folder}?{session.signature}",
        )
        print(json.dumps(asdict(addresses)), flush=True)
        sys.stdin.read()
        print(*microsoft.violations, sep="\n", end="")


if __name__ == "__main__":
    _serve()
