"""
A second opinion on the safety gates, from the words of the contract (section 6) alone; it shares no code.

Every count is a plain loop over two sets, slow and readable. Readings, where the contract leaves room:

- `owners`: a share of all classes of the baseline; a class that is gone is the matter of `classes`.
- `class`: the members are all enrollments of a class, whatever their role.
- A limit that is a count ignores `tolerated` for every gate, so one class trips `class`. The 5 of `year` is not
  `tolerated`: it always applies.
- The baseline's rows that cap `tolerated` at a fifth are those of the kind that is removed.
- "Ten or more" of `stop:ids` are those of the kind in the baseline; the new ones are at least half of those gone.
- A class is gone when its sourcedId is. Its kind is no matter of the CSV files: the caller says it, for generations.
- "Anything at all" of `settings` and `freeze` is a user, a class or an enrollment.
- Roles are `student` and `teacher`, exactly; a year group is the exact text of the grade.

`unreadable` and `pinned` are no matter of two sets and are left to the tests that know the folder and the profile.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

Limit = str | int
"""A share of the baseline such as "5%" or "2.5%", or a count."""

Enrollment = tuple[str, str, str]
"""Class, user and role."""

NOT_AGAINST_WINDOW = {"settings", "freeze", "growth"}
NO_KINDS: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainUser:
    """A user by meaning, the same for V2 and V2.1."""

    username: str = ""
    surname: str = ""
    forename: str = ""
    role: str = ""
    grade: str = ""
    orgs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainClass:
    """A class."""

    title: str = ""
    org: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSet:
    """A CSV set: organisations by sourcedId, users and classes by sourcedId, enrollments."""

    orgs: frozenset[str] = frozenset()
    users: Mapping[str, PlainUser] = field(default_factory=dict)
    classes: Mapping[str, PlainClass] = field(default_factory=dict)
    enrollments: frozenset[Enrollment] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What `[safety]` says, with its defaults; each freeze is its first and last day."""

    max_removed_users: Limit = "5%"
    max_removed_classes: Limit = "5%"
    max_removed_enrollments: Limit = "10%"
    max_removed_of_year: Limit = "20%"
    max_removed_of_class: Limit = "50%"
    max_ownerless_classes: Limit = "25%"
    max_changed_usernames: Limit = "10%"
    max_changed_titles: Limit = "20%"
    max_added: Limit = "25%"
    tolerated_users: int = 5
    tolerated_classes: int = 3
    tolerated_enrollments: int = 20
    freeze: tuple[tuple[date, date], ...] = ()


def read_set(folder: Path) -> PlainSet:
    """Read a CSV set of V2.1 if there is a `roles.csv`, else of V2. Of rows with one id the first counts."""
    users: dict[str, PlainUser] = {}
    for row in _rows(folder, "users"):
        if row["sourcedId"] not in users:
            users[row["sourcedId"]] = PlainUser(
                username=row["username"],
                surname=row.get("familyName", ""),
                forename=row.get("givenName", ""),
                role=row.get("role", ""),
                grade=row.get("grade", ""),
                orgs=frozenset(row["orgSourcedIds"].split(",")) if row.get("orgSourcedIds") else frozenset(),
            )
    if (folder / "roles.csv").exists():
        roles = list(_rows(folder, "roles"))
        for user_id, user in users.items():
            users[user_id] = _with_roles(user, [row for row in roles if row["userSourcedId"] == user_id])

    classes: dict[str, PlainClass] = {}
    for row in _rows(folder, "classes"):
        if row["sourcedId"] not in classes:
            classes[row["sourcedId"]] = PlainClass(title=row["title"], org=row["orgSourcedId"])

    return PlainSet(
        orgs=frozenset(row["sourcedId"] for row in _rows(folder, "orgs")),
        users=users,
        classes=classes,
        enrollments=frozenset(
            (row["classSourcedId"], row["userSourcedId"], row["role"]) for row in _rows(folder, "enrollments")
        ),
    )


def all_tripped(
    baselines: Mapping[str, PlainSet],
    new: PlainSet,
    limits: Limits,
    *,
    settings_changed: Collection[str],
    day: date,
    kinds: Mapping[str, Mapping[str, str]] = NO_KINDS,
) -> set[tuple[str, str]]:
    """
    Return each gate that trips with its baseline.

    `baselines` has `last`, `window` and `folder` as far as they exist, `window` never without `last`;
    `settings_changed` names those since which the effective profile has changed; `kinds` has, by baseline, the kinds of
    its classes, as far as they are known. That a set equal to the published one is `unchanged` whatever the gates say
    is not judged here.
    """
    return {
        (gate, name)
        for name, old in baselines.items()
        for gate in tripped(
            old, new, baselines.get("last"), name, limits, settings_changed=name in settings_changed, day=day
        )
    } | {
        ("stop:kind", name)
        for name, old in baselines.items()
        if loses_a_kind(old, new, kinds.get(name, {})) and (name != "window" or removed_classes(baselines["last"], new))
    }


