"""Runs of SDS, which take in what has been validated: every twelve hours by themselves, or when one is started."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sdssync.graph.api import Api, items, require_done
from sdssync.graph.validation import moment

READ = "IndustryData-Run.Read.All"
START = "IndustryData-Run.Start"
_COUNTS = ("people", "groups", "memberships", "organizations", "errors", "warnings")


@dataclass(frozen=True, slots=True)
class SdsRun:
    """One run of SDS."""

    id: str
    name: str
    status: str
    started_at: datetime
    ended_at: datetime | None


def start_run(api: Api) -> None:
    """
    Let SDS start a run now.

    Raises:
        AnswerLostError: whether it has is not known: see `list_runs`.
        UploadError: it has not.

    """
    require_done(api.post_once("runs/start"), "the start of a run", START)


def list_runs(api: Api) -> tuple[SdsRun, ...]:
    """
    Return the runs that SDS still knows, the newest first.

    Raises:
        UploadError: there is no answer.

    """
    return tuple(
        sorted(_runs(items(api, "runs", "the list of runs", READ)), key=lambda run: run.started_at, reverse=True)
    )


def run_counts(api: Api, run: SdsRun) -> dict[str, int]:
    """
    Return what a run has counted: people, groups, memberships, organizations, errors, warnings, as far as SDS says.

    Raises:
        UploadError: there is no answer.

    """
    content = require_done(api.get(f"runs/{run.id}/getStatistics"), "the counts of a run", READ).content
    totals = content.get("inboundTotals")
    found: Mapping[str, Any] = totals if isinstance(totals, dict) else {}
    return {name: found[name] for name in _COUNTS if isinstance(found.get(name), int)}


def _runs(found: Iterable[Mapping[str, Any]]) -> Iterator[SdsRun]:
    for item in found:
        started = moment(item.get("startDateTime"))
        if started is not None and re.fullmatch("[0-9A-Za-z-]{1,64}", str(item.get("id"))):
            yield SdsRun(
                id=item["id"],
                name=str(item.get("displayName") or ""),
                status=str(item.get("status") or ""),
                started_at=started,
                ended_at=moment(item.get("endDateTime")),
            )
