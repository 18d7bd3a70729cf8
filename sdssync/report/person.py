"""The answer about a person in words: the short answer first, then profile by profile, from the document to the set."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from sdssync.publish.manifest import ClassSources
from sdssync.report.answers import Answer, ProfileAnswer
from sdssync.report.matter import LISTED, more, sentence
from sdssync.report.names import counted, legible, person_words
from sdssync.report.screen import Line
from sdssync.report.standing import day_words, finding_sentences, history_sentences
from sdssync.report.step_words import ELSEWHERE, StepWords, called, ends_of, enumerated, thing_words
from sdssync.report.telling import Story, Telling, answer_lines
from sdssync.roster.attribution import PersonRef
from sdssync.roster.sources import ClassKind
from sdssync.roster.steps import PersonTrace, Place, Step, StepKind, Who
from sdssync.safety.presence import Seen, SourceRef, sources_of, thing_ref


def person_lines(answer: Answer) -> Iterator[Line]:
    """Yield the answer about a person."""
    if answer.who is None:
        return
    name = called(answer.who)
    telling = Telling(
        name=name,
        absent="in no set",
        is_in=lambda profiles, still: f"{name} is{still} in the {_sets(profiles)}",
        is_coming=lambda profiles: f"{name} is not in the published {_sets(profiles)}",
        is_out=partial(_out_words, answer, name),
        about=partial(record_words, answer, answer.who),
        story=partial(_story, answer),
    )
    yield from answer_lines(answer, telling)


def record_words(answer: Answer, who: Who) -> Iterator[str]:
    """Yield who the person is in iSAMS, of someone whom it does not have who it was."""
    if not who.records:
        yield from _former_words(answer)
        return
    record = who.records[0]
    what = "a current pupil" if who.is_pupil else "current staff"
    words = f"{person_words(PersonRef(id=who.id, record=record))}: {what} in iSAMS"
    if len(who.records) > 1:
        words += f", whom iSAMS has {len(who.records)} times"
    if answer.kept:
        until = day_words(answer.kept.until)
        yield f"{words}, without an e-mail address; keeps {answer.kept.username} until {until}."
        yield "Enter the address in iSAMS before that day; from then on the person is left out."
    else:
        yield f"{words}, {legible(record.email) or 'without an e-mail address'}."
    if answer.namesakes:
        names = "; ".join(person_words(PersonRef(id=who.id, record=other)) for other in answer.namesakes)
        yield f"The id is also that of {names}: SDS would take both for one person."


def _former_words(answer: Answer) -> Iterator[str]:
    """Yield as whom the published sets had someone."""
    rows = [
        (sighting.day, profile.profile, sighting.seen.user)
        for profile in answer.profiles
        for sighting in profile.presence.sightings
        if sighting.seen.user
    ]
    if rows:
        _, profile, user = max(rows)
        year = f", year {user.grade.lstrip('0')}" if user.grade else ""
        yield f"In the last set of {profile} with this id: {legible(user.username)} ({user.role}{year})."
    traces = [profile.new.person for profile in answer.profiles if profile.new and profile.new.person]
    places = [place for trace in traces[:1] for place in trace.places if not _is_extra(place)]
    if places:
        yield f"Sets and groups in iSAMS have this number: {_things(places)}."
        yield "If it is a former number of a current pupil or teacher, correct it there."


def _out_words(answer: Answer, name: str) -> str:
    """Return that someone is in no set, and why."""
    names = [profile.profile for profile in answer.profiles]
    whose = f"not in the {_sets(names)}" if len(names) == 1 else "in no set"
    if any(profile.presence.spans(partial(answer.has, profile)) for profile in answer.profiles):
        whose += " any more"
    why = _why_in_short(answer)
    return f"{name} is {whose}{f': {why}' if why else ''}"


def _sets(profiles: Sequence[str]) -> str:
    return f"{'set' if len(profiles) == 1 else 'sets'} of {enumerated(profiles)}"


def _why_in_short(answer: Answer) -> str:
    """Return why someone is in no set: what ends the way farthest from its beginning says most."""
    if answer.namesakes and answer.who:
        names = "; ".join(person_words(PersonRef(id=answer.who.id, record=other)) for other in answer.namesakes)
        return f"{names} has the same id"
    ends = [
        (step, StepWords.of(answer, profile))
        for profile in answer.profiles
        if profile.new and profile.new.person
        for step in ends_of(profile.new.person.steps)[:1]
    ]
    if not ends:
        return ""
    step, wording = min(ends, key=lambda end: end[0].kind is StepKind.YEAR)
    if step.kind is StepKind.YEAR and (takers := _takers(answer, step.value)):
        return f"year {legible(step.value)} is taken only by {enumerated(takers).removesuffix(',')}"
    return wording.in_short(step)


def _story(answer: Answer, profile: ProfileAnswer) -> Story:
    new, wording = profile.new, StepWords.of(answer, profile)
    way: list[str] = []
    why = ""
    if new and new.person:
        way += _user_sentences(answer, new.person, wording)
        why = next((wording.why(step) for step in ends_of(new.person.steps)), "")
    if new:
        way += finding_sentences(new, names_classes=True)
        if new.person:
            way += _place_sentences(new.person, wording)
    past = [
        *history_sentences(profile, answer.has_person, why),
        *_last_classes(answer, profile),
        *_left_classes(answer, profile),
    ]
    return Story(way=way, past=past)


def _user_sentences(answer: Answer, trace: PersonTrace, wording: StepWords) -> Iterator[str]:
    """Yield how someone comes to be a user, or why not."""
    yield from filter(None, (wording.duty(step) for step in trace.steps if step.passes))
    for step in ends_of(trace.steps):
        takers = _takers(answer, step.value) if step.kind is StepKind.YEAR else []
        taken = f"; {enumerated(takers)} {'takes' if len(takers) == 1 else 'take'} it" if takers else ""
        left_out = "left out: " if step.kind is StepKind.OMISSION else ""
        yield sentence(f"{left_out}{wording.why(step)}{taken}")
        if step.kind is StepKind.YEAR and step.value.strip() and not takers:
            yield (
                f"If it is to be taken, add {legible(step.value)} to year_groups;"
                " else correct NCYear of the pupil in iSAMS."
            )
        if advice := wording.advice(step):
            yield advice


def _takers(answer: Answer, year: str) -> list[str]:
    """Return the profiles that take the year of a pupil; of one that is not asked today also why not."""
    return [
        f"{profile.profile}, which has expired," if profile.expired else profile.profile
        for profile in answer.profiles
        if any(year in map(str, years) for years in profile.years.values())
    ]


def _place_sentences(trace: PersonTrace, wording: StepWords) -> Iterator[str]:
    """Yield the classes that someone is in, and those that someone is not in, by reason."""
    there = [place for place in trace.places if place.is_in]
    if there:
        yield f"In {counted(len(there), 'class', 'classes')}: {_titles(there)}."
    ends: defaultdict[tuple[object, ...], list[tuple[Step, Place]]] = defaultdict(list)
    for place in trace.places:
        for step in () if _is_extra(place) else ends_of(place.steps)[:1]:
            ends[step.kind, step.part, step.key, step.reason].append((step, place))
    for found in ends.values() if trace.is_in else ():
        steps, places = [step for step, _ in found], [place for _, place in found]
        yield f"Not in {_titles(places)}: {wording.why_all(steps)}."
        if advice := wording.advice(steps[0]):
            yield f"  {advice}"
    if not trace.is_in and not any(step.kind in ELSEWHERE for step in ends_of(trace.steps)):
        places = [place for place in trace.places if not _is_extra(place)]
        if places:
            yield f"In iSAMS in {counted(len(places), 'set or group', 'sets or groups')}: {_things(places)}."


def _things(places: Sequence[Place]) -> str:
    names = list(dict.fromkeys(thing_words(thing) for place in places for thing in place.things))
    return f"{', '.join(names[:LISTED])}{more(len(names) - LISTED)}"


def _is_extra(place: Place) -> bool:
    return any(step.kind is StepKind.EXTRA_TEACHER for step in place.steps)


def _titles(places: Sequence[Place]) -> str:
    titles = list(dict.fromkeys(title_of(place) for place in places))
    return f"{', '.join(titles[:LISTED])}{more(len(titles) - LISTED)}"


def title_of(place: Place) -> str:
    """Return the title of a class, else what it would be made of."""
    if place.candidate and place.candidate.title.strip():
        return legible(place.candidate.title)
    return " and ".join(map(thing_words, place.things))


def _last_classes(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield the classes that someone was in who has left."""
    spans = profile.presence.spans(answer.has_person)
    if spans and spans[-1].gone:
        titles = [legible(seen.title) for seen in spans[-1].last.seen.classes.values()]
        if titles:
            listed = f"{', '.join(titles[:LISTED])}{more(len(titles) - LISTED)}"
            yield f"Was then in {counted(len(titles), 'class', 'classes')}: {listed}."


