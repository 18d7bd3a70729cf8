"""
Prove that a document without people makes the same CSV sets as the real one, but for who and what is in them.

A profile names subjects, sets and extra teachers of the real document. For the other document its subjects and merges
are translated like the document was. Patterns of codes cannot be: the sets that they filter in the one document are
left out in the other. Extra teachers are the same records. Kept addresses and `pupils_from` are not compared: both
follow from sets that were published before.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from sdssync.config.classes import Merge
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import SourceError
from sdssync.files.patience import make_folder
from sdssync.isams.anonymise.disguise import Disguise
from sdssync.isams.anonymise.known import Holds
from sdssync.isams.completeness import check_complete
from sdssync.isams.datasets import group_datasets
from sdssync.isams.origin import Origin
from sdssync.isams.records import Reading
from sdssync.jobs.selections import enrol_parts
from sdssync.publish.verdict import judge
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files, write
from sdssync.roster.enrol import Roster
from sdssync.roster.filters import FilterKey, SetFilters
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.selection import Unlisted, select
from sdssync.school import Teacher

_ID = "id:"
_PATTERNS = (FilterKey.CLASSES_EXCLUDE, FilterKey.CLASSES_INCLUDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCounts:
    """What two CSV sets have in common that differ only in who and what is in them."""

    failed: str = ""
    """The type of the error for which there is no set."""
    rows: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    """Users by role."""
    classes: Mapping[str, int] = field(default_factory=dict)
    """Classes by how many teachers and pupils they have."""
    omissions: Mapping[str, int] = field(default_factory=dict)
    """By kind and reason."""
    findings: Mapping[str, int] = field(default_factory=dict)
    """By code and severity."""

    def differences(self, other: "SetCounts") -> Iterator[str]:
        """Yield in what two sets differ, in words without a name."""
        if self.failed != other.failed:
            yield f"{self.failed or 'no error'} instead of {other.failed or 'no error'}"
            return
        for part in fields(self):
            if part.name == "failed":
                continue
            mine, others = getattr(self, part.name), getattr(other, part.name)
            for key in sorted(mine.keys() | others.keys()):
                if mine.get(key, 0) != others.get(key, 0):
                    yield f"{part.name} {key}: {mine.get(key, 0)} instead of {others.get(key, 0)}"


class Side:
    """One of the two documents, with its references followed."""

    def __init__(self, reading: Reading, origin: Origin) -> None:
        self.reading = reading
        self.roll = call_roll(reading.school)
        self._origin = origin
        self._as_script: Roll | None = None

    def roll_for(self, profile: Profile) -> Roll:
        """
        Return the school as a profile reads it.

        Raises:
            RefusedDocumentError: the document lacks groups that the profile wants.

        """
        if profile.groups:
            check_complete(self.reading.counts, group_datasets(profile.groups.kinds), self._origin)
        if not profile.parity or self.reading.as_script is self.reading.school:
            return self.roll
        if self._as_script is None:
            self._as_script = call_roll(self.reading.as_script)
        return self._as_script

    def parts_of(self, profile: Profile) -> tuple[Part, ...]:
        """
        Return what a profile takes of the document.

        Raises:
            RefusedDocumentError: the document lacks groups that a part wants.

        """
        return tuple(Part(profile=part, selection=select(self.roll_for(part), part)) for part in profile.parts)


class Mirror:
    """The invented document as the profiles of the real one would take it."""

    def __init__(self, real: Side, invented: Side, disguise: Disguise) -> None:
        self._real = real
        self._invented = invented
        self._disguise = disguise
        self._teachers = {id(teacher): number for number, teacher in enumerate(real.reading.school.teachers)}

    def parts_of(self, profile: Profile) -> tuple[Part, ...]:
        """
        Return what a profile takes of the invented document, if it takes the same of it.

        Raises:
            RefusedDocumentError: the document lacks groups that a part wants.

        """
        return tuple(map(self._part, profile.parts))

    def _part(self, profile: Profile) -> Part:
        translated, roll = self._translated(profile), self._invented.roll_for(profile)
        selection = select(roll, translated)
        filtered = self._filtered_by_pattern(profile)
        hidden = {id(roll.school.teaching_sets[number]) for number in filtered}
        extra = select(self._real.roll_for(profile), profile).extra_teachers
        return Part(
            profile=translated,
            selection=replace(
                selection,
                teaching_sets=tuple(item for item in selection.teaching_sets if id(item) not in hidden),
                extra_teachers=tuple(map(self._extra_teacher, extra)),
            ),
        )

    def _translated(self, profile: Profile) -> Profile:
        subjects = self._translator(Holds.IDENTIFIER)
        return replace(
            profile,
            include=None if profile.include is None else tuple(map(subjects, profile.include)),
            exclude=tuple(map(subjects, profile.exclude)),
            extra_teachers=(),
            classes=replace(
                profile.classes, exclude=(), include=None, merges=tuple(map(self._merge, profile.classes.merges))
            ),
        )

    def _translator(self, holds: Holds) -> Callable[[str], str]:
        return lambda value: self._disguise.of(holds, value)

    def _merge(self, merge: Merge) -> Merge:
        return replace(merge, sets=tuple(map(self._set_reference, merge.sets)))

    def _set_reference(self, reference: str) -> str:
        prefix, rest = reference[: len(_ID)], reference[len(_ID) :]
        if prefix.lower() == _ID:
            return prefix + self._disguise.of(Holds.IDENTIFIER, rest)
        return self._disguise.of(Holds.TITLE, reference)

    def _filtered_by_pattern(self, profile: Profile) -> Iterator[int]:
        """Yield the indexes of the teaching sets that a pattern of the profile filters in the real document."""
        roll = self._real.roll_for(profile)
        filters = SetFilters(roll, profile)
        return (
            number
            for number, teaching_set in enumerate(roll.school.teaching_sets)
            if filters.key(teaching_set) in _PATTERNS
        )

    def _extra_teacher(self, teacher: Teacher | Unlisted) -> Teacher | Unlisted:
        if isinstance(teacher, Teacher):
            return self._invented.reading.school.teachers[self._teachers[id(teacher)]]
        return Unlisted(self._disguise.of(Holds.ADDRESS, teacher.address))


def count_set(
    take: Callable[[Profile], tuple[Part, ...]], profile: Profile, settings: SchoolSettings, folder: Path
) -> SetCounts:
    """
    Make the set of what a profile takes in a new folder, and count what is in it and what is not.

    Raises:
        OSError: the folder cannot be written.

    """
    try:
        roster = enrol_parts(take(profile), profile, settings.identity)
    except SourceError as error:
        return SetCounts(failed=type(error).__name__)
    make_folder(folder)
    write(csv_files(roster, settings.identity, profile), folder)
    report = judge(folder, roster, profile, settings).report
    return SetCounts(
        rows=report.rows,
        roles=Counter("students" if user.is_pupil else "teachers" for user in roster.users),
        classes=_sizes(roster),
        omissions=Counter(f"{omission.kind} {omission.reason}" for omission in roster.omissions),
        findings={f"{code} {severity}": number for (code, severity), number in report.counts.items()},
    )


def _sizes(roster: Roster) -> Counter[str]:
    return Counter(f"of {len(made.teachers)} and {len(made.pupils)} people" for made in roster.classes)
