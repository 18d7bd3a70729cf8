"""
The datasets of the Batch API: what iSAMS calls them, and where they are in its document.

Five of them make a school. Forms, houses and years have one each, which is asked for when a profile wants it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sdssync.school import GroupKind

API_SERVICES = "in the iSAMS control panel, API Services Manager"
"""Where an API key and its datasets are managed."""
EMPTY_CACHE = (
    '"Save & Close" on the properties of the key in the API Services Manager empties the cache of iSAMS at once'
)
"""How a correction in iSAMS gets into its next answer, which it otherwise repeats for up to 24 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset; the elements follow the XML of the Batch API."""

    method: str
    """The Batch API method that brings it."""
    label: str
    """Its name in the control panel of iSAMS."""
    manager: str
    """The element that holds the section."""
    section: str
    """The element that holds the records."""
    record: str
    may_be_empty: bool = False


DATASETS = (
    Dataset(
        method="HumanResources_GetCurrentStaff",
        label="HR Manager: Current Staff",
        manager="HRManager",
        section="CurrentStaff",
        record="StaffMember",
    ),
    Dataset(
        method="Pupil_GetCurrentPupils",
        label="Pupil Manager: Current Students",
        manager="PupilManager",
        section="CurrentPupils",
        record="Pupil",
    ),
    Dataset(
        method="Teaching_GetDepartmentsAndSubjects",
        label="Teaching Manager: Departments & Subjects",
        manager="TeachingManager",
        section="Departments",
        record="Department",
        may_be_empty=True,
    ),
    Dataset(
        method="Teaching_GetTeachingSets",
        label="Teaching Manager: Teaching Sets",
        manager="TeachingManager",
        section="Sets",
        record="Set",
    ),
    Dataset(
        method="Teaching_GetTeachingSetLists",
        label="Teaching Manager: Teaching Set Lists",
        manager="TeachingManager",
        section="SetLists",
        record="SetList",
    ),
)

GROUP_DATASETS = {
    GroupKind.FORM: Dataset(
        method="School_GetSchoolForms",
        label="School Manager: School Forms",
        manager="SchoolManager",
        section="Forms",
        record="Form",
    ),
    GroupKind.ACADEMIC_HOUSE: Dataset(
        method="School_GetAcademicHouses",
        label="School Manager: Academic Houses",
        manager="SchoolManager",
        section="AcademicHouses",
        record="House",
    ),
    GroupKind.BOARDING_HOUSE: Dataset(
        method="School_GetBoardingHouses",
        label="School Manager: Boarding Houses",
        manager="SchoolManager",
        section="BoardingHouses",
        record="House",
    ),
    GroupKind.YEAR: Dataset(
        method="School_GetAllYears",
        label="School Manager: Year Groups",
        manager="SchoolManager",
        section="Years",
        record="Year",
    ),
}

BY_SECTION = {dataset.section: dataset for dataset in (*DATASETS, *GROUP_DATASETS.values())}


def wanted_datasets(kinds: Collection[GroupKind]) -> tuple[Dataset, ...]:
    """Return the five datasets of a school, and those of the groups that are wanted."""
    return (*DATASETS, *group_datasets(kinds))


def group_datasets(kinds: Collection[GroupKind]) -> tuple[Dataset, ...]:
    """Return the datasets of these groups, always in the same order."""
    return tuple(dataset for kind, dataset in GROUP_DATASETS.items() if kind in kinds)
