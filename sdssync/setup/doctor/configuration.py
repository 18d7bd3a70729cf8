"""Checks of what is configured: the settings, the profiles, the key, what else is secret."""

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sdssync.config.mistakes import MISSING
from sdssync.config.secret import path_in_message
from sdssync.errors import ConfigError, os_reason
from sdssync.files.names import printable
from sdssync.files.paths import is_foreign
from sdssync.setup.doctor.diagnosis import Diagnosis, failure, ok, warning
from sdssync.setup.doctor.patient import Patient

_OTHERS_MAY = 0o066
_CERTIFICATE_NOTICE = timedelta(days=30)
"""So long before its end a certificate is worth a warning."""


def settings(patient: Patient) -> Iterator[Diagnosis]:
    """Report the mistakes of the settings file, and what `init` wrote and no one has changed."""
    file = patient.settings_file
    shown = printable(str(file.file))
    if MISSING in file.mistakes:
        yield failure(
            f"there is no settings file {shown}",
            "`sdssync init` writes a first one; --config or $SDSSYNC_CONFIG names another",
        )
        return
    for mistake in (*file.mistakes, *patient.folder_mistakes):
        yield failure(f"{shown}: {mistake}", "correct it: docs/profiles.md explains each key")
    if file.school is None:
        return
    try:
        file.school.identity.require_real()
    except ConfigError as error:
        yield failure(error.message, error.hint)
    else:
        if not patient.folder_mistakes:
            yield ok(f"{shown} has no mistakes")


def profiles(patient: Patient) -> Iterator[Diagnosis]:
    """Report the mistakes of each profile file."""
    files = patient.profile_files
    if patient.is_rollover_unfinished:
        yield failure(
            "a rollover was interrupted: some files may still be those of last year",
            "complete it: sdssync rollover with the same year and --write",
        )
    if not files and not patient.folder_mistakes:
        yield failure("there is no profile", "`sdssync new NAME` writes one")
    for file in files:
        for mistake in file.mistakes:
            yield failure(f"{file.displayed}: {mistake}", "correct it: docs/profiles.md explains each key")
        if file.profile and is_foreign(file.profile.output_as_written):
            yield failure(
                f"{file.displayed}: output {file.profile.output_as_written} is a Windows path",
                "name a folder of this system",
            )
    if good := [file.name for file in files if file.profile]:
        yield ok(f"without mistakes: {', '.join(good)}")


def key(patient: Patient) -> Iterator[Diagnosis]:
    """Report a key that is missing, that cannot be one, or that other accounts may read."""
    found = patient.key
    if isinstance(found, ConfigError):
        yield failure(found.message, found.hint)
        return
    if found is None:
        yield ok("the key is in the environment variable that the settings name")
        return
    try:
        mode = found.stat().st_mode
    except OSError as error:
        yield failure(f"{path_in_message(found)} cannot be looked at: {os_reason(error)}", "check the folder above it")
        return
    if os.name != "posix":
        yield ok(f"the key is there; `icacls` lists who may read it: {path_in_message(found)}")
    elif mode & _OTHERS_MAY:
        yield _exposed(found, "the key")
    else:
        yield ok("the key is there, and only its account may read it")


def notifications(patient: Patient) -> Iterator[Diagnosis]:
    """Report ways in which no notification could go, and secrets that other accounts may read."""
    if not patient.settings_file.notify.is_wanted:
        yield warning("no one learns when a night fails", "write a [notify] table; docs/profiles.md has its keys")
        return
    is_good = True
    for fault in patient.notify_faults:
        is_good = False
        yield failure(fault.message, fault.hint)
    for file in filter(_is_exposed, patient.notify_files):
        is_good = False
        yield _exposed(file, "a secret of [notify]")
    if is_good:
        yield ok("what [notify] names is there; `sdssync notify --test` tries it")


def hand_over(patient: Patient) -> Iterator[Diagnosis]:
    """Report what keeps the app from logging in to Microsoft, or soon will."""
    if patient.settings.upload is None:
        yield ok("sdssync hands nothing over to SDS: there is no [upload] table")
        return
    proof, is_good = patient.upload_proof, True
    if isinstance(proof, ConfigError):
        is_good = False
        yield failure(proof.message, proof.hint)
    elif proof is not None and proof - patient.now < _CERTIFICATE_NOTICE:
        is_good = False
        yield warning(
            f"the certificate of [upload] ends on {proof:%Y-%m-%d}",
            "make a new one, and upload its public part to the app registration before that day",
        )
    for file in filter(_is_exposed, patient.upload_files):
        is_good = False
        yield _exposed(file, "the secret or the certificate of [upload]")
    if is_good:
        yield ok("what [upload] names can be used; `sdssync upload --check` tries it")


def _is_exposed(file: Path) -> bool:
    """Return True if other accounts may read a file; False if it cannot be looked at, which is said elsewhere."""
    with suppress(OSError):
        return os.name == "posix" and bool(file.stat().st_mode & _OTHERS_MAY)
    return False


def _exposed(file: Path, what: str) -> Diagnosis:
    return warning(
        f"other accounts may read or change the file of {what}", f"chmod 600 {shlex.quote(path_in_message(file))}"
    )
