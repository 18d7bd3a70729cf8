"""What one profile has to do with a person or a class: the set of today as `plan` makes it, and the published ones."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.files.paths import display
from sdssync.jobs.job import Job, Mode
from sdssync.jobs.planning import plan_set
from sdssync.jobs.run_profile import check_output
from sdssync.jobs.selections import Selections, enrol_parts
from sdssync.jobs.waiting import hold_waiting_pupils
from sdssync.publish.generations import Generations
from sdssync.publish.manifest import ClassSources, class_sources
from sdssync.publish.os_errors import reading
from sdssync.publish.set_files import survey_set
from sdssync.publish.staging import staging
from sdssync.publish.uploads import read_uploads
from sdssync.publish.verdict import judge
from sdssync.report.answers import FormerName, NewSet, ProfileAnswer
from sdssync.report.outcome import Outcome
from sdssync.roster.attribution import Attributed, Attribution
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files, write
from sdssync.roster.directory import ClassMatch, PersonMatch
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind
from sdssync.roster.roll import Roll
from sdssync.roster.steps import ClassTrace, Place
from sdssync.roster.trace import Tracer
from sdssync.safety.csv_set import CsvSet, has_set, read_set
from sdssync.safety.held import Waiting
from sdssync.safety.presence import (
    ClassSeen,
    Look,
    Presence,
    Seen,
    Sighting,
    SourceRef,
    classes_of,
    look_for_classes,
    look_for_person,
    look_through,
    thing_ref,
)
from sdssync.sds.findings import Finding

_DUPLICATE_ROW = "SDS213"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who or what is asked for: a person, a class, or a person in a class."""

    person: PersonMatch | None = None
    school_class: ClassMatch | None = None
    is_nearest: bool = False
    """Only a part of a name, code or title was given."""
    former_names: tuple[FormerName, ...] = ()
    """What was given, if it is not a name of today."""

    def sources(self, roll: Roll) -> frozenset[SourceRef]:
        """Return what the class is made of."""
        return frozenset(map(thing_ref, self.school_class.things(roll) if self.school_class else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSet:
    """The set that a run would make of the document for a profile."""

    profile: Profile
    """As it is on the day: without parts that have expired."""
    parts: Sequence[Part]
    roster: Roster

    @property
    def roll(self) -> Roll:
        """Return the school as the profile reads it."""
        return self.parts[0].selection.roll


def make_set(profile: Profile, selections: Selections, settings: SchoolSettings, today: date) -> MadeSet:
    """
    Return the set of a profile that has not expired.

    Raises:
        SdsSyncError: the document lacks a group that it wants, or the published set cannot be read.

    """
    current = profile.on(today)
    parts = selections.parts_of(current)
    roster = hold_waiting_pupils(enrol_parts(parts, current, settings.identity), current, settings, today)
    return MadeSet(profile=current, parts=parts, roster=roster)


class ProfileStory:
    """What one profile has to do with what is asked for."""

    def __init__(self, asked: Asked, selections: Selections, settings: SchoolSettings, today: date) -> None:
        self._asked = asked
        self._selections = selections
        self._settings = settings
        self._today = today
        self._sources = asked.sources(selections.roll)

    def of(self, profile: Profile, made: MadeSet | None) -> ProfileAnswer:
        """
        Return the answer of a profile; without a set it has expired.

        Raises:
            SdsSyncError: a set cannot be written, judged or read.

        """
        state = self._settings.folders.state
        store, waiting = Generations.of(state, profile.name), Waiting(state, profile.name)
        held = waiting.held()
        presence, class_ids = self._published(profile.name, held.manifest.classes if held else {})
        look = self._look(class_ids)
        with reading(profile.folder):
            output = look(read_set(profile.folder), {}) if has_set(profile.folder) else None
            digest = survey_set(profile.folder).digest if output else ""
        with reading(waiting.folder):
            held_seen = look(read_set(waiting.folder), held.manifest.classes) if held else None
        has_expired = profile.has_expired(self._today)
        folder = self._settings.folders.installation
        return ProfileAnswer(
            profile=profile.name,
            files={part.name: display(part.file, folder) for part in (profile, *profile.combined)},
            years={part.name: part.year_groups for part in profile.parts},
            expired=profile.last_day if has_expired else None,
            new=self._new(made, look) if made else None,
            output=output,
            presence=presence,
            class_ids=class_ids,
            held=held,
            held_seen=held_seen,
            is_edited=_is_edited(presence.last, store, profile, digest),
            is_pinned=waiting.is_pinned,
            has_upload=profile.upload is not None,
            handed_over=read_uploads(state).of(profile.name).newest,
        )

    def of_failed(self, profile: str, why: str) -> ProfileAnswer:
        """
        Return what the published sets of a profile have that cannot be asked today, and why it cannot.

        Raises:
            OutputError: the state folder cannot be read.

        """
        presence, class_ids = self._published(profile, {})
        return ProfileAnswer(
            profile=profile,
            failure=f"cannot be said: {why}",
            output=presence.last.seen if presence.last else None,
            presence=presence,
            class_ids=class_ids,
        )

    def _published(self, profile: str, held: ClassSources) -> tuple[Presence, frozenset[str]]:
        """Return what the generations of a profile have, and every id that the class has had in them or if held."""
        store = Generations.of(self._settings.folders.state, profile)
        presence = look_through(store, self._look(frozenset()))
        sources = [*(found.made_of for found in presence.sightings), held]
        made_of = [classes_of(made_of, self._sources) for made_of in sources]
        return presence, self._class_ids.union(*made_of)

    @property
    def _class_ids(self) -> frozenset[str]:
        return frozenset(self._asked.school_class.ids if self._asked.school_class else ())

    def _look(self, class_ids: frozenset[str]) -> Look:
        """Return what looks for the person, or for the class by these ids, by its own, or by what it was made of."""
        if self._asked.person:
            return partial(_look_for_person, self._asked.person.id)
        known = class_ids | self._class_ids

        def look(csv_set: CsvSet, made_of: ClassSources) -> Seen:
            return look_for_classes(known | classes_of(made_of, self._sources), csv_set)

        return look

    def _new(self, made: MadeSet, look: Look) -> NewSet:
        """Stage the set of today, judge and plan it, and trace what is asked for."""
        profile, roster, settings = made.profile, made.roster, self._settings
        check_output(profile)
        with staging(profile.folder) as staged:
            write(csv_files(roster, settings.identity, profile), staged.folder)
            verdict = judge(staged.folder, roster, profile, settings)
            job = Job(run_id="", today=self._today, mode=Mode.PLAN)
            planned = (
                None if verdict.rejecting else plan_set(staged.folder, roster, profile, self._selections, settings, job)
            )
            seen = look(read_set(staged.folder), class_sources(roster.classes))
        tracer, asked = Tracer(made.parts, roster), self._asked
        things = asked.school_class.things(made.roll) if asked.school_class else ()
        person = tracer.person(asked.person.who(made.roll)) if asked.person else None
        classes = tracer.classes(things) if things else ()
        shared = frozenset(clash.id for clash in roster.clashes if clash.kind is Kind.CLASS)
        attribution = Attribution(roster)
        findings = [attribution.of(found) for found in verdict.report.findings if not _follows(found, roster)]
        return NewSet(
            outcome=planned.outcome if planned else Outcome.REJECTED,
            seen=_told_apart(seen, shared, person.places if person else (), classes) if shared else seen,
            person=person,
            classes=classes,
            findings=tuple(found for found in findings if self._is_about(found)),
            rejecting=tuple(sorted(verdict.rejecting)),
            plan=planned.plan if planned else None,
        )

    def _is_about(self, finding: Attributed) -> bool:
        """Return True if a finding is about the person, or about the class."""
        if self._asked.person:
            return any(person.id == self._asked.person.id for person in finding.people)
        ids = {source_id for _, source_id in self._sources}
        return any(ids & set(ref.id.split(", ")) for ref in finding.classes)


def _look_for_person(user_id: str, csv_set: CsvSet, made_of: ClassSources) -> Seen:
    del made_of
    return look_for_person(user_id, csv_set)


def _is_edited(last: Sighting | None, store: Generations, profile: Profile, digest: str) -> bool:
    """Return True if the output folder has other files than the last generation, which was published there."""
    if last is None or last.generation != store.newest or store.is_interrupted:
        return False
    return last.output == str(profile.folder) and last.digest != digest


def _follows(finding: Finding, roster: Roster) -> bool:
    """Return True for a row that is in the set twice because two people, or two classes, have one id."""
    return finding.code == _DUPLICATE_ROW and bool(roster.clashes)


def _told_apart(seen: Seen, shared: Container[str], own: Sequence[Place], classes: Sequence[ClassTrace]) -> Seen:
    """
    Return what a set has without taking the rows of one class for those of another one with the same id.

    The way of a person or a class says what the rows cannot.
    """
    found = {class_id: known for class_id, known in seen.classes.items() if class_id not in shared}
    places = own or [place for trace in classes for place in trace.places]
    asked = {id(trace.candidate) for trace in classes}
    for place in places:
        candidate = place.candidate
        if candidate and place.is_in and candidate.id in shared and (not classes or id(candidate) in asked):
            known = found.get(candidate.id)
            members = {**(known.members if known else {}), place.who.id: place.role}
            found[candidate.id] = ClassSeen(title=candidate.title, members=members)
    return Seen(user=seen.user, classes=found)
