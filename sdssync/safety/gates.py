"""
The gates: a catalogue that reads like the table of the contract, section 6.

Each gate looks at what changes from one baseline to the new set, and trips when it counts more than is allowed: than
its limit, and than is tolerated. A `stop:` gate has no limit that could be raised.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sdssync.config.safety import Limit
from sdssync.safety import counts
from sdssync.safety.changes import Changes
from sdssync.safety.counts import (
    SMALLEST_CLASS,
    SMALLEST_KIND,
    SMALLEST_YEAR,
    YEAR_TOLERATED,
    BaselineName,
    Case,
    Count,
    Counts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What a gate counts against one baseline, as it is recorded when it trips."""

    gate: str
    baseline: BaselineName
    limit: Limit | None
    """None: there is none."""
    removed: int
    """What the gate counts."""
    of: int
    detail: str = ""
    """Which year, kind, class or keys; never a person."""


def _removes_users(changes: Changes) -> object:
    return changes.users.removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate."""

    name: str
    trips: str
    """When, in the words of the contract."""
    means: str
    """What its figures are, as the end of a sentence that begins with them."""
    look: str
    """What to look at, for the administrator."""
    counts: Callable[[Case, Limit | None], Counts]
    moves: Callable[[Changes], object] = _removes_users
    """Whether anything of what it counts has changed since the last generation; asked for `window` only."""
    limit: str = ""
    """The key of `[safety]`; "" if there is none."""
    against: frozenset[BaselineName] = frozenset(BaselineName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a gate counts against one baseline, whether it trips or not."""

    figures: Trip
    """Those that trip it worst; otherwise those that come nearest."""
    passes: Decimal | Fraction | int
    """How much of it passes."""

    @property
    def has_tripped(self) -> bool:
        """Return True if the gate counts more than passes."""
        return self.figures.removed > self.passes

    @property
    def used(self) -> float:
        """Return the share of what passes that is used: above 1 if the gate trips."""
        if not self.figures.removed:
            return 1.0 if self.has_tripped else 0.0
        return float(self.figures.removed / Fraction(self.passes)) if self.passes > 0 else math.inf


def measure(case: Case) -> tuple[Measure, ...]:
    """Return what each gate counts against a baseline, one value for each, in the order of the catalogue."""
    return tuple(_measure(gate, case) for gate in GATES.values() if case.name in gate.against and _moves(gate, case))


def _moves(gate: Gate, case: Case) -> bool:
    """Return True unless nothing of what the gate counts against the window has changed since the last generation."""
    return case.name is not BaselineName.WINDOW or bool(case.last and gate.moves(case.last))


def _measure(gate: Gate, case: Case) -> Measure:
    limits: Sequence[Limit | None] = getattr(case.safety.limits, gate.limit) if gate.limit else (None,)
    found = [_found(gate, case, limit, count) for limit in limits for count in gate.counts(case, limit)]
    if tripped := [measured for measured in found if measured.has_tripped]:
        return max(tripped, key=_gravity)
    nothing = _found(gate, case, next(iter(limits), None), Count(0, 0))
    return max(found, key=lambda measured: (measured.used, -measured.passes), default=nothing)


def _gravity(measured: Measure) -> tuple[Fraction, int]:
    trip = measured.figures
    return Fraction(trip.removed, max(trip.of, 1)), trip.removed


def _found(gate: Gate, case: Case, limit: Limit | None, count: Count) -> Measure:
    trip = Trip(gate=gate.name, baseline=case.name, limit=limit, removed=count.number, of=count.of, detail=count.detail)
    return Measure(figures=trip, passes=count.passes)


PINNED = "pinned"

_RECENT = frozenset({BaselineName.LAST, BaselineName.FOLDER})
_GENERATIONS = frozenset({BaselineName.LAST, BaselineName.WINDOW})

