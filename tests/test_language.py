"""The language of sources and pages: words that an administrator would not say, and what to write instead."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.portable

ROOT = Path(__file__).parents[1]

WORDS = {
    r"stands? (already|twice|there|here|beside|behind|between|for themselves)": "is, already appears, appears twice",
    r"(he|it|one|who|which|that|file|header|key|value|cell|name) stands": "is, appears",
    r"(is|are|was|were|be|been) told": "is reported",
    r"tells (what|whether|why|how|that|where|the)": "reports, says",
    r"mend(s|ed|ing)?": "fix",
    r"hampered": "published with problems",
    r"whoever": "the caller, the administrator",
    r"somebody|anybody|nobody|everybody": "the role, no one, everyone",
    r"besides": "also, in addition",
    r"of ours": "our own",
    r"an own": "its own",
    r"(?<!there )(?<!There )(is|are) (?-i:none)": "is not one",
    r"left-?overs?": "files left by an interrupted run",
    r"cut off": "truncated",
    r"an? sign(?!-)|signs": "a character, punctuation",
}
"""Patterns of whole words, and what to write instead (the list in CONTRIBUTING.md)."""

PATTERN = re.compile("|".join(rf"\b(?:{word})\b" for word in WORDS), re.IGNORECASE)

ALLOWED = {
    "tests/test_language.py": "names the words",
    "CONTRIBUTING.md": "names the words",
    "tests/support/script.py": "keeps the texts of the script",
    "CHANGELOG.md": "may quote the word that has gone",
}

SOURCES = sorted(
    path
    for folder in ("sdssync", "tests", "benchmarks", "packaging", "docs", "profiles.d")
    for ending in ("*.py", "*.md", "*.toml")
    for path in (ROOT / folder).rglob(ending)
) + sorted([*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "sdssync.toml"])


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of everything in a file that a person reads: of a program, its comments and strings."""
    if path.suffix != ".py":
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        return
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in {tokenize.COMMENT, tokenize.STRING}:
                yield from enumerate(token.string.splitlines(), token.start[0])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_plain_words(path: Path) -> None:
    """A sentence does without the words of the list."""
    name = path.relative_to(ROOT).as_posix()
    if name in ALLOWED:
        assert PATTERN.search(path.read_text(encoding="utf-8"))
        return

    found = [
        f'{name}:{line}: "{match[0]}": write {instead}'
        for line, text in prose(path)
        for word, instead in WORDS.items()
        for match in re.finditer(rf"\b(?:{word})\b", text, re.IGNORECASE)
    ]

    assert found == []


def test_the_list_is_the_one_in_contributing() -> None:
    """Each word that is looked for is in the list that people read."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = page.partition("## Language")[2]

    for word in (
        "stands",
        "told",
        "mend",
        "hampered",
        "whoever",
        "somebody",
        "besides",
        "of ours",
        "is none",
        "left-over",
    ):
        assert word in rows
