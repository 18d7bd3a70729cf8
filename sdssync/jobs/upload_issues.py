"""Find the people and classes that SDS's issues are about: by the rows of the generation, and by the last document."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sdssync.config.settings import SchoolSettings
from sdssync.errors import SdsSyncError
from sdssync.graph.validation import Issue
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
    """Return the issues, each with whom and what its line is about, as far as that is known."""
    names = set(generation.manifest.files.names)
    rows = [_row(generation.folder / issue.file, issue.line) if issue.file in names else {} for issue in issues]
    records = _records(settings) if any(rows) else {}
    titles = _titles(generation.folder / CLASSES) if any(rows) else {}
    return tuple(_placed(issue, row, records, titles) for issue, row in zip(issues, rows, strict=True))


def _placed(
    issue: Issue, row: Mapping[str, str], records: Mapping[str, Pupil | Teacher], titles: Mapping[str, str]
) -> PlacedIssue:
    person = row.get(_PERSON.get(issue.file, "userSourcedId"))
    class_id = row.get(_CLASS.get(issue.file, "classSourcedId"))
    return PlacedIssue(
        issue=issue,
        people=(PersonRef(id=person, record=records.get(person)),) if person else (),
        classes=(titles.get(class_id, class_id),) if class_id else (),
    )


def _row(path: Path, line: int | None) -> Mapping[str, str]:
    """Return the cells of a line by column; {} if there is no such line."""
    for header, at, cells in _rows(path):
        if at == line:
            return dict(zip(header, cells, strict=True))
    return {}


def _titles(path: Path) -> Mapping[str, str]:
    found = (dict(zip(header, cells, strict=True)) for header, _, cells in _rows(path))
    return {row.get("sourcedId", ""): row.get("title", "") for row in found}


def _rows(path: Path) -> "list[tuple[tuple[str, ...], int, tuple[str, ...]]]":
    """Return all rows of a file of the generation, which was whole a moment ago; none if it cannot be read."""
    try:
        csv_file = open_csv(path)
        return [(csv_file.header, line, cells) for block in csv_file.blocks() for line, cells in block.rows()]
    except (SdsSyncError, DefectError):
        return []


def _records(settings: SchoolSettings) -> Mapping[str, Pupil | Teacher]:
    """Return everyone by sourcedId, from the last document; {} if there is none."""
    try:
        school = last_document(settings, progress=Progress()).reading.school
    except SdsSyncError:
        return {}
    people: tuple[Pupil | Teacher, ...] = (*school.pupils, *school.teachers)
    return {user_id(person): person for person in people}
