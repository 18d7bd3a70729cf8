"""
Events for the log: every module that logs does it through here.

`setup` decides where they go and how they look; until it has run, as in a test, the defaults of structlog apply.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sdssync.log.structlog_without_rich import structlog

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger


def log() -> "BoundLogger":
    """Return the logger; call it where it is used, because the set-up may come after the import."""
    logger: BoundLogger = structlog.get_logger()
    return logger


def bound(**facts: Any) -> AbstractContextManager[None]:
    """Add facts to every event of a block."""
    return structlog.contextvars.bound_contextvars(**facts)
