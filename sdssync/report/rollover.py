"""The result of `sdssync rollover`: the change of each file with the reason of each value, as text or as JSON."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from sdssync.files.names import printable
from sdssync.report.json_result import json_result
from sdssync.report.names import counted
from sdssync.report.screen import Line
from sdssync.setup.rollover import RolledFile
from sdssync.setup.school_year import SchoolYear

_STYLES = {"-": "red", "+": "green"}


def rollover_json(files: Sequence[RolledFile], year: SchoolYear, *, written: bool) -> str:
    """Return the change of each file as JSON."""
    return json_result(
        year=str(year),
        written=written,
        files=[
            {
                "file": file.displayed,
                "changes": [
                    {"key": change.key, "before": change.before, "after": change.after, "why": change.why}
                    for change in file.changes
                ],
                "notes": list(file.notes),
            }
            for file in files
        ],
    )


def rollover_lines(files: Sequence[RolledFile], year: SchoolYear, *, written: bool) -> Iterator[Line]:
    """Yield the change of each file as a diff, with an explanation of each value, then what happens next."""
    changed = [file for file in files if file.changes]
    for file in files:
        if file.changes or file.notes:
            yield from _file_lines(file)
            yield Line("")
    if not changed:
        doubts = " but for what is said above" if any(file.notes for file in files) else ""
        yield Line(f"nothing changes: every file is for {year} already{doubts}", "bold")
        return
    number = counted(len(changed), "file", "files")
    if not written:
        yield Line(f"{number} would change; nothing was written", "bold")
        yield Line(f"  to write all of them: sdssync rollover {year} --write")
    else:
        yield Line(f"{number} changed to {year}", "bold")
    yield Line("  The next run is held once, because the classes of last year go: that is what the gates are for.")
    yield Line("  After it: sdssync plan, and for each profile, if the plan is right: sdssync approve NAME PLAN-ID")


def _file_lines(file: RolledFile) -> Iterator[Line]:
    yield Line(printable(file.displayed), "bold")
    before, after = file.before.splitlines(), file.after.splitlines()
    for line in list(unified_diff(before, after, lineterm="", n=0))[2:]:
        if not line.startswith("@@"):
            yield Line(f"  {line[0]} {printable(line[1:])}", _STYLES[line[0]])
    for change in file.changes:
        yield Line(printable(f"  {change.key}: {change.why}"))
    for note in file.notes:
        yield Line(printable(f"  note: {note}"), "yellow")
