"""Year groups as people write them: `7-13`, `-2-0, 7`."""

from collections.abc import Iterable, Iterator

from sdssync.roster.grades import grade

_YEARS = {grade(str(year)): str(year) for year in range(-2, 15)}


def years_text(years: Iterable[int]) -> str:
    """Return years as ranges, such as `--years` takes them."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in _ranges(years))


def year_of(label: str) -> str:
    """Return the year that a grade of SDS is, as iSAMS has it: "09" is 9; a label that is not one stays as it is."""
    return _YEARS.get(label, label)


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
