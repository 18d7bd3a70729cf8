"""
Check what `sdssync validate` is asked to check: any folder, or the published CSV sets of profiles.

One that cannot be checked stops no other. A set that belongs to a profile is judged by what the settings say:
`include_names`, the files of the last publication, and the rules that the profile selects.
"""

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sdssync.config.installation import ConfiguredSchool, load
from sdssync.config.mistakes import describe
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import CONFIG_NAME, CONFIG_VARIABLE, settings_path
from sdssync.errors import ConfigError, ExitCode, SdsSyncError
from sdssync.files.paths import comparable
from sdssync.jobs import profile_warnings
from sdssync.log import events, outcomes
from sdssync.publish.verdict import check_options
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
    school = _school(config, targets)
    if school and not targets:
        return _published_sets(school, choice)
    if school is None:
        _require_folders(targets)
    entries = [(target, _named(target, school)) for target in targets]
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


def _is_path(target: str) -> bool:
    """Return True for a folder, not a name: with a path separator of this system or of Windows, or `.` or `..`."""
    return target in {".", ".."} or "/" in target or "\\" in target or os.sep in target


def _school(config: Path | None, targets: tuple[str, ...]) -> ConfiguredSchool | None:
    """
    Load the school to which the targets may belong; None if there is none.

    A folder can be checked without settings. So they may be missing unless they are named, and where all targets are
    folders, settings with mistakes are ignored, with a warning.
    """
    path = settings_path(config, os.environ)
    named = config is not None or bool(os.environ.get(CONFIG_VARIABLE))
    if targets and not named and not os.path.lexists(path):
        return None
    try:
        return load(path).school
    except ConfigError as error:
        if named or not targets or not all(map(_is_path, targets)):
            raise
        hint = "the folders are checked without include_names and without the files of the last publication"
        events.log().warning("settings.ignored", error=error.message, hint=hint)
        return None


def _require_folders(targets: Iterable[str]) -> None:
    """
    Refuse a target that could only be the name of a profile, where there are no settings to have one.

    Raises:
        ConfigError: there is no such folder.

    """
    for target in targets:
        if not _is_path(target) and not os.path.lexists(target):
            raise ConfigError(
                f"there is no folder {describe(target)} here, and no {CONFIG_NAME} that could have such a profile",
                f"change to the folder of {CONFIG_NAME}, or name it with --config",
            )


def _named(target: str, school: ConfiguredSchool | None) -> ProfileFile | None:
    """
    Return the profile of that name; None: the target is a folder.

    Raises:
        ConfigError: there is neither.

    """
    if school is None or _is_path(target):
        return None
    found = school.find(target)
    if found is not None:
        school.require_output(found)
    if found is None and not os.path.lexists(target):
        raise ConfigError(f"no profile and no folder is called {describe(target)}", school.known_names(target))
    return found


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
    options = check_options(profile, school.settings)
    return check_set(profile.folder, _chosen(options, choice), display_name=profile.output_as_written)


def _check_folder(target: str, school: ConfiguredSchool | None, choice: Choice) -> SetReport:
    """Check a folder; if it is the output of a profile, by the settings of that, but in the format of its files."""
    options = CheckOptions()
    if school is not None:
        for profile in school.profiles:
            if profile.output and comparable(profile.output) == comparable(Path(target)):
                options = replace(check_options(profile, school.settings), format=None)
    return check_set(Path(target), _chosen(options, choice), display_name=target)


def _chosen(options: CheckOptions, choice: Choice) -> CheckOptions:
    """Return the options with what the command line asks for; the codes that it ignores are added."""
    return replace(
        options,
        select=choice.select or options.select,
        ignore=(*options.ignore, *choice.ignore),
        max_findings=choice.max_findings,
        failing=choice.failing,
    )
