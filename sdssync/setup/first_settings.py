"""The text of a first `sdssync.toml`, with comments, which tomli-w cannot write."""

from collections.abc import Mapping
from typing import Any

import tomli_w

from sdssync.config.schema import IsamsSection, PathsSection, SchoolSection
from sdssync.config.section import Section
from sdssync.config.settings import PLACEHOLDER_ID, PLACEHOLDER_NAME

_TABLES: Mapping[str, type[Section]] = {"school": SchoolSection, "isams": IsamsSection, "paths": PathsSection}

_INSTALLATION = r"""
The installation of sdssync. Every relative path counts from the folder of this file.
Write paths with a backslash in single quotes: 'C:\SDS\csv'.

The school as SDS is to know it. include_names = true only when SDS creates the users.
"""
_SOURCE = """
Where the data come from. The key is in a file of its own, or in an environment variable:
api_key_env = "ISAMS_API_KEY". Instead of url and key: file = "recorded.xml".
"""
_FOLDERS = """
The folder of the profiles has one file for each SDS profile: `sdssync new NAME` writes one.
In the state folder sdssync keeps its own files and the last document that was downloaded.
"""
KEY_FILE = "secrets/isams.key"
"""Where the first settings look for the API key."""


def settings_text(school_id: str | None = None, name: str | None = None, url: str | None = None) -> str:
    """Return the text of a first settings file: above each table is a comment about it, what is None is a default."""
    school = SchoolSection.model_construct(id=school_id or PLACEHOLDER_ID, name=name or PLACEHOLDER_NAME)
    isams = IsamsSection.model_construct(url=url or "https://isams.myschool.example", api_key_file=KEY_FILE)
    parts = (
        (_INSTALLATION, {"school": school.model_dump(exclude={"type"})}),
        (_SOURCE, {"isams": isams.model_dump(exclude_none=True)}),
        (_FOLDERS, {"paths": PathsSection().model_dump()}),
    )
    return "\n".join(_commented(comment, values) for comment, values in parts)


def _commented(comment: str, values: Mapping[str, Any]) -> str:
    """Return one table of the settings below a comment, with the description of each key after it."""
    above = "".join(f"# {line}".rstrip() + "\n" for line in comment.strip().split("\n"))
    [name] = values
    fields = _TABLES[name].model_fields
    lines = tomli_w.dumps(values).splitlines()
    for index, line in enumerate(lines):
        if field := fields.get(line.partition(" = ")[0]):
            lines[index] = f"{line:<40} # {field.description}"
    return above + "\n".join(lines) + "\n"


def toml_line(key: str, value: str) -> str:
    """Return one key with its value, as a line of TOML without its end."""
    return tomli_w.dumps({key: value}).rstrip()
