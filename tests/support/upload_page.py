"""The table of messages on the page about the hand-over."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "upload.md"
_PLACEHOLDER = re.compile(r"\b(NAME|FILE|HOST|ID|N|A|B)\b")


def is_explained(message: str) -> bool:
    """Return True if a row of the table has a message: by the words in code, where capitals stand for any word."""
    section = _PAGE.read_text(encoding="utf-8").split("## What a failure means")[1].split("### Codes")[0]
    cells = (line.split(" | ")[0] for line in section.splitlines() if line.startswith("| "))
    return any(re.search(pattern, message) for cell in cells for pattern in _patterns(cell))


def _patterns(cell: str) -> list[str]:
    """Return what the alternatives of a cell match; words with `…` between them follow each other."""
    alternatives = re.sub("`, `", "`\n`", cell).splitlines()
    found = (re.findall("`([^`]+)`", words) for words in alternatives)
    return [".*".join(map(_pattern, words)) for words in found if words]


def _pattern(words: str) -> str:
    return _PLACEHOLDER.sub(".+", re.escape(words))
