"""
What is in the state folder only while a command runs: private, removed at the end, or by the next run after a kill.

A download has a file, which each attempt empties; `record` has a folder for the sets that it compares.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.folders import remove_folder
from sdssync.files.hints import hint_for
from sdssync.files.patience import make_folders, remove_file

_PREFIX, _SUFFIX = "isams-", ".part"
_FOLDER = "record-"


class PartFile:
    """The temporary file while it is written."""

    def __init__(self, state: Path, file: FileIO) -> None:
        self.size = 0
        self._state = state
        self._file = file

    def restart(self) -> None:
        """Empty the file."""
        self.size = 0
        with writing_state(self._state):
            self._file.seek(0)
            self._file.truncate()

    def add(self, chunk: bytes) -> None:
        """Add a piece; without a buffer, so that a full disk shows here and not when the file is closed."""
        rest = memoryview(chunk)
        with writing_state(self._state):
            while rest:
                rest = rest[self._file.write(rest) :]
        self.size += len(chunk)

    def finish(self) -> None:
        """Flush it to the disk, so that a power failure cannot leave an empty file in place of the last document."""
        with writing_state(self._state):
            os.fsync(self._file.fileno())

    def head(self, size: int) -> bytes:
        """Return the first bytes that were written."""
        with writing_state(self._state):
            self._file.seek(0)
            return self._file.read(size)


@contextmanager
def temporary_path(state: Path) -> Iterator[Path]:
    """
    Create a file that only its owner may read, and remove it at the end.

    Raises:
        OutputError: the state folder cannot be written.

    """
    with writing_state(state):
        make_folders(state)
        handle, name = tempfile.mkstemp(dir=state, prefix=_PREFIX, suffix=_SUFFIX)
        os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        with suppress(OSError):  # the next run removes it
            remove_file(path)


@contextmanager
def temporary_folder(state: Path) -> Iterator[Path]:
    """
    Make a folder that only this account can enter, and remove it at the end.

    Raises:
        OutputError: the state folder cannot be written.

    """
    with writing_state(state):
        make_folders(state)
        folder = Path(tempfile.mkdtemp(dir=state, prefix=_FOLDER))
    try:
        with writing_state(folder):
            yield folder
    finally:
        with suppress(OSError):  # the next run removes it
            remove_folder(folder)


def remove_temporary(state: Path) -> None:
    """Remove what interrupted commands left; the caller must hold the lock of the installation."""
    with suppress(OSError):  # the run does not depend on it
        for path in state.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(OSError):  # it may be open elsewhere
                remove_file(path)
        for folder in state.glob(f"{_FOLDER}*"):
            with suppress(OSError):
                remove_folder(folder)


@contextmanager
def writing_state(path: Path) -> Iterator[None]:
    """
    Translate errors of the disk for a file of the state folder, or the folder itself.

    Raises:
        OutputError: the block raised an OSError.

    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {os_reason(error)}",
            hint_for(error)
            or "check that [paths] state is a folder in which sdssync may write, and that the disk is not full",
        ) from None