def tripped(
    old: PlainSet,
    new: PlainSet,
    last: PlainSet | None,
    baseline_name: str,
    limits: Limits,
    *,
    settings_changed: bool,
    day: date,
) -> set[str]:
    """
    Return the names of the gates that trip against one baseline, `old`.

    `last` is the set of the last generation; it decides what counts against `window` and may be None for `folder`.
    """
    gates = _over_a_limit(old, new, limits) | _stopped(old, new)
    if anything_removed(old, new):
        if settings_changed:
            gates.add("settings")
        if any(first <= day <= until for first, until in limits.freeze):
            gates.add("freeze")
    if baseline_name != "window":
        return gates

    assert last is not None, "a window is a generation, so there is a last one"
    counts = counted(last, new)
    return {gate for gate in gates - NOT_AGAINST_WINDOW if counts[gate] > 0}


def counted(old: PlainSet, new: PlainSet) -> dict[str, int]:
    """Return for each gate that is judged against `window` how much there is of what it counts."""
    students = len(removed_of_role(old, new, "student"))
    teachers = len(removed_of_role(old, new, "teacher"))
    of_a_year = sum(gone for _, gone in years(old, new).values())
    return {
        "users": len(removed_users(old, new)),
        "classes": len(removed_classes(old, new)),
        "enrollments": len(old.enrollments - new.enrollments),
        "year": of_a_year,
        "class": len([loss for _, loss in shrinking_classes(old, new).values() if loss > 0]),
        "owners": len(ownerless_classes(old, new)),
        "usernames": len(changed_usernames(old, new)),
        "titles": len(changed_titles(old, new)),
        "stop:org": len(old.orgs - new.orgs),
        "stop:students": students,
        "stop:teachers": teachers,
        "stop:year": of_a_year,
        "stop:owners": len(taught_classes(old) - taught_classes(new)),
        "stop:ids": students + teachers + len(removed_classes(old, new)),
    }


def _over_a_limit(old: PlainSet, new: PlainSet, limits: Limits) -> set[str]:
    """Return the gates that have a limit and are over it."""
    gates = set()

    users, classes, enrollments = len(old.users), len(old.classes), len(old.enrollments)
    few_users, few_classes = Fraction(limits.tolerated_users), Fraction(limits.tolerated_classes)
    few_enrollments = Fraction(limits.tolerated_enrollments)

    removed = len(removed_users(old, new))
    if exceeds(removed, limits.max_removed_users, users, min(few_users, Fraction(users, 5))):
        gates.add("users")
    removed = len(removed_classes(old, new))
    if exceeds(removed, limits.max_removed_classes, classes, min(few_classes, Fraction(classes, 5))):
        gates.add("classes")
    removed = len(old.enrollments - new.enrollments)
    if exceeds(removed, limits.max_removed_enrollments, enrollments, min(few_enrollments, Fraction(enrollments, 5))):
        gates.add("enrollments")

    for pupils, gone in years(old, new).values():
        if gone > allowed(limits.max_removed_of_year, pupils) and gone > 5:
            gates.add("year")

    shrunk = 0
    for members, loss in shrinking_classes(old, new).values():
        if loss > allowed(limits.max_removed_of_class, members):
            shrunk += 1
    if shrunk > (0 if isinstance(limits.max_removed_of_class, int) else limits.tolerated_classes):
        gates.add("class")

    if exceeds(len(ownerless_classes(old, new)), limits.max_ownerless_classes, classes, few_classes):
        gates.add("owners")

    in_both = len([user_id for user_id in old.users if user_id in new.users])
    if exceeds(len(changed_usernames(old, new)), limits.max_changed_usernames, in_both, few_users):
        gates.add("usernames")
    in_both = len([class_id for class_id in old.classes if class_id in new.classes])
    if exceeds(len(changed_titles(old, new)), limits.max_changed_titles, in_both, few_classes):
        gates.add("titles")

    if (
        exceeds(len(removed_users(new, old)), limits.max_added, users, few_users)
        or exceeds(len(removed_classes(new, old)), limits.max_added, classes, few_classes)
        or exceeds(len(new.enrollments - old.enrollments), limits.max_added, enrollments, few_enrollments)
    ):
        gates.add("growth")

    return gates


