"""
Look up the people and classes that someone asks for: by an id, an address, a code, a title, or a part of a name.

What matches best wins: what someone or something is called in full before the number of a record, that before a part
of a name. A match says where in the document its records are, for a parity profile reads the same document in another
way.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from sdssync.roster.classes import JudgedClass
from sdssync.roster.roll import Roll, Stranger, user_id
from sdssync.roster.steps import Thing, Who
from sdssync.roster.trace import things_of
from sdssync.school import Pupil, Record, Teacher, record_of

_NO_NAME = ("", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMatch:
    """A person who is meant."""

    id: str
    """As SDS would have it."""
    positions: tuple[int, ...] = ()
    """Among the pupils of the document, or its staff; (): no current one."""
    is_pupil: bool = False

    def who(self, roll: Roll) -> Who:
        """Return the person as a profile reads the document."""
        records: Sequence[Pupil | Teacher] = roll.school.pupils if self.is_pupil else roll.school.teachers
        return Who(id=self.id, records=tuple(records[position] for position in self.positions))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMatch:
    """A class that is meant, by what it is or would be made of."""

    positions: tuple[int, ...] = ()
    """Among the sets of the document, or its groups; (): the document has none of them."""
    is_group: bool = False
    ids: tuple[str, ...] = ()
    """Of its classes, in the sets that profiles make or made."""

    def things(self, roll: Roll) -> tuple[Thing, ...]:
        """Return what the class is made of, as a profile reads the document."""
        records: Sequence[Thing] = roll.school.groups if self.is_group else roll.school.teaching_sets
        return tuple(records[position] for position in self.positions)


Match = PersonMatch | ClassMatch


class Tier(Enum):
    """How well a text matches, the best first."""

    EXACT = auto()
    """An id, an address, or a whole name, code or title."""
    NUMBER = auto()
    """The number of the record of a pupil."""
    PART = auto()
    """A part of a name, code or title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeClasses:
    """The classes that a profile could make, and the school as it reads it."""

    roll: Roll
    judged: Sequence[JudgedClass]


@dataclass(frozen=True, slots=True)
class _Names:
    """What people may call a class."""

    ids: dict[str, None]
    texts: dict[str, None]
    class_ids: dict[str, None] = field(default_factory=dict)


_Key = tuple[bool, tuple[int, ...]]
"""Whether it is a group, and its positions."""


