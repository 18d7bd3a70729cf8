"""What a command line can say about logs; apart from `logs`, so that help and usage need not load a logging library."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class LogFormat(StrEnum):
    """How log lines look on stderr; a log file always holds JSON."""

    AUTO = "auto"
    """Console text on a terminal, else JSON."""
    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """Where log lines go and how they look."""

    format: LogFormat = LogFormat.AUTO
    file: Path | None = None
    level: int = logging.INFO
    """The least level on stderr; a log file has INFO and what is worse, whatever stderr has."""
    color: bool = True
