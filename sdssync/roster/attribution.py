"""
Say whom in iSAMS a finding about our own CSV set is about, why it is there, and what to do in iSAMS.

A rejected set is not kept, so a line of it leads nowhere. A finding that only follows from an omission has its cause
there. Messages and hints are free of names and cells; people and classes are for the results on stdout.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.classes import EnrolledClass
from sdssync.roster.enrol import Clash, Roster
from sdssync.roster.omissions import Kind, Omission, Reason, sorted_omissions
from sdssync.roster.roll import user_id
from sdssync.roster.sources import ClassKind
from sdssync.roster.users import User
from sdssync.school import Pupil, Teacher
from sdssync.sds.findings import Finding
from sdssync.sds.schema import CLASSES, ENROLLMENTS, ROLES, USERS

_Row = TypeVar("_Row")
_FIRST_ROW = 2
"""The line of the first row: the header is line 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """A person whom a finding is about."""

    id: str
    """As SDS is to know the person; of an extra teacher who is not in iSAMS, the address."""
    record: Pupil | Teacher | None
    """None: there is no record of a current pupil or member of staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRef:
    """A class that a finding is about."""

    id: str
    """In iSAMS; of sets that are merged the ids of all, separated by commas."""
    code: str
    title: str
    kind: ClassKind = ClassKind.SET


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """A finding with the people and classes it is about; its message and hint speak of iSAMS."""

    finding: Finding
    people: tuple[PersonRef, ...] = ()
    classes: tuple[ClassRef, ...] = ()


class Attribution:
    """Knows which row of a generated set comes from whom."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._clashes = {(clash.kind, clash.id): clash for clash in roster.clashes}
        self._classes = {enrolled.id: enrolled for enrolled in roster.classes}
        self._teachers = {
            omission.id: omission.person for omission in roster.omissions if isinstance(omission.person, Teacher)
        }
        self._left_out = {
            (omission.class_id, omission.id): omission
            for omission in roster.omissions
            if omission.kind is Kind.ENROLLMENT and omission.reason in _WHY_NO_TEACHER
        }
        sizes = (len(enrolled.teachers) + len(enrolled.pupils) for enrolled in roster.classes)
        self._ends = list(accumulate(sizes))

    @cached_property
    def _users_by_role(self) -> tuple[User, ...]:
        """The user of each row of roles.csv: one for each organisation of a person."""
        return tuple(
            user for user in self._roster.users for _ in {part.org for part in self._roster.origins.of(user.person)}
        )

    @cached_property
    def _users_by_id(self) -> Mapping[str, Sequence[User]]:
        """Everyone who has an id: more than one in the set of a parity profile, or in one that is rejected."""
        users: defaultdict[str, list[User]] = defaultdict(list)
        for user in self._roster.users:
            users[user.id].append(user)
        return users

    def of(self, finding: Finding) -> Attributed:
        """Return whom and what a finding is about."""
        if finding.code == "SDS108":
            return self._of_nothing(finding)
        if finding.code == "SDS202":
            return self._of_clash(finding)
        if finding.code == "SDS301" and finding.value in self._classes:
            return self._of_ownerless(finding, self._classes[finding.value])
        message, hint = _WORDS.get(finding.code, ("", ""))
        finding = replace(finding, message=message or finding.message, hint=hint or finding.hint)
        people, classes = self._row(finding)
        return Attributed(finding=finding, people=tuple(people), classes=tuple(classes))

    def _of_nothing(self, finding: Finding) -> Attributed:
        """Attribute a file without rows (F08): to those who would have had one, if there are any."""
        kind = {CLASSES: Kind.CLASS, ENROLLMENTS: Kind.ENROLLMENT}.get(finding.file, Kind.USER)
        lost = [omission for omission in self._roster.omissions if omission.kind is kind]
        message = f"{finding.file} would have no row"
        if lost:
            message += f": all {len(lost):,} that it could have were left out"
            hint = "see in the result why each one was left out, and correct that in iSAMS"
        else:
            hint = "check year_groups and [subjects] in the profile, and whether iSAMS has pupils and sets for them"
        people = [PersonRef(id=omission.id, record=omission.person) for omission in lost if kind is Kind.USER]
        return Attributed(finding=replace(finding, message=message, hint=hint), people=tuple(people))

    def _of_clash(self, finding: Finding) -> Attributed:
        """Attribute an id that appears twice (R02)."""
        kind = Kind.CLASS if finding.file == CLASSES else Kind.USER
        clash = self._clashes.get((kind, finding.value or ""))
        if clash is None:
            return Attributed(finding=finding)
        message, hint = clash_words(clash)
        return Attributed(
            finding=replace(finding, message=message, hint=hint),
            people=tuple(PersonRef(id=user_id(person), record=person) for person in clash.people),
            classes=tuple(map(class_ref, clash.classes)),
        )

    def _of_ownerless(self, finding: Finding, enrolled: EnrolledClass) -> Attributed:
        """Attribute a class without teacher (M01) to the teachers who were left out of it."""
        left_out = self._teachers_left_out(enrolled)
        message, hint = why_ownerless(left_out, enrolled.made_of.kind)
        return Attributed(
            finding=replace(finding, message=f"the class has no teacher: {message}", hint=hint),
            people=tuple(self.teacher(omission) for omission in left_out),
            classes=(class_ref(enrolled),),
        )

    def ownerless(self) -> tuple[tuple[EnrolledClass, tuple[Omission, ...]], ...]:
        """Return the classes of the set that have no teacher, each with the enrollments of teachers left out of it."""
        return tuple(
            (enrolled, self._teachers_left_out(enrolled)) for enrolled in self._roster.classes if not enrolled.teachers
        )

    def _teachers_left_out(self, enrolled: EnrolledClass) -> tuple[Omission, ...]:
        """Return the enrollments of teachers of the set that were left out, one for each teacher."""
        rows = [(enrolled.id, staff_id) for staff_id in dict.fromkeys(enrolled.made_of.teachers)]
        return sorted_omissions(self._left_out[row] for row in rows if row in self._left_out)

    def teacher(self, enrollment: Omission) -> PersonRef:
        """Return the teacher of an enrollment that was left out."""
        return PersonRef(id=enrollment.id, record=self._teachers.get(enrollment.id))

    def _row(self, finding: Finding) -> tuple[Iterable[PersonRef], Iterable[ClassRef]]:
        """Return the person or class, or both, of the row that a finding is in."""
        if finding.line is None:
            return (), ()
        index = finding.line - _FIRST_ROW
        if finding.file == USERS:
            return map(person_ref, _at(self._roster.users, index)), ()
        if finding.file == ROLES:
            return map(person_ref, _at(self._users_by_role, index)), ()
        if finding.file == CLASSES:
            return (), map(class_ref, _at(self._roster.classes, index))
        if finding.file == ENROLLMENTS:
            number = bisect_right(self._ends, index)
            enrolled = _at(self._roster.classes, number)
            start = self._ends[number - 1] if number else 0
            wanted = [user_id for row in enrolled for user_id in _member(row, index - start)]
            users = [user for user_id in wanted for user in self._users_by_id.get(user_id, ())]
            return map(person_ref, users), map(class_ref, enrolled)
        return (), ()


