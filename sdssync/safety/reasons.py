"""
Why two sets differ: the reason of each difference, where the sets, a profile and a document tell it.

The first set is that of the profile. What the document gives today is known, so a row that the published set lacks or
has against the document is from another day; what the other set has in addition is left out, filtered or gone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sdssync.config.settings import SchoolIdentity
from sdssync.roster.classes import EnrolledClass
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.grades import grade_as_script
from sdssync.roster.roll import user_id
from sdssync.safety.causes import NOT_IN_ISAMS, OMITTED, RENAMED, Causes
from sdssync.safety.comparison import Difference, RowKind, Where, cells_of
from sdssync.safety.csv_set import CsvSet, Enrollment
from sdssync.school import Pupil, Teacher

COMMA, REPEATED, CLASS_DIFFERS, USER_DIFFERS = "comma", "repeated", "class_differs", "user_differs"
ANOTHER_DAY, EXPIRED, KEPT_ADDRESS, EXTRA_TEACHER = "another_day", "expired", "kept_address", "extra_teacher"
GRADE, NAMES, ORGANISATION, TITLE, WAITING = "grade", "include_names", "org", "title", "pupils_from"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A difference with its reasons: one for a row, and for a changed row one for each column that has one."""

    difference: Difference
    reasons: tuple[str, ...] = ()
    is_explained: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a profile and a document say about the set of the profile."""

    identity: SchoolIdentity
    parts: Sequence[Part]
    roster: Roster
    expected: CsvSet
    """The set that the document gives now."""
    has_expired: bool
    kept: frozenset[str] = field(default_factory=frozenset)
    """The ids of those who keep a username that iSAMS lacks."""

    @cached_property
    def causes(self) -> Causes:
        """Why the set lacks a row."""
        return Causes(self.roster, self.parts)

    @cached_property
    def extra_teachers(self) -> frozenset[str]:
        """The ids of the extra teachers of the profile."""
        listed = (teacher for part in self.parts for teacher in part.selection.extra_teachers)
        return frozenset(user_id(teacher) if isinstance(teacher, Teacher) else teacher.address for teacher in listed)

    @cached_property
    def classes(self) -> dict[str, EnrolledClass]:
        """The classes of the set by id."""
        return {enrolled.id: enrolled for enrolled in self.roster.classes}

    @cached_property
    def waiting(self) -> frozenset[str]:
        """The ids of the classes whose pupils wait for a day."""
        return frozenset(enrolled.id for enrolled in self.roster.waiting)

    @cached_property
    def set_ids(self) -> frozenset[str]:
        """The ids in iSAMS of the teaching sets that make classes."""
        return frozenset(source_id for enrolled in self.roster.classes for source_id in enrolled.made_of.ids)

    def lists(self, enrollment: Enrollment) -> bool:
        """Return True if iSAMS has the person as a teacher of the class, or on its set list."""
        enrolled = self.classes.get(enrollment.class_id)
        if enrolled is None:
            return False
        members = (member.school_id for member in enrolled.made_of.members)
        return enrollment.user_id in {*enrolled.made_of.teachers, *members}

    @cached_property
    def orgs(self) -> frozenset[str]:
        """The ids of the organisations below the school."""
        return frozenset(org.id for org in self.roster.origins.orgs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSet:
    """One of two sets, and where it is."""

    displayed: str
    """The folder as it was named."""
    profile: str | None
    """The profile whose set it is."""
    csv_set: CsvSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sets, and how they differ."""

    first: ComparedSet
    second: ComparedSet
    evidence: Evidence | None
    """None: there is no profile, or no document."""
    document_of: datetime | None
    """When the document was downloaded; None: it is not known, or there is none."""
    differences: tuple[Explained, ...]

    @property
    def are_equal(self) -> bool:
        """Return True if both have the same rows and all of them could be read."""
        return not (self.differences or self.first.csv_set.unreadable or self.second.csv_set.unreadable)


