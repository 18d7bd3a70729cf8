"""
The records of an iSAMS Batch document, element by element, as values of the domain.

The names of elements and attributes are those of iSAMS; `datasets` has those of sections and records, and `parser`
reads the document in pieces.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from lxml import etree

from sdssync.errors import RefusedDocumentError
from sdssync.isams.datasets import API_SERVICES, BY_SECTION, DATASETS, EMPTY_CACHE, Dataset
from sdssync.isams.origin import Origin
from sdssync.school import Membership, Pupil, School, Subject, Teacher, TeachingSet

_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One document, read in two ways that differ only for an element marked `Legacy` that is present and empty.

    `school` has the attribute instead; `as_script` has the empty text, as iSAMS-SDS.ps1 does.
    """

    school: School
    as_script: School


class _Legacy(NamedTuple):
    """A value as we read it and as the script does."""

    ours: str
    script: str


class _Row(NamedTuple):
    """A row of a set list that does not name both set and pupil in its elements."""

    set_id: str
    school_id: str
    pupil_id: str


class _Texts(dict[str | None, str]):
    """Repeated texts, each kept once: `texts[raw]` is what `_text` returns for it."""

    def __missing__(self, raw: str | None) -> str:
        self[raw] = text = _text(raw)
        return text


def _text(raw: str | None) -> str:
    """Return the text, or "" if it is only white space: blank, tab, CR or LF, but not a no-break space."""
    return raw if raw and raw.strip(_BLANKS) else ""


