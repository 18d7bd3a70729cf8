"""Small pictures as values: the shape of a bar, and that of a line through counts. The template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 320, 96
"""Of a line, in the units of its own picture."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 4, 8, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar whose full length is 100."""

    length: str

    @classmethod
    def of(cls, part: float, whole: float) -> "Bar":
        """Return how much of a whole a part is, at most all of it; a part that is there can be seen."""
        share = min(part / whole, 1.0) if whole > 0 else 0.0
        return cls(f"{max(share * 100, 1.0 if part > 0 else 0.0):.1f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Counts over time: a count stays until the next one."""

    title: str
    words: str
    """What the picture shows, for those who do not see it."""
    path: str
    dots: tuple[tuple[str, str, str], ...]
    """Each with x, y and what it is."""
    highest: str
    lowest: str
    first: str
    last: str


def line(title: str, points: Sequence[tuple[datetime, int]]) -> Line:
    """Return the line through counts at their times, one at least, the oldest first."""
    times, counts = [at.timestamp() for at, _ in points], [count for _, count in points]
    xs = [_place(time, times[0], times[-1], _LEFT, WIDTH - _RIGHT) for time in times]
    ys = [_place(count, max(counts), min(counts), _TOP, HEIGHT - _BOTTOM) for count in counts]
    steps = "".join(f"H{x:.1f}V{y:.1f}" for x, y in zip(xs[1:], ys[1:], strict=True))
    days = [at.strftime("%Y-%m-%d") for at, _ in points]
    words = f"{title}: {counts[-1]:,} on {days[-1]}"
    if len(points) > 1:
        words += f", {counts[0]:,} on {days[0]}; between {min(counts):,} and {max(counts):,}"
    return Line(
        title=title,
        words=words,
        path=f"M{xs[0]:.1f} {ys[0]:.1f}{steps}",
        dots=tuple(
            (f"{x:.1f}", f"{y:.1f}", f"{day}: {count:,}") for x, y, day, count in zip(xs, ys, days, counts, strict=True)
        ),
        highest=f"{max(counts):,}",
        lowest=f"{min(counts):,}",
        first=days[0],
        last=days[-1],
    )


def _place(value: float, first: float, last: float, start: float, end: float) -> float:
    """Return where between two places a value is; in the middle if all values are alike."""
    if first == last:
        return (start + end) / 2
    return start + (value - first) / (last - first) * (end - start)
