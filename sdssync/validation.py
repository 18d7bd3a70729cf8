"""
What `sdssync validate` is asked to check: folders of anybody's, or published sets of profiles.

A set that belongs to a profile is judged by what its settings say: the names, the files of the last publication, and
the rules that the profile selects.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sdssync import events, notices
from sdssync.check import CheckOptions, check_set
from sdssync.errors import ConfigError, ExitCode
from sdssync.findings import SetReport, Severity
from sdssync.paths import place, printable, same_name
from sdssync.profile import BrokenProfile, Installation, Profile, load
from sdssync.rules import unknown_prefixes
from sdssync.settings import settings_path
from sdssync.verdict import check_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which findings the command line wants."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_findings: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The sets that were checked, and the code of what could not be."""

    reports: tuple[SetReport, ...]
    exit_code: ExitCode

    def judged(self, *, strict: bool) -> ExitCode:
        """Return INVALID when a set has errors; with `strict` when it has warnings, too."""
        offences = [Severity.FATAL, Severity.ERROR, *([Severity.WARNING] if strict else [])]
        return ExitCode.INVALID if any(report.count(*offences) for report in self.reports) else ExitCode.DONE


def validate_targets(config: Path | None, targets: tuple[str, ...], choice: Choice) -> Validated:
    """
    Check each target; without one, the published set of every profile.

    Raises:
        ConfigError: a folder, the settings or a code is not there, or a target is empty.

    """
    if unknown := unknown_prefixes(choice.select + choice.ignore):
        raise ConfigError(f"no rule has a code like {', '.join(map(printable, unknown))}", "codes are SDS101 to SDS306")
    if not all(map(str.strip, targets)):
        raise ConfigError("expected the name of a profile or a folder, found an empty text")
    if targets and all(map(_is_path, targets)):
        installation = _installation_if_any(config)
    else:
        installation = _installation(config, may_be_missing=bool(targets))
    if installation and not targets:
        return _published_sets(installation, choice)
    reports: list[SetReport] = []
    code = ExitCode.DONE
    for target in targets:
        entry = _named(target, installation)
        if isinstance(entry, BrokenProfile):
            code = max(code, notices.tell_broken(entry))
        elif entry is None or installation is None:
            reports.append(_check_folder(target, installation, choice))
        elif entry.output.is_dir():
            reports.append(_check_profile(entry, installation, choice))
        else:
            code = max(code, _tell_unpublished(entry))
    if installation is not None and not all(map(_is_path, targets)):
        notices.warn_of_others(installation, targets)
    return Validated(reports=tuple(reports), exit_code=code)


def _is_path(target: str) -> bool:
    """Tell a folder from a name: it has a path separator, of this system or of Windows."""
    return "/" in target or "\\" in target or os.sep in target


def _installation(config: Path | None, *, may_be_missing: bool) -> Installation | None:
    """Load the installation; where only a folder may be meant, there need be none."""
    path = settings_path(config, os.environ)
    if may_be_missing and config is None and not path.exists():
        return None
    return load(path)


def _installation_if_any(config: Path | None) -> Installation | None:
    """Load the installation to which a folder may belong; without one, or with a wrong one, a folder stands alone."""
    if config is not None:
        return load(config)
    with suppress(ConfigError):
        return load(settings_path(config, os.environ))
    return None


def _named(target: str, installation: Installation | None) -> Profile | BrokenProfile | None:
    """Find the profile of that name; None: the target is a folder."""
    if installation is None or _is_path(target):
        return None
    found = next((each for each in installation.entries if same_name(each.name) == same_name(target)), None)
    if found is None and not Path(target).exists():
        known = ", ".join(each.name for each in installation.entries) or "none yet"
        raise ConfigError(f"there is no profile and no folder {_shown(target)}", f"the profiles are: {known}")
    return found


def _tell_unpublished(profile: Profile) -> ExitCode:
    events.log().error(
        "profile.failed",
        profile=profile.name,
        error="nothing published yet",
        hint=f"publish it first: sdssync run {profile.name}",
        exit_code=int(ExitCode.INVALID),
    )
    return ExitCode.INVALID


def _shown(text: str) -> str:
    """Repeat what the command line says, fit for a log."""
    return "of that name" if "@" in text else printable(text)


def _published_sets(installation: Installation, choice: Choice) -> Validated:
    """Check what every profile has published; those that have published nothing are named and passed over."""
    installation.require_profiles()
    reports = []
    for profile in installation.profiles:
        if profile.output.is_dir():
            reports.append(_check_profile(profile, installation, choice))
        else:
            events.log().warning("profile.skipped", profile=profile.name, reason="nothing published yet")
    code = max(map(notices.tell_broken, installation.broken), default=ExitCode.DONE)
    return Validated(reports=tuple(reports), exit_code=code)


def _check_profile(profile: Profile, installation: Installation, choice: Choice) -> SetReport:
    options = check_options(profile, installation.settings)
    return check_set(profile.output, _chosen(options, choice), shown_as=profile.output_as_written)


def _check_folder(target: str, installation: Installation | None, choice: Choice) -> SetReport:
    """Check a folder; where it is the output of a profile, by the settings of that, but in the format of its files."""
    options = CheckOptions()
    if installation is not None:
        for profile in installation.profiles:
            if place(profile.output) == place(Path(target)):
                options = replace(check_options(profile, installation.settings), format=None)
    return check_set(Path(target), _chosen(options, choice), shown_as=target)


def _chosen(options: CheckOptions, choice: Choice) -> CheckOptions:
    """Let the command line decide, where it says something; what it ignores comes on top."""
    return replace(
        options,
        select=choice.select or options.select,
        ignore=(*options.ignore, *choice.ignore),
        max_findings=choice.max_findings,
    )
