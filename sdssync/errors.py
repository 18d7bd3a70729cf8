"""
The errors that can end a run or a profile, and the exit code of each. Imports no other module of the package.

    SdsSyncError                     message and hint; only its subclasses are raised
    ├─ ConfigError            2      usage, settings, or something that they name does not exist
    │  └─ ProfileError        2      one profile file, with all its mistakes
    ├─ SourceError            3      iSAMS
    │  ├─ SourceUnavailableError     no answer, time-out or 5xx, after the retries
    │  ├─ SourceRefusedError         the key is wrong, has expired or lacks a right
    │  └─ SourceMalformedError       what came is truncated, too large, or not compressed as its header says
    │     └─ RefusedDocumentError    what came is a document, and not a complete one of iSAMS in well-formed XML
    ├─ LockedError            5      another run holds the lock
    ├─ OutputError            6      the output, the state or the log cannot be written
    └─ UploadError            7      the set is published, and could not be handed over to SDS

A set with findings (1) and a set held by a gate (4) are outcomes, not exceptions.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of the process (contract, section 2); with several profiles the highest wins."""

    DONE = 0
    INVALID = 1
    USAGE = 2
    SOURCE = 3
    HELD = 4
    LOCKED = 5
    OUTPUT = 6
    UPLOAD = 7
    PENDING = 10
    """`plan --detailed-exitcode`: something would be published."""
    BUG = 70
    INTERRUPTED = 130


class SdsSyncError(Exception):
    """
    An error that the administrator can understand.

    The message says in one line what failed, where, what was expected and what was found; the hint says what to do now.
    Neither may hold a key, a name, an address or a cell: both go to the log.
    """

    exit_code: ClassVar[ExitCode]

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return message and hint as one line."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(SdsSyncError):
    """The usage or the settings are wrong, or something that they name does not exist."""

    exit_code = ExitCode.USAGE


class ProfileError(ConfigError):
    """One profile file is wrong; the other profiles still run."""


class SourceError(SdsSyncError):
    """There is no complete document from iSAMS; nothing is published."""

    exit_code = ExitCode.SOURCE


class SourceUnavailableError(SourceError):
    """No usable answer came in time, after all retries."""


class SourceRefusedError(SourceError):
    """The answer of iSAMS is a refusal."""


class SourceMalformedError(SourceError):
    """The answer is not a complete iSAMS document."""


class RefusedDocumentError(SourceMalformedError):
    """The answer arrived, and is not a complete iSAMS document by its content."""


class LockedError(SdsSyncError):
    """Another run of this installation is in progress."""

    exit_code = ExitCode.LOCKED


class OutputError(SdsSyncError):
    """A file or folder could not be written, or does not belong to sdssync."""

    exit_code = ExitCode.OUTPUT


class UploadError(SdsSyncError):
    """The set is published, and could not be handed over to SDS."""

    exit_code = ExitCode.UPLOAD


def os_reason(error: OSError) -> str:
    """Return what the operating system says about an error, or its class if it says nothing; never a path."""
    return error.strerror or type(error).__name__
