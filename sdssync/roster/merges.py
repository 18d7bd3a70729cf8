"""
Sets that are taught together make one class: `[[classes.merge]]` of a profile.

A merge sees the teaching sets that its profile takes. One of the listed sets is enough to make the class, so that it
stays the same when the other goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sdssync.config.classes import Merge
from sdssync.roster.identifiers import number_or_text
from sdssync.roster.roll import Member, Roll
from sdssync.roster.sources import ClassKind, Source
from sdssync.school import Pupil, TeachingSet

_ID = "id:"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedSets:
    """A merge with the sets that are there."""

    merge: Merge
    found: tuple[tuple[TeachingSet, ...], ...]
    """For each entry the sets that it means, in the order of the school; a set is in one merge only, and once."""

    @property
    def sets(self) -> tuple[TeachingSet, ...]:
        """Return the sets in the order of the entries."""
        return tuple(teaching_set for sets in self.found for teaching_set in sets)


def find_sets(merges: Sequence[Merge], teaching_sets: Iterable[TeachingSet]) -> tuple[MergedSets, ...]:
    """Return the merges with those of the sets that they name, by code without regard to case, or by number."""
    index = _Index(teaching_sets if merges else ())
    return tuple(
        MergedSets(merge=merge, found=tuple(index.take(reference) for reference in merge.sets)) for merge in merges
    )


class _Index:
    """Teaching sets by what a merge may call them."""

    def __init__(self, teaching_sets: Iterable[TeachingSet]) -> None:
        self._sets: defaultdict[int | str | tuple[str], list[TeachingSet]] = defaultdict(list)
        self._taken: set[int] = set()
        for teaching_set in teaching_sets:
            self._sets[(teaching_set.code.casefold(),)].append(teaching_set)
            self._sets[number_or_text(teaching_set.id)].append(teaching_set)

    def take(self, reference: str) -> tuple[TeachingSet, ...]:
        """Return the sets that an entry means, and that no entry before it has taken."""
        is_id = reference[: len(_ID)].lower() == _ID
        key = number_or_text(reference[len(_ID) :]) if is_id else (reference.casefold(),)
        found = tuple(item for item in self._sets.get(key, ()) if id(item) not in self._taken)
        self._taken.update(map(id, found))
        return found


def merged_source(sets: Sequence[TeachingSet], roll: Roll) -> Source:
    """Return sets as what one class is made of; the year is that of the first, everyone is in it once."""
    return Source(
        kind=ClassKind.MERGED,
        ids=tuple(teaching_set.id for teaching_set in sets),
        code=" and ".join(teaching_set.code for teaching_set in sets if teaching_set.code),
        year=sets[0].year,
        teachers=tuple(dict.fromkeys(staff_id for teaching_set in sets for staff_id in teaching_set.teacher_ids)),
        members=_once(member for teaching_set in sets for member in roll.members_of(teaching_set)),
        sets=tuple(sets),
    )


def _once(members: Iterable[Member]) -> tuple[Member, ...]:
    """Return everyone once; of a person who is not a current pupil only the number is known."""
    first: dict[Pupil | str, Member] = {}
    for member in members:
        first.setdefault(member if isinstance(member, Pupil) else member.school_id, member)
    return tuple(first.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulEntry:
    """An entry of a merge that means no set, or several that may have nothing to do with each other."""

    merge: int
    """Which merge of the profile: an index, as is `entry`."""
    entry: int
    sets: tuple[TeachingSet, ...]
    """Several, of different subjects or years; (): the profile takes none."""
    is_in_document: bool


def doubtful_entries(merges: Sequence[Merge], taken: Iterable[TeachingSet], roll: Roll) -> Iterator[DoubtfulEntry]:
    """Yield the entries of merges that need a look, given the sets that the profile takes."""
    in_school = find_sets(merges, roll.school.teaching_sets)
    for number, merged in enumerate(find_sets(merges, taken)):
        for entry, sets in enumerate(merged.found):
            if not sets or len({(item.subject_id, item.year) for item in sets}) > 1:
                known = bool(in_school[number].found[entry])
                yield DoubtfulEntry(merge=number, entry=entry, sets=sets, is_in_document=known)
