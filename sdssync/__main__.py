"""`python -m sdssync` and the console script."""

import gc
import os
import signal

from sdssync import streams
from sdssync.cli import main


def run() -> None:
    """
    Run the command line and exit with its code.

    The process is short-lived and may hold a million records, with no cycles among them. To look for some, or to take
    them apart one by one at the end, would be a fifth of a large run: the operating system takes all of it at once.
    """
    gc.disable()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as with Ctrl-C: leave nothing behind
    code = main()
    streams.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
