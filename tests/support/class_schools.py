"""
Random small schools as iSAMS documents, with whatever makes classes hard: see each function.

A school of one seed is always the same. All people are invented.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from tests.support.builders import element, quoted

YEARS = (7, 8, 9, 10)
SUBJECTS = ("1", "2", "3")
NO_DEPARTMENT = "99"
"""A subject that no department has."""
DEPARTED = "199"
"""A member of staff who has left."""

_CODES = (
    "7/Ma1", "7/Ma2", "8/Ma1", "9/PE1", "9Games", "[7]En", "7en1", "7En1b", "9B Games", "8_Sc.1", "10?*", "", "", " ",
)  # fmt: skip
_NAMES = ("Tutorial", "Games for all", "Mathematics", "", None)


@dataclass(frozen=True, kw_only=True)
class RandomSchool:
    """A document, and what tables may name of it."""

    xml: str
    set_ids: tuple[str, ...]
    codes: tuple[str, ...]
    """Set codes, each once, without regard to case."""
    addresses: tuple[str, ...]
    """Of staff."""


@dataclass(frozen=True, kw_only=True)
class _Form:
    id: str | None
    label: str | None
    year: int


def random_school(rng: random.Random, *, has_unique_ids: bool = False) -> RandomSchool:
    """Invent a school; with unique ids the order of the document means nothing."""
    staff, addresses = _staff(rng)
    forms = _forms(rng, has_unique_ids=has_unique_ids)
    set_ids = [str(number) for number in range(11, 11 + rng.randint(6, 12))]
    if not has_unique_ids and rng.random() < 0.6:
        set_ids[-1] = rng.choice(set_ids[:-1])
    codes = [rng.choice(_CODES) for _ in set_ids]
    form_records = "".join(_form(rng, form) for form in forms)
    years = _year_records(rng, has_unique_ids=has_unique_ids)
    houses = "".join(
        _houses(rng, section, has_unique_ids=has_unique_ids) for section in ("AcademicHouses", "BoardingHouses")
    )
    sets = "".join(_set(rng, *named) for named in zip(set_ids, codes, strict=True))
    teaching = f"<Departments>{_department()}</Departments><Sets>{sets}</Sets>"
    sections = [
        f"<HRManager><CurrentStaff>{staff}</CurrentStaff></HRManager>",
        f"<PupilManager><CurrentPupils>{_pupils(rng, forms)}</CurrentPupils></PupilManager>",
        f"<SchoolManager><Forms>{form_records}</Forms>{years}{houses}</SchoolManager>",
        f"<TeachingManager>{teaching}<SetLists>{_set_lists(rng, set_ids)}</SetLists></TeachingManager>",
    ]
    rng.shuffle(sections)
    return RandomSchool(
        xml=f'<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>{"".join(sections)}</iSAMS>\n',
        set_ids=tuple(dict.fromkeys(set_ids)),
        codes=tuple({code.lower(): code for code in codes if code.strip()}.values()),
        addresses=tuple(address for address in addresses if address),
    )


def shuffled(xml: str, rng: random.Random) -> str:
    """Put managers, sections, records, subjects and teachers of a document into another order."""
    root = etree.fromstring(xml.encode())
    managers = list(root)
    sections = [section for manager in managers for section in manager]
    nested = [*root.iter("Subjects"), *root.iter("Teachers")]
    for parent in [root, *managers, *sections, *nested]:
        parent[:] = rng.sample(list(parent), len(parent))
    return etree.tostring(root, encoding="unicode")


def _staff(rng: random.Random) -> tuple[str, list[str]]:
    """Invent staff; some have no address, or that of another; some have no user code, or share one."""
    records, addresses = [], list[str]()
    for number in range(101, 109):
        address = _address(rng, f"staff{number}@school.example", addresses)
        code = rng.choice([f"U{number}", f"U{number}", f"U{number}", "Shared", "shared", "", None])
        texts = {"Forename": "Bo", "Surname": f"Marsh{number}", "SchoolEmailAddress": address, "UserCode": code}
        records.append(element("StaffMember", {"Id": str(number)}, texts))
        addresses.append(address)
    return "".join(records), addresses


def _address(rng: random.Random, own: str, earlier: Sequence[str]) -> str:
    """Return an address of one's own, in one of ten cases none, in a few that of another in capitals."""
    others = [address for address in earlier if address]
    if others and rng.random() < 0.05:
        return rng.choice(others).upper()
    return own if rng.random() < 0.9 else ""


