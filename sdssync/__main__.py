"""`python -m sdssync` and the console script."""

import gc
import os


def run() -> None:
    """
    Run the command line and exit with its code.

    The process is short-lived and may hold a million records, with no cycles among them. To look for some, or to take
    them apart one by one at the end, would be a fifth of a large run: the operating system takes all of it at once.
    """
    gc.disable()
    try:
        import signal  # noqa: PLC0415  (from here on an interruption ends in order)

        signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as with Ctrl-C: leave nothing behind
        code = _main()
    except KeyboardInterrupt:  # before any command had begun, so there is nothing to tell
        code = 130
    os._exit(code)


def _main() -> int:
    """Load the program, which takes as long as anything that it does for a small school, and run it."""
    from sdssync import streams  # noqa: PLC0415  (an interruption while it is loaded is one, too)
    from sdssync.cli import main  # noqa: PLC0415

    code = main()
    streams.flush()
    return code


if __name__ == "__main__":
    run()
