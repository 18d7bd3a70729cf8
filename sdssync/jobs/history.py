"""Look back: the state of every profile, the generations of one, what changed between two, and the audit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sdssync.config.installation import ConfiguredSchool
from sdssync.errors import ConfigError, ExitCode, OutputError
from sdssync.jobs.decide import publishing_profile
from sdssync.jobs.record import current_status
from sdssync.log import events
from sdssync.publish.generations import Generation, Generations, kept_profiles
from sdssync.publish.os_errors import reading
from sdssync.publish.status import Status, read_status
from sdssync.safety.audit import Audit, Fault
from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import read_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A generation, and what changed to it from the one before."""

    generation: Generation
    changes: Changes | None
    """None: it is the first that is kept, or one of the two is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed between two generations of a profile."""

    profile: str
    old: Generation
    new: Generation
    changes: Changes


def read_current_status(school: ConfiguredSchool) -> Status:
    """
    Return the status, with what waits in each profile now.

    Raises:
        ConfigError: there is no profile.
        OutputError: the state folder cannot be read.

    """
    school.require_profiles()
    return current_status(read_status(school.settings.folders.state), school)


def check_status(status: Status, school: ConfiguredSchool, today: date, max_age: float) -> ExitCode:
    """
    Return the highest of the last codes, or that of the source when a profile was not run for too long.

    A hand-over after the run counts; that of an expired profile does not, since no run makes up for it.

    `max_age` is in hours, by the clock of the server; each profile that should have run is logged.
    """
    oldest = datetime.now(UTC) - timedelta(hours=max_age)
    expired = {profile.name for profile in school.profiles if profile.has_expired(today)}
    codes = [
        profile.exit_code if profile.profile in expired else profile.code_with_upload for profile in status.profiles
    ]
    for profile_file in school.profile_files:
        profile = profile_file.profile
        if profile and (profile.output is None or profile.has_expired(today)):
            continue
        last = status.of(profile_file.name)
        if last is None or last.finished_at < oldest:
            hint = "look at the scheduled task: it has not run, or not with this settings file"
            events.log().error("profile.lagged", profile=profile_file.name, hours=max_age, hint=hint)
            codes.append(ExitCode.SOURCE)
    return max(codes, default=ExitCode.SOURCE)


def history(school: ConfiguredSchool, name: str) -> tuple[Step, ...]:
    """
    Return the generations of a profile, the newest first.

    Raises:
        ConfigError: there is no such profile.
        OutputError: the state folder cannot be read.

    """
    profile = publishing_profile(school, name)
    generations = Generations.of(school.settings.folders.state, profile.name).all()
    steps = [
        Step(generation=generation, changes=_changes(generations[index - 1], generation) if index else None)
        for index, generation in enumerate(generations)
    ]
    return tuple(reversed(steps))


def difference(school: ConfiguredSchool, name: str, numbers: tuple[int, ...]) -> Difference:
    """
    Return what changed between two generations: the last two, one and the last, or two.

    Raises:
        ConfigError: there is no such generation.
        OutputError: one cannot be read.

    """
    profile = publishing_profile(school, name)
    generations = Generations.of(school.settings.folders.state, profile.name).all()
    known = {generation.number: generation for generation in generations}
    kept = ", ".join(map(str, known)) or "none"
    for number in numbers:
        if number not in known:
            raise ConfigError(f"{profile.name} has no generation {number}", f"the generations that are kept: {kept}")
    if len(generations) < 2 - len(numbers) or not generations:
        raise ConfigError(f"{profile.name} has no two generations to compare", f"the generations that are kept: {kept}")
    old = known[numbers[0]] if numbers else generations[-2]
    new = known[numbers[1]] if len(numbers) > 1 else generations[-1]
    if old.number == new.number:
        raise ConfigError(f"generation {old.number} is the last one of {profile.name}", f"compare two of: {kept}")
    changes = _changes(old, new)
    if changes is None:
        damaged = old if not old.is_whole else new
        raise OutputError(f"{damaged.folder} is damaged", "compare other generations")
    return Difference(profile=profile.name, old=old, new=new, changes=changes)


def verify_audit(school: ConfiguredSchool) -> Fault | None:
    """
    Return the first fault of the audit; None: it fits. Where generations are kept, there has to be one.

    Raises:
        OutputError: it cannot be read.

    """
    state = school.settings.folders.state
    audit = Audit(state)
    if not audit.head and any(Generations(folder).newest for folder in kept_profiles(state)):
        return Fault(0, "it is gone or empty, and sets were published")
    return audit.verify(read_status(state).audit)


def _changes(old: Generation, new: Generation) -> Changes | None:
    if not old.is_whole or not new.is_whole:
        return None
    with reading(new.folder):
        return Changes(old=read_set(old.folder), new=read_set(new.folder))
