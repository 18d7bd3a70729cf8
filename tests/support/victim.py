"""
Run a command line in a process that has imported everything: a kill meets it at work, not while it starts.

    python -m tests.support.victim FOLDER COMMAND [ARGUMENT ...]

Says "ready" before the command begins, and "done" after it.
"""

import importlib
import os
import pkgutil
import sys

import sdssync
from sdssync.cli.commands import main


def work(folder: str, arguments: list[str]) -> int:
    """Run the command line in a folder, between two lines on stdout."""
    for module in pkgutil.walk_packages(sdssync.__path__, "sdssync."):
        importlib.import_module(module.name)
    os.chdir(folder)
    os.write(1, b"ready\n")
    code = main(arguments)
    sys.stdout.flush()
    os.write(1, b"done\n")
    return code


if __name__ == "__main__":
    sys.exit(work(sys.argv[1], sys.argv[2:]))
