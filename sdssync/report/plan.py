"""
The result of `sdssync plan` and of `sdssync diff`: what a set changes, as JSON for programs and as a diff for people.

Names of people appear here, as far as iSAMS has them; otherwise the username of the set.
"""

from collections.abc import Iterator
from typing import Any

from sdssync.files.names import printable
from sdssync.report.json_result import json_result
from sdssync.report.names import counted, person_words
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.report.plan_words import cause_words, gate_details, summary_words
from sdssync.report.screen import Line
from sdssync.report.years import year_of
from sdssync.roster.attribution import PersonRef
from sdssync.roster.roll import user_id
from sdssync.safety.causes import Causes
from sdssync.safety.changes import Changes, changed_columns
from sdssync.safety.gates import Trip
from sdssync.safety.kept_addresses import KeptAddress
from sdssync.safety.plan import KindSummary, Plan
from sdssync.school import Pupil

MOST_LINES = 48
"""Lines of a plan on a terminal, unless all are asked for."""
_STYLES = {"-": "red", "+": "green", "~": "yellow"}
_NAMED = 3


def plan_json(report: RunReport, exit_code: int) -> str:
    """Return what a run would do, as the documented JSON."""
    profiles = []
    for result in report.results:
        shape: dict[str, Any] = {"profile": result.profile, "outcome": result.outcome}
        if result.why:
            shape["why"] = result.why
        shape |= plan_shape(result.plan) if result.plan else _unjudged()
        shape["changes"] = list(changes_shape(result.plan.changes, result.plan.causes)) if result.plan else []
        profiles.append(shape)
    return json_result(run_id=report.run_id, exit_code=exit_code, profiles=profiles)


def plan_shape(plan: Plan) -> dict[str, Any]:
    """Return a plan without its changes, as the JSON of `run` has it too."""
    return {
        "plan_id": plan.plan_id,
        "baseline": {
            "generation": plan.last.number,
            "published_at": plan.last.manifest.published_at.isoformat(timespec="seconds"),
        }
        if plan.last
        else None,
        "users": summary_shape(plan.users),
        "classes": summary_shape(plan.classes),
        "enrollments": summary_shape(plan.enrollments),
        "gates": [trip_shape(trip) for trip in plan.trips],
        "kept": [_kept_shape(kept) for kept in plan.kept],
    }


def _unjudged() -> dict[str, Any]:
    return {
        "plan_id": None,
        "baseline": None,
        "users": None,
        "classes": None,
        "enrollments": None,
        "gates": [],
        "kept": [],
    }


def summary_shape(summary: KindSummary) -> dict[str, Any]:
    """Return the counts of one kind of row."""
    return {
        "before": summary.before,
        "after": summary.after,
        "added": summary.added,
        "changed": summary.changed,
        "removed": summary.removed,
        "causes": dict(summary.causes),
    }


def trip_shape(trip: Trip) -> dict[str, Any]:
    """Return a gate that has tripped, with its figures."""
    limit = trip.limit if trip.limit is None or isinstance(trip.limit, int) else str(trip.limit)
    return {
        "gate": trip.gate,
        "baseline": trip.baseline,
        "limit": limit,
        "removed": trip.removed,
        "of": trip.of,
        "detail": trip.detail,
    }


def _kept_shape(kept: KeptAddress) -> dict[str, str]:
    person = kept.person
    return {
        "id": user_id(person),
        "surname": person.surname,
        "forename": person.forename,
        "year": person.year if isinstance(person, Pupil) else "",
        "until": kept.until.isoformat(),
    }


def changes_shape(changes: Changes | None, causes: Causes | None) -> Iterator[dict[str, Any]]:
    """Yield every change: users, classes, enrollments; removed before changed before added."""
    if changes is None:
        return
    for removed in changes.users.removed:
        yield _change("user", "removed", removed, causes.of_user(removed) if causes else None)
    for changed in changes.users.changed:
        columns = changed_columns(changes.old.users[changed], changes.new.users[changed])
        yield {**_change("user", "changed", changed), "columns": list(columns)}
    for added in changes.users.added:
        yield _change("user", "added", added)
    for removed in changes.classes.removed:
        yield _change("class", "removed", removed, causes.of_class(removed) if causes else None)
    for changed in changes.classes.changed:
        yield _change("class", "changed", changed)
    for added in changes.classes.added:
        yield _change("class", "added", added)
    for change, enrollments in (("removed", changes.enrollments.removed), ("added", changes.enrollments.added)):
        for enrollment in enrollments:
            shape = {
                "kind": "enrollment",
                "change": change,
                "class_id": enrollment.class_id,
                "user_id": enrollment.user_id,
                "role": enrollment.role,
            }
            cause = causes.of_enrollment(enrollment, changes) if causes and change == "removed" else None
            yield shape | ({"cause": cause} if cause else {})


def _change(kind: str, change: str, identifier: str, cause: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "change": change, "id": identifier, **({"cause": cause} if cause else {})}


