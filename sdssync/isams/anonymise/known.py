"""
The elements and attributes that a document without people may have, and what each of them holds.

Whatever is not in this table is dropped: other sections, elements and attributes, comments, processing instructions,
and texts between elements. The names are those of iSAMS.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from lxml import etree

LEGACY = "Legacy"
"""The attribute that marks an element which repeats an attribute."""


class Holds(Enum):
    """What an element or attribute holds, and what it becomes."""

    IDENTIFIER = "id", "other letters and digits, the same everywhere"
    NAME = "name or free text", "invented words of the same length, and other numbers"
    ADDRESS = "address", "the same, word by word; `.local` at its end stays"
    DATE = "date", "a day of the 19th century, at midnight"
    TITLE = "year, code or title", "invented words; up to two numbers of one or two digits stay"
    FLAG = "yes or no", "stays if it is `True`, `False`, `1` or `0`; otherwise invented words"

    def __init__(self, label: str, becomes: str) -> None:
        self.label = label
        self.becomes = becomes


PERSONAL = (Holds.NAME, Holds.ADDRESS, Holds.DATE)
"""What is about one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an element may have: attributes, elements with a text, and elements with elements."""

    attributes: Mapping[str, Holds] = field(default_factory=dict)
    texts: Mapping[str, Holds] = field(default_factory=dict)
    children: "Mapping[str, Known]" = field(default_factory=dict)


def _all(holds: Holds, names: str) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), holds)


_ID, _NAME, _TITLE, _DATE = Holds.IDENTIFIER, Holds.NAME, Holds.TITLE, Holds.DATE
_PERSON = _all(_ID, "Id PersonId PersonGuid")
_HOUSE = Known(
    attributes=_all(_ID, "Id HouseMasterId AssistantHouseMasterId"),
    texts={
        **_all(_ID, "HouseMaster AssistantHouseMaster"),
        **_all(_TITLE, "Name Code"),
        **_all(_NAME, "Type Sex"),
        "PrimaryEmail": Holds.ADDRESS,
    },
)

KNOWN: Mapping[str, Known] = {
    "CurrentStaff": Known(
        attributes=_PERSON,
        texts={
            **_all(_NAME, "Initials Title Forename MiddleNames Surname FullName PreferredName MobileNumber"),
            **_all(_ID, "UserCode UserName"),
            "DOB": _DATE,
            "SchoolEmailAddress": Holds.ADDRESS,
            "TeachingStaff": Holds.FLAG,
        },
    ),
    "CurrentPupils": Known(
        attributes={**_PERSON, **_all(_ID, "DivisionId AcademicHouseId BoardingHouseId")},
        texts={
            **_all(_ID, "SchoolCode SchoolId UserCode UserName UniquePupilNumber"),
            **_all(_NAME, "Title Initials Forename Middlename Surname Preferredname Fullname"),
            **_all(_NAME, "Gender PupilType MobileNumber"),
            **_all(_TITLE, "Form NCYear AcademicHouse BoardingHouse"),
            **_all(_DATE, "DOB EnrolmentDate"),
            "EmailAddress": Holds.ADDRESS,
        },
    ),
    "Departments": Known(
        attributes={"Id": _ID},
        texts={"Name": _TITLE},
        children={
            "Subjects": Known(
                children={
                    "Subject": Known(
                        attributes=_all(_ID, "Id AuthorId"),
                        texts={**_all(_TITLE, "Name Code"), "LastUpdated": _DATE},
                    )
                }
            )
        },
    ),
    "Sets": Known(
        attributes={**_all(_ID, "Id SubjectId AuthorId"), "YearId": _TITLE},
        texts={
            **_all(_ID, "SubjectId Teacher"),
            **_all(_TITLE, "YearId SetNumber Block SetCode Name"),
            "Description": _NAME,
        },
        children={
            "Teachers": Known(
                children={"Teacher": Known(attributes={**_all(_ID, "Id StaffId"), "PrimaryTeacher": Holds.FLAG})}
            )
        },
    ),
    "SetLists": Known(
        attributes=_all(_ID, "Id SetId PupilId AuthorId"),
        texts={**_all(_ID, "SetId SchoolId Author"), "LastUpdated": _DATE},
    ),
    "Forms": Known(
        attributes={
            **_all(_TITLE, "Id YearId"),
            **_all(_ID, "TutorId AssistantTutorId SecondAssistantTutorId RoomId AuthorId"),
        },
        texts={
            **_all(_ID, "Tutor AssistantFormTutor SecondAssistantFormTutor"),
            **_all(_TITLE, "NationalCurriculumYear Form Name Code"),
            "EmailAddress": Holds.ADDRESS,
        },
    ),
    "AcademicHouses": _HOUSE,
    "BoardingHouses": _HOUSE,
    "Years": Known(
        attributes={"Id": _TITLE, **_all(_ID, "TutorId AuthorId")},
        texts={
            **_all(_ID, "Tutor AssistantTutor"),
            **_all(_TITLE, "NationalCurriculumYear Name Code"),
            "Email": Holds.ADDRESS,
        },
    ),
}
"""What the records of each section may have."""


def known_values(record: etree._Element, known: Known) -> Iterator[tuple[Holds, str]]:
    """Yield every attribute and text of a record that is in the table, and what it holds."""
    for name, holds in known.attributes.items():
        if (value := record.get(name)) is not None:
            yield holds, value
    for element in record:
        if holds_text := known.texts.get(element.tag):
            yield holds_text, element.text or ""
            if (mark := element.get(LEGACY)) is not None:
                yield Holds.FLAG, mark
        elif nested := known.children.get(element.tag):
            yield from known_values(element, nested)
