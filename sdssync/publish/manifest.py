"""The manifest of a published set: what is known of it other than its files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from sdssync.config.effective import EffectiveProfile
from sdssync.publish.set_files import SetFiles
from sdssync.roster.classes import EnrolledClass
from sdssync.roster.sources import ClassKind
from sdssync.sds.formats import SdsFormat

ClassSources = Mapping[ClassKind, Mapping[str, tuple[str, ...]]]
"""The classes of a set by kind and id, each with the ids in iSAMS of what it is made of."""


class Origin(StrEnum):
    """Who published a set."""

    RUN = "run"
    APPROVAL = "approval"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """The document from which a set was made, by its counts."""

    taken_at: AwareDatetime
    pupils: int
    staff: int
    teaching_sets: int
    memberships: int
    """Set-list rows."""
    forms: int = 0
    """0, here and below, also if the document was without this dataset."""
    academic_houses: int = 0
    boarding_houses: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of a published set."""

    version: int = 1
    profile: str
    number: int
    day: date
    """The day of the run, from which days are counted (contract, section 6)."""
    published_at: AwareDatetime
    """By the clock of the server, in UTC."""
    run_id: str
    program: str
    """The version of sdssync."""
    origin: Origin = Origin.RUN
    account: str = ""
    """Who approved or restored."""
    reason: str = ""
    format: SdsFormat
    output: str
    """The absolute path of the output folder."""
    files: SetFiles
    effective: EffectiveProfile
    source: SourceFacts
    classes: ClassSources = field(default_factory=dict)
    """Empty: the version that published the set did not keep it yet."""


def class_sources(classes: Iterable[EnrolledClass]) -> ClassSources:
    """Return what the classes of a set are made of."""
    found: dict[ClassKind, dict[str, tuple[str, ...]]] = {}
    for enrolled in classes:
        found.setdefault(enrolled.made_of.kind, {})[enrolled.id] = enrolled.made_of.ids
    return found
