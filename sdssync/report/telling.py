"""Put an answer of `explain` together: the short answer, then profile by profile, first what is published."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sdssync.files.names import printable
from sdssync.report.answers import Answer, ProfileAnswer
from sdssync.report.matter import quoted
from sdssync.report.outcome import Outcome
from sdssync.report.pending import (
    gate_sentences,
    headline_end,
    is_pending,
    other_set_sentences,
    pending_sentences,
    standing_words,
)
from sdssync.report.screen import Line
from sdssync.report.seen_words import seen_sentences
from sdssync.report.standing import (
    Standing,
    damaged_sentences,
    edited_sentences,
    standing,
    upload_sentences,
)
from sdssync.report.step_words import ELSEWHERE, ends_of
from sdssync.report.unasked import without_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The sentences about one profile."""

    way: Sequence[str]
    """How what was asked for comes into the set of today, or why not."""
    past: Sequence[str]
    """Since when and until when it was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The words of one kind of question."""

    name: str
    """Of the person, or of the class."""
    absent: str
    """What is true where it is in no set: `in no set`."""
    is_in: Callable[[Sequence[str], str], str]
    """The short answer, of the names of profiles, with "" or " still"."""
    is_coming: Callable[[Sequence[str]], str]
    is_out: Callable[[], str]
    about: Callable[[], Iterator[str]]
    """What iSAMS has of the person or the class."""
    story: Callable[[ProfileAnswer], Story]
    noun: str = "set"


def answer_lines(answer: Answer, telling: Telling) -> Iterator[Line]:
    """Yield an answer."""
    yield Line(printable(_headline(answer, telling)), "bold")
    yield from (Line(printable(text)) for text in telling.about())
    for profile in _in_order(answer):
        found = standing(profile, partial(answer.has, profile))
        yield Line("")
        yield Line(printable(f"{profile.profile}: {standing_words(answer, profile, found, telling.noun)}"), "bold")
        for text in _sentences(answer, profile, found, telling.story(profile)):
            yield Line(f"  {printable(text)}")


def _headline(answer: Answer, telling: Telling) -> str:
    """Return the short answer."""
    found = [(profile, standing(profile, partial(answer.has, profile))) for profile in answer.profiles]
    there = [profile for profile, where in found if where in (Standing.IN, Standing.LEAVING)]
    coming = [profile for profile, where in found if where is Standing.COMING]
    if there:
        still = "" if any(where is Standing.IN for _, where in found) else " still"
        return f"{telling.is_in([profile.profile for profile in there], still)}{headline_end(answer, there)}."
    if coming:
        edited = ": the output folder was changed by hand" if all(map(answer.is_removed_by_hand, coming)) else ""
        return f"{telling.is_coming([profile.profile for profile in coming])}{edited or ' yet'}."
    if answer.unasked:
        return without_all(answer, telling.name, telling.absent)
    return f"{telling.is_out()}."


def _sentences(answer: Answer, profile: ProfileAnswer, found: Standing, story: Story) -> Iterator[str]:
    """Yield what is published, then what the new set would change; if both are the same, the way there."""
    is_there = found in (Standing.IN, Standing.LEAVING)
    if is_there and profile.output and is_pending(answer, profile):
        yield from seen_sentences(answer, answer.part_of(profile, profile.output))
        yield from edited_sentences(answer, profile)
        yield from story.past
        yield from damaged_sentences(profile)
        yield from pending_sentences(answer, profile, found)
        yield "The way into the new set:"
        yield from (f"  {text}" for text in story.way)
        yield from gate_sentences(profile)
        yield from other_set_sentences(answer, profile)
    else:
        yield from edited_sentences(answer, profile)
        if profile.is_edited and found is not Standing.COMING and profile.new:
            yield f"The next run writes the whole set there: sdssync run {quoted(profile.profile)}"
        yield from story.way
        if found is Standing.COMING or _is_rejected(profile):
            yield from pending_sentences(answer, profile, found)
            yield from gate_sentences(profile)
        yield from other_set_sentences(answer, profile)
        yield from story.past
        yield from damaged_sentences(profile)
    yield from upload_sentences(answer, profile)


def _is_rejected(profile: ProfileAnswer) -> bool:
    return profile.new is not None and profile.new.outcome is Outcome.REJECTED


def _in_order(answer: Answer) -> list[ProfileAnswer]:
    """Return the answers that say most first: in the set, left out, once in it; last the profiles for others."""

    def rank(profile: ProfileAnswer) -> tuple[bool, bool, bool]:
        has = partial(answer.has, profile)
        return standing(profile, has) is Standing.OUT, _is_for_others(profile), not profile.presence.spans(has)

    return sorted(answer.profiles, key=rank)


def _is_for_others(profile: ProfileAnswer) -> bool:
    new = profile.new
    ways = [new.person] if new and new.person else [*new.classes] if new else []
    return bool(ways) and all(any(step.kind in ELSEWHERE for step in ends_of(way.steps)) for way in ways)
