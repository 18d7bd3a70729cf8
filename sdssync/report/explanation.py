"""The result of `sdssync explain`: an answer about a person, a class, or a person in a class; or what may be meant."""

from collections.abc import Iterator
from itertools import islice

from sdssync.files.names import printable
from sdssync.report.answers import Answer, FormerName, Suggestion, Suggestions
from sdssync.report.class_story import class_lines
from sdssync.report.matter import LISTED
from sdssync.report.names import legible, person_words, set_words
from sdssync.report.person import person_lines
from sdssync.report.person_in_class import person_in_class_lines
from sdssync.report.screen import Line
from sdssync.report.step_words import called, thing_words
from sdssync.report.subject import class_words
from sdssync.roster.attribution import PersonRef
from sdssync.roster.directory import PersonMatch
from sdssync.roster.roll import Roll
from sdssync.school import Group, TeachingSet


def explanation_lines(result: Answer | Suggestions) -> Iterator[Line]:
    """Yield the result as text."""
    if isinstance(result, Suggestions):
        return _suggestion_lines(result)
    return _answer_lines(result)


def _answer_lines(answer: Answer) -> Iterator[Line]:
    """Yield an answer; after its first line what was asked for is called now, if that is otherwise."""
    if answer.who is None:
        lines = class_lines(answer)
    else:
        lines = person_lines(answer) if answer.things is None else person_in_class_lines(answer)
    for first in islice(lines, 1):
        yield Line(f"Nearest match: {first.text}" if answer.is_nearest else first.text, first.style)
    yield from (Line(printable(_former_words(answer, former))) for former in answer.former_names)
    yield from lines


def _former_words(answer: Answer, former: FormerName) -> str:
    """Return until when someone or something was called what was asked for."""
    until = f"{legible(former.name)} until generation {former.generation} of {former.profile}"
    if former.is_class:
        return f"{class_words(answer)} was called {until}."
    name = called(answer.who) if answer.who else ""
    return f"{name} had the address {until}." if "@" in former.name else f"{name} was called {until}."


def _suggestion_lines(suggestions: Suggestions) -> Iterator[Line]:
    """Yield who and what may be meant, each with the command that asks for it."""
    found = suggestions.found
    people = sum(isinstance(suggestion.match, PersonMatch) for suggestion in found)
    noun = "classes" if not people else "people" if people == len(found) else "people and classes"
    yield Line(f"{len(found):,} {noun} may be meant; ask for one of them:", "bold")
    for suggestion in found[:LISTED]:
        yield Line(printable(f"  {_match_words(suggestion, suggestions.roll)}: sdssync explain {suggestion.arguments}"))
    if len(found) > LISTED:
        yield Line(f"  and {len(found) - LISTED:,} more: give more of the name")


def _match_words(suggestion: Suggestion, roll: Roll) -> str:
    match = suggestion.match
    if isinstance(match, PersonMatch):
        record = next(iter(match.who(roll).records), None)
        return person_words(PersonRef(id=match.id, record=record))
    things = match.things(roll)
    words = [set_words(thing) if isinstance(thing, TeachingSet) else _group_words(thing) for thing in things]
    return " and ".join(words) or f"class {legible(', '.join(match.ids))}"


def _group_words(group: Group) -> str:
    return f"{thing_words(group)} ({group.kind.replace('-', ' ')} {legible(group.id)})"
