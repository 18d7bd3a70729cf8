"""What the command line asks for, as values."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path


class Mode(Enum):
    """What to do with a CSV set that may be published."""

    PUBLISH = "publish"
    DRY_RUN = "dry run"
    PLAN = "plan"
    """Say what a run would do, and do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run of some or all profiles."""

    run_id: str
    today: date
    """The day from which everything counts that counts days."""
    names: tuple[str, ...] = ()
    """Profiles to run, without regard to case; (): all."""
    mode: Mode = Mode.PUBLISH
    cached: bool = False
    """Use the document that was downloaded last."""
    keep: Path | None = None
    """The folder in which a dry run leaves the generated sets; None: it leaves nothing."""
