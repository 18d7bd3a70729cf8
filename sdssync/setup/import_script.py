"""
Make an installation of what iSAMS-SDS.ps1 was started with: settings, the key, and a profile for each call.

Everything is checked as it will be read before anything is written; then all of it is written, or nothing.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from sdssync.config.combined import join_parts
from sdssync.config.conflicts import compare
from sdssync.config.installation import read_profile_files
from sdssync.config.mistakes import render
from sdssync.config.profile_file import ProfileFile, check_profile_file
from sdssync.config.settings_file import SettingsFile
from sdssync.errors import ConfigError, ProfileError
from sdssync.files.folders import is_folder
from sdssync.files.names import name_fault, printable, same_name
from sdssync.files.paths import display
from sdssync.sds.formats import SdsFormat
from sdssync.setup.exported_task import Action
from sdssync.setup.imported_files import NewFile, already_exists, write_all
from sdssync.setup.imported_profiles import ImportedProfile, import_call, overlaps
from sdssync.setup.imported_settings import import_settings
from sdssync.setup.powershell.binding import Bound
from sdssync.setup.powershell.calls import Call
from sdssync.setup.profile_text import ProfileOptions, profile_text
from sdssync.setup.schemas import Schema, schema_line, write_schemas
from sdssync.setup.script_source import Piece, Source, read_source, without_secrets

_SYSTEM_FOLDER = r"C:\Windows\System32"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProfile:
    """A profile that is made of a call, or of all of them."""

    name: str
    file: NewFile
    became: tuple[tuple[str, str], ...]
    """Each argument of the call, and what it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a source gives."""

    calls: tuple[Mapping[str, Bound], ...]
    settings: NewFile | None
    """None: the settings are there."""
    key: NewFile | None
    profiles: tuple[NewProfile, ...]
    warnings: tuple[str, ...]
    left_behind: tuple[str, ...]
    is_real: bool
    """False: id, name or address of the school are still to be written into the settings."""
    script: str
    """The script that the first call starts; "" without calls."""
    existing: tuple[str, ...]
    """The files that are there already; with any, nothing is written."""

    @property
    def files(self) -> tuple[NewFile, ...]:
        """Everything that is to be written; the settings last, because without them there is no installation."""
        files = (self.key, *(profile.file for profile in self.profiles), self.settings)
        return tuple(file for file in files if file)


def import_script(source: str, config: Path, *, sds_format: SdsFormat, combine: str | None) -> Imported:
    """
    Read a source, and make the files of it without writing them.

    Raises:
        ConfigError: the source cannot be read, PowerShell would refuse it, it calls no script, or something would be
            wrong in a file.
    """
    read = read_source(source)
    config = Path(os.path.abspath(config))  # noqa: PTH100 - a link to the file stays one
    settings = import_settings(config, read.variables)
    found, ignored = _find(read)
    made, warnings = _import_calls(found, sds_format)
    profiles = [_new_profile(profile, settings.checked) for profile in made if profile.name]
    if combine is not None:
        profiles.append(_combined(combine, profiles, settings.checked))
    existing, checked = _check(profiles, settings.checked)
    warnings += [warning for file in checked if file.profile for warning in overlaps(file.profile)]
    existing += [settings.new.file] if settings.new and os.path.lexists(config) else []
    if ignored:
        others = ", ".join(dict.fromkeys(map(printable, ignored)))
        warnings.append(f"other commands are not carried over: {without_secrets(others)}")
    warnings += [f"{file} exists already, so --write would write nothing" for file in existing]
    of_script = read.variables.warnings if read.variables else ()
    return Imported(
        calls=tuple(call.bound for _, call in found),
        settings=settings.new if profiles or read.variables else None,
        key=settings.key,
        profiles=tuple(profiles),
        warnings=(*of_script, *settings.warnings, *dict.fromkeys(warnings)),
        left_behind=tuple(dict.fromkeys(_left_behind(source, read, found))),
        is_real=settings.is_real,
        script=next((_script_path(call, piece) for piece, call in found), ""),
        existing=tuple(existing),
    )


def write(imported: Imported, installation: Path) -> None:
    """
    Write all files of an import, or none; then the schemas that their first lines name.

    Raises:
        ConfigError: one exists.
        OutputError: one cannot be written.
    """
    for name in imported.existing:
        raise already_exists(name)
    write_all(imported.files)
    if imported.profiles or imported.settings:
        write_schemas(installation)


def _find(source: Source) -> tuple[list[tuple[Piece, Call]], list[str]]:
    """
    Return the calls of the script, each with its piece, and the names of other commands.

    Raises:
        ConfigError: PowerShell would refuse a piece, or nothing calls the script.
    """
    calls: list[tuple[Piece, Call]] = []
    ignored: list[str] = []
    for piece in source.pieces:
        found = piece.find()
        calls += [(piece, call) for call in found.calls]
        ignored += found.ignored
    if not calls and not source.variables:
        others = f"; it runs {', '.join(dict.fromkeys(map(printable, ignored)))}" if ignored else ""
        raise ConfigError(
            f"there is no call of iSAMS-SDS.ps1 in it{without_secrets(others)}",
            "if it starts another file, import that one; a command line needs quotes around all of it",
        )
    return calls, ignored


def _import_calls(
    found: Iterable[tuple[Piece, Call]], sds_format: SdsFormat
) -> tuple[list[ImportedProfile], list[str]]:
    """Return what becomes of each call, and all warnings."""
    made: list[ImportedProfile] = []
    warnings: list[str] = []
    for piece, call in found:
        folder = piece.action.folder if piece.action else None
        profile = import_call(call, folder, [other.name for other in made], sds_format)
        made.append(profile)
        label = profile.name or piece.where
        warnings += [f"{label}: {warning}" if label else warning for warning in profile.warnings]
        if piece.action and piece.action.is_disabled:
            warnings.append(f"{piece.where}: its task is disabled")
    return made, warnings


def _new_profile(profile: ImportedProfile, settings: SettingsFile) -> NewProfile:
    return NewProfile(
        name=profile.name,
        file=_profile_file(profile.name, profile.options, settings),
        became=tuple(profile.became),
    )


def _profile_file(name: str, options: ProfileOptions, settings: SettingsFile) -> NewFile:
    path, installation = settings.folders.profiles / f"{name}.toml", settings.folders.installation
    text = schema_line(Schema.PROFILE, path, installation) + profile_text(name, options)
    return NewFile(path=path, file=display(path, installation), text=text)


def _combined(name: str, parts: Sequence[NewProfile], settings: SettingsFile) -> NewProfile:
    """
    Return the combined profile for the SDS of today, which takes one set.

    Raises:
        ConfigError: there are fewer than two profiles, or the name is no name of a file.
    """
    if fault := name_fault(name):
        raise ConfigError(f"--combine: expected a name that Windows and Linux accept for a file: {fault}")
    if len(parts) < 2:
        raise ConfigError(
            f"--combine: expected at least two calls that make profiles, found {len(parts)}",
            "leave out --combine; one profile needs none",
        )
    options = ProfileOptions(format=SdsFormat.V21, combine=tuple(part.name for part in parts))
    return NewProfile(name=name, file=_profile_file(name, options, settings), became=())


def _check(profiles: Sequence[NewProfile], settings: SettingsFile) -> tuple[list[str], tuple[ProfileFile, ...]]:
    """
    Check profiles as they will be read, together with those that are there.

    Return the files that are there already, and the profiles.

    Raises:
        ProfileError: a profile would be wrong, or in conflict with another.
    """
    others = read_profile_files(settings)[0] if is_folder(settings.folders.profiles) else ()
    forms = {same_name(other.file.stem) for other in others}
    existing = [profile.file.file for profile in profiles if same_name(profile.name) in forms]
    ours = {same_name(profile.name) for profile in profiles}
    kept = [other for other in others if same_name(other.file.stem) not in ours]
    made: list[ProfileFile] = [
        check_profile_file(profile.file.path, tomllib.loads(profile.file.text), settings) for profile in profiles
    ]
    checked = join_parts(compare([*kept, *made]))[len(kept) :]
    if wrong := [file.report for file in checked if file.mistakes]:
        raise ProfileError(render(wrong), "nothing was written; correct the command line, or write the profile by hand")
    return existing, checked


def _left_behind(argument: str, source: Source, found: Iterable[tuple[Piece, Call]]) -> Iterable[str]:
    """Yield what the script leaves on the server, and where: secrets and personal data."""
    if source.variables:
        yield from _of_script(printable(argument), None)
    for piece, call in found:
        yield from _of_script(_script_path(call, piece), piece.action)


def _of_script(script: str, action: Action | None) -> Iterable[str]:
    """Yield what a copy of the script leaves behind that an action starts, or something that is not known."""
    yield f"the API key in {script} and in each copy of it: delete that key in iSAMS when sdssync has its own"
    folder = r"C:\Windows\Temp" if action and action.is_system else "%TEMP%"
    account = "" if action and action.is_system else " of the account that ran the script"
    yield f"pupils' data in {folder}\\sds_isams_data.xml{account}: delete the file"
    yield f"all users with their addresses in the file -Value in {_start_folder(action)}: delete the file"


def _start_folder(action: Action | None) -> str:
    """Return where the script started, and so wrote the file -Value."""
    if action:
        return action.folder or _SYSTEM_FOLDER
    return f"each folder in which the script started, {_SYSTEM_FOLDER} for a task without a folder"


def _script_path(call: Call, piece: Piece) -> str:
    """Return where the script is, as far as it is known."""
    path = re.sub(r"^\.[\\/]", "", call.script)
    folder = piece.action.folder if piece.action else None
    is_relative = not re.match(r"[A-Za-z]:|[\\/]", path)
    return printable(str(PureWindowsPath(folder) / path) if folder and is_relative else path)
