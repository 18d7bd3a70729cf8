"""
The domain: a school as iSAMS knows it. No SDS words, no XML words, no input or output.

Texts are as iSAMS holds them, with blanks at their ends; a text of white space alone (blank, tab, CR, LF)
and an absent one are both "". Pupils and teachers are compared by identity: `record_of` returns what they hold.
"""

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter


class GroupKind(StrEnum):
    """What a group of pupils is that is not a teaching set."""

    FORM = "form"
    ACADEMIC_HOUSE = "academic-house"
    BOARDING_HOUSE = "boarding-house"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pupil:
    """A current pupil."""

    id: str
    """The number of the pupil's record."""
    school_id: str
    """The number by which the school knows the pupil: the one that goes to SDS."""
    forename: str
    surname: str
    year: str
    """National Curriculum year as iSAMS writes it: "-2" to "14", sometimes blank or odd."""
    email: str
    form: str = ""
    """The id of the form."""
    academic_house_id: str = ""
    boarding_house_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Teacher:
    """A current member of staff; the teaching sets say who teaches."""

    id: str
    forename: str
    surname: str
    email: str
    user_code: str = ""
    """The code by which older fields of iSAMS name a member of staff."""


Record = tuple[object, ...]

_HELD_BY_PUPIL = attrgetter("id", "school_id", "forename", "surname", "year", "email")
_HELD_BY_TEACHER = attrgetter("id", "forename", "surname", "email")


def record_of(person: Pupil | Teacher) -> Record:
    """
    Return what iSAMS holds of a person: two are equal if it gave one record twice, not two people with one id.

    Form, houses and user code are left out: they say where a person belongs, and not who it is.
    """
    return _HELD_BY_PUPIL(person) if isinstance(person, Pupil) else _HELD_BY_TEACHER(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A subject, once for each department that lists it."""

    id: str
    code: str
    name: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingSet:
    """A class of one subject, in one year of the school."""

    id: str
    code: str
    name: str
    subject_id: str
    year: str
    """The year of the set, which need not be the year of each pupil in it."""
    teacher_ids: tuple[str, ...]
    """Of staff, who may no longer be current; one may appear twice."""
    primary_ids: tuple[str, ...] = ()
    """Those of them who are marked as the primary teacher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRef:
    """A member of staff as a group names one, who may no longer be current."""

    staff_id: str = ""
    """The id, which counts where there is one."""
    user_code: str = ""
    """The user code, as older records have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A form, a house or a year, as its own dataset has it; pupils say where they are."""

    kind: GroupKind
    id: str
    name: str
    code: str
    year: str
    """Of a form or a year; "" for a house."""
    owners: tuple[StaffRef, ...]
    """Tutors, or house master and assistant; one may appear twice."""


@dataclass(frozen=True, slots=True)
class Membership:
    """
    The pupils of one teaching set, row by row of its list: everyone named, current or not, as often as named.

    There is one value for each set rather than for each row: a large school has a million rows.
    """

    set_id: str
    """As written in the rows; it means the set of the same number."""
    school_ids: tuple[str, ...]
    pupil_ids: tuple[str, ...] = ()
    """Of the rows that have no school id: the `id` of the pupil, or ""."""

    @property
    def rows(self) -> int:
        """How many rows the list has."""
        return len(self.school_ids) + len(self.pupil_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Everything of one complete document, in its order."""

    pupils: tuple[Pupil, ...]
    teachers: tuple[Teacher, ...]
    subjects: tuple[Subject, ...]
    teaching_sets: tuple[TeachingSet, ...]
    memberships: tuple[Membership, ...]
    groups: tuple[Group, ...] = ()
    """Of the datasets that were asked for."""
