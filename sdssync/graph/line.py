"""
The line to Microsoft: one request at a time, repeated while that may help, each answer as a value.

An answer with a status that will not change is returned, for only the step that asked knows what it means.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdssync.errors import UploadError
from sdssync.log import events
from sdssync.net.deadline import Deadline
from sdssync.net.failure import UNREACHED, Cause, Failure, status_may_pass
from sdssync.net.oauth import json_object
from sdssync.net.pace import Pace
from sdssync.net.post import Answer, Request, send
from sdssync.net.words import reason, sentence

TIMEOUT = 60.0
"""Seconds without an answer."""
SECONDS = 300.0
"""For one request with its answer: a piece of a file over a slow line."""
MAX_BYTES = 8 << 20
"""Of an answer."""
NEXT_RUN = "the next run takes it up again; if it still fails then, look at the health page of Microsoft 365"

_ATTEMPTS = 4
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 120.0
"""Seconds. A server that asks for a longer wait gets it from the next run."""
_REFUSED_FOR_NOW = frozenset({429, 503})
"""With these statuses nothing has been done: even what may happen only once can be repeated."""

_CHECK_PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the proxy in the system settings"
_LET_OUT = "check that the firewall lets this server out to Microsoft 365, port 443"
_HINTS = {
    Cause.PROXY_SETTING: _CHECK_PROXY,
    Cause.PROXY_UNREACHABLE: _CHECK_PROXY,
    Cause.PROXY_REFUSED: _CHECK_PROXY,
    Cause.CERTIFICATE: "if a proxy inspects the traffic, add its CA certificate to the system, or name it in [upload] "
    "ca_file",
    Cause.NAME_NOT_FOUND: "check the DNS of this server",
    Cause.NO_CONNECTION: _LET_OUT,
    Cause.NO_ANSWER: _LET_OUT,
    Cause.TLS: _LET_OUT,
}


class AnswerLostError(UploadError):
    """A request may have been carried out or not: the connection ended before the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server of Microsoft answered, after as many attempts as made sense."""

    host: str
    status: int
    content: Mapping[str, Any] = field(repr=False)
    """The JSON object; {} if there is none."""
    headers: Mapping[str, str] = field(repr=False)
    redirected_to: str = ""
    wait_seconds: float = 0.0
    attempts: int = 1

    @property
    def request_id(self) -> str:
        """The number under which Microsoft's support finds the request; "" without one."""
        found = self.headers.get("request-id") or self.headers.get("x-ms-request-id") or ""
        return found if re.fullmatch("[0-9A-Za-z-]{1,64}", found) else ""

    @property
    def code(self) -> str:
        """The code of an error: letters, digits and underscores; "" without one."""
        error = self.content.get("error")
        code = error.get("code") if isinstance(error, dict) else error
        code = code if isinstance(code, str) else self.headers.get("x-ms-error-code", "")
        return code if re.fullmatch("[0-9A-Za-z_.]{1,80}", code) else ""

    @property
    def advice(self) -> str:
        """What to do about a refusal that no step has words of its own for."""
        if self.code:
            return "look the code up in docs/upload.md, or quote the request-id to Microsoft's support"
        return "find out which proxy or firewall is between this server and Microsoft; if there is none, update sdssync"

    @property
    def summary(self) -> str:
        """Status, code, attempts and request id, for a message."""
        parts = [f"status {self.status}", self.code, f"after {self.attempts} attempts" if self.attempts > 1 else ""]
        number = f"request-id {self.request_id}" if self.request_id else ""
        return ", ".join(part for part in (*parts, number) if part)


class Line:
    """The way to the servers of Microsoft."""

    def __init__(self, tls: ssl.SSLContext, pace: Pace) -> None:
        self.tls = tls
        self.pace = pace

    def ask(self, request: Request, *, is_repeatable: bool = True, pause: float = 0.0) -> Reply:
        """
        Send a request until there is an answer that will not change, or no attempt is left.

        `pause` is the shortest time between two attempts, in seconds.

        Raises:
            AnswerLostError: it must not be sent twice, and whether it was carried out is not known.
            UploadError: there is no answer.

        """
        number = 1
        while True:
            found = self._once(request, number)
            if isinstance(found, Failure):
                if not is_repeatable and found.cause not in UNREACHED:
                    raise AnswerLostError(sentence(found), NEXT_RUN)
                if not found.may_pass or number == _ATTEMPTS:
                    raise _no_answer(found, number)
                self._wait(request.host, number, reason(found.cause), pause)
            else:
                may_pass = status_may_pass(found.status)
                if may_pass and not is_repeatable and found.status not in _REFUSED_FOR_NOW:
                    raise AnswerLostError(f"{found.host} answered with {found.summary}", NEXT_RUN)
                if not may_pass or number == _ATTEMPTS or found.wait_seconds > _LONGEST_WAIT:
                    return found
                self._wait(request.host, number, f"status {found.status}", max(pause, found.wait_seconds))
            number += 1

    def _once(self, request: Request, number: int) -> Reply | Failure:
        body = bytearray()
        with Deadline(SECONDS) as deadline:
            answer = send(request, deadline, lambda chunk, _: body.extend(chunk))
        if isinstance(answer, Failure):
            return answer
        return _reply(answer, request.host, json_object(bytes(body)), number)

    def _wait(self, host: str, number: int, why: str, asked: float) -> None:
        """Wait as long as the server asks, and at least twice as long as the last time, with jitter."""
        doubled = _FIRST_WAIT * 2 ** (number - 1)
        seconds = round(max(asked, doubled * (0.5 + self.pace.jitter() / 2)), 1)
        events.log().warning("upload.retried", host=host, attempt=number, reason=why, wait_seconds=seconds)
        self.pace.sleep(seconds)


def _reply(answer: Answer, host: str, content: Mapping[str, Any], number: int) -> Reply:
    return Reply(
        host=host,
        status=answer.status,
        content=content,
        headers=answer.headers,
        redirected_to=answer.redirected_to,
        wait_seconds=answer.wait_seconds,
        attempts=number,
    )


def _no_answer(failure: Failure, attempts: int) -> UploadError:
    after = f", after {attempts} attempts" if attempts > 1 else ""
    return UploadError(sentence(failure) + after, _HINTS.get(failure.cause, NEXT_RUN))
