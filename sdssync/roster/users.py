"""
Users of a set: whom iSAMS-SDS.ps1 would write, and which of them fall out because SDS refuses them.

Each step of the sift is one reason and one small function; a user who has fallen out displaces no other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdssync.roster.identifiers import order
from sdssync.roster.omissions import Kind, Omission, Reason, contains_line_break
from sdssync.roster.selection import Selection, Unlisted
from sdssync.school import Pupil, Teacher, is_same_record

Person = Pupil | Teacher | Unlisted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class User:
    """Somebody who would have a row."""

    person: Person
    id: str
    username: str
    forename: str
    """Like `surname` "" unless the set is to hold names."""
    surname: str

    @property
    def is_pupil(self) -> bool:
        """Whether this is a student to SDS."""
        return isinstance(self.person, Pupil)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The users that stay, and why the others do not."""

    users: tuple[User, ...]
    omissions: tuple[Omission, ...]
    fallen: Mapping[Person, Reason]
    """People who would have had a row and have none."""


def candidates(selection: Selection, *, include_names: bool) -> Iterator[User]:
    """
    Return everybody for whom the script has a row or, for a pupil without e-mail, a line on the screen.

    These are the pupils, the extra teachers as often as an entry matches them, and the teachers of all chosen sets
    once, in order of appearance, as far as they are current staff.
    """
    listed = {each.id for each in selection.extra_teachers if isinstance(each, Teacher)}
    teaching = dict.fromkeys(staff_id for each in selection.sets for staff_id in each.teacher_ids)
    people: list[Person] = [*selection.pupils, *selection.extra_teachers]
    for staff_id in teaching:
        if staff_id not in listed:
            people.extend(selection.roll.staff.get(staff_id, ()))
    return (_user(person, include_names=include_names) for person in people)


def sift(users: Sequence[User], *, include_names: bool) -> Sifted:
    """Leave out whom SDS refuses, reason by reason."""
    omissions: list[Omission] = []
    fallen: dict[Person, Reason] = {}
    for reason, offenders in _SIEVES:
        if reason is Reason.USER_WITHOUT_NAME and not include_names:
            continue
        offending = frozenset(offenders(users))
        if not offending:
            continue
        out = [user for user in users if user in offending]
        users = [user for user in users if user not in offending]
        omissions.extend(_omission(user, reason) for user in out)
        if reason is not Reason.DUPLICATE_USER:  # of these, the other row stays
            fallen.update((user.person, reason) for user in out)
    return Sifted(users=tuple(users), omissions=tuple(omissions), fallen=fallen)


def _omission(user: User, reason: Reason) -> Omission:
    """Say that a user is left out; of a pupil without e-mail the record goes along, for the script printed it."""
    printed = user.person if reason is Reason.PUPIL_WITHOUT_EMAIL and isinstance(user.person, Pupil) else None
    return Omission(reason=reason, kind=Kind.USER, id=user.id, pupil=printed)


def printed(selection: Selection) -> tuple[Omission, ...]:
    """Return the pupils whom the script prints, and leaves out: those of a chosen year without any e-mail text."""
    without_email = (_user(pupil, include_names=False) for pupil in selection.pupils if not pupil.email)
    return tuple(_omission(user, Reason.PUPIL_WITHOUT_EMAIL) for user in without_email)


def _user(person: Person, *, include_names: bool) -> User:
    """Describe a person as SDS will know them."""
    if isinstance(person, Unlisted):
        return User(person=person, id=person.address, username=person.address, forename="", surname="")
    return User(
        person=person,
        id=person.school_id if isinstance(person, Pupil) else person.id,
        username=person.email,
        forename=person.forename if include_names else "",
        surname=person.surname if include_names else "",
    )


def _pupils_without_email(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if user.is_pupil and not user.username.strip())


def _teachers_without_email(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not user.is_pupil and not user.username.strip())


def _without_id(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not user.id.strip())


def _reached_twice(users: Sequence[User]) -> Iterable[User]:
    """Find the further rows of one record; who has no record is known by the address alone."""
    met: defaultdict[str, list[User]] = defaultdict(list)
    for user in users:
        if any(_is_same(earlier.person, user.person) for earlier in met[user.id]):
            yield user
        else:
            met[user.id].append(user)


def _is_same(one: Person, other: Person) -> bool:
    if isinstance(one, Unlisted) or isinstance(other, Unlisted):
        return isinstance(one, Unlisted) and isinstance(other, Unlisted)
    return one is other or is_same_record(one, other)


def _without_name(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not (user.forename.strip() and user.surname.strip()))


def _sharing_username(users: Sequence[User]) -> Iterable[User]:
    """Find those who share a username, without regard to case, with a user of a smaller id."""
    smallest: dict[str, User] = {}
    for user in sorted(users, key=lambda user: order(user.id)):
        smallest.setdefault(user.username.lower(), user)
    return (user for user in users if smallest[user.username.lower()] is not user)


def _wildcard_without_match(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if isinstance(user.person, Unlisted) and user.person.is_wildcard)


def _with_line_break(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if contains_line_break(user.id, user.username, user.forename, user.surname))


_SIEVES: tuple[tuple[Reason, Callable[[Sequence[User]], Iterable[User]]], ...] = (
    (Reason.PUPIL_WITHOUT_EMAIL, _pupils_without_email),
    (Reason.TEACHER_WITHOUT_EMAIL, _teachers_without_email),
    (Reason.USER_WITHOUT_ID, _without_id),
    (Reason.DUPLICATE_USER, _reached_twice),
    (Reason.USER_WITHOUT_NAME, _without_name),
    (Reason.DUPLICATE_USERNAME, _sharing_username),
    (Reason.EXTRA_TEACHER_NOT_FOUND, _wildcard_without_match),
    (Reason.VALUE_WITH_LINE_BREAK, _with_line_break),
)
