"""What `sdssync explain` has found, as values: who or what was meant, and its way into the set of each profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sdssync.publish.uploads import HandedOver
from sdssync.report.outcome import Outcome
from sdssync.roster.attribution import Attributed
from sdssync.roster.directory import ClassMatch, PersonMatch
from sdssync.roster.roll import Roll
from sdssync.roster.steps import ClassTrace, PersonTrace, Thing, Who
from sdssync.safety.held import HeldSet
from sdssync.safety.kept_addresses import KeptAddress
from sdssync.safety.plan import Plan
from sdssync.safety.presence import Presence, Seen
from sdssync.school import Pupil, Teacher, record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSet:
    """What a run would make of the document for a profile today, and what would become of it."""

    outcome: Outcome
    """Published, unchanged, held or rejected."""
    seen: Seen
    """What it has of what was asked for; of classes that share an id, only those that were asked for."""
    person: PersonTrace | None = None
    """The way of the person who was asked for."""
    classes: tuple[ClassTrace, ...] = ()
    """The way of the classes that were asked for, of a person too."""
    findings: tuple[Attributed, ...] = ()
    """Those about the person or the class."""
    rejecting: tuple[str, ...] = ()
    """The codes for which the set must not be published."""
    plan: Plan | None = None
    """None: the set is rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileAnswer:
    """What one profile has to do with who or what was asked for."""

    profile: str
    files: Mapping[str, str] = field(default_factory=dict)
    """The files of the profile and its parts, by name, as seen from the folder of the settings."""
    years: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The years of the profile, of a combined one those of its parts, by name."""
    failure: str = ""
    """Why nothing can be said of the profile today: then only what is published is known."""
    expired: date | None = None
    """The last day of a profile that has expired."""
    new: NewSet | None = None
    """None: it has expired, or fails."""
    output: Seen | None = None
    """What is in the output folder; None: nothing is published."""
    presence: Presence = field(default_factory=Presence)
    class_ids: frozenset[str] = frozenset()
    """The classes that were asked for, by every id that they have had."""
    held: HeldSet | None = None
    """The set that waits for approval."""
    held_seen: Seen | None = None
    is_edited: bool = False
    """The output folder does not have the files of the last generation, although no run has changed it since."""
    is_pinned: bool = False
    has_upload: bool = False
    handed_over: HandedOver | None = None
    """What SDS got last."""

    @property
    def is_waiting(self) -> bool:
        """Return True if the new set is the one that waits for approval: a run has held it already."""
        plan = self.new.plan if self.new else None
        return bool(self.held and plan and self.held.plan_id == plan.plan_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """What someone or something was called that is called otherwise now."""

    name: str
    profile: str
    generation: int
    """The last in which it is so called."""
    is_class: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who or what was asked for, and what each profile has to do with it."""

    roll: Roll
    who: Who | None = None
    """The person, as iSAMS has them; None: a class was asked for."""
    things: tuple[Thing, ...] | None = None
    """What the class is made of in iSAMS, of a question about a person in a class too; None: no class was asked for."""
    kept: KeptAddress | None = None
    profiles: tuple[ProfileAnswer, ...] = ()
    is_nearest: bool = False
    """Only a part of a name, code or title was given."""
    former_names: tuple[FormerName, ...] = ()
    """What was given, if it is not a name of today."""

    @property
    def unasked(self) -> tuple[ProfileAnswer, ...]:
        """Return the profiles of which nothing can be said today."""
        return tuple(profile for profile in self.profiles if profile.failure)

    @property
    def namesakes(self) -> tuple[Pupil | Teacher, ...]:
        """Return the other people who have the id of the person."""
        if self.who is None or not self.who.records:
            return ()
        own = set(map(record_of, self.who.records))
        return tuple(other for other in self.roll.shared_ids.get(self.who.id, ()) if record_of(other) not in own)

    def has_person(self, seen: Seen) -> bool:
        """Return True if a set has the person; of two people with one id the username says which of them."""
        if seen.user is None or self.who is None:
            return False
        usernames = {record.email.lower() for record in self.who.records}
        return not self.namesakes or seen.user.username.lower() in usernames

    def part_of(self, profile: ProfileAnswer, seen: Seen | None) -> Seen:
        """Return of a set only what was asked for: the person with the classes, else the class."""
        if seen is None:
            return Seen()
        if self.things is None:
            return seen if self.has_person(seen) else Seen()
        return Seen(classes={key: found for key, found in seen.classes.items() if key in profile.class_ids})

    def has(self, profile: ProfileAnswer, seen: Seen) -> bool:
        """Return True if a set has what was asked for."""
        part = self.part_of(profile, seen)
        return bool(part.user or part.classes)

    def is_removed_by_hand(self, profile: ProfileAnswer) -> bool:
        """Return True if the last generation has what was asked for, and the output folder was changed by hand."""
        last = profile.presence.last
        return profile.is_edited and last is not None and self.has(profile, last.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Someone or something that may be meant, and what to ask for to get only that."""

    match: PersonMatch | ClassMatch
    arguments: str
    """As on a command line; "" if nothing means only this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """All who or what may be meant."""

    roll: Roll
    found: tuple[Suggestion, ...]
