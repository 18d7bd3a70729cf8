"""What a run gives to act on about people: left out, without a usable year, with an address that matches no account."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.report.matter import Matter, more, profile_words, shortened
from sdssync.report.names import counted, legible, person_words
from sdssync.report.outcome import ProfileResult
from sdssync.roster.attribution import PersonRef
from sdssync.roster.omissions import LONGEST_VALUE, Kind, Reason
from sdssync.roster.roll import user_id
from sdssync.roster.untaken import UntakenSets


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a reason for leaving out a user is said."""

    one: str
    several: str
    advice: str


_LEFT_OUT = {
    Reason.PUPIL_WITHOUT_EMAIL: _Wording(
        "pupil has no e-mail address in iSAMS and is left out",
        "pupils have no e-mail address in iSAMS and are left out",
        "Enter each address in iSAMS.",
    ),
    Reason.TEACHER_WITHOUT_EMAIL: _Wording(
        "teacher has no e-mail address in iSAMS and is left out",
        "teachers have no e-mail address in iSAMS and are left out",
        "Enter each school e-mail address in iSAMS.",
    ),
    Reason.USER_WITHOUT_ID: _Wording(
        "person has no id in iSAMS and is left out",
        "people have no id in iSAMS and are left out",
        "Give each of them a SchoolId (a pupil) or an Id (a member of staff) in iSAMS.",
    ),
    Reason.USER_WITHOUT_NAME: _Wording(
        "person has no forename or no surname in iSAMS and is left out",
        "people have no forename or no surname in iSAMS and are left out",
        "Fill in both names in iSAMS: include_names is set.",
    ),
    Reason.DUPLICATE_USERNAME: _Wording(
        "person has the e-mail address of someone else in iSAMS and is left out",
        "people have the e-mail address of someone else in iSAMS and are left out",
        "Correct each address in iSAMS.",
    ),
    Reason.VALUE_WITH_LINE_BREAK: _Wording(
        "person has a line break in the id, the address or a name and is left out",
        "people have a line break in the id, the address or a name and are left out",
        "Remove each line break in iSAMS.",
    ),
    Reason.VALUE_TOO_LONG: _Wording(
        f"person has an id, an address or a name of more than {LONGEST_VALUE:,} characters and is left out",
        f"people have an id, an address or a name of more than {LONGEST_VALUE:,} characters and are left out",
        "Correct each value in iSAMS.",
    ),
    Reason.EXTRA_TEACHER_NOT_FOUND: _Wording(
        "entry with a wildcard in [teachers] extra matches no one",
        "entries with a wildcard in [teachers] extra match no one",
        "Correct each entry in the profile.",
    ),
}
_UNLIMITED = (Reason.PUPIL_WITHOUT_EMAIL, Reason.TEACHER_WITHOUT_EMAIL)


def people_left_out(results: Sequence[ProfileResult], most: int) -> Iterator[Matter]:
    """Yield the people who were left out, by reason, each once with the profiles."""
    lost = dict(_lost(results, most))
    for reason, wording in _LEFT_OUT.items():
        profiles: defaultdict[PersonRef, list[str]] = defaultdict(list)
        for result in results:
            for omission in result.omissions:
                if omission.kind is Kind.USER and omission.reason is reason:
                    where = f"{result.profile} (part {omission.part})" if result.is_combined else result.profile
                    profiles[PersonRef(id=omission.id, record=omission.person)].append(where)
        if profiles:
            details = [
                f"{person_words(person)}: {profile_words(names, len(results))}{lost.get(person.id, '')}"
                for person, names in profiles.items()
                if person.record
            ]
            yield Matter(
                what=f"{len(profiles):,} {wording.one if len(profiles) == 1 else wording.several}",
                details=tuple(details) if reason in _UNLIMITED else shortened(details, most=most),
                advice=wording.advice,
            )


def _lost(results: Sequence[ProfileResult], most: int) -> Iterator[tuple[str, str]]:
    """
    Yield which classes lose a teacher, by the id of the teacher, as the end of a sentence.

    Those that have no other teacher are only counted: they are listed above.
    """
    alone: defaultdict[str, set[str]] = defaultdict(set)
    shared: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for result in results:
        only_teacher = {
            ownerless.school_class.id for ownerless in result.attention.ownerless if len(ownerless.left_out) == 1
        }
        classes = {teacher.person.id: teacher.classes for teacher in result.attention.lost_teachers}
        for teacher_id, school_class in ((found, ref) for found, refs in classes.items() for ref in refs):
            if school_class.id in only_teacher:
                alone[teacher_id].add(school_class.id)
            else:
                shared[teacher_id][school_class.id] = legible(school_class.title)
    for teacher_id in alone.keys() | shared.keys():
        number, titles = len(alone[teacher_id]), list(shared[teacher_id].values())
        parts = [f"the only teacher of {counted(number, 'class', 'classes')}"] if number else []
        named = f"{', '.join(titles[:most])}{more(len(titles) - most)}"
        parts += [f"one of the teachers of {named}"] if titles else []
        yield teacher_id, f" ({'; '.join(parts)})"


def doubtful_addresses(results: Sequence[ProfileResult], most: int) -> Iterator[Matter]:
    """Yield the users whose address cannot be a sign-in name, each once, and such entries of profiles."""
    details: dict[str, str] = {}
    entries: set[str] = set()
    for result in results:
        for doubtful in result.attention.addresses:
            if doubtful.person.record is None:
                entries.add(doubtful.person.id)
                continue
            rest = doubtful.others - len(doubtful.shared_with)
            named = ", ".join(map(person_words, doubtful.shared_with)) + (f" and {rest:,} more" if rest else "")
            same = f"; apart from case and blanks it is also that of {named}" if named else ""
            details[doubtful.person.id] = f"{person_words(doubtful.person)}: {doubtful.fault}{same}"
    if details:
        yield Matter(
            what=f"{counted(len(details), 'e-mail address', 'e-mail addresses')} in iSAMS cannot match an account",
            details=shortened(list(details.values()), "sdssync validate", most),
            advice="Correct this in iSAMS: each address must be the sign-in name in Microsoft 365.",
        )
    if entries:
        yield Matter(
            what=f"{counted(len(entries), 'entry', 'entries')} of [teachers] extra cannot match an account",
            advice="Correct this in the profile: each must be the sign-in name in Microsoft 365.",
        )


def pupils_without_year(untaken: UntakenSets, most: int) -> Iterator[Matter]:
    """Yield the pupils whom no profile can take, because their year in iSAMS is empty or is not a number."""
    details = [f"{person_words(PersonRef(id=user_id(pupil), record=pupil))}" for pupil in untaken.pupils]
    if details:
        yield Matter(
            what=f"{counted(len(details), 'pupil has', 'pupils have')} no year that a profile can take",
            details=shortened(details, most=most),
            advice="Correct NCYear of each pupil in iSAMS: SDS takes a pupil who is missing as one who has left.",
        )


def kept_addresses(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the people who keep a username for some days, because their address is empty in iSAMS."""
    people: dict[str, str] = {}
    for result in results:
        for kept in result.plan.kept if result.plan else ():
            person = PersonRef(id=user_id(kept.person), record=kept.person)
            people[person.id] = f"{person_words(person)}: until {kept.until}"
    if people:
        number = len(people)
        one = "1 person has no e-mail address in iSAMS and keeps the one published last"
        several = f"{number:,} people have no e-mail address in iSAMS and keep the ones published last"
        yield Matter(
            what=one if number == 1 else several,
            details=tuple(people.values()),
            advice="Enter each address in iSAMS before that day; from then on the person is left out.",
        )
