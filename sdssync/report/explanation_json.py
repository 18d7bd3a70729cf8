"""The result of `sdssync explain` as the documented JSON: the same steps as the text, with their facts."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sdssync.report.answers import Answer, NewSet, ProfileAnswer, Suggestion, Suggestions
from sdssync.report.json_result import json_result
from sdssync.report.person_in_class import places_in, unlisted_steps
from sdssync.report.plan import trip_shape
from sdssync.report.standing import standing
from sdssync.report.step_words import StepWords
from sdssync.roster.directory import PersonMatch
from sdssync.roster.roll import Roll
from sdssync.roster.steps import ClassTrace, Place, Step, Thing, Who
from sdssync.safety.presence import Span
from sdssync.school import Group, Pupil


def explanation_json(result: Answer | Suggestions) -> str:
    """Return an answer, or what may be meant, as JSON."""
    if isinstance(result, Suggestions):
        found = [_suggestion_shape(suggestion, result.roll) for suggestion in result.found]
        return json_result(asked="several", found=found)
    asked = "class" if result.who is None else "person" if result.things is None else "person_in_class"
    person = None if result.who is None else _person_shape(result.who)
    if person and result.kept:
        person |= {"email": "", "keeps": result.kept.username, "keeps_until": result.kept.until.isoformat()}
    return json_result(
        asked=asked,
        person=person,
        made_of=None if result.things is None else [_thing_shape(thing) for thing in result.things],
        nearest=result.is_nearest,
        former_names=[
            {"name": former.name, "profile": former.profile, "generation": former.generation}
            for former in result.former_names
        ],
        profiles=[_profile_shape(result, profile) for profile in result.profiles],
    )


def _suggestion_shape(suggestion: Suggestion, roll: Roll) -> dict[str, Any]:
    match = suggestion.match
    shape: dict[str, Any] = {"arguments": suggestion.arguments}
    if isinstance(match, PersonMatch):
        return {"kind": "person", **_person_shape(match.who(roll)), **shape}
    things = [_thing_shape(thing) for thing in match.things(roll)]
    return {"kind": "class", "class_ids": list(match.ids), "made_of": things, **shape}


def _person_shape(who: Who) -> dict[str, Any]:
    record = next(iter(who.records), None)
    if record is None:
        return {"id": who.id, "in_isams": None}
    return {
        "id": who.id,
        "in_isams": "pupil" if who.is_pupil else "staff",
        "surname": record.surname,
        "forename": record.forename,
        "year": record.year if isinstance(record, Pupil) else "",
        "email": record.email,
    }


def _thing_shape(thing: Thing) -> dict[str, Any]:
    if isinstance(thing, Group):
        return {"kind": thing.kind, "id": thing.id, "code": thing.code, "name": thing.name, "year": thing.year}
    shape = {"kind": "set", "id": thing.id, "code": thing.code, "name": thing.name, "year": thing.year}
    return shape | {"subject_id": thing.subject_id}


def _profile_shape(answer: Answer, profile: ProfileAnswer) -> dict[str, Any]:
    has = partial(answer.has, profile)
    last = profile.handed_over
    return {
        "profile": profile.profile,
        "standing": standing(profile, has),
        "expired": profile.expired.isoformat() if profile.expired else None,
        "failure": profile.failure or None,
        **(_new_shape(answer, profile, profile.new) if profile.new else {}),
        "pinned": profile.is_pinned,
        "held_since": profile.held.since.isoformat(timespec="seconds") if profile.held else None,
        "history": [_span_shape(span) for span in profile.presence.spans(has)],
        "damaged_generations": list(profile.presence.damaged),
        "handed_over": {
            "generation": last.generation,
            "at": last.at.isoformat(timespec="seconds"),
            "trial": last.is_trial,
        }
        if last
        else None,
    }


def _new_shape(answer: Answer, profile: ProfileAnswer, new: NewSet) -> dict[str, Any]:
    """Return the set that a run would make today, and the way there."""
    wording = StepWords.of(answer, profile)
    shape: dict[str, Any] = {
        "outcome": new.outcome,
        "rejected_by": list(new.rejecting),
        "plan_id": new.plan.plan_id if new.plan else None,
        "gates": [trip_shape(trip) for trip in new.plan.trips] if new.plan else [],
        "findings": [
            {"code": found.finding.code, "message": found.finding.message, "hint": found.finding.hint}
            for found in new.findings
        ],
    }
    if new.person:
        places = new.person.places if answer.things is None else places_in(new.person, answer)
        shape["steps"] = _steps(new.person.steps, wording)
        if answer.things:
            shape["steps"] += unlisted_steps(answer, new, wording)
        shape["places"] = [_place_shape(place, wording) for place in places]
    if answer.things is not None:
        members = answer.who is None
        shape["classes"] = [_class_shape(trace, wording, members=members) for trace in new.classes]
    return shape


def _class_ref(trace: ClassTrace | Place) -> dict[str, Any]:
    candidate = trace.candidate
    return {
        "class_id": candidate.id if candidate else None,
        "title": candidate.title if candidate else None,
        "made_of": [thing.id for thing in trace.things],
    }


def _place_shape(place: Place, wording: StepWords) -> dict[str, Any]:
    return {
        **_class_ref(place),
        "user_id": place.who.id,
        "role": place.role,
        "is_in": place.is_in,
        "steps": _steps(place.steps, wording),
    }


def _class_shape(trace: ClassTrace, wording: StepWords, *, members: bool) -> dict[str, Any]:
    shape = {**_class_ref(trace), "is_in": trace.is_in, "steps": _steps(trace.steps, wording)}
    return shape | ({"members": [_place_shape(place, wording) for place in trace.places]} if members else {})


def _steps(steps: tuple[Step, ...], wording: StepWords) -> list[dict[str, Any]]:
    return [{key: value for key, value in _step(step, wording) if value or value is False} for step in steps]


def _step(step: Step, wording: StepWords) -> Iterator[tuple[str, Any]]:
    yield "step", step.kind
    yield "passes", step.passes
    yield "part", step.part
    yield "key", step.key
    yield "value", step.value
    yield "number", step.number
    yield "reason", step.reason
    yield "ids", list(step.ids)
    if not step.passes:
        yield "why", wording.why(step)
        yield "advice", wording.advice(step)


def _span_shape(span: Span) -> dict[str, Any]:
    gone = None if span.unseen else span.gone
    return {
        "generation": span.first.generation,
        "day": span.first.day.isoformat(),
        "last_generation": span.last.generation,
        "left_generation": gone.generation if gone else None,
        "left_day": gone.day.isoformat() if gone else None,
    }
