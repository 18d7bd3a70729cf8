"""Classes of a CSV set and who is enrolled in them: what stays of the candidates, and what is left out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter

from sdssync.config.profile import Profile
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.omissions import Kind, Omission, Reason, contains_line_break, is_too_long
from sdssync.roster.roll import Member
from sdssync.roster.selection import Selection
from sdssync.roster.sources import Source
from sdssync.roster.users import KeptUsers, has_email
from sdssync.school import Pupil, Teacher


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledClass:
    """A class with the user ids that are enrolled in it."""

    id: str
    title: str
    part: Profile
    made_of: Source
    teachers: tuple[str, ...]
    pupils: tuple[str, ...]
    also_of: tuple[Profile, ...] = ()
    """The other parts of the set that make the same class of a group."""

    @property
    def parts(self) -> tuple[Profile, ...]:
        """Return the parts of the set that make it."""
        return self.part, *self.also_of


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClass:
    """A class that the set could have, and why it has not."""

    candidate: CandidateClass
    reason: Reason | None
    """None: the class is in the set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClasses:
    """The classes that stay in the set, and what becomes of the others."""

    classes: tuple[EnrolledClass, ...]
    omissions: tuple[Omission, ...]
    """Of classes and enrollments."""
    judged: tuple[JudgedClass, ...]
    """All candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentBlocks:
    """The reason why a person cannot be enrolled, or None."""

    teachers: Mapping[str, Reason | None]
    """By user id; an id that is not in it is not one of the current staff."""
    pupils: Mapping[Member, Reason | None]
    """By person; one who is not in it is not a current pupil."""

    def admits(self, staff_id: str) -> bool:
        """Return True if a teacher can be enrolled."""
        return self.teachers.get(staff_id, Reason.TEACHER_NOT_CURRENT) is None


def enrollment_blocks(selection: Selection, kept: KeptUsers) -> EnrollmentBlocks:
    """Map each person to the reason their enrollments must be left out, or None."""
    teachers: dict[str, Reason | None] = {user.id: None for user in kept.users if not user.is_pupil}
    for person, reason in kept.reasons.items():
        if not isinstance(person, Pupil):
            user_id = person.id if isinstance(person, Teacher) else person.address
            teachers.setdefault(user_id, _AS_ENROLLMENT.get(reason, Reason.USER_OMITTED))
    pupils: dict[Member, Reason | None] = {
        pupil: Reason.PUPIL_OUTSIDE_YEAR_GROUPS if has_email(pupil.email) else Reason.PUPIL_WITHOUT_EMAIL
        for pupil in selection.roll.school.pupils
    }
    for pupil in selection.pupils:
        reason_of_user = kept.reasons.get(pupil)
        pupils[pupil] = _AS_ENROLLMENT.get(reason_of_user, Reason.USER_OMITTED) if reason_of_user else None
    return EnrollmentBlocks(teachers=teachers, pupils=pupils)


# what a user's reason is called where an enrollment is left out because of it; any other is `user_omitted`
_AS_ENROLLMENT = {
    Reason.PUPIL_WITHOUT_EMAIL: Reason.PUPIL_WITHOUT_EMAIL,
    Reason.TEACHER_WITHOUT_EMAIL: Reason.TEACHER_WITHOUT_EMAIL,
    Reason.DUPLICATE_USERNAME: Reason.DUPLICATE_USERNAME,
}


def keep_classes(candidates: Sequence[CandidateClass], blocks: EnrollmentBlocks) -> KeptClasses:
    """Leave out the classes and enrollments that SDS refuses or that would do harm."""
    judged: list[JudgedClass] = []
    enrolled: list[EnrolledClass] = []
    omissions: list[Omission] = []
    pupils_of: dict[int, _Enrollments] = {}  # thousands of teaching sets with one id have one list
    for candidate in candidates:
        members = id(candidate.made_of.members)
        teachers = _teachers(candidate, blocks)
        pupils = pupils_of[members] = pupils_of.get(members) or _pupils(candidate, blocks)
        reason = next(_reasons(candidate, len(pupils.once)), None)
        judged.append(JudgedClass(candidate=candidate, reason=reason))
        if reason is not None:
            omissions.append(
                Omission(
                    reason=reason,
                    kind=Kind.CLASS,
                    id=candidate.id,
                    title=candidate.title,
                    part=candidate.part.name,
                )
            )
        if not candidate.is_repeated:  # for such a one the script writes no enrollments
            omissions.extend(teachers.omissions(candidate, class_omitted=reason is not None))
            omissions.extend(pupils.omissions(candidate, class_omitted=reason is not None))
        if reason is None:
            enrolled.append(
                EnrolledClass(
                    id=candidate.id,
                    title=candidate.title,
                    part=candidate.part,
                    made_of=candidate.made_of,
                    teachers=teachers.once,
                    pupils=pupils.once,
                    also_of=candidate.also_of,
                )
            )
    return KeptClasses(classes=tuple(enrolled), omissions=tuple(omissions), judged=tuple(judged))


def _reasons(candidate: CandidateClass, pupils: int) -> Iterator[Reason]:
    """Yield the reasons for which a class of so many pupils is left out, in their order."""
    if not pupils:
        yield Reason.CLASS_WITHOUT_PUPILS
    if not candidate.title.strip():
        yield Reason.CLASS_WITHOUT_TITLE
    if candidate.is_repeated:
        yield Reason.DUPLICATE_CLASS
    if contains_line_break(candidate.id, candidate.title):
        yield Reason.VALUE_WITH_LINE_BREAK
    if is_too_long(candidate.id, candidate.title):
        yield Reason.VALUE_TOO_LONG
    if pupils < candidate.min_pupils:
        yield Reason.CLASS_TOO_SMALL


def _teachers(candidate: CandidateClass, blocks: EnrollmentBlocks) -> "_Enrollments":
    not_current = Reason.TEACHER_NOT_CURRENT if candidate.made_of.sets else Reason.GROUP_OWNER_NOT_CURRENT
    teachers = candidate.teachers
    return _Enrollments(teachers, tuple(map(blocks.teachers.get, teachers, repeat(not_current))))


def _pupils(candidate: CandidateClass, blocks: EnrollmentBlocks) -> "_Enrollments":
    reasons = map(blocks.pupils.get, candidate.made_of.members, repeat(Reason.PUPIL_NOT_CURRENT))
    return _Enrollments(tuple(map(attrgetter("school_id"), candidate.made_of.members)), tuple(reasons))


class _Enrollments:
    """The teachers of a class, or its pupils: which rows stay and which are left out."""

    def __init__(self, user_ids: tuple[str, ...], reasons: Sequence[Reason | None]) -> None:
        self.kept: Sequence[str] = user_ids
        self._omitted: list[tuple[str, Reason]] = []
        if any(reasons):
            rows = list(zip(user_ids, reasons, strict=True))
            self.kept = [user_id for user_id, reason in rows if reason is None]
            self._omitted = [(user_id, reason) for user_id, reason in rows if reason is not None]
        self.once = tuple(dict.fromkeys(self.kept))

    def omissions(self, candidate: CandidateClass, *, class_omitted: bool) -> Iterator[Omission]:
        """Yield an omission for every row that is left out."""
        omitted = list(self._omitted)
        if class_omitted:
            omitted += ((user_id, Reason.CLASS_OMITTED) for user_id in self.kept)
        elif len(self.once) < len(self.kept):
            again = Counter(self.kept)
            again.subtract(self.once)
            omitted += ((user_id, Reason.DUPLICATE_ENROLLMENT) for user_id in again.elements())
        for user_id, reason in omitted:
            yield Omission(
                reason=reason, kind=Kind.ENROLLMENT, id=user_id, class_id=candidate.id, part=candidate.part.name
            )
