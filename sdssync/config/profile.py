"""One SDS profile, as the rest of the program works with it."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sdssync.config.classes import ClassTables, GroupTables
from sdssync.config.safety import ProfileSafety
from sdssync.config.template import Template
from sdssync.config.upload import ProfileUpload
from sdssync.sds.formats import SdsFormat

EXPIRY_NOTICE = 21
"""Days before the expiry from which it is worth a warning."""


def is_wildcard(address: str) -> bool:
    """Return True if the address of an extra teacher can match several."""
    return "*" in address or "?" in address


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """An organisation below the school, to which the people and classes of a profile belong."""

    id: str
    """The sourcedId."""
    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    One SDS profile: which part of the school goes where, and how it is written.

    A combined profile is one set made of the sets of other profiles, its parts: it has no rows of its own, and its
    years are those of all parts.
    """

    name: str
    file: Path
    format: SdsFormat
    year_groups: tuple[int, ...]
    suffix: str
    output: Path | None
    """Absolute; None: a part that publishes nothing by itself."""
    output_as_written: str
    """"" if there is none."""
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
    safety: ProfileSafety = field(default_factory=ProfileSafety)
    classes: ClassTables = field(default_factory=ClassTables)
    groups: GroupTables | None = None
    """None: only teaching sets make classes."""
    org: Org | None = None
    """None: everything belongs to the school."""
    upload: ProfileUpload | None = None
    """None: the set is published, and not handed over."""
    combined: "tuple[Profile, ...]" = ()
    """The parts of a combined profile, by name; (): it is not one."""

    @property
    def folder(self) -> Path:
        """
        The output folder of a profile that publishes a set.

        Raises:
            ValueError: it has none.
        """
        if self.output is None:
            raise ValueError(self.name)
        return self.output

    @property
    def destination(self) -> ProfileUpload:
        """
        Where a set goes that is handed over to SDS.

        Raises:
            ValueError: it is not handed over.
        """
        if self.upload is None:
            raise ValueError(self.name)
        return self.upload

    @property
    def parts(self) -> "tuple[Profile, ...]":
        """The profiles whose rows make the set: its parts, or itself."""
        return self.combined or (self,)

    @property
    def last_day(self) -> date | None:
        """The last day on which it runs, a combined profile no longer than its parts; None: it never expires."""
        days = [part.expires for part in self.combined]
        of_parts = max((day for day in days if day), default=None) if all(days) else None
        return min((day for day in (self.expires, of_parts) if day), default=None)

    def has_expired(self, today: date) -> bool:
        """Return True if the last day on which the profile runs is over."""
        return self.last_day is not None and today > self.last_day

    def awaits_pupils(self, today: date) -> bool:
        """Return True if new classes, of the profile or of a part, get their teachers only on a day."""
        return any(part.classes.pupils_from and today < part.classes.pupils_from for part in self.parts)

    def on(self, today: date) -> "Profile":
        """Return the profile as it is on a day: without the parts that have expired."""
        return replace(self, combined=tuple(part for part in self.combined if not part.has_expired(today)))
