"""Lines that fit a terminal: wrapped at blanks, so that no word is cut."""

import os
from textwrap import wrap
from typing import TextIO

_USUAL = 80
"""Characters of a line, if the terminal does not say."""


def width_of(stream: TextIO) -> int | None:
    """Return how many characters fit on a line of a stream; None if it is not a terminal."""
    if not stream.isatty():
        return None
    try:
        of_terminal = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):  # a stream that has no terminal behind it after all
        of_terminal = 0
    set_by_hand = os.environ.get("COLUMNS", "")
    return (int(set_by_hand) if set_by_hand.isdecimal() else 0) or of_terminal or _USUAL


def fit(line: str, width: int | None) -> list[str]:
    """
    Return a line as lines of at most `width` characters; None: as it is.

    What follows is indented by two more. A word that is longer than a line has a line of its own.
    """
    if width is None or len(line) <= width:
        return [line]
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
