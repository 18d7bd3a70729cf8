"""Say which classes profiles would make, for `sdssync classes`; nothing is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ExitCode
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document, wanted_groups
from sdssync.jobs import profile_warnings
from sdssync.jobs.results import Results
from sdssync.jobs.run import source_facts, wanted_profiles
from sdssync.jobs.selections import Selections, enrol_parts
from sdssync.jobs.waiting import hold_waiting_pupils
from sdssync.report.classes import MadeClass, ProfileClasses, sort_classes
from sdssync.roster.attention import attention
from sdssync.roster.attribution import PersonRef, person_ref
from sdssync.roster.classes import EnrolledClass
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.filters import FilteredSet, filtered_sets
from sdssync.safety.kept_addresses import keep_addresses


@dataclass(frozen=True, slots=True)
class ListedClasses:
    """The classes of the profiles, in the order of the files, and how the command ends."""

    profiles: tuple[ProfileClasses, ...]
    exit_code: ExitCode


def list_classes(
    school: ConfiguredSchool, names: Sequence[str], today: date, *, cached: bool, progress: Progress
) -> ListedClasses:
    """
    Return what the named profiles, or all that publish a set, would make on a day; a profile that fails stops no other.

    Raises:
        SdsSyncError: there is no such profile, no complete document, or another run holds the lock.

    """
    profiles, wrong = wanted_profiles(school, names)
    settings, results, found = school.settings, Results(), []
    code = max(map(profile_warnings.report_wrong, wrong), default=ExitCode.DONE)
    publishing = [profile for profile in profiles if profile.output]
    current = [profile for profile in publishing if not profile.has_expired(today)]
    for profile in publishing:
        if profile not in current:
            profile_warnings.report_expired(profile, today)
    if not current:
        return ListedClasses((), code)
    with installation_lock(settings.folders.state):
        taken = take_document(settings, wanted_groups(school.profiles, today), cached=cached, progress=progress)
        profile_warnings.warn_of_old_document(taken.document, datetime.now(UTC), cached=cached)
        code = max(code, ExitCode.DONE if taken.is_kept else ExitCode.OUTPUT)
        addresses = keep_addresses(taken.reading.school, settings.folders.state, today, settings.safety.keep_address)
        selections = Selections(taken, addresses, source_facts(taken))
        for profile in current:
            with results.attempt(profile):
                found.append(_profile_classes(profile.on(today), selections, settings, today))
    return ListedClasses(tuple(found), max([code, *(result.exit_code for result in results.in_order(school))]))


def _profile_classes(profile: Profile, selections: Selections, settings: SchoolSettings, today: date) -> ProfileClasses:
    """
    Return what one profile would make.

    Raises:
        SdsSyncError: the document lacks a group that it wants, or the published set cannot be read.

    """
    parts = selections.parts_of(profile)
    enrolled = enrol_parts(parts, profile, settings.identity)
    return ProfileClasses(
        profile=profile.name,
        classes=_made_classes(hold_waiting_pupils(enrolled, profile, settings, today)),
        filtered=_filtered(parts),
        ownerless=attention(enrolled).ownerless,
    )


def _made_classes(roster: Roster) -> tuple[MadeClass, ...]:
    """Return the classes of a set, and those that wait whole because they have no teacher."""
    staff = {user.id: person_ref(user) for user in roster.users if not user.is_pupil}
    waiting = {enrolled.id: len(enrolled.pupils) for enrolled in roster.waiting}

    def made(enrolled: EnrolledClass, pupils: int) -> MadeClass:
        return MadeClass(
            id=enrolled.id,
            title=enrolled.title,
            kind=enrolled.made_of.kind,
            year=enrolled.made_of.year,
            owners=tuple(staff.get(teacher) or PersonRef(id=teacher, record=None) for teacher in enrolled.teachers),
            pupils=pupils,
            waiting=waiting.get(enrolled.id, 0),
            made_of=enrolled.made_of.ids,
        )

    there = [made(enrolled, len(enrolled.pupils)) for enrolled in roster.classes]
    absent = [made(enrolled, 0) for enrolled in roster.waiting if not enrolled.teachers]
    return sort_classes([*there, *absent])


def _filtered(parts: Sequence[Part]) -> tuple[FilteredSet, ...]:
    """Return the teaching sets that no part takes and some part filters, each once."""
    taken = {id(teaching_set) for part in parts for teaching_set in part.selection.teaching_sets}
    found: dict[int, FilteredSet] = {}
    for part in parts:
        for filtered in filtered_sets(part.selection.roll, part.profile):
            if id(filtered.teaching_set) not in taken:
                found.setdefault(id(filtered.teaching_set), filtered)
    return tuple(found.values())
