"""
Parse an iSAMS Batch document into a `School`: all iSAMS names live here, and the only use of lxml.

The document is read in blocks; finished records leave the tree at once, so memory follows the model and not the
document. Nothing is fetched and no entity is resolved.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from lxml import etree

from sdssync import prolog
from sdssync.errors import SourceMalformedError
from sdssync.model import Membership, Pupil, School, Subject, Teacher, TeachingSet

_Record = TypeVar("_Record")

_BLOCK = 1 << 18
_BLANKS = " \t\r\n"

_ROOT = "iSAMS"
# section: its manager, its records, what the control panel calls the dataset; None where an empty section is complete
_SECTIONS = {
    "CurrentStaff": ("HRManager", "StaffMember", "HR Manager: Current Staff"),
    "CurrentPupils": ("PupilManager", "Pupil", "Pupil Manager: Current Students"),
    "Departments": ("TeachingManager", "Department", "Teaching Manager: Departments & Subjects"),
    "Sets": ("TeachingManager", "Set", "Teaching Manager: Teaching Sets"),
    "SetLists": ("TeachingManager", "SetList", "Teaching Manager: Teaching Set Lists"),
}
_MAY_BE_EMPTY = frozenset({"Departments"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One document, read in two ways that differ only where an element marked `Legacy` is there and empty.

    `school` takes the attribute instead; `as_script` takes the empty text, as iSAMS-SDS.ps1 does.
    """

    school: School
    as_script: School


def parse(path: Path, *, progress: Callable[[int], None]) -> Reading:
    """
    Read the document at `path`; `progress` is told the bytes read so far.

    Raises:
        SourceError: what is there is no iSAMS document, is cut, holds an entity, or is not complete: one of the five
            sections is missing, or there is no pupil, no member of staff, no set or no set-list row.

    """
    encoding = prolog.inspect(path).encoding
    records = _Records()
    try:
        _feed(path, encoding, records, progress)
    except etree.XMLSyntaxError as error:
        # the parser's own text may quote the document
        what = "holds an entity" if error.code in _ENTITY_ERRORS else "is cut or damaged"  # type: ignore[attr-defined]  # the stubs lack it
        message = f"the iSAMS document {what}: no well-formed XML at line {error.lineno}, column {error.offset}"
        raise SourceMalformedError(message, "run it again; if it stays so, ask iSAMS support") from None
    records.check_complete()
    return records.reading()


_ENTITY_ERRORS = frozenset(
    getattr(etree.ErrorTypes, name)
    for name in ("ERR_UNDECLARED_ENTITY", "WAR_UNDECLARED_ENTITY", "ERR_ENTITYREF_SEMICOL_MISSING", "ERR_ENTITY_LOOP")
)


def _feed(path: Path, encoding: str | None, records: "_Records", progress: Callable[[int], None]) -> None:
    """Push the file through the parser block by block and hand finished records over as they come."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=(_ROOT, *_SECTIONS),
        encoding=encoding,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: etree._Element | None = None
    section: etree._Element | None = None
    with path.open("rb") as file:
        block = b"before the first"
        while block:
            block = file.read(_BLOCK)
            parser.feed(block) if block else parser.close()
            for event, element in _events(parser):
                if root is None:
                    root = element
                elif event == "start" and _is_section(element, root):
                    section = element
                    records.found(element.tag)
                elif event == "end" and element is section:
                    records.take(element.tag, element)
                    element.clear()
                    section = None
            if section is not None:
                records.take(section.tag, list(section)[:-1])  # the last one may be unfinished
            if root is not None:
                _prune(root, section)
            progress(file.tell())


def _events(parser: etree.XMLPullParser) -> "Iterator[tuple[str, etree._Element]]":
    """Return what the parser has to tell; with these two kinds of event it is always about an element."""
    return cast("Iterator[Any]", parser.read_events())


def _is_section(element: etree._Element, root: etree._Element) -> bool:
    """Tell a section from an element of the same name elsewhere in the document."""
    manager = element.getparent()
    return (
        element.tag in _SECTIONS
        and manager is not None
        and manager.tag == _SECTIONS[element.tag][0]
        and manager.getparent() is root
    )


def _prune(root: etree._Element, section: etree._Element | None) -> None:
    """Drop everything that is finished, along the line of last children that leads to where the parser stands."""
    node = root
    while len(node):
        del node[:-1]
        if node is section:
            return
        node = node[-1]


class _Texts(dict[str | None, str]):
    """Texts that come again and again, each held once: `texts[raw]` is the text by the rule of the model."""

    def __missing__(self, raw: str | None) -> str:
        self[raw] = text = _text(raw)
        return text


def _text(raw: str | None) -> str:
    """Return the text, or "" for one of white space alone (blank, tab, CR, LF; a no-break space is none)."""
    return raw if raw and raw.strip(_BLANKS) else ""


def _fields(record: etree._Element) -> dict[str, str | None]:
    """Map the names of a record's elements to their raw texts: "" for an empty element, absent ones are not there."""
    return {child.tag: child.text or "" for child in record}


