"""What of iSAMS a class is made of: a teaching set, sets that are taught together, or a group of pupils."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sdssync.roster.roll import Member
from sdssync.school import Group, TeachingSet


class ClassKind(StrEnum):
    """What a class is made of."""

    SET = "set"
    MERGED = "merged"
    FORM = "form"
    ACADEMIC_HOUSE = "academic-house"
    BOARDING_HOUSE = "boarding-house"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """What of iSAMS a class is made of."""

    kind: ClassKind
    ids: tuple[str, ...]
    """The ids in iSAMS."""
    code: str
    year: str
    teachers: tuple[str, ...]
    """The staff ids of everyone who teaches or leads it, current or not; of a set as often as the set has them."""
    members: tuple[Member, ...]
    """Everyone on its list, or in the group."""
    sets: tuple[TeachingSet, ...] = ()
    """The teaching sets; a group has none."""
    group: Group | None = None
    """The form, house or year; sets have none."""

    @classmethod
    def of_set(cls, teaching_set: TeachingSet, members: tuple[Member, ...]) -> Self:
        """Return a teaching set as what a class is made of, given who is on its list."""
        return cls(
            kind=ClassKind.SET,
            ids=(teaching_set.id,),
            code=teaching_set.code,
            year=teaching_set.year,
            teachers=teaching_set.teacher_ids,
            members=members,
            sets=(teaching_set,),
        )
