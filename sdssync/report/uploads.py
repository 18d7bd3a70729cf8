"""
The results of a hand-over to SDS, and of `sdssync upload --check` and `sds-status`.

SDS's own words appear here, on stdout, with the people and classes they are about; in the log there are codes, files
and lines alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sdssync.errors import ExitCode, SdsSyncError
from sdssync.files.names import printable
from sdssync.graph.statement import Issue
from sdssync.publish.uploads import UploadOutcome
from sdssync.report.json_result import json_result
from sdssync.report.matter import shortened
from sdssync.report.names import counted, legible, person_words
from sdssync.report.screen import Line
from sdssync.roster.attribution import PersonRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedIssue:
    """One error or warning of SDS, with whom and what its line is about."""

    issue: Issue
    people: tuple[PersonRef, ...] = ()
    classes: tuple[str, ...] = ()
    """Titles of classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadResult:
    """How the hand-over of one profile ended."""

    profile: str
    outcome: UploadOutcome
    generation: int | None = None
    connector: str = ""
    """The id; "" if it was not looked for."""
    files: int = 0
    errors: tuple[PlacedIssue, ...] = ()
    warnings: tuple[PlacedIssue, ...] = ()
    has_started_run: bool = False
    error: SdsSyncError | None = None
    """Why it failed, unless SDS's own `errors` say so; of a set that SDS has, why no run was started."""

    @property
    def exit_code(self) -> ExitCode:
        """What `sdssync upload` ends with for this profile."""
        if self.error is not None:
            return self.error.exit_code
        return ExitCode.UPLOAD if self.outcome is UploadOutcome.FAILED else ExitCode.DONE

    @property
    def code_after_run(self) -> ExitCode:
        """What a run ends with that has published the set: whatever the cause, the upload failed."""
        return ExitCode.UPLOAD if self.exit_code else ExitCode.DONE


def upload_lines(results: Iterable[UploadResult]) -> Iterator[Line]:
    """Yield how each hand-over ended, for people."""
    for result in results:
        yield Line(printable(f"{result.profile}: {_how(result)}"), "bold red" if result.exit_code else "")
        if result.error is not None and result.error.hint:
            yield Line(f"  {printable(result.error.hint)}")
        details = [*_issue_lines("error", result.errors), *_issue_lines("warning", result.warnings)]
        for detail in shortened(details):
            yield Line(f"  {printable(detail)}")
        if result.errors:
            yield Line("  Correct that in iSAMS or in the profile; the next run publishes and hands over again.", "dim")


def upload_shape(result: UploadResult) -> dict[str, Any]:
    """Return the result of one profile for JSON."""
    shape: dict[str, Any] = {
        "profile": result.profile,
        "outcome": result.outcome,
        "exit_code": int(result.exit_code),
        "generation": result.generation,
        "connector": result.connector or None,
        "files": result.files,
        "errors": [_issue_shape(placed) for placed in result.errors],
        "warnings": [_issue_shape(placed) for placed in result.warnings],
        "run_started": result.has_started_run,
    }
    return shape | ({"why": str(result.error)} if result.error else {})


def uploads_json(results: Sequence[UploadResult], code: ExitCode) -> str:
    """Return how each hand-over ended as the documented JSON."""
    return json_result(exit_code=int(code), profiles=[upload_shape(result) for result in results])


def _how(result: UploadResult) -> str:
    if result.generation is None and result.error is None:
        return "nothing has been published yet"
    number = f"generation {result.generation}"
    run = "; a run has been started" if result.has_started_run else ""
    run = f"; no run was started: {result.error.message}" if result.error else run
    match result.outcome:
        case UploadOutcome.UNCHANGED:
            return f"SDS has validated {number} already; nothing was sent{run}"
        case UploadOutcome.FAILED:
            if result.error is not None:
                return f"not handed over to SDS: {result.error.message}"
            return f"SDS refuses {number}: {counted(len(result.errors), 'error', 'errors')}"
        case UploadOutcome.VALIDATED:
            return f"SDS has validated {number}; validate_only is set, so it does not count as handed over"
        case UploadOutcome.UPLOADED:
            warnings = f", {counted(len(result.warnings), 'warning', 'warnings')}" if result.warnings else ""
            return f"{number} handed over to SDS, {counted(result.files, 'file', 'files')}{warnings}{run}"


def _issue_lines(kind: str, issues: Iterable[PlacedIssue]) -> Iterator[str]:
    for placed in issues:
        issue = placed.issue
        place = issue.file + (f", line {issue.line}" if issue.line else "") if issue.file else "the set"
        about = ", ".join([*map(person_words, placed.people), *map(legible, placed.classes)])
        yield f"{kind} {issue.code}: {place}: {legible(issue.text)}" + (f" [{about}]" if about else "")


def _issue_shape(placed: PlacedIssue) -> dict[str, Any]:
    issue = placed.issue
    return {
        "code": issue.code,
        "file": issue.file or None,
        "line": issue.line,
        "message": issue.text,
        "people": [person.id for person in placed.people],
        "classes": list(placed.classes),
    }