def _pupils(rng: random.Random, forms: Sequence[_Form]) -> str:
    """Invent pupils; some are in no form or house, or in one that does not exist or is of another year."""
    records, addresses = [], list[str]()
    for number in range(501, 501 + rng.randint(8, 24)):
        year = rng.choice(YEARS)
        own = [form for form in forms if form.year == year]
        form = rng.choice(own if own and rng.random() < 0.85 else list(forms))
        named = [form.id or form.label] * 16 + [form.label, "Nowhere", "", " ", None]
        address = _address(rng, f"pupil{number}@pupils.school.example", addresses)
        addresses.append(address)
        houses = {name: rng.choice(_HOUSE_VALUES) for name in ("AcademicHouseId", "BoardingHouseId")}
        texts = {
            "SchoolId": _school_id(number),
            "Forename": "Ada",
            "Surname": f"Quill{number}",
            "Form": rng.choice(named),
            "NCYear": rng.choice([str(year)] * 30 + ["", "20", f" {year}"]),
            "EmailAddress": address,
        }
        records.append(element("Pupil", {"Id": str(number), **houses}, texts))
    return "".join(records)


_HOUSE_VALUES = ("1", "1", "2", "2", "01", " 2 ", "3", "0", "", "9", None)


def _school_id(number: int) -> str:
    return str(7983000000000 + number)


def _forms(rng: random.Random, *, has_unique_ids: bool) -> list[_Form]:
    """Invent forms; an id may have `/` and blanks, appear in two years, twice in one year, or be absent."""
    found = []
    for year in YEARS:
        for letter in rng.choice(["A", "AB"]):
            form_id = rng.choice(
                [f"Y{year}-{letter}", f"{year}/{letter}{letter}", f"{year} {letter}", f" {year}{letter}"]
            )
            label = rng.choice([f"{year}{letter}", f"Form {year}{letter}", None])
            found.append(_Form(id=form_id, label=label, year=year))
    if rng.random() < 0.3:
        found += [_Form(id="Moor", label=None, year=year) for year in rng.sample(YEARS, 2)]
    if rng.random() < 0.15:
        found.append(_Form(id=None, label="Lodge", year=rng.choice(YEARS)))
    if not has_unique_ids and rng.random() < 0.3:
        found.append(rng.choice(found))
    return rng.sample(found, len(found))


def _form(rng: random.Random, form: _Form) -> str:
    attributes: dict[str, str | None] = {"Id": form.id, "YearId": str(form.year)}
    attributes |= {name: _owner_id(rng) for name in ("TutorId", "AssistantTutorId", "SecondAssistantTutorId")}
    codes = {name: _owner_code(rng) for name in ("Tutor", "AssistantFormTutor", "SecondAssistantFormTutor")}
    year = rng.choice([str(form.year), "", None])
    return element("Form", attributes, {"Form": form.label}, _legacy(codes | {"NationalCurriculumYear": year}))


def _houses(rng: random.Random, section: str, *, has_unique_ids: bool) -> str:
    """Invent houses: their ids are numbers, with zeros or blanks around them, and one may appear twice."""
    records = []
    house_ids = [rng.choice(["1", "01"]), rng.choice(["2", " 2"]), "3"][: rng.randint(1, 3)]
    if not has_unique_ids and rng.random() < 0.2:
        house_ids.append(rng.choice([house_ids[0], "1"]))
    for house_id in house_ids:
        attributes = {"Id": house_id, "HouseMasterId": _owner_id(rng), "AssistantHouseMasterId": _owner_id(rng)}
        codes = {"HouseMaster": _owner_code(rng), "AssistantHouseMaster": _owner_code(rng)}
        name = rng.choice([f"House {house_id.strip()}", "Drake", "", None])
        records.append(element("House", attributes, {"Name": name, "Code": rng.choice(["H", None])}, _legacy(codes)))
    return f"<{section}>{''.join(records)}</{section}>"


