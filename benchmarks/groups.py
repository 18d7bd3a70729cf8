"""
Forms, houses and years for an invented school, and how the iSAMS Batch API writes them.

A form has at most two dozen pupils of one year. Every third of the older pupils boards.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.invented import YEARS, Group, Groups, Pupil, School, StaffMember, user_code

_FORM = 24
_FIRST_BOARDING_YEAR = 7
_ACADEMIC, _BOARDING = ("Ash", "Birch", "Cedar", "Damson"), ("Northgate", "Southgate")


def with_groups(school: School) -> School:
    """Return the school with its pupils in forms and houses, and with members of staff for each of these."""
    places: defaultdict[int, int] = defaultdict(int)  # how many pupils of a year have been placed
    pupils = []
    for pupil in school.pupils:
        place = places[pupil.year]
        places[pupil.year] += 1
        pupils.append(_placed(pupil, place))
    forms = dict.fromkeys(sorted((pupil.year, pupil.form) for pupil in pupils))
    return replace(
        school,
        pupils=tuple(pupils),
        groups=Groups(
            forms=tuple(
                Group(id=form, name=form, code=form, year=year, staff=_staff(school, number, 1 + (number % 3 == 0)))
                for number, (year, form) in enumerate(forms)
            ),
            academic_houses=_houses(school, _ACADEMIC),
            boarding_houses=_houses(school, _BOARDING),
            years=tuple(
                Group(
                    id=f"{year}",
                    name=f"Year {year}" if year else "Reception",
                    code=f"Y{year}",
                    year=year,
                    staff=_staff(school, year, 1),
                )
                for year in YEARS
            ),
        ),
    )


def lines(groups: Groups) -> Iterator[str]:
    """Write the sections."""
    yield "  <SchoolManager>\n    <Forms>\n"
    yield from map(_form, groups.forms)
    yield "    </Forms>\n    <AcademicHouses>\n"
    yield from map(_house, groups.academic_houses)
    yield "    </AcademicHouses>\n    <BoardingHouses>\n"
    yield from map(_house, groups.boarding_houses)
    yield "    </BoardingHouses>\n    <Years>\n"
    yield from map(_year, groups.years)
    yield "    </Years>\n  </SchoolManager>\n"


def _placed(pupil: Pupil, place: int) -> Pupil:
    """Return the pupil in a form and in houses, by the place among those of the year."""
    boards = pupil.year >= _FIRST_BOARDING_YEAR and place % 3 == 0
    return replace(
        pupil,
        form=f"{pupil.year}{chr(ord('A') + place // _FORM)}",
        academic_house=1 + place % len(_ACADEMIC),
        boarding_house=1 + pupil.year % len(_BOARDING) if boards else 0,
    )


def _houses(school: School, names: tuple[str, ...]) -> tuple[Group, ...]:
    return tuple(
        Group(id=f"{number}", name=name, code=name[:2].upper(), year=None, staff=_staff(school, number, 2))
        for number, name in enumerate(names, start=1)
    )


def _staff(school: School, number: int, count: int) -> tuple[StaffMember, ...]:
    """Return as many members of staff for the group of a number."""
    every = school.staff
    return tuple(every[(4 * number + 2 + place) % len(every)] for place in range(count))


def _form(form: Group) -> str:
    tutor, *assistants = form.staff
    assistant = f' AssistantTutorId="{assistants[0].id}"' if assistants else ""
    return f"""\
      <Form Id="{form.id}" TutorId="{tutor.id}"{assistant} YearId="{form.year}" AuthorId="1">
        <Tutor Legacy="True">{user_code(tutor)}</Tutor>
        <NationalCurriculumYear Legacy="True">{form.year}</NationalCurriculumYear>
        <Form>{form.name}</Form>
      </Form>
"""


def _house(house: Group) -> str:
    master, assistant = house.staff
    return f"""\
      <House Id="{house.id}" HouseMasterId="{master.id}" AssistantHouseMasterId="{assistant.id}">
        <HouseMaster Legacy="True">{user_code(master)}</HouseMaster>
        <Name>{house.name}</Name>
        <Code>{house.code}</Code>
      </House>
"""


def _year(year: Group) -> str:
    (tutor,) = year.staff
    return f"""\
      <Year Id="{year.id}" TutorId="{tutor.id}" AuthorId="1">
        <NationalCurriculumYear Legacy="True">{year.year}</NationalCurriculumYear>
        <Tutor Legacy="True">{user_code(tutor)}</Tutor>
        <Name>{year.name}</Name>
        <Code>{year.code}</Code>
      </Year>
"""
