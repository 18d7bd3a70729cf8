"""Nights of a made school by name: ordinary ones, which pass all gates, and disasters, which are held."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from tests.support import exact_changes as change
from tests.support import school_life as life
from tests.support.made_school import School
from tests.support.school_life import Event


def _renamed_titles(school: School, _rng: object) -> School:
    return school.with_sets(
        *(replace(teaching_set, code=f"2027 {teaching_set.code}") for teaching_set in school.sets.values())
    )


def _new_domain(school: School, _rng: object) -> School:
    return change.readdressed_pupils(school, len(school.pupils))


def _without_half_of_the_set_lists(school: School, _rng: object) -> School:
    return change.fewer_rows(school, sum(len(teaching_set.members) for teaching_set in school.sets.values()) // 2)


def _without_owners(school: School, _rng: object) -> School:
    return life.without_teachers_of(school, school.sets.keys())


def _without_a_year(school: School, _rng: object) -> School:
    return life.without_pupils(school, school.of_year(school.years[2]))


def _without_half_of_the_pupils(school: School, _rng: object) -> School:
    return life.without_pupils(school, sorted(school.pupils)[::2])


def _with_every_class_twice(school: School, _rng: object) -> School:
    return change.with_copies(school, change.filled_sets(school))


def _without_a_third_of_the_sets(school: School, _rng: object) -> School:
    return replace(school, sets={number: teaching_set for number, teaching_set in school.sets.items() if number % 3})


def _with_new_ids(school: School, _rng: object) -> School:
    return change.renumbered_pupils(school, len(school.pupils))


ORDINARY: Mapping[str, Event] = {
    "nothing": life.nothing,
    "a pupil leaves": partial(life.pupils_leave, count=1),
    "three pupils leave": partial(life.pupils_leave, count=3),
    "a pupil joins": partial(life.pupils_join, count=1),
    "three pupils join": partial(life.pupils_join, count=3),
    "two leave, one joins": life.in_turn(partial(life.pupils_leave, count=2), partial(life.pupils_join, count=1)),
    "a pupil changes sets": life.member_moves,
    "a pupil's address changes": partial(life.addresses_changed, count=1),
    "a teacher is replaced": life.teacher_replaced,
    "a second teacher comes": life.teacher_joins,
    "a class is added": life.class_added,
    "a title is corrected": partial(life.titles_corrected, count=1),
    "three titles are corrected": partial(life.titles_corrected, count=3),
}
"""Nights that pass in a school of any size."""

DISASTERS: Mapping[str, Event] = {
    "half of the pupils are missing": _without_half_of_the_pupils,
    "a year is missing": _without_a_year,
    "a third of the sets is missing": _without_a_third_of_the_sets,
    "half of the set lists is missing": _without_half_of_the_set_lists,
    "no set has a teacher": _without_owners,
    "all pupils have new ids": _with_new_ids,
    "all pupils have new addresses": _new_domain,
    "all classes have new titles": _renamed_titles,
    "every class is there twice": _with_every_class_twice,
}
"""Nights that are held in a school of any size."""
