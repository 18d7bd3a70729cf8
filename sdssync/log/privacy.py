"""E-mail addresses are blanked before an event goes anywhere."""

import re
from collections.abc import MutableMapping
from typing import Any

_ADDRESS = re.compile(r"""[^\s"'(),:;<>/\\]+@[^\s"'(),:;<>/\\]*|@[^\s"'(),:;<>/\\]+""")


def blank_addresses(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank everything that looks like an e-mail address: a command line or a path may contain one."""
    return {name: _blanked(value) for name, value in event.items()}


def _blanked(value: object) -> object:
    if isinstance(value, str):
        return _ADDRESS.sub("an address", value) if "@" in value else value
    return [*map(_blanked, value)] if isinstance(value, list) else value
