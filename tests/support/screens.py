"""Show what a person at a terminal sees: a real command on a pseudo-terminal, rendered by a terminal emulator."""

import os
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyte

from tests.support.processes import SECONDS, started

if sys.platform != "win32":
    import fcntl
    import pty
    import termios


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stood on the screen at the end, and how the command ended."""

    exit_code: int
    screen: str


def seen(*arguments: str | Path, folder: Path, columns: int, env: Mapping[str, str] | None = None) -> Seen:
    """Run a command line on a terminal of so many columns, and return its screen with what has scrolled away."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    screen = pyte.HistoryScreen(columns, 50, history=10_000)
    stream = pyte.ByteStream(screen)
    with started(*arguments, folder=folder, env=env, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        with suppress(OSError):  # Linux says so that the last process is gone
            while data := os.read(ours, 65_536):
                stream.feed(data)
        running.wait(SECONDS)
    os.close(ours)
    above = ["".join(line[column].data for column in range(columns)) for line in screen.history.top]
    lines = [line.rstrip() for line in (*above, *screen.display)]
    return Seen(exit_code=running.returncode, screen="\n".join(lines).rstrip() + "\n")
