"""The clock of requests that may be repeated, and how they wait."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The clock of some requests, and how they wait between attempts."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """A number from 0 to 1, new each time, so that schools do not all come back in the same second."""
