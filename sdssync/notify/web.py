"""Call an address: the webhook with the status, the heartbeat with nothing. An address is as secret as a password."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sdssync.config.fields import hook_url_fault
from sdssync.config.notify import Hook
from sdssync.config.secret import read_secret
from sdssync.errors import ConfigError
from sdssync.net.failure import Failure
from sdssync.notify.message import Fault, Message

_MAX_BYTES = 1_048_576
"""Of an answer, which is not read by anyone."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What is sent."""

    method: Literal["GET", "POST"]
    body: bytes = b""


def post_json(hook: Hook, message: Message, seconds: float) -> Fault | None:
    """Send the status to the webhook."""
    return _send(hook, _Call("POST", message.status.encode()), seconds)


def call(hook: Hook, seconds: float) -> Fault | None:
    """Call the heartbeat."""
    return _send(hook, _Call("GET"), seconds)


def _send(hook: Hook, wanted: _Call, seconds: float) -> Fault | None:
    """Send a request; any status from 200 to 299 is good."""
    from sdssync.net.deadline import Deadline  # noqa: PLC0415  (the HTTP libraries cost 0.1 s of CPU)
    from sdssync.net.post import Request, send  # noqa: PLC0415
    from sdssync.net.tls import tls_context  # noqa: PLC0415
    from sdssync.net.words import reason  # noqa: PLC0415

    try:
        url = address(hook, os.environ)
    except ConfigError as error:
        return Fault(error.message, error.hint)
    request = Request(
        url=url,
        method=wanted.method,
        body=wanted.body,
        media_type="application/json",
        accept="*/*",
        tls=tls_context(None),
        timeout=seconds,
        max_bytes=_MAX_BYTES,
    )
    with Deadline(seconds) as deadline:
        answer = send(request, deadline, lambda *_: None)
    if isinstance(answer, Failure):
        return Fault(
            f"the request to {request.host} failed: {reason(answer.cause)}",
            f"check {hook.key}, and that the firewall lets this server out",
        )
    if 300 <= answer.status < 400:
        return Fault(
            f"{request.host} redirects, and redirects are not followed", f"write the final address: {hook.key}"
        )
    if not 200 <= answer.status < 300:
        return Fault(f"{request.host} answered with status {answer.status}", f"check {hook.key}")
    return None


def address(hook: Hook, environ: Mapping[str, str]) -> str:
    """
    Return the address, which is as secret as a password.

    Raises:
        ConfigError: its file does not exist, cannot be read, or holds something else.

    """
    if hook.place is None:
        return hook.url or ""
    url = read_secret(hook.place, environ)
    if fault := hook_url_fault(url):
        raise ConfigError(
            f"{hook.place.where} holds something that cannot be called: {fault}",
            "write an address like https://hooks.myschool.example/sds into it, and nothing else",
        )
    return url
