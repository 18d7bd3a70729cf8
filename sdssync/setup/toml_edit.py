"""
Change values of a TOML file and keep everything else: comments, order, blanks, quotes and line ends.

A file whose style tomlkit would not keep is refused, and so is a result that says anything else than it should.
"""

import tomllib
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array, InlineTable, Item, String

from sdssync.errors import ConfigError

Path = tuple[str | int, ...]
"""Where a value is, like ("safety", "freeze", 0, "from")."""
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class TomlText:
    """The text of a TOML file, in which values can be changed."""

    def __init__(self, text: str, displayed: str) -> None:
        """
        Read a text that is valid TOML.

        Raises:
            ConfigError: its style cannot be kept.

        """
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._text = text.removeprefix(_BOM)
        self._displayed = displayed
        self._expected: dict[str, Any] = deepcopy(tomllib.loads(self._text))
        try:
            self._document = tomlkit.parse(self._text)
            if tomlkit.dumps(self._document) != self._text:
                _pad_inline_tables(self._document)
            is_kept = tomlkit.dumps(self._document) == self._text
        except TOMLKitError:
            is_kept = False
        if not is_kept:
            raise self._refusal()

    def set(self, path: Path, value: str | date) -> None:
        """Change a value that is there."""
        *above, key = path
        table: Any = self._document
        for name in above:
            table = table[name]
        old: Item = table[key]
        new = _string(value, old) if isinstance(value, str) else tomlkit.date(value.isoformat())
        for name in ("indent", "comment_ws", "comment", "trail"):
            setattr(new.trivia, name, getattr(old.trivia, name))
        table[key] = new
        self._expect(path, value)

    def add(self, key: str, value: str, comment: str, after: Sequence[str]) -> None:
        """Add a text with a comment at the top level, after the first of the named keys that is there."""
        item = tomlkit.string(value)
        item.comment(comment)
        line_end = "\r\n" if "\r\n" in self._text else "\n"
        item.trivia.trail = line_end
        anchor = next((name for name in after if name in self._document), None)
        if anchor is None:
            self._document.add(key, item)
        else:
            last: Any = self._document.item(anchor)
            if not last.trivia.trail:  # the last line of the file, without an end
                last.trivia.trail, item.trivia.trail = line_end, ""
            self._document._insert_after(anchor, key, item)  # noqa: SLF001  (an added key would follow all comments)
        self._expect((key,), value)

    def finished(self) -> str:
        """
        Return the text with the changes.

        Raises:
            ConfigError: it would say something else as well.

        """
        text = tomlkit.dumps(self._document)
        try:
            is_right = tomllib.loads(text) == self._expected
        except tomllib.TOMLDecodeError:
            is_right = False
        if not is_right:
            raise self._refusal()
        return self._bom + text

    def _expect(self, path: Path, value: str | date) -> None:
        *above, key = path
        table: Any = self._expected
        for name in above:
            table = table[name]
        table[key] = value

    def _refusal(self) -> ConfigError:
        return ConfigError(
            f"{self._displayed} cannot be changed without losing its style",
            "change this file by hand, with the values that are shown for the others",
        )


def _string(value: str, old: Item) -> String:
    """Return a text in the quotes of another one, if it can be in them."""
    is_literal = old.as_string().startswith("'") and "'" not in value and "\n" not in value
    return tomlkit.string(value, literal=is_literal)


def _pad_inline_tables(item: Any) -> None:
    """Put a blank before the bracket that closes an inline table: tomlkit drops it when it reads one."""
    if isinstance(item, InlineTable):
        key, last = item.value.body[-1] if item.value.body else (None, None)
        if key is not None and isinstance(last, Item):
            last.trivia.trail = " "
    if isinstance(item, AbstractTable | tomlkit.TOMLDocument):
        for value in item.values():
            _pad_inline_tables(value)
    elif isinstance(item, Array | list):
        for value in item:
            _pad_inline_tables(value)
