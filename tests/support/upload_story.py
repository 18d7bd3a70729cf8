"""What must hold of an interrupted hand-over once the next run has ended, whatever the interruption was."""

from collections.abc import Iterator

from tests.support.uploads import Handing


def faults_of_the_end(handing: Handing, *, starts_run: bool) -> Iterator[str]:
    """Let the next run complete the hand-over; yield what is wrong then, and with the run after it."""
    microsoft = handing.microsoft
    ran = handing.uploaded()
    if ran.exit_code:
        yield f"the next run ended with {int(ran.exit_code)}: {ran.logs('upload.failed', 'command.crashed')}"
    sets = [finished.files for finished in microsoft.finished]
    if sets != [handing.published]:
        yield f"SDS got {len(sets)} sets: {[sorted(files) for files in sets]}"
    known = handing.known
    if known.attempt or len(known.done) != 1:
        yield f"the record has {known}"
    if len(microsoft.world.records.run_starts) != int(starts_run):
        yield f"{len(microsoft.world.records.run_starts)} runs were started"
    yield from microsoft.violations
    requests = len(microsoft.requests)
    if handing.uploaded().exit_code or {asked.kind for asked in microsoft.requests[requests:]} - {
        "connectors",
        "token",
    }:
        yield "the run after it asked for more than the connector"
