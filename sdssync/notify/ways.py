"""Send in all ways at once, each in a thread of its own, and wait for none of them longer than for all together."""

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

from sdssync.config.notify import Notify
from sdssync.notify.command import run_command
from sdssync.notify.event_log import write_event
from sdssync.notify.message import Fault, Message
from sdssync.notify.web import call, post_json

SECONDS = 24.0
"""For each way; with what it takes to end one, it is less than the 30 seconds that all of them may take."""
_GRACE = 4.0
"""Seconds in which a way that is out of time ends its program or its connection."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way, and how to send in it; `send` takes the seconds that there are."""

    name: str
    send: Callable[[float], Fault | None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it ended."""

    way: str
    fault: Fault | None
    """None: it was sent."""


def message_ways(notify: Notify, message: Message) -> list[Way]:
    """Return the ways in which a message goes, in the order of the documentation."""
    ways = []
    if notify.command:
        ways.append(Way("command", partial(run_command, notify.command, notify.installation, message)))
    if notify.webhook:
        ways.append(Way("webhook", partial(post_json, notify.webhook, message)))
    if notify.event_log:
        ways.append(Way("event_log", partial(write_event, message)))
    if notify.mail:
        from sdssync.notify.mail import send_mail  # noqa: PLC0415  (smtplib and TLS cost time that few runs have to spend)

        ways.append(Way("mail", partial(send_mail, notify.mail, message)))
    return ways


def heartbeat_ways(notify: Notify) -> list[Way]:
    """Return the call that says that a run ended without a fault, if one is wanted."""
    return [Way("heartbeat", partial(call, notify.heartbeat))] if notify.heartbeat else []


def deliver(ways: Sequence[Way], seconds: float = SECONDS) -> tuple[Delivery, ...]:
    """Send in all ways at once; one that does not end in time is left to end with the process."""
    attempts = [_Attempt(way, seconds) for way in ways]
    for attempt in attempts:
        attempt.start()
    end = time.monotonic() + seconds + _GRACE
    for attempt in attempts:
        attempt.join(max(0.0, end - time.monotonic()))
    return tuple(Delivery(attempt.way.name, attempt.fault) for attempt in attempts)


class _Attempt(threading.Thread):
    """Sends in one way; `fault` says how that ended, or that it has not."""

    def __init__(self, way: Way, seconds: float) -> None:
        super().__init__(daemon=True)
        self.way = way
        self.fault: Fault | None = Fault(
            f"it took longer than {seconds:g} seconds", "find out why the other side does not answer"
        )
        self._seconds = seconds
        self._context = copy_context()  # so that what it logs has the id of the run

    def run(self) -> None:
        """Send; a bug in one way must not stop the others, nor change how the run ended."""
        try:
            self.fault = self._context.run(self.way.send, self._seconds)
        except Exception as error:  # noqa: BLE001  (its text may hold an address)
            self.fault = Fault(f"a bug in sdssync: {type(error).__name__}", "report it")
