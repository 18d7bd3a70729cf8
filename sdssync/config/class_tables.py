"""Take over the tables about classes: what one key requires of another, and the values of a valid profile."""

from collections.abc import Iterator, Sequence

from sdssync.config.class_schema import GroupsSection, MergeSection
from sdssync.config.classes import ClassTables, GroupTables, Merge
from sdssync.config.fields import SET_ID
from sdssync.config.mistakes import Mistake, wrong
from sdssync.config.schema import ProfileModel
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, Template, literal
from sdssync.school import GroupKind

_HOUSES = {"academic": GroupKind.ACADEMIC_HOUSE, "boarding": GroupKind.BOARDING_HOUSE}


def class_mistakes(model: ProfileModel | None) -> Iterator[Mistake]:
    """Yield what is wrong between the keys about classes, if each has a value that it may have."""
    if model is None:
        return
    day = model.classes.pupils_from
    if day and model.expires and day > model.expires:
        yield wrong("classes.pupils_from", f"a day on which the profile runs (expires = {model.expires})", day)
    merges = [_merge(section) for section in model.classes.merge or ()]
    yield from _sets_twice(merges)
    yield from _ids_twice(merges, model.suffix)
    if model.groups and not _kinds(model.groups):
        yield Mistake("groups", "expected at least one of forms, houses and year_groups, found none of them")


def classes_of(model: ProfileModel) -> ClassTables:
    """Return what a valid model says about classes."""
    section = model.classes
    return ClassTables(
        exclude=tuple(section.exclude or ()),
        include=None if section.include is None else tuple(section.include),
        min_pupils=section.min_pupils,
        primary_owners=section.owners == "primary",
        pupils_from=section.pupils_from,
        merges=tuple(map(_merge, section.merge or ())),
    )


def groups_of(model: ProfileModel) -> GroupTables | None:
    """Return what a valid model says about groups; None: it asks for none."""
    section = model.groups
    if section is None:
        return None
    return GroupTables(
        kinds=_kinds(section),
        title=Template.parse(section.title, GROUP_PLACEHOLDERS),
        class_id=Template.parse(section.class_id, GROUP_PLACEHOLDERS),
    )


def same_set(text: str) -> str:
    """Return the form in which two sets of a merge are compared: `id:7` and `id:07` are one, and case is nothing."""
    return f"{SET_ID}{int(text.removeprefix(SET_ID))}" if text.startswith(SET_ID) else text.casefold()


def _merge(section: MergeSection) -> Merge:
    title = " and ".join(map(literal, section.sets)) + "{suffix}" if section.title is None else section.title
    return Merge(
        sets=tuple(section.sets),
        title=Template.parse(title, MERGE_PLACEHOLDERS),
        id=Template.parse(section.id, MERGE_PLACEHOLDERS),
    )


def _kinds(section: GroupsSection) -> frozenset[GroupKind]:
    kinds = {_HOUSES[house] for house in section.houses or ()}
    kinds |= {GroupKind.FORM} if section.forms else set()
    kinds |= {GroupKind.YEAR} if section.year_groups else set()
    return frozenset(kinds)


def _sets_twice(merges: Sequence[Merge]) -> Iterator[Mistake]:
    """Yield the sets that an earlier merge has, or that their own has earlier."""
    first: dict[str, int] = {}
    for index, merge in enumerate(merges):
        for position, text in enumerate(merge.sets):
            owner = first.get(same_set(text))
            if owner is not None:
                key = f"classes.merge[{index}].sets[{position}]"
                yield wrong(key, "each set once", text, f"it is in classes.merge[{owner}] already")
            first.setdefault(same_set(text), index)


def _ids_twice(merges: Sequence[Merge], suffix: str) -> Iterator[Mistake]:
    """Yield the merges with the id of an earlier one."""
    first: dict[str, int] = {}
    for index, merge in enumerate(merges):
        owner = first.setdefault(merge.id.render(suffix=suffix), index)
        if owner != index:
            text = f"expected an id of its own, found that of classes.merge[{owner}]"
            yield Mistake(f"classes.merge[{index}].id", text)
