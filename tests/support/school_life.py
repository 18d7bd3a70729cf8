"""
What happens in a school, from one night to the next, as functions that return the school afterwards.

An event takes the school and a source of random numbers; what it needs to know more is a keyword, so that a table of
events binds it with `partial`.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from tests.support.made_school import CAROUSEL, School, TeachingSet, make_pupil, make_teacher

Event = Callable[[School, random.Random], School]


def nothing(school: School, _rng: random.Random) -> School:
    """Return the school as it is."""
    return school


def in_turn(*events: Event) -> Event:
    """Return the event in which these happen one after another."""

    def all_of_them(school: School, rng: random.Random) -> School:
        for event in events:
            school = event(school, rng)
        return school

    return all_of_them


def without_pupils(school: School, gone: Collection[int]) -> School:
    """Take pupils out of the school and off the set lists."""
    gone = frozenset(gone)
    pupils = {number: pupil for number, pupil in school.pupils.items() if number not in gone}
    return without_members(replace(school, pupils=pupils), gone)


def without_members(school: School, gone: Collection[int], sets: Collection[int] | None = None) -> School:
    """Take pupils off the lists of these sets, or of all."""
    gone = frozenset(gone)
    return school.with_sets(
        *(
            replace(teaching_set, members=tuple(number for number in teaching_set.members if number not in gone))
            for teaching_set in school.sets.values()
            if (sets is None or teaching_set.id in sets) and not gone.isdisjoint(teaching_set.members)
        )
    )


def without_teacher(school: School, teacher: int, *successors: int) -> School:
    """Take a teacher out of the school; the sets get the successors, or lose the teacher."""
    return replace(
        school.with_sets(
            *(
                replace(
                    teaching_set,
                    teachers=tuple(
                        number
                        for present in teaching_set.teachers
                        for number in (successors if present == teacher else (present,))
                    ),
                )
                for teaching_set in school.sets.values()
                if teacher in teaching_set.teachers
            )
        ),
        teachers={number: member for number, member in school.teachers.items() if number != teacher},
    )


def without_teachers_of(school: School, sets: Collection[int]) -> School:
    """Take the teachers away from these sets; they stay in the school."""
    return school.with_sets(*(replace(school.sets[number], teachers=()) for number in sets))


def teachers_by_load(school: School) -> list[int]:
    """Return the teachers, those with the fewest classes first."""
    load = Counter(
        teacher for teaching_set in school.sets.values() if teaching_set.members for teacher in teaching_set.teachers
    )
    return sorted(school.teachers, key=lambda teacher: (load[teacher], teacher))


def pupils_leave(school: School, rng: random.Random, *, count: int) -> School:
    """Let pupils of any year leave."""
    return without_pupils(school, rng.sample(sorted(school.pupils), count))


def pupils_join(school: School, rng: random.Random, *, count: int) -> School:
    """Let pupils join: each comes into the sets of another pupil of the year."""
    for _ in range(count):
        companion = school.pupils[rng.choice(sorted(school.pupils))]
        joiner = make_pupil(rng, school.next_id, companion.year)
        school = replace(school, pupils={**school.pupils, joiner.id: joiner}, next_id=school.next_id + 1).with_sets(
            *(
                replace(teaching_set, members=(*teaching_set.members, joiner.id))
                for teaching_set in school.sets.values()
                if companion.id in teaching_set.members
            )
        )
    return school


def share_lost(school: School, rng: random.Random, *, percent: int) -> School:
    """Let a share of the pupils go, one at least."""
    return pupils_leave(school, rng, count=max(1, round(len(school.pupils) * percent / 100)))


def median_teacher_leaves(school: School, _rng: random.Random) -> School:
    """Let the median teacher leave without a successor: the sets have one teacher less, most of them none."""
    ranked = teachers_by_load(school)
    return without_teacher(school, ranked[len(ranked) // 2])


def busiest_teacher_leaves(school: School, _rng: random.Random) -> School:
    """Let the teacher with the most classes leave without a successor."""
    return without_teacher(school, teachers_by_load(school)[-1])


def teacher_replaced(school: School, rng: random.Random) -> School:
    """Let a new teacher take over all the sets of another, who leaves."""
    teaching = {teacher for teaching_set in school.sets.values() for teacher in teaching_set.teachers}
    newcomer = make_teacher(rng, school.next_id)
    school = replace(school, teachers={**school.teachers, newcomer.id: newcomer}, next_id=school.next_id + 1)
    return without_teacher(school, rng.choice(sorted(teaching)), newcomer.id)


def teacher_joins(school: School, rng: random.Random) -> School:
    """Give a set a second teacher, who is new."""
    newcomer = make_teacher(rng, school.next_id)
    teaching_set = school.sets[rng.choice(sorted(school.sets))]
    shared = replace(teaching_set, teachers=(*teaching_set.teachers, newcomer.id))
    school = replace(school, teachers={**school.teachers, newcomer.id: newcomer}, next_id=school.next_id + 1)
    return school.with_sets(shared)


def class_added(school: School, rng: random.Random) -> School:
    """Add a set with half of the pupils of another and the same teacher."""
    pattern = rng.choice([teaching_set for teaching_set in school.sets.values() if teaching_set.members])
    members = pattern.members[::2]
    added = replace(pattern, id=school.next_id, code=f"{pattern.code}x{school.next_id}", members=members)
    return replace(school.with_sets(added), next_id=school.next_id + 1)


def titles_corrected(school: School, rng: random.Random, *, count: int) -> School:
    """Correct the codes of sets, and so the titles of classes."""
    numbers = rng.sample([number for number, teaching_set in school.sets.items() if teaching_set.members], count)
    return school.with_sets(*(replace(school.sets[number], code=f"{school.sets[number].code}*") for number in numbers))


def addresses_changed(school: School, rng: random.Random, *, count: int) -> School:
    """Give pupils another address."""
    changed = {
        number: replace(school.pupils[number], email=f"new.{school.pupils[number].email}")
        for number in rng.sample(sorted(school.pupils), count)
    }
    return replace(school, pupils={**school.pupils, **changed})


def member_moves(school: School, rng: random.Random) -> School:
    """Move a pupil into another set of the same subject and year, or off the list if there is no other."""
    left = rng.choice([teaching_set for teaching_set in school.sets.values() if len(teaching_set.members) > 3])
    pupil = rng.choice(left.members)
    moved = [replace(left, members=tuple(number for number in left.members if number != pupil))]
    parallel = [
        teaching_set
        for teaching_set in sets_of(school, [left.subject], left.year)
        if teaching_set.id != left.id and pupil not in teaching_set.members
    ]
    if parallel:
        entered = rng.choice(parallel)
        moved.append(replace(entered, members=(*entered.members, pupil)))
    return school.with_sets(*moved)


def carousel(school: School, _rng: random.Random) -> School:
    """Let the sets of art, technology and drama hand on their members in a ring, in every year that has the ring."""
    for year in range(3, 10):
        ring = sets_of(school, CAROUSEL, year)
        turned = [ring[index - 1].members for index in range(len(ring))]
        school = school.with_sets(
            *(replace(teaching_set, members=members) for teaching_set, members in zip(ring, turned, strict=True))
        )
    return school


def re_setting(
    school: School, rng: random.Random, *, subjects: Sequence[str], years: Iterable[int], percent: int
) -> School:
    """Let a share of the pupils of these subjects and years change places with one another; sets keep their sizes."""
    for year in years:
        for subject in subjects:
            school = _re_set(school, rng, sets_of(school, [subject], year), percent)
    return school


def exam_leave(school: School, _rng: random.Random) -> School:
    """Take the years that sit exams off all set lists; they are still current pupils."""
    return without_members(school, _examined(school))


def exam_leave_not_current(school: School, _rng: random.Random) -> School:
    """Take the years that sit exams out of the current pupils, while their rows stay in the set lists."""
    gone = _examined(school)
    return replace(school, pupils={number: pupil for number, pupil in school.pupils.items() if number not in gone})


def leavers(school: School, _rng: random.Random) -> School:
    """Let the oldest year leave; its sets stay, without pupils."""
    return without_pupils(school, school.of_year(school.years[-1]))


def rollover(school: School, rng: random.Random) -> School:
    """Begin the next academic year: the oldest leave, all move up, a new year comes, and every set is a new one."""
    youngest, *_, oldest = school.years
    size = len(school.of_year(youngest))
    remaining = {
        number: replace(pupil, year=pupil.year + 1) for number, pupil in school.pupils.items() if pupil.year < oldest
    }
    joiners = [make_pupil(rng, school.next_id + place, youngest) for place in range(size)]
    pupils = {**remaining, **{joiner.id: joiner for joiner in joiners}}
    next_id = school.next_id + size
    by_year = {year: [pupil.id for pupil in pupils.values() if pupil.year == year] for year in school.years}
    sets: dict[int, TeachingSet] = {}
    for old in school.sets.values():
        takers = by_year[old.year]
        members = tuple(sorted(rng.sample(takers, min(len(takers), len(old.members)))))
        sets[next_id] = replace(old, id=next_id, members=members)
        next_id += 1
    return replace(school, pupils=pupils, sets=sets, next_id=next_id)


def churn(school: School, rng: random.Random) -> School:
    """
    Let one ordinary night pass.

    In a school of 1,000 pupils one comes or goes every other night, three change sets each night, a teacher is
    replaced every tenth night, and every fifth a class is added and a title corrected.
    """
    size = len(school.pupils)
    events: list[Event] = [
        partial(pupils_leave, count=_as_often(rng, size * 0.00025)),
        partial(pupils_join, count=_as_often(rng, size * 0.00025)),
        partial(titles_corrected, count=_as_often(rng, size * 0.0002)),
    ]
    events += [member_moves] * _as_often(rng, size * 0.003)
    events += [teacher_replaced] * _as_often(rng, size * 0.0001)
    events += [class_added] * _as_often(rng, size * 0.0002)
    return in_turn(*events)(school, rng)


def sets_of(school: School, subjects: Collection[str], year: int) -> list[TeachingSet]:
    """Return the sets of these subjects in a year, in the order of their ids."""
    return sorted(
        (
            teaching_set
            for teaching_set in school.sets.values()
            if teaching_set.year == year and teaching_set.subject in subjects
        ),
        key=lambda teaching_set: teaching_set.id,
    )


def _examined(school: School) -> frozenset[int]:
    """Return the pupils of years 11 and 13, in a prep school those of the oldest year."""
    years = {11, school.years[-1]}
    return frozenset(pupil.id for pupil in school.pupils.values() if pupil.year in years)


def _re_set(school: School, rng: random.Random, sets: Sequence[TeachingSet], percent: int) -> School:
    """Exchange the places of a share of all members; a place is a set and an index in its list."""
    members = [list(teaching_set.members) for teaching_set in sets]
    places = [(number, index) for number, group in enumerate(members) for index in range(len(group))]
    moving = rng.sample(places, len(places) * percent // 100)
    for (number, index), (other, other_index) in zip(moving, rng.sample(moving, len(moving)), strict=True):
        members[number][index] = sets[other].members[other_index]
    return school.with_sets(
        *(replace(teaching_set, members=tuple(group)) for teaching_set, group in zip(sets, members, strict=True))
    )


def _as_often(rng: random.Random, mean: float) -> int:
    """Return a whole number that is `mean` on average and differs from it by less than one."""
    return int(mean) + (rng.random() < mean % 1)