def _finished(section: etree._Element, unfinished: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the finished records of a section; other elements are skipped."""
    for record in section.iterchildren(BY_SECTION[section.tag].record):
        if record is not unfinished:
            yield record


def _fields(record: etree._Element, *names: str) -> dict[str, str | None]:
    """Map names of a record's elements to their raw texts: "" for an empty element; absent elements are omitted."""
    return {child.tag: child.text or "" for child in record.iterchildren(*names)}


def _labels(datasets: Sequence[Dataset]) -> str:
    """Name datasets as the control panel of iSAMS does."""
    return " and ".join(f'"{dataset.label}"' for dataset in datasets)


class Records:
    """What has been read so far, section by section."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._texts = _Texts()
        self._pupils: list[Pupil] = []
        self._teachers: list[Teacher] = []
        self._subjects: list[Subject] = []
        self._sets: list[TeachingSet] = []
        self._lists: defaultdict[str, list[str]] = defaultdict(list)  # set id to school ids
        self._odd_rows: list[_Row] = []
        # as the script reads them: the teaching sets that differ, by index, and all odd rows
        self._script_sets: dict[int, TeachingSet] = {}
        self._script_rows: list[_Row] = []
        self._takers: dict[str, Callable[[etree._Element, etree._Element | None], int]] = {
            "CurrentStaff": self._take_staff,
            "CurrentPupils": self._take_pupils,
            "Departments": self._take_departments,
            "Sets": self._take_sets,
            "SetLists": self._take_set_lists,
        }

    def found(self, section: str) -> None:
        """Note that a section is there, even if it is empty."""
        self._counts.setdefault(section, 0)

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Read the records of a section, the last one only if the section is finished."""
        if len(section):
            self._counts[section.tag] += self._takers[section.tag](section, None if finished else section[-1])

    def check_complete(self, origin: Origin) -> None:
        """
        Check that iSAMS sent everything: a document that lacks people would make them leave SDS.

        Raises:
            RefusedDocumentError: sections are missing or empty; the message names all of them.

        """
        missing = [dataset for dataset in DATASETS if dataset.section not in self._counts]
        empty = [dataset for dataset in DATASETS if self._counts.get(dataset.section) == 0 and not dataset.may_be_empty]
        problems = [f"section {dataset.manager}/{dataset.section} is missing" for dataset in missing]
        problems += [f"section {dataset.manager}/{dataset.section} holds no {dataset.record}" for dataset in empty]
        hints = []
        if missing:
            hints.append(f"tick {_labels(missing)} for the key {API_SERVICES}, Batch Methods")
        if empty:
            hints.append(f"look at {_labels(empty)} in iSAMS")
        hints += [EMPTY_CACHE, f"then {origin.again}"]
        if problems:
            raise RefusedDocumentError(f"the iSAMS document is not complete: {'; '.join(problems)}", "; ".join(hints))

    def reading(self) -> Reading:
        """Return the school, and the same school as the script reads it."""
        school = School(
            pupils=tuple(self._pupils),
            teachers=tuple(self._teachers),
            subjects=tuple(self._subjects),
            teaching_sets=tuple(self._sets),
            memberships=self._memberships(self._odd_rows),
        )
        if not self._script_sets and self._script_rows == self._odd_rows:
            return Reading(school=school, as_script=school)
        as_script = replace(
            school,
            teaching_sets=tuple(
                self._script_sets.get(index, teaching_set) for index, teaching_set in enumerate(school.teaching_sets)
            ),
            memberships=self._memberships(self._script_rows),
        )
        return Reading(school=school, as_script=as_script)

    def _take_staff(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._teachers)
        for record in _finished(section, unfinished):
            fields = _fields(record, "Forename", "Surname", "SchoolEmailAddress")
            teacher = Teacher(
                id=_text(record.get("Id")),
                forename=_text(fields.get("Forename")),
                surname=_text(fields.get("Surname")),
                email=_text(fields.get("SchoolEmailAddress")),
            )
            self._teachers.append(teacher)
        return len(self._teachers) - before

    def _take_pupils(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._pupils)
        texts = self._texts
        for record in _finished(section, unfinished):
            fields = _fields(record, "SchoolId", "Forename", "Surname", "NCYear", "EmailAddress")
            pupil = Pupil(
                id=texts[record.get("Id")],
                school_id=texts[fields.get("SchoolId")],
                forename=_text(fields.get("Forename")),
                surname=_text(fields.get("Surname")),
                year=texts[fields.get("NCYear")],
                email=_text(fields.get("EmailAddress")),
            )
            self._pupils.append(pupil)
        return len(self._pupils) - before

    def _take_departments(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._subjects)
        for record in _finished(section, unfinished):
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
        return len(self._subjects) - before

    def _take_sets(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._sets)
        texts = self._texts
        for record in _finished(section, unfinished):
            fields = _fields(record, "SubjectId", "YearId", "SetCode", "Name")
            subject_id = self._legacy(fields.get("SubjectId"), record.get("SubjectId"))
            year = self._legacy(fields.get("YearId"), record.get("YearId"))
            teaching_set = TeachingSet(
                id=_text(record.get("Id")),
                code=_text(fields.get("SetCode")),
                name=_text(fields.get("Name")),
                subject_id=subject_id.ours,
                year=year.ours,
                teacher_ids=tuple(
                    [
                        texts[teacher.get("StaffId")]
                        for teachers in record.iterchildren("Teachers")
                        for teacher in teachers.iterchildren("Teacher")
                    ]
                ),
            )
            if subject_id.script != subject_id.ours or year.script != year.ours:
                as_script = replace(teaching_set, subject_id=subject_id.script, year=year.script)
                self._script_sets[len(self._sets)] = as_script
            self._sets.append(teaching_set)
        return len(self._sets) - before

    def _take_set_lists(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        taken = 0
        for record in _finished(section, unfinished):
            taken += 1
            if not self._take_usual_row(record):
                self._take_other_row(record)
        return taken

    def _take_usual_row(self, record: etree._Element) -> bool:
        """Read a row that begins with the two elements in the order of iSAMS, both filled; else return False."""
        if len(record) < 2:
            return False
        first, second = record[0], record[1]
        if first.tag != "SetId" or second.tag != "SchoolId":
            return False
        set_id, school_id = first.text, second.text
        if not set_id or not school_id or set_id.isspace() or school_id.isspace():
            return False
        self._lists[set_id].append(school_id)
        return True

    def _take_other_row(self, record: etree._Element) -> None:
        """Read a row with its elements in another order, empty or absent, so that the attributes may count."""
        fields = _fields(record, "SetId", "SchoolId")
        set_id = self._legacy(fields.get("SetId"), record.get("SetId"))
        school_id, pupil_id = self._texts[fields.get("SchoolId")], self._texts[record.get("PupilId")]
        if school_id and set_id.ours and set_id.ours == set_id.script:
            self._lists[set_id.ours].append(school_id)
            return
        row = _Row(set_id.ours, school_id, "" if school_id else pupil_id)
        script_row = _Row(set_id.script, school_id, "" if "SchoolId" in fields else pupil_id)
        self._odd_rows.append(row)
        self._script_rows.append(row if script_row == row else script_row)

    def _memberships(self, odd_rows: Sequence[_Row]) -> tuple[Membership, ...]:
        """Return the members of each teaching set: those of its usual rows first, then those of odd rows."""
        school_ids: defaultdict[str, list[str]] = defaultdict(list)
        pupil_ids: defaultdict[str, list[str]] = defaultdict(list)
        for row in odd_rows:
            if row.school_id:
                school_ids[row.set_id].append(row.school_id)
            else:
                pupil_ids[row.set_id].append(row.pupil_id)
        return tuple(
            Membership(set_id, (*self._lists.get(set_id, ()), *school_ids.get(set_id, ())), tuple(pupil_ids[set_id]))
            for set_id in dict.fromkeys((*self._lists, *school_ids, *pupil_ids))
        )

    def _legacy(self, element: str | None, attribute: str | None) -> _Legacy:
        """
        Read a value that iSAMS writes as an attribute and as an element marked `Legacy`.

        The element counts, or the attribute if there is no element. If the element is empty, we take the attribute and
        the script takes the empty text.
        """
        text, fallback = self._texts[element], self._texts[attribute]
        return _Legacy(ours=text or fallback, script=fallback if element is None else text)
