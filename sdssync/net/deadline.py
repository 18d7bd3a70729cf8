"""A deadline for a download with all its attempts, which also ends one that receives a byte now and then."""

import socket
import threading
from contextlib import suppress
from typing import Self

LONGEST = 86_400.0
"""Seconds; some systems cannot wait much longer in one call."""


class Deadline:
    """
    Shuts the connection down when time is up, whatever it is waiting for.

    The timeout of a socket starts again with every byte, so a server that sends slowly would never reach it.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(min(seconds, LONGEST), self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Start the timer."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the timer and release the connection."""
        self._timer.cancel()
        self._hold(None)

    def guard(self, connection: socket.socket) -> socket.socket:
        """Guard this connection from now on, instead of an earlier one, and return it."""
        # a duplicate stays valid when TLS takes over the original, or when HTTP closes it before the body is read
        self._hold(connection.dup())
        return connection

    def _hold(self, connection: socket.socket | None) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._socket = connection
            self._shut_down_if_passed()

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            self._shut_down_if_passed()

    def _shut_down_if_passed(self) -> None:
        if self.passed and self._socket is not None:
            with suppress(OSError):  # the server closed it first
                self._socket.shutdown(socket.SHUT_RDWR)
