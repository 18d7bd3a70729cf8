"""
The story of one hand-over: the last published generation of a profile goes to SDS, once, and SDS validates it.

Before each step that must not happen twice the record says that it is about to happen. After a kill or a lost answer
SDS is asked whether it has. What is sent comes from the generation, never from the output folder, and the published
set is not touched.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sdssync.config.profile import Profile
from sdssync.config.secret import GUID
from sdssync.errors import UploadError
from sdssync.graph.api import Api
from sdssync.graph.connectors import Connector, NoConnectorError, find_connector
from sdssync.graph.data_lake import SessionLostError, send_file
from sdssync.graph.line import AnswerLostError
from sdssync.graph.runs import list_runs, start_run
from sdssync.graph.session import open_session
from sdssync.graph.statement import Validation
from sdssync.graph.validation import (
    OperationGoneError,
    find_operation,
    start_validation,
    wait_for_validation,
)
from sdssync.jobs.progress import RunProgress
from sdssync.log import events
from sdssync.publish.generations import Generation
from sdssync.publish.uploads import Attempt, HandedOver, ProfileUploads, Stage, UploadRecord, Uploads, recent

MOST_VALIDATIONS = 6
"""In 24 hours: as many uploads as the SDS portal takes."""
MOST_STARTS = 5
"""In 12 hours: Microsoft's limit for a tenant."""
_SESSIONS = 2
"""So many sessions are tried for one set."""
_DAY, _HALF_DAY = timedelta(hours=24), timedelta(hours=12)
_OLDEST_VALIDATION = timedelta(hours=48)
"""One whose end is not known after that is given up, and the set is sent again."""
_SKEW = timedelta(minutes=1)
"""By which clocks may differ; a run that began earlier has taken the files of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A set about which SDS has said what it thinks."""

    connector: Connector
    validation: Validation | None
    """None: SDS had the set already."""
    has_started_run: bool = False
    no_run: UploadError | None = None
    """Why the run that is wanted was not started."""


