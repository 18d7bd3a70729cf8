"""
How people and classes came into a set, or why they did not: step by step, from the document to the rows.

Nothing is decided here. Each step repeats what a function that builds the set has answered: what a part takes, which
key filters, which rows the roster has, leaves out or lets wait. Someone is in a set if each step of the way passes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sdssync.roster.classes import EnrolledClass, JudgedClass
from sdssync.roster.combine import Part, Person
from sdssync.roster.enrol import Roster
from sdssync.roster.filters import FilterKey, filtered_sets
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.roster.roll import ListRow, Member, Roll
from sdssync.roster.selection import Unlisted
from sdssync.roster.sources import ClassKind
from sdssync.roster.steps import ClassTrace, PersonTrace, Place, Role, Step, StepKind, Thing, Who
from sdssync.school import Group, GroupKind, Pupil, TeachingSet

_OF_OTHERS = frozenset({Reason.CLASS_OMITTED, Reason.DUPLICATE_ENROLLMENT})
"""Reasons that are not about the enrollment itself, or leave another one of it in the set."""
_OF_SUBJECTS = frozenset({FilterKey.SUBJECTS_EXCLUDE, FilterKey.SUBJECTS_INCLUDE})
_GROUP_KEYS = {
    GroupKind.FORM: "groups.forms",
    GroupKind.ACADEMIC_HOUSE: "groups.houses",
    GroupKind.BOARDING_HOUSE: "groups.houses",
    GroupKind.YEAR: "groups.year_groups",
}


class Tracer:
    """One set, and how its people and classes came into it or not."""

    def __init__(self, parts: Sequence[Part], roster: Roster) -> None:
        self._parts = parts
        self._roster = roster
        self._rows: dict[int, tuple[ListRow, ...]] = {}

    @property
    def roll(self) -> Roll:
        """Return the school as the set reads it."""
        return self._parts[0].selection.roll

    def person(self, who: Who) -> PersonTrace:
        """Return the way of a person, with a place for each class that their sets and groups make, or would make."""
        return PersonTrace(who=who, steps=tuple(self._user_steps(who)), places=tuple(self._places(who)))

    def classes(self, things: Sequence[Thing]) -> tuple[ClassTrace, ...]:
        """Return the way of each class that is made of any of these; if they make none, why."""
        wanted = set(map(id, things))
        made = [judged for judged in self._roster.judged if not wanted.isdisjoint(map(id, things_of(judged)))]
        if made:
            return tuple(map(self._class, made))
        steps = tuple(step for thing in things for step in self._not_taken(thing))
        return (ClassTrace(things=tuple(things), candidate=None, steps=steps),)

    def _user_steps(self, who: Who) -> Iterator[Step]:
        yield from self._years(who) if who.is_pupil else self._duties(who)
        if reason := self._omitted_user(who):
            others = self._username_holders(who) if reason is Reason.DUPLICATE_USERNAME else ()
            yield Step(kind=StepKind.OMISSION, passes=False, reason=reason, ids=others)

    def _years(self, who: Who) -> Iterator[Step]:
        """Yield the parts that take a pupil; if there are none, all of them."""
        taken = {part.profile.name: not set(who.records).isdisjoint(part.selection.pupils) for part in self._parts}
        year = next(record.year for record in who.records if isinstance(record, Pupil))
        for name, passes in taken.items():
            if passes or not any(taken.values()):
                yield Step(kind=StepKind.YEAR, passes=passes, part=name, key="year_groups", value=year)

    def _duties(self, who: Who) -> Iterator[Step]:
        """Yield what makes a member of staff, or an address that only a profile has, a user."""
        steps = [step for part in self._parts for step in self._duties_of(who, part) if step.number]
        yield from steps
        if not steps:
            yield Step(kind=StepKind.DUTY if who.records else StepKind.NOT_CURRENT, passes=False)

    def _duties_of(self, who: Who, part: Part) -> Iterator[Step]:
        selection, name = part.selection, part.profile.name
        listed = sum(_is_extra(teacher, who) for teacher in selection.extra_teachers)
        yield Step(kind=StepKind.EXTRA_TEACHER, passes=True, part=name, key="teachers.extra", number=listed)
        if who.records:
            sets = sum(who.id in teaching_set.teacher_ids for teaching_set in selection.teaching_sets)
            groups = sum(who.id in taken.followed.owners for taken in selection.groups)
            yield Step(kind=StepKind.TEACHER, passes=True, part=name, number=sets)
            yield Step(kind=StepKind.GROUP, passes=True, part=name, number=groups)

    def _omitted_user(self, who: Who) -> Reason | None:
        """Return why a user is left out; one whose record is reached twice stays."""
        reasons = (
            omission.reason
            for omission in self._omitted_users.get(who.id, ())
            if (omission.person in who.records if who.records else omission.person is None)
        )
        return next((reason for reason in reasons if reason is not Reason.DUPLICATE_USER), None)

    def _username_holders(self, who: Who) -> tuple[str, ...]:
        usernames = {record.email.lower() for record in who.records} or {who.id.lower()}
        return tuple(user.id for user in self._roster.users if user.username.lower() in usernames)

    def _places(self, who: Who) -> Iterator[Place]:
        made = set[int]()
        for judged in self._roster.judged:
            source = judged.candidate.made_of
            made.update(map(id, source.sets))
            for role in _roles(who, source.members, (*source.teachers, *judged.candidate.extra)):
                yield self._place(who, role, judged)
        for teaching_set in self.roll.school.teaching_sets:
            if id(teaching_set) not in made:
                for role in _roles(who, self.roll.members_of(teaching_set), teaching_set.teacher_ids):
                    steps = (*self._listed(who, role, (teaching_set,)), *self._not_taken(teaching_set))
                    yield Place(who=who, role=role, things=(teaching_set,), candidate=None, steps=steps)

    def _place(self, who: Who, role: Role, judged: JudgedClass) -> Place:
        candidate = judged.candidate
        things = things_of(judged)
        return Place(
            who=who,
            role=role,
            things=things,
            candidate=candidate,
            steps=(
                *self._listed(who, role, things),
                *self._class_steps(judged, is_student=role is Role.STUDENT),
                *self._enrollment_steps(who, role, judged),
            ),
        )

    def _listed(self, who: Who, role: Role, things: Sequence[Thing]) -> tuple[Step, ...]:
        """Return how someone comes to a class: by set lists, as a teacher, by a group, else as an extra teacher."""
        found = tuple(
            step
            for thing in things
            for step in (
                self._in_group(who, thing, role) if isinstance(thing, Group) else self._in_set(who, thing, role)
            )
        )
        return found or (Step(kind=StepKind.EXTRA_TEACHER, passes=True, key="teachers.extra"),)

    def _in_set(self, who: Who, teaching_set: TeachingSet, role: Role) -> Iterator[Step]:
        if role is Role.TEACHER:
            if who.id in teaching_set.teacher_ids:
                is_primary = who.id in teaching_set.primary_ids
                key = "primary" if is_primary else ""
                yield Step(kind=StepKind.TEACHER, passes=True, value=teaching_set.id, key=key)
            return
        rows = [row for row in self._rows_of(teaching_set) if _is_member(row.member, who)]
        if rows:
            keys = tuple(dict.fromkeys(row.key for row in rows))
            yield Step(kind=StepKind.SET_LIST, passes=True, value=teaching_set.id, number=len(rows), ids=keys)

    def _in_group(self, who: Who, group: Group, role: Role) -> Iterator[Step]:
        followed = next(followed for followed in self.roll.groups if followed.group is group)
        members: Sequence[object] = followed.pupils if role is Role.STUDENT else followed.owners
        if any(who.id == member or member in who.records for member in members):
            yield Step(kind=StepKind.GROUP, passes=True, value=group.id, key=group.kind)

    def _rows_of(self, teaching_set: TeachingSet) -> tuple[ListRow, ...]:
        if id(teaching_set) not in self._rows:
            self._rows[id(teaching_set)] = tuple(self.roll.rows_of(teaching_set))
        return self._rows[id(teaching_set)]

    def _enrollment_steps(self, who: Who, role: Role, judged: JudgedClass) -> Iterator[Step]:
        """Yield what keeps someone out of a class that may itself be in the set."""
        candidate = judged.candidate
        if role is Role.TEACHER and who.id not in candidate.teachers:
            yield Step(kind=StepKind.OWNERS, passes=False, part=candidate.part.name, key="classes.owners")
        elif reason := self._omitted_enrollments.get((candidate.id, who.id)):
            own = self._omitted_user(who) if reason is Reason.USER_OMITTED else None
            yield Step(kind=StepKind.OMISSION, passes=False, reason=own or reason)

    def _class(self, judged: JudgedClass) -> ClassTrace:
        candidate, staff = judged.candidate, self.roll.staff
        teachers = (
            Who(id=staff_id, records=staff.get(staff_id, ()))
            for staff_id in dict.fromkeys((*candidate.made_of.teachers, *candidate.extra))
        )
        members = {
            member if isinstance(member, Pupil) else member.school_id: member for member in candidate.made_of.members
        }
        pupils = map(_who, members.values())
        return ClassTrace(
            things=things_of(judged),
            candidate=candidate,
            steps=tuple(self._class_steps(judged, is_student=False)),
            places=(
                *(self._place(teacher, Role.TEACHER, judged) for teacher in teachers),
                *(self._place(pupil, Role.STUDENT, judged) for pupil in pupils),
            ),
        )

    def _class_steps(self, judged: JudgedClass, *, is_student: bool) -> Iterator[Step]:
        """Yield what becomes of a class, or of the pupils in it."""
        candidate = judged.candidate
        if candidate.made_of.kind is ClassKind.MERGED:
            ids = candidate.made_of.ids
            yield Step(kind=StepKind.MERGE, passes=True, part=candidate.part.name, key="classes.merge", ids=ids)
        if judged.reason:
            yield Step(kind=StepKind.OMISSION, passes=False, reason=judged.reason)
        if enrolled := self._waiting.get(id(candidate.made_of)):
            passes = bool(enrolled.teachers) and not is_student
            days = [part.classes.pupils_from for part in enrolled.parts if part.classes.pupils_from]
            number = len(enrolled.pupils)
            yield Step(
                kind=StepKind.WAITING,
                passes=passes,
                part=candidate.part.name,
                key="classes.pupils_from",
                value=max(days).isoformat(),
                number=number,
            )

    def _not_taken(self, thing: Thing) -> Iterator[Step]:
        """Yield why something makes no class: what one part filters comes before the years of another."""
        steps = [self._not_taken_by(thing, part) for part in self._parts]
        order = [StepKind.EMPTY, StepKind.FILTER, StepKind.GROUP, StepKind.YEAR]
        kinds = {step.kind for step in steps}
        yield from (step for step in steps if step.kind is min(kinds, key=order.index))

    def _not_taken_by(self, thing: Thing, part: Part) -> Step:
        """Return why something makes no class of a part."""
        name, selection = part.profile.name, part.selection
        if isinstance(thing, Group):
            kinds = part.profile.groups.kinds if part.profile.groups else ()
            kind = StepKind.EMPTY if thing.kind in kinds else StepKind.GROUP
            return Step(kind=kind, passes=False, part=name, key=_GROUP_KEYS[thing.kind], value=thing.id)
        if any(taken is thing for taken in selection.teaching_sets):
            return Step(kind=StepKind.EMPTY, passes=False, part=name, value=thing.id)
        if by := self._filters[name].get(id(thing)):
            value = thing.subject_id if by in _OF_SUBJECTS else thing.code or thing.name
            return Step(kind=StepKind.FILTER, passes=False, part=name, key=by, value=value)
        return Step(kind=StepKind.YEAR, passes=False, part=name, key="year_groups", value=thing.year)

    @cached_property
    def _omitted_users(self) -> Mapping[str, Sequence[Omission]]:
        found: defaultdict[str, list[Omission]] = defaultdict(list)
        for omission in self._roster.omissions:
            if omission.kind is Kind.USER:
                found[omission.id].append(omission)
        return found

    @cached_property
    def _omitted_enrollments(self) -> Mapping[tuple[str, str], Reason]:
        """The reasons of enrollments that are left out for themselves, by class and user."""
        found: dict[tuple[str, str], Reason] = {}
        for omission in self._roster.omissions:
            if omission.kind is Kind.ENROLLMENT and omission.reason not in _OF_OTHERS:
                found.setdefault((omission.class_id, omission.id), omission.reason)
        return found

    @cached_property
    def _filters(self) -> Mapping[str, Mapping[int, FilterKey]]:
        """By part, the key that filters each set, by its `id()`."""
        return {
            part.profile.name: {id(found.teaching_set): found.by for found in filtered_sets(self.roll, part.profile)}
            for part in self._parts
        }

    @cached_property
    def _waiting(self) -> Mapping[int, EnrolledClass]:
        """The classes whose pupils wait, by the `id()` of what they are made of."""
        return {id(enrolled.made_of): enrolled for enrolled in self._roster.waiting}


def things_of(judged: JudgedClass) -> tuple[Thing, ...]:
    """Return what a class is made of."""
    source = judged.candidate.made_of
    return (source.group,) if source.group else source.sets


def _who(member: Member) -> Who:
    if isinstance(member, Pupil):
        return Who(id=member.school_id, records=(member,))
    return Who(id=member.school_id)


def _roles(who: Who, members: Iterable[Member], teachers: Sequence[str]) -> Iterator[Role]:
    """Yield what someone is in a class with these people."""
    if who.may_be(Role.TEACHER) and who.id in teachers:
        yield Role.TEACHER
    if who.may_be(Role.STUDENT) and any(_is_member(member, who) for member in members):
        yield Role.STUDENT


def _is_member(member: Member, who: Who) -> bool:
    if isinstance(member, Pupil):
        return member in who.records
    return not who.records and bool(who.id) and member.school_id == who.id


def _is_extra(teacher: Person, who: Who) -> bool:
    if isinstance(teacher, Unlisted):
        return not who.records and teacher.address == who.id
    return teacher in who.records
