"""What the page shows, as values: every text is ready to be read, and the template only places it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sdssync.report.matter import Matter
from sdssync.report.page.pictures import Bar, Line


class Change(StrEnum):
    """What became of a row since the set with which the page compares."""

    NONE = ""
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a class, or one who has left it."""

    name: str
    change: Change = Change.NONE
    why: str = ""
    """Of one who has left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A class of the set."""

    title: str
    id: str
    kind: str
    year: str
    subject: str
    teachers: tuple[Member, ...]
    pupils: tuple[Member, ...]
    number: int
    """Pupils, without those who have left."""
    todo: str
    change: Change
    """Of the class itself."""

    @property
    def changes(self) -> Sequence[Change]:
        """Return what happened to the class or to anyone in it, each once."""
        people = (*self.teachers, *self.pupils)
        return [change for change in dict.fromkeys((self.change, *(each.change for each in people))) if change]

    @property
    def moves(self) -> str:
        """Return how many people came and went: `+2 −1`."""
        people = (*self.teachers, *self.pupils)
        signs = (("+", Change.ADDED), ("−", Change.REMOVED))
        counts = ((sign, sum(each.change is change for each in people)) for sign, change in signs)
        return " ".join(f"{sign}{number}" for sign, number in counts if number)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person of the set, or one who is left out of it."""

    name: str
    id: str
    role: str
    year: str
    address: str
    classes: str
    """Titles, separated by commas."""
    todo: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """Something that was added, changed or removed."""

    change: Change
    kind: str
    what: str
    year: str
    why: str
    teachers: tuple[Member, ...] = ()
    """Of a class that goes."""
    pupils: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What changed since an earlier set."""

    is_known: bool = True

    since: str
    """With what the page compares, or why it compares with nothing."""
    totals: tuple[str, ...] = ()
    rows: tuple[ChangeRow, ...] = ()
    more: str = ""
    """What is not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """A gate, and how near it is to its limit."""

    name: str
    trips: str
    figures: str
    limit: str
    state: str
    level: str
    """`none`, `some`, `near` or `tripped`."""
    bar: Bar | None
    """None: the gate has no limit to be near to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """All gates of a profile."""

    about: str
    limits: tuple[GateRow, ...]
    stops: tuple[GateRow, ...]
    """Those without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """How much there is of a year or of a subject."""

    label: str
    classes: int
    pupils: int
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The size of a set."""

    years: tuple[SizeRow, ...]
    subjects: tuple[SizeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """What a rule of SDS found."""

    code: str
    title: str
    number: int
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """Something that happened to a profile."""

    at: str
    what: str
    generation: str
    counts: tuple[str, str, str]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was published when."""

    lines: tuple[Line, ...]
    rows: tuple[HistoryRow, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPart:
    """The set that the document gives."""

    sizes: Sizes
    classes: tuple[ClassRow, ...]
    people: tuple[PersonRow, ...]
    left_out: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How large a set is."""

    of: str
    """Of which set; "" where the outcome says so."""
    users: str
    classes: str
    enrollments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePage:
    """Everything about one profile."""

    name: str
    anchor: str
    outcome: str
    is_grave: bool
    why: str
    mistakes: tuple[str, ...]
    published: str
    counts: tuple[Counts, ...]
    """Of the published set and of the new one, as far as there are such sets."""
    findings: tuple[FindingRow, ...]
    changed: Changed
    gates: Gates
    history: History
    content: SetPart | None
    """None: there is no set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    school: str
    written: str
    source: str
    audience: str
    warning: str
    """What is wrong with the audit, from which the history comes; "" if nothing is."""
    matters: tuple[Matter, ...]
    years: tuple[str, ...]
    subjects: tuple[str, ...]
    profiles: tuple[ProfilePage, ...]
