"""
Write the first files: a settings file for `init`, a profile for `new`.

A profile is checked like any other before it is written. An existing file is never replaced.
"""

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sdssync.config.combined import join_parts
from sdssync.config.conflicts import compare
from sdssync.config.installation import read_profile_files, require_settings
from sdssync.config.mistakes import Mistake, describe, render
from sdssync.config.profile_file import ProfileFile, check_profile_file
from sdssync.config.schema import PathsSection
from sdssync.config.settings import SchoolSettings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.errors import ConfigError, OutputError, ProfileError, os_reason
from sdssync.files import atomic
from sdssync.files.folders import is_folder
from sdssync.files.names import name_fault, printable, same_name
from sdssync.files.patience import make_folders
from sdssync.setup.first_settings import settings_text
from sdssync.setup.profile_text import ProfileOptions, profile_text
from sdssync.setup.schemas import Schema, schema_line

_FIRST_STEPS = """\
next steps:
  1. write the id and the name of the school, and the address of iSAMS, into {config}
  2. put the API key into secrets/isams.key next to it, readable by this account only (docs/isams-key.md)
  3. list the subject ids of the school: sdssync subjects{named}
  4. write a first profile: sdssync new Seniors --years 7-13{named}
  5. generate and check without publishing: sdssync run-all --dry-run{named}
"""


def init(config: Path) -> tuple[Path, ...]:
    """
    Write a first settings file and create the folder of profiles next to it; return what was created.

    Raises:
        ConfigError: the file exists.
        OutputError: the file or the folder cannot be written.
    """
    file = Path(os.path.abspath(config))  # noqa: PTH100 - a link stays one
    profiles = file.parent / PathsSection().profiles
    made = not is_folder(profiles)
    if os.path.lexists(file):
        raise ConfigError(
            f"{printable(str(file))} already exists and was not changed",
            "edit that file; --config names another one to create",
        )
    _make_folder(profiles)  # first: if that fails, no settings file prevents a second attempt
    _write_new(file, schema_line(Schema.SETTINGS, file, file.parent) + settings_text())
    return (file, profiles) if made else (file,)


def first_steps(config: Path, named: str) -> list[str]:
    """Return what to do after `init`, line by line; `named` is the option that names another settings file, or ""."""
    return _FIRST_STEPS.format(config=printable(config.name), named=printable(named)).splitlines()


def new_profile(config: Path, name: str, options: ProfileOptions, today: date) -> Path:
    """
    Write the profile `NAME.toml` into the folder of profiles, which is created if need be; return its path.

    Raises:
        ConfigError: the settings, the name or an option are wrong or make no sense on that day, or the file exists.
        ProfileError: the profile would be wrong, or in conflict with another.
        OutputError: the file cannot be written.
    """
    place = free_file(config, name)
    text = _checked_text(place, name, options)
    _check_sense(options, today)
    _write_new(place.file, text)
    return place.file


def check_output(place: "FreeFile", name: str, output: str) -> None:
    """
    Refuse an output folder that a new profile may not have, whatever else it says.

    Raises:
        ProfileError: it is in conflict with the settings or another profile, or is not a path.
    """
    _checked_text(place, name, ProfileOptions(output=output))


def _checked_text(place: "FreeFile", name: str, options: ProfileOptions) -> str:
    """
    Return the text of a new profile.

    Raises:
        ProfileError: it would be wrong, or in conflict with another.
    """
    line = schema_line(Schema.PROFILE, place.file, place.settings.folders.installation)
    text = line + profile_text(name, options)
    *_, made = join_parts(compare([*place.others, check_profile_file(place.file, tomllib.loads(text), place.head)]))
    if made.mistakes:
        raise ProfileError(render([made.report]), _hint(made.mistakes))
    return text


@dataclass(frozen=True, slots=True)
class FreeFile:
    """Where a new profile can be written."""

    file: Path
    head: SettingsFile
    settings: SchoolSettings
    others: tuple[ProfileFile, ...]


def free_file(config: Path, name: str) -> FreeFile:
    """
    Return where the profile `NAME.toml` can be written.

    Raises:
        ConfigError: the settings or the name are wrong, or the file exists.

    """
    head = read_settings(config)
    settings = require_settings(head)
    if name.lower().endswith(".toml"):
        raise ConfigError(f"expected the name of a profile, found a file name, {describe(name)}", "leave out .toml")
    if fault := name_fault(name):
        raise ConfigError(f"expected a name that Windows and Linux accept for a file, found {describe(name)}: {fault}")
    file = settings.folders.profiles / f"{name}.toml"
    others = read_profile_files(head)[0] if is_folder(settings.folders.profiles) else ()
    for other in others:
        if same_name(other.file.stem) == same_name(name):
            raise _exists(other.file)
    return FreeFile(file, head, settings, others)


def _check_sense(options: ProfileOptions, today: date) -> None:
    """
    Refuse options that no one means, although a profile may have them.

    Raises:
        ConfigError: the profile would have expired, a subject is both included and excluded, or an extra teacher has
            no address.
    """
    if any(not re.search("[@*?]", entry) for entry in options.extra):
        raise ConfigError("--extra: expected e-mail addresses, found a text without @", "write them like a@b.example")
    if options.class_id is not None and not re.search(r"\{set_(id|code|name)\}", options.class_id):
        raise ConfigError("--class-id: every class would get the same id", "put {set_id} into it")
    if options.expires is not None and options.expires < today:
        raise ConfigError(f"--expires: {options.expires} is over", "name the last day on which the profile is to run")
    if both := sorted(set(options.include) & set(options.exclude)):
        raise ConfigError(
            f"subject {both[0]} is in --include and in --exclude", "exclude wins: name it in one of the two only"
        )


def _hint(mistakes: Sequence[Mistake]) -> str:
    """Return what to do about a profile that was not written: the option of the first mistake."""
    options = {
        "year_groups": "--years",
        "subjects": "--exclude or --include",
        "teachers": "--extra",
        "classes": "--exclude-classes",
        "groups": "--forms, --houses or --year-groups",
    }
    key = re.split(r"[.[]", mistakes[0].key)[0]
    return f"nothing was written; correct {options.get(key, '--' + key.replace('_', '-'))}"


def _write_new(file: Path, text: str) -> None:
    """Write a file under a name that is free, and the folder above it if need be."""
    if os.path.lexists(file):
        raise _exists(file)
    _make_folder(file.parent)
    try:
        atomic.write_new(file, text.encode("utf-8"))
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise OutputError(f"{printable(str(file))} cannot be written: {os_reason(error)}") from error


def _make_folder(folder: Path) -> None:
    """Create a folder with its parents."""
    try:
        make_folders(folder)
    except OSError as error:
        raise OutputError(f"the folder {printable(str(folder))} cannot be created: {os_reason(error)}") from error


def _exists(file: Path) -> ConfigError:
    """Return the error for a name that is taken."""
    return ConfigError(
        f"{printable(str(file))} already exists and was not changed", "choose another name, or edit that file"
    )
