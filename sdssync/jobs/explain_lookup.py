"""Find out who and what a question means: in the document, in the sets that are made of it, in the published ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.errors import ConfigError
from sdssync.jobs.explain_profile import Asked
from sdssync.publish.generations import Generations
from sdssync.report.answers import Suggestion, Suggestions
from sdssync.report.matter import quoted
from sdssync.roster.directory import ClassMatch, Directory, Match, PersonMatch, folded
from sdssync.roster.roll import Roll
from sdssync.roster.sources import ClassKind
from sdssync.safety.presence import Former, SourceRef, find_former, thing_ref
from sdssync.school import Group, Pupil, TeachingSet

_HINT = "give an id, an address, a set code or a part of a name; `sdssync classes` lists the classes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for, as it was typed."""

    text: str
    class_text: str | None = None
    """The class, of a question about a person in a class."""
    profiles: tuple[str, ...] = ()
    """The names of those that are to answer; (): all that publish a set."""


class Lookup:
    """Looks up who and what is meant."""

    def __init__(self, directory: Directory, roll: Roll, stores: Sequence[Generations]) -> None:
        self._directory = directory
        self._roll = roll
        self._stores = stores

    def look_up(self, question: Question) -> Asked | Suggestions:
        """
        Return the one person or class that is meant, or all who may be.

        Raises:
            ConfigError: no one and nothing is found; the message does not repeat what was typed.
            OutputError: the state folder cannot be read.

        """
        if question.class_text is None:
            found: Sequence[Match] = self._directory.find(question.text)
            found = found or (*self._former_people(question.text), *self._former_classes(question.text))
            if not found:
                raise ConfigError("neither iSAMS nor a published set has such a person or class", _HINT)
            if len(found) > 1:
                return self._suggestions([(match, self._word_for(match)) for match in found])
            [match] = found
            return Asked(person=match) if isinstance(match, PersonMatch) else Asked(school_class=match)
        people = self._directory.find_people(question.text) or self._former_people(question.text)
        classes = self._directory.find_classes(question.class_text) or self._former_classes(question.class_text)
        if not people:
            raise ConfigError("neither iSAMS nor a published set has such a person", _HINT)
        if not classes:
            raise ConfigError("neither iSAMS nor a published set has such a class", _HINT)
        if len(people) > 1:
            class_word = quoted(question.class_text)
            return self._suggestions([(match, f"{self._word_for(match)} --class {class_word}") for match in people])
        if len(classes) > 1:
            person_word = self._word_for(people[0])
            return self._suggestions([(match, f"{person_word} --class {self._word_for(match)}") for match in classes])
        return Asked(person=people[0], school_class=classes[0])

    def _suggestions(self, found: Sequence[tuple[Match, str]]) -> Suggestions:
        return Suggestions(
            roll=self._roll, found=tuple(Suggestion(match=match, arguments=arguments) for match, arguments in found)
        )

    def _word_for(self, match: Match) -> str:
        """Return what to type to ask for this one only; the id if nothing else is better."""
        words = list(self._words(match))
        alone = (word for word in words if self._directory.find(word) == (match,))
        return quoted(next(alone, words[0] if words else ""))

    def _words(self, match: Match) -> Iterator[str]:
        """Yield what someone or something is called, the best first."""
        if isinstance(match, PersonMatch):
            yield from filter(str.strip, (match.id,))
            for record in match.who(self._roll).records:
                yield from filter(str.strip, (record.email, record.id if isinstance(record, Pupil) else ""))
            return
        for thing in match.things(self._roll):
            yield from filter(str.strip, (thing.code or thing.name, thing.id))
        yield from match.ids

    def _former_people(self, text: str) -> tuple[PersonMatch, ...]:
        """Return the users of published sets who are meant: someone in iSAMS under the same id, or no one there."""
        ids = dict.fromkeys(user_id for former in self._former(text) for user_id in former.users)
        return tuple(
            match for user_id in ids for match in self._directory.find_people(user_id) or (PersonMatch(id=user_id),)
        )

    def _former_classes(self, text: str) -> tuple[ClassMatch, ...]:
        """Return the classes of published sets that are meant, with what of them iSAMS still has."""
        found = {class_id: sources for former in self._former(text) for class_id, sources in former.classes.items()}
        return tuple(self._class_match(class_id, sources) for class_id, sources in found.items())

    def _class_match(self, class_id: str, sources: Sequence[SourceRef]) -> ClassMatch:
        school = self._roll.school
        records: Sequence[TeachingSet | Group] = school.teaching_sets
        is_group = any(kind is not ClassKind.SET for kind, _ in sources)
        if is_group:
            records = school.groups
        positions = tuple(place for place, record in enumerate(records) if thing_ref(record) in sources)
        return ClassMatch(positions=positions, is_group=is_group, ids=(class_id,))

    def _former(self, text: str) -> Iterator[Former]:
        wanted = folded(text)
        if wanted:
            yield from (
                find_former(store, lambda texts: any(folded(known) == wanted for known in texts))
                for store in self._stores
            )
