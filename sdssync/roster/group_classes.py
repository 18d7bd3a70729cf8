"""Classes of forms, houses and years: their ids and titles, and those that several parts of a set make together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sdssync.config.classes import GroupTables
from sdssync.config.profile import Org
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.combine import Part
from sdssync.roster.groups import TakenGroup
from sdssync.roster.selection import Selection
from sdssync.roster.sources import ClassKind, Source
from sdssync.school import Group, GroupKind, Pupil

_UNSAFE = re.compile("[^A-Za-z0-9_-]")


def group_classes(parts: Sequence[Part], whole: Selection) -> Iterator[CandidateClass]:
    """
    Yield the classes of the groups that parts of a set take.

    A group has the pupils of all parts that ask for it. Parts that give it one id, title and organisation make one
    class together, with the extra teachers of all of them.
    """
    pupils = {id(taken.followed): taken.pupils for taken in whole.groups}
    made: dict[tuple[int, str, str, Org | None], CandidateClass] = {}
    for part in parts:
        for taken in part.selection.groups:
            candidate = _group_class(part, taken, pupils[id(taken.followed)])
            key = (id(taken.followed), candidate.id, candidate.title, part.profile.org)
            if other := made.get(key):
                candidate = replace(
                    other, extra=(*other.extra, *candidate.extra), also_of=(*other.also_of, part.profile)
                )
            made[key] = candidate
    yield from made.values()


def _group_class(part: Part, taken: TakenGroup, pupils: tuple[Pupil, ...]) -> CandidateClass:
    group, profile = taken.followed.group, part.profile
    if profile.groups is None:
        raise ValueError(profile.name)
    return CandidateClass(
        id=group_class_id(profile.groups, group, profile.suffix),
        title=profile.groups.title.render(**_values(group, profile.suffix)),
        part=profile,
        made_of=_source(taken, pupils),
        owners=taken.followed.owners,
        extra=part.selection.extra_teacher_ids,
        is_repeated=taken.followed.is_repeated,
    )


def group_class_id(tables: GroupTables, group: Group, suffix: str) -> str:
    """Return the class id of a group: characters that an id in a URL may not have become `_`."""
    values = {name: _UNSAFE.sub("_", value) for name, value in _values(group, suffix).items()}
    return tables.class_id.render(**values)


def _values(group: Group, suffix: str) -> dict[str, str]:
    """Return what a group offers to the templates."""
    return {
        "group_kind": group.kind,
        "group_id": group.id,
        "group_name": group.name,
        "group_code": group.code,
        "year_group": _year(group),
        "suffix": suffix,
    }


def _year(group: Group) -> str:
    return group.year if group.kind in (GroupKind.FORM, GroupKind.YEAR) else ""


def _source(taken: TakenGroup, pupils: tuple[Pupil, ...]) -> Source:
    group = taken.followed.group
    return Source(
        kind=ClassKind(group.kind),
        ids=(group.id,),
        code=group.code,
        year=_year(group),
        teachers=taken.followed.owners,
        members=pupils,
        group=group,
    )