class Directory:
    """Everyone and everything in a document and in the sets that are made of it."""

    def __init__(self, roll: Roll, made: Sequence[MadeClasses], extra: Iterable[str]) -> None:
        """Keep a school, the classes that profiles make of it, and the addresses that only profiles have."""
        self._roll = roll
        self._made = made
        self._extra = frozenset(extra)

    def find_people(self, text: str, tier: Tier) -> tuple[PersonMatch, ...]:
        """Return the people whom a text matches this well."""
        wanted = text.strip()
        return tuple(self._people(wanted, tier)) if wanted else ()

    def find_classes(self, text: str, tier: Tier) -> tuple[ClassMatch, ...]:
        """Return the classes that a text matches this well, and the groups of which no profile makes one."""
        wanted = text.strip()
        return tuple(self._matches(wanted, tier)) if wanted else ()

    def of_id(self, person_id: str) -> tuple[PersonMatch, ...]:
        """Return the people who have an id, in iSAMS or on one of its lists."""
        return tuple(person for person in (*self.people, *self.absent) if person.id == person_id)

    @cached_property
    def people(self) -> tuple[PersonMatch, ...]:
        """Everyone whom iSAMS has, pupils first; a record that it gives twice is one person."""
        school = self._roll.school
        found = []
        everyone: tuple[Sequence[Pupil | Teacher], ...] = (school.pupils, school.teachers)
        for records in everyone:
            positions: defaultdict[Record, list[int]] = defaultdict(list)
            for position, record in enumerate(records):
                positions[record_of(record)].append(position)
            found += [
                PersonMatch(id=user_id(records[places[0]]), positions=tuple(places), is_pupil=records is school.pupils)
                for places in positions.values()
            ]
        return tuple(found)

    @cached_property
    def absent(self) -> tuple[PersonMatch, ...]:
        """Everyone who is named on a list, as a teacher, as an owner or by a profile, and is not current."""
        named = dict.fromkeys(
            member.school_id
            for members in self._roll.members.values()
            for member in members
            if isinstance(member, Stranger) and member.school_id
        )
        for teaching_set in self._roll.school.teaching_sets:
            named |= dict.fromkeys(teaching_set.teacher_ids)
        for followed in self._roll.groups:
            named |= dict.fromkeys(followed.owners)
        known = self._roll.staff.keys() | set(_NO_NAME)
        return tuple(PersonMatch(id=name) for name in (*named, *sorted(self._extra)) if name not in known)

    def _people(self, text: str, tier: Tier) -> Iterator[PersonMatch]:
        words, low = words_of(text), text.casefold()
        for person in self.people:
            is_own_id = tier is Tier.EXACT and person.id == text
            if is_own_id or any(_is_meant(record, text, words, tier) for record in self._records(person)):
                yield person
        if tier is Tier.EXACT:
            yield from (person for person in self.absent if person.id.casefold() == low)

    def _records(self, person: PersonMatch) -> tuple[Pupil | Teacher, ...]:
        return person.who(self._roll).records

    def _matches(self, text: str, tier: Tier) -> Iterator[ClassMatch]:
        wanted = folded(text)
        for (is_group, positions), names in self._class_names.items():
            if (tier is Tier.EXACT and (text in names.ids or wanted in map(folded, names.texts))) or (
                tier is Tier.PART and any(wanted in folded(name) for name in names.texts)
            ):
                yield ClassMatch(positions=positions, is_group=is_group, ids=tuple(names.class_ids))

    @cached_property
    def _class_names(self) -> Mapping[_Key, _Names]:
        """What people may call each set, each group, and each class that is made of several sets."""
        found = dict(self._names_in_school())
        single = {(is_group, place): (is_group, places) for is_group, places in found for place in places}
        for made in self._made:
            school = made.roll.school
            places = {
                id(thing): place
                for things in (school.teaching_sets, school.groups)
                for place, thing in enumerate(things)
            }
            for judged in made.judged:
                source = judged.candidate.made_of
                own = tuple(places[id(thing)] for thing in things_of(judged))
                key = single[bool(source.group), own[0]] if len(own) == 1 else (False, own)
                names = found.setdefault(key, _Names({}, {}))
                for known in (names.ids, names.class_ids):
                    known[judged.candidate.id] = None
                names.texts[judged.candidate.title] = None
        return found

    def _names_in_school(self) -> Iterator[tuple[_Key, _Names]]:
        """Yield the sets, those of one id together, and the groups."""
        school = self._roll.school
        sets: defaultdict[str, list[int]] = defaultdict(list)
        for place, teaching_set in enumerate(school.teaching_sets):
            sets[teaching_set.id].append(place)
        for set_id, places in sets.items():
            records = [school.teaching_sets[place] for place in places]
            texts = dict.fromkeys(text for record in records for text in (record.code, record.name) if text)
            yield (False, tuple(places)), _Names({set_id: None}, texts)
        for place, group in enumerate(school.groups):
            texts = dict.fromkeys(text for text in (group.id, group.name, group.code) if text)
            yield (True, (place,)), _Names({}, texts)


def folded(text: str) -> str:
    """Return a text as names are compared: without case, accents and apostrophes, with single blanks."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "").replace("'", "").casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def words_of(name: str) -> list[str]:
    """Return the words of a name as they are compared; a comma after a surname does not count."""
    return folded(name.replace(",", " ")).split()


def is_name(words: Sequence[str], forename: str, surname: str, *, in_part: bool = False) -> bool:
    """Return True if words are the name of a person in either order, or each of them is a part of it."""
    first, last = folded(forename).split(), folded(surname).split()
    if in_part:
        name = " ".join(first + last)
        return bool(words) and all(word in name for word in words)
    return bool(words) and list(words) in (first + last, last + first)


def _is_meant(record: Pupil | Teacher, text: str, words: Sequence[str], tier: Tier) -> bool:
    """Return True if a text is the address, the name, the number or a part of the name of a person."""
    match tier:
        case Tier.EXACT:
            is_address = bool(record.email) and record.email.strip().casefold() == text.casefold()
            return is_address or is_name(words, record.forename, record.surname)
        case Tier.NUMBER:
            return isinstance(record, Pupil) and record.id == text
    return is_name(words, record.forename, record.surname, in_part=True)
