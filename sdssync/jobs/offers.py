"""What the source offers to someone who writes a profile: years and subjects, with their counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sdssync.config.settings import SchoolSettings
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.subjects import SubjectSummary, summarise_subjects
from sdssync.roster.years import YearSummary, summarise_years
from sdssync.school import GroupKind


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen."""

    years: tuple[YearSummary, ...]
    roll: Roll

    def subjects(self, years: Iterable[int]) -> tuple[SubjectSummary, ...]:
        """Return the subjects that have sets in these years."""
        return tuple(subject for subject in summarise_subjects(self.roll, years) if subject.sets)


def look_at_school(
    settings: SchoolSettings, wanted: Collection[GroupKind], *, cached: bool, progress: Progress
) -> Offers:
    """
    Read the document of the school, and return what it offers; a download is one for the groups that are wanted.

    Raises:
        SdsSyncError: there is no complete document, or another run holds the lock.

    """
    with installation_lock(settings.folders.state):
        taken = take_document(settings, wanted, cached=cached, progress=progress)
    roll = call_roll(taken.reading.school)
    return Offers(years=summarise_years(roll.school), roll=roll)
