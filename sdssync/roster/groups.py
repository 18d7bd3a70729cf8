"""
Groups of a school that are no teaching sets, with their references followed: who is in a form, a house or a year.

A pupil says where they are; the group says who leads it. What a profile takes of a group is the business of others.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdssync.roster.identifiers import number_or_text, order
from sdssync.school import Group, GroupKind, Pupil, School, StaffRef, Teacher

_NONE = ("", "0")
"""What iSAMS writes where there is no form, no house or no tutor."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowedGroup:
    """A group with its references followed."""

    group: Group
    pupils: tuple[Pupil, ...]
    owners: tuple[str, ...]
    """The staff ids of those who lead it, each once; one may not be current."""
    is_repeated: bool
    """An earlier group of the kind has its id, and its year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenGroup:
    """A group as a profile takes it."""

    followed: FollowedGroup
    pupils: tuple[Pupil, ...]
    """Those whom the profile takes; at least one."""


def follow_groups(school: School) -> tuple[FollowedGroup, ...]:
    """Return the groups of a school with their pupils and owners, in their order."""
    if not school.groups:
        return ()
    first: dict[tuple[object, ...], Group] = {}
    for group in school.groups:
        first.setdefault(_identity(group), group)
    pupils = _pupils(school, first.values())
    codes = _staff_by_code(school.teachers)
    return tuple(
        FollowedGroup(
            group=group,
            pupils=tuple(pupils.get(id(first[_identity(group)]), ())),
            owners=tuple(dict.fromkeys(_owners(group.owners, codes))),
            is_repeated=first[_identity(group)] is not group,
        )
        for group in school.groups
    )


def take_groups(
    groups: Iterable[FollowedGroup], kinds: Iterable[GroupKind], pupils: Iterable[Pupil]
) -> tuple[TakenGroup, ...]:
    """Return the groups of these kinds that have any of these pupils."""
    wanted, taken = frozenset(kinds), frozenset(pupils)
    found = (
        TakenGroup(followed=followed, pupils=tuple(pupil for pupil in followed.pupils if pupil in taken))
        for followed in groups
        if followed.group.kind in wanted
    )
    return tuple(group for group in found if group.pupils)


def unite_groups(taken: Sequence[Sequence[TakenGroup]]) -> tuple[TakenGroup, ...]:
    """Return what several profiles take together: each group once, with the pupils of all who ask for it."""
    followed = {id(group.followed): group.followed for groups in taken for group in groups}
    pupils: defaultdict[int, set[Pupil]] = defaultdict(set)
    for group in (group for groups in taken for group in groups):
        pupils[id(group.followed)].update(group.pupils)
    return tuple(
        TakenGroup(followed=group, pupils=tuple(pupil for pupil in group.pupils if pupil in pupils[number]))
        for number, group in followed.items()
    )


def without_record(
    groups: Iterable[FollowedGroup], kinds: Iterable[GroupKind], pupils: Sequence[Pupil]
) -> Iterator[tuple[GroupKind, int]]:
    """Yield how many of these pupils name a group of each kind that has no record; none of a kind: nothing."""
    groups = tuple(groups)
    for kind in sorted(kinds):
        placed = {pupil for followed in groups if followed.group.kind is kind for pupil in followed.pupils}
        named = _NAMED[kind]
        if number := sum(1 for pupil in pupils if named(pupil) is not None and pupil not in placed):
            yield kind, number


def _identity(group: Group) -> tuple[object, ...]:
    """Return what makes a group the same as another one to a pupil: id and year; ids of houses are numbers."""
    is_house = group.kind in (GroupKind.ACADEMIC_HOUSE, GroupKind.BOARDING_HOUSE)
    return group.kind, number_or_text(group.id) if is_house else group.id, number_or_text(group.year)


def _house(identifier: str) -> int | str | None:
    return number_or_text(identifier) if identifier and number_or_text(identifier) != 0 else None


# what a pupil says of a group of a kind; None: nothing. The year 0 is Reception
_NAMED: Mapping[GroupKind, Callable[[Pupil], int | str | None]] = {
    GroupKind.FORM: lambda pupil: pupil.form if pupil.form not in _NONE else None,
    GroupKind.ACADEMIC_HOUSE: lambda pupil: _house(pupil.academic_house_id),
    GroupKind.BOARDING_HOUSE: lambda pupil: _house(pupil.boarding_house_id),
    GroupKind.YEAR: lambda pupil: number_or_text(pupil.year) if pupil.year else None,
}


def _pupils(school: School, groups: Iterable[Group]) -> dict[int, list[Pupil]]:
    """Return the pupils of each group, by its `id()`, in the order of the school."""
    forms, others = _Forms(), defaultdict[tuple[GroupKind, int | str], list[Group]](list)
    for group in groups:
        if group.kind is GroupKind.FORM:
            forms.add(group)
        else:
            others[group.kind, number_or_text(group.year if group.kind is GroupKind.YEAR else group.id)].append(group)
    kinds = {kind for kind, _ in others}
    found: defaultdict[int, list[Pupil]] = defaultdict(list)
    for pupil in school.pupils:
        if form := forms.of(pupil):
            found[id(form)].append(pupil)
        for kind in kinds:
            named = _NAMED[kind](pupil)
            for group in others.get((kind, named), ()) if named is not None else ():
                found[id(group)].append(pupil)
    return found


class _Forms:
    """Forms by what a pupil may call them: the id, else the name."""

    def __init__(self) -> None:
        self._by_id: defaultdict[str, list[Group]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Group]] = defaultdict(list)

    def add(self, form: Group) -> None:
        """Note a form; two have not both id and year in common."""
        self._by_id[form.id].append(form)
        self._by_name[form.name].append(form)

    def of(self, pupil: Pupil) -> Group | None:
        """Return the form of a pupil: of several that the pupil may mean, the one of the pupil's own year."""
        if pupil.form in _NONE:
            return None
        forms = self._by_id.get(pupil.form) or self._by_name.get(pupil.form) or []
        if len(forms) > 1:
            year = number_or_text(pupil.year)
            forms = [form for form in forms if number_or_text(form.year) == year]
        return min(forms, key=lambda form: order(form.id), default=None)


def _staff_by_code(teachers: Iterable[Teacher]) -> Mapping[str, str]:
    """Return the staff id of each user code that one member of the current staff has, without regard to case."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for teacher in teachers:
        if teacher.user_code:
            ids[teacher.user_code.casefold()].add(teacher.id)
    return {code: next(iter(holders)) for code, holders in ids.items() if len(holders) == 1}


def _owners(references: Iterable[StaffRef], codes: Mapping[str, str]) -> Iterator[str]:
    """Yield the staff ids that a group names: by id, else by the user code of one member of the current staff."""
    for reference in references:
        if reference.staff_id not in _NONE:
            yield reference.staff_id
        elif staff_id := codes.get(reference.user_code.casefold()):
            yield staff_id
