"""
Run a command line in a process that dies at a rename, without another instruction, as a kill would end it.

    python -m tests.support.die_at 3 rollover 2027-28 --write
"""

import os
import sys

from sdssync.cli.commands import main

DIED = 9


def die_at_rename(number: int) -> None:
    """Let this process die when it is about to rename a file for the nth time."""
    seen = 0

    def watch(event: str, _: tuple[object, ...]) -> None:
        nonlocal seen
        seen += event == "os.rename"
        if event == "os.rename" and seen == number:
            os._exit(DIED)

    sys.addaudithook(watch)


if __name__ == "__main__":
    die_at_rename(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
