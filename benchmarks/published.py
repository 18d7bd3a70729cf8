"""
An installation that has published a CSV set, and hands it over to the fake of SDS.

    python -m benchmarks.published SETTINGS CSV_SET    keeps the set as a generation of the profile
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.process import Job, measure, python
from benchmarks.sds_server import Addresses

_NAME = "School"


def install_published(folder: Path, csv_set: Path, sds: Addresses) -> Job:
    """Write settings and a profile, publish the set, and give the job that hands it over, each time anew."""
    (folder / "profiles.d").mkdir(parents=True)
    secret = folder / "secret.txt"
    secret.touch(mode=0o600)
    secret.write_text(sds.secret, encoding="utf-8")
    settings = folder / "sdssync.toml"
    settings.write_text(
        f"""\
[school]
id = "8889999"
name = "MySchool"

[isams]
file = "isams.xml"

[upload]
tenant = "{sds.tenant}"
client_id = "{sds.client_id}"
secret_file = {json.dumps(secret.name)}
login_url = "{sds.login_url}"
graph_url = "{sds.graph_url}"
""",
        encoding="utf-8",
    )
    (folder / "profiles.d" / f"{_NAME}.toml").write_text(
        f"""\
format = "v2.1"
output = "csv/{_NAME}"

[upload]
connector = "{sds.connector}"
""",
        encoding="utf-8",
    )
    measure(Job(command=python("-m", "benchmarks.published", settings, csv_set)))
    return Job(command=python("-m", "sdssync", "--config", settings, "upload", "--again", _NAME))


def publish(settings: Path, csv_set: Path) -> None:
    """Keep a CSV set as the first generation of the only profile, as a run does that publishes it."""
    # these would add 40 MB to the bench itself, and with it to the peak of all that it measures
    from sdssync.config.effective import effective_profile  # noqa: PLC0415
    from sdssync.config.installation import load  # noqa: PLC0415
    from sdssync.publish.generations import Generations  # noqa: PLC0415
    from sdssync.publish.manifest import Manifest, SourceFacts  # noqa: PLC0415
    from sdssync.publish.set_files import survey_set  # noqa: PLC0415

    school = load(settings).school
    [profile] = school.profiles
    now = datetime.now(UTC).replace(microsecond=0)
    manifest = Manifest(
        profile=profile.name,
        number=0,  # given when it is kept
        day=now.date(),
        published_at=now,
        run_id="bench",
        program="bench",
        format=profile.format,
        output=str(profile.folder),
        files=survey_set(csv_set),
        effective=effective_profile(profile, school.settings.identity),
        source=SourceFacts(taken_at=now, pupils=0, staff=0, teaching_sets=0, memberships=0),
    )
    generations = Generations.of(school.settings.folders.state, profile.name)
    generations.settle(generations.write(csv_set, manifest))


if __name__ == "__main__":
    publish(*map(Path, sys.argv[1:]))
