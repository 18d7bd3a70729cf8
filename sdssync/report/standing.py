"""Where something is between the set of today and the published one, and since when: words for any answer."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum

from sdssync.report.answers import NewSet, ProfileAnswer
from sdssync.report.matter import LISTED, more, quoted, sentence
from sdssync.report.names import counted, legible
from sdssync.report.outcome import Outcome
from sdssync.report.plan_words import trip_words
from sdssync.safety.presence import Seen, Span
from sdssync.sds.catalogue.rules import CATALOGUE

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Standing(StrEnum):
    """Where something is."""

    IN = "in"
    """In the published set, and it stays."""
    COMING = "coming"
    """In the set of today, and not in the published one."""
    LEAVING = "leaving"
    """In the published set, and not in that of today."""
    OUT = "out"
    UNKNOWN = "unknown"
    """The profile fails today."""


def standing(profile: ProfileAnswer, has: Callable[[Seen], object]) -> Standing:
    """Return where something is for a profile."""
    is_published = bool(profile.output and has(profile.output))
    if profile.expired:
        return Standing.IN if is_published else Standing.OUT
    if profile.new is None:
        return Standing.UNKNOWN
    if has(profile.new.seen):
        return Standing.IN if is_published else Standing.COMING
    return Standing.LEAVING if is_published else Standing.OUT


def standing_words(profile: ProfileAnswer, found: Standing, noun: str = "set") -> str:  # noqa: PLR0911  (one text for each)
    """Return where something is, after the name of the profile."""
    if profile.expired:
        last = f"{'in' if found is Standing.IN else 'not in'} its last published {noun}"
        return f"expired on {day_words(profile.expired)}, so nothing is done for it any more; {last}"
    is_waiting = profile.new is not None and profile.new.outcome is Outcome.HELD
    match found:
        case Standing.UNKNOWN:
            return profile.failure
        case Standing.IN:
            return f"in the {noun}"
        case Standing.OUT:
            return f"not in the {noun}"
        case Standing.COMING if is_waiting:
            return f"not in the published {noun}; in the new one, which waits for approval"
        case Standing.COMING:
            return f"not in the published {noun} yet"
        case Standing.LEAVING if is_waiting:
            return f"still in the published {noun}; not in the new one, which waits for approval"
    return f"still in the published {noun}"


def what_waits(profiles: Iterable[ProfileAnswer]) -> str:
    """Return what the next set changes about something that is in the published ones, after its short answer."""
    outcomes = {profile.new.outcome for profile in profiles if profile.new}
    if Outcome.HELD in outcomes:
        return ", but not in the new set, which waits for approval"
    if Outcome.REJECTED in outcomes:
        return ", but not in the new set, which breaks rules of SDS"
    return ", until the next run"


def gate_sentences(profile: ProfileAnswer, found: Standing, has: Callable[[Seen], object]) -> Iterator[str]:
    """Yield why the set of today is not the published one, if that makes a difference here."""
    new, held = profile.new, profile.held
    is_rejecting = new is not None and any(about.finding.code in new.rejecting for about in new.findings)
    if new and (is_rejecting or found in (Standing.COMING, Standing.LEAVING)):
        yield from _unpublished(profile, new, is_coming=found is Standing.COMING)
    is_another = held is not None and not (new and new.plan and new.plan.plan_id == held.plan_id)
    if held and is_another:
        has_it = "with" if profile.held_seen and has(profile.held_seen) else "without"
        since, gates = day_words(held.since.date()), ", ".join(held.gates)
        yield f"Another set has been waiting for approval since {since}, {has_it} this; held by {gates}."


def _unpublished(profile: ProfileAnswer, new: NewSet, *, is_coming: bool) -> Iterator[str]:
    name = quoted(profile.profile)
    match new.outcome:
        case Outcome.REJECTED:
            rules = ", ".join(f"{code} {CATALOGUE[code].title}" for code in new.rejecting)
            yield f"The new set breaks rules of SDS and is not published: {rules}."
        case Outcome.HELD if new.plan:
            trips = {trip.gate: trip for trip in reversed(new.plan.trips)}
            yield f"The new set is held by {counted(len(trips), 'gate', 'gates')}:"
            yield from (f"  {trip_words(trips[gate])}" for gate in new.plan.gates)
            held = profile.held
            if held and held.plan_id == new.plan.plan_id:
                until = day_words(held.until)
                yield f"It has been waiting since {day_words(held.since.date())}, and can be approved until {until}."
            command = f"sdssync release {name}" if profile.is_pinned else f"sdssync approve {name} {new.plan.plan_id}"
            yield f"Look: sdssync plan {name}. If it is right: {command}"
        case Outcome.PUBLISHED:
            yield f"The next run {'adds' if is_coming else 'removes'} this: sdssync run {name}"


def finding_sentences(new: NewSet, *, names_classes: bool) -> Iterator[str]:
    """Yield what the rules of SDS say about the rows of what was asked for, of a person with the classes."""
    classes: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for found in new.findings:
        finding = found.finding
        classes[finding.code, finding.message, finding.hint] |= {legible(ref.title): None for ref in found.classes}
    for (code, message, hint), found_titles in classes.items():
        titles = [*found_titles] if names_classes else []
        about = f" ({', '.join(titles[:LISTED])}{more(len(titles) - LISTED)})" if titles else ""
        yield f"{code}: {message}{about}. {sentence(hint)}"


def history_sentences(profile: ProfileAnswer, has: Callable[[Seen], object], why: str = "") -> Iterator[str]:
    """Yield since when and until when the published sets had something; `why` is why it is gone."""
    spans = profile.presence.spans(has)
    for span in spans:
        since = f"{'At least since' if span.is_oldest and span.first.generation > 1 else 'Since'} {_sighted(span)}"
        if span.gone is None:
            yield f"Published {since[0].lower()}{since[1:]}."
            continue
        cause = f": {why}" if why and span is spans[-1] else ""
        gone = f"left on {day_words(span.gone.day)} (generation {span.gone.generation})"
        yield f"In {since[0].lower()}{since[1:]}, {gone}{cause}."
    if profile.presence.damaged:
        numbers = ", ".join(map(str, profile.presence.damaged))
        yield f"Not looked at: generation {numbers}, which is damaged."


def _sighted(span: Span) -> str:
    return f"{day_words(span.first.day)} (generation {span.first.generation})"


def upload_sentences(profile: ProfileAnswer, has: Callable[[Seen], object]) -> Iterator[str]:
    """Yield which set SDS got last, and whether it has this."""
    if not profile.has_upload:
        return
    last, handed = profile.presence.last, profile.handed_over
    if handed is None:
        yield "SDS has not got a set of this profile yet: sdssync upload " + quoted(profile.profile)
        return
    sighting = profile.presence.of(handed.generation)
    has_it = "" if sighting is None else ", with this" if has(sighting.seen) else ", without this"
    trial = " as a trial" if handed.is_trial else ""
    behind = (
        f"; generation {last.generation} is still to be handed over"
        if last and last.generation > handed.generation
        else ""
    )
    yield f"SDS got generation {handed.generation}{trial} on {day_words(handed.at.date())}{has_it}{behind}."


def day_words(day: date) -> str:
    """Return a day as people write it: `3 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