_CATALOGUE = (
    Gate(
        name="users",
        trips="more users are removed than `max_removed_users`, and more than `tolerated`",
        means="users would be removed",
        look="Look in iSAMS at the people who are missing, and at the causes below",
        counts=counts.removed("users"),
        limit="max_removed_users",
    ),
    Gate(
        name="classes",
        trips="more classes are removed than `max_removed_classes`, and more than `tolerated`",
        means="classes would be removed",
        look="Look in iSAMS at the teaching sets that are missing, and at years and subjects of the profile",
        counts=counts.removed("classes"),
        moves=lambda changes: changes.classes.removed,
        limit="max_removed_classes",
    ),
    Gate(
        name="enrollments",
        trips="more enrollments are removed than `max_removed_enrollments`, and more than `tolerated`",
        means="enrollments would be removed",
        look="Look in iSAMS at the set lists of the classes that lose most",
        counts=counts.removed("enrollments"),
        moves=lambda changes: changes.enrollments.removed,
        limit="max_removed_enrollments",
    ),
    Gate(
        name="year",
        trips="more pupils of one year group, by their grade in the baseline, are removed than `max_removed_of_year`,"
        f" and more than {YEAR_TOLERATED}",
        means="pupils of one year group would be removed",
        look="Look in iSAMS at the pupils of that year: has NCYear changed, or have they been moved to former pupils?",
        counts=counts.years,
        moves=lambda changes: changes.lost_pupils,
        limit="max_removed_of_year",
    ),
    Gate(
        name="class",
        trips=f"more than `tolerated` classes, of {SMALLEST_CLASS} or more members, that still exist lose more of their"
        " members than `max_removed_of_class`, joiners counted against leavers",
        means="classes would lose most of their members",
        look="Look in iSAMS at the set lists of these classes",
        counts=counts.classes,
        moves=lambda changes: any(number >= SMALLEST_CLASS for number in changes.members.values()),
        limit="max_removed_of_class",
    ),
    Gate(
        name="owners",
        trips="more classes had a teacher in the baseline and have none now than `max_ownerless_classes`, and more than"
        " `tolerated`",
        means="classes would have no teacher any more",
        look="Look in iSAMS at the teachers of the sets, and whether these members of staff are current",
        counts=counts.orphaned,
        moves=lambda changes: changes.orphaned_classes,
        limit="max_ownerless_classes",
    ),
    Gate(
        name="usernames",
        trips="of the users in both sets more have another username than `max_changed_usernames`, and more than"
        " `tolerated`",
        means="users would have another username",
        look="Look in iSAMS at the e-mail addresses: has the domain changed, or do they belong to other people?",
        counts=counts.usernames,
        moves=lambda changes: changes.renamed_users,
        limit="max_changed_usernames",
    ),
    Gate(
        name="titles",
        trips="of the classes in both sets more have another title than `max_changed_titles`, and more than"
        " `tolerated`",
        means="classes would have another title",
        look="Look at suffix and title in the profile, and at the codes of the sets in iSAMS",
        counts=counts.titles,
        moves=lambda changes: changes.retitled_classes,
        limit="max_changed_titles",
    ),
    Gate(
        name="growth",
        trips="more users, classes or enrollments are added than `max_added`, and more than `tolerated`; a lost list of"
        " subjects adds every class of the school. Pupils of a class that has waited for them until `pupils_from` are"
        " not counted",
        means="rows would be added",
        look="Look at [subjects], [groups] and year_groups of the profile, and at the subjects in iSAMS",
        counts=counts.growth,
        moves=lambda changes: changes.users.added or changes.classes.added or changes.enrollments.added,
        limit="max_added",
        against=_RECENT,
    ),
    Gate(
        name="stop:org",
        trips="the sourcedId of an organisation of the baseline is gone",
        means="organisations would be gone",
        look="Look at [school] id in sdssync.toml and at [org] in the profiles: SDS keeps these ids for good",
        counts=counts.orgs,
        moves=lambda changes: changes.lost_orgs,
    ),
    Gate(
        name="stop:students",
        trips="no student is left in the set",
        means="students would be removed: none would be left",
        look="Look in iSAMS at the pupils of these years",
        counts=counts.none_left(students=True),
        moves=lambda changes: changes.gone(students=True),
    ),
    Gate(
        name="stop:teachers",
        trips="no teacher is left in the set",
        means="teachers would be removed: none would be left",
        look="Look in iSAMS at the current staff, their e-mail addresses, and the teachers of the sets",
        counts=counts.none_left(students=False),
        moves=lambda changes: changes.gone(students=False),
    ),
    Gate(
        name="stop:year",
        trips=f"every pupil of a year group of {SMALLEST_YEAR} or more, by the grade in the baseline, is removed",
        means="pupils would be removed: every one of a year group",
        look="Look at year_groups of the profile, and in iSAMS at the pupils of that year",
        counts=counts.whole_years,
        moves=lambda changes: changes.lost_pupils,
    ),
    Gate(
        name="stop:kind",
        trips="every class of one kind of the baseline is gone: of its sets, merged sets, forms, academic houses,"
        f" boarding houses or years, if there were {SMALLEST_KIND} or more",
        means="classes would be removed: every one of a kind",
        look="Look at [classes], [groups], class_id and suffix of the profile, and whether iSAMS still has these sets,"
        " forms, houses or years",
        counts=counts.whole_kinds,
        moves=lambda changes: changes.classes.removed,
        against=_GENERATIONS,
    ),
    Gate(
        name="stop:owners",
        trips="no class has a teacher any more, and some had",
        means="classes would have no teacher any more: none would",
        look="Look in iSAMS at the current staff and at the teachers of the sets",
        counts=counts.no_owner,
        moves=lambda changes: changes.old.taught - changes.new.taught,
    ),
    Gate(
        name="stop:ids",
        trips="more than half of the students, of the teachers or of the classes of the baseline (ten or more) are"
        " gone, and at least half as many new ones of that kind have come",
        means="would be gone, and half as many or more would come under other ids",
        look="Look whether the ids have changed: SchoolId of pupils, ids of staff and sets in iSAMS, or class_id in the"
        " profile; SDS would make new users or teams",
        counts=counts.new_ids,
        moves=lambda changes: changes.users.removed or changes.classes.removed,
    ),
    Gate(
        name="settings",
        trips="the effective profile has changed since the baseline, and anything at all is removed",
        means="rows would be removed after a change of the profile",
        look="Look at the changed keys, and whether they were meant",
        counts=counts.settings,
        against=_RECENT,
    ),
    Gate(
        name="unreadable",
        trips="the output folder holds files with rows that cannot be read as a set",
        means="files of the output folder cannot be read as a set",
        look="Look at the files in the output folder: no one can say whom publishing would remove",
        counts=counts.unreadable,
        against=frozenset({BaselineName.FOLDER}),
    ),
    Gate(
        name="freeze",
        trips="the day is in a freeze, and anything at all is removed",
        means="rows would be removed in a freeze",
        look="Wait until the freeze is over, or approve the plan",
        counts=counts.freeze,
        against=_RECENT,
    ),
    Gate(
        name=PINNED,
        trips="the profile was restored and not released",
        means="rows would be removed; the profile was restored and not released",
        look="When iSAMS is right again, release the profile",
        counts=counts.pinned,
        against=_RECENT,
    ),
)

GATES: Mapping[str, Gate] = {gate.name: gate for gate in _CATALOGUE}
"""Every gate by name, in the order of the contract."""
