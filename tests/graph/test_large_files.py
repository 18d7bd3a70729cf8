"""A large file goes to SDS piece by piece: in order, and without being held in memory."""

import hashlib
import subprocess
import sys
from pathlib import Path

from sdssync.graph.data_lake import PIECE
from tests.support.fake_graph.files import Digest
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.plain_client import PlainClient

SEND = """
import sys, tracemalloc
from pathlib import Path
from sdssync.graph.data_lake import send_file
from sdssync.graph.line import Line
from sdssync.graph.session import Session
from sdssync.net.pace import Pace
from sdssync.net.tls import tls_context

folder, signature = sys.argv[1].split("?")
line, session = Line(tls_context(None), Pace()), Session(folder, signature)
tracemalloc.start()
send_file(line, session, Path(sys.argv[2]), sys.argv[3], lambda count: None)
print(tracemalloc.get_traced_memory()[1])
"""


def peak(address: str, file: Path, sha256: str) -> int:
    """Send a file in its own process, and return in bytes how much memory it took at most."""
    command = [sys.executable, "-c", SEND, address, str(file), sha256]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, microsoft: FakeMicrosoft, client: PlainClient) -> None:
    """A file of 64 MiB takes no more memory than three of its pieces, and arrives as it is."""
    microsoft.switches.is_content_kept = False
    file, hashed = tmp_path / "enrollments.csv", hashlib.sha256()
    with file.open("wb") as stream:
        for content in (*(b"%06d\r\n" % number * (1 << 17) for number in range(64)), b"the last row\r\n"):
            stream.write(content)
            hashed.update(content)

    taken = peak(client.upload_session(), file, hashed.hexdigest())

    assert taken < 3 * PIECE
    sent = [(seen.kind, int(seen.headers["content-length"])) for seen in microsoft.requests if seen.role == "storage"]
    assert sent == [("create", 0), *[("append", PIECE)] * 16, ("append", 14), ("flush", 0)]
    assert microsoft.violations == []
    client.validate()
    [finished] = microsoft.finished
    assert finished.files == {"enrollments.csv": Digest(hashed.hexdigest(), file.stat().st_size)}
