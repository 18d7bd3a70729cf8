"""
The gates of the safety section by plain arithmetic, for the defaults: what is counted, of how many, and what passes.

It shares no code with the program: it works on the rows of a made school, and a test compares the two.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.support.made_school import Rows

PERCENT = {
    "users": 5, "classes": 5, "enrollments": 10, "year": 20, "class": 50, "owners": 25, "usernames": 10, "titles": 20,
    "growth": 25,
}  # fmt: skip
"""The defaults of the limits, by gate."""
TOLERATED = {"users": 5, "classes": 3, "enrollments": 20}
OF_A_YEAR = 5
WINDOW = 30
_JUDGED_BY_CLASSES = 5
"""A class of fewer members is not judged by `class`."""
_MANY = 10
"""Fewer students, teachers or classes are not judged by `stop:ids`."""
_FEW_OF_A_YEAR = 3
_FEW_OF_A_KIND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one gate counts, for one year or kind where it looks at several."""

    gate: str
    counted: int
    of: int
    passes: int
    """The largest number that passes."""
    about: str = ""

    @property
    def trips(self) -> bool:
        """Return True if the gate holds the set."""
        return self.counted > self.passes

    def __str__(self) -> str:
        about = f" {self.about}" if self.about else ""
        return f"{self.gate}{about} {self.counted}/{self.of} > {self.passes}"


