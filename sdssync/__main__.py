"""`python -m sdssync` and the console script."""

import gc
import os
from contextlib import suppress


def run() -> None:
    """
    Run the command line and exit with its code.

    The process is short-lived and may hold a million records, with no cycles among them. To look for some, or to take
    them apart one by one at the end, would be a fifth of a large run: the operating system takes all of it at once.
    """
    gc.disable()
    code = 130  # an interruption before any command has begun leaves nothing to tell
    with suppress(KeyboardInterrupt):
        _end_in_order()
        from sdssync.cli import streams  # noqa: PLC0415  (loading takes a while, and may be interrupted, too)
        from sdssync.cli.commands import main  # noqa: PLC0415

        code = main()
        streams.flush()
    os._exit(code)


def _end_in_order() -> None:
    """Take an order to end like Ctrl-C, so that nothing is left behind; one that is to be ignored stays so."""
    import signal  # noqa: PLC0415

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


if __name__ == "__main__":
    run()
