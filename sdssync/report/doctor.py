"""The result of `sdssync doctor`: JSON for programs, text for people."""

from collections import Counter
from collections.abc import Iterator

from sdssync.report.json_result import json_result
from sdssync.report.screen import Line
from sdssync.setup.doctor.catalogue import CHECKS, Examination
from sdssync.setup.doctor.diagnosis import Status

_STYLES = {Status.OK: "", Status.WARNING: "yellow", Status.FAILURE: "bold red"}
_WIDTHS = max(map(len, Status)), max(len(check.name) for check in CHECKS)
_ENDINGS = {Status.FAILURE: "s", Status.WARNING: "s", Status.OK: ""}


def doctor_json(examination: Examination) -> str:
    """Return what the checks say as the documented JSON."""
    checks = [
        {"check": name, "status": diagnosis.status, "message": diagnosis.message, "hint": diagnosis.hint}
        for name, diagnosis in examination.lines
    ]
    return json_result(checks=checks, skipped=list(examination.skipped))


def doctor_lines(examination: Examination) -> Iterator[Line]:
    """Yield a line for each thing that a check says, with what to do below it, and the counts."""
    for name, diagnosis in examination.lines:
        label = f"{diagnosis.status:<{_WIDTHS[0]}}  {name:<{_WIDTHS[1]}}"
        yield Line(f"{label}  {diagnosis.message}", _STYLES[diagnosis.status])
        if diagnosis.hint:
            yield Line(f"  hint: {diagnosis.hint}")
    counts = Counter(diagnosis.status for _, diagnosis in examination.lines)
    parts = (
        f"{counts[status]} {status}{_ENDINGS[status] if counts[status] != 1 else ''}" for status in reversed(Status)
    )
    yield Line("")
    yield Line(", ".join(parts))
    if examination.skipped:
        yield Line(f"not examined: {', '.join(examination.skipped)}")
