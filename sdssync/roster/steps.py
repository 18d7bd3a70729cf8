"""The way of a person or a class into a set as values: steps, each of which passes or ends the way, with its facts."""

from dataclasses import dataclass
from enum import StrEnum

from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.omissions import Reason
from sdssync.school import Group, Pupil, Teacher, TeachingSet


class StepKind(StrEnum):
    """What a step is about, in the order of the way from the document to the set."""

    NOT_CURRENT = "not_current"
    """No current pupil, member of staff or entry of the profile has the id."""
    YEAR = "year"
    """The year of a pupil or a set, and whether a part takes it."""
    DUTY = "duty"
    """A member of staff who teaches no set, leads no group and is no extra teacher."""
    SET_LIST = "set_list"
    TEACHER = "teacher"
    EXTRA_TEACHER = "extra_teacher"
    GROUP = "group"
    """In a form, a house or a year; of staff: leads one."""
    FILTER = "filter"
    EMPTY = "empty"
    """No one is on the set list, or no pupil of the group is taken."""
    MERGE = "merge"
    OMISSION = "omission"
    OWNERS = "owners"
    """The profile asks for the primary teachers only."""
    WAITING = "waiting"
    """The pupils wait for the day of `pupils_from`."""


class Role(StrEnum):
    """What someone is in a class, in the words of SDS."""

    STUDENT = "student"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way."""

    kind: StepKind
    passes: bool
    """False: the way ends here."""
    part: str = ""
    """The profile whose file decides, of a combined set the part."""
    key: str = ""
    """Of that file."""
    value: str = ""
    """What is judged: a year, a subject id, a set code, the id of a set or a group in iSAMS; a day."""
    number: int = 0
    """How many rows, sets or groups."""
    reason: Reason | None = None
    ids: tuple[str, ...] = ()
    """The sets of a merge, the user who has the same username, the numbers by which a set list names a pupil."""


Thing = TeachingSet | Group
"""What of iSAMS can make a class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Who:
    """Someone who is asked for, by the id that SDS would have."""

    id: str
    records: tuple[Pupil | Teacher, ...] = ()
    """In iSAMS: more than one if it gives a record twice; (): no current one."""

    @property
    def is_pupil(self) -> bool:
        """Return True for a current pupil."""
        return any(isinstance(record, Pupil) for record in self.records)

    def may_be(self, role: Role) -> bool:
        """Return True if the records of the person go with a role."""
        return not self.records or self.is_pupil is (role is Role.STUDENT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """Someone in a class, or on the way to it."""

    who: Who
    role: Role
    things: tuple[Thing, ...]
    candidate: CandidateClass | None
    """The class; None: what it would be made of makes no class."""
    steps: tuple[Step, ...]

    @property
    def is_in(self) -> bool:
        """Return True if the set has the enrollment."""
        return all(step.passes for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonTrace:
    """The way of a person into a set."""

    who: Who
    steps: tuple[Step, ...]
    places: tuple[Place, ...]

    @property
    def is_in(self) -> bool:
        """Return True if the set has the user."""
        return all(step.passes for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassTrace:
    """The way of a class into a set."""

    things: tuple[Thing, ...]
    candidate: CandidateClass | None
    """None: these make no class."""
    steps: tuple[Step, ...]
    places: tuple[Place, ...] = ()
    """Everyone who is in it, or was on the way to it."""

    @property
    def is_in(self) -> bool:
        """Return True if the set has the class."""
        return all(step.passes for step in self.steps)
