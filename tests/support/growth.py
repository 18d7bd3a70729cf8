"""How the time of a piece of work grows with what it has to do: a ratio, which a slow machine does not change."""

import gc
import sys
import time
from collections.abc import Callable

TIMES = 4
"""How much more the larger piece has to do."""
MOST = 8.0
"""The ratio above which time grows faster than the work: a linear piece has 4, a quadratic one 16."""
_TRIES = 4
_TICK = 0.016 if sys.platform == "win32" else 1e-9
"""Seconds between two readings of the clock of a process, which cannot measure less."""


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """
    Return how many times the CPU time four times the work takes.

    `work` prepares a piece of a size and returns what does it. A disturbance only ever adds time, so the best of
    several tries counts, and the first that is good enough ends them.
    """
    small, large = float("inf"), float("inf")
    for _ in range(_TRIES):
        small, large = min(small, _seconds(work(size))), min(large, _seconds(work(TIMES * size)))
        if large <= MOST * small:
            break
    return max(large, _TICK) / max(small, _TICK)


def _seconds(work: Callable[[], object]) -> float:
    """Return the CPU time without the garbage collector, as the program itself runs."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()
