"""People, classes and teaching sets as the administrator finds them in iSAMS, and counts with their noun."""

from sdssync.roster.attribution import ClassRef, PersonRef
from sdssync.roster.sources import ClassKind
from sdssync.school import Pupil, Teacher, TeachingSet

_LEGIBLE = 200
"""Characters of a name or an id that are shown; --format json has all of them."""


def person_words(person: PersonRef) -> str:
    """Return a person as the administrator finds them in iSAMS: `Ash, Mira (year 9, 8163769935244)`."""
    record, identifier = person.record, legible(person.id)
    if record is None:
        return identifier
    name = name_of(record)
    if isinstance(record, Pupil):
        year = f"year {legible(record.year)}" if record.year else "no year"
        return f"{name} ({year}, {identifier or 'no SchoolId'})"
    return f"{name} (staff {identifier})"


def name_of(record: Pupil | Teacher) -> str:
    """Return the name of a person: `Ash, Mira`."""
    return legible(", ".join(filter(None, (record.surname, record.forename))) or "without a name")


def class_words(ref: ClassRef) -> str:
    """Return a class as the administrator finds it in iSAMS."""
    return f"{legible(ref.title)} ({_MADE_OF[ref.kind]} {legible(ref.id)})"


_MADE_OF = {
    ClassKind.SET: "set",
    ClassKind.MERGED: "sets",
    ClassKind.FORM: "form",
    ClassKind.ACADEMIC_HOUSE: "academic house",
    ClassKind.BOARDING_HOUSE: "boarding house",
    ClassKind.YEAR: "year group",
}


def set_words(teaching_set: TeachingSet) -> str:
    """Return a teaching set by its code, else its name, with its id in iSAMS."""
    name, identifier = legible(teaching_set.code or teaching_set.name), legible(teaching_set.id)
    year = f", year {legible(teaching_set.year)}" if teaching_set.year else ""
    return f"{name} (set {identifier}{year})" if name else f"set {identifier}{year}"


def legible(text: str) -> str:
    """Return a text as far as a person reads it: iSAMS may hold one of a million characters."""
    return text if len(text) <= _LEGIBLE else f"{text[:_LEGIBLE]}…"


def counted(number: int, one: str, several: str) -> str:
    """Return a number with its noun, in singular or plural."""
    return f"{number:,} {one if number == 1 else several}"
