"""
Settings and key for an import: those that are there stay, and what the script says otherwise is named line by line.

So the tasks may be imported before the script, whose values then take the place of the first ones by hand.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.installation import require_settings
from sdssync.config.mistakes import MISSING
from sdssync.config.settings import RecordedSource, SchoolSettings
from sdssync.config.settings_file import SettingsFile, check_settings_file, read_settings
from sdssync.files.names import printable
from sdssync.setup.first_settings import KEY_FILE, settings_text, toml_line
from sdssync.setup.imported_files import NewFile
from sdssync.setup.schemas import Schema, schema_line
from sdssync.setup.script_variables import ScriptVariables


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSettings:
    """What an import has for settings."""

    checked: SettingsFile
    """What they say, or will say."""
    new: NewFile | None
    """None: they are there."""
    key: NewFile | None
    """None: the source has no key, or it would not be read there, or one is there."""
    is_real: bool
    """False: id, name or address are still to be written into them."""
    warnings: tuple[str, ...]


def import_settings(config: Path, variables: ScriptVariables | None) -> ImportedSettings:
    """
    Return the settings that are there, else first ones with what the script says.

    Raises:
        ConfigError: they have mistakes.
    """
    found = read_settings(config)
    if MISSING in found.mistakes:
        return _new(config, variables)
    settings = require_settings(found)
    lines = tuple(_lines(settings, variables)) if variables else ()
    key, warning = _key(found, variables)
    return ImportedSettings(
        checked=found,
        new=None,
        key=key,
        is_real=not lines,
        warnings=(*(f"{config.name} is there and is not changed: write into it {line}" for line in lines), *warning),
    )


def _new(config: Path, variables: ScriptVariables | None) -> ImportedSettings:
    values = (variables.school_id, variables.school_name, variables.url) if variables else (None, None, None)
    text = schema_line(Schema.SETTINGS, config, config.parent) + settings_text(*values)
    checked = check_settings_file(config, tomllib.loads(text))
    require_settings(checked)
    key, warning = _key(checked, variables)
    return ImportedSettings(
        checked=checked,
        new=NewFile(path=config, file=printable(config.name), text=text),
        key=key,
        is_real=variables is not None and None not in {variables.school_id, variables.url},
        warnings=warning,
    )


def _lines(settings: SchoolSettings, variables: ScriptVariables) -> Iterator[str]:
    """Yield each line that settings lack to say what the script says."""
    url = None if isinstance(settings.source, RecordedSource) else settings.source.url
    identity = settings.identity
    for table, key, value, found in (
        ("school", "id", variables.school_id, identity.id),
        ("school", "name", variables.school_name, identity.name),
        ("isams", "url", variables.url, url),
    ):
        if value is not None and value != found:
            yield f"{toml_line(key, value)} under [{table}]"


def _key(settings: SettingsFile, variables: ScriptVariables | None) -> tuple[NewFile | None, tuple[str, ...]]:
    """Return the file of the key, if the script has one and it would be read there; else why not."""
    if variables is None or variables.key is None or settings.school is None:
        return None, ()
    path, source = settings.folders.installation / KEY_FILE, settings.school.source
    if isinstance(source, RecordedSource) or source.api_key_file != path:
        return None, (f"the key of the script is not carried over: the settings do not name {KEY_FILE} for it",)
    if os.path.lexists(path):
        return None, (f"{KEY_FILE} is there and is not changed",)
    return NewFile(path=path, file=KEY_FILE, text=f"{variables.key.secret}\n", is_secret=True), ()
