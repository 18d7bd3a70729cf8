"""How near each gate is to its limit: a row for each, with the baseline against which it counts most."""

import math
from collections.abc import Iterator, Sequence

from sdssync.report.outcome import Outcome
from sdssync.report.page.facts import ProfileFacts
from sdssync.report.page.naming import shown
from sdssync.report.page.pictures import Bar
from sdssync.report.page.values import GateRow, Gates
from sdssync.report.plan_words import BASELINES
from sdssync.safety.gates import GATES, Measure

_NEAR = 0.75
"""The share of a limit from which a gate is called near to it."""


def gates(facts: ProfileFacts) -> Gates:
    """Return the gates of a profile."""
    rows = tuple(_rows(facts.measures))
    return Gates(
        about=_about(facts),
        limits=tuple(row for row in rows if row.bar),
        stops=tuple(row for row in rows if not row.bar),
    )


def _about(facts: ProfileFacts) -> str:
    if facts.measured_since:
        return (
            "The set is published, so no gate is asked. The figures show how near the last change came: from generation"
            f" {facts.measured_since.number} to this set, with the limits of today."
        )
    if facts.measures:
        return "What a run would count now against what is published, and how much of it the gates let pass."
    if facts.unknown:
        return facts.unknown
    if facts.result.outcome is Outcome.REJECTED:
        return "No gate is asked of a set that is rejected."
    if facts.generations:
        return "The set is published, so no gate is asked, and no earlier set that is kept and whole differs from it."
    return "There is nothing to compare with, so no gate is asked."


def _rows(measures: Sequence[Measure]) -> Iterator[GateRow]:
    for gate in GATES.values():
        found = [measured for measured in measures if measured.figures.gate == gate.name]
        if found:
            yield _row(max(found, key=lambda measured: measured.used))


def _row(measured: Measure) -> GateRow:
    """Return what a gate counts; one without a limit has either tripped or not."""
    trip, gate = measured.figures, GATES[measured.figures.gate]
    level, state = _state(measured)
    figures = f"{trip.removed:,} of {trip.of:,}" if trip.of else f"{trip.removed:,}"
    detail = f" ({shown(trip.detail)})" if trip.detail and trip.removed else ""
    allowed = f", here {math.floor(measured.passes):,}" if trip.of else ""
    return GateRow(
        name=gate.name,
        trips=f"Trips when {gate.trips.replace('`', '')}.",
        figures=f"{figures}{detail}, {BASELINES[trip.baseline]}" if trip.removed else "",
        limit=f"{trip.limit}{allowed}" if gate.limit else "",
        state=state,
        level=level,
        bar=Bar.of(measured.used, 1) if gate.limit else None,
    )


def _state(measured: Measure) -> tuple[str, str]:
    """Return the level of a gate, and its words."""
    if measured.has_tripped:
        return "tripped", "holds the set"
    if not GATES[measured.figures.gate].limit:
        return "none", "clear"
    share = f"{measured.used:.0%} of the limit"
    if measured.used >= _NEAR:
        return "near", f"near: {share}"
    return ("some", share) if measured.figures.removed else ("none", "clear")
