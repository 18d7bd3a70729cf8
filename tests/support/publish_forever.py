"""
Publish one generation of a set after another until killed: the victim of the torture tests.

    python -m tests.support.publish_forever OUTPUT exchange|renaming FIRST_GENERATION

Says "ready" once, then each generation that is published and after which nothing was left over.
"""

import os
import sys
from itertools import count
from pathlib import Path

from sdssync.files import swap
from sdssync.publish.staging import publish, staging

SWAPS = {"exchange": swap.by_system, "renaming": swap.by_renaming}
FILES = {"classes.csv": 400, "enrollments.csv": 3000, "orgs.csv": 1, "users.csv": 1500}
LINGER = 0.002


def content(name: str, generation: int) -> bytes:
    """What a file holds in a generation: its number in each row, and a length that only the name decides."""
    return b"".join(b"%08d,%s,%05d\r\n" % (generation, name.encode(), row) for row in range(FILES[name]))


def generation_of(name: str, data: bytes) -> int:
    """Which generation a file is of; exits when it is not whole or not of one generation."""
    generation = int(data[:8]) if data[:8].isdigit() else -1
    if data != content(name, generation):
        sys.exit(f"{name}: partial or mixed, {len(data)} bytes that begin with {data[:8]!r}")
    return generation


def main(output: Path, strategy: str, first: int) -> None:
    os.write(1, b"ready\n")
    for generation in count(first):
        with staging(output) as staged:
            for name in FILES:
                (staged.folder / name).write_bytes(content(name, generation))
            publish(staged.folder, output, swap=SWAPS[strategy], linger=LINGER)
        if [path.name for path in output.parent.iterdir()] != [output.name]:
            sys.exit(f"left over: {sorted(path.name for path in output.parent.iterdir())}")
        os.write(1, b"%d\n" % generation)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
