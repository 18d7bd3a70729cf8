"""The JSON documents on stdout: what `run`, `subjects` and `profiles` have in common."""

import json
from typing import Any

VERSION = 1
"""Stays the same while no key changes its meaning; keys may be added."""


def json_result(**content: Any) -> str:
    """Return a documented JSON result as text with a final line break; its first key is the version."""
    return json.dumps({"version": VERSION, **content}, ensure_ascii=False, indent=2) + "\n"
