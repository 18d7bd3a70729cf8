"""
Schools for tests: right by default, one thing changed. Invented people only.

`make_...` give values of the domain; the records give an iSAMS document, in which `None` is an element or attribute
that is absent and "" an empty one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sdssync.config.profile import Profile
from sdssync.config.template import Template
from sdssync.isams import parser
from sdssync.isams.records import Reading
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster, enrol
from sdssync.roster.omissions import Kind
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.selection import Selection, select
from sdssync.school import GroupKind, Membership, Pupil, School, Subject, Teacher, TeachingSet
from sdssync.sds.formats import SdsFormat

PUPIL = Pupil(id="1", school_id="9001", forename="Ada", surname="Quill", year="7", email="ada@pupils.school.example")
TEACHER = Teacher(id="101", forename="Bo", surname="Marsh", email="bo@school.example")
SUBJECT = Subject(id="1", code="Ma", name="Mathematics", department="Sciences")
SET = TeachingSet(id="11", code="7A/Ma", name="7A Mathematics", subject_id="1", year="7", teacher_ids=("101",))
SCHOOL = School(
    pupils=(PUPIL,),
    teachers=(TEACHER,),
    subjects=(SUBJECT,),
    teaching_sets=(SET,),
    memberships=(Membership("11", ("9001",)),),
)
PROFILE = Profile(
    name="Seniors",
    file=Path("profiles.d/seniors.toml"),
    format=SdsFormat.V2,
    year_groups=(7,),
    suffix="_26",
    output=Path("csv/Seniors"),
    output_as_written="csv/Seniors",
    expires=None,
    title=Template.parse("{set_code}{suffix}"),
    class_id=Template.parse("{set_id}"),
    parity=False,
    include=None,
    exclude=(),
    extra_teachers=(),
    select=(),
    ignore=(),
)


def make_pupil(number: int = 1, **changes: str) -> Pupil:
    """Make the pupil of a number; two numbers share nothing but the year."""
    own = {"id": str(number), "school_id": str(9000 + number), "email": f"pupil{number}@pupils.school.example"}
    return replace(PUPIL, **(own | changes))


def make_teacher(number: int = 101, **changes: str) -> Teacher:
    """Make the member of staff of a number; two numbers share nothing."""
    return replace(TEACHER, **({"id": str(number), "email": f"staff{number}@school.example"} | changes))


def make_subject(**changes: str) -> Subject:
    """Make a subject."""
    return replace(SUBJECT, **changes)


def make_set(**changes: Any) -> TeachingSet:
    """Make a set."""
    return replace(SET, **changes)


def make_school(**changes: Iterable[Any]) -> School:
    """Make a school of one pupil, one teacher, one subject and one teaching set, or of what is given."""
    return replace(SCHOOL, **{name: tuple(records) for name, records in changes.items()})


def make_profile(**changes: Any) -> Profile:
    """Make a profile of year 7; templates may be given as texts."""
    for name in {"title", "class_id"} & changes.keys():
        changes[name] = Template.parse(changes[name])
    return replace(PROFILE, **changes)


def listed(set_id: str, *school_ids: str) -> list[Membership]:
    """List pupils in a set."""
    return [Membership(set_id, school_ids)]


def selected(school: School, **changes: Any) -> Selection:
    """Select from a school with a profile so changed."""
    return select(call_roll(school), make_profile(**changes))


def enrolled(school: School, *, include_names: bool = False, **changes: Any) -> Roster:
    """Put a profile's users and classes together."""
    return enrol((part(school, **changes),), include_names=include_names)


def part(school: School, **changes: Any) -> Part:
    """Make the one part of the set of a profile so changed."""
    return Part(profile=make_profile(**changes), selection=selected(school, **changes))


