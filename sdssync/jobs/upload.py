"""Hand over what is published and SDS does not have: at the end of a run, after a decision, or when it is asked for."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import render
from sdssync.config.named_files import trusted_by
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, ExitCode, OutputError, SdsSyncError, UploadError
from sdssync.files.lock import installation_lock
from sdssync.graph.api import Api
from sdssync.graph.line import Line
from sdssync.graph.login import Login
from sdssync.graph.statement import MOST_ISSUES, Issue
from sdssync.jobs.decide import publishing_profile
from sdssync.jobs.hand_over import Delivered, HandOver
from sdssync.jobs.profile_warnings import report_expired
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.record import keep_status
from sdssync.jobs.upload_issues import place_issues
from sdssync.log import events, outcomes
from sdssync.net.pace import Pace
from sdssync.publish.generations import Generation, Generations
from sdssync.publish.status import read_status
from sdssync.publish.uploads import LastUpload, UploadOutcome, UploadRecord
from sdssync.report.uploads import UploadResult
from sdssync.sds.formats import SdsFormat


class Occasion(StrEnum):
    """Why a set is handed over, and so what is done if the record says that SDS has it."""

    RUN = "run"
    """Nothing, if the profile names its connector by the id."""
    COMMAND = "command"
    """SDS is asked for the connector."""
    AGAIN = "again"
    """The set is sent once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a hand-over works with; tests have a clock of their own."""

    progress: RunProgress
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    pace: Pace = field(default_factory=Pace)
    today: date = field(default_factory=lambda: datetime.now().astimezone().date())
    """By the clock of the server."""


def upload(school: ConfiguredSchool, names: Sequence[str], means: Means, *, again: bool) -> tuple[UploadResult, ...]:
    """
    Hand over the named profiles, or all of `uploading_profiles`; `again`, even if SDS has them.

    Raises:
        ConfigError: there is no such profile, or none that hands over.
        LockedError: another run is in progress.

    """
    profiles = uploading_profiles(school, names, means.today)
    with installation_lock(school.settings.folders.state):
        results = hand_over(school, profiles, means, Occasion.AGAIN if again else Occasion.COMMAND)
        try:
            keep_status(read_status(school.settings.folders.state), school)
        except OutputError as error:
            outcomes.failed("status.failed", error)
    return results


def upload_after_decision(school: ConfiguredSchool, name: str, means: Means) -> UploadResult:
    """Hand over a profile that a person has just published; whatever goes wrong is the result."""
    try:
        return upload(school, [name], means, again=False)[0]
    except SdsSyncError as error:
        outcomes.failed("upload.failed", error, profile=name)
        return UploadResult(profile=name, outcome=UploadOutcome.FAILED, error=error)


def uploading_profiles(school: ConfiguredSchool, names: Sequence[str], today: date) -> tuple[Profile, ...]:
    """
    Return the named profiles, or all that have an `[upload]` table and have not expired.

    Raises:
        ConfigError: there is no such profile, it has mistakes, or it does not hand over.

    """
    school.require_profiles()
    if not names:
        found = tuple(profile for profile in school.profiles if profile.upload)
        if not found and school.wrong:
            raise ConfigError(render([profile_file.report for profile_file in school.wrong]))
        if not found:
            raise ConfigError(
                "no profile has an [upload] table, so there is nothing to hand over",
                "docs/upload.md says how to begin",
            )
        for profile in found:
            if profile.has_expired(today):
                report_expired(profile, today)
        return tuple(profile for profile in found if not profile.has_expired(today))
    profiles = tuple(publishing_profile(school, name) for name in names)
    for profile in profiles:
        if profile.upload is None:
            raise ConfigError(f"{profile.name} has no [upload] table", "docs/upload.md says how to begin")
    return profiles


def hand_over(
    school: ConfiguredSchool, profiles: Sequence[Profile], means: Means, occasion: Occasion
) -> tuple[UploadResult, ...]:
    """Hand over the last generation of each profile that SDS does not have; the caller holds the lock."""
    results = []
    office = _Office(school, means, occasion)
    for profile in profiles:
        with events.bound(profile=profile.name):
            results.append(office.hand_over(profile))
    return tuple(results)


def connect(settings: SchoolSettings, means: Means) -> Api:
    """
    Return the way to SDS; nothing is sent yet.

    Raises:
        ConfigError: there is no `[upload]` table, or its certificates cannot be used.

    """
    upload = settings.upload
    if upload is None:
        raise ConfigError("sdssync.toml has no [upload] table", "docs/upload.md says how to begin")
    line = Line(trusted_by(upload.ca_file, "upload.ca_file"), means.pace)
    return Api(upload, line, Login(upload, line, means.environ))


class _Office:
    """Hands over one profile after another, with one login for all."""

    def __init__(self, school: ConfiguredSchool, means: Means, occasion: Occasion) -> None:
        self._school = school
        self._means = means
        self._occasion = occasion
        self._api: Api | None = None

    def hand_over(self, profile: Profile) -> UploadResult:
        """Hand over one profile; whatever goes wrong is its result."""
        result = UploadResult(profile=profile.name, outcome=UploadOutcome.FAILED)
        try:
            generation = _last(Generations.of(self._school.settings.folders.state, profile.name))
            if generation is None:
                return replace(result, outcome=UploadOutcome.UNCHANGED)
            result = replace(result, generation=generation.number, files=len(generation.manifest.files.files))
            _require_sendable(generation)
            record = UploadRecord(self._school.settings.folders.state)
            result = self._deliver(profile, generation, record, result)
            _remember(record, result)
        except SdsSyncError as error:
            outcomes.failed("upload.failed", error)
            result = replace(result, error=error)
            self._remember_failure(result)
        return result

    def _deliver(
        self, profile: Profile, generation: Generation, record: UploadRecord, result: UploadResult
    ) -> UploadResult:
        if self._api is None:
            self._api = connect(self._school.settings, self._means)
        deed = HandOver(self._api, profile, generation, record, self._means.progress)
        if self._occasion is Occasion.RUN and deed.has_been_done():
            return _unchanged(result)
        rivals = [other for other in self._school.profiles if other.upload and other.name != profile.name]
        delivered = deed.run(rivals, again=self._occasion is Occasion.AGAIN)
        return self._judged(profile, generation, delivered, result)

    def _judged(
        self, profile: Profile, generation: Generation, delivered: Delivered, result: UploadResult
    ) -> UploadResult:
        """Return what SDS thinks of the set, and log it without its words."""
        validation = delivered.validation
        result = replace(
            result,
            connector=delivered.connector.id,
            has_started_run=delivered.has_started_run,
            error=delivered.no_run,
        )
        if delivered.no_run:
            outcomes.failed("upload.started_no_run", delivered.no_run)
        if validation is None:
            return _unchanged(result)
        settings = self._school.settings
        issues = (*validation.errors[:MOST_ISSUES], *validation.warnings[:MOST_ISSUES])
        placed = place_issues(issues, generation, settings)
        errors = placed[: len(validation.errors[:MOST_ISSUES])]
        warnings = placed[len(errors) :]
        result = replace(result, errors=errors, warnings=warnings)
        facts: dict[str, object] = {
            "generation": generation.number,
            "connector": delivered.connector.id,
            "files": result.files,
            "errors": [_place(found.issue) for found in errors],
            "warnings": [_place(found.issue) for found in warnings],
        }
        if not validation.is_good:
            if not errors:
                raise UploadError("the validation of SDS failed, and SDS does not say why", "the next run tries again")
            hint = "sdssync upload sends the set again and shows what SDS says, with the people and classes"
            events.log().error("upload.refused", **facts, hint=hint, exit_code=int(ExitCode.UPLOAD))
            return result
        events.log().info("upload.finished", **facts, run_started=result.has_started_run)
        return replace(
            result, outcome=UploadOutcome.VALIDATED if profile.destination.validate_only else UploadOutcome.UPLOADED
        )

    def _remember_failure(self, result: UploadResult) -> None:
        try:
            _remember(UploadRecord(self._school.settings.folders.state), result)
        except OutputError as error:
            outcomes.failed("status.failed", error)


def _last(generations: Generations) -> Generation | None:
    """
    Return the newest generation; None if there is none.

    Raises:
        UploadError: its manifest is damaged: the one before it must not replace it in SDS.
        OutputError: the folder cannot be read.

    """
    published = generations.all()
    newest = generations.newest
    if newest and (not published or published[-1].number != newest):
        raise UploadError(f"generation {newest} is damaged", "the next run publishes the set anew")
    return published[-1] if published else None


def _unchanged(result: UploadResult) -> UploadResult:
    """Return that SDS has the set, and log it."""
    events.log().info("upload.skipped", generation=result.generation, reason="SDS already has it")
    return replace(result, outcome=UploadOutcome.UNCHANGED)


def _require_sendable(generation: Generation) -> None:
    """
    Return if a generation is in the format that SDS takes; whether its files are whole, sending them shows.

    Raises:
        UploadError: it is not.

    """
    if generation.manifest.format is not SdsFormat.V21:
        raise UploadError(
            f"generation {generation.number} is in the format {generation.manifest.format}, and SDS takes v2.1",
            "the next set that is published in the format of the profile is handed over",
        )


def _remember(record: UploadRecord, result: UploadResult) -> None:
    """Keep how a hand-over ended, for `sdssync status`; if SDS had the set, an earlier failure is over."""
    known = record.now.of(result.profile)
    is_over = result.outcome is UploadOutcome.UNCHANGED
    was_good = known.last is None or not known.last.exit_code
    if result.generation is None or (is_over and was_good and not result.exit_code):
        return
    last = LastUpload(
        generation=result.generation,
        outcome=UploadOutcome.UPLOADED if is_over else result.outcome,
        exit_code=result.exit_code,
        finished_at=datetime.now(UTC).replace(microsecond=0),
        errors=len(result.errors),
        warnings=len(result.warnings),
        has_started_run=result.has_started_run,
    )
    record.keep_profile(replace(known, last=last))


def _place(issue: Issue) -> str:
    """Return an issue as the log may have it."""
    return f"{issue.code} {issue.file}:{issue.line}" if issue.line else f"{issue.code} {issue.file}".rstrip()