class HandOver:
    """Hands over one generation of one profile."""

    def __init__(
        self, api: Api, profile: Profile, generation: Generation, record: UploadRecord, progress: RunProgress
    ) -> None:
        self._api = api
        self._profile = profile
        self._upload = profile.destination
        self._generation = generation
        self._record = record
        self._progress = progress

    @property
    def _known(self) -> ProfileUploads:
        return self._record.now.of(self._profile.name)

    def has_been_done(self) -> bool:
        """
        Return True if SDS need not be asked: the record says that it has the set, and that no run is to be started.

        The profile has to name its connector by the id, for a name may have become that of another connector.
        """
        attempt = self._known.attempt
        owes_run = attempt is not None and attempt.stage is Stage.STARTING and self._upload.start_run
        is_id = re.fullmatch(GUID, self._upload.connector) is not None
        return is_id and self._knows_of(self._upload.connector) and not owes_run

    def run(self, rivals: Sequence[Profile], *, again: bool) -> Delivered:
        """
        Hand the generation over, or take up where an interrupted run was; with `again`, even if SDS has it.

        `rivals` are the other profiles that hand over: no two may use one connector.

        Raises:
            ConfigError: the app cannot log in with what the settings name.
            UploadError: the set is not handed over.
            OutputError: the record cannot be written.

        """
        connector = find_connector(self._api, self._upload.connector)
        self._require_own(connector, rivals)
        if self._knows_of(connector.id) and not again:
            delivered = Delivered(connector=connector, validation=None)
            return self._with_run(delivered, lambda: self._resumed_start(connector))
        validation = self._resumed(connector)
        if validation is None:
            self._send(connector)
            validation = wait_for_validation(self._api, self._ask_for_validation(connector))
        if not validation.is_good:
            self._keep(replace(self._known, attempt=None))
            return Delivered(connector=connector, validation=validation)
        self._conclude(connector, validation)
        delivered = Delivered(connector=connector, validation=validation)
        return self._with_run(delivered, lambda: self._start_run(connector))

    def _knows_of(self, connector: str) -> bool:
        manifest = self._generation.manifest
        trial = self._upload.validate_only
        return bool(self._known.handed_over(manifest.number, manifest.files.digest, connector, is_trial=trial))

    def _require_own(self, connector: Connector, rivals: Sequence[Profile]) -> None:
        for rival in rivals:
            if self._find_theirs(rival) == connector:
                raise UploadError(
                    f"{self._profile.name} and {rival.name} name the same connector of SDS: each set would remove the"
                    " people of the other",
                    "give each a connector of its own, or make one combined profile of them: combine = [...]",
                )

    def _find_theirs(self, rival: Profile) -> Connector | None:
        """Return the connector of another profile; one may be named by its id and by its name."""
        try:
            return find_connector(self._api, rival.upload.connector) if rival.upload else None
        except NoConnectorError:
            return None

    def _resumed(self, connector: Connector) -> Validation | None:
        """
        Return how the validation ended that an interrupted run had asked for; None if the set has to be sent.

        That of another set is only noted, so that it is not taken for the one that will be asked for now.
        """
        attempt = self._known.attempt
        if attempt is None or attempt.stage is not Stage.VALIDATING:
            return None
        operation = attempt.operation or find_operation(self._api, connector, attempt.since, self._known.operations)
        if operation is None:
            return None
        self._keep(self._known.knowing(operation))
        this = (self._generation.number, self._generation.digest, connector.id)
        if (attempt.generation, attempt.digest, attempt.connector) != this:
            return None
        events.log().info("upload.resumed", generation=self._generation.number)
        try:
            return wait_for_validation(self._api, operation)
        except OperationGoneError:
            return None
        except UploadError:
            if _now() - attempt.since <= _OLDEST_VALIDATION:
                raise
            return None

    def _send(self, connector: Connector) -> None:
        """Send all files into a new session."""
        if recent(self._record.now.validations, _now() - _DAY) >= MOST_VALIDATIONS:
            raise UploadError(
                f"SDS has been asked to validate {MOST_VALIDATIONS} times within 24 hours; sdssync asks no more often",
                "the next run tries again",
            )
        self._say_if_files_differ()
        files = self._generation.manifest.files.files
        total = self._generation.bytes
        events.log().info("upload.started", generation=self._generation.number, files=len(files), bytes=total)
        for session_number in range(1, _SESSIONS + 1):
            self._keep(replace(self._known, attempt=self._attempt(connector, Stage.SENDING)))
            session = open_session(self._api, connector, reset=True)
            done = 0

            def sent(count: int) -> None:
                nonlocal done
                done += count
                self._progress.upload(self._profile.name, done, total)

            try:
                for file in files:
                    send_file(self._api.line, session, self._generation.folder / file.name, file.sha256, sent)
            except SessionLostError:
                if session_number == _SESSIONS:
                    raise
            else:
                return

    def _ask_for_validation(self, connector: Connector) -> str:
        """Let SDS validate what was sent, once; return the address of the operation."""
        attempt = self._attempt(connector, Stage.VALIDATING)
        uploads = self._record.now.with_profile(replace(self._known, attempt=attempt))
        self._record.keep(uploads.asking(self._profile.name, connector.id, attempt.since))
        wait = 0.0
        try:
            with self._counted(Uploads.without_validation):
                operation, wait = start_validation(self._api, connector)
        except AnswerLostError:
            found = find_operation(self._api, connector, attempt.since, self._known.operations)
            if found is None:
                raise
            operation = found
        self._keep(self._known.knowing(operation))
        self._api.line.pace.sleep(wait)
        return operation

    def _conclude(self, connector: Connector, validation: Validation) -> None:
        """Keep that SDS has the set, and that a run is still to be started."""
        manifest = self._generation.manifest
        missing = sorted(set(manifest.files.names) - set(validation.files))
        if validation.files and missing:
            events.log().warning("upload.left_files_unconfirmed", files=missing)
        handed_over = HandedOver(
            generation=manifest.number,
            digest=manifest.files.digest,
            connector=connector.id,
            files=manifest.files.names,
            is_trial=self._upload.validate_only,
            at=_now(),
        )
        starting = self._attempt(connector, Stage.STARTING) if self._upload.start_run else None
        self._keep(replace(self._known.after(handed_over), attempt=starting))

    def _with_run(self, delivered: Delivered, start: Callable[[], bool]) -> Delivered:
        """Return a set that is handed over with the run that is started for it, or with why there is none."""
        try:
            return replace(delivered, has_started_run=start())
        except UploadError as error:
            return replace(delivered, no_run=error)

    def _start_run(self, connector: Connector) -> bool:
        """Start a run of SDS, if one is wanted and SDS allows it; return whether one has been started."""
        if not self._upload.start_run:
            return False
        if recent(self._record.now.starts, _now() - _HALF_DAY) >= MOST_STARTS:
            events.log().warning(
                "upload.started_no_run",
                hint=f"{MOST_STARTS} runs have been started within 12 hours, and SDS allows no more; it takes the set"
                " in by itself within 12 hours",
            )
            self._keep(replace(self._known, attempt=None))
            return False
        attempt = self._attempt(connector, Stage.STARTING)
        uploads = self._record.now.with_profile(replace(self._known, attempt=attempt))
        self._record.keep(uploads.starting(attempt.since))
        try:
            with self._counted(Uploads.without_start):
                start_run(self._api)
        except AnswerLostError:
            if not self._has_run_since(attempt.since):
                raise
        self._keep(replace(self._known, attempt=None))
        return True

    def _resumed_start(self, connector: Connector) -> bool:
        """Start the run that an interrupted run was to start; SDS takes the set in by itself within twelve hours."""
        attempt = self._known.attempt
        if attempt is None or attempt.stage is not Stage.STARTING or not self._upload.start_run:
            return False
        if _now() - attempt.since > _HALF_DAY or self._has_run_since(attempt.since):
            self._keep(replace(self._known, attempt=None))
            return False
        return self._start_run(connector)

    def _has_run_since(self, since: datetime) -> bool:
        return any(run.started_at >= since - _SKEW for run in list_runs(self._api))

    def _say_if_files_differ(self) -> None:
        """Say so if SDS gets other files than the last time: it wants the same set of files each time."""
        before = next((set(found.files) for found in reversed(self._known.done) if not found.is_trial), None)
        names = set(self._generation.manifest.files.names)
        if before is not None and before != names:
            events.log().warning("upload.changed_files", added=sorted(names - before), removed=sorted(before - names))

    @contextmanager
    def _counted(self, take_back: Callable[[Uploads], Uploads]) -> Iterator[None]:
        """Take a count back if SDS refuses what was counted; if the answer is lost, it may have happened."""
        try:
            yield
        except AnswerLostError:
            raise
        except UploadError:
            self._record.keep(take_back(self._record.now))
            raise

    def _attempt(self, connector: Connector, stage: Stage) -> Attempt:
        return Attempt(
            generation=self._generation.number,
            digest=self._generation.digest,
            connector=connector.id,
            stage=stage,
            since=_now(),
        )

    def _keep(self, known: ProfileUploads) -> None:
        self._record.keep_profile(known)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
