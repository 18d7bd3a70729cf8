"""What a notification says to a person: no name, no address, no cell."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sdssync.errors import ExitCode
from sdssync.notify.message import Fault
from sdssync.publish.status import ProfileStatus, Status
from sdssync.report.json_result import json_result
from sdssync.report.matter import quoted
from sdssync.report.screen import Line

_MEANINGS = {
    ExitCode.INVALID: "a set breaks the rules of SDS and was not published",
    ExitCode.USAGE: "the settings or a profile have mistakes",
    ExitCode.SOURCE: "iSAMS gave no complete document",
    ExitCode.HELD: "a safety gate holds a set, which waits for approval",
    ExitCode.LOCKED: "another run was in progress",
    ExitCode.OUTPUT: "output, state or log could not be read or written",
    ExitCode.UPLOAD: "published, but the upload failed",
    ExitCode.BUG: "a bug in sdssync",
    ExitCode.INTERRUPTED: "the run was interrupted",
}


def subject(code: ExitCode) -> str:
    """Return how a run ended, in so few words that the subject of a mail stays on one line."""
    if code is ExitCode.DONE:
        return "runs end with code 0 again"
    return f"code {code}, {_MEANINGS.get(code, 'see the log')}"


def message_lines(school: str, what: str, status: Status, now: datetime) -> Iterator[str]:
    """Yield the lines of a message; times are in the time zone of `now`."""
    yield f"{school}: {what}." if school else f"{what}."
    yield ""
    if status.last_run:
        finished = status.last_run.finished_at.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
        yield f"Last run: {finished}, code {status.last_run.exit_code}, run_id {status.last_run.run_id} in the log."
    for profile in status.profiles:
        yield from _profile_lines(profile)
    yield ""
    yield "The log says why, and what to do; `sdssync status` shows the same as this message."


def _profile_lines(profile: ProfileStatus) -> Iterator[str]:
    yield f"{profile.profile}: {profile.outcome} at its last run (code {profile.exit_code})."
    if profile.upload and profile.upload.exit_code:
        command = f"sdssync upload {quoted(profile.profile)}"
        has_set = profile.upload.lacks_run
        what = "was handed over to SDS, but no run was started" if has_set else "was not handed over to SDS"
        yield f"  Generation {profile.upload.generation} {what}. Try again: {command}"
    if profile.held and not profile.pinned:
        name = quoted(profile.profile)
        yield f"  Its new set is held until {profile.held.until}. Look: sdssync plan {name}"
        yield f"  If it is right: sdssync approve {name} {profile.held.plan_id}"
    if profile.pinned:
        yield f"  It was restored: runs hold it until sdssync release {quoted(profile.profile)}"


def deliveries_lines(deliveries: Iterable[tuple[str, Fault | None]]) -> Iterator[Line]:
    """Yield how each way of a test ended."""
    for way, fault in deliveries:
        yield Line(f"{way}: {f'failed: {fault.error}' if fault else 'sent'}", "bold red" if fault else "")
        if fault:
            yield Line(f"  {fault.hint}")


def deliveries_json(code: ExitCode, deliveries: Iterable[tuple[str, Fault | None]]) -> str:
    """Return how each way of a test ended as JSON."""
    ways = [
        {"way": way, "sent": fault is None, "error": fault.error if fault else "", "hint": fault.hint if fault else ""}
        for way, fault in deliveries
    ]
    return json_result(exit_code=int(code), ways=ways)