def most(gate: str, of: int) -> int:
    """Return the largest number of removed users, classes or enrollments that passes."""
    return max(of * PERCENT[gate] // 100, min(TOLERATED[gate], of // 5))


def most_in_both(gate: str, of: int, kind: str) -> int:
    """Return the largest number that passes a gate which counts rows that have changed, or classes without owner."""
    return max(of * PERCENT[gate] // 100, TOLERATED[kind])


def most_of_year(of: int) -> int:
    """Return the largest number of a year that may go; all of three or more are held by `stop:year`."""
    return max(of * PERCENT["year"] // 100, OF_A_YEAR)


def most_of_class(members: int) -> int:
    """Return the largest loss of one class that `class` does not count."""
    return members * PERCENT["class"] // 100


def figures(old: Rows, new: Rows) -> Iterator[Figure]:
    """Yield what each gate counts from the baseline to the new rows."""
    yield from _removed(old, new)
    yield from _years(old, new)
    yield _classes_that_shrank(old, new)
    yield from _owners(old, new)
    yield from _changed(old, new)
    yield from _added(old, new)
    yield from _kinds(old, new)


def tripped(old: Rows, new: Rows) -> list[Figure]:
    """Return the gates that hold the new rows, with the worst figure of each."""
    worst: dict[str, Figure] = {}
    for figure in figures(old, new):
        if figure.trips and (figure.gate not in worst or _excess(figure) > _excess(worst[figure.gate])):
            worst[figure.gate] = figure
    return list(worst.values())


@dataclass(slots=True)
class Annals:
    """What was published when, for the baselines of the next night."""

    _published: list[tuple[date, Rows]] = field(default_factory=list)
    _approved: int = 0

    def publish(self, day: date, rows: Rows) -> None:
        """Note a set that was published; a set equal to the last one is not noted again."""
        if not self._published or self._published[-1][1] != rows:
            self._published.append((day, rows))

    def approve(self, day: date, rows: Rows) -> None:
        """Note a set that was published because it was approved: `window` looks back no further."""
        self._published.append((day, rows))
        self._approved = len(self._published) - 1

    def window(self, day: date) -> Rows:
        """Return the set that was published 30 days ago, or the first; none older than the last approval."""
        then = day - timedelta(days=WINDOW)
        number = max((number for number, (when, _) in enumerate(self._published) if when <= then), default=0)
        return self._published[max(number, self._approved)][1]

    def judge(self, day: date, rows: Rows) -> dict[tuple[str, str], Figure]:
        """Return what holds the rows on this day, by gate and baseline."""
        if not self._published or self._published[-1][1] == rows:
            return {}
        last = self._published[-1][1]
        counted: Counter[tuple[str, str]] = Counter()
        for figure in figures(last, rows):
            counted[figure.gate, figure.about] += figure.counted
        held = {(figure.gate, "last"): figure for figure in tripped(last, rows)}
        for figure in tripped(self.window(day), rows):
            if figure.gate != "growth" and counted[figure.gate, figure.about]:
                held[figure.gate, "window"] = figure
        return held


def _excess(figure: Figure) -> float:
    return figure.counted / max(figure.passes, 1)


def _removed(old: Rows, new: Rows) -> Iterator[Figure]:
    pairs: Mapping[str, tuple[frozenset[object], frozenset[object]]] = {
        "users": (frozenset(old.usernames), frozenset(new.usernames)),
        "classes": (frozenset(old.titles), frozenset(new.titles)),
        "enrollments": (frozenset(old.enrollments), frozenset(new.enrollments)),
    }
    for gate, (before, after) in pairs.items():
        yield Figure(gate=gate, counted=len(before - after), of=len(before), passes=most(gate, len(before)))


def _years(old: Rows, new: Rows) -> Iterator[Figure]:
    before = Counter(old.years.values())
    gone = Counter(year for user, year in old.years.items() if user not in new.usernames)
    for year, of in before.items():
        yield Figure(gate="year", about=str(year), counted=gone[year], of=of, passes=most_of_year(of))
        if of >= _FEW_OF_A_YEAR:
            yield Figure(gate="stop:year", about=str(year), counted=gone[year], of=of, passes=of - 1)


def _classes_that_shrank(old: Rows, new: Rows) -> Figure:
    before, after = _members(old), _members(new)
    judged = [number for number in old.titles if before[number] >= _JUDGED_BY_CLASSES and number in new.titles]
    shrunk = sum(before[number] - after[number] > most_of_class(before[number]) for number in judged)
    return Figure(gate="class", counted=shrunk, of=len(judged), passes=TOLERATED["classes"])


def _owners(old: Rows, new: Rows) -> Iterator[Figure]:
    before, after = _owned(old), _owned(new)
    lost = len((before - after) & new.titles.keys())
    of = len(before)
    yield Figure(gate="owners", counted=lost, of=of, passes=most_in_both("owners", of, "classes"))
    if before:
        yield Figure(gate="stop:owners", counted=len(before) if not after else 0, of=of, passes=of - 1)


def _changed(old: Rows, new: Rows) -> Iterator[Figure]:
    gates = (("usernames", "users", old.usernames, new.usernames), ("titles", "classes", old.titles, new.titles))
    for gate, kind, before, after in gates:
        both = before.keys() & after.keys()
        changed = sum(before[number] != after[number] for number in both)
        yield Figure(gate=gate, counted=changed, of=len(both), passes=most_in_both(gate, len(both), kind))


def _added(old: Rows, new: Rows) -> Iterator[Figure]:
    for kind, before, after in (
        ("users", len(old.usernames), len(new.usernames.keys() - old.usernames.keys())),
        ("classes", len(old.titles), len(new.titles.keys() - old.titles.keys())),
        ("enrollments", len(old.enrollments), len(new.enrollments - old.enrollments)),
    ):
        passes = most_in_both("growth", before, kind)
        yield Figure(gate="growth", about=kind, counted=after, of=before, passes=passes)


def _kinds(old: Rows, new: Rows) -> Iterator[Figure]:
    for kind, before, after in (
        ("students", old.years.keys(), new.years.keys()),
        ("teachers", old.usernames.keys() - old.years.keys(), new.usernames.keys() - new.years.keys()),
        ("classes", old.titles.keys(), new.titles.keys()),
    ):
        gone, come = len(before - after), len(after - before)
        if kind != "classes" and before and not after:
            yield Figure(gate=f"stop:{kind}", counted=len(before), of=len(before), passes=len(before) - 1)
        if kind == "classes" and len(before) >= _FEW_OF_A_KIND:  # all are sets
            yield Figure(gate="stop:kind", counted=gone, of=len(before), passes=len(before) - 1)
        if len(before) >= _MANY and come * 2 >= gone:
            yield Figure(gate="stop:ids", about=kind, counted=gone, of=len(before), passes=len(before) // 2)


def _members(rows: Rows) -> Counter[str]:
    return Counter(row.class_id for row in rows.enrollments if row.role == "student")


def _owned(rows: Rows) -> frozenset[str]:
    return frozenset(row.class_id for row in rows.enrollments if row.role == "teacher")
