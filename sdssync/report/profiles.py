"""The result of `sdssync profiles`: JSON for programs, text for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from sdssync.report.json_result import json_result
from sdssync.report.tables import table

_HEADER = ("Name", "File", "Format", "Years", "Output", "Expires", "State", "Published at")


class ProfileState(StrEnum):
    """Whether a profile would run today."""

    READY = "ready"
    EXPIRED = "expired"
    WRONG = "wrong"
    """Its file has mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredProfile:
    """What is known of one profile; of one whose file is wrong only the first two and the last two."""

    name: str
    file: str
    """As seen from the folder of the settings."""
    format: str | None = None
    year_groups: tuple[int, ...] | None = None
    output: str | None = None
    """As written in the file."""
    expires: str | None = None
    """The last day on which it runs, as YYYY-MM-DD; None: never expires."""
    state: ProfileState
    published_at: str | None
    """ISO 8601 in UTC; None: nothing has been published yet."""


def profiles_json(profiles: Sequence[ConfiguredProfile]) -> str:
    """Return what is configured as the documented JSON."""
    return json_result(profiles=[asdict(profile) for profile in profiles])


def profiles_text(profiles: Sequence[ConfiguredProfile], *, color: bool) -> str:
    """Return what is configured as a table."""
    rows = [
        (
            profile.name,
            profile.file,
            profile.format or "",
            ", ".join(map(str, profile.year_groups or ())),
            profile.output or "",
            "" if profile.state is ProfileState.WRONG else profile.expires or "never",
            profile.state,
            profile.published_at or "never",
        )
        for profile in profiles
    ]
    return table("Profiles", _HEADER, rows, color=color)
