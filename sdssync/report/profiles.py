"""The result of `sdssync profiles`: JSON for programs, text for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sdssync.files.names import same_name
from sdssync.report.json_result import json_result
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, table
from sdssync.report.years import years_text

_COLUMNS = (
    Column("Name"),
    Column("State"),
    Column("Years", rank=3),
    Column("Last outcome", rank=1),
    Column("Published at", rank=4),
    Column("Expires", rank=2),
    Column("Format", rank=6),
    Column("Output", rank=5),
    Column("File", rank=7),
)


class ProfileState(StrEnum):
    """Whether a profile would run today."""

    READY = "ready"
    EXPIRED = "expired"
    WRONG = "wrong"
    """Its file has mistakes."""


_STYLES = {ProfileState.EXPIRED: "dim", ProfileState.WRONG: "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastOutcome:
    """How the last run that had a profile ended for it."""

    outcome: str
    exit_code: int
    finished_at: str
    """ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredProfile:
    """What is known of one profile; of one whose file is wrong only name, file, state and what was before."""

    name: str
    file: str
    """As seen from the folder of the settings."""
    format: str | None = None
    year_groups: tuple[int, ...] | None = None
    output: str | None = None
    """As written in the file."""
    combine: tuple[str, ...] | None = None
    """The names of its parts; None: it is not a combined profile."""
    expires: str | None = None
    """The last day on which it runs, as YYYY-MM-DD; None: never expires."""
    state: ProfileState
    published_at: str | None
    """ISO 8601 in UTC; None: nothing has been published yet."""
    last: LastOutcome | None
    """None: no run has had it yet."""


def profiles_json(profiles: Sequence[ConfiguredProfile]) -> str:
    """Return what is configured as the documented JSON."""
    return json_result(profiles=[_profile_json(profile) for profile in profiles])


def _profile_json(profile: ConfiguredProfile) -> dict[str, Any]:
    """Return a profile; only a combined one has `combine`."""
    shape = asdict(profile)
    return shape if profile.combine else {key: value for key, value in shape.items() if key != "combine"}


def profiles_lines(profiles: Sequence[ConfiguredProfile], now: datetime, width: int | None) -> Iterator[Line]:
    """Yield what is configured as a table; times are in the time zone of `now`."""
    rows = [
        Row(
            (
                "  " * depth + profile.name,
                profile.state,
                years_text(profile.year_groups or ()),
                _last(profile.last, now),
                _local(profile.published_at, now) if profile.published_at else "never",
                "" if profile.state is ProfileState.WRONG else profile.expires or "never",
                profile.format or "",
                profile.output or "",
                profile.file,
            ),
            _STYLES.get(profile.state, ""),
        )
        for profile, depth in _below_their_sets(profiles)
    ]
    yield from table(_COLUMNS, rows, width)


def _below_their_sets(profiles: Sequence[ConfiguredProfile]) -> Iterator[tuple[ConfiguredProfile, int]]:
    """Yield each profile with its depth: a part follows the first combined profile that it belongs to."""
    by_name = {same_name(profile.name): profile for profile in profiles}
    parts = {same_name(name) for profile in profiles for name in profile.combine or ()}
    shown: set[str] = set()
    for profile in profiles:
        if same_name(profile.name) in parts and not profile.combine:
            continue
        yield profile, 0
        for name in map(same_name, profile.combine or ()):
            if name in by_name and name not in shown and not by_name[name].combine:
                shown.add(name)
                yield by_name[name], 1


def _last(last: LastOutcome | None, now: datetime) -> str:
    """Return an outcome with its age: "rejected, 8 hours ago"."""
    return f"{last.outcome}, {_ago(datetime.fromisoformat(last.finished_at), now)}" if last else "never ran"


def _ago(then: datetime, now: datetime) -> str:
    minutes = max(int((now - then).total_seconds() // 60), 0)
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number:,} {unit}{'' if number == 1 else 's'} ago"
    return "just now"


def _local(time: str, now: datetime) -> str:
    return datetime.fromisoformat(time).astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
