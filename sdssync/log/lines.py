"""Lines that fit a terminal: wrapped at blanks, so that no word is cut."""

import shutil
from textwrap import wrap
from typing import TextIO


def width_of(stream: TextIO) -> int | None:
    """Return how many characters fit on a line of a stream; None if it is not a terminal."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


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
