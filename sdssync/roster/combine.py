"""
Put the parts of a set together: what each part takes of the school, in which organisation, and who comes from where.

Every set is made of parts, and most have one. A part says which pupils and sets it takes, and their titles and ids;
what is left out is judged over the whole. The order of the parts means nothing: they are given by name.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdssync.config.profile import Org, Profile
from sdssync.roster.groups import unite_groups
from sdssync.roster.identifiers import order
from sdssync.roster.selection import Selection, Unlisted
from sdssync.school import Pupil, Teacher

Person = Pupil | Teacher | Unlisted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A profile whose rows are in a set, and what it takes of the school."""

    profile: Profile
    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origins:
    """Which parts of a set take a person."""

    parts: tuple[Part, ...]
    _pupils: Mapping[Pupil, Sequence[Profile]] = field(default_factory=dict)
    _staff: Mapping[str, Sequence[Profile]] = field(default_factory=dict)
    """By id, or by the address of an extra teacher whom iSAMS does not have."""

    def of(self, person: Person) -> Sequence[Profile]:
        """Return the parts that take a pupil, or in whose classes or sets a teacher is; one at least."""
        if len(self.parts) == 1:
            return (self.parts[0].profile,)
        if isinstance(person, Pupil):
            return self._pupils[person]
        return self._staff[person.id if isinstance(person, Teacher) else person.address]

    @property
    def orgs(self) -> tuple[Org, ...]:
        """Return the organisations of the parts, each once, by sourcedId."""
        orgs = {part.profile.org.id: part.profile.org for part in self.parts if part.profile.org}
        return tuple(orgs[org_id] for org_id in sorted(orgs, key=order))


def trace_origins(parts: Sequence[Part]) -> Origins:
    """Return who comes from which part."""
    if len(parts) == 1:
        return Origins(parts=tuple(parts))
    pupils: defaultdict[Pupil, list[Profile]] = defaultdict(list)
    staff: defaultdict[str, list[Profile]] = defaultdict(list)
    for part in parts:
        for pupil in part.selection.pupils:
            pupils[pupil].append(part.profile)
        for key in part.selection.staff_ids | dict.fromkeys(part.selection.extra_teacher_ids):
            staff[key].append(part.profile)
    return Origins(parts=tuple(parts), _pupils=pupils, _staff=staff)


def unite(selections: Sequence[Selection]) -> Selection:
    """Return what several parts take together, each pupil and set once, in the order of the school."""
    if len(selections) == 1:
        return selections[0]
    school = selections[0].roll.school
    pupils = {pupil for selection in selections for pupil in selection.pupils}
    taken = {id(teaching_set) for selection in selections for teaching_set in selection.teaching_sets}
    return Selection(
        roll=selections[0].roll,
        pupils=tuple(pupil for pupil in school.pupils if pupil in pupils),
        teaching_sets=tuple(teaching_set for teaching_set in school.teaching_sets if id(teaching_set) in taken),
        extra_teachers=_extra_teachers(selections),
        groups=unite_groups([selection.groups for selection in selections]),
    )


def _extra_teachers(selections: Sequence[Selection]) -> tuple[Teacher | Unlisted, ...]:
    """Return the extra teachers of all parts; one whom an earlier part lists is not listed again by a later one."""
    listed: list[Teacher | Unlisted] = []
    for selection in selections:
        known = {teacher if isinstance(teacher, Teacher) else teacher.address for teacher in listed}
        listed += [
            teacher
            for teacher in selection.extra_teachers
            if (teacher if isinstance(teacher, Teacher) else teacher.address) not in known
        ]
    return tuple(listed)
