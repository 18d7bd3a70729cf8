"""The second opinion on the gates: for each gate the last number that passes and the first that trips."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from tests.support.gate_oracle import (
    Enrollment,
    Limit,
    Limits,
    PlainClass,
    PlainSet,
    PlainUser,
    all_tripped,
    read_set,
    tripped,
)
from tests.support.set_pairs import Step, base_sets, changed, lay_out, triples, write_set

pytestmark = pytest.mark.portable

DAY = date(2026, 11, 3)
HOLIDAYS = ((date(2026, 12, 19), date(2027, 1, 4)), (date(2027, 7, 10), date(2027, 9, 5)))


def people(numbers: Iterable[int], role: str = "student", grade: str = "", username: str = "") -> dict[str, PlainUser]:
    """Return users with these numbers; two roles have no id in common."""
    return {
        f"{role}-{number}": PlainUser(username=username or f"{number}@school.example", role=role, grade=grade)
        for number in numbers
    }


def classes(numbers: Iterable[int], title: str = "") -> dict[str, PlainClass]:
    """Return classes with these numbers."""
    return {f"c{number}": PlainClass(title=title or f"Set {number}") for number in numbers}


def members(class_number: int, numbers: Iterable[int], role: str = "student") -> frozenset[Enrollment]:
    """Return enrollments of one class."""
    return frozenset((f"c{class_number}", f"{role}-{number}", role) for number in numbers)


def taught(numbers: Iterable[int]) -> frozenset[Enrollment]:
    """Return a teacher for each of the classes with these numbers."""
    return frozenset((f"c{number}", "teacher-0", "teacher") for number in numbers)


def gates(old: PlainSet, new: PlainSet, limits: Limits | None = None) -> set[str]:
    """Return what trips against the last generation on an ordinary day."""
    return tripped(old, new, old, "last", limits or Limits(), settings_changed=False, day=DAY)


BY_SHARE = [
    pytest.param("users", 200, 10, id="users: the share"),
    pytest.param("users", 130, 6, id="users: the share is no round number"),
    pytest.param("users", 100, 5, id="users: share and tolerated"),
    pytest.param("users", 99, 5, id="users: tolerated"),
    pytest.param("users", 26, 5, id="users: tolerated is just below a fifth"),
    pytest.param("users", 25, 5, id="users: tolerated is a fifth"),
    pytest.param("users", 24, 4, id="users: a fifth is just below tolerated"),
    pytest.param("users", 20, 4, id="users: a fifth"),
    pytest.param("users", 5, 1, id="users: one is a fifth"),
    pytest.param("users", 4, 0, id="users: one is more than a fifth"),
    pytest.param("classes", 100, 5, id="classes: the share"),
    pytest.param("classes", 60, 3, id="classes: share and tolerated"),
    pytest.param("classes", 40, 3, id="classes: tolerated"),
    pytest.param("classes", 15, 3, id="classes: tolerated is a fifth"),
    pytest.param("classes", 14, 2, id="classes: a fifth is just below tolerated"),
    pytest.param("enrollments", 300, 30, id="enrollments: the share"),
    pytest.param("enrollments", 200, 20, id="enrollments: share and tolerated"),
    pytest.param("enrollments", 150, 20, id="enrollments: tolerated"),
    pytest.param("enrollments", 100, 20, id="enrollments: tolerated is a fifth"),
    pytest.param("enrollments", 99, 19, id="enrollments: a fifth is just below tolerated"),
]


def of_kind(kind: str, numbers: Iterable[int]) -> PlainSet:
    """Return a set with rows of one kind only."""
    if kind == "users":
        return PlainSet(users=people(numbers))
    if kind == "classes":
        return PlainSet(classes=classes(numbers))
    return PlainSet(enrollments=members(0, numbers))


@pytest.mark.parametrize(("gate", "rows", "passes"), BY_SHARE)
def test_removed_by_share(gate: str, rows: int, passes: int) -> None:
    """So many removed rows pass, one more trips the gate."""
    old = of_kind(gate, range(rows))

    assert gate not in gates(old, of_kind(gate, range(passes, rows)))
    assert gate in gates(old, of_kind(gate, range(passes + 1, rows)))


@pytest.mark.parametrize("gate", ["users", "classes", "enrollments"])
@pytest.mark.parametrize("count", [0, 2, 30])
def test_removed_by_count(gate: str, count: int) -> None:
    """A count allows exactly itself, whatever is tolerated."""
    old = of_kind(gate, range(40))
    limits = Limits(max_removed_users=count, max_removed_classes=count, max_removed_enrollments=count)

    assert gate not in gates(old, of_kind(gate, range(count, 40)), limits)
    assert gate in gates(old, of_kind(gate, range(count + 1, 40)), limits)


@pytest.mark.parametrize(("share", "rows", "passes"), [("2.5%", 400, 10), ("2.5%", 439, 10), ("0%", 400, 5)])
def test_another_share(share: str, rows: int, passes: int) -> None:
    """A share may have decimals, and is exact."""
    old = of_kind("users", range(rows))
    limits = Limits(max_removed_users=share)

    assert "users" not in gates(old, of_kind("users", range(passes, rows)), limits)
    assert "users" in gates(old, of_kind("users", range(passes + 1, rows)), limits)


def test_what_is_tolerated_can_be_set() -> None:
    """Each kind has its own number."""
    limits = Limits(tolerated_users=2, tolerated_classes=1, tolerated_enrollments=9)
    for gate, passes in (("users", 2), ("classes", 1), ("enrollments", 9)):
        old = of_kind(gate, range(50 if gate == "enrollments" else 20))
        rows = len(old.users) + len(old.classes) + len(old.enrollments)

        assert gate not in gates(old, of_kind(gate, range(passes, rows)), limits)
        assert gate in gates(old, of_kind(gate, range(passes + 1, rows)), limits)


@pytest.mark.parametrize(
    ("limit", "pupils", "passes"),
    [("20%", 40, 8), ("20%", 44, 8), ("20%", 30, 6), ("20%", 25, 5), ("20%", 10, 5), (7, 40, 7), (2, 40, 5)],
)
def test_year(limit: Limit, pupils: int, passes: int) -> None:
    """A year group loses what its share allows, or five; a count does not lower the five."""
    old = PlainSet(users=people(range(pupils), grade="09") | people(range(900, 990), grade="10"))
    limits = Limits(max_removed_of_year=limit)

    def without(gone: int) -> PlainSet:
        return PlainSet(users={key: user for key, user in old.users.items() if key not in people(range(gone))})

    assert "year" not in gates(old, without(passes), limits)
    assert "year" in gates(old, without(passes + 1), limits)


def test_year_is_that_of_pupils_in_the_baseline() -> None:
    """Two years are not added up; a new grade is no loss; teachers and pupils without a grade have no year."""
    two_years = people(range(5), grade="09") | people(range(5, 10), grade="10")

    assert "year" not in gates(PlainSet(users=two_years), PlainSet())
    assert "year" not in gates(PlainSet(users=people(range(9), grade="09")), PlainSet(users=people(range(9))))
    assert "year" not in gates(PlainSet(users=people(range(9))), PlainSet())
    assert "year" not in gates(PlainSet(users=people(range(9), role="teacher", grade="09")), PlainSet())


@pytest.mark.parametrize(
    ("limit", "size", "passes"),
    [("50%", 10, 5), ("50%", 11, 5), ("50%", 5, 2), ("50%", 6, 3), ("34%", 6, 2), (2, 9, 2), (0, 5, 0)],
)
@pytest.mark.parametrize("joiners", [0, 2])
def test_class_and_what_it_loses(limit: Limit, size: int, passes: int, joiners: int) -> None:
    """A class may lose what the limit allows of its members, joiners counted against leavers."""
    few = Limits(max_removed_of_class=limit, tolerated_classes=0)
    old = PlainSet(classes=classes([0]), enrollments=members(0, range(size - 1)) | taught([0]))

    def losing(loss: int) -> PlainSet:
        rows = members(0, range(loss + joiners, size - 1)) | members(0, range(100, 100 + joiners)) | taught([0])
        if loss + joiners > size - 1:
            rows = members(0, range(100, 100 + size - loss))
        return replace(old, enrollments=rows)

    assert "class" not in gates(old, losing(passes), few)
    assert "class" in gates(old, losing(passes + 1), few)


@pytest.mark.parametrize(("limit", "passes"), [("50%", 3), (4, 0)])
def test_class_and_how_many_do(limit: Limit, passes: int) -> None:
    """Three classes are tolerated; with a count not a single one."""
    limits = Limits(max_removed_of_class=limit)
    old = PlainSet(
        classes=classes(range(9)),
        enrollments=frozenset[Enrollment]().union(*(members(number, range(9)) for number in range(9))),
    )

    def shrunk(many: int) -> PlainSet:
        gone = frozenset[Enrollment]().union(*(members(number, range(5)) for number in range(many)))
        return replace(old, enrollments=old.enrollments - gone)

    assert "class" not in gates(old, shrunk(passes), limits)
    assert "class" in gates(old, shrunk(passes + 1), limits)


def test_class_is_one_of_five_that_still_exists() -> None:
    """A class of four may become empty, and one that is gone is counted elsewhere."""
    few = Limits(max_removed_of_class=0)
    for size, left, trips in ((4, classes([0]), False), (5, classes([0]), True), (5, classes([]), False)):
        old = PlainSet(classes=classes([0]), enrollments=members(0, range(size)))

        assert ("class" in gates(old, PlainSet(classes=left), few)) is trips


@pytest.mark.parametrize(
    ("limit", "rows", "had", "passes"),
    [("25%", 100, 100, 25), ("25%", 40, 20, 10), ("25%", 43, 20, 10), ("25%", 8, 8, 3), (0, 8, 8, 0), (2, 8, 8, 2)],
)
@pytest.mark.parametrize("is_gone", [False, True], ids=["without teacher", "gone"])
def test_owners(limit: Limit, rows: int, had: int, passes: int, is_gone: bool) -> None:
    """The share is one of all classes, taught or not; a class that is gone is the matter of `classes`."""
    limits = Limits(max_ownerless_classes=limit)
    old = PlainSet(classes=classes(range(rows)), enrollments=taught(range(had)))

    def without(lost: int) -> PlainSet:
        return PlainSet(classes=classes(range(lost if is_gone else 0, rows)), enrollments=taught(range(lost, had)))

    assert "owners" not in gates(old, without(passes), limits)
    assert ("owners" in gates(old, without(passes + 1), limits)) is not is_gone


def test_owners_have_the_role_of_a_teacher() -> None:
    """Another teacher is an owner, a pupil is not one."""
    none = Limits(max_ownerless_classes=0)
    old = PlainSet(classes=classes([0]), enrollments=taught([0]))

    assert "owners" not in gates(old, replace(old, enrollments=members(0, [7], role="teacher")), none)
    assert "owners" in gates(old, replace(old, enrollments=members(0, [0])), none)


@pytest.mark.parametrize(
    ("limit", "rows", "in_both", "passes"),
    [("10%", 100, 100, 10), ("10%", 100, 80, 8), ("10%", 109, 109, 10), ("10%", 20, 20, 5), (0, 20, 20, 0)],
)
def test_usernames(limit: Limit, rows: int, in_both: int, passes: int) -> None:
    """The share is one of the users in both sets."""
    limits = Limits(max_changed_usernames=limit)
    old = PlainSet(users=people(range(rows)))

    def renamed(many: int) -> PlainSet:
        return PlainSet(users=people(range(in_both)) | people(range(many), username="x") | people(range(500, 600)))

    assert "usernames" not in gates(old, renamed(passes), limits)
    assert "usernames" in gates(old, renamed(passes + 1), limits)


@pytest.mark.parametrize(
    ("limit", "rows", "in_both", "passes"),
    [("20%", 50, 50, 10), ("20%", 50, 40, 8), ("20%", 54, 54, 10), ("20%", 10, 10, 3), (0, 10, 10, 0)],
)
def test_titles(limit: Limit, rows: int, in_both: int, passes: int) -> None:
    """The share is one of the classes in both sets."""
    limits = Limits(max_changed_titles=limit)
    old = PlainSet(classes=classes(range(rows)))

    def retitled(many: int) -> PlainSet:
        return PlainSet(classes=classes(range(in_both)) | classes(range(many), title="x") | classes(range(500, 600)))

    assert "titles" not in gates(old, retitled(passes), limits)
    assert "titles" in gates(old, retitled(passes + 1), limits)


def test_texts_are_compared_exactly() -> None:
    """Another case is another username and another title."""
    none = Limits(max_changed_usernames=0, max_changed_titles=0)
    old = PlainSet(users=people([0], username="ada@school.example"), classes=classes([0], title="Maths"))
    new = PlainSet(users=people([0], username="Ada@school.example"), classes=classes([0], title="maths"))

    assert gates(old, new, none) == {"usernames", "titles"}


@pytest.mark.parametrize(
    ("kind", "limit", "rows", "passes"),
    [
        ("users", "25%", 100, 25),
        ("users", "25%", 103, 25),
        ("users", "25%", 10, 5),
        ("users", "25%", 0, 5),
        ("users", 3, 100, 3),
        ("classes", "25%", 100, 25),
        ("classes", "25%", 8, 3),
        ("classes", "25%", 0, 3),
        ("classes", 0, 8, 0),
        ("enrollments", "25%", 100, 25),
        ("enrollments", "25%", 40, 20),
        ("enrollments", "25%", 0, 20),
        ("enrollments", 30, 40, 30),
    ],
)
def test_growth(kind: str, limit: Limit, rows: int, passes: int) -> None:
    """Each kind may grow by a share of what the baseline has of it; all of what is tolerated applies."""
    limits = Limits(max_added=limit)
    old = of_kind(kind, range(rows))

    assert "growth" not in gates(old, of_kind(kind, range(rows + passes)), limits)
    assert "growth" in gates(old, of_kind(kind, range(rows + passes + 1)), limits)
    assert "growth" in gates(old, of_kind(kind, range(500, 500 + passes + 1)), limits)


def test_stop_org() -> None:
    """One organisation of the baseline is gone; a new one is no matter."""
    old = PlainSet(orgs=frozenset({"1", "2"}))

    assert gates(old, PlainSet(orgs=frozenset({"1", "2", "3"}))) == set()
    assert gates(old, PlainSet(orgs=frozenset({"1", "3"}))) == {"stop:org"}


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_stop_of_everybody_of_a_role(role: str) -> None:
    """One who is left is enough, a new one as well; where there was no one, no one is missed."""
    other = people(range(9), role="other")
    old = PlainSet(users=people(range(3), role=role) | other)

    assert f"stop:{role}s" not in gates(old, PlainSet(users=people([2], role=role) | other))
    assert f"stop:{role}s" not in gates(old, PlainSet(users=people([7], role=role) | other))
    assert f"stop:{role}s" in gates(old, PlainSet(users=other))
    assert f"stop:{role}s" not in gates(PlainSet(users=other), PlainSet())


@pytest.mark.parametrize(("pupils", "gone", "trips"), [(2, 2, False), (3, 2, False), (3, 3, True), (4, 4, True)])
def test_stop_year(pupils: int, gone: int, trips: bool) -> None:
    """Every pupil of a year group of three is gone, by the grade in the baseline; newcomers do not help."""
    others = people(range(50, 60), grade="10")
    old = PlainSet(users=people(range(pupils), grade="09") | others)
    new = PlainSet(users=people(range(gone, pupils), grade="09") | others | people(range(70, 72), grade="09"))

    assert ("stop:year" in gates(old, new)) is trips


@pytest.mark.parametrize(("forms", "gone", "trips"), [(3, 3, True), (3, 2, False), (2, 2, False), (4, 4, True)])
def test_stop_kind(forms: int, gone: int, trips: bool) -> None:
    """All of three or more classes of one kind are a stop, be there others; without kinds nothing is known."""
    old, new = PlainSet(classes=classes(range(20))), PlainSet(classes=classes(range(gone, 20)))
    ids = list(old.classes)
    kinds = dict.fromkeys(ids[:forms], "form") | dict.fromkeys(ids[forms:], "set")

    def found(**kinds: Mapping[str, str]) -> set[tuple[str, str]]:
        baselines = {"last": old, "window": old}
        return all_tripped(baselines, new, Limits(), settings_changed=(), day=DAY, kinds=kinds)

    assert (("stop:kind", "last") in found(last=kinds)) is trips
    assert (("stop:kind", "window") in found(window=kinds)) is trips
    assert "stop:kind" not in {gate for gate, _ in found()}


def test_stop_year_needs_a_grade_and_leavers() -> None:
    """A year that moved up is still there, and pupils without a grade are no year group."""
    old = PlainSet(users=people(range(9), grade="09"))

    assert "stop:year" not in gates(old, PlainSet(users=people(range(9), grade="10")))
    assert "stop:year" not in gates(PlainSet(users=people(range(9))), PlainSet())


def test_stop_owners() -> None:
    """One class with a teacher is enough, a new one as well; where no class had one, none is missed."""
    old = PlainSet(classes=classes(range(3)), enrollments=taught(range(3)))

    assert "stop:owners" not in gates(old, replace(old, enrollments=taught([2])))
    assert "stop:owners" not in gates(old, PlainSet(classes=classes([7]), enrollments=taught([7])))
    assert "stop:owners" in gates(old, replace(old, enrollments=members(0, range(3))))
    assert "stop:owners" in gates(old, PlainSet())
    assert "stop:owners" not in gates(replace(old, enrollments=members(0, range(3))), PlainSet())


def of_ids(kind: str, numbers: Iterable[int]) -> PlainSet:
    """Return a set with students, teachers or classes only."""
    return PlainSet(classes=classes(numbers)) if kind == "class" else PlainSet(users=people(numbers, role=kind))


@pytest.mark.parametrize("kind", ["student", "teacher", "class"])
@pytest.mark.parametrize(
    ("had", "gone", "came", "trips"),
    [
        (10, 5, 5, False),
        (10, 6, 2, False),
        (10, 6, 3, True),
        (11, 5, 9, False),
        (11, 6, 3, True),
        (10, 7, 3, False),
        (10, 7, 4, True),
        (10, 10, 5, True),
        (10, 10, 4, False),
        (9, 9, 9, False),
    ],
)
def test_stop_ids(kind: str, had: int, gone: int, came: int, trips: bool) -> None:
    """More than half of ten or more are gone, and at least half as many have come."""
    old = of_ids(kind, range(had))
    new = of_ids(kind, [*range(gone, had), *range(100, 100 + came)])

    assert ("stop:ids" in gates(old, new)) is trips


def test_stop_ids_looks_at_each_kind() -> None:
    """Students who are gone are not replaced by teachers."""
    old = PlainSet(users=people(range(10)))

    assert "stop:ids" not in gates(old, PlainSet(users=people(range(6, 10)) | people(range(9), role="teacher")))


SMALLEST_LOSSES = [
    pytest.param(PlainSet(users=people(range(29))), True, id="user"),
    pytest.param(PlainSet(users=people(range(30)), classes=classes([0])), False, id="class more"),
    pytest.param(PlainSet(users=people(range(31))), False, id="user more"),
    pytest.param(PlainSet(users=people(range(30)), enrollments=members(0, range(30))), False, id="enrollments more"),
    pytest.param(PlainSet(users=people(range(30), username="x")), False, id="other usernames"),
    pytest.param(PlainSet(users=people(range(30), grade="10"), orgs=frozenset({"1"})), False, id="other cells"),
]


@pytest.mark.parametrize(("new", "trips"), SMALLEST_LOSSES)
def test_anything_removed(new: PlainSet, trips: bool) -> None:
    """After other settings, and in a freeze, one removed row trips the gate and no other change does."""
    old = PlainSet(users=people(range(30)))
    limits = Limits(freeze=((DAY, DAY),))

    found = tripped(old, new, old, "last", limits, settings_changed=True, day=DAY)

    assert found & {"settings", "freeze"} == ({"settings", "freeze"} if trips else set())


@pytest.mark.parametrize("kind", ["users", "classes", "enrollments"])
def test_anything_of_any_kind(kind: str) -> None:
    """A user, a class and an enrollment count alike; without other settings only the freeze trips."""
    old, new = of_kind(kind, range(40)), of_kind(kind, range(39))
    limits = Limits(freeze=((DAY, DAY),))

    assert tripped(old, new, old, "folder", limits, settings_changed=True, day=DAY) == {"settings", "freeze"}
    assert tripped(old, new, old, "folder", limits, settings_changed=False, day=DAY) == {"freeze"}
    assert tripped(old, new, old, "folder", Limits(), settings_changed=True, day=DAY) == {"settings"}


@pytest.mark.parametrize(
    ("day", "trips"),
    [
        (date(2026, 12, 18), False),
        (date(2026, 12, 19), True),
        (date(2027, 1, 4), True),
        (date(2027, 1, 5), False),
        (date(2027, 7, 9), False),
        (date(2027, 7, 10), True),
        (date(2027, 9, 5), True),
        (date(2027, 9, 6), False),
    ],
)
def test_the_days_of_a_freeze(day: date, trips: bool) -> None:
    """Both days of a freeze are in it."""
    old, new = of_kind("users", range(40)), of_kind("users", range(39))

    found = tripped(old, new, old, "last", Limits(freeze=HOLIDAYS), settings_changed=False, day=day)

    assert found == ({"freeze"} if trips else set())


SCHOOL = lay_out(pupils=60, teachers=12, classes=20, members=8)

LOSSES: Mapping[str, tuple[Step, Step]] = {
    "users": (Step("remove pupils", 0, 20, 0), Step("remove pupils", 0, 19, 0)),
    "classes": (Step("remove classes", 0, 6, 0), Step("remove classes", 0, 5, 0)),
    "enrollments": (Step("remove enrollments", 0, 60, 0), Step("remove enrollments", 0, 59, 0)),
    "year": (Step("remove pupils", 0, 20, 0), Step("remove pupils", 0, 19, 0)),
    "class": (Step("shrink", 0, 6, 1), Step("shrink", 0, 5, 1)),
    "owners": (Step("lose teachers", 0, 9, 0), Step("lose teachers", 0, 8, 0)),
    "usernames": (Step("rename", 0, 20, 0), Step("rename", 0, 19, 0)),
    "titles": (Step("retitle", 0, 9, 0), Step("retitle", 0, 8, 0)),
    "stop:org": (Step("remove orgs", 0, 1, 0), Step("remove orgs", 0, 0, 0)),
    "stop:students": (Step("remove pupils", 0, 60, 0), Step("remove pupils", 0, 59, 0)),
    "stop:teachers": (Step("remove teachers", 0, 12, 0), Step("remove teachers", 0, 11, 0)),
    "stop:year": (Step("remove a year", 0, 30, 0), Step("remove a year", 0, 29, 0)),
    "stop:owners": (Step("lose teachers", 0, 20, 0), Step("lose teachers", 0, 19, 0)),
    "stop:ids": (Step("replace teachers", 0, 7, 6), Step("replace teachers", 0, 6, 6)),
}
"""For each gate a loss that trips it, and the same with one row less."""


@pytest.mark.parametrize("gate", LOSSES)
def test_window_needs_a_loss_since_the_last_generation(gate: str) -> None:
    """A slow loss trips the gate on the night on which it goes on, and no longer once it is published."""
    whole, most = LOSSES[gate]
    new, before = changed(SCHOOL, [whole], Limits()), changed(SCHOOL, [most], Limits())

    def against_window(last: PlainSet) -> set[str]:
        return tripped(SCHOOL, new, last, "window", Limits(), settings_changed=False, day=DAY)

    assert gate in gates(SCHOOL, new)
    assert gate in against_window(SCHOOL)
    assert gate in against_window(before)
    assert against_window(new) == set()


def test_window_looks_at_what_the_gate_itself_counts() -> None:
    """A class less since the last generation does not bring back the removed users of the whole window."""
    removed = changed(SCHOOL, [Step("remove pupils", 0, 20, 0)], Limits())
    new = changed(removed, [Step("remove classes", 19, 1, 0)], Limits())

    found = tripped(SCHOOL, new, removed, "window", Limits(), settings_changed=False, day=DAY)

    assert found == {"enrollments"}


@pytest.mark.parametrize(("left", "trips"), [(2, False), (1, True)], ids=["as many", "one less"])
def test_window_and_one_member_less(left: int, trips: bool) -> None:
    """A class that has slowly lost too many trips its gate on a night on which one class loses one member."""
    limits = Limits(max_removed_of_class=2)
    first = PlainSet(classes=classes([0, 1]), enrollments=members(0, range(9)) | members(1, range(9)))
    last = replace(first, enrollments=members(0, range(5)) | members(1, range(7)) | members(1, [20, 21]))
    new = replace(first, enrollments=members(0, range(5)) | members(1, range(7)) | members(1, range(20, 20 + left)))

    found = tripped(first, new, last, "window", limits, settings_changed=False, day=DAY)

    assert ("class" in found) is trips


def test_three_gates_are_not_judged_against_window() -> None:
    """Settings, freeze and growth look at the last generation and at the folder."""
    limits = Limits(freeze=((DAY, DAY),))
    new = changed(SCHOOL, [Step("add users", 0, 60, 0), Step("remove pupils", 0, 1, 0)], limits)
    every = {"last": SCHOOL, "window": SCHOOL, "folder": SCHOOL}

    found = all_tripped(every, new, limits, settings_changed=every.keys(), day=DAY)

    assert found == {(gate, name) for gate in ("settings", "freeze", "growth") for name in ("last", "folder")}


def test_a_folder_needs_no_generation() -> None:
    """The set of the script is judged before there is a generation; without any baseline all gates pass."""
    new = changed(SCHOOL, [Step("remove orgs", 0, 1, 0)], Limits())

    assert all_tripped({"folder": SCHOOL}, new, Limits(), settings_changed=(), day=DAY) == {("stop:org", "folder")}
    assert all_tripped({}, new, Limits(), settings_changed=(), day=DAY) == set()


@pytest.mark.parametrize("version", ["v2", "v2.1"])
@settings(max_examples=10, deadline=None)
@given(plain=base_sets())
def test_a_set_comes_back_from_its_files(version: str, plain: PlainSet) -> None:
    """V2 and V2.1 are read as the same set."""
    with TemporaryDirectory() as folder:
        write_set(plain, Path(folder), version)

        assert read_set(Path(folder)) == plain


def test_the_first_row_of_an_id_counts(tmp_path: Path) -> None:
    """Of rows with one id the first counts; a byte order mark and missing columns are no matter."""
    files = {
        "orgs": "sourcedId,name,type\r\n1,School,school\r\n",
        "users": "sourcedId,username\r\n7,ada@school.example\r\n7,bo@school.example\r\n8,zoe@school.example\r\n",
        "roles": "userSourcedId,orgSourcedId,role,grade\r\n7,1,student,09\r\n7,2,student,10\r\n",
        "classes": "sourcedId,orgSourcedId,title\r\n3,1,Maths\r\n3,1,Music\r\n",
        "enrollments": "classSourcedId,userSourcedId,role\r\n3,7,student\r\n3,7,student\r\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert read_set(tmp_path) == PlainSet(
        orgs=frozenset({"1"}),
        users={
            "7": PlainUser(username="ada@school.example", role="student", grade="09", orgs=frozenset({"1", "2"})),
            "8": PlainUser(username="zoe@school.example"),
        },
        classes={"3": PlainClass(title="Maths", org="1")},
        enrollments=frozenset({("3", "7", "student")}),
    )


@settings(max_examples=15, deadline=None)
@given(three=triples(Limits()))
def test_drawn_sets_are_well_formed(three: tuple[PlainSet, PlainSet, PlainSet]) -> None:
    """Every enrollment is one of a user in a class of its set; the same set twice trips nothing."""
    for plain in three:
        for class_id, user_id, role in plain.enrollments:
            assert class_id in plain.classes
            assert plain.users[user_id].role == role
        assert all(plain_class.org in plain.orgs for plain_class in plain.classes.values())
        assert all(user.orgs <= plain.orgs for user in plain.users.values())
        assert gates(plain, plain, Limits(max_removed_users=0, max_removed_of_class=0, max_added=0)) == set()
