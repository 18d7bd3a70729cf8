"""
The records of forms, houses and years, element by element, as values of the domain.

An owner is named by the number of the member of staff in an attribute, and by the user code in an element marked
`Legacy`, which counts where there is no number. A tutor who assists is one of a form, and not of a year.
"""

from lxml import etree

from sdssync.isams.elements import BLANKS, fields_of, text_of
from sdssync.school import Group, GroupKind, StaffRef

_HOUSE_OWNERS = {"HouseMasterId": "HouseMaster", "AssistantHouseMasterId": "AssistantHouseMaster"}
_OWNERS = {
    GroupKind.FORM: {
        "TutorId": "Tutor",
        "AssistantTutorId": "AssistantFormTutor",
        "SecondAssistantTutorId": "SecondAssistantFormTutor",
    },
    GroupKind.ACADEMIC_HOUSE: _HOUSE_OWNERS,
    GroupKind.BOARDING_HOUSE: _HOUSE_OWNERS,
    GroupKind.YEAR: {"TutorId": "Tutor"},
}
"""The attribute of each owner, and the element that has the user code."""


def read_group(kind: GroupKind, record: etree._Element) -> Group:
    """Return what a record says; a form has its id for a code, and for a name where it has none."""
    names = _OWNERS[kind]
    fields = fields_of(record, "Form", "Name", "Code", "NationalCurriculumYear", *names.values())
    identifier, code = text_of(record.get("Id")), text_of(fields.get("Code"))
    name, year = text_of(fields.get("Name")), text_of(fields.get("NationalCurriculumYear"))
    if kind is GroupKind.FORM:
        name, code = text_of(fields.get("Form")) or identifier, identifier
        year = year or text_of(record.get("YearId"))
    elif kind is GroupKind.YEAR:
        year = year or identifier
    else:
        year = ""
    owners = (_owner(record.get(attribute), fields.get(element)) for attribute, element in names.items())
    return Group(
        kind=kind, id=identifier, name=name, code=code, year=year, owners=tuple(owner for owner in owners if owner)
    )


def _owner(number: str | None, code: str | None) -> StaffRef | None:
    """Return whom an attribute names, else an element; None if neither names anyone: iSAMS writes 0 for no one."""
    staff_id, user_code = text_of(number), text_of(code)
    if staff_id.strip(BLANKS) not in {"", "0"}:
        return StaffRef(staff_id=staff_id)
    return StaffRef(user_code=user_code) if user_code else None
