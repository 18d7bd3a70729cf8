"""The files of an import: all of them are written, or none, and none over another."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sdssync.errors import ConfigError, OutputError, os_reason
from sdssync.files import atomic
from sdssync.files.folders import make_private
from sdssync.files.patience import make_folders, remove_file

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that is to be written."""

    path: Path
    file: str
    """As seen from the folder of the settings."""
    text: str = field(repr=False)
    is_secret: bool = False


def write_all(files: Sequence[NewFile]) -> None:
    """
    Write all files in this order, or none.

    Raises:
        ConfigError: one exists.
        OutputError: one cannot be written.
    """
    written: list[Path] = []
    try:
        for file in files:
            _write_one(file)
            written.append(file.path)
    except BaseException:
        for path in written:
            with suppress(OSError):  # the error that ended it counts
                remove_file(path)
        raise


def already_exists(file: str) -> ConfigError:
    """Return the error for a file that is there."""
    return ConfigError(f"{file} already exists and was not changed", "nothing was written; rename or edit that file")


def _write_one(file: NewFile) -> None:
    try:
        if file.is_secret:
            make_private(file.path.parent)
            atomic.write_new(file.path, file.text.encode("utf-8"), _OWNER_ONLY)
        else:
            make_folders(file.path.parent)
            atomic.write_new(file.path, file.text.encode("utf-8"))
    except FileExistsError:
        raise already_exists(file.file) from None
    except OSError as error:
        raise OutputError(f"{file.file} cannot be written: {os_reason(error)}", "nothing was written") from error
