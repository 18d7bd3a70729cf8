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
from typing import Any

import tomli_w

from sdssync.config.combined import join_parts
from sdssync.config.fields import FIRST_YEAR, LAST_YEAR
from sdssync.config.installation import read_profile_files, require_settings
from sdssync.config.mistakes import Mistake, describe, render
from sdssync.config.profile_file import ProfileFile, check_profile_file, compare
from sdssync.config.schema import PathsSection
from sdssync.config.settings import SchoolSettings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.errors import ConfigError, OutputError, ProfileError, os_reason
from sdssync.files import atomic
from sdssync.files.folders import is_folder
from sdssync.files.names import name_fault, printable, same_name
from sdssync.files.patience import make_folders
from sdssync.sds.formats import SdsFormat
from sdssync.setup.first_settings import settings_text
from sdssync.setup.schemas import Schema, schema_line

_RANGE = re.compile(r"(-?\d{1,2})(?:-(-?\d{1,2}))?")

_PROFILE_COMMENT = "An SDS profile: `sdssync run-all` runs it."
_KEY_COMMENTS = {
    "format": "v2.1 is what SDS takes today; v2 are the four files of iSAMS-SDS.ps1",
    "year_groups": "the years of pupils and teaching sets",
    "suffix": "after the title of each class; a new one each year",
    "output": "this folder belongs to sdssync alone",
    "expires": "the last day on which the profile runs",
    "title": "of each class",
    "class_id": "of each class; SDS takes another id as another class",
    "combine": "one set of the rows of these profiles; SDS takes one data source for each tenant",
    "[subjects]": "subject ids; `sdssync subjects` lists them",
    "exclude": "these are left out",
    "include": "only these are taken",
    "[teachers]": "in addition to those whom iSAMS names",
    "extra": "added to every class, by e-mail address; * and ? are wildcards",
}
"""What a new profile says about each key."""
_FIRST_STEPS = """\
next steps:
  1. write the id and the name of the school, and the address of iSAMS, into {config}
  2. put the API key into secrets/isams.key next to it, readable by this account only (docs/isams-key.md)
  3. list the subject ids of the school: sdssync subjects{named}
  4. write a first profile: sdssync new Seniors --years 7-13{named}
  5. generate and check without publishing: sdssync run-all --dry-run{named}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """What a new profile is to say; what is None or empty is not written."""

    years: str | None = None
    """Like `7-13`, `7,8,10-12` or `-2-0`."""
    exclude: tuple[str, ...] = ()
    """Subject ids."""
    include: tuple[str, ...] = ()
    suffix: str = ""
    output: str | None = None
    """Default: `csv/NAME`."""
    expires: date | None = None
    format: SdsFormat = SdsFormat.V21
    title: str | None = None
    class_id: str | None = None
    extra: tuple[str, ...] = ()
    """Addresses of teachers who are added to every class."""
    combine: tuple[str, ...] = ()
    """Names of the profiles that are the parts of a combined one."""


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


def parse_years(text: str) -> list[int]:
    """
    Read years and ranges of years, separated by commas.

    Raises:
        ConfigError: the text is something else, a range runs backwards, or a year is out of range.
    """
    years: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first = int(match[1]) if match else 1
        last = int(match[2] or match[1]) if match else 0
        if not FIRST_YEAR <= first <= last <= LAST_YEAR:
            raise ConfigError(
                f"--years: expected years from {FIRST_YEAR} to {LAST_YEAR} like 7-13, 7,8,10-12 or -2-0,"
                f" found {describe(part.strip())}",
                "@(7,8,9) of PowerShell is written 7-9"
                if "@" in text
                else "write ranges with a hyphen, without blanks",
            )
        years.extend(range(first, last + 1))
    return years


def _profile_values(name: str, options: ProfileOptions) -> dict[str, Any]:
    """Return the options as the keys of a profile file."""
    given: dict[str, Any] = {
        "format": options.format.value,
        "year_groups": None if options.years is None else parse_years(options.years),
        "suffix": options.suffix or None,
        "output": f"csv/{name}" if options.output is None else options.output,
        "expires": options.expires,
        "title": options.title,
        "class_id": options.class_id,
        "combine": [*options.combine] or None,
    }
    subjects = {"exclude": [*map(_subject, options.exclude)], "include": [*map(_subject, options.include)]}
    given["subjects"] = {key: ids for key, ids in subjects.items() if ids} or None
    given["teachers"] = {"extra": [*options.extra]} if options.extra else None
    return {key: value for key, value in given.items() if value is not None}


def profile_text(name: str, options: ProfileOptions) -> str:
    """Return a new profile as TOML: a comment after each key, and each list on one line."""
    text = _with_plain_path(_on_one_line(tomli_w.dumps(_profile_values(name, options))))
    lines = [f"# {_PROFILE_COMMENT}", *text.splitlines()]
    for index, line in enumerate(lines):
        if comment := _KEY_COMMENTS.get(line.partition(" = ")[0]):
            lines[index] = f"{line:<40} # {comment}"
    return "\n".join(lines) + "\n"


def _on_one_line(text: str) -> str:
    """Put each list on one line; tomli-w writes a line for each item."""
    return re.sub(
        r"\[\n((?: {4}.*,\n)+)\]",
        lambda match: "[" + ", ".join(line.strip().removesuffix(",") for line in match[1].splitlines()) + "]",
        text,
    )


def _with_plain_path(text: str) -> str:
    """Put an output with backslashes into single quotes, in which they are themselves; tomli-w doubles them."""
    return re.sub(
        r"""^output = "([^"'\\]*(?:\\\\[^"'\\]*)+)"$""",
        lambda match: f"output = '{match[1].replace(chr(92) * 2, chr(92))}'",
        text,
        flags=re.MULTILINE,
    )


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
    options = {"year_groups": "--years", "subjects": "--exclude or --include", "teachers": "--extra"}
    key = re.split(r"[.[]", mistakes[0].key)[0]
    return f"nothing was written; correct {options.get(key, '--' + key.replace('_', '-'))}"


def _subject(text: str) -> int | str:
    """Return the id of a subject as a number if that loses nothing."""
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,17}", text) else text


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
