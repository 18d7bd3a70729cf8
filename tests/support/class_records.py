"""What the oracle of classes reads in an iSAMS document, as plain values: sections 3 of the reference, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

FORM, ACADEMIC_HOUSE, BOARDING_HOUSE, YEAR = "form", "academic-house", "boarding-house", "year"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pupil:
    """A current pupil."""

    record: str
    id: str
    year: str
    email: str
    form: str
    academic_house: str
    boarding_house: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Staff:
    """A current member of staff, or an extra teacher who is only an address."""

    id: str
    email: str
    code: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Set:
    """A teaching set with its teachers, in order: the staff id, and whether it is marked as primary."""

    id: str
    subject: str
    year: str
    code: str
    name: str
    teachers: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """A form, house or year; its owners as pairs of a staff id and a user code."""

    kind: str
    id: str
    name: str
    code: str
    year: str
    label: str = ""
    """Of a form the element `Form`, by which its pupils may name it."""
    owners: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Records:
    """A whole document."""

    pupils: tuple[Pupil, ...]
    staff: tuple[Staff, ...]
    subjects: tuple[str, ...]
    """The ids of those that a department has."""
    sets: tuple[Set, ...]
    rows: tuple[tuple[str, str, str], ...]
    """Of the set lists: set id, school id, pupil id."""
    groups: tuple[Group, ...]


def text(raw: str | None) -> str:
    """Take white space alone as an empty text; any other text stays as it is."""
    return raw if raw and raw.strip(" \t\r\n") else ""


def number(value: str) -> str:
    """Write a number in one way, so that blanks and leading zeros make no difference."""
    return str(int(value)) if value.strip().isdecimal() else value


def read(xml: str) -> Records:
    """Read a document."""
    root = etree.fromstring(xml.encode())
    return Records(
        pupils=tuple(_pupil(record) for record in root.iterfind("PupilManager/CurrentPupils/Pupil")),
        staff=tuple(
            Staff(id=_attribute(record, "Id"), email=_element(record, "SchoolEmailAddress"), code=_code(record))
            for record in root.iterfind("HRManager/CurrentStaff/StaffMember")
        ),
        subjects=tuple(
            _attribute(record, "Id")
            for record in root.iterfind("TeachingManager/Departments/Department/Subjects/Subject")
        ),
        sets=tuple(_set(record) for record in root.iterfind("TeachingManager/Sets/Set")),
        rows=tuple(
            (_legacy(record, "SetId"), _element(record, "SchoolId"), _attribute(record, "PupilId"))
            for record in root.iterfind("TeachingManager/SetLists/SetList")
        ),
        groups=tuple(_groups(root)),
    )


def _attribute(record: etree._Element, name: str) -> str:
    return text(record.get(name))


def _element(record: etree._Element, name: str) -> str:
    return text(record.findtext(name))


def _legacy(record: etree._Element, name: str, attribute: str = "") -> str:
    return _element(record, name) or _attribute(record, attribute or name)


def _code(record: etree._Element) -> str:
    return _element(record, "UserCode")


def _pupil(record: etree._Element) -> Pupil:
    return Pupil(
        record=_attribute(record, "Id"),
        id=_element(record, "SchoolId"),
        year=_element(record, "NCYear"),
        email=_element(record, "EmailAddress"),
        form=_element(record, "Form"),
        academic_house=_attribute(record, "AcademicHouseId"),
        boarding_house=_attribute(record, "BoardingHouseId"),
    )


def _set(record: etree._Element) -> Set:
    return Set(
        id=_attribute(record, "Id"),
        subject=_legacy(record, "SubjectId"),
        year=_legacy(record, "YearId"),
        code=_element(record, "SetCode"),
        name=_element(record, "Name"),
        teachers=tuple(
            (_attribute(teacher, "StaffId"), _attribute(teacher, "PrimaryTeacher") == "True")
            for teacher in record.iterfind("Teachers/Teacher")
        ),
    )


def _groups(root: etree._Element) -> Iterator[Group]:
    for record in root.iterfind("SchoolManager/Forms/Form"):
        form_id, label = _attribute(record, "Id"), _element(record, "Form")
        owners = ("TutorId", "Tutor"), ("AssistantTutorId", "AssistantFormTutor"), _SECOND
        yield Group(
            kind=FORM,
            id=form_id,
            name=label or form_id,
            code=form_id,
            year=_legacy(record, "NationalCurriculumYear", "YearId"),
            label=label,
            owners=_owners(record, *owners),
        )
    for kind, section in ((ACADEMIC_HOUSE, "AcademicHouses"), (BOARDING_HOUSE, "BoardingHouses")):
        for record in root.iterfind(f"SchoolManager/{section}/House"):
            house_id = _attribute(record, "Id")
            yield Group(
                kind=kind,
                id=house_id,
                name=_element(record, "Name"),
                code=_element(record, "Code"),
                year="",
                owners=_owners(record, ("HouseMasterId", "HouseMaster"), _ASSISTANT_OF_HOUSE),
            )
    for record in root.iterfind("SchoolManager/Years/Year"):
        year_id = _attribute(record, "Id")
        yield Group(
            kind=YEAR,
            id=year_id,
            name=_element(record, "Name"),
            code=_element(record, "Code"),
            year=_element(record, "NationalCurriculumYear") or year_id,
            owners=_owners(record, ("TutorId", "Tutor")),
        )


_SECOND = ("SecondAssistantTutorId", "SecondAssistantFormTutor")
_ASSISTANT_OF_HOUSE = ("AssistantHouseMasterId", "AssistantHouseMaster")


def _owners(record: etree._Element, *names: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the staff id of each owner, "" where it is absent, empty or 0, with the user code in the element."""
    ids = ((_attribute(record, attribute), _element(record, element)) for attribute, element in names)
    return tuple(("" if staff_id.strip() == "0" else staff_id, code) for staff_id, code in ids)
