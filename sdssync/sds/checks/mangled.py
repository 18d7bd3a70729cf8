"""Recognise ids that a spreadsheet has shortened (F16): 7.98396E+12 for 7983956881051."""

import re
from collections.abc import Collection, Iterable

_MANGLED = re.compile(r"\s*[1-9](?:[.,]\d+)?E\+\d{1,3}\s*|\s*[1-9][.,]\d+E\d{2}\s*", re.IGNORECASE | re.ASCII).fullmatch
_PRECISIONS = range(7)
"""Decimals that a spreadsheet keeps: five by itself, two with its format for scientific numbers."""
_LEAST_DIGITS = 8
"""Digits of the shortest number that is looked up; spreadsheets shorten those of 12 and more."""


def is_mangled(cell: str) -> bool:
    """Return True if a cell is a number as a spreadsheet shortens it."""
    return _MANGLED(cell) is not None


def mangled_among(cells: Collection[str]) -> set[str]:
    """Return the cells that are mangled; fast where there is none, for each of them holds one of three characters."""
    text = "\n".join(cells)
    return set(filter(_MANGLED, cells)) if "+" in text or "." in text or "," in text else set()


def values_of(cells: Iterable[str]) -> set[float]:
    """Return the numbers that mangled cells show."""
    return {float(cell.strip().replace(",", ".")) for cell in cells}


def may_be_one_of(identifier: str, shortened: set[float]) -> bool:
    """Return True if an id becomes one of these numbers when it is shortened."""
    if not shortened or len(identifier) < _LEAST_DIGITS or not identifier.isdecimal():
        return False
    return any(float(f"{float(identifier):.{decimals}E}") in shortened for decimals in _PRECISIONS)
