"""A call of iSAMS-SDS.ps1, and how one is known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath

from sdssync.setup.powershell.binding import LISTS, SWITCHES, TEXTS, Bound
from sdssync.setup.powershell.cursor import plain_dashes

_SCRIPT = re.compile(r"isams[-_ ]?sds[^\\/]*?(?:\.ps1)?", re.IGNORECASE)
"""What the file of the script is called, also in a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the script."""

    script: str
    """Its file, as far as it is known."""
    bound: Mapping[str, Bound]
    by_file: bool = False
    """True for `-File`: then nothing was evaluated, and each argument is one text."""


def is_script(path: str) -> bool:
    """Return True if a path is that of iSAMS-SDS.ps1."""
    return bool(_SCRIPT.fullmatch(PureWindowsPath(path.replace("/", "\\")).name))


def names_parameter(arguments: Sequence[str]) -> bool:
    """Return True if arguments of another script contain the name of a parameter of this one: it has been renamed."""
    known = {f"-{name}".lower() for name in (*SWITCHES, *TEXTS, *LISTS)} - {"-help"}
    return any(plain_dashes(text).lower().rstrip(":") in known for text in arguments)