def omitted(roster: Roster) -> list[tuple[str, ...]]:
    """Return kind, reason and ids of what a roster leaves out."""
    return [
        (
            omission.kind,
            omission.reason,
            *((omission.class_id,) if omission.kind is Kind.ENROLLMENT else ()),
            omission.id,
        )
        for omission in roster.omissions
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRecord:
    """A `StaffMember`."""

    id: str | None = "101"
    user_code: str | None = None
    email: str | None = "bo@school.example"
    forename: str | None = "Bo"
    surname: str | None = "Marsh"

    def xml(self) -> str:
        """Write the record."""
        texts = {"UserCode": self.user_code, "Forename": self.forename, "Surname": self.surname}
        return element("StaffMember", {"Id": self.id}, texts | {"SchoolEmailAddress": self.email})


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRecord:
    """A `Pupil`."""

    id: str | None = "1"
    school_id: str | None = "9001"
    year: str | None = "7"
    email: str | None = "ada@pupils.school.example"
    forename: str | None = "Ada"
    surname: str | None = "Quill"
    form: str | None = None
    academic_house: str | None = None
    boarding_house: str | None = None

    def xml(self) -> str:
        """Write the record."""
        houses = {"AcademicHouseId": self.academic_house, "BoardingHouseId": self.boarding_house}
        texts = {"SchoolId": self.school_id, "Forename": self.forename, "Surname": self.surname, "Form": self.form}
        return element("Pupil", {"Id": self.id} | houses, texts | {"NCYear": self.year, "EmailAddress": self.email})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRecord:
    """A `Subject` of a department."""

    id: str | None = "1"
    code: str | None = "Ma"
    name: str | None = "Mathematics"

    def xml(self) -> str:
        """Write the record."""
        return element("Subject", {"Id": self.id}, {"Name": self.name, "Code": self.code})


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRecord:
    """A `Department`."""

    name: str | None = "Sciences"
    subjects: tuple[SubjectRecord, ...] | None = (SubjectRecord(),)

    def xml(self) -> str:
        """Write the record."""
        return element("Department", {"Id": "1"}, {"Name": self.name}, _nested("Subjects", self.subjects))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRecord:
    """A `Set`; subject and year stand as an element and as an attribute."""

    id: str | None = "11"
    subject: str | None = "1"
    subject_attribute: str | None = "1"
    year: str | None = "7"
    year_attribute: str | None = "7"
    code: str | None = "7A/Ma"
    name: str | None = "7A Mathematics"
    teachers: tuple[str | None, ...] | None = ("101",)
    primary: str | None = "True"
    """What each teacher has as `PrimaryTeacher`."""

    def xml(self) -> str:
        """Write the record."""
        attributes = {"Id": self.id, "SubjectId": self.subject_attribute, "YearId": self.year_attribute}
        legacy = {"SubjectId": self.subject, "YearId": self.year}
        teachers = None if self.teachers is None else tuple(_Teacher(staff, self.primary) for staff in self.teachers)
        texts = {"SetCode": self.code, "Name": self.name}
        return element("Set", attributes, texts, _legacy(legacy) + _nested("Teachers", teachers))


@dataclass(frozen=True, slots=True)
class _Teacher:
    staff_id: str | None
    primary: str | None

    def xml(self) -> str:
        return element("Teacher", {"Id": "5", "StaffId": self.staff_id, "PrimaryTeacher": self.primary}, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetListRecord:
    """A `SetList`; the set stands as an element and as an attribute, the pupil by two numbers."""

    set_id: str | None = "11"
    set_attribute: str | None = "11"
    school_id: str | None = "9001"
    pupil_attribute: str | None = "1"

    def xml(self) -> str:
        """Write the record."""
        attributes = {"Id": "7", "SetId": self.set_attribute, "PupilId": self.pupil_attribute}
        return element("SetList", attributes, {}, _legacy({"SetId": self.set_id, "SchoolId": self.school_id}))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """A `Form`, a `House` or a `Year`; an owner is an attribute and an element."""

    name: str
    """Of the element."""
    attributes: dict[str, str | None]
    legacy: dict[str, str | None] = field(default_factory=dict)
    texts: dict[str, str | None] = field(default_factory=dict)

    def xml(self) -> str:
        """Write the record."""
        return element(self.name, self.attributes, self.texts, _legacy(self.legacy))


FORM = GroupRecord(
    name="Form",
    attributes={"Id": "7/A", "TutorId": "101", "YearId": "7"},
    legacy={"Tutor": "bmarsh", "NationalCurriculumYear": "7"},
    texts={"Form": "7 Amber"},
)
HOUSE = GroupRecord(name="House", attributes={"Id": "3", "HouseMasterId": "101"}, texts={"Name": "Oak", "Code": "OK"})
YEAR = GroupRecord(
    name="Year",
    attributes={"Id": "7", "TutorId": "101"},
    legacy={"NationalCurriculumYear": "7"},
    texts={"Name": "Year 7", "Code": "Y7"},
)

Record = StaffRecord | PupilRecord | DepartmentRecord | SetRecord | SetListRecord | GroupRecord

MANAGERS = {
    "CurrentStaff": "HRManager",
    "CurrentPupils": "PupilManager",
    "Departments": "TeachingManager",
    "Sets": "TeachingManager",
    "SetLists": "TeachingManager",
}
"""The five sections of every document."""
GROUP_SECTIONS = ("Forms", "AcademicHouses", "BoardingHouses", "Years")
"""The sections that only some documents have."""
_MANAGERS = MANAGERS | dict.fromkeys(GROUP_SECTIONS, "SchoolManager")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An iSAMS document, complete by default."""

    staff: tuple[StaffRecord, ...] = (StaffRecord(),)
    pupils: tuple[PupilRecord, ...] = (PupilRecord(),)
    departments: tuple[DepartmentRecord, ...] = (DepartmentRecord(),)
    sets: tuple[SetRecord, ...] = (SetRecord(),)
    set_lists: tuple[SetListRecord, ...] = (SetListRecord(),)
    forms: tuple[GroupRecord, ...] = (FORM,)
    academic_houses: tuple[GroupRecord, ...] = (HOUSE,)
    boarding_houses: tuple[GroupRecord, ...] = (HOUSE,)
    years: tuple[GroupRecord, ...] = (YEAR,)
    order: tuple[str, ...] = tuple(MANAGERS)
    """The sections that it has, in their order."""

    def section(self, name: str) -> str:
        """Write one section."""
        records: dict[str, Sequence[Record]] = {
            "CurrentStaff": self.staff,
            "CurrentPupils": self.pupils,
            "Departments": self.departments,
            "Sets": self.sets,
            "SetLists": self.set_lists,
            "Forms": self.forms,
            "AcademicHouses": self.academic_houses,
            "BoardingHouses": self.boarding_houses,
            "Years": self.years,
        }
        return f"<{name}>\n{''.join(record.xml() for record in records[name])}</{name}>\n"

    def xml(self) -> str:
        """Write the document; sections of one manager stand together where they follow each other."""
        text = ""
        for place, name in enumerate(self.order):
            manager = _MANAGERS[name]
            if place == 0 or _MANAGERS[self.order[place - 1]] != manager:
                text += f"<{manager}>\n"
            text += self.section(name)
            if place == len(self.order) - 1 or _MANAGERS[self.order[place + 1]] != manager:
                text += f"</{manager}>\n"
        return f'<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>\n{text}</iSAMS>\n'


def element(name: str, attributes: dict[str, str | None], texts: dict[str, str | None], more: str = "") -> str:
    """Write an element; white space stands as character references, so that no parser may normalise it."""
    head = "".join(f' {key}="{quoted(text)}"' for key, text in attributes.items() if text is not None)
    body = "".join(f"<{key}>{quoted(text)}</{key}>" if text else f"<{key} />" for key, text in _given(texts))
    return f"<{name}{head}>{more}{body}</{name}>\n" if more or body else f"<{name}{head} />\n"


def quoted(text: str) -> str:
    """Write a text so that it comes back as it is from an element and from an attribute."""
    return escape(text, {'"': "&quot;", "\t": "&#x9;", "\r": "&#xD;", "\n": "&#xA;"})


def parsed(folder: Path, document: Document | str | bytes, wanted: Collection[GroupKind] = ()) -> Reading:
    """Write a document and read it, with the groups that must be there."""
    file = folder / "isams.xml"
    text = document.xml() if isinstance(document, Document) else document
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return parser.parse(file, progress=lambda _: None, wanted=wanted)


def rolls(folder: Path, document: Document | str) -> tuple[Roll, Roll]:
    """Read a document as we do and as the script does."""
    reading = parsed(folder, document)
    return call_roll(reading.school), call_roll(reading.as_script)


def _given(texts: dict[str, str | None]) -> Iterable[tuple[str, str]]:
    return ((key, text) for key, text in texts.items() if text is not None)


def _legacy(texts: dict[str, str | None]) -> str:
    return "".join(
        f'<{key} Legacy="True">{quoted(text)}</{key}>' if text else f'<{key} Legacy="True" />'
        for key, text in _given(texts)
    )


def _nested(name: str, records: Sequence[SubjectRecord | _Teacher] | None) -> str:
    if records is None:
        return ""
    return f"<{name}>{''.join(record.xml() for record in records)}</{name}>" if records else f"<{name} />"
