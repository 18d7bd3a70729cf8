"""In which published sets a person or a class was: each is read once, and only what was asked for is kept of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from sdssync.publish.generations import Generation, Generations
from sdssync.publish.manifest import ClassSources
from sdssync.roster.sources import ClassKind
from sdssync.roster.steps import Thing
from sdssync.safety.csv_set import STUDENT, TEACHER, CsvSet, Enrollment, UserRow, enrollment_of, read_set
from sdssync.school import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSeen:
    """A class as a set has it."""

    title: str
    members: Mapping[str, str]
    """The users in it with their roles; of a question about one person, that one only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a set has of what was asked for."""

    user: UserRow | None = None
    classes: Mapping[str, ClassSeen] = field(default_factory=dict)
    """Of a person, the classes that the person is in; else the classes that were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A generation, and what it has of what was asked for."""

    generation: int
    day: date
    seen: Seen
    made_of: ClassSources
    digest: str = ""
    """Of its files."""
    output: str = ""
    """The absolute path of the folder in which it was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Generations in a row that have something."""

    first: Sighting
    last: Sighting
    gone: Sighting | None
    """The first readable generation without it; None: the last one has it."""
    is_oldest: bool
    """True if no generation right before it can be read: it may have been there for longer."""
    unseen: tuple[int, ...] = ()
    """The damaged generations right after it: which of them it left, or whether it did, is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the generations of a profile have of what was asked for, the oldest first."""

    sightings: tuple[Sighting, ...] = ()
    damaged: tuple[int, ...] = ()
    """The numbers of those that cannot be read as they were written."""

    @property
    def last(self) -> Sighting | None:
        """Return what the newest readable generation has."""
        return self.sightings[-1] if self.sightings else None

    def of(self, generation: int) -> Sighting | None:
        """Return what a generation has; None if it is not kept any more, or damaged."""
        return next((found for found in self.sightings if found.generation == generation), None)

    @property
    def unseen(self) -> tuple[int, ...]:
        """Return the damaged generations after the last readable one."""
        return self._damaged_between(self.last, None)

    def spans(self, has: Callable[[Seen], object]) -> tuple[Span, ...]:
        """Return when the published sets had something."""
        return tuple(self._spans(has))

    def _spans(self, has: Callable[[Seen], object]) -> Iterator[Span]:
        runs = [
            (bool(found), list(group)) for found, group in groupby(self.sightings, lambda known: bool(has(known.seen)))
        ]
        for position, (is_there, run) in enumerate(runs):
            if is_there:
                before = runs[position - 1][1][-1] if position else None
                gone = runs[position + 1][1][0] if position + 1 < len(runs) else None
                yield Span(
                    first=run[0],
                    last=run[-1],
                    gone=gone,
                    is_oldest=before is None or bool(self._damaged_between(before, run[0])),
                    unseen=self._damaged_between(run[-1], gone),
                )

    def _damaged_between(self, first: Sighting | None, last: Sighting | None) -> tuple[int, ...]:
        start = first.generation if first else 0
        return tuple(number for number in self.damaged if start < number and (not last or number < last.generation))


Look = Callable[[CsvSet, ClassSources], Seen]
"""What is kept of a set, given also what its classes are made of."""


def look_through(store: Generations, look: Look) -> Presence:
    """
    Return what every generation of a profile has; one that is damaged is passed over, as the answer says.

    Raises:
        OutputError: the state folder cannot be read.

    """
    found = [_look_at(generation, look) for generation in store.all()]
    sightings = tuple(sighting for sighting in found if sighting)
    whole = {sighting.generation for sighting in sightings}
    return Presence(sightings=sightings, damaged=tuple(number for number in store.numbers if number not in whole))


def _look_at(generation: Generation, look: Look) -> Sighting | None:
    if not generation.is_whole:
        return None
    try:
        seen = look(read_set(generation.folder), generation.manifest.classes)
    except OSError:
        return None
    manifest = generation.manifest
    return Sighting(
        generation=manifest.number,
        day=manifest.day,
        seen=seen,
        made_of=manifest.classes,
        digest=generation.digest,
        output=manifest.output,
    )


def look_for_person(user_id: str, csv_set: CsvSet) -> Seen:
    """Return what a set has of a person: the row, and the classes."""
    classes = {}
    for class_id in csv_set.enrollments:
        for role in (TEACHER, STUDENT):
            if csv_set.has(Enrollment(class_id, user_id, role)):
                row = csv_set.classes.get(class_id)
                classes[class_id] = ClassSeen(title=row.title if row else class_id, members={user_id: role})
    return Seen(user=csv_set.users.get(user_id), classes=classes)


def look_for_classes(class_ids: frozenset[str], csv_set: CsvSet) -> Seen:
    """Return what a set has of some classes."""
    found = {}
    for class_id in sorted(class_ids & csv_set.classes.keys()):
        enrollments = map(enrollment_of, csv_set.enrollments.get(class_id, ()))
        members = {enrollment.user_id: enrollment.role for enrollment in enrollments}
        found[class_id] = ClassSeen(title=csv_set.classes[class_id].title, members=members)
    return Seen(classes=found)


SourceRef = tuple[ClassKind, str]
"""A teaching set or a group by its id in iSAMS."""


def classes_of(made_of: ClassSources, sources: frozenset[SourceRef]) -> frozenset[str]:
    """Return the classes of a set that were made of any of these."""
    return frozenset(
        class_id
        for kind, classes in made_of.items()
        for class_id, ids in classes.items()
        if any(source_ref(kind, source_id) in sources for source_id in ids)
    )


def sources_of(made_of: ClassSources, class_id: str) -> tuple[SourceRef, ...]:
    """Return what a class of a set was made of; (): it is not known."""
    return tuple(
        source_ref(kind, source_id) for kind, classes in made_of.items() for source_id in classes.get(class_id, ())
    )


def source_ref(kind: ClassKind, source_id: str) -> SourceRef:
    """Return one of what a class of a kind is made of: a merged class is made of sets."""
    return ClassKind.SET if kind is ClassKind.MERGED else kind, source_id


def thing_ref(thing: Thing) -> SourceRef:
    """Return a teaching set or a group by its id in iSAMS."""
    return (ClassKind(thing.kind) if isinstance(thing, Group) else ClassKind.SET), thing.id


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerClass:
    """A class of a published set."""

    title: str
    code: str
    """The title without the suffix of the profile."""
    sources: tuple[SourceRef, ...]
    """What it was made of, if that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a published set has under a text."""

    generation: int
    users: Mapping[str, str] = field(default_factory=dict)
    """By id, with the username or the name that was meant; "" if the id was."""
    classes: Mapping[str, FormerClass] = field(default_factory=dict)
    """By id."""


def find_former(
    store: Generations, is_meant: Callable[[str], bool], is_named: Callable[[UserRow], bool]
) -> Former | None:
    """
    Return what the newest generation has whose ids, usernames, titles, codes or sources are meant, or who is named.

    Raises:
        OutputError: the state folder cannot be read.

    """
    for generation in reversed(store.all()):
        try:
            csv_set = read_set(generation.folder)
        except OSError:
            continue
        users = {
            user_id: "" if is_meant(user_id) else user.username if is_meant(user.username) else _name(user)
            for user_id, user in csv_set.users.items()
            if is_meant(user_id) or is_meant(user.username) or is_named(user)
        }
        classes = dict(_former_classes(generation, csv_set, is_meant))
        if users or classes:
            return Former(generation=generation.number, users=users, classes=classes)
    return None


def _name(user: UserRow) -> str:
    return f"{user.forename} {user.surname}"


def _former_classes(
    generation: Generation, csv_set: CsvSet, is_meant: Callable[[str], bool]
) -> Iterator[tuple[str, FormerClass]]:
    suffixes = {suffix for _, suffix in generation.manifest.effective.class_ids() if suffix}
    for class_id, row in csv_set.classes.items():
        code = next((row.title.removesuffix(suffix) for suffix in suffixes if row.title.endswith(suffix)), row.title)
        sources = sources_of(generation.manifest.classes, class_id)
        texts = (class_id, row.title, code, *(source_id for _, source_id in sources))
        if any(map(is_meant, texts)):
            yield class_id, FormerClass(title=row.title, code=code, sources=sources)
