"""Names of files that are nearly those of a set: copies, other endings, British spelling, names of older scripts."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_ENDINGS = re.compile(r"(?:\.csv|\.txt|\.xlsx?|\.bak|\.old|\.csv)+$")
_COPY = re.compile(r"^(?:copy of|kopie von)\s*|\s*[-_ ]\s*(?:copy|kopie)\b.*$|\s*\(\d+\)$|[-_ ]+\d+$")
"""What browsers and file managers add to the name of a copy."""
_SAME_WORD = (
    ("enrolments", "enrollments"),
    ("enrolment", "enrollments"),
    ("studentenrollments", "enrollments"),
    ("studentenrollment", "enrollments"),
    ("classenrollments", "enrollments"),
    ("organisations", "orgs"),
    ("organizations", "orgs"),
    ("schools", "orgs"),
    ("sections", "classes"),
    ("people", "users"),
)
"""Other words for the files of a set."""
_CLOSE = 0.8


def near_file(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that is probably meant to be `wanted`, which is not among the names; None if none is near."""
    plain = {name: plain_name(name) for name in sorted(names)}
    stem = plain_name(wanted)
    for name, other in plain.items():
        if other == stem:
            return name
    near = get_close_matches(stem, plain.values(), n=1, cutoff=_CLOSE)
    return next((name for name, other in plain.items() if other in near), None)


def plain_name(name: str) -> str:
    """Return a file name in lower case, without endings and marks of a copy, in the words of SDS."""
    stem = _COPY.sub("", _ENDINGS.sub("", name.strip().lower()))
    letters = re.sub(r"[\W_]", "", stem)
    return dict(_SAME_WORD).get(letters, letters)
