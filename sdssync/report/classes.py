"""
The result of `sdssync classes`: what profiles would make, and what they filter, as JSON and as text for people.

Names of owners appear in the text only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sdssync.files.names import printable
from sdssync.report.class_matters import ownerless_classes
from sdssync.report.json_result import json_result
from sdssync.report.matter import LISTED, Matter, matter_lines, more
from sdssync.report.names import counted, legible, name_of, set_words
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, number, table
from sdssync.roster.attention import OwnerlessClass
from sdssync.roster.attribution import PersonRef
from sdssync.roster.filters import FilteredSet, FilterKey
from sdssync.roster.identifiers import order
from sdssync.roster.sources import ClassKind
from sdssync.school import TeachingSet

MOST_CLASSES = 20
"""Classes of one kind that are listed one by one, unless all are asked for; of more there is a line for each year."""
_COLUMNS = (
    Column("Class"),
    Column("Kind", rank=2),
    Column("Year", is_number=True, rank=1),
    Column("Pupils", is_number=True),
    Column("Waiting", is_number=True, rank=3),
    Column("Owners"),
)
KIND_NOUNS = {
    ClassKind.SET: ("set", "sets"),
    ClassKind.MERGED: ("merged class", "merged classes"),
    ClassKind.FORM: ("form", "forms"),
    ClassKind.ACADEMIC_HOUSE: ("academic house", "academic houses"),
    ClassKind.BOARDING_HOUSE: ("boarding house", "boarding houses"),
    ClassKind.YEAR: ("year group", "year groups"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeClass:
    """A class that a profile would make."""

    id: str
    title: str
    kind: ClassKind
    year: str
    """Of the first set, of the form or of the year; "" for a house."""
    owners: tuple[PersonRef, ...]
    pupils: int
    waiting: int
    """Pupils who wait for the day of `pupils_from`."""
    made_of: tuple[str, ...]
    """Ids in iSAMS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileClasses:
    """What one profile would make of the teaching sets and groups of the school."""

    profile: str
    classes: tuple[MadeClass, ...]
    """By kind, year and title."""
    filtered: tuple[FilteredSet, ...]
    ownerless: tuple[OwnerlessClass, ...]


def sort_classes(classes: Sequence[MadeClass]) -> tuple[MadeClass, ...]:
    """Return classes by kind, year and title."""
    kinds = list(ClassKind)
    return tuple(
        sorted(classes, key=lambda made: (kinds.index(made.kind), order(made.year), made.title, order(made.id)))
    )


def classes_json(profiles: Sequence[ProfileClasses]) -> str:
    """Return classes and filtered sets as the documented JSON."""
    return json_result(
        profiles=[
            {
                "profile": found.profile,
                "classes": [_class_shape(made) for made in found.classes],
                "filtered": [_filtered_shape(filtered) for filtered in found.filtered],
            }
            for found in profiles
        ]
    )


def _class_shape(made: MadeClass) -> dict[str, Any]:
    return {
        "id": made.id,
        "title": made.title,
        "kind": made.kind,
        "year": made.year,
        "teachers": len(made.owners),
        "pupils": made.pupils,
        "waiting": made.waiting,
        "made_of": list(made.made_of),
    }


def _filtered_shape(filtered: FilteredSet) -> dict[str, str]:
    teaching_set = filtered.teaching_set
    return {"kind": ClassKind.SET, "id": teaching_set.id, "code": teaching_set.code, "by": filtered.by}


def classes_lines(profiles: Sequence[ProfileClasses], width: int | None, *, everything: bool) -> Iterator[Line]:
    """Yield for each profile its classes as a table, those without owner, and which sets each key filters."""
    for position, found in enumerate(profiles):
        if position:
            yield Line("")
        yield Line(printable(f"{found.profile}: {_totals(found.classes)}"), "bold")
        if found.classes:
            yield from table(_COLUMNS, list(_rows(found.classes, everything=everything)), width)
        for matter in (*ownerless_classes(found.ownerless), *_filtered_matters(found.filtered, everything=everything)):
            yield from matter_lines(matter)


def _totals(classes: Sequence[MadeClass]) -> str:
    """Return how many classes there are, and of which kinds."""
    kinds = Counter(made.kind for made in classes)
    total = counted(len(classes), "class", "classes")
    named = ", ".join(counted(kinds[kind], *KIND_NOUNS[kind]) for kind in ClassKind if kinds[kind])
    return f"{total}: {named}" if named else total


def _rows(classes: Sequence[MadeClass], *, everything: bool) -> Iterator[Row]:
    """Yield a row for each class; of a kind of which there are many, a row for each year."""
    kinds = Counter(made.kind for made in classes)
    years: defaultdict[tuple[ClassKind, str], list[MadeClass]] = defaultdict(list)
    for made in classes:
        years[made.kind, made.year].append(made)
    for (kind, _), of_year in years.items():
        if everything or kinds[kind] <= MOST_CLASSES or len(of_year) == 1:
            yield from map(_class_row, of_year)
        else:
            yield _year_row(of_year)


def _class_row(made: MadeClass) -> Row:
    owners = "; ".join(map(_name, made.owners)) or "no owner"
    waiting = number(made.waiting) if made.waiting else ""
    return Row((legible(made.title), KIND_NOUNS[made.kind][0], made.year, number(made.pupils), waiting, owners))


def _year_row(classes: Sequence[MadeClass]) -> Row:
    """Return the classes of one kind and year as a row: their number, the smallest and the largest, their owners."""
    kind, year = classes[0].kind, classes[0].year
    sizes, waiting = [made.pupils for made in classes], sum(made.waiting for made in classes)
    least, most = number(min(sizes)), number(max(sizes))
    owners = {owner.id for made in classes for owner in made.owners}
    ownerless = sum(not made.owners for made in classes)
    words = counted(len(owners), "owner", "owners") + (f"; {number(ownerless)} without" if ownerless else "")
    title = f"{number(len(classes))} classes{f' of year {year}' if year else ''}"
    pupils = least if least == most else f"{least}-{most}"
    return Row((title, KIND_NOUNS[kind][0], year, pupils, number(waiting) if waiting else "", words))


def _name(owner: PersonRef) -> str:
    return name_of(owner.record) if owner.record else legible(owner.id)


def _code(teaching_set: TeachingSet) -> str:
    return legible(teaching_set.code) or set_words(teaching_set)


def _filtered_matters(filtered: Sequence[FilteredSet], *, everything: bool) -> Iterator[Matter]:
    """Yield the sets that each key of the profile filters."""
    for key in FilterKey:
        sets = [found.teaching_set for found in filtered if found.by is key]
        sets.sort(key=lambda teaching_set: (order(teaching_set.year), teaching_set.code, order(teaching_set.id)))
        short = ", ".join(map(_code, sets[:LISTED])) + more(len(sets) - LISTED, "--all")
        if sets:
            yield Matter(
                what=f"{counted(len(sets), 'set is', 'sets are')} filtered by {key}",
                details=tuple(map(set_words, sets)) if everything else (short,),
            )
