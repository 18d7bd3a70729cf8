"""Run the real command as a process of its own, with pipes or with a terminal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.runs import Ran

if sys.platform != "win32":
    import pty

SECONDS = 120 if sys.platform == "win32" else 30
"""No process of the tests takes this long unless it hangs; under Wine a start alone may take seconds."""


def process(*arguments: str | Path, folder: Path, env: Mapping[str, str] | None = None, **streams: Any) -> Ran:
    """Run a command line in a folder; without stdin, and with pipes unless others are given."""
    with started(*arguments, folder=folder, env=env, **streams) as running:
        out, err = running.communicate(timeout=SECONDS)
    return Ran(exit_code=running.returncode, out=_text(out), err=_text(err))


@contextmanager
def started(
    *arguments: str | Path, folder: Path, env: Mapping[str, str] | None = None, **streams: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command line that Ctrl+C can interrupt; it is killed at the end if it still runs."""
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, **pipes, **streams}
    line = [sys.executable, "-m", "sdssync", *map(str, arguments)]
    with _interruptible(), subprocess.Popen(line, cwd=folder, env={**os.environ, **(env or {})}, **settings) as running:
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let children handle SIGINT: a suite that is started in the background ignores it, and they would inherit that."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def on_terminal(
    *arguments: str | Path, folder: Path, env: Mapping[str, str] | None = None, streams: str = "12", typed: str = ""
) -> Ran:
    """
    Run a command line with a terminal for stdin (0), stdout (1), stderr (2): `out` is what the terminal was shown.

    What is typed waits in the terminal until it is asked for; control characters mean what they mean there.
    """
    ours, theirs = pty.openpty()
    names = (("0", "stdin"), ("1", "stdout"), ("2", "stderr"))
    pipes = {name: theirs for number, name in names if number in streams}
    os.write(ours, typed.encode())
    wide = {"COLUMNS": "200", **(env or {})}
    with started(*arguments, folder=folder, env=wide, **pipes) as running:
        os.close(theirs)
        shown = b"".join(_read(ours))
        piped = b"".join(stream.read() for stream in (running.stdout, running.stderr) if stream)
        running.wait(SECONDS)
    os.close(ours)
    return Ran(exit_code=running.returncode, out=_text(shown).replace("\r\n", "\n"), err=_text(piped))


def _read(terminal: int) -> Iterator[bytes]:
    """Read until the last process that has the terminal open is gone; Linux says so with an error."""
    with suppress(OSError):
        while data := os.read(terminal, 65_536):
            yield data


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8").replace(os.linesep, "\n")


def as_nobody(action: Callable[[], Any]) -> Any:
    """Run an action in a process of an account without rights; give what it returns, which JSON can say."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            os.write(writer, json.dumps(action()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, encoding="utf-8") as said:
        return json.loads(said.read())
