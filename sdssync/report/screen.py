"""What a text result is made of: lines with a style, which fit a terminal without cutting a word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sdssync.log import lines as log_lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its style on a terminal in the words of rich."""

    text: str
    style: str = ""


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without styles; each ends with a line break."""
    return "".join(f"{line.text}\n" for line in lines)


def fit(lines: Iterable[Line], width: int | None) -> Iterator[Line]:
    """Yield lines of at most `width` characters, each with the style of the line that it is a part of."""
    for line in lines:
        yield from (Line(part, line.style) for part in log_lines.fit(line.text, width))
