"""
A second, slow and literal telling of which rows a document gives, made from the facts and from none of our code.

`as_script` is iSAMS-SDS.ps1 1.0.5; `by_default` is what of it stays, and the reason of everything else.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import translate
from re import IGNORECASE, match
from xml.etree import ElementTree as ET

Element = ET.Element
Row = tuple[str, ...]


@dataclass(kw_only=True)
class Arguments:
    """What the script is told, or a profile."""

    years: list[int]
    suffix: str = ""
    excluded: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    names: bool = False
    """Whether names are written, by default mode only."""


@dataclass(kw_only=True)
class Written:
    """The rows, without the columns that are always the same, and what is told of the rest."""

    users: "Counter[Row]" = field(default_factory=Counter)
    """sourcedId, username, role, year or ""; with names familyName and givenName too."""
    classes: "Counter[Row]" = field(default_factory=Counter)
    """sourcedId, title."""
    enrollments: "Counter[Row]" = field(default_factory=Counter)
    """classSourcedId, userSourcedId, role."""
    omitted: "Counter[Row]" = field(default_factory=Counter)
    """Kind, reason, ids; of the script: the pupils that it prints."""


def clean(raw: str | None) -> str:
    """Take an absent text, and one of white space alone, as empty; a no-break space is no such white space."""
    return raw if raw is not None and raw.strip(" \t\r\n") else ""


def text(record: Element, name: str) -> str:
    """Read an element."""
    return clean(record.findtext(name))


def parse(xml: str) -> Element:
    """Read a document of our own making."""
    return ET.fromstring(xml)  # noqa: S314  (nobody else has written it)


def years_match(value: str, arguments: Arguments) -> bool:
    """Compare years as texts."""
    return value in [str(year) for year in arguments.years]


def unwanted_subjects(root: Element, arguments: Arguments) -> list[str]:
    """Excluded are the excluded ones, and with an include list all other ones of the departments."""
    if not arguments.included:
        return arguments.excluded
    subjects = root.findall("TeachingManager/Departments/Department/Subjects/Subject")
    others = [clean(each.get("Id")) for each in subjects if clean(each.get("Id")) not in arguments.included]
    return arguments.excluded + others


def same_number(one: str, other: str) -> bool:
    """Compare ids as numbers where both are such."""
    try:
        return int(one) == int(other)
    except ValueError:
        return one == other


def extra_staff(root: Element, arguments: Arguments) -> list[Element | str]:
    """Everybody whom each listed address means; the address itself where it is nobody's."""
    found: list[Element | str] = []
    staff: list[Element | str] = [*root.findall("HRManager/CurrentStaff/StaffMember")]
    for address in arguments.extra:
        pattern = translate(address.replace("[", "[[]"))
        matching = [each for each in staff if match(pattern, address_of(each), IGNORECASE)]
        if not matching:
            matching = [address]
            staff.append(address)
        found += matching
    return found


def address_of(person: Element | str) -> str:
    """Give the address of a member of staff; who is none is an address."""
    return person if isinstance(person, str) else text(person, "SchoolEmailAddress")


@dataclass(kw_only=True)
class Reader:
    """Reads what stands twice in a document; `falls_back` tells whether an empty element gives way to the attribute."""

    falls_back: bool

    def legacy(self, record: Element, name: str, attribute: str) -> str:
        """Read an element, or the attribute."""
        if record.find(name) is None or (self.falls_back and not text(record, name)):
            return clean(record.get(attribute))
        return text(record, name)

    def sets(self, root: Element, arguments: Arguments) -> list[Element]:
        """Choose sets by year and subject."""
        unwanted = unwanted_subjects(root, arguments)
        return [
            each
            for each in root.findall("TeachingManager/Sets/Set")
            if years_match(self.legacy(each, "YearId", "YearId"), arguments)
            and self.legacy(each, "SubjectId", "SubjectId") not in unwanted
        ]

    def set_lists(self, root: Element, teaching_set: Element) -> list[Element]:
        """Find the rows of a set."""
        number = clean(teaching_set.get("Id"))
        rows = root.findall("TeachingManager/SetLists/SetList")
        return [row for row in rows if same_number(self.legacy(row, "SetId", "SetId"), number)]

    def pupil(self, root: Element, row: Element) -> "Someone":
        """Tell whom a row means: by the number of the school, or by that of the record."""
        number = text(row, "SchoolId")
        by_record = not number and (self.falls_back or row.find("SchoolId") is None)
        for pupil in root.findall("PupilManager/CurrentPupils/Pupil"):
            if by_record and clean(pupil.get("Id")) == clean(row.get("PupilId")):
                return someone(pupil)
            if not by_record and text(pupil, "SchoolId") == number:
                return someone(pupil)
        return Someone(record=number, id=number, username="", role="student")


