"""An installation of sdssync in a folder of its own, to run the whole job on a made document."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Job, python


@dataclass(frozen=True, slots=True)
class Profile:
    """What one profile takes from the school."""

    name: str
    years: range
    subjects: str
    """A TOML line: which are excluded or included."""


SENIORS = Profile("Seniors", range(7, 14), "exclude = [7, 15, 16, 47]")
PREP = Profile("Prep", range(7), "include = [52]")


def alike(number: int) -> tuple[Profile, ...]:
    """Make this many profiles that take the same."""
    return tuple(Profile(f"Seniors{place}", SENIORS.years, SENIORS.subjects) for place in range(number))


def install(folder: Path, document: Path, profiles: Sequence[Profile]) -> Job:
    """
    Write settings and profiles, and give the job that runs them all.

    Each run starts without state and without published sets: it publishes, and does not find everything unchanged.
    """
    names = [profile.name for profile in profiles]
    (folder / "profiles.d").mkdir(parents=True)
    settings = folder / "sdssync.toml"
    settings.write_text(
        f"""\
[school]
id = "8889999"
name = "MySchool"

[isams]
file = {json.dumps(str(document))}
""",
        encoding="utf-8",
    )
    for profile in profiles:
        (folder / "profiles.d" / f"{profile.name}.toml").write_text(
            f"""\
year_groups = {list(profile.years)}
suffix = "_2026_27"
output = "csv/{profile.name}"

[subjects]
{profile.subjects}
""",
            encoding="utf-8",
        )
    return Job(
        command=python("-m", "sdssync", "--config", settings, "run-all"),
        fresh=(folder / "csv", folder / "state"),
        makes=tuple(folder / "csv" / name / "enrollments.csv" for name in names),
    )
