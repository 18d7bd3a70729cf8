"""
What someone has to act on after a run, in plain words, with the people and classes in iSAMS that it is about.

The order is that of gravity: what was not published and why, classes without teacher, people who were left out,
doubtful addresses, teaching sets that no profile takes, and findings that only ask for a look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.report.names import class_words, counted, person_words, set_words
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.roster.attention import OwnerlessClass
from sdssync.roster.attribution import Attributed, PersonRef, why_no_teacher
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.roster.untaken import UntakenSets
from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.findings import BLOCKING

_ABOUT_TEACHERS = "SDS301"
LISTED = 20
"""Details that a matter lists; all are counted. The people without e-mail address are listed without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing to act on."""

    what: str
    details: tuple[str, ...] = ()
    advice: str = ""
    is_grave: bool = False
    """True if something was not published because of it."""


def matters(report: RunReport) -> Iterator[Matter]:
    """Yield what a run gives to act on, the gravest first."""
    yield from _not_published(report)
    yield from _ownerless(report.results)
    yield from _left_out(report.results)
    yield from _addresses(report.results)
    yield from _omitted_classes(report.results)
    yield from _untaken(report.untaken)
    yield from _findings(report.results)


def _not_published(report: RunReport) -> Iterator[Matter]:
    """Yield why profiles were not published, or not without problems."""
    for result in report.results:
        if result.outcome is Outcome.REJECTED:
            yield _rejected(result)
        elif result.outcome is Outcome.SKIPPED:
            yield Matter(what=f"{result.profile} {result.why}: nothing was done for it")
        elif result.outcome is Outcome.FAILED:
            if not _lacks_only_the_source(result, report):
                yield Matter(what=f"{result.profile} failed: {result.why}", is_grave=True)
        elif result.why:
            yield Matter(what=f"{result.profile}: {result.outcome}: {result.why}", is_grave=True)


def _lacks_only_the_source(result: ProfileResult, report: RunReport) -> bool:
    """Return True if a profile failed for want of a document, which is said once for all."""
    return isinstance(report.source, Exception) and result.exit_code == report.source.exit_code


def _rejected(result: ProfileResult) -> Matter:
    """Return why a set was rejected: its findings in words, and whom they are about."""
    stays = ", and the set published before stays" if result.before else ""
    details = [_offence(offence) for offence in result.offences if offence.finding.severity in BLOCKING]
    return Matter(
        what=f"{result.profile} was not published{stays}: {result.why}",
        details=tuple(details),
        advice=f"Look at the set itself: sdssync run {_quoted(result.profile)} --dry-run --keep DIR",
        is_grave=True,
    )


def _offence(offence: Attributed) -> str:
    """Return a finding as a sentence: what, who, what to do."""
    finding = offence.finding
    about = [*map(person_words, offence.people[:LISTED]), *(class_words(ref) for ref in offence.classes[:LISTED])]
    who = f": {'; '.join(about)}" if about else ""
    return f"{finding.code}: {finding.message}{who}. {_sentence(finding.hint)}"


def _ownerless(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the classes that have no teacher, by what would give them one."""
    groups: defaultdict[tuple[tuple[str, str], ...], dict[str, OwnerlessClass]] = defaultdict(dict)
    for result in results:
        for ownerless in result.attention.ownerless:
            key = tuple((person.id, reason) for person, reason in ownerless.left_out)
            groups[key][ownerless.school_class.id] = ownerless
    for classes in groups.values():
        first = next(iter(classes.values()))
        people = [f"{person_words(person)} {why_no_teacher(reason)}" for person, reason in first.left_out]
        titles = ", ".join(ownerless.school_class.title for ownerless in classes.values())
        yield Matter(
            what=f"{counted(len(classes), 'class has', 'classes have')} no teacher: "
            + ("; ".join(people) or "iSAMS has none for the set"),
            details=(titles,),
            advice="In SDS such a class has no owner: correct this in iSAMS.",
        )


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
        "Enter the addresses in iSAMS.",
    ),
    Reason.TEACHER_WITHOUT_EMAIL: _Wording(
        "teacher has no e-mail address in iSAMS and is left out",
        "teachers have no e-mail address in iSAMS and are left out",
        "Enter the school e-mail addresses in iSAMS.",
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
        "Correct the addresses in iSAMS.",
    ),
    Reason.VALUE_WITH_LINE_BREAK: _Wording(
        "person has a line break in the id, the address or a name and is left out",
        "people have a line break in the id, the address or a name and are left out",
        "Remove the line breaks in iSAMS.",
    ),
    Reason.EXTRA_TEACHER_NOT_FOUND: _Wording(
        "entry with a wildcard in [teachers] extra matches no one",
        "entries with a wildcard in [teachers] extra match no one",
        "Correct the entries in the profile.",
    ),
}
_FEW = 4
"""Profiles that are listed by name."""
_UNLIMITED = (Reason.PUPIL_WITHOUT_EMAIL, Reason.TEACHER_WITHOUT_EMAIL)


