"""
The result of `sdssync run` and `run-all`: JSON for programs, text for people.

Here, and in the results of `validate`, names of pupils and teachers appear: those that someone has to look up in iSAMS.
"""

from collections.abc import Iterator
from typing import Any

from sdssync.files.names import printable
from sdssync.report.json_result import json_result
from sdssync.report.matter import matter_lines
from sdssync.report.matters import matters
from sdssync.report.names import counted
from sdssync.report.outcome import Outcome, ProfileResult, RunReport, SourceSummary
from sdssync.report.plan import plan_shape
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, number, table
from sdssync.report.uploads import upload_lines, upload_shape
from sdssync.report.validation.json_document import finding_json
from sdssync.roster.attribution import Attributed, PersonRef
from sdssync.roster.omissions import Kind, Omission
from sdssync.roster.roll import user_id
from sdssync.roster.untaken import UntakenSets
from sdssync.school import Pupil

_COLUMNS = (
    Column("Profile"),
    Column("Outcome"),
    Column("Users", is_number=True, rank=1),
    Column("Classes", is_number=True, rank=2),
    Column("Enrollments", is_number=True, rank=3),
    Column("Change", rank=4),
    Column("Output", rank=5),
)
_NO_SET = (Outcome.FAILED, Outcome.SKIPPED, Outcome.COMBINED)
_STYLES = {Outcome.REJECTED: "bold red", Outcome.FAILED: "bold red", Outcome.HELD: "bold red", Outcome.SKIPPED: "dim"}


def run_json(report: RunReport) -> str:
    """Return the report of a run as the documented JSON."""
    return json_result(
        run_id=report.run_id,
        exit_code=int(report.exit_code),
        profiles=[_result_json(result, report) for result in report.results],
        **_untaken_json(report.untaken),
    )


def _untaken_json(untaken: UntakenSets) -> dict[str, Any]:
    """Return the teaching sets and pupils that no profile can take; nothing if there are none."""
    sets = [
        {"id": item.id, "code": item.code, "name": item.name, "year": item.year, "lack": lack}
        for lack, teaching_sets in untaken.by_lack().items()
        for item in teaching_sets
    ]
    pupils = [_person_json(PersonRef(id=user_id(pupil), record=pupil)) for pupil in untaken.pupils]
    return {**({"untaken_sets": sets} if sets else {}), **({"untaken_pupils": pupils} if pupils else {})}


def _result_json(result: ProfileResult, report: RunReport) -> dict[str, Any]:
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
        "omitted": [_omission_json(omission, result) for omission in result.omissions],
        "offences": [_offence_json(offence) for offence in result.offences],
    }
    shape |= {"why": result.why} if result.why else {}
    upload = next((found for found in report.uploads if found.profile == result.profile), None)
    shape |= {"upload": upload_shape(upload)} if upload else {}
    return shape | ({"plan": plan_shape(result.plan)} if result.plan else {})


def _omission_json(omission: Omission, result: ProfileResult) -> dict[str, str]:
    shape: dict[str, str] = {"reason": omission.reason, "kind": omission.kind}
    if omission.kind is Kind.ENROLLMENT:
        shape |= {"class_id": omission.class_id, "user_id": omission.id}
    else:
        shape |= _person_json(PersonRef(id=omission.id, record=omission.person))
    return shape | ({"part": omission.part} if result.is_combined else {})


def _person_json(person: PersonRef) -> dict[str, str]:
    """Return id and, of a person whom iSAMS has, names and year; the year of a teacher is ""."""
    record = person.record
    if record is None:
        return {"id": person.id}
    year = record.year if isinstance(record, Pupil) else ""
    return {"id": person.id, "surname": record.surname, "forename": record.forename, "year": year}


def _offence_json(offence: Attributed) -> dict[str, Any]:
    people = [_person_json(person) for person in offence.people]
    classes = [{"id": ref.id, "code": ref.code, "title": ref.title} for ref in offence.classes]
    return {
        **{key: value for key, value in finding_json(offence.finding).items() if key != "rule"},
        "people": people,
        "classes": classes,
    }


def run_lines(report: RunReport, width: int | None) -> Iterator[Line]:
    """Yield the report of a run for people: a line for the source and for each profile, then what to act on."""
    yield from _source(report)
    yield from table(_COLUMNS, [_row(result) for result in report.results], width)
    if report.uploads:
        yield Line("")
        yield from upload_lines(report.uploads)
    for matter in matters(report):
        yield from matter_lines(matter)


def _source(report: RunReport) -> Iterator[Line]:
    """Yield where the data came from; nothing if no profile needed them."""
    match report.source:
        case None:
            return
        case SourceSummary() as source:
            took = f" in {source.seconds:.1f} s" if source.seconds else ""
            counts = ", ".join(
                (
                    counted(source.pupils, "pupil", "pupils"),
                    counted(source.staff, "member of staff", "members of staff"),
                    counted(source.teaching_sets, "teaching set", "teaching sets"),
                )
            )
            yield Line(f"iSAMS: {printable(source.name)}, {_size(source.bytes)}{took}: {counts}")
        case error:
            yield Line(f"iSAMS failed: {printable(error.message)}", "bold red")
    yield Line("")


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB" if number >= 1e6 else f"{number / 1e3:,.0f} kB"


def _row(result: ProfileResult) -> Row:
    """Return a profile as a row of the table; what never ran has no counts."""
    has_set = result.outcome not in _NO_SET
    counts = [number(value if has_set else None) for value in (result.users, result.classes, result.enrollments)]
    cells = (result.profile, result.outcome, *counts, _change(result) if has_set else "", result.output)
    return Row(cells, _STYLES.get(result.outcome, ""))


def _change(result: ProfileResult) -> str:
    """
    Return what comes and goes against the set that was published before: "+3 users, -1 class, +4 -4 enrollments".

    A set that was not judged has no plan; then only the counts are known.
    """
    nouns = (("user", "users"), ("class", "classes"), ("enrollment", "enrollments"))
    before, plan = result.before, result.plan
    if plan and plan.changes:
        kinds = (plan.users, plan.classes, plan.enrollments)
        changes = [(kind.added, kind.removed) for kind in kinds]
    elif before and not plan:
        counts = zip(
            (result.users, result.classes, result.enrollments),
            (before.users, before.classes, before.enrollments),
            strict=True,
        )
        changes = [(max(now - then, 0), max(then - now, 0)) for now, then in counts]
    else:
        return ""
    return ", ".join(
        f"{_signed(added, removed)} {one if added + removed == 1 else several}"
        for (added, removed), (one, several) in zip(changes, nouns, strict=True)
        if added or removed
    )


def _signed(added: int, removed: int) -> str:
    """Return what is added and removed, without what is nought."""
    return " ".join(part for part, number in ((f"+{added:,}", added), (f"-{removed:,}", removed)) if number)
