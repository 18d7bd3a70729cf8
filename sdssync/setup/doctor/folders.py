"""Checks of the disk: the lock, the state folder, the output folders, free space. Nothing is made or written."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.folders import is_folder
from sdssync.files.lock import is_held
from sdssync.files.names import printable
from sdssync.files.paths import display, is_foreign
from sdssync.publish.output_folder import check_folder
from sdssync.setup.doctor.diagnosis import Diagnosis, failure, ok, warning
from sdssync.setup.doctor.patient import Patient

_TOO_LITTLE, _LITTLE = 100_000_000, 1_000_000_000
"""Bytes. A school of 2,000 pupils has a document of about 20 MB and sets of 3 MB, of which 30 nights are kept."""
_LET_WRITE = "let the account of the scheduled task write there, and run the doctor as that account"


def lock(patient: Patient) -> Iterator[Diagnosis]:
    """Report a run that is in progress."""
    state = patient.settings.folders.state
    try:
        held = is_held(state)
    except OSError as error:
        yield failure(f"the lock in {state} cannot be looked at: {os_reason(error)}", _LET_WRITE)
        return
    if held:
        yield warning("another run holds the lock", "wait until it has ended; if none should run, look for its process")
    else:
        yield ok("no other run holds the lock")


def state(patient: Patient) -> Iterator[Diagnosis]:
    """Report a state folder in which nothing can be written."""
    folder = patient.settings.folders.state
    yield _fault("state", folder) or ok(f"the state folder can be written: {_shown(folder, patient)}")


def outputs(patient: Patient) -> Iterator[Diagnosis]:
    """Report output folders that hold something else, are links or mount points, or cannot be written."""
    for profile in patient.publishing:
        if is_foreign(profile.output_as_written):
            continue
        folder = profile.folder
        try:
            check_folder(folder)
        except OutputError as error:
            yield failure(f"{profile.name}: {error.message}", error.hint)
            continue
        fault = _fault(f"{profile.name}: output", folder) or _fault(f"{profile.name}: output", folder.parent)
        yield fault or ok(f"{profile.name}: the output folder can be written: {_shown(folder, patient)}")


def space(patient: Patient) -> Iterator[Diagnosis]:
    """Report disks that are nearly full."""
    folders = [patient.settings.folders.state, *(profile.folder for profile in patient.publishing)]
    seen: set[int] = set()
    for folder in map(_existing, folders):
        try:
            device, free = folder.stat().st_dev, shutil.disk_usage(folder).free
        except OSError as error:
            yield failure(f"the free space of {folder} is not known: {os_reason(error)}", "check the disk or the share")
            continue
        if device in seen:
            continue
        seen.add(device)
        text = f"{free // 1_000_000:,} MB are free where {printable(str(folder))} is"
        if free < _TOO_LITTLE:
            yield failure(text, "free some space: a run needs room for the document and the new sets")
        elif free < _LITTLE:
            yield warning(text, "free some space, or keep fewer nights: [retention] generations")
        else:
            yield ok(text)


def _fault(what: str, folder: Path) -> Diagnosis | None:
    """Return why a run could not write into a folder, as far as that can be seen without writing; None: it could."""
    nearest = _existing(folder)
    if not is_folder(nearest):
        return failure(f"{what} {folder}: {nearest} is not a folder", "remove it, or choose another folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        return failure(f"{what} {folder}: this account may not write into {nearest}", _LET_WRITE)
    return None


def _existing(folder: Path) -> Path:
    """Return the folder, else the nearest one above it that is there."""
    return next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)


def _shown(folder: Path, patient: Patient) -> str:
    return display(folder, patient.settings_file.folders.installation)
