"""
Check what `sdssync validate` is asked to check: any folder, or the published CSV sets of profiles.

One that cannot be checked stops no other. A set that belongs to a profile is judged by what the settings say:
`include_names`, the files of the last publication, and the rules that the profile selects.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import describe
from sdssync.config.profile import Profile
from sdssync.errors import ConfigError, ExitCode, SdsSyncError
from sdssync.files.paths import comparable
from sdssync.jobs import profile_warnings
from sdssync.jobs.targets import find_school, named_profile, require_folders
from sdssync.log import events, outcomes
from sdssync.publish.verdict import NO_STUDENT, check_options
from sdssync.sds.catalogue.rules import code_ranges, unknown_prefixes
from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.findings import BLOCKING, MAX_FINDINGS, SetReport, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which findings the command line asks for."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_findings: int = MAX_FINDINGS
    failing: tuple[Severity, ...] = BLOCKING


STRICT = (*BLOCKING, Severity.WARNING)
"""What makes a validation fail with `--strict`."""


_UNSETTLED = "the folders are checked without include_names and without the files of the last publication"
"""What it means that the settings are wrong."""


@dataclass(slots=True)
class Validated:
    """The CSV sets that were checked, and the highest exit code."""

    reports: list[SetReport] = field(default_factory=list)
    exit_code: ExitCode = ExitCode.DONE

    def note(self, code: ExitCode) -> None:
        """Take an exit code into account; the highest wins."""
        self.exit_code = max(self.exit_code, code)

    def add(self, check: Callable[[], SetReport], *, profile: str = "") -> None:
        """Check one more CSV set, of a profile or of none; if that is not possible, log why."""
        try:
            report = check()
        except SdsSyncError as error:
            if profile:
                outcomes.failed("profile.failed", error, profile=profile)
            else:
                outcomes.failed("set.failed", error)
            self.note(error.exit_code)
        else:
            self.reports.append(report)
            self.note(ExitCode.INVALID if report.fails else ExitCode.DONE)


def validate_targets(config: Path | None, targets: tuple[str, ...], choice: Choice) -> Validated:
    """
    Check each target; without targets, the published CSV set of every profile.

    Raises:
        ConfigError: the settings, a profile or a rule code does not exist, or a target is empty.

    """
    if unknown := unknown_prefixes(choice.select + choice.ignore):
        raise ConfigError(f"no rule has a code like {', '.join(map(describe, unknown))}", f"codes are {code_ranges()}")
    if not all(map(str.strip, targets)):
        raise ConfigError("expected the name of a profile or a folder, found an empty text")
    school = find_school(config, targets, _UNSETTLED)
    if school and not targets:
        return _published_sets(school, choice)
    if school is None:
        require_folders(targets)
    entries = [(target, named_profile(target, school)) for target in targets]
    validated = Validated()
    for target, profile_file in entries:
        if profile_file is None or school is None:
            validated.add(partial(_check_folder, target, school, choice))
        elif profile_file.profile is None:
            validated.note(profile_warnings.report_wrong(profile_file))
        elif _has_output(profile_file.profile):
            check = partial(_check_profile, profile_file.profile, school, choice)
            validated.add(check, profile=profile_file.name)
        else:
            validated.note(_report_unpublished(profile_file.profile))
    if school is not None:
        profile_warnings.warn_of_others(school, targets)
    return validated


def _has_output(profile: Profile) -> bool:
    """Return True if the profile has an output folder; if it cannot be looked at, the check reports why."""
    try:
        return stat.S_ISDIR(profile.folder.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _report_unpublished(profile: Profile) -> ExitCode:
    events.log().error(
        "profile.failed",
        profile=profile.name,
        error="nothing published yet",
        hint=f"publish it first: sdssync run {profile.name}",
        exit_code=int(ExitCode.INVALID),
    )
    return ExitCode.INVALID


def _published_sets(school: ConfiguredSchool, choice: Choice) -> Validated:
    """Check what every profile has published; those that have published nothing are named and skipped."""
    school.require_profiles()
    validated = Validated()
    for profile in school.profiles:
        if profile.output is None:
            continue  # a part: its rows are in the set of a combined profile
        if _has_output(profile):
            check = partial(_check_profile, profile, school, choice)
            validated.add(check, profile=profile.name)
        else:
            events.log().warning("profile.skipped", profile=profile.name, reason="nothing published yet")
    for profile_file in school.wrong:
        validated.note(profile_warnings.report_wrong(profile_file))
    return validated


def _check_profile(profile: Profile, school: ConfiguredSchool, choice: Choice) -> SetReport:
    options = _options(profile, school)
    return check_set(profile.folder, _chosen(options, choice), display_name=profile.output_as_written)


def _check_folder(target: str, school: ConfiguredSchool | None, choice: Choice) -> SetReport:
    """Check a folder; if it is the output of a profile, by the settings of that, but in the format of its files."""
    options = CheckOptions()
    if school is not None:
        for profile in school.profiles:
            if profile.output and comparable(profile.output) == comparable(Path(target)):
                options = replace(_options(profile, school), format=None)
    return check_set(Path(target), _chosen(options, choice), display_name=target)


def _options(profile: Profile, school: ConfiguredSchool) -> CheckOptions:
    """Return the options of a profile; classes whose pupils wait for a day are the only ones without a student."""
    options = check_options(profile, school.settings)
    waiting = (NO_STUDENT,) if profile.awaits_pupils(datetime.now().astimezone().date()) else ()
    return replace(options, ignore=(*options.ignore, *waiting))


def _chosen(options: CheckOptions, choice: Choice) -> CheckOptions:
    """Return the options with what the command line asks for; the codes that it ignores are added."""
    return replace(
        options,
        select=choice.select or options.select,
        ignore=(*options.ignore, *choice.ignore),
        max_findings=choice.max_findings,
        failing=choice.failing,
    )
