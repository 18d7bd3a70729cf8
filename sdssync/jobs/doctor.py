"""Examine an installation for `sdssync doctor`: ask what can be asked, keep nothing of it, and let the checks look."""

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sdssync.config.credentials import read_credentials
from sdssync.config.installation import ROLLOVER_JOURNAL, read_profile_files
from sdssync.config.secret import passed_on
from sdssync.config.settings import RemoteSource, SchoolSettings
from sdssync.config.settings_file import SettingsFile, read_settings
from sdssync.config.upload import UploadSettings
from sdssync.errors import ConfigError, OutputError, RefusedDocumentError, SdsSyncError, os_reason
from sdssync.files.folders import is_folder
from sdssync.files.regular import open_regular
from sdssync.files.together import is_unfinished
from sdssync.isams import parser
from sdssync.isams.document import LAST_DOCUMENT, cached_document
from sdssync.isams.progress import Progress
from sdssync.isams.source import Taken, take_document
from sdssync.jobs.run import source_facts
from sdssync.net.knock import knock, look_up
from sdssync.net.post import uses_proxy
from sdssync.net.tls import CaFileError, tls_context
from sdssync.notify.obstacles import obstacles
from sdssync.publish.status import Status, read_status
from sdssync.school import GroupKind
from sdssync.setup.doctor.catalogue import Examination, examine
from sdssync.setup.doctor.patient import Contact, Document, NoAnswer, Patient

SECONDS = 10.0
"""The doctor waits so long for each thing that it asks of the network."""
_BLOCK = 1 << 20


def examine_installation(config: Path, environ: Mapping[str, str], now: datetime, *, offline: bool) -> Examination:
    """Return what the checks say; nothing is changed, and with `offline` the network is asked nothing."""
    settings_file = read_settings(config)
    profile_files, mistakes = read_profile_files(settings_file)
    patient = Patient(
        settings_file=settings_file,
        profile_files=profile_files,
        folder_mistakes=mistakes,
        now=now,
        status=_status(settings_file),
        is_rollover_unfinished=is_unfinished(settings_file.folders.state / ROLLOVER_JOURNAL),
    )
    if settings := settings_file.school:
        notify = settings_file.notify
        patient = replace(
            patient,
            key=_key(settings, environ),
            last=_last(settings),
            notify_files=tuple(passed_on(file, environ) for file in notify.secret_files),
            notify_faults=tuple(ConfigError(fault.error, fault.hint) for fault in obstacles(notify, environ)),
        )
        if upload := settings.upload:
            files = tuple(passed_on(file, environ) for file in upload.secret_files)
            patient = replace(patient, upload_files=files, upload_proof=_proof(upload, environ))
        if not offline:
            patient = replace(patient, contact=_contact(settings))
        if patient.can_be_asked(offline=offline):
            patient = replace(patient, answer=_ask(settings, patient.wanted))
    return examine(patient)


def _proof(upload: UploadSettings, environ: Mapping[str, str]) -> datetime | ConfigError | None:
    """Return when the certificate ends, or why there can be no login to Microsoft; None: there is a secret."""
    from sdssync.graph.login import check_proof  # noqa: PLC0415  (most installations hand nothing over)

    try:
        return check_proof(upload, environ)
    except ConfigError as error:
        return error


def _key(settings: SchoolSettings, environ: Mapping[str, str]) -> Path | ConfigError | None:
    """Return the file of the key or the secret, or why there is none; None: it comes from elsewhere."""
    source = settings.source
    if not isinstance(source, RemoteSource):
        return None
    try:
        read_credentials(source, environ)
    except ConfigError as error:
        return error
    return passed_on(source.secret_file, environ) if source.secret_file else None


def _status(settings_file: SettingsFile) -> Status | None:
    """Return how the last run ended; None if the state folder cannot be read."""
    state = settings_file.folders.state
    if os.path.lexists(state) and not is_folder(state):  # on Windows there is then no error that says so
        return None
    try:
        return read_status(state)
    except OutputError:
        return None


def _contact(settings: SchoolSettings) -> Contact | None:
    """Reach the server of iSAMS; through a proxy that says nothing, for the proxy looks up the name and connects."""
    source = settings.source
    if not isinstance(source, RemoteSource) or uses_proxy(source.url):
        return None
    addresses = look_up(source.url, SECONDS)
    contact = Contact(host=source.url.partition("://")[2].partition("/")[0], addresses=addresses, knock=None)
    if not isinstance(addresses, tuple):
        return contact
    try:
        return replace(contact, knock=knock(source.url, addresses, tls_context(source.ca_file), SECONDS))
    except CaFileError:  # the request for the document says what is wrong with the file
        return contact


def _ask(settings: SchoolSettings, wanted: Collection[GroupKind]) -> Document | NoAnswer:
    """Get the document as a run does, but once, in little time, and into a folder that is removed."""
    started = time.monotonic()
    source = settings.source
    if isinstance(source, RemoteSource):
        source = replace(source, timeout=SECONDS, max_seconds=SECONDS, retry_for=0)
    try:
        with tempfile.TemporaryDirectory(prefix="sdssync-", ignore_cleanup_errors=True) as folder:
            elsewhere = replace(settings, source=source, folders=replace(settings.folders, state=Path(folder)))
            taken = take_document(elsewhere, wanted, cached=False, progress=Progress())
            taken.require(wanted)
            is_kept = isinstance(source, RemoteSource)
            return _document(taken, Path(folder) / LAST_DOCUMENT if is_kept else taken.document.path)
    except RefusedDocumentError as error:
        hint, _, _ = error.hint.partition("; the document is kept as ")  # it was, and has been removed
        return NoAnswer(error=type(error)(error.message, hint), is_late=False)
    except SdsSyncError as error:
        return NoAnswer(error=error, is_late=time.monotonic() - started >= SECONDS)
    except OSError as error:
        text = f"the document cannot be kept for the examination: {os_reason(error)}"
        return NoAnswer(error=OutputError(text, "free some space for temporary files"), is_late=False)


def _last(settings: SchoolSettings) -> Document | None:
    """Return the document that was downloaded last, if it can be read."""
    try:
        document = cached_document(settings.folders.state, settings.source.max_bytes)
        reading = parser.parse(document.path, progress=lambda _: None, origin=document.origin)
        return _document(Taken(document=document, reading=reading), document.path)
    except (SdsSyncError, OSError):
        return None


def _document(taken: Taken, file: Path) -> Document:
    """
    Return a document as the checks want it.

    Raises:
        OSError: the file cannot be read.

    """
    with open_regular(file) as stream:
        digest = hashlib.sha256()
        while block := stream.read(_BLOCK):
            digest.update(block)
    return Document(school=taken.reading.school, facts=source_facts(taken), digest=digest.hexdigest())