def _year_records(rng: random.Random, *, has_unique_ids: bool) -> str:
    """Invent the records of years; a pupil's year may have none or two, and its id may be another number."""
    records = []
    years = rng.sample(YEARS, rng.randint(2, len(YEARS)))
    for year in years + rng.choice([[], [], [], years[:1]]) * (not has_unique_ids):
        year_id, in_curriculum = rng.choice([(str(year), None), (str(year), str(year)), (f"10{year}", str(year))])
        attributes = {"Id": year_id, "TutorId": _owner_id(rng)}
        codes = {"Tutor": _owner_code(rng), "AssistantTutor": _owner_code(rng)}
        texts = {"Name": rng.choice([f"Year {year}", None]), "Code": f"Y{year}"}
        legacy = _legacy(codes | {"NationalCurriculumYear": in_curriculum})
        records.append(element("Year", attributes, texts, legacy))
    return f"<Years>{''.join(records)}</Years>"


def _owner_id(rng: random.Random) -> str | None:
    return rng.choice([*map(str, range(101, 109)), DEPARTED, "0", "", None, None, None])


def _owner_code(rng: random.Random) -> str | None:
    return rng.choice([*(f"U{number}" for number in range(101, 109)), "u103", "SHARED", "Unknown", "", None])


def _legacy(texts: dict[str, str | None]) -> str:
    return "".join(
        f'<{name} Legacy="True">{quoted(text)}</{name}>' if text else f'<{name} Legacy="True" />'
        for name, text in texts.items()
        if text is not None
    )


def _department() -> str:
    subjects = "".join(element("Subject", {"Id": subject}, {"Name": f"Subject {subject}"}) for subject in SUBJECTS)
    return f'<Department Id="1"><Name>All</Name><Subjects>{subjects}</Subjects></Department>'


def _set(rng: random.Random, set_id: str, code: str) -> str:
    """Invent a set: its primary teachers may be none, several, no longer current, or listed twice."""
    attributes: dict[str, str | None] = {"Id": set_id, "SubjectId": rng.choice([*SUBJECTS, NO_DEPARTMENT])}
    attributes |= {"YearId": str(rng.choice(YEARS))}
    staff = [*map(str, range(101, 109)), DEPARTED]
    teachers = "".join(
        element("Teacher", {"StaffId": rng.choice(staff), "PrimaryTeacher": rng.choice(["True", "False", None])}, {})
        for _ in range(rng.randint(0, 3))
    )
    texts = {"SetCode": code if code or rng.random() < 0.5 else None, "Name": rng.choice(_NAMES)}
    return element("Set", attributes, texts, f"<Teachers>{teachers}</Teachers>" if teachers else "")


def _set_lists(rng: random.Random, set_ids: Sequence[str]) -> str:
    """Invent set lists: of no one, of pupils who have left, of the same pupil twice; by one number or the other."""
    records = []
    for set_id in dict.fromkeys(set_ids):
        is_doubled = set_ids.count(set_id) > 1
        for _ in range(rng.choice([0, 2] if is_doubled else [0, 0, 1, 1, 2, 3, 5, 8, 8])):
            number = rng.choice([*range(501, 521), 999])
            written = rng.choice([set_id, set_id, f" {set_id} ", f"0{set_id}"])
            has_elements = number == 999 or rng.random() < 0.8
            legacy: dict[str, str | None] = {"SetId": written, "SchoolId": _school_id(number)}
            attributes: dict[str, str | None] = {"SetId": written, "PupilId": str(number)}
            records.append(element("SetList", attributes, {}, _legacy(legacy) if has_elements else ""))
    rng.shuffle(records)
    return "".join(records) or element("SetList", {"SetId": set_ids[0], "PupilId": "501"}, {})
