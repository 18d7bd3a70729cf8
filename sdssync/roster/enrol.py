"""
Put users and classes of one profile together: who and what goes into a CSV set, and what is left out.

`enrol` is what SDS should have; `enrol_as_script` is row for row what iSAMS-SDS.ps1 1.0.5 writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sdssync.roster.candidates import candidate_classes
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.classes import EnrolledClass, JudgedClass, enrollment_blocks, keep_classes
from sdssync.roster.combine import Origins, Part, trace_origins, unite
from sdssync.roster.identifiers import order
from sdssync.roster.omissions import Kind, Omission, Reason, sorted_omissions
from sdssync.roster.owners import choose_owners
from sdssync.roster.selection import Selection
from sdssync.roster.sources import Source
from sdssync.roster.users import User, candidate_users, has_email_as_script, keep_users, printed_pupils
from sdssync.school import Pupil, Teacher


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """
    An id that must not be published: two different people have it, or two classes.

    Two classes of one group are a clash too, whatever their ids: everyone in it would be in both.
    """

    kind: Kind
    id: str
    people: tuple[Pupil | Teacher, ...] = field(default=(), compare=False)
    """Those who have it, whether in the set or not."""
    classes: tuple[CandidateClass, ...] = field(default=(), compare=False)
    """Of the teaching sets that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everything that goes into a CSV set, in the fixed order of its rows, and what does not."""

    users: tuple[User, ...]
    """Pupils before teachers, each by id."""
    classes: tuple[EnrolledClass, ...]
    """By id, and their teachers and pupils too."""
    omissions: tuple[Omission, ...]
    clashes: tuple[Clash, ...]
    origins: Origins
    """Who comes from which part."""
    waiting: tuple[EnrolledClass, ...] = ()
    """The classes whose pupils wait for a day, with these pupils; one without a teacher is not among `classes`."""
    judged: tuple[JudgedClass, ...] = ()
    """Every class that the set could have, in no order."""

    @property
    def enrollments(self) -> int:
        """Return the number of enrollments."""
        return sum(len(enrolled.teachers) + len(enrolled.pupils) for enrolled in self.classes)


def enrol(parts: Sequence[Part], *, include_names: bool) -> Roster:
    """
    Return the rows of the parts of a set: the script's, less those that SDS refuses or that would do harm.

    A user is in a class once, and a pupil whom any part takes is in every class of the set on whose list the pupil is.
    """
    selection, origins = unite([part.selection for part in parts]), trace_origins(parts)
    candidates_for_users = tuple(candidate_users(selection, include_names=include_names))
    kept = keep_users(candidates_for_users, origins, include_names=include_names)
    blocks = enrollment_blocks(selection, kept)
    candidates = choose_owners(candidate_classes(parts, selection), blocks.admits)
    classes = keep_classes(candidates, blocks)
    return Roster(
        users=_sorted_users(kept.users),
        classes=_sorted_classes(classes.classes),
        omissions=sorted_omissions((*kept.omissions, *classes.omissions)),
        clashes=tuple(sorted({*_user_clashes(selection, kept.users), *_class_clashes(candidates, classes.classes)})),
        origins=origins,
        judged=classes.judged,
    )


def enrol_as_script(part: Part) -> Roster:
    """Return the script's rows; the only omissions are the pupils that it prints."""
    selection = part.selection
    candidates = candidate_classes((part,), selection)
    users = candidate_users(selection, include_names=False)
    return Roster(
        users=_sorted_users(user for user in users if has_email_as_script(user.username) or not user.is_pupil),
        classes=_sorted_classes(
            [
                EnrolledClass(
                    id=candidate.id,
                    title=candidate.title,
                    part=candidate.part,
                    made_of=candidate.made_of,
                    teachers=candidate.teachers,
                    pupils=tuple(member.school_id for member in candidate.made_of.members),
                )
                for candidate in candidates
                if not candidate.is_repeated
            ]
        ),
        omissions=sorted_omissions(printed_pupils(selection)),
        clashes=(),
        origins=trace_origins((part,)),
        judged=tuple(
            JudgedClass(candidate=candidate, reason=Reason.DUPLICATE_CLASS if candidate.is_repeated else None)
            for candidate in candidates
        ),
    )


def _sorted_users(users: Iterable[User]) -> tuple[User, ...]:
    """Put users into the order of their rows."""
    return tuple(sorted(users, key=lambda user: (not user.is_pupil, order(user.id), user.username)))


def _sorted_classes(enrolled: Sequence[EnrolledClass]) -> tuple[EnrolledClass, ...]:
    """Put classes, and the people in them, into the order of their rows."""
    people = (user_ids for school_class in enrolled for user_ids in (school_class.teachers, school_class.pupils))
    user_ids = set[str]().union(*people)
    position = {user_id: number for number, user_id in enumerate(sorted(user_ids, key=order))}.__getitem__
    return tuple(
        replace(
            school_class,
            teachers=tuple(sorted(school_class.teachers, key=position)),
            pupils=tuple(sorted(school_class.pupils, key=position)),
        )
        for school_class in sorted(enrolled, key=lambda school_class: (order(school_class.id), school_class.title))
    )


def _user_clashes(selection: Selection, kept: Iterable[User]) -> Iterator[Clash]:
    """Return the users whose id someone else in the school has too, whether in the set or not."""
    shared = selection.roll.shared_ids
    return (Clash(Kind.USER, user.id, people=shared[user.id]) for user in kept if user.id in shared)


def _class_clashes(candidates: Sequence[CandidateClass], kept: Iterable[EnrolledClass]) -> Iterator[Clash]:
    """Return the classes whose id another one has too, or whose group makes another class in another part."""
    by_id: defaultdict[str, list[CandidateClass]] = defaultdict(list)
    by_group: defaultdict[tuple[object, ...], list[CandidateClass]] = defaultdict(list)
    for candidate in candidates:
        if not candidate.is_repeated:
            by_id[candidate.id].append(candidate)
            if not candidate.made_of.sets:
                by_group[_group(candidate.made_of)].append(candidate)
    for enrolled in kept:
        same_id = by_id[enrolled.id]
        same_group = [] if enrolled.made_of.sets else by_group[_group(enrolled.made_of)]
        if len(same_id) > 1 or len(same_group) > 1:
            yield Clash(Kind.CLASS, enrolled.id, classes=tuple(same_id if len(same_id) > 1 else same_group))


def _group(source: Source) -> tuple[object, ...]:
    """Return what makes a group one: of two forms with one id each has its year."""
    return source.kind, source.ids, source.year
