"""What is left out of a CSV set and why: the reasons, in the order in which they are applied."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sdssync.roster.identifiers import order
from sdssync.school import Pupil, Teacher


class Kind(StrEnum):
    """What a row is about."""

    USER = "user"
    CLASS = "class"
    ENROLLMENT = "enrollment"


class Reason(StrEnum):
    """Why a row is left out."""

    # users
    PUPIL_WITHOUT_EMAIL = "pupil_without_email"
    TEACHER_WITHOUT_EMAIL = "teacher_without_email"
    USER_WITHOUT_ID = "user_without_id"
    DUPLICATE_USER = "duplicate_user"
    USER_WITHOUT_NAME = "user_without_name"
    DUPLICATE_USERNAME = "duplicate_username"
    EXTRA_TEACHER_NOT_FOUND = "extra_teacher_not_found"
    # classes
    CLASS_WITHOUT_PUPILS = "class_without_pupils"
    CLASS_WITHOUT_TITLE = "class_without_title"
    DUPLICATE_CLASS = "duplicate_class"
    # users and classes
    VALUE_WITH_LINE_BREAK = "value_with_line_break"
    VALUE_TOO_LONG = "value_too_long"
    # classes
    CLASS_TOO_SMALL = "class_too_small"
    # enrollments; the first two reasons of users and `duplicate_username` apply too
    PUPIL_OUTSIDE_YEAR_GROUPS = "pupil_outside_year_groups"
    PUPIL_NOT_CURRENT = "pupil_not_current"
    TEACHER_NOT_CURRENT = "teacher_not_current"
    USER_OMITTED = "user_omitted"
    CLASS_OMITTED = "class_omitted"
    DUPLICATE_ENROLLMENT = "duplicate_enrollment"
    GROUP_OWNER_NOT_CURRENT = "group_owner_not_current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """A row that iSAMS-SDS.ps1 would have written (or, for a pupil without e-mail, printed) and that is left out."""

    reason: Reason
    kind: Kind
    id: str
    """Of the user or the class; of an enrollment, that of the user."""
    class_id: str = ""
    """Of an enrollment only."""
    title: str = ""
    """Of a class only."""
    part: str = ""
    """The profile: of the class, of a user the first that takes the person."""
    person: Pupil | Teacher | None = None
    """Of a user only: the record in iSAMS, if there is one."""


_KINDS = {kind: number for number, kind in enumerate(Kind)}
_REASONS = {reason: number for number, reason in enumerate(Reason)}


def sorted_omissions(omissions: Iterable[Omission]) -> tuple[Omission, ...]:
    """Put omissions into their fixed order: users, classes, enrollments; by reason; by ids; by names."""
    return tuple(sorted(omissions, key=_position))


def _position(omission: Omission) -> tuple[object, ...]:
    person = omission.person
    names = (person.surname, person.forename) if person else ()
    year = person.year if isinstance(person, Pupil) else ""
    return _KINDS[omission.kind], _REASONS[omission.reason], order(omission.class_id), order(omission.id), names, year


def contains_line_break(*values: str) -> bool:
    """Return True if one of the values does not fit on one line, as SDS wants it."""
    return any("\n" in value or "\r" in value for value in values)


LONGEST_VALUE = 8_192
"""Characters of a cell: a row of them is still far shorter than the longest line that the validator reads."""


def is_too_long(*values: str) -> bool:
    """Return True if one of the values is longer than any that a school means."""
    return any(len(value) > LONGEST_VALUE for value in values)
