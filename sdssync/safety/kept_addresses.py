"""
Keep the last published username of someone whose e-mail address is missing in iSAMS, for a few days.

An address that someone deletes by mistake would take a person out of every class on the same night. So it is kept for
`keep_address` days, counted from the first night without it, and then the person is an omission like any other. It
yields to anyone who has the address in iSAMS now. This is settled for the school before any profile is generated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sdssync.publish.generations import Generation, Generations, kept_profiles
from sdssync.publish.state_file import StateFile
from sdssync.roster.roll import user_id
from sdssync.roster.users import has_email
from sdssync.safety.csv_set import UserRow, read_set
from sdssync.school import Pupil, School, Teacher

_FILE = "kept_addresses.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Since:
    """Since when an address is missing."""

    role: str
    id: str
    day: date


@dataclass(frozen=True, slots=True)
class _Missing:
    """Everyone whose address is missing."""

    people: tuple[_Since, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAddress:
    """Someone who keeps a username."""

    person: Pupil | Teacher
    """As iSAMS has them, without the address."""
    username: str
    until: date
    """The day from which it is kept no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAddresses:
    """Everyone in a school who keeps a username on a day."""

    school: School
    """With the usernames in place of the missing addresses."""
    kept: tuple[KeptAddress, ...] = ()
    missing: tuple[_Since, ...] = ()

    def of(self, usernames: Iterable[tuple[str, str]]) -> tuple[KeptAddress, ...]:
        """Return those whose id and username are among some."""
        known = frozenset(usernames)
        return tuple(kept for kept in self.kept if (user_id(kept.person), kept.username) in known)


def keep_addresses(school: School, state: Path, day: date, days: int) -> KeptAddresses:
    """
    Return the school with the usernames that are kept on a day.

    Raises:
        OutputError: the state folder cannot be read.

    """
    everyone: list[Pupil | Teacher] = [*school.pupils, *school.teachers]
    people = [person for person in everyone if not has_email(person.email)]
    if not days or not people:
        return KeptAddresses(school=school)
    published = _published(state)
    recorded = StateFile(state / _FILE, _Missing).read() or _Missing()
    since = {(entry.role, entry.id): entry.day for entry in recorded.people}
    taken = {person.email.lower() for person in everyone}
    missing, kept = [], []
    for person in people:
        key = (_role(person), user_id(person))
        username = published.get(key)
        if username is None:
            continue
        first = min(since.get(key, day), day)
        missing.append(_Since(role=key[0], id=key[1], day=first))
        if (day - first).days < days and username.lower() not in taken:
            kept.append(KeptAddress(person=person, username=username, until=first + timedelta(days=days)))
    return KeptAddresses(school=_with(school, kept), kept=tuple(kept), missing=tuple(missing))


def record_missing(addresses: KeptAddresses, state: Path) -> None:
    """
    Write down since when addresses are missing; only a run that may publish does so.

    Raises:
        OutputError: it cannot be written.

    """
    file = StateFile(state / _FILE, _Missing)
    if addresses.missing or file.is_present:
        file.write(_Missing(addresses.missing))


def _published(state: Path) -> Mapping[tuple[str, str], str]:
    """
    Return the last published username of everyone by role and id; of several profiles the newest set counts.

    A parity profile publishes a teacher whose address is missing, too, without a username: there is nothing to keep.
    """
    last = [found for folder in kept_profiles(state) if (found := Generations(folder).last())]
    usernames: dict[tuple[str, str], str] = {}
    for generation in sorted(last, key=_age):
        try:
            users = read_set(generation.folder).users
        except OSError:
            continue
        usernames |= {
            (_role_of(user), identifier): user.username
            for identifier, user in users.items()
            if has_email(user.username)
        }
    return usernames


def _age(generation: Generation) -> tuple[date, str]:
    return generation.manifest.day, generation.manifest.published_at.isoformat()


def _role(person: Pupil | Teacher) -> str:
    return "student" if isinstance(person, Pupil) else "teacher"


def _role_of(user: UserRow) -> str:
    return "student" if user.is_student else "teacher"


def _with(school: School, kept: Iterable[KeptAddress]) -> School:
    usernames = {entry.person: entry.username for entry in kept}
    if not usernames:
        return school
    return replace(
        school,
        pupils=tuple(
            replace(pupil, email=usernames[pupil]) if pupil in usernames else pupil for pupil in school.pupils
        ),
        teachers=tuple(
            replace(teacher, email=usernames[teacher]) if teacher in usernames else teacher
            for teacher in school.teachers
        ),
    )
