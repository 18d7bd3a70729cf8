"""
Results of run, subjects and profiles for stdout: JSON for programs, text for people.

Here, and in the results of validate, names of pupils may be seen: those that the script printed.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sdssync.config.installation import BrokenProfile, Installation, Profile
from sdssync.config.settings import Settings
from sdssync.files.paths import shown
from sdssync.publish.publications import read_publication
from sdssync.report.outcome import ProfileResult, RunReport
from sdssync.report.tables import table
from sdssync.roster.omissions import Kind, Omission
from sdssync.roster.subjects import SubjectSummary
from sdssync.school import Pupil

_VERSION = 1


def run_json(report: RunReport) -> str:
    """Return the report of a run as the documented JSON."""
    return _dump(
        {
            "version": _VERSION,
            "run_id": report.run_id,
            "exit_code": int(report.exit_code),
            "profiles": [_result_json(result) for result in report.results],
        }
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


def subjects_json(subjects: Sequence[SubjectSummary]) -> str:
    """Return the subjects as the documented JSON."""
    return _dump({"version": _VERSION, "subjects": [asdict(subject) for subject in subjects]})


def subjects_text(subjects: Sequence[SubjectSummary], *, color: bool) -> str:
    """Return the subjects as a table."""
    header = ("Subject ID", "Code", "Name", "Departments", "Sets", "Pupils")
    rows = [
        (
            subject.id,
            subject.code,
            subject.name,
            ", ".join(subject.departments),
            str(subject.sets),
            str(subject.pupils),
        )
        for subject in subjects
    ]
    return table("Subjects", header, rows, color=color)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Configured:
    """What `profiles` says of one profile; of a wrong one only a little is known."""

    name: str
    file: str
    format: str | None = None
    year_groups: tuple[int, ...] | None = None
    output: str | None = None
    expires: str | None = None
    state: str
    published_at: str | None


def profiles_json(installation: Installation, today: date) -> str:
    """Return what is configured as the documented JSON."""
    configured = [asdict(_configured(each, installation.settings, today)) for each in installation.entries]
    return _dump({"version": _VERSION, "profiles": configured})


def profiles_text(installation: Installation, today: date, *, color: bool) -> str:
    """Return what is configured as a table."""
    header = ("Name", "File", "Format", "Years", "Output", "Expires", "State", "Published at")
    rows = [
        (
            each.name,
            each.file,
            each.format or "",
            ", ".join(map(str, each.year_groups or ())),
            each.output or "",
            "" if each.state == _WRONG else each.expires or "never",
            each.state,
            each.published_at or "never",
        )
        for each in (_configured(entry, installation.settings, today) for entry in installation.entries)
    ]
    return table("Profiles", header, rows, color=color)


_WRONG = "wrong"


def _configured(each: Profile | BrokenProfile, settings: Settings, today: date) -> _Configured:
    file = shown(each.file, settings.folder)
    last = read_publication(settings.state, each.name)
    published_at = last.published_at.isoformat(timespec="seconds") if last else None
    if isinstance(each, BrokenProfile):
        return _Configured(name=each.name, file=file, state=_WRONG, published_at=published_at)
    return _Configured(
        name=each.name,
        file=file,
        format=each.format,
        year_groups=each.year_groups,
        output=each.output_as_written,
        expires=each.expires.isoformat() if each.expires else None,
        state="expired" if each.expires and today > each.expires else "ready",
        published_at=published_at,
    )


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
