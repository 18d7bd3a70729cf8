"""For each gate that counts, how many pass by the defaults, and how to make a school that has one more."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support import exact_changes as change
from tests.support.gate_arithmetic import PERCENT, Figure, figures
from tests.support.made_school import School


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """What a gate counts, and how to make exactly so many of them."""

    gate: str
    about: str
    change: Callable[[School, int], School]
    passes: Callable[[School], int]
    """The last number that passes, from the defaults."""
    kind: str = ""
    """Of the gates that judge several kinds, the one that is meant."""
    smallest: int = 0
    """The size of the smallest school that the gate can hold."""

    def held(self, before: School, after: School) -> list[Figure]:
        """Return the figures by which the arithmetic trips the gate."""
        return [
            figure
            for figure in figures(before.rows(), after.rows())
            if figure.trips and figure.gate == self.gate and self.kind in {"", figure.about}
        ]


def _share(percent: int, tolerated: int, of: Callable[[School], int]) -> Callable[[School], int]:
    return lambda school: max(of(school) * percent // 100, tolerated)


def _removed(percent: int, tolerated: int, of: Callable[[School], int]) -> Callable[[School], int]:
    """Tolerate no more than a fifth of the rows, as the gates do that count removed rows."""
    return lambda school: max(of(school) * percent // 100, min(tolerated, of(school) // 5))


def _users(school: School) -> int:
    return school.rows().counts[0]


def _classes(school: School) -> int:
    return school.rows().counts[1]


def _enrollments(school: School) -> int:
    return school.rows().counts[2]


BOUNDARIES = {
    boundary.about: boundary
    for boundary in (
        Boundary(
            gate="users",
            about="users removed",
            change=change.fewer_pupils,
            passes=_removed(5, 5, _users),
        ),
        Boundary(
            gate="classes",
            about="classes removed",
            change=change.fewer_classes,
            passes=_removed(5, 3, _classes),
        ),
        Boundary(
            gate="enrollments",
            about="enrollments removed",
            change=change.fewer_rows,
            passes=_removed(10, 20, _enrollments),
        ),
        Boundary(
            gate="year",
            about="pupils of one year removed",
            change=change.fewer_of_a_year,
            passes=_share(20, 5, lambda school: len(change.largest_year(school))),
        ),
        Boundary(gate="class", about="classes that lose nearly all", change=change.shrunk_classes, passes=lambda _: 3),
        Boundary(
            gate="class",
            about="members that each of four classes loses",
            change=change.four_shrunk_classes,
            passes=lambda school: len(school.sets[change.four_even_classes(school)[0]].members) // 2,
        ),
        Boundary(
            gate="owners",
            about="classes without owner",
            change=change.ownerless_classes,
            passes=_share(25, 3, _classes),
        ),
        Boundary(
            gate="usernames", about="usernames changed", change=change.readdressed_pupils, passes=_share(10, 5, _users)
        ),
        Boundary(gate="titles", about="titles changed", change=change.retitled_classes, passes=_share(20, 3, _classes)),
        Boundary(
            gate="growth", about="users added", kind="users", change=change.more_pupils, passes=_share(25, 5, _users)
        ),
        Boundary(
            gate="growth",
            about="classes added",
            kind="classes",
            change=change.more_classes,
            passes=_share(25, 3, _classes),
        ),
        Boundary(
            gate="growth",
            about="enrollments added",
            kind="enrollments",
            change=change.more_rows,
            passes=_share(25, 20, _enrollments),
        ),
        Boundary(
            gate="stop:year",
            about="pupils of one year, to the last",
            change=change.fewer_of_a_year,
            passes=lambda school: len(change.largest_year(school)) - 1,
        ),
        Boundary(
            gate="stop:owners",
            about="classes without owner, to the last",
            change=change.ownerless_classes,
            passes=lambda school: _classes(school) - 1,
        ),
        Boundary(
            gate="stop:teachers",
            about="teachers without sets, to the last",
            change=change.idle_teachers,
            passes=lambda school: len(school.teachers) - 1,
        ),
        Boundary(
            gate="stop:ids",
            about="pupils with another id",
            kind="students",
            change=change.renumbered_pupils,
            passes=lambda school: len(school.pupils) // 2,
        ),
        Boundary(
            gate="stop:ids",
            about="teachers with another id",
            kind="teachers",
            change=change.renumbered_teachers,
            passes=lambda school: len(school.teachers) // 2,
            smallest=300,
        ),
        Boundary(
            gate="stop:ids",
            about="classes with another id",
            kind="classes",
            change=change.renumbered_classes,
            passes=lambda school: _classes(school) // 2,
        ),
    )
}

_KEYS = {
    "users": "max_removed_users",
    "classes": "max_removed_classes",
    "enrollments": "max_removed_enrollments",
    "year": "max_removed_of_year",
    "class": "max_removed_of_class",
    "owners": "max_ownerless_classes",
    "usernames": "max_changed_usernames",
    "titles": "max_changed_titles",
    "growth": "max_added",
}


def only(gate: str) -> str:
    """Return a `[safety]` in which no limit but that of one gate can be exceeded; `stop:` gates have none."""
    assert _KEYS.keys() == PERCENT.keys()
    return "\n[safety]\n" + "".join(f'{key} = "100%"\n' for name, key in _KEYS.items() if name != gate)
