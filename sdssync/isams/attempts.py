"""When a download is tried again, and how long it waits before that."""

from urllib.parse import urlsplit

from sdssync.config.settings import RemoteSource
from sdssync.isams.failures import FailedAttempt
from sdssync.isams.progress import Progress
from sdssync.log import events
from sdssync.net.pace import Pace

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_LONGEST_FIRST_CONTACT = 6.0
"""Seconds. The last: while a person waits for a server that has never been reached, two attempts fit well into 20 s."""


class Attempts:
    """The attempts of one download, within the time that the settings allow."""

    def __init__(self, source: RemoteSource, pace: Pace, progress: Progress, *, has_reached: bool) -> None:
        """Begin; `has_reached` is True if the server has sent a document before, so that its address is right."""
        self.number = 1
        """Of the present attempt."""
        self._gives_up_soon = progress.is_watched and not has_reached
        self._progress = progress
        self._source = source
        self._pace = pace
        self._started = pace.now()

    @property
    def seconds(self) -> float:
        """The time since the first attempt began."""
        return self._pace.now() - self._started

    @property
    def timeout(self) -> float:
        """The seconds that the present attempt may be without an answer."""
        # one more than is left, so that the deadline ends the attempt and is reported as the cause
        return min(self._source.timeout, self._source.max_seconds - self.seconds + 1)

    @property
    def connect_timeout(self) -> float:
        """The seconds that the present attempt may be without a connection."""
        return min(self.timeout, _LONGEST_FIRST_CONTACT) if self._gives_up_soon else self.timeout

    def wait_after(self, failure: FailedAttempt) -> None:
        """
        Wait for the next attempt.

        The wait doubles from one attempt to the next, up to a minute, with jitter. A server that asks for a longer
        one gets it, as far as there is time.

        Raises:
            SourceError: the failure is permanent, or there is no time for another attempt.

        """
        elapsed = self.seconds
        retry_for = self._source.retry_for
        if failure.is_unreached and self._gives_up_soon:
            retry_for = min(retry_for, _LONGEST_FIRST_CONTACT)
        left = retry_for - elapsed
        doubled = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.number - 1, 10))
        # at most half of the time that is left: the other half is for the download
        asked = min(failure.wait_seconds, (self._source.max_seconds - elapsed) / 2)
        wait = min(left, max(doubled * (0.5 + self._pace.jitter() / 2), asked))
        if not failure.may_pass or left <= 0 or elapsed + wait >= self._source.max_seconds:
            raise failure.error(self.number)
        host, seconds = urlsplit(self._source.url).netloc, round(wait, 1)
        events.log().warning(
            "source.retried", host=host, attempt=self.number, reason=failure.reason, wait_seconds=seconds
        )
        self._progress.wait(failure.reason, wait)
        self._pace.sleep(wait)
        self.number += 1
