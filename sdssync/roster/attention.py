"""
What of a roster an administrator has to act on in iSAMS: classes without teacher, lost teachers, doubtful addresses.

These are facts about people and classes, as values; the words for them are the business of the report.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sdssync.roster.attribution import Attribution, ClassRef, PersonRef, class_ref, person_ref
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.roster.users import User
from sdssync.school import Teacher
from sdssync.sds.checks.values import VALUE_RULES, username_fault
from sdssync.sds.schema import USERS


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
    """Others whose address differs in case and in blanks at the ends only: one account for all of them."""


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
    titles = {enrolled.id: enrolled for enrolled in roster.classes}
    lost: defaultdict[str, dict[str, Omission]] = defaultdict(dict)
    for omission in roster.omissions:
        school_class = titles.get(omission.class_id) if omission.kind is Kind.ENROLLMENT else None
        if school_class and omission.id in school_class.teaching_set.teacher_ids:
            lost[omission.id][omission.class_id] = omission
    for omission in roster.omissions:
        if omission.kind is Kind.USER and isinstance(omission.person, Teacher):
            yield LostTeacher(
                person=PersonRef(id=omission.id, record=omission.person),
                reason=omission.reason,
                classes=tuple(class_ref(titles[class_id]) for class_id in lost[omission.id]),
            )


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
            others = [person_ref(other) for other in same[_account(user)] if other is not user]
            yield DoubtfulAddress(person=person_ref(user), fault=faults[user.id], shared_with=tuple(others))


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
