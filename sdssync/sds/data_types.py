"""
The data types of SDS columns, as values: a name, what is wanted, and a yes or no for a text.

Types, lists and spellings are those of the SDS pages (V2.1 CSV file format, default list of values, validation rules)
and of Microsoft's sample sets. A kind says nothing about files, rows or severities.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """
    A data type.

    `wants` ends the sentence "expected ..."; `accepts` takes one value, as received. A text that is blank has no kind:
    whether it may be blank is a matter of the column.
    """

    name: str
    """As the SDS page calls it."""
    wants: str
    accepts: Callable[[str], bool]
    values: tuple[str, ...] = ()
    """The list of an Enum, in the spelling SDS stores; () for other kinds."""
    doubted: frozenset[str] = frozenset()
    """Accepted values, in lower case, that one source has and the current list has not."""
    refers_to: str = ""
    """The file whose sourcedId the value must name, with exact case."""
    several: bool = False
    """Whether one quoted field may hold several values, separated by commas."""

    @property
    def restricted(self) -> bool:
        """Whether there is a text that it does not accept."""
        return self.accepts is not _anything

    def parts(self, cell: str) -> tuple[str, ...]:
        """Split a cell into its values; blank ones do not count, and nothing is trimmed (SDS takes ids as received)."""
        if self.several and "," in cell:
            return tuple(part for part in cell.split(",") if not is_blank(part))
        return () if is_blank(cell) else (cell,)


def is_blank(text: str) -> bool:
    """Whether a text is empty or white space of any kind."""
    return not text or text.isspace()


def one_of(*values: str, doubted: tuple[str, ...] = ()) -> Kind:
    """Make an Enum: compared in lower case (SDS validation rules, Enum); `doubted` are values accepted besides."""
    accepted = frozenset(value.lower() for value in (*values, *doubted))
    return Kind(
        "Enum",
        "one of " + ", ".join(values),
        lambda value: value.lower() in accepted,
        values=values,
        doubted=frozenset(value.lower() for value in doubted),
    )


def refers_to(file: str) -> Kind:
    """Make a reference to the sourcedId of a file."""
    return Kind("Unique ID", f"a sourcedId of {file}", _anything, refers_to=file)


def several(kind: Kind) -> Kind:
    """Allow a list: several values of a kind in one quoted field, separated by commas."""
    return Kind(
        f"list of {kind.name}", kind.wants, kind.accepts, kind.values, kind.doubted, kind.refers_to, several=True
    )


def matching(name: str, wants: str, pattern: str) -> Kind:
    """Make a kind from a regular expression that the whole value must match."""
    # Compiled, and then remembered by re, when it is first needed: most runs never do.
    return Kind(name, wants, lambda value: re.fullmatch(pattern, value, re.ASCII) is not None)


def _anything(value: str) -> bool:  # noqa: ARG001  the shape of Kind.accepts
    return True


def parse_date(value: str) -> datetime | None:
    """Parse an ISO 8601 date (2021-08-24 or 20210824), with or without a time, without its zone; None if it is none."""
    if not _DATE(value):
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None


_DATE = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})(T[\d:.,Z+-]+)?", re.ASCII).fullmatch

UNIQUE_ID = Kind("Unique ID", "an id, compared with exact case", _anything)
STRING = Kind("String", "a text", _anything)
DATE = Kind("Date", "an ISO 8601 date such as 2021-08-24", lambda value: parse_date(value) is not None)
BOOLEAN = Kind("Boolean", "true or false", lambda value: value.lower() in {"true", "false"})
PHONE = matching("Phone", "E.164: a plus sign and 2 to 15 digits, such as +11234567890", r"\+[1-9][0-9]{1,14}")
YEAR = matching("Enum", "a year of four digits", r"[0-9]{4}")

# RFC 5322, section 3.4.1, addr-spec, without comments and folding white space; non-ASCII letters as in RFC 6532.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_ADDRESS = matching(
    "Email",
    "an address such as cbeane@domain.com (RFC 5322, addr-spec)",
    rf'({_ATOM}(\.{_ATOM})*|"([^"\\\r\n]|\\.)*")@({_ATOM}(\.{_ATOM})*|\[[!-Z^-~]*\])',
)
EMAIL = replace(_ADDRESS, accepts=lambda value: value.isprintable() and _ADDRESS.accepts(value))

# fmt: off
ORG_TYPES = (
    "school", "department", "district", "local", "state", "national", "departmentOfEducation", "ministryOfEducation",
    "university", "college", "campus", "adultEducation", "municipality", "academicTrust", "localAuthority", "region",
    "division", "province", "researchCenter", "program",
)
ORG_ROLES = (
    "principal", "chair", "professor", "researcher", "adjunct", "affiliate", "occupationalTherapist",
    "physicalTherapist", "speechTherapist", "visionTherapist", "paraprofessional", "specialServices", "advisor",
    "proctor", "nurse", "officeStaff", "lecturer", "itAdmin", "administrator", "teacher", "faculty", "staff",
    "teacherAssistant", "assistant", "instructor", "substitute", "coach", "alumni", "student", "other",
)
CLASS_ROLES = (
    "student", "visionTherapist", "substitute", "paraprofessional", "principal", "proctor", "teacherAssistant",
    "specialServices", "teacher", "professor", "advisor", "administrator", "lecturer", "coach", "occupationalTherapist",
    "affiliate", "assistant", "physicalTherapist", "adjunct", "staff", "speechTherapist", "instructor", "alumni",
    "chair", "itAdmin", "officeStaff",
)
V2_USER_ROLES = (
    "student", "teacher", "staff", "faculty", "aide", "professor", "lecturer", "proctor", "administrator", "itAdmin",
    "officeStaff", "nurse", "occupationalTherapist", "physicalTherapist", "speechTherapist", "visionTherapist",
    "paraprofessional", "teacherAssistant", "researcher", "affiliate", "adjunct", "alumni", "instructor", "chair",
    "advisor", "substitute", "principal", "specialServices",
)
V2_CLASS_ROLES = (
    "student", "teacher", "staff", "faculty", "aide", "professor", "lecturer", "proctor", "nurse",
    "occupationalTherapist", "physicalTherapist", "speechTherapist", "visionTherapist", "paraprofessional",
    "teacherAssistant", "researcher", "affiliate", "adjunct", "instructor", "advisor", "substitute", "principal",
    "specialServices",
)
GRADES = (
    "IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
    "PS", "UG", "Other", "PS1", "PS2", "PS3", "PS4", "undergraduate", "graduate", "postgraduate", "alumni",
    "adultEducation",
)
RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces",
)
# Class roles by the place that Microsoft Graph's example of a provisioning flow gives them; the lists overlap.
OWNER_ROLES = frozenset(map(str.lower, (
    "teacher", "proctor", "teacherAssistant", "paraprofessional", "physicalTherapist", "speechTherapist",
    "visionTherapist", "occupationalTherapist", "staff",
)))
MEMBER_ROLES = frozenset(map(str.lower, (
    "student", "substitute", "aide", "proctor", "teacherAssistant", "paraprofessional", "physicalTherapist",
    "speechTherapist", "visionTherapist", "occupationalTherapist", "staff",
)))
# fmt: on

ORG_TYPE = one_of(*ORG_TYPES)
ORG_ROLE = one_of(*ORG_ROLES, doubted=("aide", "parent", "guardian", "relative", "doctor"))
CLASS_ROLE = one_of(*CLASS_ROLES, doubted=("aid", "aide", "faculty", "nurse", "researcher"))
V2_USER_ROLE = one_of(*V2_USER_ROLES)
V2_CLASS_ROLE = one_of(*V2_CLASS_ROLES)
GRADE = one_of(*GRADES)
SESSION_TYPE = one_of("schoolYear", "semester", "term", "gradingPeriod", "quarter")
RELATIONSHIP = one_of("parent", "guardian", "relative", "aide", "doctor", "other", "child", "administrator")
SEX = one_of("male", "female", "notSelected", "Not selected", "Other")
RACE = one_of(*RACES)
ETHNICITY = one_of("hispanicOrLatinoEthnicity")
FLAG = one_of("freeLunch", "reducedLunch", "homeless", "giftedOrTalented", "504", "ell", "lep", "iep")
SUBJECT = one_of(*(f"{code:02}" for code in range(1, 25) if code != 6))


def lacks_leading_zero(grade: str) -> bool:
    """Whether a grade is one of 1 to 9 without the zero that the list of values has before it."""
    return grade in _ONE_DIGIT


_ONE_DIGIT = frozenset("123456789")
