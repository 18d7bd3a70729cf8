"""
Who and what goes into a set, and what is left out: users and classes of one profile put together.

`enrol` is what SDS should have; `enrol_as_script` is row for row what iSAMS-SDS.ps1 1.0.5 writes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sdssync.config.profile import Profile
from sdssync.roster import classes, users
from sdssync.roster.classes import Class, Enrolled
from sdssync.roster.identifiers import order
from sdssync.roster.omissions import Kind, Omission, sorted_omissions
from sdssync.roster.selection import Selection
from sdssync.roster.users import User


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """An id that two different people carry, or two sets: a set with a row of this id must not be published."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everything that goes into a set, in the fixed order of its rows, and what does not."""

    users: tuple[User, ...]
    """Pupils before teachers, each by id."""
    classes: tuple[Enrolled, ...]
    """By id, and their teachers and pupils too."""
    omissions: tuple[Omission, ...]
    clashes: tuple[Clash, ...]

    @property
    def enrollments(self) -> int:
        """The number of enrollments."""
        return sum(len(each.teachers) + len(each.pupils) for each in self.classes)


def enrol(selection: Selection, profile: Profile, *, include_names: bool) -> Roster:
    """Return the script's rows less those that SDS refuses or that would harm; a user is in a class once."""
    everybody = tuple(users.candidates(selection, include_names=include_names))
    people = users.sift(everybody, include_names=include_names)
    drafts = tuple(classes.candidates(selection, profile))
    enrolled, omissions = classes.sift(drafts, classes.standing(selection, people))
    return Roster(
        users=_sorted_users(people.users),
        classes=_sorted_classes(enrolled),
        omissions=sorted_omissions((*people.omissions, *omissions)),
        clashes=tuple(sorted({*_user_clashes(selection, people.users), *_class_clashes(drafts, enrolled)})),
    )


def enrol_as_script(selection: Selection, profile: Profile) -> Roster:
    """Return the script's rows; the only omissions are the pupils that it prints."""
    everybody = users.candidates(selection, include_names=False)
    return Roster(
        users=_sorted_users(user for user in everybody if user.username or not user.is_pupil),
        classes=_sorted_classes(
            Enrolled(
                id=each.id,
                title=each.title,
                teachers=each.teachers,
                pupils=tuple(member.school_id for member in each.members),
            )
            for each in classes.first_of_each_id(classes.candidates(selection, profile))
        ),
        omissions=sorted_omissions(users.printed(selection)),
        clashes=(),
    )


def _sorted_users(everybody: Iterable[User]) -> tuple[User, ...]:
    """Put users into the order of their rows."""
    return tuple(sorted(everybody, key=lambda user: (not user.is_pupil, order(user.id), user.username)))


def _sorted_classes(enrolled: Iterable[Enrolled]) -> tuple[Enrolled, ...]:
    """Put classes, and who is in them, into the order of their rows."""
    return tuple(
        Enrolled(
            id=each.id,
            title=each.title,
            teachers=tuple(sorted(each.teachers, key=order)),
            pupils=tuple(sorted(each.pupils, key=order)),
        )
        for each in sorted(enrolled, key=lambda each: (order(each.id), each.title))
    )


def _user_clashes(selection: Selection, kept: Iterable[User]) -> Iterator[Clash]:
    """Find the users whose id somebody else in the school carries, in the set or not."""
    return (Clash(Kind.USER, user.id) for user in kept if user.id in selection.roll.shared_ids)


def _class_clashes(drafts: Sequence[Class], kept: Iterable[Enrolled]) -> Iterator[Clash]:
    """Find the classes whose id is rendered for another set of the profile too."""
    ids = Counter(each.id for each in classes.first_of_each_id(drafts))
    return (Clash(Kind.CLASS, each.id) for each in kept if ids[each.id] > 1)
