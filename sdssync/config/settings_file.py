"""
Reads `sdssync.toml` into `Settings`, or into the list of all that is wrong with it.

What only a download needs (the key, the certificates) is looked at when it is needed, not here.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import Mistake, check_shape, read_toml
from sdssync.config.schema import IsamsTable, SettingsModel
from sdssync.config.settings import RecordedSource, RemoteSource, Safety, SchoolIdentity, Settings
from sdssync.files.paths import path_fault, place, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A settings file as read; with mistakes in it there are no settings, and the rest is the best guess."""

    file: Path
    settings: Settings | None
    mistakes: tuple[Mistake, ...]
    profiles: Path
    state: Path
    include_names: bool

    @property
    def folder(self) -> Path:
        """The folder from which every relative path in a TOML file counts."""
        return self.file.parent


def read_settings(config: Path) -> SettingsFile:
    """Read a settings file; it never raises for what is in the file."""
    file = Path(os.path.abspath(config))  # noqa: PTH100 - a link to the file stays one: its own folder counts
    raw = read_toml(file)
    if isinstance(raw, Mistake):
        return _settings_file(file, {}, None, (raw,))
    model, mistakes = check_shape(SettingsModel, raw)
    isams = raw.get("isams")
    if isinstance(isams, dict):
        mistakes += _source_mistakes(isams)
    return _settings_file(file, raw, model, mistakes)


def _settings_file(
    file: Path, raw: Mapping[str, Any], model: SettingsModel | None, mistakes: tuple[Mistake, ...]
) -> SettingsFile:
    """Add to what was read what the profiles need to know, whether the settings are right or wrong."""
    profiles, state = (_folder(file.parent, raw, name, default) for name, default in _FOLDERS)
    if place(profiles) == place(file.parent):
        mistakes += (Mistake("paths.profiles", "expected a folder of its own, found the folder of the settings file"),)
    school = raw.get("school")
    return SettingsFile(
        file=file,
        settings=_settings(file, model, profiles, state) if model and not mistakes else None,
        mistakes=mistakes,
        profiles=profiles,
        state=state,
        include_names=isinstance(school, dict) and school.get("include_names") is True,
    )


_FOLDERS = (("profiles", "profiles.d"), ("state", "state"))


def _folder(folder: Path, raw: Mapping[str, Any], name: str, default: str) -> Path:
    """Find a folder of `[paths]`; the default where nothing usable is written."""
    table = raw.get("paths")
    text = table.get(name) if isinstance(table, dict) else None
    return resolve(folder, text if isinstance(text, str) and not path_fault(text) else default)


def _source_mistakes(isams: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Tell what is wrong between the keys of `[isams]`: it is either url and one key, or file."""
    keys = [key for key in ("api_key_file", "api_key_env") if key in isams]
    rules = (
        (
            "url" not in isams and "file" not in isams,
            Mistake("isams", "expected either url and a key (api_key_file or api_key_env), or file; found neither"),
        ),
        (
            "file" in isams and ("url" in isams or bool(keys)),
            Mistake("isams", f"expected either url and a key, or file; found file and {' and '.join(_beside(isams))}"),
        ),
        (
            "url" in isams and "file" not in isams and not keys,
            Mistake("isams", "expected a key beside url: api_key_file or api_key_env; found none"),
        ),
        (
            "file" not in isams and len(keys) == 2,
            Mistake("isams", "expected one of api_key_file and api_key_env, found both"),
        ),
    )
    return tuple(mistake for applies, mistake in rules if applies)


def _beside(isams: Mapping[str, Any]) -> list[str]:
    """List the keys that do not go with file."""
    return [key for key in ("url", "api_key_file", "api_key_env") if key in isams]


def _settings(file: Path, model: SettingsModel, profiles: Path, state: Path) -> Settings:
    """Turn a right model into settings."""
    return Settings(
        file=file,
        school=SchoolIdentity(**dict(model.school)),
        source=_source(file.parent, model.isams),
        profiles=profiles,
        state=state,
        safety=Safety(**dict(model.safety)),
    )


def _source(folder: Path, isams: IsamsTable) -> RemoteSource | RecordedSource:
    """Turn `[isams]` into one of the two sources."""
    if isams.file is not None:
        return RecordedSource(file=resolve(folder, isams.file), max_bytes=isams.max_bytes)
    return RemoteSource(
        url=isams.url or "",
        api_key_file=resolve(folder, isams.api_key_file) if isams.api_key_file else None,
        api_key_env=isams.api_key_env,
        timeout=isams.timeout,
        retry_for=isams.retry_for,
        max_seconds=isams.max_seconds,
        max_bytes=isams.max_bytes,
        ca_file=resolve(folder, isams.ca_file) if isams.ca_file else None,
    )
