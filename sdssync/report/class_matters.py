"""What a run gives to act on about classes: without teacher, left out, or of sets that no profile takes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sdssync.report.matter import Matter, more, sentence, shortened
from sdssync.report.names import counted, legible, person_words, set_words
from sdssync.report.outcome import ProfileResult
from sdssync.roster.attention import OwnerlessClass
from sdssync.roster.attribution import PersonRef, why_no_teacher, why_without
from sdssync.roster.omissions import LONGEST_VALUE, Kind, Omission, Reason
from sdssync.roster.untaken import Lack, UntakenSets


def ownerless_classes(found: Iterable[OwnerlessClass]) -> Iterator[Matter]:
    """Yield the classes that have no teacher, by what would give them one."""
    groups: defaultdict[str, dict[str, OwnerlessClass]] = defaultdict(dict)
    for ownerless in found:
        causes = "; ".join(f"{_teacher(person)} {why_no_teacher(reason)}" for person, reason in ownerless.left_out)
        groups[causes or why_without(ownerless.school_class.kind)][ownerless.school_class.id] = ownerless
    if groups:
        number = len({class_id for classes in groups.values() for class_id in classes})
        yield Matter(
            what=f"{counted(number, 'class has', 'classes have')} no teacher",
            details=tuple(
                f"{cause}: {', '.join(legible(ownerless.school_class.title) for ownerless in classes.values())}"
                for cause, classes in groups.items()
            ),
            advice="In SDS such a class has no owner: correct this in iSAMS.",
        )


def _teacher(person: PersonRef) -> str:
    return person_words(person) if person.record else f"staff {legible(person.id)}"


_OMITTED = {
    Reason.CLASS_WITHOUT_PUPILS: (
        "without any pupil who can be in the set",
        "Look in iSAMS at the pupils on the list of each set: their year, their address, whether they are current.",
    ),
    Reason.CLASS_WITHOUT_TITLE: (
        "whose title would be empty",
        "Give each set a code in iSAMS, or put {set_name} into title in the profile.",
    ),
    Reason.DUPLICATE_CLASS: (
        "of a second set or group with the same id in iSAMS",
        "Ask iSAMS support why two records have one id.",
    ),
    Reason.VALUE_WITH_LINE_BREAK: (
        "with a line break in the id or the title",
        "Remove the line break from the code of each set in iSAMS.",
    ),
    Reason.VALUE_TOO_LONG: (
        f"with an id or a title of more than {LONGEST_VALUE:,} characters",
        "Correct the code of each set in iSAMS.",
    ),
    Reason.CLASS_TOO_SMALL: (
        "with fewer pupils than min_pupils",
        "Put more pupils into each set or group in iSAMS, or lower min_pupils under [classes] in the profile.",
    ),
}
_WHY_NO_PUPIL = {
    Reason.PUPIL_WITHOUT_EMAIL: "without an e-mail address",
    Reason.PUPIL_OUTSIDE_YEAR_GROUPS: "in a year that the profile does not take",
    Reason.PUPIL_NOT_CURRENT: "not current",
    Reason.DUPLICATE_USERNAME: "with the address of someone else",
    Reason.USER_OMITTED: "left out for another reason",
}


def omitted_classes(results: Sequence[ProfileResult], untaken: UntakenSets, most: int) -> Iterator[Matter]:
    """Yield the classes that were left out, by reason; those for want of a code are among the untaken sets."""
    for reason, (words, advice) in _OMITTED.items():
        if reason is Reason.CLASS_WITHOUT_TITLE and Lack.CODE in untaken.by_lack():
            continue
        details = [
            f"{legible(omission.title) or 'without a title'} (class {legible(omission.id)}): {result.profile}{why}"
            for result in results
            for omission, why in _omitted(result, reason)
        ]
        if details:
            yield Matter(
                what=f"{counted(len(details), 'class is', 'classes are')} left out: {words}",
                details=shortened(details, most=most),
                advice=advice,
            )


def _omitted(result: ProfileResult, reason: Reason) -> Iterator[tuple[Omission, str]]:
    """Yield the classes of a profile that were left out for a reason, with what ails their pupils."""
    classes = [omission for omission in result.omissions if (omission.kind, omission.reason) == (Kind.CLASS, reason)]
    pupils: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if reason is Reason.CLASS_WITHOUT_PUPILS:
        for omission in result.omissions:
            if omission.kind is Kind.ENROLLMENT and omission.reason in _WHY_NO_PUPIL:
                pupils[omission.class_id][_WHY_NO_PUPIL[omission.reason]] += 1
    for omission in classes:
        why = ", ".join(f"{counted(number, 'pupil', 'pupils')} {what}" for what, number in pupils[omission.id].items())
        yield omission, f" ({why})" if why else ""


def untaken_sets(untaken: UntakenSets, most: int) -> Iterator[Matter]:
    """Yield the teaching sets that no profile takes as classes, by what they lack."""
    for lack, teaching_sets in untaken.by_lack().items():
        yield Matter(
            what=f"{counted(len(teaching_sets), 'teaching set has', 'teaching sets have')} {lack}",
            details=(", ".join(map(set_words, teaching_sets[:most])) + more(len(teaching_sets) - most),),
            advice=sentence(untaken.advice(lack)),
        )
