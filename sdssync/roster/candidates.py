"""
The classes that a CSV set could have, each with its id, its title and what it is made of.

There is a class for each teaching set that the profile takes and that has someone on its list, unless it is merged with
others: then there is one for all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from sdssync.config.template import Values
from sdssync.errors import SourceMalformedError
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.combine import Part
from sdssync.roster.group_classes import group_classes
from sdssync.roster.merges import find_sets, merged_source
from sdssync.roster.roll import Roll
from sdssync.roster.selection import Selection
from sdssync.roster.sources import Source
from sdssync.school import TeachingSet

MOST_ENROLLMENTS = 5_000_000
"""More than SDS takes by far. Sets that share a list, or teachers of every class, multiply to any number."""


def candidate_classes(parts: Sequence[Part], whole: Selection) -> tuple[CandidateClass, ...]:
    """
    Return the classes of the parts of a set, given what these take together, and also those that repeat an id.

    One teaching set that two parts take makes a class for each.

    Raises:
        SourceMalformedError: there would be more enrollments than any school has.

    """
    repeated = _repeated_sets(whole)
    of_sets = (candidate for part in parts for candidate in _set_classes(part, repeated))
    return tuple(_limited(chain(of_sets, group_classes(parts, whole))))


def _repeated_sets(selection: Selection) -> frozenset[int]:
    """Return the `id()` of the teaching sets whose set id an earlier one of the selection has."""
    met = set[str]()
    repeated = set[int]()
    for teaching_set in selection.teaching_sets:
        if teaching_set.id in met:
            repeated.add(id(teaching_set))
        met.add(teaching_set.id)
    return frozenset(repeated)


def _set_classes(part: Part, repeated: frozenset[int]) -> Iterator[CandidateClass]:
    """Yield the classes of the teaching sets that one part takes."""
    profile, roll, extra = part.profile, part.selection.roll, part.selection.extra_teacher_ids
    there = (teaching_set for teaching_set in part.selection.teaching_sets if id(teaching_set) not in repeated)
    merged = find_sets(profile.classes.merges, there)
    taken = {id(teaching_set) for found in merged for teaching_set in found.sets}
    for teaching_set in part.selection.teaching_sets:
        if id(teaching_set) not in taken and (members := roll.members_of(teaching_set)):
            values = template_values(teaching_set, roll, profile.suffix)
            yield CandidateClass(
                id=profile.class_id.render(**values),
                title=profile.title.render(**values),
                part=profile,
                made_of=Source.of_set(teaching_set, members),
                owners=teaching_set.teacher_ids,
                extra=extra,
                is_repeated=id(teaching_set) in repeated,
            )
    for found in merged:
        if found.sets and (source := merged_source(found.sets, roll)).members:
            yield CandidateClass(
                id=found.merge.id.render(suffix=profile.suffix),
                title=found.merge.title.render(suffix=profile.suffix),
                part=profile,
                made_of=source,
                owners=source.teachers,
                extra=extra,
            )


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
