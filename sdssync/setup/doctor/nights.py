"""Checks of the nights: what waits for a person, when runs end, and when a flow may read what they publish."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sdssync.errors import ExitCode
from sdssync.publish.generations import Generations
from sdssync.publish.manifest import Origin
from sdssync.safety.held import Waiting
from sdssync.setup.doctor.diagnosis import Diagnosis, failure, ok, warning
from sdssync.setup.doctor.patient import Patient

_OVERDUE = timedelta(hours=36)
_RECENT = timedelta(days=14)
_APART = 3 * 60
"""Minutes between the hours of the day at which sets are published, above which a flow cannot fit all of them."""
_DAY = 24 * 60
_LONG_DOWNLOAD = 90 * 60
"""Seconds. docs/sds.md lets a flow start 90 minutes after the run."""


def held(patient: Patient) -> Iterator[Diagnosis]:
    """Report sets that wait for approval, and profiles that were restored and not released."""
    is_good = True
    for profile in patient.publishing:
        waiting = Waiting(patient.settings.folders.state, profile.name)
        if found := waiting.held():
            is_good = False
            gates = ", ".join(found.gates)
            yield warning(
                f"{profile.name}: a set is held by {gates}, and can be approved until {found.until}",
                f"`sdssync plan {profile.name}`; if it is right: `sdssync approve {profile.name} {found.plan_id}`",
            )
        if waiting.is_pinned:
            is_good = False
            yield warning(
                f"{profile.name} was restored: no run publishes it",
                f"`sdssync release {profile.name}` when iSAMS is right",
            )
    if is_good:
        yield ok("no set waits for approval")


def schedule(patient: Patient) -> Iterator[Diagnosis]:
    """Report nights that did not happen or ended badly, and hours that leave a flow to SDS no time."""
    run = patient.status.last_run if patient.status else None
    remote = patient.remote
    if run is None:
        yield warning("nothing has run yet", "`sdssync schedule` prints what starts sdssync every night")
        return
    ended = run.finished_at.astimezone(patient.now.tzinfo)
    when = f"{ended:%Y-%m-%d %H:%M}"
    if patient.now - ended > _OVERDUE:
        yield failure(f"the last run ended on {when}", "look at the scheduled task; `sdssync schedule` prints one")
    elif run.exit_code is not ExitCode.DONE:
        yield warning(f"the last run ended on {when} with {int(run.exit_code)}", "`sdssync status` says what to do")
    times = sorted({ended.hour * 60 + ended.minute, *_published_at(patient)})
    first, last = _shortest_span(times)
    longest = int(remote.max_seconds) if remote else 0
    if last - first > _APART:
        yield warning(
            f"sets were published between {_time(first)} and {_time(last)} within {_RECENT.days} days",
            "start no run by hand at the time of the flow to SDS, which could read files of two nights",
        )
    if longest > _LONG_DOWNLOAD:
        yield warning(
            f"a download may take {longest // 60} minutes, so a flow to SDS can meet a set that is being published",
            f"lower [isams] max_seconds, or start the flow {longest // 60} minutes after the run or later",
        )
    yield ok(f"runs end by {_time(last)}: a flow to SDS fits from {_time(last + longest // 60)}")


def _published_at(patient: Patient) -> Iterator[int]:
    """Yield the minute of the day at which each recent set was published by a run."""
    for profile in patient.publishing:
        for generation in Generations.of(patient.settings.folders.state, profile.name).all():
            manifest = generation.manifest
            at: datetime = manifest.published_at.astimezone(patient.now.tzinfo)
            if manifest.origin is Origin.RUN and patient.now - at < _RECENT:
                yield at.hour * 60 + at.minute


def _shortest_span(times: list[int]) -> tuple[int, int]:
    """Return the first and the last of some minutes of the day, where a night may go past midnight."""
    spans = [(start, times[index - 1] + (_DAY if index else 0)) for index, start in enumerate(times)]
    return min(spans, key=lambda span: span[1] - span[0])


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
