"""Where something is between the set of today and the published one, and since when: words for any answer."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from sdssync.report.answers import Answer, NewSet, ProfileAnswer
from sdssync.report.matter import LISTED, more, quoted, sentence
from sdssync.report.names import legible
from sdssync.report.step_words import enumerated
from sdssync.report.subject import in_it_words
from sdssync.safety.presence import Seen, Sighting

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
    is_published = bool(profile.output and has(profile.output))
    spans = profile.presence.spans(has)
    for span in spans:
        at_least = "at least " if span.is_oldest and span.first.generation > 1 else ""
        since = f"{at_least}since {_sighted(span.first)}"
        cause = f": {why}" if why and span is spans[-1] else ""
        unseen = f"; {_damaged_words(span.unseen)}" if span.unseen else ""
        if span.gone is None and profile.is_edited:
            yield f"In the published sets since {_sighted(span.first)}, up to generation {span.last.generation}."
        elif span.gone is None and is_published:
            yield f"Published {since}."
        elif span.gone is None:
            yield f"In {since}, at least until {_sighted(span.last)}{unseen}."
        elif unseen:
            until, gone = _sighted(span.last), _sighted(span.gone)
            yield f"In {since}, at least until {until}; not in that of {gone} any more{unseen}{cause}."
        else:
            yield f"In {since}, left on {_sighted(span.gone)}{cause}."
    later = profile.presence.unseen
    if is_published and later and not (spans and spans[-1].gone is None):
        yield f"Published since a later generation; {_damaged_words(later)}."


def damaged_sentences(profile: ProfileAnswer) -> Iterator[str]:
    """Yield which generations were not looked at."""
    if damaged := profile.presence.damaged:
        which, verb = ("generation", "is") if len(damaged) == 1 else ("generations", "are")
        yield f"Not looked at: {which} {enumerated([*map(str, damaged)])}, which {verb} damaged."


def edited_sentences(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield that the output folder was changed by hand, and what the last generation has."""
    last = profile.presence.last
    if profile.is_edited and last:
        in_it = in_it_words(answer, is_in=answer.has(profile, last.seen))
        what = "holds no set" if profile.output is None else "does not hold the last set"
        yield f"The output folder was changed by hand: it {what}."
        yield f"The last set is generation {last.generation}; {in_it}."


def _damaged_words(numbers: Sequence[int]) -> str:
    which, verb = ("generation", "is") if len(numbers) == 1 else ("generations", "are")
    return f"{which} {enumerated([*map(str, numbers)])} {verb} damaged"


def _sighted(sighting: Sighting) -> str:
    return f"{day_words(sighting.day)} (generation {sighting.generation})"


def upload_sentences(answer: Answer, profile: ProfileAnswer) -> Iterator[str]:
    """Yield which set SDS got last, and whether it has this."""
    if not profile.has_upload:
        return
    last, handed = profile.presence.last, profile.handed_over
    if handed is None:
        yield "SDS has not got a set of this profile yet: sdssync upload " + quoted(profile.profile)
        return
    sighting = profile.presence.of(handed.generation)
    has_it = f"; {in_it_words(answer, is_in=answer.has(profile, sighting.seen))}" if sighting else ""
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
