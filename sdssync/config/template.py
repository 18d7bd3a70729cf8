"""
Titles and ids of classes, built from texts and named placeholders.

Not `str.format`: that would also offer attributes, indexes, conversions and format specifications.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypedDict


class Values(TypedDict):
    """What the class of a teaching set offers to a template."""

    set_id: str
    set_code: str
    set_name: str
    subject_code: str
    subject_name: str
    year_group: str
    suffix: str


class GroupValues(TypedDict):
    """What the class of a form, a house or a year offers to a template."""

    group_kind: str
    group_id: str
    group_name: str
    group_code: str
    year_group: str
    suffix: str


PLACEHOLDERS = tuple(Values.__annotations__)
"""Of the class of a teaching set."""
GROUP_PLACEHOLDERS = tuple(GroupValues.__annotations__)
MERGE_PLACEHOLDERS = ("suffix",)
"""Of a class that several teaching sets make together."""

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|(?P<stray>[{}])|[^{}]+")


class TemplateError(ValueError):
    """The text is not a template; the message names the offending placeholder and those that are allowed."""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: (text, "") or ("", placeholder), in order."""

    source: str
    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, source: str, placeholders: Sequence[str] = PLACEHOLDERS) -> Self:
        """
        Read a template; `{{` and `}}` mean a brace.

        Raises:
            TemplateError: placeholders that are not among the given ones, or single braces; it names all of them.
        """
        tokens = list(_TOKEN.finditer(source))
        if faults := [fault for token in tokens if (fault := _fault(token, placeholders))]:
            allowed = " ".join(f"{{{name}}}" for name in placeholders)
            raise TemplateError(f"{'; '.join(faults)} (allowed: {allowed})")
        return cls(source, tuple(map(_part, tokens)))

    @property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(name for _, name in self.parts if name)

    def render(self, **values: str) -> str:
        """Return the text with the values in it; braces inside a value have no meaning."""
        return "".join([values[name] if name else text for text, name in self.parts])

    def __str__(self) -> str:
        """Return the template as it is written in TOML."""
        return self.source


def literal(text: str) -> str:
    """Return the source of a template that means a text as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _fault(token: re.Match[str], placeholders: Sequence[str]) -> str:
    """Return what is wrong with a token, or ""."""
    if token["stray"]:
        state = "closed" if token["stray"] == "{" else "opened"
        return f"{token['stray']} is not {state}; double it to mean the character"
    if token["name"] is None or token["name"] in placeholders:
        return ""
    return f"no placeholder is called {{{_shortened(token['name'])}}}"


def _part(token: re.Match[str]) -> tuple[str, str]:
    """Turn one token into a part."""
    if token["name"] is not None:
        return "", token["name"]
    text = token[0]
    return ("{" if text == "{{" else "}" if text == "}}" else text), ""


def _shortened(name: str) -> str:
    """Make an unknown name fit into a message of one line."""
    text = "".join(character if character.isprintable() else "?" for character in name)
    return text if len(text) <= 30 else text[:29] + "\N{HORIZONTAL ELLIPSIS}"
