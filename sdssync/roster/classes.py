"""
Classes of a set and who is enrolled in them: what iSAMS-SDS.ps1 would write, and what of it falls out.

A class has a row for each set of the chosen years and subjects that somebody is listed in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdssync.config.profile import Profile
from sdssync.config.template import Values
from sdssync.roster.omissions import Kind, Omission, Reason, contains_line_break
from sdssync.roster.selection import Member, Roll, Selection
from sdssync.roster.users import Sifted
from sdssync.school import Pupil, Teacher, TeachingSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Class:
    """A set that would have a row."""

    id: str
    title: str
    set_id: str
    """Two sets of one id are the same to the script."""
    teachers: tuple[str, ...]
    """User ids: of the set, then the extra teachers."""
    members: tuple[Member, ...]
    """Everybody on the set's list, as often as they stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A class with the user ids that are enrolled in it."""

    id: str
    title: str
    teachers: tuple[str, ...]
    pupils: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands against an enrollment of somebody, if anything."""

    teachers: Mapping[str, Reason | None]
    """By user id; an id that is not there belongs to nobody among the current staff."""
    pupils: Mapping[Member, Reason | None]
    """By person; somebody who is not there is no current pupil."""

    def of_teacher(self, user_id: str) -> Reason | None:
        """Tell why this teacher cannot be enrolled; None: nothing stands against it."""
        return self.teachers.get(user_id, Reason.TEACHER_NOT_CURRENT)

    def of_member(self, member: Member) -> Reason | None:
        """Tell why this member of a set cannot be enrolled; None: nothing stands against it."""
        return self.pupils.get(member, Reason.PUPIL_NOT_CURRENT)


def candidates(selection: Selection, profile: Profile) -> Iterator[Class]:
    """Return the script's classes in their order, and also the second of two sets with one id."""
    extra = tuple(each.id if isinstance(each, Teacher) else each.address for each in selection.extra_teachers)
    for each in selection.sets:
        members = selection.roll.members_of(each)
        if members:
            values = _values(each, selection.roll, profile.suffix)
            yield Class(
                id=profile.class_id.render(**values),
                title=profile.title.render(**values),
                set_id=each.id,
                teachers=(*each.teacher_ids, *extra),
                members=members,
            )


def first_of_each_id(classes: Iterable[Class]) -> tuple[Class, ...]:
    """Return the classes without those for which the script has no row, because an earlier one has their id."""
    first: dict[str, Class] = {}
    for each in classes:
        first.setdefault(each.set_id, each)
    return tuple(first.values())


def standing(selection: Selection, sifted: Sifted) -> Standing:
    """Tell of everybody what stands against their enrollments."""
    teachers: dict[str, Reason | None] = {user.id: None for user in sifted.users if not user.is_pupil}
    for person, reason in sifted.fallen.items():
        if not isinstance(person, Pupil):
            user_id = person.id if isinstance(person, Teacher) else person.address
            teachers.setdefault(user_id, _AS_ENROLLMENT.get(reason, Reason.USER_OMITTED))
    pupils: dict[Member, Reason | None] = {
        pupil: Reason.PUPIL_OUTSIDE_YEAR_GROUPS if pupil.email.strip() else Reason.PUPIL_WITHOUT_EMAIL
        for pupil in selection.roll.school.pupils
    }
    for pupil in selection.pupils:
        reason_of_user = sifted.fallen.get(pupil)
        pupils[pupil] = _AS_ENROLLMENT.get(reason_of_user, Reason.USER_OMITTED) if reason_of_user else None
    return Standing(teachers=teachers, pupils=pupils)


# what a user's reason is called where an enrollment falls out because of it; any other is `user_omitted`
_AS_ENROLLMENT = {
    Reason.PUPIL_WITHOUT_EMAIL: Reason.PUPIL_WITHOUT_EMAIL,
    Reason.TEACHER_WITHOUT_EMAIL: Reason.TEACHER_WITHOUT_EMAIL,
    Reason.DUPLICATE_USERNAME: Reason.DUPLICATE_USERNAME,
}


def sift(classes: Sequence[Class], standing: Standing) -> tuple[tuple[Enrolled, ...], tuple[Omission, ...]]:
    """Leave out the classes and enrollments that SDS refuses or that would harm; return what stays, and the rest."""
    enrolled: list[Enrolled] = []
    omissions: list[Omission] = []
    first = frozenset(first_of_each_id(classes))
    for each in classes:
        teachers = _Side([(user_id, standing.of_teacher(user_id)) for user_id in each.teachers])
        pupils = _Side([(member.school_id, standing.of_member(member)) for member in each.members])
        reason = _reason(each, has_pupils=bool(pupils.kept), is_first=each in first)
        if reason is not None:
            omissions.append(Omission(reason=reason, kind=Kind.CLASS, id=each.id))
        if each in first:  # for another one the script writes no enrollments
            omissions.extend(teachers.omissions(each.id, class_omitted=reason is not None))
            omissions.extend(pupils.omissions(each.id, class_omitted=reason is not None))
        if reason is None:
            enrolled.append(Enrolled(id=each.id, title=each.title, teachers=teachers.once, pupils=pupils.once))
    return tuple(enrolled), tuple(omissions)


def _reason(each: Class, *, has_pupils: bool, is_first: bool) -> Reason | None:
    """Tell why a class is left out, by the first reason that applies."""
    if not has_pupils:
        return Reason.CLASS_WITHOUT_PUPILS
    if not each.title.strip():
        return Reason.CLASS_WITHOUT_TITLE
    if not is_first:
        return Reason.DUPLICATE_CLASS
    if contains_line_break(each.id, each.title):
        return Reason.VALUE_WITH_LINE_BREAK
    return None


class _Side:
    """The teachers of a class, or its pupils: who stays and who falls out."""

    def __init__(self, rows: Sequence[tuple[str, Reason | None]]) -> None:
        self.kept = [user_id for user_id, reason in rows if reason is None]
        self.once = tuple(dict.fromkeys(self.kept))
        self._fallen = [(user_id, reason) for user_id, reason in rows if reason is not None]

    def omissions(self, class_id: str, *, class_omitted: bool) -> Iterator[Omission]:
        """Say of every row that is left out why."""
        fallen = list(self._fallen)
        if class_omitted:
            fallen += ((user_id, Reason.CLASS_OMITTED) for user_id in self.kept)
        elif len(self.once) < len(self.kept):
            again = Counter(self.kept)
            again.subtract(self.once)
            fallen += ((user_id, Reason.DUPLICATE_ENROLLMENT) for user_id in again.elements())
        for user_id, reason in fallen:
            yield Omission(reason=reason, kind=Kind.ENROLLMENT, id=user_id, class_id=class_id)


def _values(each: TeachingSet, roll: Roll, suffix: str) -> Values:
    """Return what a set offers to the templates."""
    subject = roll.subjects.get(each.subject_id)
    return Values(
        set_id=each.id,
        set_code=each.code,
        set_name=each.name,
        subject_code=subject.code if subject else "",
        subject_name=subject.name if subject else "",
        year_group=each.year,
        suffix=suffix,
    )
