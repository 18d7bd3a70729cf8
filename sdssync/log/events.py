"""
Events for the log: the one door to structlog, which the rest of the package goes through.

Where they go and how they look is set up in `logs`; until then, as in a test, structlog's own defaults hold.
"""

import sys
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["bound", "log", "structlog"]

if TYPE_CHECKING:
    import structlog
elif "rich" in sys.modules:
    structlog = import_module("structlog")
else:
    # structlog loads rich for tracebacks that we never print: a tenth of a short run. None says "not installed".
    sys.modules["rich"] = None
    structlog = import_module("structlog")
    del sys.modules["rich"]


def log() -> "structlog.stdlib.BoundLogger":
    """Give what takes events; obtained where it is used, for the set-up may come after the import."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger


def bound(**facts: Any) -> AbstractContextManager[None]:
    """Add facts to every event of a block."""
    return structlog.contextvars.bound_contextvars(**facts)
