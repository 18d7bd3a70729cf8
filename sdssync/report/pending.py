"""The new set of a profile that is not published: what it changes about what was asked for, and why it waits."""

from collections.abc import Iterator, Sequence
from functools import partial

from sdssync.report.answers import Answer, NewSet, ProfileAnswer
from sdssync.report.matter import quoted
from sdssync.report.names import counted
from sdssync.report.outcome import Outcome
from sdssync.report.plan_words import trip_words
from sdssync.report.seen_words import change_words
from sdssync.report.standing import Standing, day_words, standing
from sdssync.report.step_words import enumerated
from sdssync.report.subject import in_it_words
from sdssync.sds.catalogue.rules import CATALOGUE

_HELD_BACK = (Outcome.HELD, Outcome.REJECTED)


def is_pending(answer: Answer, profile: ProfileAnswer) -> bool:
    """Return True if the new set is held back, or the next run changes what was asked for."""
    new = profile.new
    return new is not None and (new.outcome in _HELD_BACK or bool(changes_of(answer, profile, new)))


def changes_of(answer: Answer, profile: ProfileAnswer, new: NewSet) -> list[str]:
    """Return what the new set changes about what was asked for."""
    old = answer.part_of(profile, profile.output)
    return list(filter(None, change_words(answer, old, answer.part_of(profile, new.seen))))


def pending_clause(answer: Answer, profile: ProfileAnswer, noun: str) -> str:
    """Return what the new set does about something that is in both, as the end of a sentence; "": nothing."""
    new = profile.new
    if new is None:
        return ""
    if new.outcome is Outcome.REJECTED:
        return f"; {noun} breaks rules of SDS and is not published"
    if not changes_of(answer, profile, new):
        return ""
    if new.outcome is Outcome.HELD:
        return f"; {noun}, {wait_words(profile)}, changes this"
    return "; the next run changes this"


def wait_words(profile: ProfileAnswer) -> str:
    """Return why a held set is not published yet, after its name."""
    return "which waits for approval" if profile.is_waiting else "which the next run holds"


def standing_words(answer: Answer, profile: ProfileAnswer, found: Standing, noun: str) -> str:
    """Return where something is, after the name of the profile."""
    if profile.expired:
        last = f"{'in' if found is Standing.IN else 'not in'} its last published {noun}"
        return f"expired on {day_words(profile.expired)}, so nothing is done for it any more; {last}"
    if found is Standing.COMING and answer.is_removed_by_hand(profile):
        return f"not in the {noun} in the output folder, which was changed by hand"
    new_one = _new_one(profile)
    return {
        Standing.UNKNOWN: profile.failure,
        Standing.IN: f"in the {noun}{pending_clause(answer, profile, 'the new one')}",
        Standing.COMING: f"not in the published {noun}{f'; in {new_one}' if new_one else ' yet'}",
        Standing.LEAVING: f"still in the published {noun}{f'; not in {new_one}' if new_one else ''}",
        Standing.OUT: f"not in the {noun}",
    }[found]


def _new_one(profile: ProfileAnswer) -> str:
    """Return the new set of a profile if it is held back; else ""."""
    outcome = profile.new.outcome if profile.new else None
    if outcome is Outcome.HELD:
        return f"the new one, {wait_words(profile)}"
    return "the new one, which breaks rules of SDS" if outcome is Outcome.REJECTED else ""


def headline_end(answer: Answer, there: Sequence[ProfileAnswer]) -> str:
    """Return what the next sets change about something that is in the sets of some profiles."""
    if any(standing(profile, partial(answer.has, profile)) is not Standing.LEAVING for profile in there):
        clauses = (
            pending_clause(answer, profile, f"the new one of {profile.profile}" if len(there) > 1 else "the new one")
            for profile in there
        )
        return "".join(dict.fromkeys(clauses))
    by_outcome = {profile.new.outcome: profile for profile in there if profile.new}
    if held := by_outcome.get(Outcome.HELD):
        return f", but not in the new set, {wait_words(held)}"
    if Outcome.REJECTED in by_outcome:
        return ", but not in the new set, which breaks rules of SDS"
    return ", until the next run"


def pending_sentences(answer: Answer, profile: ProfileAnswer, found: Standing) -> Iterator[str]:
    """Yield what the new set changes about what was asked for."""
    new = profile.new
    if new is None:
        return
    changes = changes_of(answer, profile, new)
    would = "It would change this:" if changes else "It would change nothing about this."
    name = quoted(profile.profile)
    match new.outcome:
        case Outcome.REJECTED:
            rules = ", ".join(f"{code} {CATALOGUE[code].title}" for code in new.rejecting)
            yield f"The new set breaks rules of SDS and is not published: {rules}."
            yield f"Look: sdssync plan {name}. What to do: sdssync rule {new.rejecting[0]}"
            if found is not Standing.OUT:
                yield would
        case Outcome.HELD:
            waits = "A new set waits for approval." if profile.is_waiting else "The next run holds the new set."
            yield f"{waits} {would}"
        case _:
            verb = {Standing.COMING: "adds", Standing.LEAVING: "removes"}.get(found, "changes")
            yield f"The next run {verb} this: sdssync run {name}"
    if found is Standing.IN or new.outcome in _HELD_BACK:
        yield from (f"  {change}" for change in changes)


def gate_sentences(profile: ProfileAnswer) -> Iterator[str]:
    """Yield which gates hold the new set, and how to let it pass."""
    new, held, name = profile.new, profile.held, quoted(profile.profile)
    if new and new.outcome is Outcome.HELD and new.plan:
        trips = {trip.gate: trip for trip in reversed(new.plan.trips)}
        yield f"The new set is held by {counted(len(trips), 'gate', 'gates')}:"
        yield from (f"  {trip_words(trips[gate])}" for gate in new.plan.gates)
        if held and profile.is_waiting:
            day, until = day_words(held.manifest.day), day_words(held.until)
            yield f"It was last held on {day}, and can be approved until {until}."
        command = f"sdssync release {name}" if profile.is_pinned else f"sdssync approve {name} {new.plan.plan_id}"
        after = "If it is right" if profile.is_pinned or profile.is_waiting else "If it is right, after the next run"
        yield f"Look: sdssync plan {name}. {after}: {command}"


def other_set_sentences(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield that a set waits for approval that is not the one of today."""
    held = profile.held
    if held and not profile.is_waiting:
        seen = profile.held_seen
        in_it = in_it_words(answer, is_in=bool(seen and answer.has(profile, seen)))
        gates = enumerated([f"gate {gate}" for gate in held.gates])
        yield f"Another set waits for approval, last held on {day_words(held.manifest.day)} by {gates}; {in_it}."
