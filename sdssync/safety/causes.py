"""
Why a row is removed: each removed row has one cause, the first that applies (contract, section 6).

    class_gone, user_gone    of an enrollment: its class, or its user, is removed as well
    omitted:REASON           the row is an omission
    out_of_scope             in iSAMS, but the profile does not take it
    not_in_isams             no record of the document has the id
    renamed                  there and in scope, under another id; a set or group of the class is in another class
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sdssync.config.effective import EffectiveProfile
from sdssync.publish.manifest import ClassSources
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind, Reason
from sdssync.roster.roll import user_id
from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import Enrollment
from sdssync.safety.former_classes import FormerClasses
from sdssync.school import Pupil, Teacher

CLASS_GONE, USER_GONE = "class_gone", "user_gone"
OMITTED = "omitted:"
OUT_OF_SCOPE, NOT_IN_ISAMS, RENAMED = "out_of_scope", "not_in_isams", "renamed"


class Causes:
    """The causes of what a profile's new set lacks, found in the school from which it was made."""

    def __init__(
        self,
        roster: Roster,
        parts: Sequence[Part],
        before: EffectiveProfile | None = None,
        made_of: ClassSources | None = None,
    ) -> None:
        """Keep the set and, of the set before it, as far as they are known, the settings and its classes."""
        self._roster = roster
        self._parts = parts
        self._before = before
        self._made_of = made_of or {}

    def of_user(self, removed: str) -> str:
        """Return why a user is removed."""
        if reason := self._omitted_users.get(removed):
            return OMITTED + reason
        if people := self._people.get(removed):
            return RENAMED if any(person in self._in_scope for person in people) else OUT_OF_SCOPE
        return RENAMED if removed.lower() in self._addresses_in_scope else NOT_IN_ISAMS

    def of_class(self, removed: str) -> str:
        """Return why a class is removed."""
        if reason := self._omitted_classes.get(removed):
            return OMITTED + reason
        things = self._former.things(removed)
        if not things:
            return NOT_IN_ISAMS
        for candidate in self._former.now(things):
            if reason := self._omitted_classes.get(candidate.id):
                return OMITTED + reason
            # a class that keeps its id and is not there waits whole: `pupils_from` does not take it yet
            return OUT_OF_SCOPE if candidate.id == removed else RENAMED
        return OMITTED + Reason.CLASS_WITHOUT_PUPILS if self._former.is_taken(things) else OUT_OF_SCOPE

    def of_enrollment(self, removed: Enrollment, changes: Changes) -> str:
        """Return why an enrollment is removed."""
        if removed.class_id not in changes.new.classes:
            return CLASS_GONE
        if removed.user_id not in changes.new.users:
            return USER_GONE
        return self.omission_of(removed) or NOT_IN_ISAMS

    def omission_of(self, removed: Enrollment) -> str | None:
        """Return the cause of an enrollment that is left out itself; None: it is not one of those."""
        if reason := self._omitted_enrollments.get((removed.class_id, removed.user_id)):
            return OMITTED + reason
        is_teacher = removed.user_id in self._teachers.get(removed.class_id, ())
        return OUT_OF_SCOPE if is_teacher else None  # `owners` of the profile leaves this one out

    def count(self, changes: Changes) -> "CauseCounts":
        """Count the causes of everything that is removed, by kind, the most frequent first."""
        gone, left = changes.classes.removed, changes.new.users.keys()
        enrollments: Counter[str] = Counter()
        lost_classes = frozenset(gone)
        for enrollment in changes.enrollments.removed:
            if enrollment.class_id in lost_classes:
                enrollments[CLASS_GONE] += 1
            elif enrollment.user_id not in left:
                enrollments[USER_GONE] += 1
            else:
                enrollments[self.of_enrollment(enrollment, changes)] += 1
        return CauseCounts(
            users=_counted(map(self.of_user, changes.users.removed)),
            classes=_counted(map(self.of_class, gone)),
            enrollments=dict(enrollments.most_common()),
        )

    def person(self, removed: str) -> Pupil | Teacher | None:
        """Return whom iSAMS has under an id, if anyone."""
        people = self._people.get(removed, ())
        return people[0] if people else None

    @cached_property
    def _omitted_users(self) -> Mapping[str, Reason]:
        return self._omitted(Kind.USER)

    @cached_property
    def _omitted_classes(self) -> Mapping[str, Reason]:
        return self._omitted(Kind.CLASS)

    def _omitted(self, kind: Kind) -> dict[str, Reason]:
        found: dict[str, Reason] = {}
        for omission in self._roster.omissions:
            if omission.kind is kind:
                found.setdefault(omission.id, omission.reason)
        return found

    @cached_property
    def _omitted_enrollments(self) -> Mapping[tuple[str, str], Reason]:
        found: dict[tuple[str, str], Reason] = {}
        for omission in self._roster.omissions:
            if omission.kind is Kind.ENROLLMENT:
                found.setdefault((omission.class_id, omission.id), omission.reason)
        return found

    @cached_property
    def _teachers(self) -> Mapping[str, Sequence[str]]:
        """The staff ids that iSAMS has for what each class is made of."""
        return {enrolled.id: enrolled.made_of.teachers for enrolled in self._roster.classes}

    @cached_property
    def _people(self) -> Mapping[str, Sequence[Pupil | Teacher]]:
        school = self._parts[0].selection.roll.school
        everyone: list[Pupil | Teacher] = [*school.pupils, *school.teachers]
        people: defaultdict[str, list[Pupil | Teacher]] = defaultdict(list)
        for person in everyone:
            people[user_id(person)].append(person)
        return people

    @cached_property
    def _in_scope(self) -> frozenset[Pupil | Teacher]:
        return frozenset(self._scope())

    def _scope(self) -> Iterator[Pupil | Teacher]:
        for part in self._parts:
            yield from part.selection.pupils
            yield from (teacher for teacher in part.selection.extra_teachers if isinstance(teacher, Teacher))
            for staff_id in part.selection.staff_ids:
                yield from part.selection.roll.staff.get(staff_id, ())

    @cached_property
    def _addresses_in_scope(self) -> frozenset[str]:
        """The addresses of staff in the set: an extra teacher whom iSAMS did not have is known by the address."""
        return frozenset(person.email.lower() for person in self._in_scope if isinstance(person, Teacher))

    @cached_property
    def _former(self) -> FormerClasses:
        return FormerClasses(self._parts, self._before, self._made_of)


class CauseCounts:
    """How often each cause applies, by kind of row."""

    __slots__ = ("classes", "enrollments", "users")

    def __init__(self, *, users: Mapping[str, int], classes: Mapping[str, int], enrollments: Mapping[str, int]) -> None:
        self.users = users
        self.classes = classes
        self.enrollments = enrollments


def _counted(causes: Iterable[str]) -> dict[str, int]:
    return dict(Counter(causes).most_common())
