"""
A file about people that a command writes where the administrator wants it.

It is written whole, for its owner alone, and never where SDS or a run would take it.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sdssync.errors import ConfigError, OutputError, os_reason
from sdssync.files import atomic
from sdssync.files.folders import is_folder
from sdssync.files.hints import hint_for
from sdssync.files.paths import comparable, contains, is_foreign, path_fault
from sdssync.files.regular import NotRegularError, read_start

_OWNER_ONLY = 0o600
"""On Windows the folder decides who can read the file."""
_START = 4_096
"""Bytes of a file in which its mark has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateFile:
    """A file that `--output` names."""

    path: Path
    mark: bytes | None = None
    """What is near the start of files that the command writes: such a file is replaced. None: no file ever is."""

    def check(self, ours: Iterable[Path]) -> None:
        """
        Check that the file may be written: it is in none of our folders, and in the place of no other file.

        `ours` are the output folders, and those of state and profiles.

        Raises:
            ConfigError: it may not.

        """
        if is_foreign(str(self.path)):
            raise self._mistake("is a Windows path", "name a file of this system")
        if fault := path_fault(str(self.path)):
            raise self._mistake(f"cannot be a file: {fault}", "name another file")
        place = comparable(self.path)
        for folder in ours:
            if contains(comparable(folder), place):
                raise self._mistake(f"is in {folder}, which sdssync uses itself", "name a file in another folder")
        if not is_folder(self.path.parent):
            raise self._mistake("is in a folder that does not exist", f"make the folder {self.path.parent}")
        self._check_free()

    def write(self, content: bytes) -> None:
        """
        Write the file, or replace one of its kind; only its owner can read it.

        Raises:
            ConfigError: another file has taken its place by now.
            OutputError: it cannot be written, and a former file is as it was.

        """
        try:
            if self._check_free():
                atomic.write_new(self.path, content, _OWNER_ONLY)
            else:
                atomic.write(self.path, content, _OWNER_ONLY)
        except FileExistsError:
            raise self._taken() from None
        except OSError as error:
            hint = hint_for(error) or "name a file in a folder to which this account can write"
            raise OutputError(f"--output {self.path} cannot be written: {os_reason(error)}", hint) from None

    def _check_free(self) -> bool:
        """Return True if the name is free, False if a file of this kind has it; refuse any other."""
        if not os.path.lexists(self.path):
            return True
        try:
            start = read_start(self.path, _START)
        except NotRegularError as error:
            raise self._mistake(f"is {error.what}", "name a file") from None
        except OSError:
            raise self._taken() from None
        if self.mark is None or self.mark not in start:
            raise self._taken()
        return False

    def _taken(self) -> ConfigError:
        return self._mistake("exists already", "name a new file, or move that one away")

    def _mistake(self, what: str, hint: str) -> ConfigError:
        return ConfigError(f"--output {self.path} {what}", hint)
