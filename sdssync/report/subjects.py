"""The result of `sdssync subjects`: JSON for programs, text for people."""

from collections.abc import Sequence
from dataclasses import asdict

from sdssync.report.json_result import json_result
from sdssync.report.tables import table
from sdssync.roster.subjects import SubjectSummary

_HEADER = ("Subject ID", "Code", "Name", "Departments", "Sets", "Pupils")


def subjects_json(subjects: Sequence[SubjectSummary]) -> str:
    """Return the subjects as the documented JSON."""
    return json_result(subjects=[asdict(subject) for subject in subjects])


def subjects_text(subjects: Sequence[SubjectSummary], *, color: bool) -> str:
    """Return the subjects as a table."""
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
    return table("Subjects", _HEADER, rows, color=color)