def teachers_of(teaching_set: Element) -> list[str]:
    """List the staff ids of a set."""
    return [clean(each.get("StaffId")) for each in teaching_set.findall("Teachers/Teacher")]


def people(root: Element, arguments: Arguments, reader: Reader) -> list[Element | str]:
    """Everybody whom the script has a row or a line for: pupils, extra teachers, teachers."""
    pupils = root.findall("PupilManager/CurrentPupils/Pupil")
    found: list[Element | str] = [each for each in pupils if years_match(text(each, "NCYear"), arguments)]
    extra = extra_staff(root, arguments)
    found += extra
    staff = {clean(each.get("Id")): each for each in root.findall("HRManager/CurrentStaff/StaffMember")}
    met: list[str] = []
    for teaching_set in reader.sets(root, arguments):
        for staff_id in teachers_of(teaching_set):
            if staff_id in staff and staff_id not in met and staff[staff_id] not in extra:
                found.append(staff[staff_id])
            met.append(staff_id)
    return found


@dataclass(eq=False, kw_only=True)
class Someone:
    """A row of users."""

    record: Element | str
    id: str
    username: str
    role: str
    year: str = ""
    surname: str = ""
    forename: str = ""

    def row(self, arguments: Arguments) -> Row:
        """Give the row."""
        row = (self.id, self.username, self.role, self.year)
        return (*row, self.surname, self.forename) if arguments.names else row


def someone(record: Element | str) -> Someone:
    """Describe a record, or an address that is nobody's."""
    if isinstance(record, str):
        return Someone(record=record, id=record, username=record, role="teacher")
    names = {"surname": text(record, "Surname"), "forename": text(record, "Forename")}
    if record.tag == "Pupil":
        year, username = text(record, "NCYear"), text(record, "EmailAddress")
        return Someone(
            record=record, id=text(record, "SchoolId"), username=username, role="student", year=year, **names
        )
    username = text(record, "SchoolEmailAddress")
    return Someone(record=record, id=clean(record.get("Id")), username=username, role="teacher", **names)


def as_script(xml: str, arguments: Arguments) -> Written:
    """Tell what the script writes and prints."""
    root = parse(xml)
    reader = Reader(falls_back=False)
    written = Written()
    for each in map(someone, people(root, arguments, reader)):
        if each.role == "student" and not each.username:
            written.omitted["user", "pupil_without_email", each.id] += 1
        else:
            written.users[each.row(arguments)] += 1
    for class_id, teaching_set in classes(root, arguments, reader):
        if class_id in [row[0] for row in written.classes]:
            continue
        written.classes[class_id, text(teaching_set, "SetCode") + arguments.suffix] += 1
        for each in enrolled(root, arguments, reader, teaching_set):
            written.enrollments[class_id, each.id, each.role] += 1
    return written


def classes(root: Element, arguments: Arguments, reader: Reader) -> list[tuple[str, Element]]:
    """List the chosen sets that have a list."""
    sets = reader.sets(root, arguments)
    return [(clean(each.get("Id")), each) for each in sets if reader.set_lists(root, each)]


def enrolled(root: Element, arguments: Arguments, reader: Reader, teaching_set: Element) -> list[Someone]:
    """List who is in a class: its teachers, every extra teacher, its pupils; of an unknown one the id is the record."""
    staff = {clean(each.get("Id")): each for each in root.findall("HRManager/CurrentStaff/StaffMember")}
    ids = teachers_of(teaching_set)
    teachers = [
        someone(staff[each]) if each in staff else Someone(record=each, id=each, username="", role="teacher")
        for each in ids
    ]
    extra = [someone(each) for each in extra_staff(root, arguments)]
    return teachers + extra + [reader.pupil(root, row) for row in reader.set_lists(root, teaching_set)]


