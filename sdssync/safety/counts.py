"""What each gate counts of the changes from one baseline, and how much of it passes: a function for each gate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sdssync.config.safety import Limit, Safety, allowed
from sdssync.publish.manifest import ClassSources
from sdssync.safety.changes import Changes, KindChanges
from sdssync.safety.csv_set import attended

YEAR_TOLERATED = 5
SMALLEST_CLASS = 5
SMALLEST_YEAR = 3
SMALLEST_KIND = 3
SMALLEST_RENUMBERED = 10


class BaselineName(StrEnum):
    """What a new set is compared with."""

    LAST = "last"
    """The last generation."""
    WINDOW = "window"
    """The set that was published some weeks ago: it sees slow losses."""
    FOLDER = "folder"
    """A set in the output folder that is not the last generation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One baseline with all that a gate may look at."""

    name: BaselineName
    changes: Changes
    last: Changes | None
    """What changes against the last generation; None without one."""
    safety: Safety
    day: date
    changed_keys: tuple[str, ...]
    """Of the effective profile, since this baseline."""
    is_pinned: bool
    open_classes: frozenset[str] = frozenset()
    """The classes whose pupils had to wait for a day, which has come."""
    old_kinds: ClassSources = field(default_factory=dict)
    """The classes of the baseline by kind; empty if its manifest does not say, or if it has none."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a gate counts, and how much of it passes."""

    number: int
    of: int
    passes: Decimal | Fraction | int = 0
    detail: str = ""


Counts = Iterable[Count]


def _passes(limit: Limit | None, of: int, tolerated: Fraction | int) -> Decimal | Fraction | int:
    """Return how many pass: a limit written as a count is taken at its word, a share tolerates a few."""
    if limit is None or isinstance(limit, int):
        return limit or 0
    return max(allowed(limit, of), tolerated)


def removed(kind: str) -> Callable[[Case, Limit | None], Counts]:
    """Return what counts the removed rows of a kind; more than a fifth of them is never tolerated."""

    def counts(case: Case, limit: Limit | None) -> Counts:
        rows: KindChanges[Any] = getattr(case.changes, kind)
        tolerated = min(Fraction(getattr(case.safety.tolerated, kind)), Fraction(rows.before, 5))
        yield Count(len(rows.removed), rows.before, _passes(limit, rows.before, tolerated))

    return counts


def years(case: Case, limit: Limit | None) -> Counts:
    """Count the pupils of each year group who are removed."""
    for grade, pupils in case.changes.lost_pupils.items():
        of = case.changes.pupils_of_grades[grade]
        passes = max(_passes(limit, of, YEAR_TOLERATED), YEAR_TOLERATED)
        yield Count(len(pupils), of, passes, f"year {grade}")


def classes(case: Case, limit: Limit | None) -> Counts:
    """Count the classes of which each loses more than the limit; of so few, no matter how much they lose, none."""
    changes = case.changes
    losing = {class_id: loss for class_id, loss in changes.net_losses.items() if _is_counted(class_id, changes)}
    members = changes.members
    beyond = [class_id for class_id, loss in losing.items() if loss > _passes(limit, members[class_id], 0)]
    worst = max(beyond, key=lambda class_id: Fraction(losing[class_id], members[class_id]), default=None)
    detail = f"the worst: {losing[worst]} of {members[worst]} of class {worst}" if worst is not None else ""
    tolerated = 0 if isinstance(limit, int) else case.safety.tolerated.classes
    yield Count(len(beyond), len(changes.old.classes), tolerated, detail)


def _is_counted(class_id: str, changes: Changes) -> bool:
    return changes.members[class_id] >= SMALLEST_CLASS


def orphaned(case: Case, limit: Limit | None) -> Counts:
    """Count the classes in both sets that had a teacher and have none now."""
    of = case.changes.classes.before
    yield Count(len(case.changes.orphaned_classes), of, _passes(limit, of, case.safety.tolerated.classes))


def usernames(case: Case, limit: Limit | None) -> Counts:
    """Count the users in both sets with another username."""
    of = case.changes.users.before - len(case.changes.users.removed)
    yield Count(len(case.changes.renamed_users), of, _passes(limit, of, case.safety.tolerated.users))


def titles(case: Case, limit: Limit | None) -> Counts:
    """Count the classes in both sets with another title."""
    of = case.changes.classes.before - len(case.changes.classes.removed)
    yield Count(len(case.changes.retitled_classes), of, _passes(limit, of, case.safety.tolerated.classes))


