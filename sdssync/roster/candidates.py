"""
The classes that a CSV set could have, each with its id, its title and what it is made of.

There is a class for each teaching set of the chosen years and subjects that has someone on its list.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sdssync.config.profile import Profile
from sdssync.config.template import Values
from sdssync.errors import SourceMalformedError
from sdssync.roster.combine import Part
from sdssync.roster.roll import Roll
from sdssync.roster.selection import Selection
from sdssync.roster.sources import ClassKind, Source
from sdssync.school import Teacher, TeachingSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateClass:
    """A class that would have a row."""

    id: str
    title: str
    part: Profile
    """The profile that makes it, with its titles and ids."""
    made_of: Source
    owners: tuple[str, ...]
    """Staff ids of what it is made of."""
    extra: tuple[str, ...]
    """User ids of the extra teachers."""
    is_repeated: bool = False
    """An earlier record of iSAMS has the same id: iSAMS-SDS.ps1 has no row for this one."""

    @property
    def teachers(self) -> tuple[str, ...]:
        """Return the user ids of its teachers, of one set as often as iSAMS-SDS.ps1 writes them."""
        teachers = (*self.owners, *self.extra)
        return teachers if self.made_of.kind is ClassKind.SET else tuple(dict.fromkeys(teachers))


MOST_ENROLLMENTS = 5_000_000
"""More than SDS takes by far. Sets that share a list, or teachers of every class, multiply to any number."""


def candidate_classes(parts: Sequence[Part], whole: Selection) -> tuple[CandidateClass, ...]:
    """
    Return the classes of the parts of a set, given what these take together, and also those that repeat an id.

    One teaching set that two parts take makes a class for each.

    Raises:
        SourceMalformedError: there would be more enrollments than any school has.

    """
    first = _first_of_each_id(whole)
    return tuple(_limited(candidate for part in parts for candidate in _set_classes(part, first)))


def _first_of_each_id(selection: Selection) -> dict[str, TeachingSet]:
    """Return the first teaching set of each set id, in the order of the school, of those that have a list."""
    first: dict[str, TeachingSet] = {}
    for teaching_set in selection.teaching_sets:
        if selection.roll.members_of(teaching_set):
            first.setdefault(teaching_set.id, teaching_set)
    return first


def _set_classes(part: Part, first: dict[str, TeachingSet]) -> Iterator[CandidateClass]:
    """Yield a class for each teaching set with a list that a part takes."""
    profile, roll = part.profile, part.selection.roll
    extra = extra_teacher_ids(part)
    for teaching_set in part.selection.teaching_sets:
        source = Source.of_set(teaching_set, roll)
        if source.members:
            values = template_values(teaching_set, roll, profile.suffix)
            yield CandidateClass(
                id=profile.class_id.render(**values),
                title=profile.title.render(**values),
                part=profile,
                made_of=source,
                owners=source.teachers,
                extra=extra,
                is_repeated=first[teaching_set.id] is not teaching_set,
            )


def extra_teacher_ids(part: Part) -> tuple[str, ...]:
    """Return the user ids of the teachers who are in each class of a part."""
    listed = part.selection.extra_teachers
    return tuple(teacher.id if isinstance(teacher, Teacher) else teacher.address for teacher in listed)


def _limited(candidates: Iterable[CandidateClass]) -> Iterator[CandidateClass]:
    """Yield the classes as long as their enrollments are not too many."""
    number = 0
    for candidate in candidates:
        number += len(candidate.owners) + len(candidate.extra)
        number += 0 if candidate.is_repeated else len(candidate.made_of.members)
        if number > MOST_ENROLLMENTS:
            raise SourceMalformedError(
                f"the classes would have more than {MOST_ENROLLMENTS:,} enrollments",
                "look for set ids in iSAMS that are one number, and for a long [teachers] extra in the profile",
            )
        yield candidate


def template_values(teaching_set: TeachingSet, roll: Roll, suffix: str) -> Values:
    """Return what a teaching set offers to the templates."""
    subject = roll.subjects.get(teaching_set.subject_id)
    return Values(
        set_id=teaching_set.id,
        set_code=teaching_set.code,
        set_name=teaching_set.name,
        subject_code=subject.code if subject else "",
        subject_name=subject.name if subject else "",
        year_group=teaching_set.year,
        suffix=suffix,
    )
