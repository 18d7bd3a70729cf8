"""One SDS profile, as the rest of the program works with it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sdssync.config.template import Template
from sdssync.sds.formats import SdsFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One SDS profile: which part of the school goes where, and how it is written."""

    name: str
    file: Path
    format: SdsFormat
    year_groups: tuple[int, ...]
    suffix: str
    output: Path
    """Absolute."""
    output_as_written: str
    expires: date | None
    """The last day on which the profile runs."""
    title: Template
    class_id: Template
    parity: bool
    """Row for row what iSAMS-SDS.ps1 1.0.5 writes."""
    include: tuple[str, ...] | None
    """Subject ids as iSAMS writes them; None: all."""
    exclude: tuple[str, ...]
    extra_teachers: tuple[str, ...]
    """Addresses, `*` and `?` are wildcards; in a parity profile they may repeat."""
    select: tuple[str, ...]
    """Beginnings of the codes that count in validation; (): all."""
    ignore: tuple[str, ...]

    def has_expired(self, today: date) -> bool:
        """Return True if the last day on which the profile runs is over."""
        return self.expires is not None and today > self.expires
