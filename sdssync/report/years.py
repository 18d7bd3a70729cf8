"""Year groups as people write them: `7-13`, `-2-0, 7`."""

from collections.abc import Iterable, Iterator


def years_text(years: Iterable[int]) -> str:
    """Return years as ranges, such as `--years` takes them."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in _ranges(years))


def _ranges(years: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of years."""
    first = last = None
    for year in sorted(set(years)):
        if first is None or last is None:
            first = last = year
        elif year == last + 1:
            last = year
        else:
            yield first, last
            first = last = year
    if first is not None and last is not None:
        yield first, last
