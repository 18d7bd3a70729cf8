"""Read the `[upload]` tables of both kinds of TOML file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import Mistake
from sdssync.config.schema import CombinedModel, ProfileModel, UploadSection
from sdssync.config.secret import SecretPlace
from sdssync.config.settings import SchoolSettings
from sdssync.config.upload import ProfileUpload, UploadSettings
from sdssync.files.paths import resolve
from sdssync.sds.formats import SdsFormat


def upload_mistakes(content: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield what is wrong between the keys of `[upload]` in `sdssync.toml`."""
    upload = content.get("upload")
    if not isinstance(upload, dict):
        return
    places = [key for key in ("certificate_file", "secret_file", "secret_env") if key in upload]
    if "certificate_password_env" in upload and "certificate_file" not in upload:
        yield Mistake("upload", "expected certificate_file as well as certificate_password_env, found none")
    elif not places:
        text = "expected a certificate or a secret: certificate_file, secret_file or secret_env; found none"
        yield Mistake("upload", text)
    if len(places) > 1:
        text = f"expected one of certificate_file, secret_file and secret_env, found {' and '.join(places)}"
        yield Mistake("upload", text)


def upload_of(section: UploadSection | None, folder: Path) -> UploadSettings | None:
    """Turn a valid `[upload]` of `sdssync.toml` into its value; paths count from the folder of the settings."""
    if section is None:
        return None
    return UploadSettings(
        tenant=section.tenant,
        client_id=section.client_id,
        certificate_file=resolve(folder, section.certificate_file) if section.certificate_file else None,
        certificate_password_env=section.certificate_password_env,
        secret=_secret(section, folder),
        login_url=section.login_url.removesuffix("/"),
        graph_url=section.graph_url.removesuffix("/"),
        trusted_hosts=tuple(host.lower() for host in section.trusted_hosts or ()),
        ca_file=resolve(folder, section.ca_file) if section.ca_file else None,
    )


def _secret(section: UploadSection, folder: Path) -> SecretPlace | None:
    """Return where the secret of the app registration is; None if there is a certificate instead."""
    what = "the client secret of the app registration"
    if section.secret_file:
        return SecretPlace(what=what, key="upload.secret_file", file=resolve(folder, section.secret_file))
    if section.secret_env:
        return SecretPlace(what=what, key="upload.secret_env", variable=section.secret_env)
    return None


def profile_upload_mistakes(
    model: ProfileModel | CombinedModel | None, settings: SchoolSettings | None
) -> Iterator[Mistake]:
    """Yield what is wrong with `[upload]` of a profile, as far as both files can be read."""
    if model is None or model.upload is None:
        return
    if settings and settings.upload is None:
        text = "expected an [upload] table in sdssync.toml as well, which says how to log in; found none"
        yield Mistake("upload", text)
    if SdsFormat(model.format) is not SdsFormat.V21:
        text = f'expected format = "{SdsFormat.V21}" as well, which SDS takes today; found "{model.format}"'
        yield Mistake("upload", text)
    if model.upload.start_run and model.upload.validate_only:
        text = "expected one of start_run and validate_only, found both: a trial starts no run"
        yield Mistake("upload", text)


def profile_upload_of(model: ProfileModel | CombinedModel) -> ProfileUpload | None:
    """Turn a valid `[upload]` of a profile into its value."""
    return ProfileUpload(**dict(model.upload)) if model.upload else None
