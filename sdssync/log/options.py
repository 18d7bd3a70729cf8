"""What a command line can say about logs. Loads no logging library, so that help and usage errors stay cheap."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class LogFormat(StrEnum):
    """How log lines look on stderr; a log file always holds JSON."""

    AUTO = "auto"
    """On a terminal warnings and errors in plain words, or with `-v` console lines; else JSON."""
    JSON = "json"
    CONSOLE = "console"
    """Every event on a line, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """Where log lines go and how they look."""

    format: LogFormat = LogFormat.AUTO
    file: Path | None = None
    level: int = logging.INFO
    """The lowest level on stderr; a log file always has INFO and above."""
    color: bool = True
