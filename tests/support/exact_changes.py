"""Changes of a made school by an exact number: what one gate counts, and as little else as can be."""

from collections.abc import Iterable
from dataclasses import replace

from tests.support import school_life as life
from tests.support.made_school import School, dice, make_pupil


def largest_year(school: School) -> tuple[int, ...]:
    """Return the pupils of the largest year."""
    return max(map(school.of_year, school.years), key=len)


def four_even_classes(school: School) -> list[int]:
    """Return four classes of one even size, six at least, so that half of it is the same with a teacher and without."""
    of_size: dict[int, list[int]] = {}
    for teaching_set in school.sets.values():
        if len(teaching_set.teachers) == 1:
            of_size.setdefault(len(teaching_set.members), []).append(teaching_set.id)
    return next(sets[:4] for size, sets in of_size.items() if size >= 6 and size % 2 == 0 and len(sets) >= 4)


def filled_sets(school: School) -> list[int]:
    """Return the sets that make a class, the smallest ones last."""
    sets = sorted(school.sets.values(), key=lambda teaching_set: -len(teaching_set.members))
    return [teaching_set.id for teaching_set in sets if teaching_set.members]


def fewer_pupils(school: School, count: int) -> School:
    """Let pupils of all years leave."""
    return life.without_pupils(school, sorted(school.pupils)[:count])


def fewer_of_a_year(school: School, count: int) -> School:
    """Let pupils of the largest year leave."""
    return life.without_pupils(school, largest_year(school)[:count])


def fewer_classes(school: School, count: int) -> School:
    """Leave sets without pupils, so that they are no classes."""
    return life.without_members(school, school.pupils.keys(), filled_sets(school)[:count])


def fewer_rows(school: School, count: int) -> School:
    """Take so many pupils off set lists, one of each set, then a second of each."""
    kept = {number: list(teaching_set.members) for number, teaching_set in school.sets.items()}
    while count:
        for members in kept.values():
            if count and len(members) > 1:
                members.pop()
                count -= 1
    return school.with_sets(*(replace(school.sets[number], members=tuple(kept[number])) for number in kept))


def shrunk_classes(school: School, count: int) -> School:
    """Leave one pupil in each of so many sets."""
    sets = (school.sets[number] for number in filled_sets(school)[:count])
    return school.with_sets(*(replace(teaching_set, members=teaching_set.members[:1]) for teaching_set in sets))


def four_shrunk_classes(school: School, count: int) -> School:
    """Take so many pupils out of each of four sets."""
    sets = (school.sets[number] for number in four_even_classes(school))
    return school.with_sets(*(replace(teaching_set, members=teaching_set.members[count:]) for teaching_set in sets))


def ownerless_classes(school: School, count: int) -> School:
    """Take the teachers away from so many sets."""
    return life.without_teachers_of(school, filled_sets(school)[:count])


def idle_teachers(school: School, count: int) -> School:
    """Let so many teachers have no sets, though they stay."""
    idle = frozenset(sorted(school.teachers)[:count])
    sets = (teaching_set for teaching_set in school.sets.values() if not idle.isdisjoint(teaching_set.teachers))
    return school.with_sets(
        *(
            replace(teaching_set, teachers=tuple(number for number in teaching_set.teachers if number not in idle))
            for teaching_set in sets
        )
    )


def readdressed_pupils(school: School, count: int) -> School:
    """Give so many pupils another address."""
    changed = (school.pupils[number] for number in sorted(school.pupils)[:count])
    readdressed = {pupil.id: replace(pupil, email=f"new.{pupil.email}") for pupil in changed}
    return replace(school, pupils={**school.pupils, **readdressed})


def retitled_classes(school: School, count: int) -> School:
    """Give so many classes another title."""
    sets = (school.sets[number] for number in filled_sets(school)[:count])
    return school.with_sets(*(replace(teaching_set, code=f"{teaching_set.code}*") for teaching_set in sets))


def more_pupils(school: School, count: int) -> School:
    """Add pupils who are in no set yet."""
    rng, years = dice(1), school.years
    numbers = range(school.next_id, school.next_id + count)
    joiners = {number: make_pupil(rng, number, years[number % len(years)]) for number in numbers}
    return replace(school, pupils={**school.pupils, **joiners}, next_id=school.next_id + count)


def with_copies(school: School, patterns: Iterable[int], size: int | None = None) -> School:
    """Add a set for each of these, with the first `size` of the same pupils, or all."""
    for number in patterns:
        pattern = school.sets[number]
        added = replace(pattern, id=school.next_id, code=f"{pattern.code}+", members=pattern.members[:size])
        school = replace(school.with_sets(added), next_id=school.next_id + 1)
    return school


def more_classes(school: School, count: int) -> School:
    """Add so many sets with one pupil teaching_set."""
    return with_copies(school, filled_sets(school)[:count], 1)


def more_rows(school: School, count: int) -> School:
    """Put pupils on lists of sets that they are not on."""
    added: dict[int, list[int]] = {}
    for number in filled_sets(school):
        present = frozenset(school.sets[number].members)
        absent = [pupil for pupil in school.pupils if pupil not in present][: min(count, 10)]
        added[number] = absent
        count -= len(absent)
    assert count == 0
    sets = (replace(school.sets[number], members=(*school.sets[number].members, *added[number])) for number in added)
    return school.with_sets(*sets)


def renumbered_pupils(school: School, count: int) -> School:
    """Give pupils another id: to SDS they are others."""
    first = school.next_id
    new = {number: first + place for place, number in enumerate(sorted(school.pupils)[:count])}
    pupils = {new.get(number, number): pupil for number, pupil in school.pupils.items()}
    sets = (
        replace(teaching_set, members=tuple(new.get(number, number) for number in teaching_set.members))
        for teaching_set in school.sets.values()
    )
    renumbered = {number: replace(pupil, id=number) for number, pupil in pupils.items()}
    return replace(school.with_sets(*sets), pupils=renumbered, next_id=first + count)


def renumbered_teachers(school: School, count: int) -> School:
    """Give so many teachers another id."""
    for number in sorted(school.teachers)[:count]:
        newcomer = replace(school.teachers[number], id=school.next_id)
        school = replace(school, teachers={**school.teachers, newcomer.id: newcomer}, next_id=school.next_id + 1)
        school = life.without_teacher(school, number, newcomer.id)
    return school


def renumbered_classes(school: School, count: int) -> School:
    """Give so many sets another id."""
    new = {number: school.next_id + place for place, number in enumerate(filled_sets(school)[:count])}
    sets = [
        replace(teaching_set, id=new.get(teaching_set.id, teaching_set.id)) for teaching_set in school.sets.values()
    ]
    return replace(
        school, sets={teaching_set.id: teaching_set for teaching_set in sets}, next_id=school.next_id + count
    )
