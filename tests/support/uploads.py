"""An installation with a profile that hands over to the fake Microsoft, and how to let it do so."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from sdssync.cli import options, streams
from sdssync.config.installation import load
from sdssync.errors import ExitCode
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.upload import Means, upload
from sdssync.log.options import LogFormat, LogOptions
from sdssync.publish.uploads import ProfileUploads, read_uploads
from sdssync.report.uploads import UploadResult, uploads_json
from tests.support.clock import Clock
from tests.support.fake_graph.microsoft import FakeMicrosoft
from tests.support.fake_isams import FIXTURES
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

DAY = "2026-09-01"
VARIABLE = "SDSSYNC_UPLOAD_SECRET"
CONNECTOR = 'connector = "Hartley CSV"'
BY_SECRET = f'secret_env = "{VARIABLE}"'
SCHOOL = 'name = "School"\noutput = "csv/School"\nyear_groups = [3, 9]\nformat = "v2.1"\n'


@dataclass(frozen=True, slots=True)
class Handing:
    """The installation, the fake, and the clock of both."""

    folder: Path
    microsoft: FakeMicrosoft
    clock: Clock

    def write(
        self, upload: str = CONNECTOR, settings: str = "", profile: str = SCHOOL, login: str = BY_SECRET, **others: str
    ) -> None:
        """Write the settings, and the profile with its `[upload]` table; `others` are further profiles."""
        table = (
            f'[upload]\ntenant = "{self.microsoft.tenant}"\nclient_id = "{self.microsoft.app.client_id}"\n'
            f'{login}\nlogin_url = "{self.microsoft.login_url}"\n'
            f'graph_url = "{self.microsoft.graph_url}"\n'
        )
        profiles = {"school": f"{profile}\n[upload]\n{upload}\n", **others}
        install(self.folder, f"{SETTINGS}\n{table}{settings}\n", **profiles)

    def run(self, *options: str) -> Ran:
        """Run the scheduled job, in this process."""
        return command("run-all", "--today", DAY, *options)

    def upload(self, *, again: bool = False) -> UploadResult:
        """Hand over what is published, without waiting."""
        means = Means(progress=RunProgress(), pace=self.clock.pace)
        [result] = upload(load(self.folder / "sdssync.toml").school, [], means, again=again)
        return result

    def uploaded(self, *, again: bool = False) -> Ran:
        """Do what `sdssync upload -v --format json --log-file sdssync.log` does, without waiting."""

        def handler(_: options.Common) -> ExitCode:
            means = Means(progress=RunProgress(), pace=self.clock.pace)
            results = upload(load(self.folder / "sdssync.toml").school, [], means, again=again)
            code = max(result.exit_code for result in results)
            streams.print_result(uploads_json(results, code))
            return code

        file = self.folder / "sdssync.log"
        log = LogOptions(format=LogFormat.JSON, file=file, level=logging.DEBUG, color=False)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = options.run(handler, options.Common(config=None, log=log, run_id="0"))
        return Ran(exit_code=code, out=out.getvalue(), err=err.getvalue())

    @property
    def by_id(self) -> str:
        """The `[upload]` table of a profile that names the connector by its id."""
        return f'connector = "{self.microsoft.connector.id}"'

    @property
    def known(self) -> ProfileUploads:
        """What the record says of the profile."""
        return read_uploads(self.folder / "state").of("School")

    @property
    def published(self) -> dict[str, bytes]:
        """The files of the output folder."""
        return {path.name: path.read_bytes() for path in (self.folder / "csv" / "School").iterdir()}


@contextmanager
def handing_over(folder: Path) -> Iterator[Handing]:
    """Start the fake, which ends a validation at once, and let an installation hand over to it."""
    clock = Clock()
    with FakeMicrosoft(clock.now) as microsoft:
        microsoft.switches.polls_before_end = 0
        handing = Handing(folder, microsoft, clock)
        handing.write()
        yield handing


def publish(folder: Path, profile: str = SCHOOL, settings: str = SETTINGS) -> None:
    """Publish the recorded school in an installation without `[upload]`."""
    hartley(folder)
    install(folder, settings, school=profile)
    assert command("run-all", "--config", folder / "sdssync.toml", "--today", DAY).exit_code == 0


def hartley(folder: Path) -> None:
    """Copy the recorded school, which is large enough for several years."""
    (folder / "hartley.xml").write_bytes((FIXTURES / "isams" / "hartley.xml").read_bytes())
