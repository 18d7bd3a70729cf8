"""
The installation: the settings, the valid profiles, and those with mistakes.

A mistake in `sdssync.toml` stops everything; a mistake in a profile file stops that profile only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.combined import join_parts, owners_of
from sdssync.config.conflicts import compare
from sdssync.config.mistakes import MISSING, FileMistakes, Mistake, render
from sdssync.config.notify import Notify
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile, read_profile_file
from sdssync.config.settings import SchoolSettings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.errors import ConfigError, os_reason
from sdssync.files.names import nearest_name, printable, same_name
from sdssync.files.paths import display, toml_files
from sdssync.files.together import is_unfinished

ROLLOVER_JOURNAL = "rollover.json"
"""In the state folder while `sdssync rollover --write` replaces files: until it is gone they are of two years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredSchool:
    """Everything that belongs to one school: its settings and its profile files, in the order of their names."""

    settings: SchoolSettings
    profile_files: tuple[ProfileFile, ...]

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles that can run."""
        return tuple(file.profile for file in self.profile_files if file.profile)

    @property
    def wrong(self) -> tuple[ProfileFile, ...]:
        """The files with mistakes."""
        return tuple(file for file in self.profile_files if not file.profile)

    def find(self, name: str) -> ProfileFile | None:
        """Return the profile file of this name, without regard to case; None if there is none."""
        return next((file for file in self.profile_files if same_name(file.name) == same_name(name)), None)

    def require_output(self, profile_file: ProfileFile) -> None:
        """
        Refuse a part of a combined profile that publishes nothing by itself.

        Raises:
            ConfigError: the profile has no output folder.
        """
        if profile_file.profile and profile_file.profile.output is None:
            owners = owners_of(profile_file, self.profile_files)
            raise ConfigError(
                f"{profile_file.name} has no output: it is a part of {' and '.join(owners)}",
                f"name the combined profile: {owners[0]}",
            )

    def known_names(self, wanted: str) -> str:
        """Return what to say to someone who named a profile that does not exist."""
        names = [file.name for file in self.profile_files]
        if near := nearest_name(wanted, names):
            return f"did you mean {near}? The profiles are: {', '.join(names)}"
        return f"the profiles are: {', '.join(names) or 'none yet'}"

    def require_profiles(self) -> None:
        """
        Refuse a school without any profile file, with or without mistakes.

        Raises:
            ConfigError: there is no profile file.
        """
        if not self.profile_files:
            folders = self.settings.folders
            folder = display(folders.profiles, folders.installation)
            raise ConfigError(f"there is no profile: {folder} contains no .toml file", "`sdssync new NAME` writes one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is configured: one settings file with one school."""

    file: Path
    """The settings file."""
    school: ConfiguredSchool
    notify: Notify
    """Who gets to know how a run ended."""


def load(config: Path) -> Installation:
    """
    Read the settings file and every profile file.

    Raises:
        ConfigError: the settings are wrong or missing; it names all mistakes of all files, those of the profiles too.
            Or a change of several files was interrupted.
    """
    settings_file = read_settings(config)
    profile_files, mistakes = read_profile_files(settings_file)
    settings = require_settings(settings_file, profile_files, mistakes)
    if is_unfinished(settings.folders.state / ROLLOVER_JOURNAL):
        raise ConfigError(
            "a rollover was interrupted: some files may still be those of last year",
            "complete it: sdssync rollover with the same year and --write",
        )
    school = ConfiguredSchool(settings=settings, profile_files=profile_files)
    return Installation(file=settings_file.file, school=school, notify=settings_file.notify)


def require_settings(
    settings_file: SettingsFile, profile_files: Sequence[ProfileFile] = (), mistakes: tuple[Mistake, ...] = ()
) -> SchoolSettings:
    """
    Return the settings, if there are any; `mistakes` are further ones of the settings file.

    Raises:
        ConfigError: there is no such file, or it has mistakes; those of the profile files are reported with them.
    """
    if MISSING in settings_file.mistakes:
        raise ConfigError(
            f"there is no settings file {printable(str(settings_file.file))}",
            "`sdssync init` writes a first one; --config or $SDSSYNC_CONFIG names another",
        )
    is_unread = any(not mistake.key for mistake in settings_file.mistakes)  # then the folder of the profiles is a guess
    wrong = settings_file.mistakes if is_unread else settings_file.mistakes + mistakes
    if wrong or settings_file.school is None:
        reports = [
            FileMistakes(printable(str(settings_file.file)) if is_unread else settings_file.file.name, wrong),
            *(file.report for file in profile_files if file.mistakes),
        ]
        raise ConfigError(render(reports))
    return settings_file.school


def read_profile_files(settings_file: SettingsFile) -> tuple[tuple[ProfileFile, ...], tuple[Mistake, ...]]:
    """Read all profile files and compare them; the mistakes are those of the settings about the folder."""
    try:
        paths = [path for path in toml_files(settings_file.folders.profiles) if path != settings_file.file]
    except FileNotFoundError:
        return (), (Mistake("paths.profiles", "expected a folder, found none; create it or name another"),)
    except NotADirectoryError:
        return (), (Mistake("paths.profiles", "expected a folder, found a file"),)
    except OSError as error:
        return (), (Mistake("paths.profiles", f"the folder cannot be read: {os_reason(error)}"),)
    return join_parts(compare([read_profile_file(path, settings_file) for path in paths])), ()
