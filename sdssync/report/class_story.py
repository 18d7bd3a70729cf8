"""The answer about a class in words: the short answer, then profile by profile who is in it and who is not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from sdssync.files.names import printable
from sdssync.report.answers import Answer, ProfileAnswer
from sdssync.report.matter import more, sentence
from sdssync.report.names import counted, legible, name_of, person_words
from sdssync.report.person import ends_of, in_order
from sdssync.report.person_in_class import class_words
from sdssync.report.screen import Line
from sdssync.report.standing import (
    Standing,
    day_words,
    finding_sentences,
    gate_sentences,
    history_sentences,
    standing,
    standing_words,
    upload_sentences,
    what_waits,
)
from sdssync.report.step_words import StepWords, enumerated, person_of
from sdssync.report.unasked import without_all
from sdssync.roster.attribution import PersonRef
from sdssync.roster.steps import ClassTrace, Place, Role, StepKind, Thing
from sdssync.safety.presence import Seen
from sdssync.school import TeachingSet

_MEMBERS = 60
"""People of a class who are listed by name."""


def class_lines(answer: Answer) -> Iterator[Line]:
    """Yield the answer about a class."""
    yield Line(printable(_headline(answer)), "bold")
    yield from (Line(printable(_thing_sentence(answer, thing))) for thing in answer.things or ())
    for profile in in_order(answer, _has_class):
        found = standing(profile, partial(_has_class, profile))
        yield Line("")
        yield Line(printable(f"{profile.profile}: {standing_words(profile, found)}"), "bold")
        for text in _story(answer, profile, found):
            yield Line(f"  {printable(text)}")


def _has_class(profile: ProfileAnswer, seen: Seen) -> bool:
    return not profile.class_ids.isdisjoint(seen.classes)


def _headline(answer: Answer) -> str:
    name = class_words(answer)
    found = {profile.profile: standing(profile, partial(_has_class, profile)) for profile in answer.profiles}
    there = [profile for profile, where in found.items() if where in (Standing.IN, Standing.LEAVING)]
    coming = [profile for profile, where in found.items() if where is Standing.COMING]
    if there:
        is_leaving = all(found[profile] is Standing.LEAVING for profile in there)
        still, waits = (" still", what_waits(answer.profiles)) if is_leaving else ("", "")
        return f"{name} is{still} a class of {enumerated(there)}{waits}."
    if coming:
        return f"{name} is not a published class of {enumerated(coming)} yet."
    if answer.unasked:
        return without_all(answer, name, "a class of no set", _has_class)
    if not answer.things:
        return f"{name} is a class of former sets only: nothing in iSAMS makes it any more."
    ends = [
        (step, StepWords.of(answer, profile))
        for profile in answer.profiles
        for trace in (profile.new.classes if profile.new else ())
        for step in ends_of(trace.steps)
    ]
    if not ends:
        return f"{name} makes no class."
    step, wording = min(ends, key=lambda end: end[0].kind is StepKind.YEAR)
    return f"{name} makes no class: {wording.in_short(step)}."


def _thing_sentence(answer: Answer, thing: Thing) -> str:
    """Return what iSAMS has of a set or a group."""
    if not isinstance(thing, TeachingSet):
        year = f", year {legible(thing.year)}" if thing.year else ""
        return f"In iSAMS: {thing.kind.replace('-', ' ')} {legible(thing.id)}{year}."
    subject = answer.roll.subjects.get(thing.subject_id)
    parts = [
        f"set {legible(thing.id)}",
        f"year {legible(thing.year)}" if thing.year else "no year",
        f"subject {legible(thing.subject_id)}{f' ({legible(subject.name)})' if subject else ''}",
        f"{counted(len(answer.roll.members_of(thing)), 'row', 'rows')} in its set list",
        counted(len(set(thing.teacher_ids)), "teacher", "teachers"),
    ]
    return f"In iSAMS: {', '.join(parts)}."


def _story(answer: Answer, profile: ProfileAnswer, found: Standing) -> Iterator[str]:
    wording, new, has = StepWords.of(answer, profile), profile.new, partial(_has_class, profile)
    why = ""
    for trace in new.classes if new else ():
        yield from _class_sentences(trace, wording)
        why = next((wording.why(step) for step in ends_of(trace.steps)), why)
    yield from gate_sentences(profile, found, partial(_has_class, profile))
    if new:
        yield from finding_sentences(new, names_classes=False)
    if new and not answer.things:
        why = "nothing in iSAMS makes it any more"
        yield sentence(why)
    yield from history_sentences(profile, has, why)
    yield from _leavers(answer, profile)
    yield from upload_sentences(profile, has)


def _class_sentences(trace: ClassTrace, wording: StepWords) -> Iterator[str]:
    """Yield what becomes of a class, who is in it, and who is not."""
    candidate = trace.candidate
    if candidate and trace.is_in:
        yield f"The class is {legible(candidate.title)} (id {legible(candidate.id)})."
    yield from (sentence(way) for step in trace.steps if step.passes and (way := wording.way(step)))
    waiting = [wording.why(step) for step in trace.steps if step.passes and step.kind is StepKind.WAITING]
    yield from map(sentence, waiting)
    for step in ends_of(trace.steps):
        yield sentence(wording.why(step))
        if advice := wording.advice(step):
            yield advice
    if trace.is_in:
        for role, nouns in ((Role.TEACHER, ("teacher", "teachers")), (Role.STUDENT, ("pupil", "pupils"))):
            people = [place for place in trace.places if place.is_in and place.role is role]
            yield f"{counted(len(people), *nouns)}{f': {_names(people)}' if people else ''}."
    yield from _not_in(trace, wording)


def _not_in(trace: ClassTrace, wording: StepWords) -> Iterator[str]:
    """Yield who is not in a class, by reason; those who only go with the class have its own."""
    of_class = {(step.kind, step.reason) for step in trace.steps}
    reasons: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in trace.places:
        own = [step for step in ends_of(place.steps) if (step.kind, step.reason) not in of_class]
        for step in own[:1]:
            reasons[wording.why(step), wording.advice(step)].append(place)
    for (why, advice), places in reasons.items():
        people = "; ".join(_person(place) for place in places[:_MEMBERS]) + more(len(places) - _MEMBERS)
        yield f"Not in it, {why}: {people}."
        if advice:
            yield f"  {advice}"


def _names(places: Sequence[Place]) -> str:
    names = [name_of(place.who.records[0]) if place.who.records else legible(place.who.id) for place in places]
    return "; ".join(names[:_MEMBERS]) + more(len(names) - _MEMBERS)


def _person(place: Place) -> str:
    return person_words(PersonRef(id=place.who.id, record=next(iter(place.who.records), None)))


def _leavers(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield who was in the class in the generations that are kept, and is not in it any more."""
    present: set[str] = set()
    left: dict[str, str] = {}
    for sighting in profile.presence.sightings:
        members = {user for seen in sighting.seen.classes.values() for user in seen.members}
        left |= dict.fromkeys(present - members, f"{day_words(sighting.day)} (generation {sighting.generation})")
        left = {user: when for user, when in left.items() if user not in members}
        present = members
    by_day: defaultdict[str, list[str]] = defaultdict(list)
    for user, when in left.items():
        by_day[when].append(person_words(person_of(answer.roll, user)))
    for when, people in by_day.items():
        names = "; ".join(sorted(people)[:_MEMBERS]) + more(len(people) - _MEMBERS)
        yield f"Left on {when}: {names}."
