"""
Say what is wrong with a value that is not accepted, without repeating it: a message may be logged, a value may not.

Each text takes microseconds: a file may have a million different values, and all of them may be wrong.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sdssync.sds.data_types import DataType, is_blank

NULL = "an exported NULL; leave the value empty"
_NULLS = frozenset({"null", "n/a", "#n/a", "na", "nan", "none", "nil", "(null)", "<null>", "undefined", "\\n"})
_FEW = 8
"""Values that a message lists; of a longer list it gives examples."""
_LONGEST = 40
"""Characters of a value that can be near to one of a list."""
_SHORTEST = 4
"""Characters from which a value that lacks one still shows what it was."""

MEANT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("pupil", "learner", "child", "kid", "scholar", "boarder", "stu", "s"), ("student", "child")),
    **dict.fromkeys(
        ("tutor", "formtutor", "classteacher", "subjectteacher", "master", "mistress", "educator", "teachingstaff",
         "leadteacher", "coteacher", "owner", "t"),
        ("teacher",),
    ),
    **dict.fromkeys(("ta", "lsa", "teachingassistant", "classroomassistant", "learningsupportassistant"),
                    ("teacherAssistant",)),
    **dict.fromkeys(("head", "headteacher", "headmaster", "headmistress"), ("principal",)),
    **dict.fromkeys(("cover", "coverteacher", "supply", "supplyteacher"), ("substitute",)),
    **dict.fromkeys(("admin", "manager"), ("administrator",)),
    **dict.fromkeys(("member", "user"), ("student",)),
    **dict.fromkeys(("secretary", "office", "nonteachingstaff", "supportstaff", "employee"), ("staff",)),
    **dict.fromkeys(("mother", "father", "mum", "dad", "mom"), ("parent",)),
    **dict.fromkeys(("carer", "caregiver"), ("guardian",)),
    **dict.fromkeys(("academy", "highschool", "primaryschool", "secondaryschool", "juniorschool", "seniorschool",
                     "prepschool", "independentschool", "k12school", "k12"), ("school",)),
    **dict.fromkeys(("trust", "mat"), ("academicTrust",)),
    "la": ("localAuthority",),
    **dict.fromkeys(("m", "boy", "man"), ("male",)),
    **dict.fromkeys(("f", "girl", "woman"), ("female",)),
    **dict.fromkeys(("year", "academicyear"), ("schoolYear",)),
    **dict.fromkeys(("reception", "r", "kindergarten", "foundation"), ("KG",)),
    **dict.fromkeys(("nursery", "n", "prekindergarten"), ("PK",)),
    "preschool": ("PR",),
}  # fmt: skip
"""What schools and other systems write, of letters only and in the singular, and what SDS calls it."""
_YEAR = re.compile(r"(?:ncyear|nationalcurriculumyear|year|yr|y|grade|gr|g|form)?0*(\d{1,2})(?:st|nd|rd|th)?").fullmatch


def expectation(data_type: DataType, value: str, example: str) -> str:
    """Return what is expected in place of a value that is not blank: the end of a sentence that names the column."""
    if is_null(value):
        return f"this is {NULL}"
    if value != value.strip() and (data_type.accepts(value.strip()) or nearest(value.strip(), data_type.values)):
        return f"the value has {blanks_of(value)}"
    if not data_type.values:
        return f"expected {data_type.wants}"
    near = nearest(value, data_type.values)
    return f"expected {_listed(data_type, example)}" + (f"; did you mean {near}?" if near else "")


def is_null(value: str) -> bool:
    """Return True if a value is what a database or a program writes for no value."""
    return value.strip().lower() in _NULLS


def blanks_of(value: str) -> str:
    """Return where a text has blanks at its ends, in words."""
    before, after = value != value.lstrip(), value != value.rstrip()
    if before and after:
        return "blanks at both ends"
    return "a blank at the beginning" if before else "a blank at the end"


def difference(one: str, other: str) -> str:
    """Return in what two texts differ that are alike apart from case and blanks at the ends."""
    if one.strip() != other.strip():
        return "case" if one == one.strip() and other == other.strip() else "case and blanks at the ends"
    return "blanks at the ends"


def nearest(value: str, values: tuple[str, ...]) -> str:
    """Return the value of a list that is probably meant: another spelling, another word, or one letter off; or ""."""
    text = _plain(value[:_LONGEST])
    known = _known(values)
    for word in (text, text.removesuffix("s")):
        meant = next((found for found in MEANT.get(word, ()) if found in values), known.get(word))
        if meant:
            return meant
    year = _YEAR(text)
    if year and f"{int(year[1]):02}" in values:
        return f"{int(year[1]):02}"
    close = _close(values)
    return next((close[part] for part in _shortened(text) if part in close), "")


def _listed(data_type: DataType, example: str) -> str:
    """Return the values of a list in words; of a long one an example and their number."""
    values = data_type.values
    if len(values) <= _FEW:
        return data_type.wants
    return f"one of {len(values)} values such as {example}"


def _plain(text: str) -> str:
    """Return a text without blanks and punctuation, in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


@cache
def _known(values: tuple[str, ...]) -> dict[str, str]:
    """Map the plain form of each value to the value."""
    return {_plain(value): value for value in reversed(values)}


@cache
def _close(values: tuple[str, ...]) -> dict[str, str]:
    """Map each value, and what is left of it when one letter is missing, to the value."""
    return {part: value for value in reversed(values) for part in _shortened(_plain(value))}


def _shortened(text: str) -> Iterator[str]:
    """Yield a plain text and what is left of it without one letter, if it is long enough."""
    if len(text) >= _SHORTEST and not is_blank(text):
        yield text
        yield from (text[:index] + text[index + 1 :] for index in range(len(text)))