class Reasons:
    """The reasons of the differences between two sets."""

    def __init__(self, first: CsvSet, second: CsvSet, evidence: Evidence | None) -> None:
        self._first = first
        self._second = second
        self._evidence = evidence

    def explain(self, difference: Difference) -> Explained:
        """Return a difference with its reasons."""
        if difference.where is Where.BOTH:
            columns = [self._of_column(difference, column) for column in difference.columns]
            found = [COMMA] if difference.unquoted else []
            reasons = dict.fromkeys(reason for reason in (*found, *columns) if reason)
            return Explained(difference=difference, reasons=tuple(reasons), is_explained=None not in columns)
        reason = REPEATED if difference.is_repeat else self._of_row(difference)
        return Explained(difference=difference, reasons=(reason,) if reason else (), is_explained=reason is not None)

    def _of_row(self, difference: Difference) -> str | None:
        """Return why only one of the sets has a row."""
        evidence = self._evidence
        if evidence is None:
            return self._follows(difference) if difference.kind is RowKind.ENROLLMENT else None
        if self._is_further(difference):
            return self._omission(difference, evidence)
        is_ours = difference.where is Where.FIRST
        if self._is_expected(difference, evidence) is not is_ours:
            return self._another_day(evidence)
        judges = {RowKind.ENROLLMENT: self._of_enrollment, RowKind.ORG: self._of_organisation}
        judge = judges.get(difference.kind, self._of_our_own if is_ours else self._of_another)
        return judge(difference, evidence)

    def _is_further(self, difference: Difference) -> bool:
        """Return True if both sets have the id, and this is a row more of it, with cells of its own."""
        kind = difference.kind
        if kind is RowKind.ENROLLMENT:
            return False
        return bool(cells_of(self._first, kind, difference.id) and cells_of(self._second, kind, difference.id))

    def _omission(self, difference: Difference, evidence: Evidence) -> str | None:
        """Return the omission that a further row is, if it is one."""
        causes = evidence.causes
        cause = causes.of_user(difference.id) if difference.kind is RowKind.USER else causes.of_class(difference.id)
        return cause if cause.startswith(OMITTED) else None

    def _is_expected(self, difference: Difference, evidence: Evidence) -> bool:
        """Return True if the document gives a row with this id."""
        expected = evidence.expected
        if difference.kind is RowKind.ENROLLMENT:
            return expected.has(difference.enrollment)
        return bool(cells_of(expected, difference.kind, difference.id))

    def _of_organisation(self, difference: Difference, evidence: Evidence) -> str | None:
        """Return why only one set has an organisation."""
        return ORGANISATION if difference.where is Where.FIRST and difference.id in evidence.orgs else None

    def _of_enrollment(self, difference: Difference, evidence: Evidence) -> str | None:
        """Return why only one set has an enrollment that the document gives, or does not give."""
        if difference.where is Where.FIRST:
            extra = EXTRA_TEACHER if difference.id in evidence.extra_teachers else None
            return self._follows(difference) or extra
        omission = evidence.causes.omission_of(difference.enrollment)
        waits = WAITING if difference.class_id in evidence.waiting else None
        gone = None if evidence.lists(difference.enrollment) else NOT_IN_ISAMS
        return omission or self._follows(difference) or waits or gone

    def _follows(self, difference: Difference) -> str | None:
        """Return that the class or the user of an enrollment is in one of the sets only: then that has the reason."""
        if (difference.class_id in self._first.classes) is not (difference.class_id in self._second.classes):
            return CLASS_DIFFERS
        in_one = (difference.id in self._first.users) is not (difference.id in self._second.users)
        return USER_DIFFERS if in_one else None

    def _of_another(self, difference: Difference, evidence: Evidence) -> str | None:
        """Return why the document gives no row for a user or a class of the other set."""
        if difference.kind is RowKind.CLASS:
            cause = evidence.causes.of_class(difference.id)
            return None if cause == RENAMED and difference.id not in evidence.set_ids else cause
        cause = evidence.causes.of_user(difference.id)
        return None if cause == RENAMED and evidence.causes.person(difference.id) else cause

    def _of_our_own(self, difference: Difference, evidence: Evidence) -> str | None:
        """Return why the other set lacks a user or a class that the document gives."""
        if difference.kind is RowKind.CLASS:
            others = set(evidence.classes[difference.id].made_of.ids) - {difference.id}
            return RENAMED if others & self._second.classes.keys() else None
        if difference.id in evidence.kept:
            return KEPT_ADDRESS
        return EXTRA_TEACHER if difference.id in evidence.extra_teachers else None

    def _of_column(self, difference: Difference, column: str) -> str | None:
        """Return why the cells of a column differ."""
        evidence, first, second = self._evidence, difference.first or {}, difference.second or {}
        if evidence is None:
            return None
        ours, theirs = first[column], second[column]
        if cells_of(evidence.expected, difference.kind, difference.id).get(column) != ours:
            return self._another_day(evidence)
        judge = _OF_COLUMNS.get(column)
        return judge(evidence, difference.id, ours, theirs) if judge else None

    def _another_day(self, evidence: Evidence) -> str:
        return EXPIRED if evidence.has_expired else ANOTHER_DAY


def _of_username(evidence: Evidence, identifier: str, _ours: str, _theirs: str) -> str | None:
    return KEPT_ADDRESS if identifier in evidence.kept else None


def _of_grade(evidence: Evidence, identifier: str, _ours: str, theirs: str) -> str | None:
    person = evidence.causes.person(identifier)
    return GRADE if isinstance(person, Pupil) and theirs == grade_as_script(person.year) else None


def _of_name(evidence: Evidence, _identifier: str, ours: str, theirs: str) -> str | None:
    return NAMES if not (theirs if evidence.identity.include_names else ours) else None


def _of_org(evidence: Evidence, _identifier: str, ours: str, _theirs: str) -> str | None:
    return ORGANISATION if evidence.orgs & set(ours.split(",")) else None


def _of_title(evidence: Evidence, identifier: str, _ours: str, theirs: str) -> str | None:
    """Return that the other set has the same set code with another suffix or pattern."""
    enrolled = evidence.classes.get(identifier)
    return TITLE if enrolled and enrolled.made_of.code and theirs.startswith(enrolled.made_of.code) else None


_OF_COLUMNS: Mapping[str, Callable[[Evidence, str, str, str], str | None]] = {
    "username": _of_username,
    "grade": _of_grade,
    "surname": _of_name,
    "forename": _of_name,
    "org": _of_org,
    "orgs": _of_org,
    "title": _of_title,
}
"""Why the cells of a column may differ, given the id and both cells."""
