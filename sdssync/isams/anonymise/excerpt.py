"""Leave records out of a document before something else takes its sections."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from lxml import etree

from sdssync.isams.datasets import GROUP_DATASETS
from sdssync.isams.elements import fields_of, text_of
from sdssync.isams.parser import Sections
from sdssync.isams.records import finished_records
from sdssync.school import GroupKind


class Chosen(Protocol):
    """Which records stay; those that are given by indexes count within their sections."""

    @property
    def pupils(self) -> Collection[int]:
        """The indexes of pupils."""

    @property
    def staff(self) -> Collection[int]:
        """The indexes of members of staff."""

    @property
    def teaching_sets(self) -> Collection[int]:
        """The indexes of teaching sets."""

    @property
    def groups(self) -> Mapping[GroupKind, Collection[int]]:
        """The indexes of the groups of each kind."""

    @property
    def subjects(self) -> Collection[str]:
        """The ids of subjects."""

    def has_row(self, set_id: str, school_id: str, pupil_id: str) -> bool:
        """Return True if a row of a set list stays; it has the school id of a pupil, else the id of the record."""


class Excerpt:
    """Takes the sections of a document, and passes them on without the records that do not stay."""

    def __init__(self, sections: Sections, chosen: Chosen) -> None:
        self._sections = sections
        self._chosen = chosen
        self._met: Counter[str] = Counter()
        by_index = {"CurrentStaff": chosen.staff, "CurrentPupils": chosen.pupils, "Sets": chosen.teaching_sets}
        by_index |= {dataset.section: chosen.groups.get(kind, ()) for kind, dataset in GROUP_DATASETS.items()}
        self._by_index = by_index
        self._stays: Mapping[str, Callable[[etree._Element], bool]] = {
            "Departments": self._keep_subjects,
            "SetLists": self._is_row,
        }

    def found(self, section: str) -> None:
        """Pass on that a section begins."""
        self._sections.found(section)

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Remove the finished records that do not stay, and pass the section on."""
        if not len(section):
            return
        name = str(section.tag)
        for record in list(finished_records(section, None if finished else section[-1])):
            if name in self._by_index:
                stays = self._met[name] in self._by_index[name]
                self._met[name] += 1
            else:
                stays = self._stays[name](record)
            if not stays:
                section.remove(record)
        self._sections.take(section, finished=finished)

    def _keep_subjects(self, department: etree._Element) -> bool:
        """Remove subjects from a department; one that has had subjects and has none now does not stay."""
        subjects = department.findall("Subjects/Subject")
        gone = [subject for subject in subjects if text_of(subject.get("Id")) not in self._chosen.subjects]
        for subject in gone:
            if (parent := subject.getparent()) is not None:
                parent.remove(subject)
        return len(gone) < len(subjects) or not subjects

    def _is_row(self, row: etree._Element) -> bool:
        fields = fields_of(row, "SetId", "SchoolId")
        return self._chosen.has_row(
            text_of(fields.get("SetId")) or text_of(row.get("SetId")),
            text_of(fields.get("SchoolId")),
            text_of(row.get("PupilId")),
        )
