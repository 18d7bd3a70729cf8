"""Subjects and years with their counts: JSON for programs, text for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sdssync.report.json_result import json_result
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, number, table
from sdssync.roster.subjects import SubjectSummary
from sdssync.roster.years import YearSummary

_COLUMNS = (
    Column("Subject ID", is_number=True),
    Column("Code", rank=2),
    Column("Name"),
    Column("Departments", rank=3),
    Column("Sets", is_number=True, rank=1),
    Column("Pupils", is_number=True, rank=1),
    Column("Profiles", rank=4),
)
_YEARS = (Column("Year", is_number=True), Column("Pupils", is_number=True), Column("Sets", is_number=True))


def years_lines(years: Sequence[YearSummary], width: int | None) -> Iterator[Line]:
    """Yield the year groups as a table."""
    rows = [Row((str(year.year), number(year.pupils), number(year.sets))) for year in years]
    yield from table(_YEARS, rows, width)


def subjects_json(subjects: Sequence[SubjectSummary]) -> str:
    """Return the subjects as the documented JSON."""
    return json_result(subjects=[asdict(subject) for subject in subjects])


def subjects_lines(subjects: Sequence[SubjectSummary], width: int | None) -> Iterator[Line]:
    """Yield the subjects as a table."""
    rows = [
        Row(
            (
                subject.id,
                subject.code,
                subject.name,
                ", ".join(subject.departments),
                number(subject.sets),
                number(subject.pupils),
                ", ".join(subject.profiles),
            )
        )
        for subject in subjects
    ]
    yield from table(_COLUMNS, rows, width)