class _Records:
    """What has been read so far, section by section."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._texts = _Texts()
        self._pupils: list[Pupil] = []
        self._teachers: list[Teacher] = []
        self._subjects: list[Subject] = []
        self._sets: list[TeachingSet] = []
        self._memberships: list[Membership] = []
        # where the script's reading differs: position to record
        self._script_sets: dict[int, TeachingSet] = {}
        self._script_memberships: dict[int, Membership] = {}
        self._takers: dict[str, Callable[[Iterable[etree._Element]], None]] = {
            "CurrentStaff": self._take_staff,
            "CurrentPupils": self._take_pupils,
            "Departments": self._take_departments,
            "Sets": self._take_sets,
            "SetLists": self._take_set_lists,
        }

    def found(self, section: str) -> None:
        """Note that a section is there, were it empty."""
        self._counts.setdefault(section, 0)

    def take(self, section: str, elements: Iterable[etree._Element]) -> None:
        """Read finished records of a section; whatever else stands there is passed over."""
        name = _SECTIONS[section][1]
        records = [element for element in elements if element.tag == name]
        self._counts[section] += len(records)
        self._takers[section](records)

    def check_complete(self) -> None:
        """Refuse a document that would make people leave because iSAMS did not send them."""
        for section, (manager, record, dataset) in _SECTIONS.items():
            if section not in self._counts:
                raise SourceMalformedError(
                    f"the iSAMS document is not complete: section {manager}/{section} is missing",
                    f'tick "{dataset}" for the key in the iSAMS control panel, API Services Manager, Batch Methods',
                )
            if not self._counts[section] and section not in _MAY_BE_EMPTY:
                raise SourceMalformedError(
                    f"the iSAMS document is not complete: section {manager}/{section} holds no {record}",
                    f'look at "{dataset}" in iSAMS; after a correction iSAMS may repeat the old answer for 24 hours',
                )

    def reading(self) -> Reading:
        """Return the school, and the same school as the script reads it."""
        school = School(
            pupils=tuple(self._pupils),
            teachers=tuple(self._teachers),
            subjects=tuple(self._subjects),
            sets=tuple(self._sets),
            memberships=tuple(self._memberships),
        )
        if not self._script_sets and not self._script_memberships:
            return Reading(school=school, as_script=school)
        as_script = replace(
            school,
            sets=_changed(school.sets, self._script_sets),
            memberships=_changed(school.memberships, self._script_memberships),
        )
        return Reading(school=school, as_script=as_script)

    def _take_staff(self, records: Iterable[etree._Element]) -> None:
        for record in records:
            fields = _fields(record)
            teacher = Teacher(
                id=_text(record.get("Id")),
                forename=_text(fields.get("Forename")),
                surname=_text(fields.get("Surname")),
                email=_text(fields.get("SchoolEmailAddress")),
            )
            self._teachers.append(teacher)

    def _take_pupils(self, records: Iterable[etree._Element]) -> None:
        texts = self._texts
        for record in records:
            fields = _fields(record)
            pupil = Pupil(
                id=texts[record.get("Id")],
                school_id=texts[fields.get("SchoolId")],
                forename=_text(fields.get("Forename")),
                surname=_text(fields.get("Surname")),
                year=texts[fields.get("NCYear")],
                email=_text(fields.get("EmailAddress")),
            )
            self._pupils.append(pupil)

    def _take_departments(self, records: Iterable[etree._Element]) -> None:
        for record in records:
            department = _text(record.findtext("Name"))
            for subject in record.iterfind("Subjects/Subject"):
                self._subjects.append(
                    Subject(
                        id=_text(subject.get("Id")),
                        code=_text(subject.findtext("Code")),
                        name=_text(subject.findtext("Name")),
                        department=department,
                    )
                )

    def _take_sets(self, records: Iterable[etree._Element]) -> None:
        texts = self._texts
        for record in records:
            fields = _fields(record)
            subject_id, script_subject_id = self._legacy(fields.get("SubjectId"), record.get("SubjectId"))
            year, script_year = self._legacy(fields.get("YearId"), record.get("YearId"))
            teaching_set = TeachingSet(
                id=_text(record.get("Id")),
                code=_text(fields.get("SetCode")),
                name=_text(fields.get("Name")),
                subject_id=subject_id,
                year=year,
                teacher_ids=tuple(texts[teacher.get("StaffId")] for teacher in record.iterfind("Teachers/Teacher")),
            )
            if (script_subject_id, script_year) != (subject_id, year):
                self._script_sets[len(self._sets)] = replace(
                    teaching_set, subject_id=script_subject_id, year=script_year
                )
            self._sets.append(teaching_set)

    def _take_set_lists(self, records: Iterable[etree._Element]) -> None:
        texts = self._texts
        for record in records:
            set_element = school_element = None
            for child in record:
                tag = child.tag
                if tag == "SetId":
                    set_element = child.text or ""
                elif tag == "SchoolId":
                    school_element = child.text or ""
            set_id, school_id = texts[set_element], texts[school_element]
            if set_id and school_id:
                self._memberships.append(Membership(set_id, school_id, ""))
            else:
                self._take_odd_set_list(record, set_element, school_element)

    def _take_odd_set_list(self, record: etree._Element, set_element: str | None, school_element: str | None) -> None:
        """Read a row in which an element is empty or absent, so that the attributes have a say."""
        set_id, script_set_id = self._legacy(set_element, record.get("SetId"))
        school_id, pupil_id = self._texts[school_element], self._texts[record.get("PupilId")]
        membership = Membership(set_id, school_id, "" if school_id else pupil_id)
        script = Membership(script_set_id, school_id, membership.pupil_id if school_element is None else "")
        if script != membership:
            self._script_memberships[len(self._memberships)] = script
        self._memberships.append(membership)

    def _legacy(self, element: str | None, attribute: str | None) -> tuple[str, str]:
        """
        Read a value that stands as an attribute and as an element marked `Legacy`: for us, and for the script.

        The element counts; where it is absent the attribute does. Where it is there and empty, the script takes the
        empty text.
        """
        text, fallback = self._texts[element], self._texts[attribute]
        return text or fallback, fallback if element is None else text


def _changed(records: Sequence[_Record], changes: dict[int, _Record]) -> tuple[_Record, ...]:
    """Return the records with some of them changed, by position."""
    return tuple(changes.get(position, record) for position, record in enumerate(records))
