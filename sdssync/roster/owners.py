"""Who owns the class of a teaching set: all of its teachers, or those who are marked as primary."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sdssync.roster.class_candidate import CandidateClass
from sdssync.school import TeachingSet


def choose_owners(candidates: Sequence[CandidateClass], admits: Callable[[str], bool]) -> tuple[CandidateClass, ...]:
    """Return the classes with the owners whom their profiles ask for, given who of the staff can be enrolled."""
    return tuple(_chosen(candidates, admits))


def _chosen(candidates: Sequence[CandidateClass], admits: Callable[[str], bool]) -> Iterator[CandidateClass]:
    for candidate in candidates:
        sets = candidate.made_of.sets
        if sets and candidate.part.classes.primary_owners:
            primary = (staff_id for teaching_set in sets for staff_id in _primary(teaching_set, admits))
            yield replace(candidate, owners=tuple(primary))
        else:
            yield candidate


def _primary(teaching_set: TeachingSet, admits: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the teachers of a set who are marked, or all if none of the marked can be enrolled."""
    marked = teaching_set.primary_ids
    return marked if any(admits(staff_id) for staff_id in marked) else teaching_set.teacher_ids
