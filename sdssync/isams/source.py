"""
Get the document of the Batch API (downloaded now, downloaded last, or recorded), and parse it.

A download takes the place of the last document only after it was parsed and found complete.
"""

import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sdssync.config.credentials import read_credentials
from sdssync.config.profile import Profile
from sdssync.config.settings import RecordedSource, SchoolSettings
from sdssync.errors import OutputError, SourceError
from sdssync.isams import parser
from sdssync.isams.completeness import check_complete
from sdssync.isams.datasets import GROUP_DATASETS, group_datasets
from sdssync.isams.document import Document, cached_document, recorded_document
from sdssync.isams.progress import Progress
from sdssync.isams.records import Reading
from sdssync.isams.temporary import remove_temporary
from sdssync.log import events, outcomes
from sdssync.school import GroupKind

if TYPE_CHECKING:
    from sdssync.isams.download import Download


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A document, and what is in it."""

    document: Document
    reading: Reading
    is_kept: bool = True
    """False if the document could not take the place of the one that was downloaded before."""

    def require(self, wanted: Collection[GroupKind]) -> None:
        """
        Check that the document has groups of these kinds: one that was not downloaded now may be without them.

        Raises:
            RefusedDocumentError: a section is missing or empty.

        """
        with _naming(self.document):
            check_complete(self.reading.counts, group_datasets(wanted), self.document.origin)


def wanted_groups(profiles: Iterable[Profile], today: date) -> frozenset[GroupKind]:
    """Return the kinds of groups that any profile wants which has not expired: a download is for all of them."""
    tables = (profile.groups for profile in profiles if not profile.has_expired(today))
    return frozenset(kind for table in tables if table for kind in table.kinds)


def take_document(
    settings: SchoolSettings, wanted: Collection[GroupKind], *, cached: bool, progress: Progress
) -> Taken:
    """
    Get the document and parse it; `cached` means the one that was downloaded last.

    iSAMS is asked for the groups that are `wanted`, and none may be missing then; any other document is as it is.

    Raises:
        SdsSyncError: there is none, it is not a complete iSAMS document, or there is no key.

    """
    remove_temporary(settings.folders.state)
    source = settings.source
    if cached or isinstance(source, RecordedSource):
        return last_document(settings, progress=progress)
    credentials = read_credentials(source, os.environ)
    from sdssync.isams.download import download  # noqa: PLC0415  (0.1 s of CPU that only a download needs)

    with download(source, credentials, settings.folders.state, wanted, progress=progress) as downloaded:
        events.log().info("source.downloaded", **_facts(downloaded.document))
        reading = _parse(downloaded.document, progress, wanted)
        is_kept = _keep(downloaded)
    return Taken(document=downloaded.document, reading=reading, is_kept=is_kept)


def last_document(settings: SchoolSettings, *, progress: Progress) -> Taken:
    """
    Read the recorded document, or the one that was downloaded last; nothing is downloaded, nothing is changed.

    Raises:
        SdsSyncError: there is none, or it is not a complete iSAMS document.

    """
    source = settings.source
    if isinstance(source, RecordedSource):
        return _read(recorded_document(source), progress)
    return _read(cached_document(settings.folders.state, source.max_bytes), progress)


def _keep(downloaded: "Download") -> bool:
    """Keep the document for `--cached`; return False if that fails, for the sets do not depend on it."""
    try:
        downloaded.keep()
    except OutputError as error:
        outcomes.failed("cache.failed", error)
        return False
    return True


def _read(document: Document, progress: Progress) -> Taken:
    """Parse a document that was not downloaded now, and log how old it is."""
    facts = _facts(document)
    if document.downloaded_at:
        age = datetime.now(UTC) - document.downloaded_at
        hours = round(age.total_seconds() / 3600, 1)
        facts |= {"downloaded_at": document.downloaded_at.isoformat(timespec="seconds"), "age_hours": hours}
    events.log().info("source.read", **facts)
    with _naming(document):
        return Taken(document=document, reading=_parse(document, progress))


@contextmanager
def _naming(document: Document) -> Iterator[None]:
    """Name the document in what is wrong with it."""
    try:
        yield
    except SourceError as error:
        raise type(error)(f"{document.path}: {error.message}", error.hint) from None


def _facts(document: Document) -> dict[str, object]:
    """Return what the log says about where a document comes from."""
    return {"bytes": document.bytes, "seconds": round(document.seconds, 3), "attempts": document.attempts}


def _group_counts(reading: Reading) -> dict[str, int]:
    """Return how many forms, houses and years there are, as far as the document has their sections."""
    return {
        f"{kind.replace('-', '_')}s": reading.counts[dataset.section]
        for kind, dataset in GROUP_DATASETS.items()
        if dataset.section in reading.counts
    }


def _parse(document: Document, progress: Progress, wanted: Collection[GroupKind] = ()) -> Reading:
    """Parse a document and log what is in it."""
    started = time.monotonic()
    reading = parser.parse(
        document.path,
        progress=lambda done: progress.parse(done, document.bytes),
        origin=document.origin,
        wanted=wanted,
    )
    school = reading.school
    events.log().info(
        "source.parsed",
        pupils=len(school.pupils),
        staff=len(school.teachers),
        subjects=len({subject.id for subject in school.subjects}),
        sets=len(school.teaching_sets),
        memberships=sum(membership.rows for membership in school.memberships),
        **_group_counts(reading),
        seconds=round(time.monotonic() - started, 3),
    )
    return reading