def _left_classes(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield the classes that someone was in, in the generations that are kept, and is not in any more."""
    last = profile.presence.last
    if last is None or last.seen.user is None:
        return
    former: dict[str, tuple[str, ClassSources]] = {}
    for sighting in profile.presence.sightings:
        former |= {class_id: (seen.title, sighting.made_of) for class_id, seen in sighting.seen.classes.items()}
    trace = profile.new.person if profile.new else None
    for class_id, (title, made_of) in former.items():
        if class_id not in last.seen.classes:
            why = _why_left(class_id, made_of, trace, StepWords.of(answer, profile)) if trace else ""
            for text in history_sentences(profile, partial(_in_class, class_id), why):
                yield f"{legible(title)}: {text[0].lower()}{text[1:]}"


def _why_left(class_id: str, made_of: ClassSources, trace: PersonTrace, wording: StepWords) -> str:
    """Return why someone is not in a class any more."""
    sources = sources_of(made_of, class_id)
    for place in trace.places:
        if {thing_ref(thing) for thing in place.things} & set(sources):
            return next((wording.why(step) for step in ends_of(place.steps)), "")
    return "; ".join(gone_words(source, wording, is_pupil=trace.who.is_pupil) for source in sources)


def gone_words(source: SourceRef, wording: StepWords, *, is_pupil: bool) -> str:
    """Return that someone has nothing to do with a set or a group any more."""
    kind, source_id = source
    if kind is not ClassKind.SET:
        return f"not in {kind.replace('-', ' ')} {legible(source_id)} any more"
    if all(known.id != source_id for known in wording.roll.school.teaching_sets):
        return f"set {legible(source_id)} is not in iSAMS any more"
    where = "on the set list" if is_pupil else "a teacher"
    return f"not {where} of {legible(source_id)} any more"


def _in_class(class_id: str, seen: Seen) -> bool:
    return class_id in seen.classes
