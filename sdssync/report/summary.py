"""
The result of `sdssync run` and `run-all`: JSON for programs, text for people.

Here, and in the results of `validate`, names of pupils appear: those that iSAMS-SDS.ps1 printed.
"""

from collections.abc import Iterable
from typing import Any

from sdssync.report.json_result import json_result
from sdssync.report.outcome import ProfileResult, RunReport
from sdssync.report.tables import table
from sdssync.roster.omissions import Kind, Omission
from sdssync.school import Pupil


def run_json(report: RunReport) -> str:
    """Return the report of a run as the documented JSON."""
    return json_result(
        run_id=report.run_id,
        exit_code=int(report.exit_code),
        profiles=[_result_json(result) for result in report.results],
    )


def _result_json(result: ProfileResult) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "profile": result.profile,
        "outcome": result.outcome,
        "format": result.format or None,
        "output": result.output or None,
        "users": result.users,
        "classes": result.classes,
        "enrollments": result.enrollments,
        "findings": dict(result.findings),
        "omissions": result.omission_counts,
        "omitted": [_omission_json(omission) for omission in result.omissions],
    }
    return shape | ({"why": result.why} if result.why else {})


def _omission_json(omission: Omission) -> dict[str, str]:
    shape: dict[str, str] = {"reason": omission.reason, "kind": omission.kind}
    if omission.kind is Kind.ENROLLMENT:
        return shape | {"class_id": omission.class_id, "user_id": omission.id}
    shape["id"] = omission.id
    if omission.pupil:
        shape |= {
            "surname": omission.pupil.surname,
            "forename": omission.pupil.forename,
            "year": omission.pupil.year,
        }
    return shape


def run_text(report: RunReport, *, color: bool) -> str:
    """Return the report of a run for people: a table of the profiles, what was left out, pupils without e-mail."""
    header: tuple[str, ...] = ("Profile", "Outcome", "Users", "Classes", "Enrollments", "Findings", "Output")
    rows = [
        (
            result.profile,
            result.outcome,
            str(result.users),
            str(result.classes),
            str(result.enrollments),
            _counts(result.findings.items()),
            result.output,
        )
        for result in report.results
    ]
    parts = [table("Profiles", header, rows, color=color)]
    parts += [f"{result.profile}: {result.outcome}: {result.why}\n" for result in report.results if result.why]
    parts += [
        f"{result.profile}: left out: {_counts(result.omission_counts.items())}\n"
        for result in report.results
        if result.omission_counts
    ]
    if without_email := list(_without_email(report)):
        header = ("School ID", "Surname", "Forename", "Year", "Profile")
        parts.append(table("\nPupils without e-mail address", header, without_email, color=color))
    return "".join(parts)


def _without_email(report: RunReport) -> Iterable[tuple[str, ...]]:
    for result in report.results:
        for omission in result.omissions:
            if isinstance(omission.pupil, Pupil):
                pupil = omission.pupil
                yield omission.id, pupil.surname, pupil.forename, pupil.year, result.profile


def _counts(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts)
