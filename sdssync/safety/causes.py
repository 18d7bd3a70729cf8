"""
Why a row is removed: each removed row has one cause, the first that applies (contract, section 6).

    class_gone, user_gone    of an enrollment: its class, or its user, is removed as well
    omitted:REASON           the row is an omission
    out_of_scope             in iSAMS, but the profile does not take it
    not_in_isams             no record of the document has the id
    renamed                  there and in scope, under another id
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sdssync.config.effective import EffectiveProfile
from sdssync.config.template import Template
from sdssync.roster.candidates import template_values
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind, Reason
from sdssync.roster.roll import user_id
from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import Enrollment
from sdssync.school import Pupil, Teacher, TeachingSet

CLASS_GONE, USER_GONE = "class_gone", "user_gone"
OMITTED = "omitted:"
OUT_OF_SCOPE, NOT_IN_ISAMS, RENAMED = "out_of_scope", "not_in_isams", "renamed"


class Causes:
    """The causes of what a profile's new set lacks, found in the school from which it was made."""

    def __init__(self, roster: Roster, parts: Sequence[Part], before: EffectiveProfile | None) -> None:
        self._roster = roster
        self._parts = parts
        self._before = before

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
        found = self._sets.get(removed)
        if not found:
            return NOT_IN_ISAMS
        chosen = [(part, teaching_set) for teaching_set in found for part in self._takers(teaching_set)]
        if not chosen:
            return OUT_OF_SCOPE
        for part, teaching_set in chosen:
            now = _render((part.profile.class_id, part.profile.suffix), teaching_set, part)
            if reason := self._omitted_classes.get(now):
                return OMITTED + reason
            if part.selection.roll.members_of(teaching_set):
                return RENAMED
        return OMITTED + Reason.CLASS_WITHOUT_PUPILS

    def of_enrollment(self, removed: Enrollment, changes: Changes) -> str:
        """Return why an enrollment is removed."""
        if removed.class_id not in changes.new.classes:
            return CLASS_GONE
        if removed.user_id not in changes.new.users:
            return USER_GONE
        return self.omission_of(removed) or NOT_IN_ISAMS

    def omission_of(self, removed: Enrollment) -> str | None:
        """Return the cause of an enrollment that is left out itself; None: it is not one of those."""
        reason = self._omitted_enrollments.get((removed.class_id, removed.user_id))
        return OMITTED + reason if reason else None

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
    def _sets(self) -> Mapping[str, Sequence[TeachingSet]]:
        """The teaching sets by every id that they have in iSAMS, have now or had in the former set."""
        patterns = [(part.profile.class_id, part.profile.suffix) for part in self._parts]
        patterns += self._before.class_ids() if self._before else ()
        found: defaultdict[str, list[TeachingSet]] = defaultdict(list)
        part = self._parts[0]
        for teaching_set in part.selection.roll.school.teaching_sets:
            ids = (teaching_set.id, *(_render(pattern, teaching_set, part) for pattern in patterns))
            for class_id in dict.fromkeys(ids):
                found[class_id].append(teaching_set)
        return found

    def _takers(self, teaching_set: TeachingSet) -> Iterator[Part]:
        for part, taken in zip(self._parts, self._taken, strict=True):
            if id(teaching_set) in taken:
                yield part

    @cached_property
    def _taken(self) -> Sequence[frozenset[int]]:
        return [frozenset(map(id, part.selection.teaching_sets)) for part in self._parts]


class CauseCounts:
    """How often each cause applies, by kind of row."""

    __slots__ = ("classes", "enrollments", "users")

    def __init__(self, *, users: Mapping[str, int], classes: Mapping[str, int], enrollments: Mapping[str, int]) -> None:
        self.users = users
        self.classes = classes
        self.enrollments = enrollments


def _render(pattern: tuple[Template, str], teaching_set: TeachingSet, part: Part) -> str:
    template, suffix = pattern
    return template.render(**template_values(teaching_set, part.selection.roll, suffix))


def _counted(causes: Iterable[str]) -> dict[str, int]:
    return dict(Counter(causes).most_common())
