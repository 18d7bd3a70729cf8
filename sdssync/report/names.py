"""People, classes and teaching sets as the administrator finds them in iSAMS, and counts with their noun."""

from sdssync.roster.attribution import ClassRef, PersonRef
from sdssync.school import Pupil, TeachingSet


def person_words(person: PersonRef) -> str:
    """Return a person as the administrator finds them in iSAMS: `Ash, Mira (year 9, 8163769935244)`."""
    record = person.record
    if record is None:
        return person.id
    name = ", ".join(filter(None, (record.surname, record.forename))) or "without a name"
    if isinstance(record, Pupil):
        year = f"year {record.year}" if record.year else "no year"
        return f"{name} ({year}, {person.id or 'no SchoolId'})"
    return f"{name} (staff {person.id})"


def class_words(ref: ClassRef) -> str:
    """Return a class as the administrator finds it in iSAMS."""
    return f"{ref.title} (set {ref.id})"


def set_words(teaching_set: TeachingSet) -> str:
    """Return a teaching set by its code, else its name, with its id in iSAMS."""
    name = teaching_set.code or teaching_set.name
    year = f", year {teaching_set.year}" if teaching_set.year else ""
    return f"{name} (set {teaching_set.id}{year})" if name else f"set {teaching_set.id}{year}"


def counted(number: int, one: str, several: str) -> str:
    """Return a number with its noun, in singular or plural."""
    return f"{number:,} {one if number == 1 else several}"
