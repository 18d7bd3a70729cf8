"""What a text result is made of: lines with a style, which fit a terminal without cutting a word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its style on a terminal in the words of rich."""

    text: str
    style: str = ""


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without styles; each ends with a line break."""
    return "".join(f"{line.text}\n" for line in lines)


def fit(lines: Iterable[Line], width: int | None) -> Iterator[Line]:
    """
    Yield lines of at most `width` characters; None: as they are.

    What follows from a line that is too long is indented by two more. A word that does not fit has a line of its own.
    """
    for line in lines:
        if width is None or len(line.text) <= width:
            yield line
            continue
        text = line.text.lstrip(" ")
        indent = " " * (len(line.text) - len(text))
        parts = wrap(
            text,
            width,
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (Line(part, line.style) for part in parts)
