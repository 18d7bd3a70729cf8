"""
The records of an iSAMS Batch document, element by element, as values of the domain.

The names of elements and attributes are those of iSAMS; `datasets` has those of sections and records, and `parser`
reads the document in pieces.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from lxml import etree

from sdssync.isams.datasets import BY_SECTION, GROUP_DATASETS
from sdssync.isams.elements import fields_of, text_of
from sdssync.isams.groups import read_group
from sdssync.school import Group, GroupKind, Membership, Pupil, School, Subject, Teacher, TeachingSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One document, read in two ways that differ only for an element marked `Legacy` that is present and empty.

    `school` has the attribute instead; `as_script` has the empty text, as iSAMS-SDS.ps1 does.
    """

    school: School
    as_script: School
    counts: Mapping[str, int]
    """The number of records in each section that is there."""


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
    """Repeated texts, each kept once: `texts[raw]` is what `text_of` returns for it."""

    def __missing__(self, raw: str | None) -> str:
        self[raw] = text = text_of(raw)
        return text


def finished_records(section: etree._Element, unfinished: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the finished records of a section; other elements are skipped."""
    for record in section.iterchildren(BY_SECTION[section.tag].record):
        if record is not unfinished:
            yield record


class Records:
    """What has been read so far, section by section."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        """The number of records in each section that is there."""
        self._texts = _Texts()
        self._pupils: list[Pupil] = []
        self._teachers: list[Teacher] = []
        self._subjects: list[Subject] = []
        self._sets: list[TeachingSet] = []
        self._groups: dict[GroupKind, list[Group]] = {kind: [] for kind in GroupKind}
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
            **{dataset.section: partial(self._take_groups, kind) for kind, dataset in GROUP_DATASETS.items()},
        }

    def found(self, section: str) -> None:
        """Note that a section is there, even if it is empty."""
        self.counts.setdefault(section, 0)

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Read the records of a section, the last one only if the section is finished."""
        if len(section):
            self.counts[section.tag] += self._takers[section.tag](section, None if finished else section[-1])

    def reading(self) -> Reading:
        """Return the school, and the same school as the script reads it."""
        school = School(
            pupils=tuple(self._pupils),
            teachers=tuple(self._teachers),
            subjects=tuple(self._subjects),
            teaching_sets=tuple(self._sets),
            memberships=self._memberships(self._odd_rows),
            groups=tuple(group for groups in self._groups.values() for group in groups),
        )
        if not self._script_sets and self._script_rows == self._odd_rows:
            return Reading(school=school, as_script=school, counts=self.counts)
        as_script = replace(
            school,
            teaching_sets=tuple(
                self._script_sets.get(index, teaching_set) for index, teaching_set in enumerate(school.teaching_sets)
            ),
            memberships=self._memberships(self._script_rows),
        )
        return Reading(school=school, as_script=as_script, counts=self.counts)

    def _take_staff(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._teachers)
        for record in finished_records(section, unfinished):
            fields = fields_of(record, "UserCode", "Forename", "Surname", "SchoolEmailAddress")
            teacher = Teacher(
                id=text_of(record.get("Id")),
                forename=text_of(fields.get("Forename")),
                surname=text_of(fields.get("Surname")),
                email=text_of(fields.get("SchoolEmailAddress")),
                user_code=text_of(fields.get("UserCode")),
            )
            self._teachers.append(teacher)
        return len(self._teachers) - before

    def _take_pupils(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._pupils)
        texts = self._texts
        for record in finished_records(section, unfinished):
            fields = fields_of(record, "SchoolId", "Forename", "Surname", "Form", "NCYear", "EmailAddress")
            pupil = Pupil(
                id=texts[record.get("Id")],
                school_id=texts[fields.get("SchoolId")],
                forename=text_of(fields.get("Forename")),
                surname=text_of(fields.get("Surname")),
                year=texts[fields.get("NCYear")],
                email=text_of(fields.get("EmailAddress")),
                form=texts[fields.get("Form")],
                academic_house_id=texts[record.get("AcademicHouseId")],
                boarding_house_id=texts[record.get("BoardingHouseId")],
            )
            self._pupils.append(pupil)
        return len(self._pupils) - before

    def _take_departments(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._subjects)
        for record in finished_records(section, unfinished):
            department = text_of(record.findtext("Name"))
            for subject in record.iterfind("Subjects/Subject"):
                self._subjects.append(
                    Subject(
                        id=text_of(subject.get("Id")),
                        code=text_of(subject.findtext("Code")),
                        name=text_of(subject.findtext("Name")),
                        department=department,
                    )
                )
        return len(self._subjects) - before

    def _take_sets(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        before = len(self._sets)
        for record in finished_records(section, unfinished):
            fields = fields_of(record, "SubjectId", "YearId", "SetCode", "Name")
            subject_id = self._legacy(fields.get("SubjectId"), record.get("SubjectId"))
            year = self._legacy(fields.get("YearId"), record.get("YearId"))
            teacher_ids, primary_ids = self._teachers_of(record)
            teaching_set = TeachingSet(
                id=text_of(record.get("Id")),
                code=text_of(fields.get("SetCode")),
                name=text_of(fields.get("Name")),
                subject_id=subject_id.ours,
                year=year.ours,
                teacher_ids=teacher_ids,
                primary_ids=primary_ids,
            )
            if subject_id.script != subject_id.ours or year.script != year.ours:
                as_script = replace(teaching_set, subject_id=subject_id.script, year=year.script)
                self._script_sets[len(self._sets)] = as_script
            self._sets.append(teaching_set)
        return len(self._sets) - before

    def _teachers_of(self, record: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the ids of a set's teachers, and of those marked as primary."""
        every, primary = [], []
        for teachers in record.iterchildren("Teachers"):
            for teacher in teachers.iterchildren("Teacher"):
                staff_id = self._texts[teacher.get("StaffId")]
                every.append(staff_id)
                if teacher.get("PrimaryTeacher", "").lower() == "true":
                    primary.append(staff_id)
        return tuple(every), tuple(primary)

    def _take_groups(self, kind: GroupKind, section: etree._Element, unfinished: etree._Element | None) -> int:
        groups = [read_group(kind, record) for record in finished_records(section, unfinished)]
        self._groups[kind] += groups
        return len(groups)

    def _take_set_lists(self, section: etree._Element, unfinished: etree._Element | None) -> int:
        taken = 0
        for record in finished_records(section, unfinished):
            taken += 1
            if not self._take_usual_row(record):
                self._take_other_row(record)
        return taken

    def _take_usual_row(self, record: etree._Element) -> bool:
        """Read a row that begins with the two elements in the order of iSAMS, both filled; else return False."""
        if not len(record):
            return False
        first = record[0]
        second = first.getnext()
        if second is None or first.tag != "SetId" or second.tag != "SchoolId":
            return False
        set_id, school_id = first.text, self._texts[second.text]
        if not set_id or set_id.isspace() or not school_id:
            return False
        self._lists[set_id].append(school_id)
        return True

    def _take_other_row(self, record: etree._Element) -> None:
        """Read a row with its elements in another order, empty or absent, so that the attributes may count."""
        fields = fields_of(record, "SetId", "SchoolId")
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
