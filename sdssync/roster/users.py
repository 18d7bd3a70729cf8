"""
Users of a CSV set: the people for whom iSAMS-SDS.ps1 would write a row, and those of them whom SDS refuses.

Each reason is one small function; a user who is left out displaces no other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdssync.roster.combine import Origins, Person
from sdssync.roster.identifiers import order
from sdssync.roster.omissions import Kind, Omission, Reason, contains_line_break, is_too_long
from sdssync.roster.roll import user_id
from sdssync.roster.selection import Selection, Unlisted
from sdssync.school import Pupil, Record, Teacher, record_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class User:
    """A person who would have a row."""

    person: Person
    id: str
    username: str
    forename: str
    """Like `surname` "" unless the set is to hold names."""
    surname: str

    @property
    def is_pupil(self) -> bool:
        """Return True for a student in SDS."""
        return isinstance(self.person, Pupil)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUsers:
    """The users that stay in the set, and why the others do not."""

    users: tuple[User, ...]
    omissions: tuple[Omission, ...]
    reasons: Mapping[Person, Reason]
    """By person, for those who would have a row and have none."""


def has_email(address: str) -> bool:
    """Return True if an address holds more than white space of any kind."""
    return bool(address.strip())


def has_email_as_script(address: str) -> bool:
    """Return True if the script takes the address as one: any text, be it a no-break space."""
    return bool(address)


def candidate_users(selection: Selection, *, include_names: bool) -> Iterator[User]:
    """
    Return everyone for whom the script has a row or, for a pupil without e-mail, a line on the screen.

    These are the pupils, the extra teachers as often as an entry matches them, and the current staff who teach the
    chosen sets, each once, in order of appearance; then those who own groups.
    """
    listed = {teacher.id for teacher in selection.extra_teachers if isinstance(teacher, Teacher)}
    people: list[Person] = [*selection.pupils, *selection.extra_teachers]
    for staff_id in selection.staff_ids:
        if staff_id not in listed:
            people.extend(selection.roll.staff.get(staff_id, ()))
    return (_user(person, include_names=include_names) for person in people)


def keep_users(users: Sequence[User], origins: Origins, *, include_names: bool) -> KeptUsers:
    """Leave out the users that SDS refuses, reason by reason."""
    omissions: list[Omission] = []
    reasons: dict[Person, Reason] = {}
    for reason, offenders in _REASONS:
        if reason is Reason.USER_WITHOUT_NAME and not include_names:
            continue
        offending = frozenset(offenders(users))
        if not offending:
            continue
        omitted = [user for user in users if user in offending]
        users = [user for user in users if user not in offending]
        omissions.extend(_omission(user, reason, origins.of(user.person)[0].name) for user in omitted)
        if reason is not Reason.DUPLICATE_USER:  # of these, the other row stays
            reasons.update((user.person, reason) for user in omitted)
    return KeptUsers(users=tuple(users), omissions=tuple(omissions), reasons=reasons)


def _omission(user: User, reason: Reason, part: str = "") -> Omission:
    """Return the omission of a user, with the record in iSAMS if there is one."""
    person = None if isinstance(user.person, Unlisted) else user.person
    return Omission(reason=reason, kind=Kind.USER, id=user.id, part=part, person=person)


def printed_pupils(selection: Selection) -> tuple[Omission, ...]:
    """Return the pupils whom the script prints and leaves out: those of a chosen year without any e-mail text."""
    without_email = (pupil for pupil in selection.pupils if not has_email_as_script(pupil.email))
    return tuple(_omission(_user(pupil, include_names=False), Reason.PUPIL_WITHOUT_EMAIL) for pupil in without_email)


def _user(person: Person, *, include_names: bool) -> User:
    """Return a person as SDS will know them."""
    if isinstance(person, Unlisted):
        return User(person=person, id=person.address, username=person.address, forename="", surname="")
    return User(
        person=person,
        id=user_id(person),
        username=person.email,
        forename=person.forename if include_names else "",
        surname=person.surname if include_names else "",
    )


def _pupils_without_email(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if user.is_pupil and not has_email(user.username))


def _teachers_without_email(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not user.is_pupil and not has_email(user.username))


def _without_id(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not user.id.strip())


def _reached_twice(users: Sequence[User]) -> Iterable[User]:
    """Yield the further rows of one record; a person without a record is known by the address alone."""
    met: set[Record] = set()
    for user in users:
        record = _known_by(user.person)
        if record in met:
            yield user
        met.add(record)


def _known_by(person: Person) -> Record:
    """Return what makes a person the same as another one."""
    return (person.address,) if isinstance(person, Unlisted) else record_of(person)


def _without_name(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if not (user.forename.strip() and user.surname.strip()))


def _sharing_username(users: Sequence[User]) -> Iterable[User]:
    """Return those who share a username, without regard to case, with a user of a smaller id."""
    smallest: dict[str, User] = {}
    for user in sorted(users, key=lambda user: order(user.id)):
        smallest.setdefault(user.username.lower(), user)
    return (user for user in users if smallest[user.username.lower()] is not user)


def _wildcard_without_match(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if isinstance(user.person, Unlisted) and user.person.is_wildcard)


def _with_line_break(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if contains_line_break(*_cells(user)))


def _with_long_value(users: Sequence[User]) -> Iterable[User]:
    return (user for user in users if is_too_long(*_cells(user)))


def _cells(user: User) -> tuple[str, ...]:
    """Return what the row of a user would hold of iSAMS as it is there."""
    return user.id, user.username, user.forename, user.surname


# In the order in which the contract, section 3, applies them.
_REASONS: tuple[tuple[Reason, Callable[[Sequence[User]], Iterable[User]]], ...] = (
    (Reason.PUPIL_WITHOUT_EMAIL, _pupils_without_email),
    (Reason.TEACHER_WITHOUT_EMAIL, _teachers_without_email),
    (Reason.USER_WITHOUT_ID, _without_id),
    (Reason.DUPLICATE_USER, _reached_twice),
    (Reason.USER_WITHOUT_NAME, _without_name),
    (Reason.DUPLICATE_USERNAME, _sharing_username),
    (Reason.EXTRA_TEACHER_NOT_FOUND, _wildcard_without_match),
    (Reason.VALUE_WITH_LINE_BREAK, _with_line_break),
    (Reason.VALUE_TOO_LONG, _with_long_value),
)