def growth(case: Case, limit: Limit | None) -> Counts:
    """Count what is added of each kind."""
    for kind in ("users", "classes", "enrollments"):
        rows: KindChanges[Any] = getattr(case.changes, kind)
        passes = _passes(limit, rows.before, getattr(case.safety.tolerated, kind))
        expected = _students_who_waited(case) if kind == "enrollments" and case.open_classes else 0
        yield Count(len(rows.added) - expected, rows.before, passes, kind)


def _students_who_waited(case: Case) -> int:
    """Return how many students come into classes that the baseline has without any, now that their day has come."""
    changes = case.changes
    opening = (case.open_classes & changes.old.classes.keys()) - attended(changes.old)
    return sum(not added.is_teacher and added.class_id in opening for added in changes.enrollments.added)


def orgs(case: Case, _: Limit | None) -> Counts:
    """Count the organisations that are gone."""
    lost = case.changes.lost_orgs
    yield Count(len(lost), len(case.changes.old.orgs), detail=", ".join(lost))


def none_left(*, students: bool) -> Callable[[Case, Limit | None], Counts]:
    """Return what counts the students, or the teachers, if none of them is left."""

    def counts(case: Case, _: Limit | None) -> Counts:
        had = case.changes.former_roles[students]
        yield Count(0 if case.changes.roles[students] else had, had)

    return counts


def whole_years(case: Case, _: Limit | None) -> Counts:
    """Count the pupils of each year group of whom every one is removed."""
    for grade, pupils in case.changes.lost_pupils.items():
        of = case.changes.pupils_of_grades[grade]
        if of >= SMALLEST_YEAR and len(pupils) == of:
            yield Count(len(pupils), of, detail=f"year {grade}")


def whole_kinds(case: Case, _: Limit | None) -> Counts:
    """Count the classes of each kind of which every one is removed."""
    removed = frozenset(case.changes.classes.removed)
    for kind, classes in case.old_kinds.items():
        of = len(classes)
        if of >= SMALLEST_KIND and removed.issuperset(classes):
            yield Count(of, of, detail=kind)


def no_owner(case: Case, _: Limit | None) -> Counts:
    """Count the classes that had a teacher, if none has one now."""
    had = len(case.changes.old.taught)
    yield Count(0 if case.changes.new.taught else had, had)


def new_ids(case: Case, _: Limit | None) -> Counts:
    """Count what is gone of a kind of which more than half is gone and half as many new ones have come."""
    changes = case.changes
    kinds = (
        ("students", changes.former_roles[True], changes.gone(students=True), changes.come(students=True)),
        ("teachers", changes.former_roles[False], changes.gone(students=False), changes.come(students=False)),
        ("classes", changes.classes.before, changes.classes.removed, changes.classes.added),
    )
    for kind, of, gone, come in kinds:
        if of >= SMALLEST_RENUMBERED and 2 * len(gone) > of and 2 * len(come) >= len(gone):
            yield Count(len(gone), of, detail=kind)


def _anything(case: Case, detail: str = "") -> Counts:
    """Count every row that is removed."""
    kinds: tuple[KindChanges[Any], ...] = (case.changes.users, case.changes.classes, case.changes.enrollments)
    removed = sum(len(rows.removed) for rows in kinds)
    yield Count(removed, sum(rows.before for rows in kinds), detail=detail)


def settings(case: Case, _: Limit | None) -> Counts:
    """Count every row that is removed after a change of the effective profile."""
    return _anything(case, ", ".join(case.changed_keys)) if case.changed_keys else ()


def unreadable(case: Case, _: Limit | None) -> Counts:
    """Count the files that cannot be read as a set."""
    names = case.changes.old.unreadable
    yield Count(len(names), len(names), detail=", ".join(names))


def freeze(case: Case, _: Limit | None) -> Counts:
    """Count every row that is removed in a freeze."""
    freeze = case.safety.freeze_on(case.day)
    return _anything(case, f"{freeze.first} to {freeze.last}") if freeze else ()


def pinned(case: Case, _: Limit | None) -> Counts:
    """Count every row that is removed from a restored set; it trips even without any."""
    if case.is_pinned:
        (every,) = _anything(case)
        yield Count(every.number, every.of, passes=-1)
