"""What a person decides: approve a held set, restore a generation, release a profile. Each takes the lock."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sdssync.config.effective import effective_profile
from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import describe, render
from sdssync.config.profile import Profile
from sdssync.errors import ConfigError, ExitCode, OutputError
from sdssync.files.folders import copy_files
from sdssync.files.lock import installation_lock
from sdssync.jobs.record import keep_status, published_set
from sdssync.log import events, outcomes
from sdssync.publish.generations import make_room
from sdssync.publish.healing import heal
from sdssync.publish.manifest import Manifest, Origin
from sdssync.publish.output_folder import check_folder
from sdssync.publish.set_files import survey_set
from sdssync.publish.staging import staging
from sdssync.publish.status import ProfileStatus, read_status
from sdssync.report.matter import quoted
from sdssync.report.outcome import Outcome
from sdssync.safety.audit import Act, Audit, account
from sdssync.safety.baselines import find_baselines
from sdssync.safety.held import KEPT_DAYS, HeldSet, Pin, Waiting
from sdssync.safety.publication import Published, Publisher


def approve(school: ConfiguredSchool, name: str, plan_id: str, *, day: date, reason: str, run_id: str) -> Published:
    """
    Publish the held set of a profile, if it is the one with this plan id and nothing has changed since.

    Raises:
        ConfigError: it is not, or something has; nothing is touched.
        SdsSyncError: it cannot be published; the published set is as it was.

    """
    profile = publishing_profile(school, name)
    settings = school.settings
    settings.identity.require_real()
    with installation_lock(settings.folders.state):
        publisher = _prepared(school, profile, run_id)
        waiting = Waiting(settings.folders.state, profile.name)
        held = _approvable(waiting, profile, plan_id, day)
        _require_unchanged(held, school, profile, day)
        if not waiting.is_whole(held):
            raise ConfigError(
                f"the held set of {profile.name} is damaged", f"run sdssync run {quoted(profile.name)} again"
            )
        manifest = _decided(held.manifest, Origin.APPROVAL, day, reason, run_id)
        return _publish(school, profile, waiting.folder, manifest, publisher)


def restore(school: ConfiguredSchool, name: str, number: int, *, day: date, reason: str, run_id: str) -> Published:
    """
    Publish a generation again, with the bytes that it had, and hold the profile until it is released.

    Raises:
        ConfigError: there is no such generation.
        SdsSyncError: it cannot be published; the published set is as it was.

    """
    profile = publishing_profile(school, name)
    state = school.settings.folders.state
    with installation_lock(state):
        publisher = _prepared(school, profile, run_id)
        generations = publisher.generations.all()
        wanted = next((generation for generation in generations if generation.number == number), None)
        if wanted is None:
            kept = ", ".join(str(generation.number) for generation in generations) or "none"
            raise ConfigError(f"{profile.name} has no generation {number}", f"the generations that are kept: {kept}")
        if not wanted.is_whole:
            raise OutputError(f"generation {number} of {profile.name} is damaged", "restore another one")
        waiting = Waiting(state, profile.name)
        was_pinned = waiting.is_pinned
        waiting.pin(Pin(generation=number, at=datetime.now(UTC)))
        manifest = _decided(wanted.manifest, Origin.RESTORE, day, reason, run_id)
        manifest = replace(manifest, output=str(profile.folder))
        try:
            return _publish(school, profile, wanted.folder, manifest, publisher)
        except BaseException:
            if not was_pinned and not publisher.has(manifest):
                waiting.release()
            raise


def release(school: ConfiguredSchool, name: str, *, run_id: str) -> str:
    """
    Let runs publish a restored profile again; return its name.

    Raises:
        ConfigError: it is not pinned.
        OutputError: the state folder cannot be written.

    """
    profile = publishing_profile(school, name)
    state = school.settings.folders.state
    with installation_lock(state):
        status = read_status(state)
        Audit(state).repair(status.audit, run_id)
        waiting = Waiting(state, profile.name)
        if not waiting.is_pinned:
            raise ConfigError(f"{profile.name} is not pinned: there is nothing to release", "sdssync status shows more")
        Audit(state).append(Act.RELEASED, run_id, profile=profile.name, account=account())
        waiting.release()
        waiting.discard()  # it was held against the restored set; the next run plans anew
        events.log().info("profile.released", profile=profile.name)
        keep_status(status, school)
    return profile.name


def publishing_profile(school: ConfiguredSchool, name: str) -> Profile:
    """
    Return the profile of a name, which must be right and publish a set.

    Raises:
        ConfigError: there is none, it has mistakes, or it is a part.

    """
    found = school.find(name)
    if found is None:
        raise ConfigError(f"there is no profile {describe(name)}", school.known_names(name))
    if found.profile is None:
        raise ConfigError(render([found.report]))
    school.require_output(found)
    return found.profile


def _prepared(school: ConfiguredSchool, profile: Profile, run_id: str) -> Publisher:
    """Put right what a crash has left, for the profile and for the audit."""
    state = school.settings.folders.state
    make_room(state)
    Audit(state).repair(read_status(state).audit, run_id)
    check_folder(profile.folder)
    heal(profile.folder)
    publisher = Publisher(state=state, profile=profile.name, output=profile.folder)
    with events.bound(profile=profile.name):
        publisher.settle()
    return publisher


def _approvable(waiting: Waiting, profile: Profile, plan_id: str, day: date) -> HeldSet:
    """Return the held set, if it is the one that is meant and may still be approved."""
    held = waiting.held()
    if waiting.is_pinned:
        raise ConfigError(
            f"{profile.name} was restored and is pinned", f"first: sdssync release {quoted(profile.name)}"
        )
    if held is None:
        raise ConfigError(f"nothing of {profile.name} is held", "sdssync status shows what waits for approval")
    if held.plan_id != plan_id.strip().lower():
        raise ConfigError(
            f"the plan of {profile.name} that waits is {held.plan_id}, not {describe(plan_id)}",
            f"look at it first: sdssync plan {quoted(profile.name)}",
        )
    if profile.has_expired(day):
        raise ConfigError(f"{profile.name} expired on {profile.last_day}", "set a later date in its file, then run it")
    if day > held.until:
        raise ConfigError(
            f"the plan {plan_id} of {profile.name} was last held on {held.manifest.day}:"
            f" that is more than {KEPT_DAYS} days ago",
            f"run it again: sdssync run {quoted(profile.name)}",
        )
    return held


def _require_unchanged(held: HeldSet, school: ConfiguredSchool, profile: Profile, day: date) -> None:
    """Refuse to approve what was planned from other settings, or against another set."""
    settings = school.settings
    hint = f"run it again and look at the new plan: sdssync run {quoted(profile.name)}"
    effective = effective_profile(profile.on(day), settings.identity)
    safety = settings.safety.of(profile.safety)
    publisher = Publisher(state=settings.folders.state, profile=profile.name, output=profile.folder)
    baselines = find_baselines(publisher.generations, profile.folder, day, safety.window)
    last = baselines.last.digest if baselines.last else ""
    if (last, baselines.output_digest) != (held.last_digest, held.output_digest):
        raise ConfigError(f"the published set of {profile.name} has changed since the plan was made", hint)
    if effective != held.manifest.effective or str(profile.folder) != held.manifest.output:
        keys = ", ".join(effective.changed(held.manifest.effective)) or "its output"
        raise ConfigError(f"{profile.name} has changed since the plan was made: {keys}", hint)
    if repr(safety) != held.safety:
        raise ConfigError(f"[safety] of {profile.name} has changed since the plan was made", hint)


def _decided(manifest: Manifest, origin: Origin, day: date, reason: str, run_id: str) -> Manifest:
    """Return the manifest of a set that a person publishes."""
    return replace(
        manifest,
        origin=origin,
        account=account(),
        reason=reason,
        day=day,
        published_at=datetime.now(UTC).replace(microsecond=0),
        run_id=run_id,
    )


def _publish(
    school: ConfiguredSchool,
    profile: Profile,
    source: Path,
    manifest: Manifest,
    publisher: Publisher,
) -> Published:
    """Publish a set that is kept in the state folder, and record it."""
    with staging(profile.folder) as staged:
        copy_files(source, manifest.files.names, staged.folder)
        if survey_set(staged.folder) != manifest.files:
            raise OutputError(f"{source}: the files are damaged", "nothing has been published")
        published = publisher.publish(staged.folder, manifest)
    events.log().info(
        "profile.published",
        profile=profile.name,
        output=profile.output_as_written,
        files=len(manifest.files.files),
        generation=published.manifest.number,
        origin=manifest.origin,
    )
    problem = published.problem or staged.leftover
    if problem:
        outcomes.failed("profile.published_with_problems", problem, profile=profile.name)
    try:
        _record(school, profile, published.manifest, problem.exit_code if problem else ExitCode.DONE)
    except OutputError as error:
        outcomes.failed("status.failed", error)
        problem = problem or error
    return replace(published, problem=problem)


def _record(school: ConfiguredSchool, profile: Profile, manifest: Manifest, code: ExitCode) -> None:
    """Write the publication into the status."""
    status = read_status(school.settings.folders.state)
    ended = ProfileStatus(
        profile=profile.name,
        outcome=Outcome.PUBLISHED,
        exit_code=code,
        finished_at=manifest.published_at,
        published=published_set(manifest),
        expires=profile.expires,
    )
    names = [profile_file.name for profile_file in school.profile_files]
    keep_status(status.with_profiles([ended], names), school)
