"""
A small part of a school: some of the pupils, and of everything else what these refer to.

Pupils who are odd come first, for they show more than others: those without an address, and those who share an id or
an address. They are up to half of the pupils that may stay; the rest is taken evenly from the document, first from
pupils who are on the list of a teaching set.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdssync.roster.identifiers import number_or_text
from sdssync.roster.roll import Roll
from sdssync.school import GroupKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Which records stay, by their indexes in the school, of groups within their kind."""

    pupils: frozenset[int]
    staff: frozenset[int]
    teaching_sets: frozenset[int]
    groups: Mapping[GroupKind, frozenset[int]]
    subjects: frozenset[str]
    """The ids."""
    set_numbers: frozenset[int | str]
    """The numbers of the teaching sets."""
    gone_school_ids: frozenset[str]
    """Of pupils who do not stay; everyone else on a list does, current or not."""
    gone_ids: frozenset[str]

    def has_row(self, set_id: str, school_id: str, pupil_id: str) -> bool:
        """Return True if a row of a set list stays."""
        gone = school_id in self.gone_school_ids if school_id else pupil_id in self.gone_ids
        return number_or_text(set_id) in self.set_numbers and not gone


def choose_excerpt(roll: Roll, years: Collection[int], most: int | None) -> Excerpt:
    """Return the part of a school with the pupils of some years, () for all, and at most so many of them."""
    school = roll.school
    indexes = [index for index, pupil in enumerate(school.pupils) if not years or number_or_text(pupil.year) in years]
    if most is not None and len(indexes) > most:
        indexes = _spread(indexes, roll, most)
    chosen = frozenset(indexes)
    pupils = frozenset(school.pupils[index] for index in chosen)
    set_indexes = frozenset(
        index
        for index, teaching_set in enumerate(school.teaching_sets)
        if any(member in pupils for member in roll.members_of(teaching_set))
    )
    sets = [school.teaching_sets[index] for index in set_indexes]
    groups = [followed for followed in roll.groups if not pupils.isdisjoint(followed.pupils)]
    staff = {staff_id for teaching_set in sets for staff_id in teaching_set.teacher_ids}
    staff.update(staff_id for followed in groups for staff_id in followed.owners)
    taken = frozenset(index for index, teacher in enumerate(school.teachers) if teacher.id in staff)
    gone = [pupil for index, pupil in enumerate(school.pupils) if index not in chosen]
    return Excerpt(
        pupils=chosen,
        staff=taken or frozenset({0}),  # a document without any staff is not complete
        teaching_sets=set_indexes,
        groups=_indexes_by_kind(roll, {id(followed) for followed in groups}),
        subjects=frozenset(teaching_set.subject_id for teaching_set in sets),
        set_numbers=frozenset(number_or_text(teaching_set.id) for teaching_set in sets),
        gone_school_ids=frozenset(pupil.school_id for pupil in gone) - {pupil.school_id for pupil in pupils},
        gone_ids=frozenset(pupil.id for pupil in gone) - {pupil.id for pupil in pupils},
    )


def _indexes_by_kind(roll: Roll, taken: Collection[int]) -> Mapping[GroupKind, frozenset[int]]:
    """Return the indexes of groups, given by their `id()`, within their kinds."""
    met: Counter[GroupKind] = Counter()
    indexes: dict[GroupKind, set[int]] = {kind: set() for kind in GroupKind}
    for followed in roll.groups:
        kind = followed.group.kind
        if id(followed) in taken:
            indexes[kind].add(met[kind])
        met[kind] += 1
    return {kind: frozenset(found) for kind, found in indexes.items()}


def _spread(indexes: Sequence[int], roll: Roll, most: int) -> list[int]:
    """Return so many of the indexes: up to half of them of odd pupils, those who share something one after another."""
    pupils = roll.school.pupils
    shared_ids = _shared(pupils[index].school_id for index in indexes)
    shared_addresses = _shared(pupils[index].email.strip().lower() for index in indexes)

    def oddity(index: int) -> tuple[str, str] | None:
        pupil = pupils[index]
        address = pupil.email.strip().lower()
        if pupil.school_id in shared_ids:
            return "id", pupil.school_id
        return ("address", address) if not address or address in shared_addresses else None

    odd = sorted((place, index) for index in indexes if (place := oddity(index)))
    chosen = {index for _, index in odd[: most // 2]}
    listed = {member for teaching_set in roll.school.teaching_sets for member in roll.members_of(teaching_set)}
    for is_listed in (True, False):
        others = [index for index in indexes if index not in chosen and (pupils[index] in listed) is is_listed]
        chosen.update(_evenly(others, most - len(chosen)))
    return sorted(chosen)


def _evenly(indexes: Sequence[int], number: int) -> Iterator[int]:
    """Yield so many of the indexes, or all if they are fewer, with the same distance between them."""
    number = min(number, len(indexes))
    return (indexes[place * len(indexes) // number] for place in range(number))


def _shared(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text for text, number in Counter(texts).items() if number > 1)
