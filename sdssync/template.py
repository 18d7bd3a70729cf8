"""
Titles and ids of classes, made of texts and named placeholders.

Not `str.format`: that would also offer attributes, indexes, conversions and format specifications, and would read the
template anew for each of a hundred thousand classes.
"""

import re
from dataclasses import dataclass
from typing import Self, TypedDict, Unpack, cast


class Values(TypedDict):
    """What a class offers to a template."""

    set_id: str
    set_code: str
    set_name: str
    subject_code: str
    subject_name: str
    year_group: str
    suffix: str


PLACEHOLDERS = tuple(Values.__annotations__)

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|(?P<stray>[{}])|[^{}]+")


class TemplateError(ValueError):
    """The text is no template; the message names the offending placeholder and those that are allowed."""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: (text, "") or ("", placeholder), in order."""

    source: str
    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, source: str) -> Self:
        """
        Read a template; `{{` and `}}` stand for a brace.

        Raises:
            TemplateError: a placeholder that is not one of `PLACEHOLDERS`, or a brace without its partner.
        """
        return cls(source, tuple(_part(token) for token in _TOKEN.finditer(source)))

    def render(self, **values: Unpack[Values]) -> str:
        """Put the values in; braces inside a value mean nothing."""
        given = cast("dict[str, str]", values)
        return "".join([given[name] if name else text for text, name in self.parts])

    def __str__(self) -> str:
        """The template as it is written in TOML."""
        return self.source


def _part(token: re.Match[str]) -> tuple[str, str]:
    """Turn one token into a part."""
    allowed = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    name = token["name"]
    if name in PLACEHOLDERS:
        return "", name
    if name is not None:
        raise TemplateError(f"no placeholder is called {{{_shortened(name)}}} (allowed: {allowed})")
    if token["stray"]:
        raise TemplateError(
            f"{token['stray']} has no partner; write it twice to mean the character (allowed placeholders: {allowed})"
        )
    text = token[0]
    return ("{" if text == "{{" else "}" if text == "}}" else text), ""


def _shortened(name: str) -> str:
    """Make an unknown name fit into a message of one line."""
    text = "".join(character if character.isprintable() else "?" for character in name)
    return text if len(text) <= 30 else text[:29] + "\N{HORIZONTAL ELLIPSIS}"
