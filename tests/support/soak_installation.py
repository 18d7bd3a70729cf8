"""
The installation of the soak on disk: four sets of a school in three parts, and what can be seen and measured of it.

The clock of a server cannot be moved, and retention goes by it. So `age` makes what is kept a day older instead.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.support.expected_sets import ExpectedProfile, Part
from tests.support.faults import sets_of
from tests.support.installation import SETTINGS, install
from tests.support.ledger import Files
from tests.support.night_changes import published_earlier
from tests.support.runs import toml
from tests.support.soak_faults import DOCUMENT

FREEZE = (date(2027, 7, 20), date(2027, 8, 20))

_LOWER = Part(years=(7, 8, 9), org="8889999-L", org_name="Lower School")
_MIDDLE = Part(years=(10, 11))
_SIXTH = Part(years=(12, 13), org="8889999-S", org_name="Sixth Form")
_SCHOOL = "School"
PROFILES = (
    ExpectedProfile(name="Lower", is_v2=True, parts=(_LOWER,)),
    ExpectedProfile(name=_SCHOOL, is_v2=False, parts=(_LOWER, _MIDDLE, _SIXTH)),
    ExpectedProfile(name="Script", is_v2=True, parts=(Part(years=(10, 11, 12, 13)),), parity=True),
    ExpectedProfile(name="Sixth", is_v2=False, parts=(_SIXTH,)),
)
PART_ALONE = ExpectedProfile(name="Middle", is_v2=False, parts=(_MIDDLE,))
"""A part that publishes nothing by itself."""
LOG = "sdssync.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcademicYear:
    """What the administrator writes into the profiles once a year."""

    first: int

    @property
    def suffix(self) -> str:
        """Return the end of all titles."""
        return f"_{self.first}_{(self.first + 1) % 100:02}"

    @property
    def last_day(self) -> date:
        """Return the last day on which the profiles run."""
        return date(self.first + 1, 8, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What an installation takes."""

    state: int
    """Bytes in the state folder, without the audit, which is kept for good."""
    files: int
    """Files in the state folder."""
    audit: int
    logs: int


@dataclass(frozen=True, slots=True)
class SoakInstallation:
    """An installation in a folder of its own."""

    folder: Path

    def configure(self, year: AcademicYear) -> None:
        """Write the settings and the profiles of an academic year."""
        first, last = FREEZE
        safety = f"[safety]\nfreeze = [{{ from = {first}, to = {last} }}]\n"
        profiles = {profile.name.lower(): _profile(profile, year) for profile in (*PROFILES, PART_ALONE)}
        install(self.folder, f"{SETTINGS}\n{safety}", **profiles)

    def write_document(self, text: str) -> None:
        """Write what iSAMS says tonight."""
        (self.folder / DOCUMENT).write_text(text, encoding="utf-8")

    def sets(self) -> Mapping[str, Files]:
        """Return what is in each output folder, by profile."""
        return sets_of(self.folder)

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what the state folder says of each profile."""
        status = json.loads((self.folder / "state" / "status.json").read_bytes())
        return {profile["profile"]: profile for profile in status["profiles"]}

    def generations(self, profile: str) -> list[str]:
        """Return the names of what is kept for a profile, but for the held set and the pin."""
        folder = self.folder / "state" / "profiles" / profile
        return sorted(path.name for path in folder.glob("*") if path.name not in {"held", "pinned.json"})

    def hidden(self) -> list[str]:
        """Return the hidden files and folders, which are there during a run only."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob(".*"))

    def age(self) -> None:
        """Make every generation a day older, as the next night finds it."""
        published_earlier(days=1)(self.folder)

    def measure(self) -> Sizes:
        """Return what the installation takes now."""
        state = {path: path.stat().st_size for path in (self.folder / "state").rglob("*") if path.is_file()}
        audit = state.pop(self.folder / "state" / "audit.jsonl", 0)
        logs = sum(path.stat().st_size for path in self.folder.glob(f"{LOG}*"))
        return Sizes(state=sum(state.values()), files=len(state), audit=audit, logs=logs)


def _profile(profile: ExpectedProfile, year: AcademicYear) -> str:
    """Return the TOML of a profile."""
    keys: dict[str, object] = {"name": profile.name, "format": "v2" if profile.is_v2 else "v2.1"}
    if profile != PART_ALONE:
        keys["output"] = f"csv/{profile.name}"
    if profile.parity:
        keys["parity"] = True
    if profile.name == _SCHOOL:
        keys["combine"] = ["Lower", "Middle", "Sixth"]
    else:
        keys |= {"year_groups": sorted(profile.years), "suffix": year.suffix}
    lines = [f"{key} = {toml(value)}" for key, value in keys.items()] + [f"expires = {year.last_day}"]
    [part, *others] = profile.parts
    if part.org and not others:
        lines += ["[org]", f"id = {toml(part.org)}", f"name = {toml(part.org_name)}"]
    return "\n".join(lines) + "\n"
