"""
Read `sdssync.toml` into `SchoolSettings`, or into the list of everything that is wrong with it.

What only a download needs (the key, the certificates) is read when it is needed, not here.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import WHOLE_FILE, Mistake
from sdssync.config.notify import Notify
from sdssync.config.notify_tables import notify_mistakes, notify_of
from sdssync.config.safety import Retention
from sdssync.config.safety_tables import safety_mistakes, safety_of
from sdssync.config.schema import IsamsSection, PathsSection, SettingsModel
from sdssync.config.settings import Folders, RecordedSource, RemoteSource, SchoolIdentity, SchoolSettings
from sdssync.config.shape import check_shape
from sdssync.config.toml_file import read_toml
from sdssync.config.upload_tables import upload_mistakes, upload_of
from sdssync.files.paths import comparable, path_fault, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """
    The result of reading `sdssync.toml`.

    With mistakes, `school` is None and the rest is best-effort, so that profiles can still be checked.
    """

    file: Path
    folders: Folders
    include_names: bool
    notify: Notify
    mistakes: tuple[Mistake, ...]
    school: SchoolSettings | None

    @property
    def school_name(self) -> str:
        """The name of the school; "" if that is not known."""
        return self.school.identity.name if self.school else ""


def read_settings(config: Path) -> SettingsFile:
    """Read a settings file; what is wrong with it becomes its mistakes."""
    file = Path(os.path.abspath(config))  # noqa: PTH100 - a link to the file stays one: its own folder counts
    return check_settings_file(file, read_toml(file))


def check_settings_file(file: Path, content: Mapping[str, Any] | Mistake) -> SettingsFile:
    """Check what a settings file says or is going to say; a `Mistake` as its content is why it could not be read."""
    if isinstance(content, Mistake):
        return _unread(file, content)
    if not content.keys() & {"school", "isams"} and content.keys() & {"year_groups", "output", "combine"}:
        text = "is a profile, and not the settings file, which is usually sdssync.toml; --config names it"
        return _unread(file, Mistake(WHOLE_FILE, text))
    model, shape_mistakes = check_shape(SettingsModel, content)
    folders = _folders(file.parent, content)
    mistakes = (
        *shape_mistakes,
        *_source_mistakes(content),
        *_folder_mistakes(folders),
        *(safety_mistakes(model) if model else ()),
        *notify_mistakes(content),
        *upload_mistakes(content),
    )
    school = content.get("school")
    return SettingsFile(
        file=file,
        folders=folders,
        include_names=isinstance(school, dict) and school.get("include_names") is True,
        notify=notify_of(content, file.parent),
        mistakes=mistakes,
        school=_school_settings(model, folders) if model and not mistakes else None,
    )


def _unread(file: Path, mistake: Mistake) -> SettingsFile:
    """Return the result for a file of which nothing is known but one mistake."""
    folders = _folders(file.parent, {})
    return SettingsFile(
        file=file,
        folders=folders,
        include_names=False,
        notify=Notify(installation=file.parent),
        mistakes=(mistake,),
        school=None,
    )


def _folders(installation: Path, content: Mapping[str, Any]) -> Folders:
    """Return the folders that the settings name; the defaults where nothing usable is written."""
    return Folders(
        installation=installation,
        profiles=_folder(installation, content, "profiles"),
        state=_folder(installation, content, "state"),
    )


def _folder(installation: Path, content: Mapping[str, Any], key: str) -> Path:
    """Return a folder of `[paths]`."""
    paths = content.get("paths")
    text = paths.get(key) if isinstance(paths, dict) else None
    if not isinstance(text, str) or path_fault(text):
        text = str(PathsSection.model_fields[key].default)
    return resolve(installation, text)


def _folder_mistakes(folders: Folders) -> tuple[Mistake, ...]:
    """Return what is wrong between the folders: every .toml file in the folder of the profiles would be a profile."""
    if comparable(folders.profiles) != comparable(folders.installation):
        return ()
    return (Mistake("paths.profiles", "expected a folder of its own, found the folder of the settings file"),)


def _source_mistakes(content: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Return what is wrong between the keys of `[isams]`, which has either url and a key or a client, or file."""
    isams = content.get("isams")
    return tuple(Mistake("isams", fault) for fault in _source_faults(isams)) if isinstance(isams, dict) else ()


def _source_faults(isams: Mapping[str, Any]) -> Iterator[str]:
    keys = [key for key in ("api_key_file", "api_key_env") if key in isams]
    client = [key for key in ("client_id", "client_secret_file", "client_secret_env") if key in isams]
    if "file" in isams:
        if others := ["url"] * ("url" in isams) + keys + client:
            yield f"expected either url and a key, or file; found file and {' and '.join(others)}"
        return
    if "url" not in isams:
        yield "expected either url and a key (api_key_file or api_key_env), or file; found neither"
    elif not keys and not client:
        yield "expected a key as well as url: api_key_file or api_key_env, or a client_id with its secret; found none"
    if len(keys) == 2:
        yield "expected one of api_key_file and api_key_env, found both"
    if keys and client:
        yield f"expected an API key or an OAuth 2 client, found {keys[0]} and {client[0]}"
    elif client:
        yield from _client_faults(client)


def _client_faults(found: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong between the keys of an OAuth 2 client."""
    if "client_id" not in found:
        yield f"expected client_id as well as {found[0]}, found none"
    if len(found) == 3:
        yield "expected one of client_secret_file and client_secret_env, found both"
    if found == ["client_id"]:
        yield "expected a secret as well as client_id: client_secret_file or client_secret_env; found none"


def _school_settings(model: SettingsModel, folders: Folders) -> SchoolSettings:
    return SchoolSettings(
        identity=SchoolIdentity(**dict(model.school)),
        source=_source(folders.installation, model.isams),
        safety=safety_of(model.safety),
        retention=Retention(**dict(model.retention)),
        folders=folders,
        upload=upload_of(model.upload, folders.installation),
    )


def _source(folder: Path, isams: IsamsSection) -> RemoteSource | RecordedSource:
    """Turn `[isams]` into one of the two sources."""
    if isams.file is not None:
        return RecordedSource(file=resolve(folder, isams.file), max_bytes=isams.max_bytes)
    return RemoteSource(
        url=isams.url or "",
        api_key_file=resolve(folder, isams.api_key_file) if isams.api_key_file else None,
        api_key_env=isams.api_key_env,
        client_id=isams.client_id,
        client_secret_file=resolve(folder, isams.client_secret_file) if isams.client_secret_file else None,
        client_secret_env=isams.client_secret_env,
        timeout=isams.timeout,
        retry_for=isams.retry_for,
        max_seconds=isams.max_seconds,
        max_bytes=isams.max_bytes,
        ca_file=resolve(folder, isams.ca_file) if isams.ca_file else None,
    )
