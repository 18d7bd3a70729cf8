"""What would keep a notification from going, as far as it shows without sending one."""

import sys
from collections.abc import Iterator, Mapping
from functools import partial

from sdssync.config.notify import Notify
from sdssync.config.secret import read_secret
from sdssync.errors import ConfigError
from sdssync.notify.command import is_startable
from sdssync.notify.event_log import NO_EVENT_LOG
from sdssync.notify.message import Fault
from sdssync.notify.web import address


def obstacles(notify: Notify, environ: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each program or secret that is not there or cannot be one; nothing is started or sent."""
    if notify.command and not is_startable(notify.command[0], notify.installation):
        yield Fault(
            "the program that notify.command names is not there, or may not be started",
            "write its full path, and let the account of sdssync start it",
        )
    if notify.event_log and sys.platform != "win32":
        yield NO_EVENT_LOG
    readers = [partial(address, hook, environ) for hook in (notify.webhook, notify.heartbeat) if hook]
    if notify.mail and notify.mail.password:
        readers.append(partial(read_secret, notify.mail.password, environ))
    for read in readers:
        try:
            read()
        except ConfigError as error:
            yield Fault(error.message, error.hint)
