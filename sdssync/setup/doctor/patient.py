"""The installation as the doctor finds it: what is configured, what iSAMS answers, and how the last run ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from pathlib import Path

from sdssync.config.mistakes import Mistake
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import RemoteSource, SchoolSettings
from sdssync.config.settings_file import SettingsFile
from sdssync.errors import ConfigError, SdsSyncError
from sdssync.isams.source import wanted_groups
from sdssync.net.failure import Failure
from sdssync.net.knock import Knock
from sdssync.publish.manifest import SourceFacts
from sdssync.publish.status import Status
from sdssync.school import GroupKind, School


class Need(Enum):
    """What a check cannot do without."""

    SETTINGS = auto()
    """A settings file without mistakes."""
    STATE = auto()
    """A state folder that can be read, or none yet."""
    REMOTE = auto()
    """Settings that name the server of iSAMS, not a recorded document."""
    CONTACT = auto()
    """An attempt to reach that server: with --offline, and through a proxy, there is none."""
    CONNECTION = auto()
    """An attempt to connect with it: without an address there is none."""
    ANSWER = auto()
    """An attempt to get a document: with --offline only a recorded one."""
    FRESH = auto()
    """An answer that is a document."""
    DOCUMENT = auto()
    """A document: the answer, else the one that was downloaded last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A complete document of the school."""

    school: School
    facts: SourceFacts
    digest: str
    """SHA-256 of its bytes."""

    @property
    def pupils_by_year(self) -> Mapping[str, int]:
        """Return how many pupils each year has."""
        return Counter(pupil.year for pupil in self.school.pupils)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """That there is no document from the source."""

    error: SdsSyncError
    is_late: bool
    """True if the time that the doctor waits was over: a run waits longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An attempt to reach the server of iSAMS, without a key."""

    host: str
    addresses: tuple[str, ...] | Failure
    knock: Knock | Failure | None
    """None: there was no address, or it is not known which certificates to trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Everything that the checks look at, but for the disk."""

    settings_file: SettingsFile
    profile_files: tuple[ProfileFile, ...]
    folder_mistakes: tuple[Mistake, ...]
    """About the folder of the profiles."""
    now: datetime
    """By the clock of this computer, with its time zone."""
    status: Status | None
    """How the last run ended; None: the state folder cannot be read."""
    is_rollover_unfinished: bool = False
    """True if a change of several files was interrupted."""
    key: Path | ConfigError | None = None
    """The file of the key, or why there is no key; None: it is in a variable, or none is needed."""
    notify_files: tuple[Path, ...] = ()
    """The files with the secrets of `[notify]`."""
    notify_faults: tuple[ConfigError, ...] = ()
    """What would keep a notification from going, without any having been sent."""
    upload_files: tuple[Path, ...] = ()
    """The files with the secret or the certificate of `[upload]`."""
    upload_proof: datetime | ConfigError | None = None
    """When the certificate ends, or why there can be no login to Microsoft; None: there is a secret, or no table."""
    contact: Contact | None = None
    answer: Document | NoAnswer | None = None
    last: Document | None = None
    """The document that was downloaded last."""

    @property
    def today(self) -> date:
        """Return the day."""
        return self.now.date()

    @property
    def settings(self) -> SchoolSettings:
        """
        Return the settings.

        Raises:
            ValueError: they have mistakes.

        """
        if self.settings_file.school is None:
            raise ValueError(self.settings_file.file)
        return self.settings_file.school

    @property
    def remote(self) -> RemoteSource | None:
        """Return the source, if it is a server."""
        school = self.settings_file.school
        return school.source if school and isinstance(school.source, RemoteSource) else None

    @property
    def fresh(self) -> Document | None:
        """Return the answer, if it is a document."""
        return self.answer if isinstance(self.answer, Document) else None

    @property
    def document(self) -> Document | None:
        """Return the newest document."""
        return self.fresh or self.last

    @property
    def publishing(self) -> tuple[Profile, ...]:
        """Return the profiles that publish a set."""
        profiles = (file.profile for file in self.profile_files)
        return tuple(profile for profile in profiles if profile and profile.output)

    @property
    def current(self) -> tuple[Profile, ...]:
        """Return the profiles that publish a set today, without parts that have expired."""
        return tuple(profile.on(self.today) for profile in self.publishing if not profile.has_expired(self.today))

    @property
    def parts(self) -> tuple[Profile, ...]:
        """Return the profiles whose rows make the sets of today, each once."""
        return tuple({part.name: part for profile in self.current for part in profile.parts}.values())

    @property
    def wanted(self) -> frozenset[GroupKind]:
        """Return the kinds of groups for which a run asks iSAMS."""
        return wanted_groups((file.profile for file in self.profile_files if file.profile), self.today)

    def can_be_asked(self, *, offline: bool) -> bool:
        """Return True if a request for the document makes sense: for a reason it would fail is reported already."""
        if self.remote is None:
            return self.settings_file.school is not None
        if offline or isinstance(self.key, ConfigError):
            return False
        unreached = self.contact and (
            isinstance(self.contact.addresses, Failure) or isinstance(self.contact.knock, Failure)
        )
        return not unreached

    def has(self, need: Need) -> bool:
        """Return True if there is what a check needs."""
        there = {
            Need.SETTINGS: self.settings_file.school,
            Need.STATE: self.status,
            Need.REMOTE: self.remote,
            Need.CONTACT: self.contact,
            Need.CONNECTION: self.contact.knock if self.contact else None,
            Need.ANSWER: self.answer,
            Need.FRESH: self.fresh,
            Need.DOCUMENT: self.document,
        }
        return there[need] is not None
