"""
Strategies for two or three plain CSV sets that are close to the limits of the gates, and a writer of such a set.

A set is laid out from a few numbers, and a step changes so many things of one kind in it. The numbers are drawn near
what a limit allows, so that most examples are decided by one row more or less.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import strategies as st

from tests.support.gate_oracle import Enrollment, Limit, Limits, PlainClass, PlainSet, PlainUser, allowed

GRADES = ("07", "08", "09", "10", "KG")


@dataclass(frozen=True, slots=True)
class Step:
    """A change of `count` things of a kind, from the one at `start` on; `amount` is for kinds that have two numbers."""

    kind: str
    start: int
    count: int
    amount: int


@st.composite
def base_sets(draw: st.DrawFn) -> PlainSet:
    """Draw a well-formed set of 10 to 150 users in one or two organisations; some pupils may have no grade."""
    return lay_out(
        pupils=draw(st.sampled_from((8, 9, 10, 11, 19, 20, 21, 24, 25, 26, 40, 100, 101)) | st.integers(8, 120)),
        teachers=draw(st.sampled_from((2, 9, 10, 11, 20)) | st.integers(2, 30)),
        classes=draw(st.sampled_from((1, 4, 9, 10, 11, 12, 13, 15, 16, 20)) | st.integers(1, 40)),
        members=draw(st.integers(2, 11)),
        year_groups=draw(st.integers(1, len(GRADES))),
        leaving_year=draw(st.sampled_from((0, 2, 3, 4, 6))),
        ungraded=draw(st.sampled_from((0, 0, 2, 7))),
        untaught=draw(st.sampled_from((0, 0, 3, 5))),
        orgs=draw(st.integers(1, 2)),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    """Draw the default limits, or others that are shares or counts."""
    if draw(st.booleans()):
        return Limits()
    limit: st.SearchStrategy[Limit] = st.sampled_from(
        ("0%", "2.5%", "5%", "7%", "10%", "20%", "33%", "50%", "100%", 0, 1, 2, 3, 5, 8)
    )
    return Limits(
        max_removed_users=draw(limit),
        max_removed_classes=draw(limit),
        max_removed_enrollments=draw(limit),
        max_removed_of_year=draw(limit),
        max_removed_of_class=draw(limit),
        max_ownerless_classes=draw(limit),
        max_changed_usernames=draw(limit),
        max_changed_titles=draw(limit),
        max_added=draw(limit),
        tolerated_users=draw(st.sampled_from((0, 1, 5, 10))),
        tolerated_classes=draw(st.sampled_from((0, 1, 3, 6))),
        tolerated_enrollments=draw(st.sampled_from((0, 5, 20, 40))),
    )


@st.composite
def pairs(draw: st.DrawFn, judged_by: Limits) -> tuple[PlainSet, PlainSet]:
    """Draw a baseline and the new set."""
    first = draw(base_sets())
    return first, changed(first, draw(_steps(first, judged_by)), judged_by)


@st.composite
def triples(draw: st.DrawFn, judged_by: Limits) -> tuple[PlainSet, PlainSet, PlainSet]:
    """
    Draw the set of `window`, that of `last`, and the new set.

    The steps to the new set have been taken from the first one; `last` has come some way, most often nearly all or
    all of it, and now and then further than the new set goes.
    """
    first = draw(base_sets())
    steps = draw(_steps(first, judged_by))
    halfway = [
        replace(step, count=draw(_near([0, step.count], min(step.count + 1, len(_things(first, step))))))
        for step in steps
    ]
    return first, changed(first, halfway, judged_by), changed(first, steps, judged_by)


def lay_out(
    *,
    pupils: int,
    teachers: int,
    classes: int,
    members: int,
    year_groups: int = 2,
    leaving_year: int = 0,
    ungraded: int = 0,
    untaught: int = 0,
    orgs: int = 1,
) -> PlainSet:
    """
    Return a set of so many people and classes.

    A class has `members` pupils, or one or two more, as far as there are so many, and a teacher, every fourth class
    two. So many pupils are in a `leaving_year`, the rest in `year_groups`. Each pupil number `ungraded` has no grade
    and each class number `untaught` no teacher; 0 is for none.
    """
    org_ids = [f"org-{number}" for number in range(orgs)]
    users = {}
    for number in range(pupils):
        grade = "13" if number >= pupils - leaving_year else GRADES[number % year_groups]
        users[f"p{number}"] = PlainUser(
            username=f"p{number}@school.example",
            surname=f"Ash, {number}",
            forename="Mira",
            role="student",
            grade="" if ungraded and number % ungraded == 0 else grade,
            orgs=frozenset({org_ids[number % orgs]}),
        )
    for number in range(teachers):
        users[f"t{number}"] = PlainUser(
            username=f"t{number}@school.example",
            surname="Zoë",
            forename='"Jo"',
            role="teacher",
            orgs=frozenset(org_ids),
        )
    enrollments: set[Enrollment] = set()
    for number in range(classes):
        for seat in range(members + number % 3):
            enrollments.add((f"c{number}", f"p{(number * 7 + seat) % pupils}", "student"))
        if not (untaught and number % untaught == 0):
            enrollments.add((f"c{number}", f"t{number % teachers}", "teacher"))
            if number % 4 == 0:
                enrollments.add((f"c{number}", f"t{(number + 1) % teachers}", "teacher"))
    return PlainSet(
        orgs=frozenset(org_ids),
        users=users,
        classes={
            f"c{number}": PlainClass(title=f"Set {number}", org=org_ids[number % orgs]) for number in range(classes)
        },
        enrollments=frozenset(enrollments),
    )


def changed(first: PlainSet, steps: Iterable[Step], judged_by: Limits) -> PlainSet:
    """Return a set after some steps, well-formed again: without the enrollments of users and classes that are gone."""
    plain = first
    for step in steps:
        _, change = KINDS[step.kind]
        things = _things(first, step)
        plain = change(plain, things[: step.count], step, judged_by)
        plain = replace(
            plain,
            enrollments=frozenset(
                (class_id, user_id, role)
                for class_id, user_id, role in plain.enrollments
                if class_id in plain.classes and user_id in plain.users
            ),
        )
    return plain


def write_set(plain: PlainSet, folder: Path, version: str) -> None:
    """Write a set as the CSV files of "v2" or "v2.1" into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "orgs", "sourcedId name type", [(org, f"School {org}", "school") for org in sorted(plain.orgs)])
    if version == "v2":
        header = "sourcedId orgSourcedIds username role familyName givenName password grade"
        _write(
            folder,
            "users",
            header,
            [
                (
                    key,
                    ",".join(sorted(user.orgs)),
                    user.username,
                    user.role,
                    user.surname,
                    user.forename,
                    "",
                    user.grade,
                )
                for key, user in plain.users.items()
            ],
        )
    else:
        _write(
            folder,
            "users",
            "sourcedId username familyName givenName",
            [(key, user.username, user.surname, user.forename) for key, user in plain.users.items()],
        )
        _write(
            folder,
            "roles",
            "userSourcedId orgSourcedId role grade",
            [(key, org, user.role, user.grade) for key, user in plain.users.items() for org in sorted(user.orgs)],
        )
    _write(
        folder,
        "classes",
        "sourcedId orgSourcedId title",
        [(key, plain_class.org, plain_class.title) for key, plain_class in plain.classes.items()],
    )
    _write(folder, "enrollments", "classSourcedId userSourcedId role", sorted(plain.enrollments))


