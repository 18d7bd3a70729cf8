"""
The data types of SDS columns, as values: a name, what is expected, and a test for a text.

Types, lists and spellings are those of the SDS pages (V2.1 CSV file format, default list of values, validation rules)
and of Microsoft's sample sets. A data type says nothing about files, rows or severities.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sdssync.sds.code_lists import CLASS_ROLES, GRADES, ORG_ROLES, ORG_TYPES, RACES, V2_CLASS_ROLES, V2_USER_ROLES


@dataclass(frozen=True, slots=True)
class DataType:
    """
    A data type.

    `wants` ends the sentence "expected ..."; `accepts` takes one value, as received. A blank text has no data type:
    whether it may be blank depends on the column.
    """

    name: str
    """As the SDS page calls it."""
    wants: str
    accepts: Callable[[str], bool]
    values: tuple[str, ...] = ()
    """The list of an Enum, in the spelling SDS stores; () for other data types."""
    doubted: frozenset[str] = frozenset()
    """Accepted values, in lower case, that one source has and the current list does not."""
    refers_to: str = ""
    """The file whose sourcedId the value must name, with exact case."""
    several: bool = False
    """True if one quoted field may hold several values, separated by commas."""

    @property
    def is_restricted(self) -> bool:
        """Return True if there is a text that it does not accept."""
        return self.accepts is not _anything

    def parts(self, cell: str) -> tuple[str, ...]:
        """Split a cell into its values; blank ones do not count, and nothing is trimmed (SDS takes ids as received)."""
        if self.several and "," in cell:
            return tuple(part for part in cell.split(",") if not is_blank(part))
        return () if is_blank(cell) else (cell,)


def is_blank(text: str) -> bool:
    """Return True if a text is empty or white space of any kind."""
    return not text or text.isspace()


def one_of(*values: str, doubted: tuple[str, ...] = ()) -> DataType:
    """Make an Enum: compared in lower case (SDS validation rules, Enum); `doubted` are accepted too."""
    accepted = frozenset(value.lower() for value in (*values, *doubted))
    return DataType(
        "Enum",
        "one of " + ", ".join(values),
        lambda value: value.lower() in accepted,
        values=values,
        doubted=frozenset(value.lower() for value in doubted),
    )


def refers_to(file: str) -> DataType:
    """Make a reference to the sourcedId of a file."""
    return DataType("Unique ID", f"a sourcedId of {file}", _anything, refers_to=file)


def several(data_type: DataType) -> DataType:
    """Allow a list: several values of a data type in one quoted field, separated by commas."""
    return DataType(
        f"list of {data_type.name}",
        data_type.wants,
        data_type.accepts,
        data_type.values,
        data_type.doubted,
        data_type.refers_to,
        several=True,
    )


def matching(name: str, wants: str, pattern: str) -> DataType:
    """Make a data type from a regular expression that the whole value must match."""
    # Compiled, and then remembered by re, when it is first needed: most runs never do.
    return DataType(name, wants, lambda value: re.fullmatch(pattern, value, re.ASCII) is not None)


def _anything(value: str) -> bool:  # noqa: ARG001  the shape of DataType.accepts
    return True


def parse_date(value: str) -> datetime | None:
    """Parse an ISO 8601 date (2021-08-24 or 20210824), with or without a time, without its zone; else None."""
    if not _DATE(value):
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None


_DATE = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})(T[\d:.,Z+-]+)?", re.ASCII).fullmatch

UNIQUE_ID = DataType("Unique ID", "an id, compared with exact case", _anything)
STRING = DataType("String", "a text", _anything)
DATE = DataType("Date", "an ISO 8601 date such as 2021-08-24", lambda value: parse_date(value) is not None)
BOOLEAN = DataType("Boolean", "true or false", lambda value: value.lower() in {"true", "false"})
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
    """Return True for a grade from 1 to 9 without the leading zero of the list of values."""
    return grade in _ONE_DIGIT


_ONE_DIGIT = frozenset("123456789")
