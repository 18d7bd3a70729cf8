"""Find the people and classes that SDS's issues are about: by the rows of the generation, and by the last document."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from pathlib import Path

from sdssync.config.settings import SchoolSettings
from sdssync.errors import SdsSyncError
from sdssync.graph.statement import Issue
from sdssync.isams.progress import Progress
from sdssync.isams.source import last_document
from sdssync.publish.generations import Generation
from sdssync.report.uploads import PlacedIssue
from sdssync.roster.attribution import PersonRef
from sdssync.roster.roll import user_id
from sdssync.school import Pupil, Teacher
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import open_csv
from sdssync.sds.schema import CLASSES, USERS

_PERSON = {USERS: "sourcedId"}
_CLASS = {CLASSES: "sourcedId"}
"""The column with the id; in the other files it is named after what it refers to."""


def place_issues(issues: Sequence[Issue], generation: Generation, settings: SchoolSettings) -> tuple[PlacedIssue, ...]:
    """Return the issues, each with whom and what its line is about, as far as that is known; each file is read once."""
    wanted: dict[str, set[int]] = {name: set() for name in generation.manifest.files.names}
    for issue in issues:
        if issue.line is not None and issue.file in wanted:
            wanted[issue.file].add(issue.line)
    found = {name: _rows_at(generation.folder / name, lines) for name, lines in wanted.items() if lines}
    rows = [found.get(issue.file, {}).get(issue.line or 0, {}) for issue in issues]
    records = _records(settings) if any(rows) else {}
    titles = _titles(
        generation.folder / CLASSES, {_class_of(issue, row) for issue, row in zip(issues, rows, strict=True)}
    )
    return tuple(_placed(issue, row, records, titles) for issue, row in zip(issues, rows, strict=True))


def _placed(
    issue: Issue, row: Mapping[str, str], records: Mapping[str, Pupil | Teacher], titles: Mapping[str, str]
) -> PlacedIssue:
    person = row.get(_PERSON.get(issue.file, "userSourcedId"))
    class_id = _class_of(issue, row)
    return PlacedIssue(
        issue=issue,
        people=(PersonRef(id=person, record=records.get(person)),) if person else (),
        classes=(titles.get(class_id, class_id),) if class_id else (),
    )


def _class_of(issue: Issue, row: Mapping[str, str]) -> str | None:
    return row.get(_CLASS.get(issue.file, "classSourcedId"))


def _rows_at(path: Path, lines: Container[int]) -> Mapping[int, Mapping[str, str]]:
    """Return the cells by column of the lines that are wanted and there."""
    return {line: row for line, row in _rows(path) if line in lines}


def _titles(path: Path, ids: Collection[str | None]) -> Mapping[str, str]:
    """Return the titles of some classes by id."""
    if not any(ids):
        return {}
    return {row["sourcedId"]: row.get("title", "") for _, row in _rows(path) if row.get("sourcedId") in ids}


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows of a file of the generation, which was whole a moment ago, as far as it can be read."""
    try:
        csv_file = open_csv(path)
        for block in csv_file.blocks():
            for line, cells in block.rows():
                yield line, dict(zip(csv_file.header, cells, strict=True))
    except (SdsSyncError, DefectError):
        return


def _records(settings: SchoolSettings) -> Mapping[str, Pupil | Teacher]:
    """Return everyone by sourcedId, from the last document; {} if there is none."""
    try:
        school = last_document(settings, progress=Progress()).reading.school
    except SdsSyncError:
        return {}
    people: tuple[Pupil | Teacher, ...] = (*school.pupils, *school.teachers)
    return {user_id(person): person for person in people}
