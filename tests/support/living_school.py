"""
A made school that lives on for years: it grows and shrinks, makes mistakes in iSAMS and corrects them.

What happens in a night depends on the school of the night before and on the dice of this night alone.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import pi, sin

from tests.support import school_life as life
from tests.support.expected_sets import Records, without_addresses
from tests.support.made_school import School, make_school
from tests.support.night_tables import DISASTERS
from tests.support.school_life import Event

SMALLEST, LARGEST = 90, 170
"""Pupils between which the school grows and shrinks."""
_WAVE = 125
"""Nights from one largest school to the next; so a hundred nights have seen it."""
_SEASON = 60
"""Nights of much change, then as many calm ones: so long that `window` looks back beyond the last approval."""
_MOST_SETS, _MOST_TEACHERS, _FEWEST_TEACHERS = 115, 18, 9


def class_ends(school: School, rng: random.Random) -> School:
    """Remove a set for good."""
    gone = rng.choice(sorted(school.sets))
    return replace(school, sets={number: other for number, other in school.sets.items() if number != gone})


def vacancies_filled(school: School, _rng: random.Random) -> School:
    """Give each set without a teacher the one who has the fewest classes."""
    for teaching_set in [found for found in school.sets.values() if not found.teachers]:
        school = school.with_sets(replace(teaching_set, teachers=(life.teachers_by_load(school)[0],)))
    return school


def staff_changes(school: School, rng: random.Random) -> School:
    """Let a teacher come where there are few, or go where there are many."""
    if len(school.teachers) >= _MOST_TEACHERS:
        return life.busiest_teacher_leaves(school, rng)
    if len(school.teachers) <= _FEWEST_TEACHERS:
        return life.teacher_joins(school, rng)
    return rng.choice([life.median_teacher_leaves, life.teacher_joins, life.teacher_replaced])(school, rng)


_EVENTS: Sequence[tuple[int, Event]] = (
    (12, life.nothing),
    (20, life.churn),
    (12, life.member_moves),
    (8, partial(life.pupils_join, count=3)),
    (8, partial(life.pupils_leave, count=2)),
    (6, staff_changes),
    (6, vacancies_filled),
    (6, life.class_added),
    (5, class_ends),
    (4, partial(life.titles_corrected, count=2)),
    (4, partial(life.addresses_changed, count=2)),
    (2, partial(life.share_lost, percent=8)),
    (2, life.carousel),
    (2, partial(life.re_setting, subjects=["Ma", "Sc", "Fr"], years=range(7, 12), percent=30)),
)
"""What may happen in a night, and how often."""


@dataclass(slots=True, kw_only=True)
class LivingSchool:
    """A school, and what iSAMS has wrong of it."""

    school: School = field(default_factory=lambda: make_school(130))
    disaster: str = ""
    """What is wrong with everything, by its name in `DISASTERS`."""
    _until: int = 0
    """The night in which the disaster is over."""
    without_address: dict[int, int] = field(default_factory=dict)
    """Pupils and teachers whose address is missing, each with the night in which it returns."""
    _had_none: set[int] = field(default_factory=set)
    """Those whose address was missing before; it happens once to each."""

    def pass_night(self, rng: random.Random, number: int) -> None:
        """Let a night pass."""
        is_calm = number // _SEASON % 2 == 1
        if is_calm:
            self.school = life.churn(self.school, rng)
        else:
            [event] = rng.choices([event for _, event in _EVENTS], [weight for weight, _ in _EVENTS])
            self.school = event(self._towards(rng, number), rng)
        if len(self.school.sets) > _MOST_SETS:
            self.school = class_ends(self.school, rng)
        self.without_address = {person: until for person, until in self.without_address.items() if until > number}
        if number >= self._until:
            is_bad = rng.random() < (0.005 if is_calm else 0.05)
            self.disaster = rng.choice(sorted(DISASTERS)) if is_bad else ""
            self._until = number + rng.randint(1, 3)

    def begin_year(self, rng: random.Random) -> None:
        """Let everyone move up, the oldest year leave and a new one come."""
        self.school = life.rollover(self.school, rng)

    def lose_address(self, rng: random.Random, candidates: Collection[int], number: int) -> None:
        """Delete the address of someone by mistake, for a few nights or for longer than it is kept."""
        wanted = sorted(frozenset(candidates) - self._had_none)
        if wanted:
            person = rng.choice(wanted)
            self._had_none.add(person)
            self.without_address[person] = number + rng.randint(2, 12)

    def records(self, rng: random.Random, *, with_twins: bool) -> Records:
        """Return what iSAMS says of the school; with twins two pupils of one year have one id."""
        wrong = DISASTERS[self.disaster](self.school, rng) if self.disaster else self.school
        told = without_addresses(wrong, self.without_address)
        if not with_twins:
            return Records(school=told)
        year = rng.choice(told.years)
        known = [pupil.id for pupil in told.pupils.values() if pupil.year == year and pupil.email]
        one, other = rng.sample(sorted(known), 2)
        return Records(school=told, original=one, twin=other)

    def _towards(self, rng: random.Random, number: int) -> School:
        """Let pupils come or go, three at most, so that the school has the size that the night asks for."""
        wanted = (SMALLEST + LARGEST) / 2 + (LARGEST - SMALLEST) / 2 * sin(2 * pi * number / _WAVE)
        difference = round(wanted) - len(self.school.pupils)
        if difference > 0:
            return life.pupils_join(self.school, rng, count=min(3, difference))
        return life.pupils_leave(self.school, rng, count=min(3, -difference))
