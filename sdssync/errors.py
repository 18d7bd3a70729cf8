"""
The ways in which a run can break, and the exit code of each. Imports nothing of ours.

    SdsSyncError                     message + hint; never raised itself
    ├─ ConfigError            2      usage, settings, or something named there that is not there
    │  └─ ProfileError        2      one profile file, all its mistakes
    ├─ SourceError            3      iSAMS
    │  ├─ SourceUnavailableError     no answer, time-out, 5xx after the retries
    │  ├─ SourceRefusedError         key wrong, expired or without the needed rights
    │  └─ SourceMalformedError       not XML, or not a complete iSAMS document
    ├─ LockedError            5      another run holds the lock
    └─ OutputError            6      output, state or log cannot be written

A set with findings (1) and a set held by a gate (4) are outcomes, not exceptions.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells the scheduler (contract, section 2); with several profiles the highest wins."""

    DONE = 0
    INVALID = 1
    USAGE = 2
    SOURCE = 3
    HELD = 4
    LOCKED = 5
    OUTPUT = 6
    UPLOAD = 7
    BUG = 70
    INTERRUPTED = 130


class SdsSyncError(Exception):
    """
    What failed, where, what was expected and what was found, in one line; the hint says what to do now.

    Neither text may hold a key, a name, an address or a cell: both go to the log.
    """

    exit_code: ClassVar[ExitCode]

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint as one line."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(SdsSyncError):
    """Wrong usage or settings, or something that they name is not there."""

    exit_code = ExitCode.USAGE


class ProfileError(ConfigError):
    """One profile file is wrong; the other profiles still run."""


class SourceError(SdsSyncError):
    """ISAMS gave no complete document; nothing is published."""

    exit_code = ExitCode.SOURCE


class SourceUnavailableError(SourceError):
    """No answer in time, or none that is of use, after all retries."""


class SourceRefusedError(SourceError):
    """ISAMS answered, and said no."""


class SourceMalformedError(SourceError):
    """What came is not a complete iSAMS document."""


class LockedError(SdsSyncError):
    """Another run of this installation is at work."""

    exit_code = ExitCode.LOCKED


class OutputError(SdsSyncError):
    """A file or folder of ours could not be written, or is not ours to write."""

    exit_code = ExitCode.OUTPUT


def os_reason(error: OSError) -> str:
    """Return what the operating system says about an error, or its class where it says nothing; never a path."""
    return error.strerror or type(error).__name__
