"""An installation with a profile that hands over to the fake Microsoft, and how to let it do so."""

from dataclasses import dataclass
from pathlib import Path

from sdssync.config.installation import load
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.upload import Means, upload
from sdssync.report.uploads import UploadResult
from tests.support.clock import Clock
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.fake_isams import FIXTURES
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

DAY = "2026-09-01"
VARIABLE = "SDSSYNC_UPLOAD_SECRET"
SCHOOL = 'name = "School"\noutput = "csv/School"\nyear_groups = [3, 9]\nformat = "v2.1"\n'


@dataclass(frozen=True, slots=True)
class Handing:
    """The installation, the fake, and the clock of both."""

    folder: Path
    microsoft: FakeMicrosoft
    clock: Clock

    def write(self, upload: str = 'connector = "Hartley CSV"', settings: str = "", profile: str = SCHOOL) -> None:
        """Write the settings, and the profile with its `[upload]` table."""
        table = (
            f'[upload]\ntenant = "{self.microsoft.tenant}"\nclient_id = "{self.microsoft.app.client_id}"\n'
            f'secret_env = "{VARIABLE}"\nlogin_url = "{self.microsoft.login_url}"\n'
            f'graph_url = "{self.microsoft.graph_url}"\n'
        )
        install(self.folder, f"{SETTINGS}\n{table}{settings}\n", school=f"{profile}\n[upload]\n{upload}\n")

    def run(self, *options: str) -> Ran:
        """Run the scheduled job, in this process."""
        return command("run-all", "--today", DAY, *options)

    def upload(self, *, again: bool = False) -> UploadResult:
        """Hand over what is published, without waiting."""
        means = Means(progress=RunProgress(), pace=self.clock.pace)
        [result] = upload(load(self.folder / "sdssync.toml").school, [], means, again=again)
        return result

    @property
    def published(self) -> dict[str, bytes]:
        """The files of the output folder."""
        return {path.name: path.read_bytes() for path in (self.folder / "csv" / "School").iterdir()}


def hartley(folder: Path) -> None:
    """Copy the recorded school, which is large enough for several years."""
    (folder / "hartley.xml").write_bytes((FIXTURES / "isams" / "hartley.xml").read_bytes())
