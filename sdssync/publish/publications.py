"""
What was published last for each profile: a small record in the state folder.

It is a memory, not the truth: the output folder is that. So a record that is missing or damaged counts as none.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from sdssync.errors import OutputError
from sdssync.files.swap import patiently
from sdssync.log import events
from sdssync.sds.schema import SdsFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One set, as it was published."""

    published_at: AwareDatetime
    """In UTC."""
    format: SdsFormat
    files: tuple[str, ...]
    """The names of its files, sorted."""


_RECORD = TypeAdapter(Publication)


def read_publication(state: Path, profile: str) -> Publication | None:
    """Give the last publication of a profile; None when there is no record or, with a warning, a damaged one."""
    try:
        return _RECORD.validate_json(_record_file(state, profile).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        hint = "the next publication writes it anew; until then SDS109 has nothing to compare with"
        events.log().warning("publication.ignored", profile=profile, hint=hint)
        return None


def record_publication(state: Path, profile: str, publication: Publication) -> None:
    """
    Keep a record of a set that is published, unless there is one of it already: with its files, and not older.

    So a run that was killed before it could write the record has it written by the next. Raises OutputError.
    """
    last = read_publication(state, profile)
    known = last is not None and (last.format, last.files) == (publication.format, publication.files)
    if last is None or not known or last.published_at < publication.published_at:
        write_publication(state, profile, publication)


def write_publication(state: Path, profile: str, publication: Publication) -> None:
    """Replace the record of a profile; a kill leaves the former one or the new one. Raises OutputError."""
    record = _record_file(state, profile)
    unfinished = record.with_name(f"{record.name}.new")
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(_RECORD.dump_json(publication, indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: unfinished.replace(record))
    except OSError as error:
        raise OutputError(
            f"state {state}: the record of the publication cannot be written: {error.strerror}",
            "let the account of sdssync write to the state folder, and see that the disk is not full",
        ) from error


def tidy_publications(state: Path) -> None:
    """Remove records that a killed run did not finish. For use while the lock is held. Raises OutputError."""
    try:
        for unfinished in (state / "published").glob("*.json.new"):
            unfinished.unlink()
    except OSError as error:
        raise OutputError(f"state {state}: it cannot be written: {error.strerror}") from error


def _record_file(state: Path, profile: str) -> Path:
    """Name the record; names of profiles are fit for file names (`paths.name_fault`)."""
    return state / "published" / f"{profile}.json"
