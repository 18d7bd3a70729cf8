"""List the subjects of the school, for `sdssync subjects`."""

from collections.abc import Iterable

from sdssync.config.settings import SchoolSettings
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document
from sdssync.roster.roll import call_roll
from sdssync.roster.subjects import SubjectSummary, summarise_subjects


def list_subjects(
    settings: SchoolSettings, *, years: Iterable[int] | None, cached: bool, progress: Progress
) -> tuple[SubjectSummary, ...]:
    """
    Return the subjects of the school's document, by id; with years, counting sets and pupils of these years only.

    Raises:
        SdsSyncError: there is no complete document, or another run holds the lock.

    """
    with installation_lock(settings.folders.state):
        taken = take_document(settings, cached=cached, progress=progress)
    return summarise_subjects(call_roll(taken.reading.school), years)
