"""A clock that tests move: waiting takes no time."""

import time
from dataclasses import dataclass, field

from sdssync.net.pace import Pace


@dataclass(slots=True)
class Clock:
    """The time in seconds since 1970, which passes only while something waits."""

    time: float = field(default_factory=time.time)
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return the time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once; none at all is no wait."""
        self.waits += [seconds] if seconds else []
        self.time += seconds

    @property
    def pace(self) -> Pace:
        """Return a pace that waits by this clock, with the same jitter each time."""
        return Pace(now=self.now, sleep=self.sleep, jitter=lambda: 0.5)
