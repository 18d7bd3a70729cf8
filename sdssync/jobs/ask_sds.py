"""Ask SDS without sending anything: may the app do what a hand-over needs, and what has SDS done lately."""

from collections.abc import Callable, Sequence

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.errors import SdsSyncError
from sdssync.graph.api import Api
from sdssync.graph.connectors import READ as READ_CONNECTORS
from sdssync.graph.connectors import Connector, find_connector
from sdssync.graph.runs import READ as READ_RUNS
from sdssync.graph.runs import list_runs, run_counts
from sdssync.graph.session import UPLOAD, open_session
from sdssync.graph.validation import READ as READ_OPERATIONS
from sdssync.graph.validation import list_operations, look_at_operation
from sdssync.jobs.upload import Means, connect, uploading_profiles
from sdssync.publish.uploads import read_uploads
from sdssync.report.sds_status import CheckedStep, SdsStatus, UploadCheck

MOST_RUNS = 5
"""Runs that are shown."""


def check_uploads(school: ConfiguredSchool, names: Sequence[str], means: Means) -> tuple[UploadCheck, ...]:
    """
    Try login, connector and permissions of each profile that hands over; nothing is sent.

    Raises:
        ConfigError: no profile hands over, or there is no way to SDS.

    """
    profiles = uploading_profiles(school, names, means.today)
    api = connect(school.settings, means)
    return tuple(_check(api, profile) for profile in profiles)


def sds_status(school: ConfiguredSchool, names: Sequence[str], means: Means) -> tuple[SdsStatus, ...]:
    """
    Return for each profile that hands over what SDS says of its connector, its last validation, and its runs.

    Raises:
        ConfigError: no profile hands over, or there is no way to SDS.
        UploadError: SDS does not answer, or the app may not ask.
        OutputError: the record of the hand-overs cannot be read.

    """
    profiles = uploading_profiles(school, names, means.today)
    api = connect(school.settings, means)
    uploads = read_uploads(school.settings.folders.state)
    runs = list_runs(api)[:MOST_RUNS]
    counts = run_counts(api, runs[0]) if runs else {}
    found = []
    for profile in profiles:
        known = uploads.of(profile.name)
        operation = known.operations[-1] if known.operations else None
        found.append(
            SdsStatus(
                profile=profile.name,
                connector=find_connector(api, profile.destination.connector),
                validation=look_at_operation(api, operation) if operation else None,
                handed_over=known.newest,
                runs=runs,
                counts=counts,
            )
        )
    return tuple(found)


def _check(api: Api, profile: Profile) -> UploadCheck:
    """Take the steps of a hand-over as far as they change nothing; what follows a failure is not tried."""
    found: list[Connector] = []
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("login", api.log_in),
        (f"connector ({READ_CONNECTORS})", lambda: found.append(find_connector(api, profile.destination.connector))),
        (f"upload session ({UPLOAD})", lambda: open_session(api, found[0], reset=False)),
        (f"validation ({READ_OPERATIONS})", lambda: list_operations(api)),
        *(((f"runs ({READ_RUNS})", lambda: list_runs(api)),) if profile.destination.start_run else ()),
    )
    checked: list[CheckedStep] = []
    for name, step in steps:
        try:
            step()
        except SdsSyncError as error:
            checked.append(CheckedStep(name, error))
            break
        checked.append(CheckedStep(name, None))
    return UploadCheck(profile=profile.name, steps=tuple(checked))