def by_default(xml: str, arguments: Arguments) -> Written:
    """Tell what stays of the script's rows; nobody in the document shares an id."""
    root = parse(xml)
    reader = Reader(falls_back=True)
    written = Written()
    stay, fallen = sift_users([someone(each) for each in people(root, arguments, reader)], arguments)
    written.users.update(each.row(arguments) for each in stay)
    written.omitted.update(("user", reason, each.id) for each, reason in fallen)
    met: list[str] = []
    for class_id, teaching_set in classes(root, arguments, reader):
        told = [
            (each, enrollment_reason(each, stay, fallen)) for each in enrolled(root, arguments, reader, teaching_set)
        ]
        title = text(teaching_set, "SetCode") + arguments.suffix
        has_pupils = any(each.role == "student" and not why for each, why in told)
        reason = class_reason(class_id, title, has_pupils=has_pupils, met=met)
        if reason:
            written.omitted["class", reason, class_id] += 1
        else:
            written.classes[class_id, title] += 1
        for each, why in told if class_id not in met else []:
            row = (class_id, each.id, each.role)
            here = why or ("class_omitted" if reason else "duplicate_enrollment" if row in written.enrollments else "")
            if here:
                written.omitted["enrollment", here, class_id, each.id] += 1
            else:
                written.enrollments[row] += 1
        met.append(class_id)
    return written


def class_reason(class_id: str, title: str, *, has_pupils: bool, met: list[str]) -> str:
    """Tell why a class is left out."""
    if not has_pupils:
        return "class_without_pupils"
    if not title.strip():
        return "class_without_title"
    if class_id in met:
        return "duplicate_class"
    return "value_with_line_break" if set("\r\n") & set(class_id + title) else ""


def enrollment_reason(each: Someone, stay: list[Someone], fallen: list[tuple[Someone, str]]) -> str:
    """Tell what stands against an enrollment, its class aside; the second row of a user takes none from the first."""
    if any(other.record == each.record for other in stay):
        return ""
    own = [reason for other, reason in fallen if other.record == each.record]
    is_pupil = each.role == "student"
    applies = {
        "pupil_without_email": is_pupil and each.record != each.id and not each.username.strip(),
        "pupil_outside_year_groups": is_pupil and each.record != each.id and not own,
        "pupil_not_current": is_pupil and each.record == each.id,
        "teacher_without_email": "teacher_without_email" in own,
        "teacher_not_current": not is_pupil and not own,
        "duplicate_username": "duplicate_username" in own,
        "user_omitted": True,
    }
    return next(reason for reason, is_so in applies.items() if is_so)


def sift_users(users: list[Someone], arguments: Arguments) -> tuple[list[Someone], list[tuple[Someone, str]]]:
    """Apply the reasons one after another."""
    fallen: list[tuple[Someone, str]] = []

    def drop(reason: str, offends: Callable[[Someone, list[Someone]], bool]) -> None:
        nonlocal users
        out = [each for each in users if offends(each, users)]
        fallen.extend((each, reason) for each in out)
        users = [each for each in users if each not in out]

    def is_later(each: Someone, others: list[Someone]) -> bool:
        return any(other.record == each.record for other in others[: others.index(each)])

    def shares_username(each: Someone, others: list[Someone]) -> bool:
        return any(
            other.username.lower() == each.username.lower() and rank(other.id) < rank(each.id) for other in others
        )

    drop("pupil_without_email", lambda each, _: each.role == "student" and not each.username.strip())
    drop("teacher_without_email", lambda each, _: not each.username.strip())
    drop("user_without_id", lambda each, _: not each.id.strip())
    drop("duplicate_user", is_later)
    if arguments.names:
        drop("user_without_name", lambda each, _: not each.surname.strip() or not each.forename.strip())
    drop("duplicate_username", shares_username)
    drop("extra_teacher_not_found", lambda each, _: isinstance(each.record, str) and bool(set("*?") & set(each.record)))
    drop(
        "value_with_line_break",
        lambda each, _: any(mark in "".join(each.row(arguments)) for mark in "\r\n"),
    )
    return users, fallen


def rank(identifier: str) -> tuple[bool, int, str]:
    """Put numbers by value before any text, ties by text."""
    number = match(r"\s*[+-]?\d+\s*\Z", identifier)
    return (not number, int(identifier) if number else 0, identifier)
