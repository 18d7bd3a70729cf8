"""
What of a roster an administrator has to act on in iSAMS: classes without teacher, lost teachers, doubtful addresses.

These are facts about people and classes, as values; the words for them are the business of the report.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sdssync.roster.attribution import Attribution, ClassRef, PersonRef, class_ref, person_ref
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.roster.users import User
from sdssync.school import Teacher
from sdssync.sds.checks.values import VALUE_RULES, username_fault
from sdssync.sds.schema import USERS

_NAMED = 20
"""People who are named for one address: thousands may have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerlessClass:
    """A class of the set that has no teacher."""

    school_class: ClassRef
    left_out: tuple[tuple[PersonRef, Reason], ...]
    """The teachers of the set who were left out, and why; (): iSAMS has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTeacher:
    """A teacher who was left out, with the classes of the set that lose them."""

    person: PersonRef
    reason: Reason
    classes: tuple[ClassRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulAddress:
    """A user whose e-mail address cannot be a sign-in name in Microsoft 365."""

    person: PersonRef
    fault: str
    """Free of the address itself."""
    shared_with: tuple[PersonRef, ...] = ()
    """The first of the others whose address differs in case and in blanks at the ends only: all have one account."""
    others: int = 0
    """How many others there are in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Everything of one set that asks for action in iSAMS, apart from the omissions themselves."""

    ownerless: tuple[OwnerlessClass, ...] = ()
    lost_teachers: tuple[LostTeacher, ...] = ()
    addresses: tuple[DoubtfulAddress, ...] = ()


def attention(roster: Roster) -> Attention:
    """Return what of a roster asks for action."""
    attribution = Attribution(roster)
    return Attention(
        ownerless=tuple(
            OwnerlessClass(
                school_class=class_ref(enrolled),
                left_out=tuple((attribution.teacher(omission), omission.reason) for omission in left_out),
            )
            for enrolled, left_out in attribution.ownerless()
        ),
        lost_teachers=tuple(_lost_teachers(roster)),
        addresses=tuple(_doubtful_addresses(roster)),
    )


def _lost_teachers(roster: Roster) -> Iterator[LostTeacher]:
    """Yield the teachers who were left out as users, by id."""
    teachers = [omission for omission in roster.omissions if _is_of_teacher(omission)]
    if not teachers:
        return
    classes = {enrolled.id: enrolled for enrolled in roster.classes}
    taught = {class_id: frozenset(enrolled.made_of.teachers) for class_id, enrolled in classes.items()}
    lost: defaultdict[str, dict[str, ClassRef]] = defaultdict(dict)
    for omission in roster.omissions:
        if omission.kind is Kind.ENROLLMENT and omission.id in taught.get(omission.class_id, ()):
            lost[omission.id][omission.class_id] = class_ref(classes[omission.class_id])
    refs = {teacher_id: tuple(by_class.values()) for teacher_id, by_class in lost.items()}
    for omission in teachers:
        person = PersonRef(id=omission.id, record=omission.person)
        yield LostTeacher(person=person, reason=omission.reason, classes=refs.get(omission.id, ()))


def _is_of_teacher(omission: Omission) -> bool:
    return omission.kind is Kind.USER and isinstance(omission.person, Teacher)


def _doubtful_addresses(roster: Roster) -> Iterator[DoubtfulAddress]:
    """Yield the users of the set whose username cannot be a user principal name (R17)."""
    is_clean = VALUE_RULES[USERS, "username"].is_clean  # nearly all are: 2,000 users take 2 ms in place of 16
    doubted = (user for user in roster.users if not is_clean(user.username))
    faults = {user.id: fault for user in doubted if (fault := username_fault(user.username))}
    if not faults:
        return
    same = _same_account(roster, faults)
    for user in roster.users:
        if user.id in faults:
            everyone = same[_account(user)]
            others = (person_ref(other) for other in everyone if other is not user)
            yield DoubtfulAddress(
                person=person_ref(user),
                fault=faults[user.id],
                shared_with=tuple(islice(others, _NAMED)),
                others=len(everyone) - 1,
            )


def _same_account(roster: Roster, faults: Mapping[str, str]) -> Mapping[str, list[User]]:
    """Group the users who have the account of one with a doubtful address."""
    accounts = {_account(user) for user in roster.users if user.id in faults}
    same: defaultdict[str, list[User]] = defaultdict(list)
    for user in roster.users:
        if _account(user) in accounts:
            same[_account(user)].append(user)
    return same


def _account(user: User) -> str:
    """Return the address without what Microsoft 365 does not distinguish."""
    return user.username.strip().lower()
