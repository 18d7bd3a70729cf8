"""
An invented school of any size, the same for the same seed. `benchmarks.school` writes it as a document.

Each pupil is in sixteen sets, so 2,000 pupils make 32,000 rows of set lists.
"""

import random
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

YEARS = range(14)
"""Reception to the upper sixth."""
GROUP = 20
"""Pupils in a full set."""


class Takers(Enum):
    """The pupils of a year who take a subject."""

    ALL = slice(None)
    ONE_HALF = slice(0, None, 2)
    OTHER_HALF = slice(1, None, 2)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, and who of a year takes it."""

    id: str
    code: str
    name: str
    takers: Takers = Takers.ALL


@dataclass(frozen=True, slots=True)
class Department:
    """A department and what it teaches."""

    name: str
    subjects: tuple[Subject, ...]


# A table is read by column.
# fmt: off
DEPARTMENTS = (
    Department("Mathematics and Computing", (
        Subject("1",  "Ma",  "Mathematics"),
        Subject("11", "Cs",  "Computing", Takers.ONE_HALF),
    )),
    Department("English", (
        Subject("2",  "En",  "English"),
    )),
    Department("Science", (
        Subject("3",  "Sc",  "Science"),
    )),
    Department("Languages", (
        Subject("4",  "Fr",  "French", Takers.ONE_HALF),
        Subject("12", "La",  "Latin", Takers.OTHER_HALF),
    )),
    Department("Humanities", (
        Subject("5",  "Gg",  "Geography"),
        Subject("6",  "Hi",  "History"),
        Subject("14", "RS",  "Religious Studies"),
    )),
    Department("Arts", (
        Subject("8",  "Dr",  "Drama & Theatre", Takers.OTHER_HALF),
        Subject("9",  "Mu",  "Music"),
        Subject("13", "Ar",  "Art, Craft and Design"),
    )),
    Department("Sport", (
        Subject("10", "PE",  "Physical Education"),
    )),
    Department("Unused Department", ()),
    Department("Timetable", (
        Subject("7",  "Lun", "Lunch"),
        Subject("15", "Det", "Detention"),
        Subject("16", "Brk", "Break"),
        Subject("47", "Pre", "Prep"),
        Subject("52", "Reg", "Registration"),
    )),
)

# fmt: on

# Names are put together from parts, so that no real person is meant; some letters are not ASCII, as in any school.
FORENAMES = (
    ("Al", "Bri", "Cor", "Da", "E", "Fá", "Ga", "Ha", "I", "Jö", "Ka", "Lu", "Mi", "No", "Or", "Pe", "Ró", "Sa", "Tû"),
    ("bel", "dan", "fin", "lík", "mar", "nel", "ran", "rin", "sel", "ten", "vin", "wyn"),
)
SURNAMES = (
    (
        "Amber",
        "Bramble",
        "Copper",
        "Dapple",
        "Ember",
        "Fennel",
        "Ginger",
        "Hazel",
        "Iris",
        "Juniper",
        "Kestrel",
        "Lark",
    ),
    ("anchor", "basket", "candle", "feather", "harp", "kettle", "lantern", "mitten", "paddle", "ribbon", "thimble"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A member of staff."""

    id: int
    guid: str
    forename: str
    surname: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A pupil and the ids of the sets that he or she is in."""

    id: int
    guid: str
    school_id: int
    forename: str
    surname: str
    year: int
    email: str
    set_ids: tuple[int, ...]
    form: str
    academic_house: int = 0
    boarding_house: int = 0
    """0: a day pupil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingSet:
    """A set; its first teacher is the primary one."""

    id: int
    subject: Subject
    year: int
    number: int
    staff_ids: tuple[int, ...]

    @property
    def code(self) -> str:
        """The year, the subject and the number of the set, as in "7Ma2"."""
        return f"{self.year}{self.subject.code}{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A form, a house or a year, with its tutor or house master first and who assists after that."""

    id: str
    name: str
    code: str
    year: int | None
    staff: tuple[StaffMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """All groups of a school that are not teaching sets."""

    forms: tuple[Group, ...]
    academic_houses: tuple[Group, ...]
    boarding_houses: tuple[Group, ...]
    years: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Everything in the document; the set lists are those of the pupils."""

    departments: tuple[Department, ...]
    staff: tuple[StaffMember, ...]
    pupils: tuple[Pupil, ...]
    sets: tuple[TeachingSet, ...]
    groups: Groups | None = None
    """None: iSAMS was not asked for them."""


def make_school(*, pupils: int, seed: int, domain: str = "school.example") -> School:
    """Invent a school with this many pupils, spread evenly over `YEARS`; all addresses are of `domain`."""
    rng = random.Random(seed)
    staff = tuple(_make_staff_member(rng, number, domain) for number in range(max(12, pupils // 10)))
    set_ids: list[list[int]] = [[] for _ in range(pupils)]
    sets: list[TeachingSet] = []
    for subject, year, number, members in _groups(pupils):
        teachers = rng.sample(staff, 2 if rng.random() < 0.15 else 1)
        identifier = 5000 + 3 * len(sets)
        staff_ids = tuple(teacher.id for teacher in teachers)
        sets.append(TeachingSet(id=identifier, subject=subject, year=year, number=number, staff_ids=staff_ids))
        for member in members:
            set_ids[member].append(identifier)
    rng.shuffle(sets)
    school_ids = rng.sample(range(10**11, 10**13), pupils)
    return School(
        departments=DEPARTMENTS,
        staff=staff,
        pupils=tuple(
            _make_pupil(rng, number, f"pupils.{domain}", school_id=school_ids[number], set_ids=tuple(set_ids[number]))
            for number in range(pupils)
        ),
        sets=tuple(sets),
    )


def _groups(pupils: int) -> Iterator[tuple[Subject, int, int, Sequence[int]]]:
    """Divide the pupils into sets: subject, year, number of the set, and the numbers of the pupils in it."""
    for year in YEARS:
        year_group = range(year, pupils, len(YEARS))
        for department in DEPARTMENTS:
            for subject in department.subjects:
                takers = year_group[subject.takers.value]
                for number, start in enumerate(range(0, len(takers), GROUP), start=1):
                    yield subject, year, number, takers[start : start + GROUP]


def _make_staff_member(rng: random.Random, number: int, domain: str) -> StaffMember:
    forename, surname = _name(rng)
    return StaffMember(
        id=101 + 3 * number,
        guid=_guid(rng).upper(),
        forename=forename,
        surname=surname,
        email=f"{ascii_letters(forename)[0]}.{ascii_letters(surname)}{number}@{domain}",
    )


def _make_pupil(rng: random.Random, number: int, domain: str, *, school_id: int, set_ids: tuple[int, ...]) -> Pupil:
    forename, surname = _name(rng)
    return Pupil(
        id=700 + number,
        guid=_guid(rng),
        school_id=school_id,
        forename=forename,
        surname=surname,
        year=YEARS[number % len(YEARS)],
        email=f"{ascii_letters(forename)}.{ascii_letters(surname)}{number}@{domain}",
        set_ids=set_ids,
        form=f"{YEARS[number % len(YEARS)]}A",
    )


def _name(rng: random.Random) -> tuple[str, str]:
    forename, surname = ("".join(rng.choice(parts) for parts in kind) for kind in (FORENAMES, SURNAMES))
    return forename, surname


def _guid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128)))


def user_code(member: StaffMember) -> str:
    """Return the user code of a member of staff."""
    return f"{ascii_letters(member.surname)}{member.id:06}"


def ascii_letters(name: str) -> str:
    """Return a name as it appears in an address: lower case, without accents."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