def why_no_teacher(reason: Reason) -> str:
    """Return why a teacher was left out, as the end of a sentence about the teacher."""
    return _WHY_NO_TEACHER[reason][0]


def why_without(kind: ClassKind) -> str:
    """Return why a class of this kind has no teacher if no one was left out of it."""
    return _NO_OWNER[kind][0]


_NO_OWNER = {
    ClassKind.SET: ("iSAMS has none for the set", "set the teacher of the set in iSAMS"),
    ClassKind.MERGED: ("iSAMS has none for any of the sets", "set the teacher of one of the sets in iSAMS"),
    ClassKind.FORM: ("the form has no tutor in iSAMS", "set the tutor of the form in iSAMS"),
    ClassKind.ACADEMIC_HOUSE: ("the house has no house master in iSAMS", "set the house master in iSAMS"),
    ClassKind.BOARDING_HOUSE: ("the house has no house master in iSAMS", "set the house master in iSAMS"),
    ClassKind.YEAR: ("the year group has no tutor in iSAMS", "set the tutor of the year group in iSAMS"),
}


def why_ownerless(left_out: Sequence[Omission], kind: ClassKind = ClassKind.SET) -> tuple[str, str]:
    """Return why a class has no teacher, given the enrollments of teachers left out of it, and what to do."""
    if not left_out:
        return _NO_OWNER[kind]
    reasons = dict.fromkeys(omission.reason for omission in left_out)
    if len(left_out) == 1:
        return f"its only teacher {_WHY_NO_TEACHER[left_out[0].reason][0]}", _WHY_NO_TEACHER[left_out[0].reason][1]
    causes = " or ".join(_WHY_NO_TEACHER[reason][0] for reason in reasons)
    return f"each of its {len(left_out)} teachers {causes}", "; ".join(_WHY_NO_TEACHER[reason][1] for reason in reasons)


_WHY_NO_TEACHER = {
    Reason.TEACHER_WITHOUT_EMAIL: ("has no e-mail address in iSAMS", "enter the school e-mail address in iSAMS"),
    Reason.TEACHER_NOT_CURRENT: ("is not current staff in iSAMS", "set a current teacher for the set in iSAMS"),
    Reason.GROUP_OWNER_NOT_CURRENT: (
        "is not current staff in iSAMS",
        "set a current tutor or house master in iSAMS",
    ),
    Reason.DUPLICATE_USERNAME: (
        "has the e-mail address of someone else in iSAMS",
        "correct the e-mail address of one of the two in iSAMS",
    ),
    Reason.USER_OMITTED: ("was left out for another reason", "see in the result why, and correct that in iSAMS"),
}


