"""
Titles and ids of classes, built from texts and named placeholders.

Not `str.format`: that would also offer attributes, indexes, conversions and format specifications.
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
    """The text is not a template; the message names the offending placeholder and those that are allowed."""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: (text, "") or ("", placeholder), in order."""

    source: str
    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, source: str) -> Self:
        """
        Read a template; `{{` and `}}` mean a brace.

        Raises:
            TemplateError: placeholders that are not among `PLACEHOLDERS`, or single braces; it names all of them.
        """
        tokens = list(_TOKEN.finditer(source))
        if faults := [fault for token in tokens if (fault := _fault(token))]:
            allowed = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise TemplateError(f"{'; '.join(faults)} (allowed: {allowed})")
        return cls(source, tuple(map(_part, tokens)))

    @property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(name for _, name in self.parts if name)

    def render(self, **values: Unpack[Values]) -> str:
        """Return the text with the values in it; braces inside a value have no meaning."""
        given = cast("dict[str, str]", values)
        return "".join([given[name] if name else text for text, name in self.parts])

    def __str__(self) -> str:
        """Return the template as it is written in TOML."""
        return self.source


def _fault(token: re.Match[str]) -> str:
    """Return what is wrong with a token, or ""."""
    if token["stray"]:
        state = "closed" if token["stray"] == "{" else "opened"
        return f"{token['stray']} is not {state}; double it to mean the character"
    if token["name"] is None or token["name"] in PLACEHOLDERS:
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
