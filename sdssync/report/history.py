"""The results of `sdssync status`, `history`, `diff` and `audit verify`: JSON for programs, text for people."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sdssync.publish.generations import Generation
from sdssync.publish.status import ProfileStatus, Status
from sdssync.publish.uploads import LastUpload, UploadOutcome
from sdssync.report.json_result import json_result
from sdssync.report.matter import quoted
from sdssync.report.plan import change_lines, changes_shape, summary_shape
from sdssync.report.plan_words import summary_words
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, number, table
from sdssync.safety.changes import Changes
from sdssync.safety.plan import KindSummary, summarise

_STATUS = (
    Column("Profile"),
    Column("Last outcome"),
    Column("Last run", rank=2),
    Column("Generation", is_number=True, rank=5),
    Column("Published", rank=3),
    Column("Users", is_number=True, rank=6),
    Column("Classes", is_number=True, rank=7),
    Column("Enrollments", is_number=True, rank=8),
    Column("Waits for", rank=1),
    Column("Expires", rank=4),
)
_HISTORY = (
    Column("Generation", is_number=True),
    Column("Published"),
    Column("By", rank=1),
    Column("Users", is_number=True, rank=3),
    Column("Classes", is_number=True, rank=4),
    Column("Enrollments", is_number=True, rank=5),
    Column("Change", rank=2),
)


def status_lines(status: Status, now: datetime, width: int | None) -> Iterator[Line]:
    """Yield the state of every profile as a table, then what to do; times are in the time zone of `now`."""
    if status.last_run is None and not status.profiles:
        yield Line("no run has ended yet: sdssync run-all")
        return
    if status.last_run is None:
        yield Line("How the last run ended is not known: state/status.json was lost.")
    else:
        finished = _local(status.last_run.finished_at, now)
        yield Line(f"The last run ended at {finished} with code {status.last_run.exit_code}.")
    yield Line("")
    yield from table(_STATUS, [_status_row(profile, now) for profile in status.profiles], width)
    for profile in status.profiles:
        if profile.upload:
            yield Line("")
            yield from _upload_line(profile.profile, profile.upload, now)
        if profile.held and not profile.pinned:
            yield Line("")
            held = f"{profile.profile} is held by {', '.join(profile.held.gates)} until {profile.held.until}"
            yield Line(f"{held}: look with sdssync plan {quoted(profile.profile)}", "bold red")
            yield Line(f"  if it is right: sdssync approve {quoted(profile.profile)} {profile.held.plan_id}")
        if profile.pinned:
            yield Line("")
            yield Line(
                f"{profile.profile} was restored: runs hold it until sdssync release {quoted(profile.profile)}", "bold"
            )


def _upload_line(profile: str, upload: LastUpload, now: datetime) -> Iterator[Line]:
    at = _local(upload.finished_at, now)
    if upload.exit_code:
        counted = f" with {upload.errors} errors of SDS" if upload.errors else ""
        what = "was handed over" if upload.lacks_run else "was not handed over"
        no_run = ", but no run was started" if upload.lacks_run else ""
        yield Line(f"{profile}: generation {upload.generation} {what} to SDS at {at}{counted}{no_run}", "bold red")
        yield Line(f"  the log says why; try again: sdssync upload {quoted(profile)}")
    else:
        what = "validated by SDS, as a trial," if upload.outcome is UploadOutcome.VALIDATED else "handed over to SDS"
        yield Line(f"{profile}: generation {upload.generation} {what} at {at}")


def _status_row(profile: ProfileStatus, now: datetime) -> Row:
    published = profile.published
    waits = "approval" if profile.held else "release" if profile.pinned else ""
    return Row(
        (
            profile.profile,
            profile.outcome,
            _local(profile.finished_at, now),
            number(published.generation if published else None),
            _local(published.published_at, now) if published else "never",
            number(published.users if published else None),
            number(published.classes if published else None),
            number(published.enrollments if published else None),
            waits,
            profile.expires.isoformat() if profile.expires else "never",
        ),
        "bold red" if profile.code_with_upload else "",
    )


def history_lines(
    steps: Iterable[tuple[Generation, Changes | None]], now: datetime, width: int | None
) -> Iterator[Line]:
    """Yield the generations of a profile as a table, the newest first."""
    rows = [Row(_history_row(generation, changes, now)) for generation, changes in steps]
    if not rows:
        yield Line("nothing has been published yet")
        return
    yield from table(_HISTORY, rows, width)


def _history_row(generation: Generation, changes: Changes | None, now: datetime) -> tuple[str, ...]:
    manifest = generation.manifest
    files = manifest.files
    return (
        number(generation.number),
        _local(manifest.published_at, now),
        f"{manifest.origin} ({manifest.account})" if manifest.account else manifest.origin,
        number(files.users),
        number(files.classes),
        number(files.enrollments),
        "; ".join(_kinds(changes)) if changes else "",
    )


def _kinds(changes: Changes) -> Iterator[str]:
    for what, summary in _summaries(changes).items():
        if summary.added or summary.changed or summary.removed:
            yield f"{what} +{summary.added:,} ~{summary.changed:,} -{summary.removed:,}"


def _summaries(changes: Changes) -> dict[str, KindSummary]:
    return {kind: summarise(getattr(changes, kind), {}) for kind in ("users", "classes", "enrollments")}


def history_json(profile: str, steps: Iterable[tuple[Generation, Changes | None]]) -> str:
    """Return the generations of a profile as JSON."""
    return json_result(
        profile=profile,
        generations=[
            _generation_shape(generation)
            | {
                "changes": {kind: _counts(summary) for kind, summary in _summaries(changes).items()}
                if changes
                else None
            }
            for generation, changes in steps
        ],
    )


def _generation_shape(generation: Generation) -> dict[str, Any]:
    manifest = generation.manifest
    return {
        "generation": generation.number,
        "published_at": manifest.published_at.isoformat(timespec="seconds"),
        "day": manifest.day.isoformat(),
        "origin": manifest.origin,
        "account": manifest.account or None,
        "reason": manifest.reason or None,
        "users": manifest.files.users,
        "classes": manifest.files.classes,
        "enrollments": manifest.files.enrollments,
    }


def _counts(summary: KindSummary) -> dict[str, int]:
    return {"added": summary.added, "changed": summary.changed, "removed": summary.removed}


def diff_json(profile: str, old: Generation, new: Generation, changes: Changes) -> str:
    """Return what changed between two generations as JSON."""
    shape = {kind: summary_shape(summary) for kind, summary in _summaries(changes).items()}
    return json_result(
        profile=profile,
        old=_generation_shape(old),
        new=_generation_shape(new),
        **shape,
        changes=list(changes_shape(changes, None)),
    )


def diff_lines(profile: str, old: Generation, new: Generation, changes: Changes, most: int | None) -> Iterator[Line]:
    """Yield what changed between two generations, at most so many lines; None: all."""
    yield Line(f"{profile}: from generation {old.number} to generation {new.number}", "bold")
    for what, summary in _summaries(changes).items():
        yield Line(f"  {what}: {summary.before:,} before, {summary.after:,} after; {summary_words(what, summary)}")
    lines = list(change_lines(changes, None))
    room = len(lines) if most is None else most - 5
    yield from lines[:room]
    if len(lines) > room:
        yield Line(f"and {len(lines) - room:,} more lines: --all shows them", "bold")


def _local(time: datetime, now: datetime) -> str:
    return time.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