def person_ref(user: User) -> PersonRef:
    """Return a user as one whom a finding is about."""
    return PersonRef(id=user.id, record=user.person if isinstance(user.person, Pupil | Teacher) else None)


def class_ref(made: CandidateClass | EnrolledClass) -> ClassRef:
    """Return a class as one that a finding is about."""
    source = made.made_of
    return ClassRef(id=", ".join(source.ids), code=source.code, title=made.title, kind=source.kind)


def _at(rows: Sequence[_Row], index: int) -> Sequence[_Row]:
    """Return the row of this index, or nothing."""
    return rows[index : index + 1] if index >= 0 else ()


def _member(enrolled: EnrolledClass, index: int) -> Sequence[str]:
    """Return the user id in the row of this index among those of a class: teachers come first."""
    teachers = len(enrolled.teachers)
    return _at(enrolled.teachers, index) if index < teachers else _at(enrolled.pupils, index - teachers)


def clash_words(clash: Clash) -> tuple[str, str]:
    """Return what an id that several have means, and the way out."""
    parts = list(dict.fromkeys(candidate.part.name for candidate in clash.classes))
    if len(parts) > 1 and not any(candidate.made_of.sets for candidate in clash.classes):
        return (
            f"the parts {' and '.join(parts)} make one group into two classes",
            "give both one suffix, [org], and title and class_id under [groups], or ask for it in one of them only",
        )
    if len(parts) > 1:
        return (
            f"the parts {' and '.join(parts)} both make the class of this id",
            "take each year and subject in one part only, or put {suffix} into class_id of both, with different texts",
        )
    if clash.kind is Kind.CLASS:
        return _class_clash_words(clash)
    pupils = sum(isinstance(person, Pupil) for person in clash.people)
    if 0 < pupils < len(clash.people):
        return (
            "a pupil and a member of staff have the same id: the SchoolId of the one is the staff Id of the other",
            "give the pupil another SchoolId in iSAMS; SDS then takes the pupil as a new person",
        )
    if pupils:
        return f"{pupils} pupils have the same SchoolId in iSAMS", "give each pupil a SchoolId of their own in iSAMS"
    return (
        f"{len(clash.people)} members of staff have the same Id in iSAMS",
        "ask iSAMS support: the Id of a member of staff is given by iSAMS itself",
    )


def _class_clash_words(clash: Clash) -> tuple[str, str]:
    """Return what an id means that several classes of one part have, and the way out."""
    kinds = {candidate.made_of.kind for candidate in clash.classes}
    if kinds == {ClassKind.SET}:
        return (
            f"{len(clash.classes)} teaching sets of the profile get the same class id",
            "put {set_id} into class_id in the profile, which differs for each set",
        )
    if ClassKind.MERGED in kinds:
        return (
            "a merge has the id of another class of the profile",
            "write another id under [[classes.merge]] in the profile, which no set, group or other merge has",
        )
    return (
        "a group gets the id of another class of the profile",
        "put {group_kind} and {group_id} into class_id under [groups] in the profile",
    )


# What the rules say of lines of a file that no one can see, in words about iSAMS: message, hint. "" stays as it is.
_WORDS = {
    "SDS112": ("", "split the profile in two, by year groups"),
    "SDS201": ("", "fill in the value in iSAMS"),
    "SDS203": (
        "the id differs from another one only in case, or in blanks at the ends",
        "give one of the two another id in iSAMS",
    ),
    "SDS209": ("", "correct the value in iSAMS"),
    "SDS213": ("the row is in the set twice", "remove one of the two entries in iSAMS"),
    "SDS214": (
        "the user is both teacher and student of the class",
        "correct the teachers or the set list of the set in iSAMS",
    ),
    "SDS215": ("another user has the same e-mail address", "correct the e-mail address of one of the two in iSAMS"),
    "SDS217": ("", "correct the e-mail address in iSAMS: it must be the sign-in name in Microsoft 365"),
    "SDS218": ("", "fill in forename and surname in iSAMS"),
    "SDS302": ("", "put pupils into the set in iSAMS"),
    "SDS303": ("", "build class_id in the profile from {set_id} and a suffix of letters, digits, _ and -"),
    "SDS304": ("", "change the code of the set in iSAMS, or title in the profile"),
    "SDS305": ("", "split the set in iSAMS"),
    "SDS307": ("another class of the set has the same title", "change the code of one of the sets in iSAMS"),
}
