"""List the subjects of the school, for `sdssync subjects`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sdssync.config.installation import ConfiguredSchool
from sdssync.errors import ExitCode
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document, wanted_groups
from sdssync.roster.roll import call_roll
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
    subjects = summarise_subjects(call_roll(taken.reading.school), years)
    return Listed(subjects, ExitCode.DONE if taken.is_kept else ExitCode.OUTPUT)
