"""The answer to "why is she not in that class?": the short answer first, then profile by profile."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sdssync.report.answers import Answer, NewSet, ProfileAnswer
from sdssync.report.matter import LISTED, more, sentence
from sdssync.report.names import legible
from sdssync.report.person import record_words
from sdssync.report.screen import Line
from sdssync.report.standing import finding_sentences, history_sentences
from sdssync.report.step_words import StepWords, called, ends_of, enumerated, thing_words
from sdssync.report.subject import class_words
from sdssync.report.telling import Story, Telling, answer_lines
from sdssync.roster.steps import PersonTrace, Place, Role, StepKind, Thing
from sdssync.school import Pupil, TeachingSet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """Why a person is not in a class of a profile."""

    why: str
    advice: str = ""
    in_short: str = ""
    """For the short answer, if that is other."""
    is_of_year: bool = False
    """The profile is not for the year of the person at all."""


def person_in_class_lines(answer: Answer) -> Iterator[Line]:
    """Yield the answer about a person in a class."""
    if answer.who is None:
        return
    name, class_name = called(answer.who), class_words(answer)
    telling = Telling(
        name=name,
        absent=f"not in {class_name} of any set",
        is_in=lambda profiles, still: f"{name} is{still} in {class_name} of {enumerated(profiles)}",
        is_coming=lambda profiles: f"{name} is not in the published class {class_name} of {enumerated(profiles)}",
        is_out=partial(_out_words, answer, f"{name} is not in {class_name}"),
        about=partial(record_words, answer, answer.who),
        story=partial(_story, answer),
        noun="class",
    )
    yield from answer_lines(answer, telling)


def _out_words(answer: Answer, text: str) -> str:
    """Return that someone is not in a class, and why."""
    reasons: dict[_Reason, list[str]] = {}
    for profile in answer.profiles:
        for reason in _reasons(answer, profile):
            reasons.setdefault(reason, []).append(profile.profile)
    if not reasons:
        return text
    reason = min(reasons, key=lambda reason: reason.is_of_year)
    of_all = f" of {enumerated(reasons[reason])}" if not reason.is_of_year or len(answer.profiles) == 1 else ""
    return f"{text}{of_all}: {reason.in_short or reason.why}"


def _reasons(answer: Answer, profile: ProfileAnswer) -> list[_Reason]:
    """Return why the person is not in the class of a profile; []: it is in the set of today, or nothing is known."""
    new, wording = profile.new, StepWords.of(answer, profile)
    if new is None or new.person is None:
        return []
    places = places_in(new.person, answer)
    ends = [*ends_of(new.person.steps), *(step for place in places for step in ends_of(place.steps))]
    found = [
        _Reason(
            why=wording.why(step),
            advice=wording.advice(step),
            in_short=wording.in_short(step),
            is_of_year=step.kind is StepKind.YEAR,
        )
        for step in ends
    ]
    return [*dict.fromkeys(found), *([] if places else [_not_listed(answer, new, wording)])]


def places_in(trace: PersonTrace, answer: Answer) -> tuple[Place, ...]:
    """Return the places of a person in the class that was asked for."""
    ids = {_key(thing) for thing in answer.things or ()}
    return tuple(place for place in trace.places if ids & {_key(thing) for thing in place.things})


def _key(thing: Thing) -> tuple[str, str]:
    """Return what makes a thing the same in each reading of the document."""
    return ("set" if isinstance(thing, TeachingSet) else thing.kind), thing.id


def _not_listed(answer: Answer, new: NewSet, wording: StepWords) -> _Reason:
    """Return that the person has nothing to do with the class in iSAMS; or that there is no class."""
    if not answer.things:
        return _Reason(why="nothing in iSAMS makes this class")
    for trace in new.classes:
        for step in ends_of(trace.steps):
            return _Reason(
                why=f"it makes no class: {wording.why(step)}",
                advice=wording.advice(step),
                is_of_year=step.kind is StepKind.YEAR,
            )
    is_pupil = answer.who is None or answer.who.is_pupil or not answer.who.records
    names = " or ".join(_where(thing, is_pupil=is_pupil) for thing in answer.things)
    return _Reason(why=f"not {names} in iSAMS", advice="If that is wrong, correct it in iSAMS; the next run takes it.")


def _where(thing: Thing, *, is_pupil: bool) -> str:
    if not isinstance(thing, TeachingSet):
        return f"in {thing.kind.replace('-', ' ')} {legible(thing.id)}" if is_pupil else "a tutor or house master of it"
    return f"on the set list of {legible(thing.id)}" if is_pupil else f"a teacher of set {legible(thing.id)}"


def _story(answer: Answer, profile: ProfileAnswer) -> Story:
    new, wording, reasons = profile.new, StepWords.of(answer, profile), _reasons(answer, profile)
    is_for_others = bool(reasons) and reasons[0].is_of_year
    way: list[str] = []
    if new and new.person and not is_for_others:
        for place in places_in(new.person, answer):
            way += _way_sentences(place, wording)
    for reason in reasons[:1] if is_for_others else reasons:
        way += filter(None, (sentence(reason.why), reason.advice))
    if new and new.person and not is_for_others:
        way += _hints(answer, new, new.person)
    if new:
        way += finding_sentences(new, names_classes=False)
    why = reasons[0].why if reasons else ""
    why = f"{why} any more" if why.startswith("not ") else why
    return Story(way=way, past=[*history_sentences(profile, partial(answer.has, profile), why)])


def _way_sentences(place: Place, wording: StepWords) -> Iterator[str]:
    """Yield how the person comes to the class in iSAMS."""
    ways = [way for step in place.steps if step.passes and (way := wording.way(step))]
    if ways:
        yield sentence("; ".join(ways))
    if place.is_in and place.candidate:
        yield f"The class is {legible(place.candidate.title)} (id {legible(place.candidate.id)})."


def _hints(answer: Answer, new: NewSet, trace: PersonTrace) -> Iterator[str]:
    """Yield what may be meant in place of a list that the person is not on."""
    if places_in(trace, answer) or not answer.things or (answer.who and answer.who.records and not answer.who.is_pupil):
        return
    subjects = {(thing.subject_id, thing.year) for thing in answer.things if isinstance(thing, TeachingSet)}
    others = [
        f"{thing_words(thing)} (set {legible(thing.id)})"
        for place in trace.places
        for thing in place.things
        if isinstance(thing, TeachingSet) and (thing.subject_id, thing.year) in subjects
    ]
    if others:
        yield f"In the same subject and year, on the list of {', '.join(others)}."
    strangers = strangers_of(answer, new)
    if strangers:
        listed = f"{', '.join(map(legible, strangers[:LISTED]))}{more(len(strangers) - LISTED)}"
        one, what = ("that", "not a current pupil") if len(strangers) == 1 else ("one", "not current pupils")
        name = called(answer.who) if answer.who else ""
        yield f"Its list also names {listed}: {what}."
        yield f"If {one} is a former number of {name}, correct the list in iSAMS."


def strangers_of(answer: Answer, new: NewSet) -> list[str]:
    """Return the numbers on the list of the class that no current pupil has, if the person is of its year."""
    years = {record.year for record in answer.who.records if isinstance(record, Pupil)} if answer.who else set()
    return [
        place.who.id
        for known in new.classes
        if not years or years & {thing.year for thing in known.things}
        for place in known.places
        if place.role is Role.STUDENT and not place.who.records and place.who.id
    ]


def unlisted_steps(answer: Answer, new: NewSet, wording: StepWords) -> Iterator[dict[str, Any]]:
    """Yield, as the documented JSON, that the person is on no list of the class, with the unknown numbers there."""
    if new.person is None or places_in(new.person, answer) or any(ends_of(known.steps) for known in new.classes):
        return
    reason, is_staff = _not_listed(answer, new, wording), bool(new.person.who.records) and not new.person.who.is_pupil
    for thing in answer.things or ():
        kind = (
            StepKind.GROUP
            if not isinstance(thing, TeachingSet)
            else StepKind.TEACHER
            if is_staff
            else StepKind.SET_LIST
        )
        step = {"step": kind, "passes": False, "value": thing.id}
        if kind is StepKind.SET_LIST and (strangers := strangers_of(answer, new)):
            step["ids"] = strangers
        yield step | {"why": reason.why, "advice": reason.advice}
