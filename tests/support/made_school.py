"""
An invented school of 40 to 4,000 pupils as a value: who learns what with whom, its iSAMS document, its SDS rows.

Below a hundred pupils it is a small prep school of years 3 to 8, where a year is one set in nearly every subject.
Larger ones have years 7 to 13: forms and sets in the lower school, core subjects and options, three subjects in the
sixth form.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple, Self
from xml.sax.saxutils import escape

from benchmarks.invented import FORENAMES, SURNAMES, ascii_letters
from tests.support.documents import row

SUBJECTS = {
    "Ma": "Mathematics", "En": "English", "Sc": "Science", "Ph": "Physics", "Ch": "Chemistry", "Bi": "Biology",
    "Fr": "French", "Sp": "Spanish", "La": "Latin", "Gg": "Geography", "Hi": "History", "RS": "Religious Studies",
    "Ec": "Economics", "Cs": "Computing", "Ar": "Art", "DT": "Design & Technology", "Dr": "Drama", "Mu": "Music",
    "PE": "Physical Education", "LS": "Learning Support",
}  # fmt: skip
IDS = {code: number for number, code in enumerate(SUBJECTS, start=1)}

CAROUSEL = ("Ar", "DT", "Dr")
"""Subjects that a pupil has one after another, a term each."""
_CLASS_TEACHER = ("Ma", "En", "Sc", "Gg", "Hi", "RS")
_PREP = (*_CLASS_TEACHER, "Fr", "Mu", "PE")
_FORM, _SETTED = ("En", "Gg", "Hi", "RS", "Mu", "PE", "Cs"), ("Ma", "Sc", "Fr")
_CORE, _OPTIONS = ("Ma", "En", "Sc", "PE"), ("Gg", "Hi", "RS", "Mu", "Cs", "Fr", "Ar", "DT", "Dr", "La", "Sp", "Ec")
_SIXTH = ("Ma", "En", "Ph", "Ch", "Bi", "Gg", "Hi", "Fr", "Ar", "Ec", "Cs", "Sp")
_FULL, _FULL_SIXTH = 24, 16
_PUPILS_FOR_A_TEACHER = 12
_FIRST_SCHOOL_ID = 7983000000000


class Enrollment(NamedTuple):
    """A row of enrollments, by its key."""

    class_id: str
    user_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What SDS is to get, by the ids that SDS compares."""

    usernames: Mapping[str, str]
    """By user."""
    years: Mapping[str, int]
    """By student; a user who is not in it is a teacher."""
    titles: Mapping[str, str]
    """By class."""
    enrollments: frozenset[Enrollment]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Return how many users, classes and enrollments there are."""
        return len(self.usernames), len(self.titles), len(self.enrollments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A current pupil; the id in SDS follows from the id in iSAMS."""

    id: int
    forename: str
    surname: str
    year: int
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A current member of staff."""

    id: int
    forename: str
    surname: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingSet:
    """A set with its teachers, and the ids of those on its list, who may have left."""

    id: int
    subject: str
    year: int
    code: str
    teachers: tuple[int, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school on one day; an event makes another value of it."""

    pupils: Mapping[int, Pupil]
    teachers: Mapping[int, Teacher]
    sets: Mapping[int, TeachingSet]
    next_id: int
    """For the next pupil, teacher or set; an id is never used again."""

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years that have pupils, the youngest first."""
        return tuple(sorted({pupil.year for pupil in self.pupils.values()}))

    def of_year(self, year: int) -> tuple[int, ...]:
        """Return the ids of the pupils of a year."""
        return tuple(pupil.id for pupil in self.pupils.values() if pupil.year == year)

    def with_sets(self, *sets: TeachingSet) -> Self:
        """Return the school with these sets, in place of those that have the same ids."""
        return replace(self, sets={**self.sets, **{teaching_set.id: teaching_set for teaching_set in sets}})

    def rows(self) -> Rows:
        """Return what a profile of all years makes of the school: a set without current pupils is no class."""
        members = {
            teaching_set.id: pupils
            for teaching_set in self.sets.values()
            if (pupils := [number for number in teaching_set.members if number in self.pupils])
        }
        teaching = {
            number for teaching_set in self.sets.values() for number in teaching_set.teachers if number in self.teachers
        }
        students = {school_id(pupil.id): pupil.email for pupil in self.pupils.values()}
        return Rows(
            usernames={**students, **{str(number): self.teachers[number].email for number in teaching}},
            years={school_id(pupil.id): pupil.year for pupil in self.pupils.values()},
            titles={str(number): self.sets[number].code for number in members},
            enrollments=frozenset(
                [
                    Enrollment(str(number), school_id(pupil), "student")
                    for number in members
                    for pupil in members[number]
                ]
                + [
                    Enrollment(str(number), str(teacher), "teacher")
                    for number in members
                    for teacher in self.sets[number].teachers
                    if teacher in self.teachers
                ]
            ),
        )

    def document(self) -> str:
        """Return the school as iSAMS sends it, with what the program reads and no more."""
        return "".join(self._document())

    def _document(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="utf-8"?>\n<iSAMS><HRManager><CurrentStaff>'
        yield from map(_staff_member, self.teachers.values())
        yield "</CurrentStaff></HRManager><PupilManager><CurrentPupils>"
        yield from map(_pupil, self.pupils.values())
        yield "</CurrentPupils></PupilManager><TeachingManager><Departments>"
        yield from (_department(number, code) for code, number in IDS.items())
        yield "</Departments><Sets>"
        yield from map(_set, self.sets.values())
        yield "</Sets><SetLists>"
        for teaching_set in self.sets.values():
            yield from (row(str(teaching_set.id), number) for number in teaching_set.members)
        yield "</SetLists></TeachingManager></iSAMS>\n"


def school_id(number: int) -> str:
    """Return the SchoolId of a pupil, which is the sourcedId in SDS; the rows of `documents` count from the same."""
    return str(_FIRST_SCHOOL_ID + number)


def dice(seed: int) -> random.Random:
    """Return a source of the same numbers for the same seed."""
    return random.Random(seed)  # noqa: S311  (a school, not a secret)


def make_school(pupils: int, seed: int = 1) -> School:
    """Invent a school with this many pupils, spread evenly over its years."""
    return _Founder(pupils, dice(seed)).school()


def make_pupil(rng: random.Random, number: int, year: int) -> Pupil:
    """Invent a pupil."""
    forename, surname = _name(rng)
    email = f"{ascii_letters(forename)}.{ascii_letters(surname)}{number}@pupils.school.example"
    return Pupil(id=number, forename=forename, surname=surname, year=year, email=email)


def make_teacher(rng: random.Random, number: int) -> Teacher:
    """Invent a member of staff."""
    forename, surname = _name(rng)
    email = f"{ascii_letters(forename)[0]}.{ascii_letters(surname)}{number}@school.example"
    return Teacher(id=number, forename=forename, surname=surname, email=email)


def parted(members: Sequence[int], full: int) -> list[tuple[int, ...]]:
    """Divide pupils into as few groups of about the same size as do not exceed `full`."""
    groups = ceil(len(members) / full)
    return [tuple(members[number::groups]) for number in range(groups)]


class _Founder:
    """Makes one school, in the order: pupils, sets, teachers."""

    def __init__(self, pupils: int, rng: random.Random) -> None:
        self._rng = rng
        self._is_prep = pupils < 100
        self._years = range(3, 9) if self._is_prep else range(7, 14)
        self._pupils = {
            number: make_pupil(rng, number, self._years[number % len(self._years)])
            for number in range(501, 501 + pupils)
        }
        self._staff = max(5, round(pupils / _PUPILS_FOR_A_TEACHER))
        self._next = 10001
        self._sets: list[TeachingSet] = []

    def school(self) -> School:
        """Return the school."""
        for year in self._years:
            members = [pupil.id for pupil in self._pupils.values() if pupil.year == year]
            self._rng.shuffle(members)
            make = self._prep_year if self._is_prep else self._senior_year
            make(year, members)
        teachers = {number: make_teacher(self._rng, number) for number in range(101, 101 + self._staff)}
        assign = self._assign_prep if self._is_prep else self._assign_specialists
        assign(list(teachers))
        sets = {teaching_set.id: teaching_set for teaching_set in self._sets}
        return School(pupils=self._pupils, teachers=teachers, sets=sets, next_id=self._next)

    def _prep_year(self, year: int, members: list[int]) -> None:
        for subject in _PREP:
            self._add(subject, year, [tuple(members)])
        self._add("Ar", year, [tuple(members)])
        self._add("DT", year, [()])  # after half term
        if year % 2:
            self._add("LS", year, [tuple(members[:3])])

    def _senior_year(self, year: int, members: list[int]) -> None:
        if year >= 12:
            self._add_chosen(year, members, _SIXTH, number=3, full=_FULL_SIXTH)
            self._add("PE", year, parted(members, _FULL))
        elif year >= 10:
            self._add_chosen(year, members, _OPTIONS, number=4, full=_FULL)
            self._add_setted(year, members, _CORE)
        else:
            forms = parted(members, _FULL)
            for subject in _FORM:
                self._add(subject, year, forms)
            self._add_setted(year, members, _SETTED)
            for number, subject in enumerate(CAROUSEL):
                self._add(subject, year, forms[number :: len(CAROUSEL)])

    def _add_setted(self, year: int, members: list[int], subjects: Sequence[str]) -> None:
        for subject in subjects:
            self._add(subject, year, parted(self._rng.sample(members, len(members)), _FULL))

    def _add_chosen(self, year: int, members: list[int], subjects: Sequence[str], *, number: int, full: int) -> None:
        takers: dict[str, list[int]] = defaultdict(list)
        for member in members:
            for subject in self._rng.sample(subjects, number):
                takers[subject].append(member)
        for subject in subjects:
            if takers[subject]:
                self._add(subject, year, parted(takers[subject], full))

    def _add(self, subject: str, year: int, groups: Sequence[tuple[int, ...]]) -> None:
        for number, members in enumerate(groups, start=1):
            code = f"{year}{subject}{number}" if len(groups) > 1 else f"{year}{subject}"
            self._sets.append(
                TeachingSet(id=self._next, subject=subject, year=year, code=code, teachers=(), members=members)
            )
            self._next += 1

    def _assign_prep(self, staff: Sequence[int]) -> None:
        """Give years 3 to 5 a class teacher each, the older years two teachers by subject, and share out the rest."""
        *class_teachers, sciences, arts = staff
        shared = {"Fr": class_teachers[0], "Mu": class_teachers[1], "PE": sciences, "LS": class_teachers[2]}
        for index, teaching_set in enumerate(self._sets):
            subject, year = teaching_set.subject, teaching_set.year
            if subject in shared:
                teacher = shared[subject]
            elif subject in _CLASS_TEACHER and year <= 5:
                teacher = class_teachers[year - 3]
            else:
                teacher = sciences if subject in {"Ma", "En", "Sc"} else arts
            self._sets[index] = replace(teaching_set, teachers=(teacher,))

    def _assign_specialists(self, staff: Sequence[int]) -> None:
        """Deal the sets of each subject to teachers as evenly as can be; one set in ten has a second teacher."""
        by_subject = sorted(range(len(self._sets)), key=lambda index: IDS[self._sets[index].subject])
        for place, index in enumerate(by_subject):
            first = place * len(staff) // len(by_subject)
            teachers = (staff[first], staff[first - 1]) if self._rng.random() < 0.1 else (staff[first],)
            self._sets[index] = replace(self._sets[index], teachers=teachers)


def _name(rng: random.Random) -> tuple[str, str]:
    forename, surname = ("".join(rng.choice(parts) for parts in kind) for kind in (FORENAMES, SURNAMES))
    return forename, surname


def _staff_member(teacher: Teacher) -> str:
    return (
        f'<StaffMember Id="{teacher.id}"><Forename>{teacher.forename}</Forename><Surname>{teacher.surname}</Surname>'
        f"<SchoolEmailAddress>{teacher.email}</SchoolEmailAddress></StaffMember>"
    )


def _pupil(pupil: Pupil) -> str:
    return (
        f'<Pupil Id="{pupil.id}"><SchoolId>{school_id(pupil.id)}</SchoolId><Forename>{pupil.forename}</Forename>'
        f"<Surname>{pupil.surname}</Surname><NCYear>{pupil.year}</NCYear><EmailAddress>{pupil.email}</EmailAddress>"
        "</Pupil>"
    )


def _department(number: int, code: str) -> str:
    name = escape(SUBJECTS[code])
    return (
        f'<Department Id="{number}"><Name>{name}</Name><Subjects><Subject Id="{number}"><Name>{name}</Name>'
        f"<Code>{code}</Code></Subject></Subjects></Department>"
    )


def _set(teaching_set: TeachingSet) -> str:
    subject, year = IDS[teaching_set.subject], teaching_set.year
    teachers = "".join(
        f'<Teacher StaffId="{teacher}" PrimaryTeacher="{place == 0}" />'
        for place, teacher in enumerate(teaching_set.teachers)
    )
    return (
        f'<Set Id="{teaching_set.id}" SubjectId="{subject}" YearId="{year}"><SubjectId Legacy="True">{subject}'
        f'</SubjectId><YearId Legacy="True">{year}</YearId><SetCode>{teaching_set.code}</SetCode>'
        f"<Name>{teaching_set.code}</Name><Teachers>{teachers}</Teachers></Set>"
    )
