"""TOML with comments, which tomli-w cannot write."""

from collections.abc import Mapping
from typing import Any

import tomli_w

from sdssync.config.schema import IsamsSection, PathsSection, SchoolSection, Section

_TABLES: Mapping[str, type[Section]] = {"school": SchoolSection, "isams": IsamsSection, "paths": PathsSection}


def commented(comment: str, values: Mapping[str, Any]) -> str:
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