def plan_lines(report: RunReport, *, everything: bool) -> Iterator[Line]:
    """Yield what a run would do: a line for each profile, then gates, classes and people, the gravest first."""
    if isinstance(report.source, Exception):
        yield Line(f"iSAMS failed: {printable(report.source.message)}", "bold red")
    for result in report.results:
        yield _headline(result)
    gravest_first = sorted(report.results, key=lambda result: result.outcome is not Outcome.HELD)
    body = [line for result in gravest_first for line in _body(result)]
    room = len(body) if everything else MOST_LINES - len(report.results) - 1
    yield from body[:room]
    if len(body) > room:
        yield Line(f"and {counted(len(body) - room, 'more line', 'more lines')}: --all shows them", "bold")


def _headline(result: ProfileResult) -> Line:
    plan = result.plan
    if plan is None:
        return Line(printable(f"{result.profile}: {result.outcome}{f': {result.why}' if result.why else ''}"), "bold")
    rows = (plan.users, plan.classes, plan.enrollments)
    names = ("users", "classes", "enrollments")
    changes = "; ".join(f"{name} {_signed(summary)}" for name, summary in zip(names, rows, strict=True))
    base = f"generation {plan.last.number}" if plan.last else "nothing published by sdssync yet"
    style = "bold red" if result.outcome is Outcome.HELD else "bold"
    held = f" by {', '.join(plan.gates)}" if plan.gates else ""
    return Line(
        printable(f"{result.profile}: {result.outcome}{held}; plan {plan.plan_id} against {base}: {changes}"), style
    )


def _signed(summary: KindSummary) -> str:
    return f"+{summary.added:,} ~{summary.changed:,} -{summary.removed:,}"


def _body(result: ProfileResult) -> Iterator[Line]:
    plan = result.plan
    if plan is None or (plan.changes is None and not plan.trips and not plan.kept):
        return
    yield Line("")
    yield Line(printable(result.profile), "bold")
    for detail in gate_details(plan):
        yield Line(f"  {printable(detail)}", "red")
    for what, summary in (("users", plan.users), ("classes", plan.classes), ("enrollments", plan.enrollments)):
        if summary.added or summary.changed or summary.removed:
            yield Line(f"  {what}: {summary.before:,} before, {summary.after:,} now; {summary_words(what, summary)}")
    for kept in plan.kept:
        who = person_words(PersonRef(id=user_id(kept.person), record=kept.person))
        yield Line(printable(f"  {who} has no e-mail address in iSAMS and keeps the last one until {kept.until}"))
    if plan.changes:
        yield from change_lines(plan.changes, plan.causes)


def change_lines(changes: Changes, causes: Causes | None) -> Iterator[Line]:
    """Yield the classes and people that change, like a diff: what goes, what loses members, what comes."""
    for class_id in changes.classes.removed:
        cause = f": {cause_words(causes.of_class(class_id))}" if causes else ""
        yield _line("-", f"class {_title(changes, class_id)}{cause}")
    for class_id in changes.orphaned_classes:
        yield _line("-", f"class {_title(changes, class_id)} has no teacher any more")
    for class_id, loss in sorted(changes.net_losses.items(), key=lambda item: -item[1]):
        members = f"loses {loss:,} of {changes.members[class_id]:,}"
        yield _line("-", f"class {_title(changes, class_id)} {members}: {_leavers(changes, causes, class_id)}")
    for removed in changes.users.removed:
        cause = f": {cause_words(causes.of_user(removed))}" if causes else ""
        yield _line("-", f"{who(changes, causes, removed)}{cause}")
    for changed in changes.users.changed:
        old, new = changes.old.users[changed], changes.new.users[changed]
        columns = ", ".join(changed_columns(old, new))
        yield _line("~", f"{who(changes, causes, changed)}: {columns}")
    for class_id in changes.classes.changed:
        old_title, new_title = changes.old.classes[class_id].title, changes.new.classes[class_id].title
        yield _line("~", f"class {old_title}: title {new_title}" if old_title != new_title else f"class {old_title}")
    for class_id in changes.classes.added:
        yield _line("+", f"class {changes.new.classes[class_id].title} ({class_id})")
    for added in changes.users.added:
        yield _line("+", who(changes, causes, added))


def _line(mark: str, text: str) -> Line:
    return Line(f"  {mark} {printable(text)}", _STYLES[mark])


def _title(changes: Changes, class_id: str) -> str:
    return f"{changes.old.classes[class_id].title} ({class_id})"


def _leavers(changes: Changes, causes: Causes | None, class_id: str) -> str:
    ids = [enrollment.user_id for enrollment in changes.enrollments.removed if enrollment.class_id == class_id]
    names = "; ".join(who(changes, causes, user) for user in ids[:_NAMED])
    return f"{names}{f' and {len(ids) - _NAMED:,} more' if len(ids) > _NAMED else ''}"


def who(changes: Changes, causes: Causes | None, user: str) -> str:
    """Return a person as iSAMS has them; one whom it does not have, as the sets do."""
    person = causes.person(user) if causes else None
    if person:
        return person_words(PersonRef(id=user, record=person))
    row = changes.old.users.get(user) or changes.new.users.get(user)
    if row is None:
        return user
    name = ", ".join(filter(None, (row.surname, row.forename)))
    year = f"year {year_of(row.grade)}, " if row.grade else ""
    return f"{name or row.username} ({year}{user})"
