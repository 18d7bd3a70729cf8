"""
What was published last for each profile: a small record in the state folder.

The output folder is what counts. So a record that is missing or damaged is treated as if there were none.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from sdssync.errors import OutputError, os_reason
from sdssync.files import atomic
from sdssync.log import events
from sdssync.sds.formats import SdsFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A CSV set, as it was published."""

    published_at: AwareDatetime
    """In UTC."""
    format: SdsFormat
    files: tuple[str, ...]
    """The names of its files, sorted."""


_RECORD = TypeAdapter(Publication)


def read_publication(state: Path, profile: str) -> Publication | None:
    """
    Return the last publication of a profile; None if there is no record or, with a warning, a damaged one.

    Raises:
        OutputError: this account may not read it.

    """
    record = _record_file(state, profile)
    try:
        return _RECORD.validate_json(record.read_bytes())
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise OutputError(
            f"{record} cannot be read: {os_reason(error)}", "use the account under which the scheduled task runs"
        ) from None
    except (OSError, ValidationError):
        hint = f"{record} is damaged; the next publication replaces it"
        events.log().warning("publication.ignored", profile=profile, hint=hint)
        return None


def record_publication(state: Path, profile: str, publication: Publication) -> None:
    """
    Keep a record of a published set, unless there is one already: with its files, and not older.

    So if a run was killed before it could write the record, the next run writes it.

    Raises:
        OutputError: the record cannot be written.

    """
    last = read_publication(state, profile)
    known = last is not None and (last.format, last.files) == (publication.format, publication.files)
    if last is None or not known or last.published_at < publication.published_at:
        write_publication(state, profile, publication)


def write_publication(state: Path, profile: str, publication: Publication) -> None:
    """
    Replace the record of a profile.

    Raises:
        OutputError: it cannot be written, and the former record is as it was; or only its folder could not be flushed.

    """
    record = _record_file(state, profile)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(record, _RECORD.dump_json(publication, indent=2) + b"\n")
    except OSError as error:
        raise OutputError(
            f"state {state}: the record of the publication cannot be written: {os_reason(error)}",
            "let the account of sdssync write to the state folder, and check that the disk is not full",
        ) from error


def tidy_publications(state: Path) -> None:
    """
    Remove records that an interrupted run did not finish; the caller must hold the lock of the installation.

    Raises:
        OutputError: one cannot be removed.

    """
    try:
        for unfinished in (state / "published").glob(atomic.temporary(Path("*.json")).name):
            unfinished.unlink()
    except OSError as error:
        raise OutputError(f"state {state}: it cannot be written: {os_reason(error)}") from error


def _record_file(state: Path, profile: str) -> Path:
    """Return the path of the record; names of profiles are safe as file names (`names.name_fault`)."""
    return state / "published" / f"{profile}.json"