def _write(folder: Path, name: str, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header.split())
        writer.writerows(rows)


@st.composite
def _steps(draw: st.DrawFn, first: PlainSet, judged_by: Limits) -> list[Step]:
    """Draw one to three steps, each of a size near to what a limit allows."""
    steps = []
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        start = draw(st.integers(0, 12))
        step = Step(kind=draw(st.sampled_from(sorted(KINDS))), start=start, count=0, amount=0)
        things = _things(first, step)
        count = draw(_near(_edges(first, step.kind, len(things), judged_by), len(things)))
        amount = draw(st.integers(-1, 2)) if step.kind == "shrink" else draw(_near([(count + 1) // 2], count))
        steps.append(replace(step, count=count, amount=amount))
    return steps


def _near(edges: Sequence[int], top: int) -> st.SearchStrategy[int]:
    """Draw a number from 0 to `top`, most often one of the edges, or one more or less."""
    close = [min(max(edge + more, 0), top) for edge in edges for more in (-1, 0, 1)]
    return st.sampled_from(close) | st.sampled_from(close) | st.integers(0, top)


def _edges(first: PlainSet, kind: str, things: int, judged_by: Limits) -> list[int]:
    """Return at which numbers of a step a gate may trip: what a limit and `tolerated` allow, a fifth, all of them."""
    users, classes, enrollments = len(first.users), len(first.classes), len(first.enrollments)
    few_users, few_classes = judged_by.tolerated_users, judged_by.tolerated_classes
    few_enrollments = judged_by.tolerated_enrollments
    judged: dict[str, tuple[Limit, int, int]] = {
        "remove users": (judged_by.max_removed_users, users, few_users),
        "remove pupils": (judged_by.max_removed_users, users, few_users),
        "remove a year": (judged_by.max_removed_of_year, things, 5),
        "remove classes": (judged_by.max_removed_classes, classes, few_classes),
        "remove enrollments": (judged_by.max_removed_enrollments, enrollments, few_enrollments),
        "add users": (judged_by.max_added, users, few_users),
        "add classes": (judged_by.max_added, classes, few_classes),
        "add enrollments": (judged_by.max_added, enrollments, few_enrollments),
        "rename": (judged_by.max_changed_usernames, users, few_users),
        "retitle": (judged_by.max_changed_titles, classes, few_classes),
        "lose teachers": (judged_by.max_ownerless_classes, classes, few_classes),
        "shrink": ("100%", few_classes, few_classes),
    }
    if kind not in judged:
        return [things // 2 + 1, things]
    limit, of, tolerated = judged[kind]
    allows = int(allowed(limit, of))
    edges = [allows, tolerated, max(allows, tolerated), things]
    if kind in {"remove users", "remove pupils", "remove classes", "remove enrollments"}:
        edges += [of // 5, max(allows, min(tolerated, of // 5))]
    return edges


def _things(first: PlainSet, step: Step) -> Sequence[str]:
    """Return what a step may change, by id, from its start on and round to the things before it."""
    find, _ = KINDS[step.kind]
    things = find(first, step)
    start = step.start % len(things) if things else 0
    return [*things[start:], *things[:start]]


# What each kind of step may change: ids of users or classes of the first set, or numbers for what is new.


def _pupils(first: PlainSet, _: Step) -> list[str]:
    return [key for key, user in first.users.items() if user.role == "student"]


def _teachers(first: PlainSet, _: Step) -> list[str]:
    return [key for key, user in first.users.items() if user.role == "teacher"]


def _users(first: PlainSet, _: Step) -> list[str]:
    return list(first.users)


def _classes(first: PlainSet, _: Step) -> list[str]:
    return list(first.classes)


def _orgs(first: PlainSet, _: Step) -> list[str]:
    return sorted(first.orgs)


def _year(first: PlainSet, step: Step) -> list[str]:
    grades = sorted({user.grade for user in first.users.values() if user.grade})
    return [key for key, user in first.users.items() if grades and user.grade == grades[step.start % len(grades)]]


def _graded(first: PlainSet, _: Step) -> list[str]:
    return [key for key, user in first.users.items() if user.grade]


def _enrollments(first: PlainSet, _: Step) -> list[str]:
    return ["|".join(enrollment) for enrollment in sorted(first.enrollments)]


def _new_users(first: PlainSet, _: Step) -> list[str]:
    return [f"new-{number}" for number in range(len(first.users))]


def _new_classes(first: PlainSet, _: Step) -> list[str]:
    return [f"new-{number}" for number in range(len(first.classes) + 4)]


def _new_enrollments(first: PlainSet, _: Step) -> list[str]:
    return [
        f"{class_id}|{user_id}|student"
        for class_id in first.classes
        for user_id, user in first.users.items()
        if user.role == "student" and (class_id, user_id, "student") not in first.enrollments
    ][: len(first.enrollments)]


# What each kind of step does.


def _remove_users(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(plain, users={key: user for key, user in plain.users.items() if key not in ids})


def _remove_classes(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(plain, classes={key: value for key, value in plain.classes.items() if key not in ids})


def _remove_enrollments(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    gone = set(ids)
    return replace(plain, enrollments=frozenset(row for row in plain.enrollments if "|".join(row) not in gone))


def _remove_orgs(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    """Move everything of the organisations to another one."""
    orgs = plain.orgs - set(ids)
    if orgs == plain.orgs:
        return plain
    return replace(
        plain,
        orgs=orgs | {"org-new"},
        users={
            key: replace(user, orgs=user.orgs - set(ids) | ({"org-new"} if user.orgs & set(ids) else set()))
            for key, user in plain.users.items()
        },
        classes={
            key: replace(value, org="org-new" if value.org in ids else value.org)
            for key, value in plain.classes.items()
        },
    )


def _add_enrollments(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    new = {(class_id, user_id, role) for class_id, user_id, role in (text.split("|") for text in ids)}
    return replace(plain, enrollments=plain.enrollments | new)


def _add_users(plain: PlainSet, ids: Sequence[str], step: Step, _: Limits) -> PlainSet:
    """Add users without a class: pupils, or from an odd start teachers."""
    return _with_users(plain, ids, "teacher" if step.start % 2 else "student")


def _with_users(plain: PlainSet, ids: Sequence[str], role: str) -> PlainSet:
    grade = GRADES[0] if role == "student" else ""
    new = {
        key: PlainUser(username=f"{key}@school.example", role=role, grade=grade, orgs=frozenset(sorted(plain.orgs)[:1]))
        for key in ids
    }
    return replace(plain, users={**plain.users, **new})


def _add_classes(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    """Add classes with one member, the first user."""
    org = min(plain.orgs)
    some = sorted(plain.users)[:1]
    new = {(class_id, user_id, plain.users[user_id].role) for class_id in ids for user_id in some}
    return replace(
        plain,
        classes={**plain.classes, **{key: PlainClass(title=f"Set {key}", org=org) for key in ids}},
        enrollments=plain.enrollments | new,
    )


def _replace_users(plain: PlainSet, ids: Sequence[str], step: Step, judged_by: Limits) -> PlainSet:
    """Remove users and give `amount` of them other ids, without classes."""
    role = "teacher" if ids and ids[0].startswith("t") else "student"
    fewer = _remove_users(plain, ids, step, judged_by)
    return _with_users(fewer, [f"other-{key}" for key in ids[: step.amount]], role)


def _replace_classes(plain: PlainSet, ids: Sequence[str], step: Step, judged_by: Limits) -> PlainSet:
    """Remove classes and give `amount` of them other ids, with the same members."""
    other = {key: f"other-{key}" for key in ids[: step.amount] if key in plain.classes}
    moved = {(other[class_id], user_id, role) for class_id, user_id, role in plain.enrollments if class_id in other}
    fewer = _remove_classes(plain, ids, step, judged_by)
    return replace(
        fewer,
        classes={**fewer.classes, **{new: plain.classes[old] for old, new in other.items()}},
        enrollments=plain.enrollments | moved,
    )


def _rename(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(
        plain,
        users={
            key: replace(user, username=f"new.{user.username}") if key in ids else user
            for key, user in plain.users.items()
        },
    )


def _move_up(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(
        plain,
        users={key: replace(user, grade="11") if key in ids else user for key, user in plain.users.items()},
    )


def _retitle(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(
        plain,
        classes={
            key: replace(value, title=f"{value.title} new") if key in ids else value
            for key, value in plain.classes.items()
        },
    )


def _lose_teachers(plain: PlainSet, ids: Sequence[str], _: Step, __: Limits) -> PlainSet:
    return replace(
        plain,
        enrollments=frozenset(
            (class_id, user_id, role)
            for class_id, user_id, role in plain.enrollments
            if not (class_id in ids and role == "teacher")
        ),
    )


def _shrink(plain: PlainSet, ids: Sequence[str], step: Step, judged_by: Limits) -> PlainSet:
    """Let classes lose what the limit allows and `amount` more, by as many leavers more as there are joiners."""
    enrollments = set(plain.enrollments)
    for class_id in ids:
        members = sorted(row for row in plain.enrollments if row[0] == class_id)
        loss = int(allowed(judged_by.max_removed_of_class, len(members))) + step.amount
        joiners = [
            (class_id, user_id, "student")
            for user_id in sorted(plain.users)
            if plain.users[user_id].role == "student" and (class_id, user_id, "student") not in members
        ][: step.start % 3]
        enrollments -= set(members[: max(loss, 0) + len(joiners)])
        enrollments |= set(joiners)
    return replace(plain, enrollments=frozenset(enrollments))


Find = Callable[[PlainSet, Step], list[str]]
Change = Callable[[PlainSet, Sequence[str], Step, Limits], PlainSet]

KINDS: dict[str, tuple[Find, Change]] = {
    "remove users": (_users, _remove_users),
    "remove pupils": (_pupils, _remove_users),
    "remove teachers": (_teachers, _remove_users),
    "remove a year": (_year, _remove_users),
    "remove classes": (_classes, _remove_classes),
    "remove enrollments": (_enrollments, _remove_enrollments),
    "remove orgs": (_orgs, _remove_orgs),
    "add users": (_new_users, _add_users),
    "add classes": (_new_classes, _add_classes),
    "add enrollments": (_new_enrollments, _add_enrollments),
    "replace pupils": (_pupils, _replace_users),
    "replace teachers": (_teachers, _replace_users),
    "replace classes": (_classes, _replace_classes),
    "rename": (_users, _rename),
    "retitle": (_classes, _retitle),
    "move up": (_graded, _move_up),
    "lose teachers": (_classes, _lose_teachers),
    "shrink": (_classes, _shrink),
}
"""For each kind of step what it may change, and what it does to that."""
