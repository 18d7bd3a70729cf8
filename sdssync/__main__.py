"""`python -m sdssync` and the console script."""

import gc
import os
from contextlib import suppress


def run() -> None:
    """
    Run the command line and exit with its code.

    The process is short-lived and may hold a million records without cycles. Searching them for cycles, or freeing
    them one by one at the end, would take a fifth of a large run, so the garbage collector is off and `os._exit` leaves
    all of it to the operating system. An `atexit` handler would therefore not run; streams are flushed here.
    """
    gc.disable()
    code = 130  # interrupted before any command has begun
    with suppress(KeyboardInterrupt):
        _handle_termination()
        from sdssync.cli import streams  # noqa: PLC0415  (loading takes a while and may be interrupted)
        from sdssync.cli.commands import main  # noqa: PLC0415

        code = main()
        streams.flush()
    os._exit(code)


def _handle_termination() -> None:
    """
    Handle what ends a process like Ctrl+C, so that clean-up runs; what is ignored stays ignored.

    On Windows SIGBREAK is Ctrl+Break, a console that is closed, and the end of a session: for these two Windows leaves
    a few seconds.
    """
    import signal  # noqa: PLC0415

    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP, and no other system has SIGBREAK
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


if __name__ == "__main__":
    run()