def _stopped(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the `stop:` gates."""
    gates = set()

    if old.orgs - new.orgs:
        gates.add("stop:org")

    for role in ("student", "teacher"):
        if of_role(old, role) and not of_role(new, role):
            gates.add(f"stop:{role}s")

    for pupils, gone in years(old, new).values():
        if pupils >= 3 and gone == pupils:
            gates.add("stop:year")

    if taught_classes(old) and not taught_classes(new):
        gates.add("stop:owners")

    for had, left, came in (
        (of_role(old, "student"), removed_of_role(old, new, "student"), removed_of_role(new, old, "student")),
        (of_role(old, "teacher"), removed_of_role(old, new, "teacher"), removed_of_role(new, old, "teacher")),
        (set(old.classes), removed_classes(old, new), removed_classes(new, old)),
    ):
        if len(had) >= 10 and len(left) * 2 > len(had) and len(came) * 2 >= len(left):
            gates.add("stop:ids")

    return gates


def loses_a_kind(old: PlainSet, new: PlainSet, kinds: Mapping[str, str]) -> bool:
    """Return whether three or more classes of one kind, and no other of that kind, are gone."""
    for kind in set(kinds.values()):
        classes = [class_id for class_id in old.classes if kinds.get(class_id) == kind]
        if len(classes) >= 3 and not any(class_id in new.classes for class_id in classes):
            return True
    return False


def exceeds(count: int, limit: Limit, of: int, tolerated: Fraction) -> bool:
    """Return whether a count is over a limit; `tolerated` is for a share only."""
    if isinstance(limit, int):
        return count > limit
    return count > allowed(limit, of) and count > tolerated


def allowed(limit: Limit, of: int) -> Fraction:
    """Return what a limit allows of a number of rows, exactly."""
    if isinstance(limit, int):
        return Fraction(limit)
    return Fraction(limit.removesuffix("%").strip()) * of / 100


def anything_removed(old: PlainSet, new: PlainSet) -> bool:
    """Return whether a user, a class or an enrollment is removed."""
    return bool(removed_users(old, new) or removed_classes(old, new) or old.enrollments - new.enrollments)


def of_role(plain: PlainSet, role: str) -> set[str]:
    """Return the sourcedIds of the users who have a role."""
    return {user_id for user_id, user in plain.users.items() if user.role == role}


def removed_users(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the users whose sourcedId is gone."""
    return {user_id for user_id in old.users if user_id not in new.users}


def removed_of_role(old: PlainSet, new: PlainSet, role: str) -> set[str]:
    """Return the users who had a role and whose sourcedId is gone; with the sets exchanged, who is new."""
    return {user_id for user_id in of_role(old, role) if user_id not in new.users}


def removed_classes(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the classes whose sourcedId is gone."""
    return {class_id for class_id in old.classes if class_id not in new.classes}


def years(old: PlainSet, new: PlainSet) -> dict[str, tuple[int, int]]:
    """Return for each grade of the baseline how many pupils had it, and how many of them are removed."""
    found: dict[str, tuple[int, int]] = {}
    for user_id, user in old.users.items():
        if user.role == "student" and user.grade:
            pupils, gone = found.get(user.grade, (0, 0))
            found[user.grade] = (pupils + 1, gone + (user_id not in new.users))
    return found


def shrinking_classes(old: PlainSet, new: PlainSet) -> dict[str, tuple[int, int]]:
    """Return for each class of five or more members that still exists its members and its leavers less joiners."""
    found = {}
    members_before, members_after = by_class(old), by_class(new)
    for class_id in old.classes:
        if class_id in new.classes:
            before, after = members_before[class_id], members_after[class_id]
            if len(before) >= 5:
                found[class_id] = (len(before), len(before - after) - len(after - before))
    return found


def by_class(plain: PlainSet) -> defaultdict[str, set[Enrollment]]:
    """Return the enrollments of each class."""
    found: defaultdict[str, set[Enrollment]] = defaultdict(set)
    for enrollment in plain.enrollments:
        found[enrollment[0]].add(enrollment)
    return found


def taught_classes(plain: PlainSet) -> set[str]:
    """Return the classes that have a teacher."""
    return {class_id for class_id, _, role in plain.enrollments if role == "teacher" and class_id in plain.classes}


def ownerless_classes(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the classes in both sets that had a teacher and have none now."""
    return {class_id for class_id in taught_classes(old) - taught_classes(new) if class_id in new.classes}


def changed_usernames(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the users in both sets who have another username."""
    return {
        user_id
        for user_id, user in old.users.items()
        if user_id in new.users and new.users[user_id].username != user.username
    }


def changed_titles(old: PlainSet, new: PlainSet) -> set[str]:
    """Return the classes in both sets that have another title."""
    return {
        class_id
        for class_id, plain_class in old.classes.items()
        if class_id in new.classes and new.classes[class_id].title != plain_class.title
    }


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _with_roles(user: PlainUser, rows: Sequence[dict[str, str]]) -> PlainUser:
    """Add role and grade of the user's first row in `roles.csv`, and the organisations of all rows."""
    return replace(
        user,
        role=rows[0]["role"] if rows else "",
        grade=rows[0].get("grade", "") if rows else "",
        orgs=frozenset(row["orgSourcedId"] for row in rows),
    )
