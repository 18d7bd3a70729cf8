"""The subjects of a school with their counts: what an administrator needs to choose subject ids."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from sdssync.roster.identifiers import number_or_text, order
from sdssync.roster.roll import Roll
from sdssync.school import Pupil, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSummary:
    """One subject, however many departments list it."""

    id: str
    code: str
    name: str
    departments: tuple[str, ...]
    sets: int
    pupils: int
    """Current pupils in those sets, each once."""
    profiles: tuple[str, ...] = ()
    """The names of those that make classes of it."""


def summarise_subjects(roll: Roll, years: Iterable[int] | None = None) -> tuple[SubjectSummary, ...]:
    """Return the subjects of all departments, by id; with years, count their sets and the pupils of these years."""
    wanted = None if years is None else {str(year) for year in years}
    numbers: dict[str, set[int | str]] = {}
    for teaching_set in roll.school.teaching_sets:
        if wanted is None or teaching_set.year in wanted:
            numbers.setdefault(teaching_set.subject_id, set()).add(number_or_text(teaching_set.id))
    departments: dict[str, list[Subject]] = {}
    for subject in roll.school.subjects:
        departments.setdefault(subject.id, []).append(subject)
    return tuple(
        SubjectSummary(
            id=subject_id,
            code=listed[0].code,
            name=listed[0].name,
            departments=tuple(dict.fromkeys(subject.department for subject in listed)),
            sets=len(numbers.get(subject_id, ())),
            pupils=_pupils(roll, numbers.get(subject_id, ()), wanted),
        )
        for subject_id, listed in sorted(departments.items(), key=lambda item: order(item[0]))
    )


def _pupils(roll: Roll, sets: Iterable[int | str], years: Container[str] | None) -> int:
    members = {member for number in sets for member in roll.members.get(number, ()) if isinstance(member, Pupil)}
    return len(members) if years is None else sum(member.year in years for member in members)
