"""`python -m sdssync` and the console script."""

import gc
import sys

from sdssync.cli import main


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # a short life, a million records, no cycles among them: looking for some is a seventh of a large run
    sys.exit(main())


if __name__ == "__main__":
    run()
