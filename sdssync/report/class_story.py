"""The answer about a class in words: the short answer, then profile by profile who is in it and who is not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from sdssync.report.answers import Answer, ProfileAnswer
from sdssync.report.matter import more, sentence
from sdssync.report.names import counted, legible, name_of, person_words
from sdssync.report.screen import Line
from sdssync.report.seen_words import MEMBERS
from sdssync.report.standing import day_words, finding_sentences, history_sentences
from sdssync.report.step_words import StepWords, ends_of, enumerated, person_of
from sdssync.report.subject import class_words
from sdssync.report.telling import Story, Telling, answer_lines
from sdssync.roster.attribution import PersonRef
from sdssync.roster.steps import ClassTrace, Place, Role, StepKind, Thing
from sdssync.school import TeachingSet


def class_lines(answer: Answer) -> Iterator[Line]:
    """Yield the answer about a class."""
    name = class_words(answer)
    telling = Telling(
        name=name,
        absent="a class of no set",
        is_in=lambda profiles, still: f"{name} is{still} a class of {enumerated(profiles)}",
        is_coming=lambda profiles: f"{name} is not a published class of {enumerated(profiles)}",
        is_out=partial(_out_words, answer, name),
        about=lambda: (_thing_sentence(answer, thing) for thing in answer.things or ()),
        story=partial(_story, answer),
    )
    yield from answer_lines(answer, telling)


def _out_words(answer: Answer, name: str) -> str:
    """Return that nothing is a class, and why."""
    if not answer.things:
        return f"{name} is a class of former sets only: nothing in iSAMS makes it any more"
    ends = [
        (step, StepWords.of(answer, profile))
        for profile in answer.profiles
        for trace in (profile.new.classes if profile.new else ())
        for step in ends_of(trace.steps)
    ]
    if not ends:
        return f"{name} makes no class"
    step, wording = min(ends, key=lambda end: end[0].kind is StepKind.YEAR)
    return f"{name} makes no class: {wording.in_short(step)}"


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


def _story(answer: Answer, profile: ProfileAnswer) -> Story:
    wording, new = StepWords.of(answer, profile), profile.new
    way: list[str] = []
    why = ""
    for trace in new.classes if new else ():
        way += _class_sentences(trace, wording)
        why = next((wording.why(step) for step in ends_of(trace.steps)), why)
    if new:
        way += finding_sentences(new, names_classes=False)
        if not answer.things:
            why = "nothing in iSAMS makes it any more"
            way.append(sentence(why))
    past = [*history_sentences(profile, partial(answer.has, profile), why), *_leavers(answer, profile)]
    return Story(way=way, past=past)


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
        people = "; ".join(_person(place) for place in places[:MEMBERS]) + more(len(places) - MEMBERS)
        yield f"Not in it, {why}: {people}."
        if advice:
            yield f"  {advice}"


def _names(places: Sequence[Place]) -> str:
    names = [name_of(place.who.records[0]) if place.who.records else legible(place.who.id) for place in places]
    return "; ".join(names[:MEMBERS]) + more(len(names) - MEMBERS)


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
        names = "; ".join(sorted(people)[:MEMBERS]) + more(len(people) - MEMBERS)
        yield f"Left on {when}: {names}."
