"""Runs: those that there are, their statistics, and the start of another one."""

import uuid
from typing import Any

from werkzeug import Response

from tests.support.fake_graph.connectors import context, page
from tests.support.fake_graph.industry_data import Call, Route
from tests.support.fake_graph.operations import public_error
from tests.support.fake_graph.server import json_answer
from tests.support.fake_graph.world import Run, stamp

_READ, _START = ("IndustryData-Run.Read.All",), ("IndustryData-Run.Start",)
_TYPES = "#microsoft.graph.industryData."
_WINDOW = 12 * 3600
_MOST_STARTS = 5
_ACTIVITY = "6d1b2c5e-33c1-4f3f-9c39-08daddab2401"
_ACTIVITY_STATES = {"running": "inProgress"}


def _run_json(run: Run) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "@odata.type": f"{_TYPES}industryDataRun",
        "id": run.id,
        "displayName": f"Run {stamp(run.started)[:16].replace('T', ' ')} UTC",
        "startDateTime": stamp(run.started),
        "endDateTime": None if run.ended is None else stamp(run.ended),
        "status": run.status,
    }
    return shown | ({"blockingError": public_error(run.blocking_error)} if run.blocking_error else {})


def _runs(call: Call) -> Response:
    newest_first = sorted(call.world.runs, key=lambda run: run.started, reverse=True)
    return json_answer(page(call, "runs", [_run_json(run) for run in newest_first]))


def _run(call: Call) -> Run:
    found = [run for run in call.world.runs if run.id == call.ids[0]]
    if not found:
        raise call.refused(404)
    return found[0]


def _activity_json(run: Run) -> dict[str, Any]:
    return {
        "@odata.type": f"{_TYPES}inboundFlowActivity",
        "id": _ACTIVITY,
        "displayName": "Inbound rostering flow",
        "status": _ACTIVITY_STATES.get(run.status, run.status),
        "blockingError": None,
    }


def _one_run(call: Call) -> Response:
    is_expanded = call.parameter("$expand", "activities") != ""
    run = _run(call)
    shown = context(call, "external/industryData/runs/$entity") | _run_json(run)
    return json_answer(shown | ({"activities": [_activity_json(run)]} if is_expanded else {}))


def _activities(call: Call) -> Response:
    run = _run(call)
    shown = page(call, f"runs/{run.id}/activities", [_activity_json(run)])
    return json_answer(context(call, f"external/industryData/runs('{run.id}')/activities") | shown)


def _statistics(call: Call) -> Response:
    call.parameter("")
    run = _run(call)
    inbound = {"errors": 0, "warnings": 0, "groups": 5, "memberships": 42, "organizations": 1, "people": 21}
    matched = [{"role": "student", "count": 16}, {"role": "teacher", "count": 4}]
    unmatched = [{"role": "student", "count": 1}]
    roles = {"matchedPeopleByRole": matched, "unmatchedPeopleByRole": unmatched}
    shown = {
        "@odata.type": f"{_TYPES}industryDataRunStatistics",
        "runId": run.id,
        "status": _ACTIVITY_STATES.get(run.status, run.status),
        "inboundTotals": inbound | roles,
        "activityStatistics": matched if call.world.switches.has_misplaced_counts else [_results(run) | roles],
    }
    return json_answer(shown)


def _results(run: Run) -> dict[str, Any]:
    totals = {"organizations": 1, "people": 21, "groups": 5, "memberships": 42}
    return {
        "@odata.type": f"{_TYPES}inboundActivityResults",
        "activityId": _ACTIVITY,
        "displayName": "Inbound rostering flow",
        "status": _ACTIVITY_STATES.get(run.status, run.status),
        "errors": 0,
        "warnings": 0,
        **{name: {"active": number, "inactive": 0, "total": number} for name, number in totals.items()},
    }


def _start(call: Call) -> Response:
    call.parameter("")
    now, starts = call.world.now(), call.world.records.run_starts
    recent = [start for start in starts if start > now - _WINDOW]
    if len(recent) >= _MOST_STARTS:
        refused = call.refused(429)
        refused.answer.headers["Retry-After"] = str(int(recent[0] + _WINDOW - now) + 1)
        raise refused
    starts.append(now)
    call.world.runs.append(Run(str(uuid.uuid4()), now))
    return Response("", 202)


ROUTES = (
    Route("start", "POST", "/runs/start", _START, _start),
    Route("runs", "GET", "/runs", _READ, _runs),
    Route("run", "GET", "/runs/*", _READ, _one_run),
    Route("activities", "GET", "/runs/*/activities", _READ, _activities),
    Route("statistics", "GET", "/runs/*/getStatistics", _READ, _statistics),
)
