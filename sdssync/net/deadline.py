"""A deadline for a whole download, which holds against a server that trickles. What is downloaded is not known here."""

import socket
import threading
from contextlib import suppress
from typing import Self

LONGEST = 86_400.0
"""Seconds; some systems cannot wait much longer in one go."""


class Deadline:
    """
    Cuts the connection when time is up, whatever is being waited for.

    The time-outs of a socket begin anew with every byte, so a server that trickles would never meet one.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(min(seconds, LONGEST), self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Let the time run."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the clock and let go of the connection."""
        self._timer.cancel()
        self._hold(None)

    def over(self, line: socket.socket) -> socket.socket:
        """Guard this connection from now on, in place of an earlier one."""
        # a duplicate stays valid when TLS takes over the original, or when HTTP closes it before the body is read
        self._hold(line.dup())
        return line

    def _hold(self, line: socket.socket | None) -> None:
        with self._lock:
            if self._line is not None:
                self._line.close()
            self._line = line
            self._cut()

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            self._cut()

    def _cut(self) -> None:
        if self.passed and self._line is not None:
            with suppress(OSError):  # the server was faster
                self._line.shutdown(socket.SHUT_RDWR)
