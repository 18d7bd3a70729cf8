"""
What a class that a set lacks was made of, and which classes that is in now.

The manifest of the former set says what its classes were made of. Without that, a class is known by every id that it
has now or had then: the settings of that set say how ids were made.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sdssync.config.classes import GroupTables, Merge
from sdssync.config.effective import EffectiveProfile
from sdssync.publish.manifest import ClassSources
from sdssync.roster.candidates import candidate_classes, template_values
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.combine import Part, unite
from sdssync.roster.group_classes import group_class_id
from sdssync.roster.merges import find_sets
from sdssync.roster.sources import ClassKind
from sdssync.safety.presence import SourceRef, source_ref


class FormerClasses:
    """The teaching sets and groups of a document by the ids of the classes that they make, or once made."""

    def __init__(self, parts: Sequence[Part], before: EffectiveProfile | None, made_of: ClassSources) -> None:
        self._parts = parts
        self._before = before
        self._made_of = made_of
        self._roll = parts[0].selection.roll

    def things(self, class_id: str) -> Sequence[SourceRef]:
        """Return what of the document a class was made of; (): nothing."""
        for kind, classes in self._made_of.items():
            if class_id in classes:
                things = (source_ref(kind, source_id) for source_id in classes[class_id])
                return tuple(thing for thing in things if thing in self._present)
        return self._things.get(class_id, ())

    def now(self, things: Sequence[SourceRef]) -> Iterator[CandidateClass]:
        """Yield the classes that are made of these today, whether they stay in the set or not."""
        for thing in things:
            yield from self._now.get(thing, ())

    def is_taken(self, things: Sequence[SourceRef]) -> bool:
        """Return True if a part takes any of these sets, be it without a list."""
        return any(thing in self._taken for thing in things)

    @cached_property
    def _present(self) -> frozenset[SourceRef]:
        sets = ((ClassKind.SET, teaching_set.id) for teaching_set in self._roll.school.teaching_sets)
        groups = ((ClassKind(followed.group.kind), followed.group.id) for followed in self._roll.groups)
        return frozenset((*sets, *groups))

    @cached_property
    def _things(self) -> Mapping[str, Sequence[SourceRef]]:
        found: defaultdict[str, dict[SourceRef, None]] = defaultdict(dict)
        for class_id, thing in self._ids():
            found[class_id][thing] = None
        return {class_id: tuple(things) for class_id, things in found.items()}

    def _ids(self) -> Iterator[tuple[str, SourceRef]]:
        """Yield each id with what it is, or was, made of."""
        before = self._before
        patterns = [(part.profile.class_id, part.profile.suffix) for part in self._parts]
        patterns = [*dict.fromkeys((*patterns, *(before.class_ids() if before else ())))]
        for teaching_set in self._roll.school.teaching_sets:
            thing = ClassKind.SET, teaching_set.id
            yield teaching_set.id, thing
            for template, suffix in patterns:
                yield template.render(**template_values(teaching_set, self._roll, suffix)), thing
        for merge, suffix in self._merges():
            for teaching_set in find_sets((merge,), self._roll.school.teaching_sets)[0].sets:
                yield merge.id.render(suffix=suffix), (ClassKind.SET, teaching_set.id)
        for tables, suffix in self._groups():
            for followed in self._roll.groups:
                group = followed.group
                yield group_class_id(tables, group, suffix), (ClassKind(group.kind), group.id)

    def _merges(self) -> Iterator[tuple[Merge, str]]:
        for part in self._parts:
            yield from ((merge, part.profile.suffix) for merge in part.profile.classes.merges)
        yield from self._before.merges() if self._before else ()

    def _groups(self) -> Iterator[tuple[GroupTables, str]]:
        for part in self._parts:
            if part.profile.groups:
                yield part.profile.groups, part.profile.suffix
        yield from self._before.groups() if self._before else ()

    @cached_property
    def _now(self) -> Mapping[SourceRef, Sequence[CandidateClass]]:
        made: defaultdict[SourceRef, list[CandidateClass]] = defaultdict(list)
        for candidate in candidate_classes(self._parts, unite([part.selection for part in self._parts])):
            source = candidate.made_of
            for source_id in source.ids:
                made[source_ref(source.kind, source_id)].append(candidate)
        return made

    @cached_property
    def _taken(self) -> frozenset[SourceRef]:
        return frozenset(
            (ClassKind.SET, teaching_set.id) for part in self._parts for teaching_set in part.selection.teaching_sets
        )
