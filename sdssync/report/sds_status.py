"""The results of `sdssync upload --check` and `sdssync sds-status`: what SDS says, for programs and for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sdssync.errors import ExitCode, SdsSyncError
from sdssync.files.names import printable
from sdssync.graph.connectors import Connector
from sdssync.graph.runs import SdsRun
from sdssync.graph.statement import Validation
from sdssync.publish.uploads import HandedOver
from sdssync.report.json_result import json_result
from sdssync.report.names import counted
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, table


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One step of a hand-over that was tried without sending anything."""

    name: str
    error: SdsSyncError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCheck:
    """The steps of one profile; what follows a failure was not tried."""

    profile: str
    steps: tuple[CheckedStep, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The code of the step that failed."""
        return max((step.error.exit_code for step in self.steps if step.error), default=ExitCode.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdsStatus:
    """What SDS says about one profile."""

    profile: str
    connector: Connector
    validation: Validation | None
    """The last one that was asked for; None: SDS does not know it any more, or there was none."""
    handed_over: HandedOver | None
    """The last set that SDS has validated and found good, which may be a trial."""
    runs: tuple[SdsRun, ...]
    """Of the whole tenant, the newest first."""
    counts: Mapping[str, int]
    """Of the newest run."""


_RUNS = (Column("Run"), Column("Status"), Column("Started"), Column("Ended", rank=1))


def check_lines(checks: Sequence[UploadCheck]) -> Iterator[Line]:
    """Yield each step of each profile, for people."""
    for check in checks:
        for step in check.steps:
            if step.error is None:
                yield Line(f"{printable(check.profile)}: ok: {step.name}")
                continue
            yield Line(f"{printable(check.profile)}: failed: {step.name}: {printable(step.error.message)}", "bold red")
            if step.error.hint:
                yield Line(f"  {printable(step.error.hint)}")


def check_json(checks: Sequence[UploadCheck], code: ExitCode) -> str:
    """Return the steps as the documented JSON."""
    return json_result(
        exit_code=int(code),
        profiles=[
            {
                "profile": check.profile,
                "steps": [
                    {"step": step.name, "ok": step.error is None, "why": str(step.error) if step.error else None}
                    for step in check.steps
                ],
            }
            for check in checks
        ],
    )


def sds_status_lines(found: Sequence[SdsStatus], now: datetime, width: int | None) -> Iterator[Line]:
    """Yield what SDS says, for people; times are in the time zone of `now`."""
    for status in found:
        yield Line(printable(f"{status.profile}: connector {status.connector.name} ({status.connector.id})"))
        yield Line(f"  {_last_set(status.handed_over, now)}")
        if status.validation is not None:
            errors = counted(len(status.validation.errors), "error", "errors")
            warnings = counted(len(status.validation.warnings), "warning", "warnings")
            yield Line(f"  last validation: {status.validation.status}, {errors}, {warnings}")
    runs = found[0].runs if found else ()
    yield Line("")
    if not runs:
        yield Line("SDS knows of no run; it starts one by itself within twelve hours of a hand-over")
        return
    rows = [
        Row((printable(run.name), printable(run.status), _local(run.started_at, now), _ended(run, now))) for run in runs
    ]
    yield from table(_RUNS, rows, width)
    if found[0].counts:
        counts = ", ".join(f"{count:,} {name}" for name, count in found[0].counts.items())
        yield Line(f"The newest run: {counts}")


def sds_status_json(found: Sequence[SdsStatus]) -> str:
    """Return what SDS says as the documented JSON."""
    runs = found[0].runs if found else ()
    return json_result(
        profiles=[_shape(status) for status in found],
        runs=[
            {
                "id": run.id,
                "name": run.name,
                "status": run.status,
                "started_at": run.started_at.isoformat(),
                "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            }
            for run in runs
        ],
        counts=dict(found[0].counts) if found else {},
    )


def _shape(status: SdsStatus) -> dict[str, Any]:
    validation, done = status.validation, status.handed_over
    return {
        "profile": status.profile,
        "connector": {"id": status.connector.id, "name": status.connector.name},
        "validation": {
            "status": validation.status,
            "errors": len(validation.errors),
            "warnings": len(validation.warnings),
        }
        if validation
        else None,
        "handed_over": {"generation": done.generation, "at": done.at.isoformat(), "trial": done.is_trial}
        if done
        else None,
    }


def _last_set(done: HandedOver | None, now: datetime) -> str:
    if done is None:
        return "nothing handed over"
    at = _local(done.at, now)
    if done.is_trial:
        return f"generation {done.generation} validated at {at}, as a trial (validate_only)"
    return f"generation {done.generation} handed over at {at}"


def _ended(run: SdsRun, now: datetime) -> str:
    return _local(run.ended_at, now) if run.ended_at else ""


def _local(time: datetime, now: datetime) -> str:
    return time.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
