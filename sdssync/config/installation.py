"""
The installation as a whole: the settings, the profiles that are right, and those that are not.

A mistake in `sdssync.toml` stops everything; a wrong profile file stops itself only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sdssync.config.mistakes import MISSING, FileMistakes, Mistake, render
from sdssync.config.profile import Profile
from sdssync.config.profile_file import Draft, conflicts, read_draft
from sdssync.config.settings import Settings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.errors import ConfigError
from sdssync.files.paths import printable, shown, toml_files


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenProfile:
    """A profile file that is wrong, or in conflict with another."""

    name: str
    """The name in the file, else its stem."""
    file: Path
    shown: str
    """The file as seen from the folder of the settings."""
    mistakes: tuple[Mistake, ...]

    @property
    def report(self) -> FileMistakes:
        """The mistakes, for `mistakes.render`."""
        return FileMistakes(self.shown, self.mistakes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is configured; profiles and broken ones in the order of their file names."""

    settings: Settings
    profiles: tuple[Profile, ...]
    broken: tuple[BrokenProfile, ...]

    @property
    def entries(self) -> tuple[Profile | BrokenProfile, ...]:
        """All of them, in the order of their file names."""
        entries: list[Profile | BrokenProfile] = [*self.profiles, *self.broken]
        return tuple(sorted(entries, key=lambda entry: entry.file.name))

    def require_profiles(self) -> None:
        """
        Refuse an installation without any profile file, right or wrong.

        Raises:
            ConfigError: for the commands that work on profiles there is nothing to do.
        """
        if not self.profiles and not self.broken:
            folder = shown(self.settings.profiles, self.settings.folder)
            raise ConfigError(f"there is no profile: {folder} holds no .toml file", "sdssync new NAME writes one")


def load(config: Path) -> Installation:
    """
    Read the settings file and every profile file beside it.

    Raises:
        ConfigError: the settings are wrong or missing; it tells all mistakes of all files, the profiles' too.
    """
    head = read_settings(config)
    drafts, problems = read_drafts(head)
    settings = require_settings(head, drafts, problems)
    return Installation(
        settings=settings,
        profiles=tuple(draft.profile for draft in drafts if draft.profile and not draft.mistakes),
        broken=tuple(
            BrokenProfile(name=draft.name, file=draft.file, shown=draft.shown, mistakes=draft.mistakes)
            for draft in drafts
            if draft.mistakes
        ),
    )


def require_settings(head: SettingsFile, drafts: Sequence[Draft] = (), problems: tuple[Mistake, ...] = ()) -> Settings:
    """
    Take the settings, if there are any.

    Raises:
        ConfigError: there is no such file, or there are mistakes in it; those of the drafts are told along with them.
    """
    if MISSING in head.mistakes:
        raise ConfigError(
            f"there is no settings file {printable(str(head.file))}",
            "sdssync init writes a first one; --config and $SDSSYNC_CONFIG name another",
        )
    unread = any(not mistake.key for mistake in head.mistakes)  # then nobody knows where the profiles are
    wrong = head.mistakes if unread else head.mistakes + problems
    if wrong or head.settings is None:
        files = [FileMistakes(head.file.name, wrong), *(draft.report for draft in drafts if draft.mistakes)]
        raise ConfigError(render(files))
    return head.settings


def read_drafts(head: SettingsFile) -> tuple[list[Draft], tuple[Mistake, ...]]:
    """Read all profile files and compare them; the mistakes are those of the settings about the folder."""
    try:
        files = [file for file in toml_files(head.profiles) if file != head.file]
    except FileNotFoundError:
        return [], (Mistake("paths.profiles", "expected a folder, found none; make it, or name another"),)
    except NotADirectoryError:
        return [], (Mistake("paths.profiles", "expected a folder, found a file"),)
    except OSError as error:
        return [], (Mistake("paths.profiles", f"the folder cannot be read: {error.strerror or type(error).__name__}"),)
    drafts = [read_draft(file, head) for file in files]
    found = conflicts(drafts)
    return [
        replace(draft, mistakes=draft.mistakes + tuple(mistake for other, mistake in found if other is draft))
        for draft in drafts
    ], ()
