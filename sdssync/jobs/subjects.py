"""List the subjects of the school, for `sdssync subjects`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.errors import ExitCode
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document, wanted_groups
from sdssync.jobs.selections import enrol_parts
from sdssync.roster.combine import Part
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.selection import select
from sdssync.roster.subjects import SubjectSummary, summarise_subjects


@dataclass(frozen=True, slots=True)
class Listed:
    """The subjects by id, and how the command ends."""

    subjects: tuple[SubjectSummary, ...]
    exit_code: ExitCode


def list_subjects(
    school: ConfiguredSchool, today: date, *, years: Iterable[int] | None, cached: bool, progress: Progress
) -> Listed:
    """
    Return the subjects of the school's document, by id; with years, counting sets and pupils of these years only.

    Raises:
        SdsSyncError: there is no complete document, or another run holds the lock.

    """
    with installation_lock(school.settings.folders.state):
        wanted = wanted_groups(school.profiles, today)
        taken = take_document(school.settings, wanted, cached=cached, progress=progress)
    roll = call_roll(taken.reading.school)
    taught = {
        profile.name: frozenset(_subjects_of(profile.on(today), roll, school.settings.identity))
        for profile in school.profiles
        if profile.output and not profile.has_expired(today)
    }
    subjects = tuple(
        replace(subject, profiles=tuple(name for name, ids in taught.items() if subject.id in ids))
        for subject in summarise_subjects(roll, years)
    )
    return Listed(subjects, ExitCode.DONE if taken.is_kept else ExitCode.OUTPUT)


def _subjects_of(profile: Profile, roll: Roll, identity: SchoolIdentity) -> Iterator[str]:
    """Yield the ids of the subjects of whose sets the profile makes classes."""
    parts = [Part(profile=part, selection=select(roll, part)) for part in profile.parts]
    for enrolled in enrol_parts(parts, profile, identity).classes:
        yield from (teaching_set.subject_id for teaching_set in enrolled.made_of.sets)