def _left_out(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the people who were left out, by reason, each once with the profiles."""
    for reason, wording in _LEFT_OUT.items():
        profiles: defaultdict[PersonRef, list[str]] = defaultdict(list)
        for result in results:
            for omission in result.omissions:
                if omission.kind is Kind.USER and omission.reason is reason:
                    where = f"{result.profile} (part {omission.part})" if result.is_combined else result.profile
                    profiles[PersonRef(id=omission.id, record=omission.person)].append(where)
        if profiles:
            details = [
                f"{person_words(person)}: {_profiles(names, results)}{_lost(person, results)}"
                for person, names in profiles.items()
                if person.record
            ]
            yield Matter(
                what=f"{len(profiles):,} {wording.one if len(profiles) == 1 else wording.several}",
                details=tuple(details) if reason in _UNLIMITED else _shortened(details),
                advice=wording.advice,
            )


def _profiles(names: Sequence[str], results: Sequence[ProfileResult]) -> str:
    """Return names of profiles as a list that stays short."""
    if len(names) == len(results) > _FEW:
        return f"all {len(names)} profiles"
    if len(names) > _FEW:
        return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more profiles"
    return ", ".join(names)


def _lost(person: PersonRef, results: Sequence[ProfileResult]) -> str:
    """Return which classes lose a teacher, as the end of a sentence; those that have no other are listed above."""
    lost = [
        (school_class, {ownerless.school_class for ownerless in result.attention.ownerless})
        for result in results
        for teacher in result.attention.lost_teachers
        if teacher.person == person
        for school_class in teacher.classes
    ]
    alone = len({school_class for school_class, ownerless in lost if school_class in ownerless})
    shared = dict.fromkeys(school_class.title for school_class, ownerless in lost if school_class not in ownerless)
    parts = [f"the only teacher of {counted(alone, 'class', 'classes')}"] if alone else []
    parts += [f"one of the teachers of {', '.join(shared)}"] if shared else []
    return f" ({'; '.join(parts)})" if parts else ""


def _addresses(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the users whose address cannot be a sign-in name, each once."""
    details: dict[str, str] = {}
    for result in results:
        for doubtful in result.attention.addresses:
            others = [person_words(person) for person in doubtful.shared_with]
            same = f"; apart from case and blanks it is also that of {', '.join(others)}" if others else ""
            details[doubtful.person.id] = f"{person_words(doubtful.person)}: {doubtful.fault}{same}"
    if details:
        yield Matter(
            what=f"{counted(len(details), 'e-mail address', 'e-mail addresses')} in iSAMS cannot match an account",
            details=_shortened(list(details.values())),
            advice="Correct them in iSAMS: each must be the sign-in name in Microsoft 365.",
        )


_OMITTED_CLASSES = {
    Reason.CLASS_WITHOUT_PUPILS: ("left out because all of its pupils were left out", ""),
    Reason.CLASS_WITHOUT_TITLE: (
        "left out because its title would be empty",
        "Give the set a code in iSAMS, or put {set_name} into title in the profile.",
    ),
    Reason.DUPLICATE_CLASS: ("left out because another set has the same set id in iSAMS", "Ask iSAMS support."),
    Reason.VALUE_WITH_LINE_BREAK: (
        "left out because of a line break in its id or title",
        "Remove the line break from the code of the set in iSAMS.",
    ),
}


def _omitted_classes(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the classes that were left out, by reason."""
    for reason, (words, advice) in _OMITTED_CLASSES.items():
        omitted: list[tuple[str, Omission]] = [
            (result.profile, omission)
            for result in results
            for omission in result.omissions
            if omission.kind is Kind.CLASS and omission.reason is reason
        ]
        if omitted:
            yield Matter(
                what=f"{counted(len(omitted), 'class', 'classes')} {words}",
                details=_shortened([f"class {omission.id}: {profile}" for profile, omission in omitted]),
                advice=advice,
            )


def _untaken(untaken: UntakenSets) -> Iterator[Matter]:
    """Yield the teaching sets that no profile takes as classes, by what they lack."""
    for lack, teaching_sets in untaken.by_lack().items():
        yield Matter(
            what=f"{counted(len(teaching_sets), 'teaching set has', 'teaching sets have')} {lack}",
            details=(", ".join(map(set_words, teaching_sets[:LISTED])) + _more(len(teaching_sets) - LISTED),),
            advice=_sentence(untaken.advice(lack)),
        )


def _findings(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the findings of sets that were not rejected, by rule; those about teachers are above."""
    counts: Counter[str] = Counter()
    profiles: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        if result.outcome is not Outcome.REJECTED:
            for code, number in result.findings.items():
                if code != _ABOUT_TEACHERS:
                    counts[code] += number
                    profiles[code].append(result.profile)
    if counts:
        yield Matter(
            what=f"{counted(counts.total(), 'finding', 'findings')} to look at",
            details=tuple(
                f"{code} {CATALOGUE[code].title}: {number:,} in {_profiles(profiles[code], results)}"
                for code, number in sorted(counts.items())
            ),
            advice="See them with: sdssync validate",
        )


def _shortened(details: Sequence[str]) -> tuple[str, ...]:
    """Return the first details, and how many more there are."""
    more = _more(len(details) - LISTED)
    return (*details[:LISTED], *([more.removeprefix(", ")] if more else []))


def _more(number: int) -> str:
    return f", and {number:,} more: --format json lists them" if number > 0 else ""


def _sentence(text: str) -> str:
    """Return a hint as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
