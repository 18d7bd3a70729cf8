"""What holds a set and why rows go, in words: for the summary of a run, and for a plan."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sdssync.report.matter import Matter, quoted, sentence
from sdssync.report.names import counted
from sdssync.report.outcome import ProfileResult
from sdssync.report.years import year_of
from sdssync.roster.omissions import Reason
from sdssync.safety.causes import CLASS_GONE, NOT_IN_ISAMS, OMITTED, OUT_OF_SCOPE, RENAMED, USER_GONE
from sdssync.safety.counts import BaselineName
from sdssync.safety.gates import GATES, Trip
from sdssync.safety.plan import KindSummary, Plan

_CAUSES: Mapping[str, str] = {
    CLASS_GONE: "the class goes",
    USER_GONE: "the person leaves",
    OUT_OF_SCOPE: "in iSAMS, but the profile does not take it",
    NOT_IN_ISAMS: "no longer in iSAMS",
    RENAMED: "in iSAMS, under another id",
    OMITTED + Reason.PUPIL_WITHOUT_EMAIL: "no e-mail address in iSAMS",
    OMITTED + Reason.TEACHER_WITHOUT_EMAIL: "no e-mail address in iSAMS",
    OMITTED + Reason.USER_WITHOUT_ID: "no id in iSAMS",
    OMITTED + Reason.DUPLICATE_USERNAME: "someone else has the same e-mail address",
    OMITTED + Reason.USER_WITHOUT_NAME: "no forename or no surname in iSAMS",
    OMITTED + Reason.EXTRA_TEACHER_NOT_FOUND: "no one matches the entry of [teachers] extra",
    OMITTED + Reason.VALUE_WITH_LINE_BREAK: "a line break in a value in iSAMS",
    OMITTED + Reason.VALUE_TOO_LONG: "a value in iSAMS is too long",
    OMITTED + Reason.DUPLICATE_CLASS: "an earlier set or group in iSAMS has the same id",
    OMITTED + Reason.PUPIL_OUTSIDE_YEAR_GROUPS: "in a year that the profile does not take",
    OMITTED + Reason.PUPIL_NOT_CURRENT: "not a current pupil in iSAMS",
    OMITTED + Reason.TEACHER_NOT_CURRENT: "not current staff in iSAMS",
    OMITTED + Reason.USER_OMITTED: "left out for another reason",
    OMITTED + Reason.CLASS_WITHOUT_PUPILS: "no pupil is left on the set list",
    OMITTED + Reason.CLASS_WITHOUT_TITLE: "no title",
    OMITTED + Reason.CLASS_TOO_SMALL: "fewer pupils than min_pupils",
    OMITTED + Reason.GROUP_OWNER_NOT_CURRENT: "not current staff in iSAMS",
}
BASELINES = {
    BaselineName.LAST: "since the last generation",
    BaselineName.WINDOW: "over the window of [safety]",
    BaselineName.FOLDER: "against the set in the output folder",
}
"""With what a gate compares, as the end of a sentence."""
_WORST = 3


def cause_words(cause: str) -> str:
    """Return a cause in words; one that has none is shown as it is."""
    return _CAUSES.get(cause, cause.removeprefix(OMITTED).replace("_", " "))


def omission_words(reason: Reason) -> str:
    """Return why a row is left out, in words."""
    return cause_words(OMITTED + reason)


def trip_words(trip: Trip) -> str:
    """Return a gate that has tripped, with its figures."""
    noun = f"{trip.detail} " if trip.gate == "stop:ids" else ""
    detail = f" ({trip.detail})" if trip.detail and not noun else ""
    limit = f"; the limit is {trip.limit}" if trip.limit is not None else ""
    figures = f"{trip.removed:,} of {trip.of:,} " if trip.of else ""
    means, mark, rest = GATES[trip.gate].means.partition(";")
    return f"gate {trip.gate}: {figures}{noun}{means}{detail}, {BASELINES[trip.baseline]}{mark}{rest}{limit}"


def left_words(cause: str, *, is_teacher: bool) -> str:
    """Return why a person is in a class no longer, in words; the person may well be in iSAMS."""
    if cause == NOT_IN_ISAMS:
        return "no longer its teacher in iSAMS" if is_teacher else "no longer on the list of the class in iSAMS"
    return cause_words(cause)


def summary_words(what: str, summary: KindSummary) -> str:
    """Return how many users, classes or enrollments come, change and go, with the causes of those that go."""
    parts = [
        f"{number:,} {what}"
        for number, what in (
            (summary.added, "added"),
            (summary.changed, "changed"),
            (summary.removed, "removed"),
        )
        if number
    ]
    words = {cause: cause_words(cause) for cause in summary.causes}
    if what == "enrollments" and NOT_IN_ISAMS in words:
        words[NOT_IN_ISAMS] = "no longer in the class in iSAMS"
    causes = ", ".join(f"{number:,} {words[cause]}" for cause, number in summary.causes.items())
    return (", ".join(parts) or "no change") + (f": {causes}" if causes else "")


def held_matter(result: ProfileResult, plan: Plan) -> Matter:
    """Return why a set was held, and what to do, for the summary of a run."""
    name = quoted(result.profile)
    publish = f"sdssync release {name}" if plan.is_pinned else f"sdssync approve {name} {plan.plan_id}"
    details = [*gate_details(plan), *_losses(plan), *_hit_worst(plan)]
    return Matter(
        what=f"{result.profile} was held, and the set published before stays: {', '.join(plan.gates)}",
        details=tuple(details),
        advice=f"Look: sdssync plan {name}. If it is right: {publish}",
        is_grave=True,
    )


def gate_details(plan: Plan) -> Iterator[str]:
    """Yield each gate that trips, and after the last of its baselines what to look at."""
    for gate in plan.gates:
        for trip in plan.trips:
            if trip.gate == gate:
                yield trip_words(trip)
        yield f"  {sentence(GATES[gate].look)}"
    if plan.changed_keys:
        yield f"keys of the profile or of sdssync.toml that have changed: {', '.join(plan.changed_keys)}"
    for loss in plan.source_losses:
        yield (
            f"the document itself has {loss.after:,} {loss.what}, before it had {loss.before:,}: a filter on the API"
            " key in iSAMS, a year-end in progress, or a dataset that was cut short?"
        )


def _losses(plan: Plan) -> Iterator[str]:
    """Yield the counts of what goes, with the causes."""
    for what, summary in (("users", plan.users), ("classes", plan.classes), ("enrollments", plan.enrollments)):
        if summary.removed:
            yield f"{what}: {summary.before:,} before, {summary.after:,} now; {summary_words(what, summary)}"


def _hit_worst(plan: Plan) -> Iterator[str]:
    """Yield the years and classes that lose most."""
    changes = plan.changes
    if changes is None:
        return
    years = Counter({grade: len(pupils) for grade, pupils in changes.lost_pupils.items()}).most_common(_WORST)
    if years:
        yield "years hit worst: " + ", ".join(
            f"year {year_of(grade)} ({counted(number, 'pupil', 'pupils')} of {changes.pupils_of_grades[grade]:,})"
            for grade, number in years
        )
    classes = Counter(dict(changes.net_losses)).most_common(_WORST)
    if classes:
        yield "classes hit worst: " + ", ".join(
            f"{changes.old.classes[class_id].title} (loses {number:,} of {changes.members[class_id]:,})"
            for class_id, number in classes
        )
