"""
Take the school's document: downloaded now, downloaded last, or recorded; and read it.

A download takes the place of the last one only after it has proved to be complete.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sdssync.config.settings import RecordedSource, Settings, read_api_key
from sdssync.isams import download, parser
from sdssync.isams.records import Reading
from sdssync.log import events

Progress = Callable[[str, int, int | None], None]
"""Told of "download" or "parse", the bytes so far, and the bytes expected, if known."""


def take_document(settings: Settings, *, cached: bool, progress: Progress) -> Reading:
    """
    Get the document and parse it; `cached` means the one that was downloaded last.

    Raises:
        SdsSyncError: there is none, it is no complete iSAMS document, or the key is missing.

    """
    download.remove_leftovers(settings.state)
    source = settings.source
    if isinstance(source, RecordedSource):
        return _read(download.recorded(source), progress)
    if cached:
        return _read(download.cached(settings.state, source.max_bytes), progress)
    key = read_api_key(source, os.environ)
    with download.download(source, key, settings.state, progress=partial(progress, "download")) as downloaded:
        document = downloaded.document
        events.log().info("source.downloaded", **_facts(document))
        reading = _parse(document, progress)
        downloaded.keep()
    return reading


def _read(document: download.Document, progress: Progress) -> Reading:
    """Log how old a document is that was not downloaded now, and parse it."""
    facts = _facts(document)
    if document.downloaded_at:
        age = datetime.now(UTC) - document.downloaded_at
        hours = round(age.total_seconds() / 3600, 1)
        facts |= {"downloaded_at": document.downloaded_at.isoformat(timespec="seconds"), "age_hours": hours}
    events.log().info("source.read", **facts)
    return _parse(document, progress)


def _facts(document: download.Document) -> dict[str, object]:
    """Return what the log says about where a document comes from."""
    return {"bytes": document.bytes, "seconds": round(document.seconds, 3), "attempts": document.attempts}


def _parse(document: download.Document, progress: Progress) -> Reading:
    """Parse a document and log what is in it."""
    started = time.monotonic()
    reading = parser.parse(document.path, progress=lambda done: progress("parse", done, document.bytes))
    school = reading.school
    events.log().info(
        "source.parsed",
        pupils=len(school.pupils),
        staff=len(school.teachers),
        subjects=len({subject.id for subject in school.subjects}),
        sets=len(school.sets),
        memberships=sum(each.rows for each in school.memberships),
        seconds=round(time.monotonic() - started, 3),
    )
    return reading
