"""Find out who and what a question means: in the document, in the sets that are made of it, in the published ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sdssync.errors import ConfigError
from sdssync.jobs.explain_profile import Asked
from sdssync.publish.generations import Generations
from sdssync.report.answers import FormerName, Suggestion, Suggestions
from sdssync.report.matter import quoted
from sdssync.roster.directory import ClassMatch, Directory, Match, PersonMatch, Tier, folded, is_name, words_of
from sdssync.roster.roll import Roll
from sdssync.roster.sources import ClassKind
from sdssync.safety.presence import Former, SourceRef, find_former, thing_ref
from sdssync.school import Group, Pupil, TeachingSet

_HINT = "give an id, an address, a set code or a part of a name; `sdssync classes` lists the classes"
_HINT_OF_LEAVERS = (
    f"{_HINT}; of someone who has left give the SchoolId or the address, for published sets have no names without"
    " include_names"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for, as it was typed."""

    text: str
    class_text: str | None = None
    """The class, of a question about a person in a class."""
    profiles: tuple[str, ...] = ()
    """The names of those that are to answer; (): all that publish a set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """Who and what a text may mean."""

    matches: tuple[Match, ...] = ()
    is_part: bool = False
    """Only a part of a name, code or title matches."""
    former_names: tuple[FormerName, ...] = ()
    """The text, if it is not a name of today."""


class _Kind(Enum):
    """What is looked for."""

    ANY = auto()
    PERSON = auto()
    CLASS = auto()


class Lookup:
    """Looks up who and what is meant."""

    def __init__(self, directory: Directory, roll: Roll, stores: Mapping[str, Generations]) -> None:
        """Keep where to look; the published sets by the names of their profiles."""
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
            found = self._find(question.text, _Kind.ANY)
            if not found.matches:
                raise ConfigError("neither iSAMS nor a published set has such a person or class", _HINT_OF_LEAVERS)
            if len(found.matches) > 1:
                return self._suggestions(question, [(match, self._word_for(match)) for match in found.matches])
            return _asked(found)
        person = self._find(question.text, _Kind.PERSON)
        if not person.matches:
            raise ConfigError("neither iSAMS nor a published set has such a person", _HINT_OF_LEAVERS)
        school_class = self._find(question.class_text, _Kind.CLASS)
        if not school_class.matches:
            raise ConfigError("neither iSAMS nor a published set has such a class", _HINT)
        if len(person.matches) > 1:
            end = f" --class {quoted(question.class_text)}"
            return self._suggestions(question, [(match, self._word_for(match) + end) for match in person.matches])
        if len(school_class.matches) > 1:
            start = f"{self._word_for(person.matches[0])} --class "
            found_classes = school_class.matches
            return self._suggestions(question, [(match, start + self._word_for(match)) for match in found_classes])
        return _asked(person, school_class)

    def _suggestions(self, question: Question, found: Sequence[tuple[Match, str]]) -> Suggestions:
        end = "".join(f" --profile {quoted(name)}" for name in question.profiles)
        return Suggestions(
            roll=self._roll, found=tuple(Suggestion(match=match, arguments=words + end) for match, words in found)
        )

    def _word_for(self, match: Match) -> str:
        """Return what to type to ask for this one only; the id if nothing else is better."""
        words = list(self._words(match))
        alone = (word for word in words if self._find(word, _Kind.ANY).matches == (match,))
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

    def _find(self, text: str, kind: _Kind) -> _Meant:
        """Return who and what matches best: of today, else of published sets, by a number, by a part of a name."""
        if exact := self._current(text, kind, Tier.EXACT):
            return _Meant(matches=exact)
        if (former := self._former(text, kind, Tier.EXACT)).matches:
            return former
        if numbered := self._current(text, kind, Tier.NUMBER):
            return _Meant(matches=numbered)
        if parts := self._current(text, kind, Tier.PART):
            return _Meant(matches=parts, is_part=True)
        for tier in () if kind is _Kind.PERSON else (Tier.EXACT, Tier.PART):
            if groups := self._directory.find_classes(text, tier):  # of which no profile makes a class
                return _Meant(matches=groups, is_part=tier is Tier.PART)
        return self._former(text, kind, Tier.PART)

    def _current(self, text: str, kind: _Kind, tier: Tier) -> tuple[Match, ...]:
        """Return who and what of today matches, without the groups of which no profile makes a class."""
        people = () if kind is _Kind.CLASS else self._directory.find_people(text, tier)
        classes = () if kind is _Kind.PERSON else self._directory.find_classes(text, tier)
        return (*people, *(found for found in classes if found.ids or not found.is_group))

    def _former(self, text: str, kind: _Kind, tier: Tier) -> _Meant:
        """Return the users and classes of published sets that are meant, with what iSAMS still has of them."""
        wanted, words, in_part = folded(text), words_of(text), tier is Tier.PART
        found: dict[Match, None] = {}
        names: list[FormerName] = []
        for profile, store in self._stores.items() if wanted else ():
            former = find_former(
                store,
                lambda known: not in_part and folded(known) == wanted,
                lambda user: is_name(words, user.forename, user.surname, in_part=in_part),
            )
            if former is None:
                continue
            for user_id, name in former.users.items() if kind is not _Kind.CLASS else ():
                for person in self._directory.of_id(user_id) or (PersonMatch(id=user_id),):
                    found[person] = None
                    if name and person.positions:
                        names.append(_name(name, profile, former, is_class=False))
            for class_id, known in former.classes.items() if kind is not _Kind.PERSON else ():
                match = self._class_match(class_id, known.sources)
                found[match] = None
                titles = {title for thing in match.things(self._roll) for title in (thing.code, thing.name)}
                if titles and known.code not in titles:
                    names.append(_name(known.title, profile, former, is_class=True))
        return _Meant(matches=tuple(found), is_part=in_part, former_names=tuple(names))

    def _class_match(self, class_id: str, sources: Sequence[SourceRef]) -> ClassMatch:
        school = self._roll.school
        records: Sequence[TeachingSet | Group] = school.teaching_sets
        is_group = any(kind is not ClassKind.SET for kind, _ in sources)
        if is_group:
            records = school.groups
        positions = tuple(place for place, record in enumerate(records) if thing_ref(record) in sources)
        return ClassMatch(positions=positions, is_group=is_group, ids=(class_id,))


def _asked(*found: _Meant) -> Asked:
    """Return what is asked for when each text means one."""
    matches = [match for meant in found for match in meant.matches]
    return Asked(
        person=next((match for match in matches if isinstance(match, PersonMatch)), None),
        school_class=next((match for match in matches if isinstance(match, ClassMatch)), None),
        is_nearest=any(meant.is_part for meant in found),
        former_names=tuple(name for meant in found for name in meant.former_names),
    )


def _name(name: str, profile: str, former: Former, *, is_class: bool) -> FormerName:
    return FormerName(name=name, profile=profile, generation=former.generation, is_class=is_class)
