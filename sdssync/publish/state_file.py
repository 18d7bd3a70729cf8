"""
Small JSON files of the state folder: read with suspicion, written whole or not at all.

Anyone may have damaged one by hand: a text that is not what was written, a folder or a pipe in its place. Then it is
as if there were none, with a warning, and the next writer replaces it.
"""

import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from sdssync.errors import OutputError, os_reason
from sdssync.files import atomic
from sdssync.files.hints import hint_for
from sdssync.files.names import printable
from sdssync.files.patience import make_folders, remove_file, rename
from sdssync.files.regular import read_regular
from sdssync.log import events

Content = TypeVar("Content")

_MOST = 64 << 20
"""Bytes: the plan of the largest school has a few million."""


class StateFile(Generic[Content]):
    """One file, and the type of what is in it."""

    def __init__(self, path: Path, kind: type[Content]) -> None:
        self.path = path
        self._kind: Any = kind

    @property
    def is_present(self) -> bool:
        """Return True if there is anything of this name, be it damaged."""
        return os.path.lexists(self.path)

    def read(self) -> Content | None:
        """
        Return what is in the file; None if there is none or, with a warning, a damaged one.

        Raises:
            OutputError: this account may not read it.

        """
        try:
            # first: without a file nothing has to be made to read it
            written = json.loads(read_regular(self.path, most=_MOST))
            content: Content = _adapter(self._kind).validate_python(written)
            return content
        except FileNotFoundError:
            return None
        except (PermissionError, NotADirectoryError) as error:
            raise OutputError(
                f"{self.path} cannot be read: {os_reason(error)}", "use the account under which the scheduled task runs"
            ) from None
        except (OSError, ValueError, RecursionError, ValidationError):
            events.log().warning(
                "state.ignored", hint=f"{self.path} is damaged; the next run that needs it replaces it"
            )
            return None

    def write(self, content: Content) -> None:
        """
        Replace the file.

        Raises:
            OutputError: it cannot be written; the former one is as it was.

        """
        try:
            make_folders(self.path.parent)
            make_way(self.path)
            atomic.write(self.path, as_json(self._kind, content))
        except OSError as error:
            raise unwritable(self.path, error) from None

    def remove(self) -> None:
        """
        Remove the file, if there is one.

        Raises:
            OutputError: it cannot be removed.

        """
        try:
            make_way(self.path)
            remove_file(self.path)
        except OSError as error:
            raise unwritable(self.path, error) from None


def as_json(kind: Any, content: object) -> bytes:
    """Return the bytes of a state file."""
    return _adapter(kind).dump_json(content, indent=2) + b"\n"


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what reads and writes a type; made when it is needed, for it takes some milliseconds."""
    return TypeAdapter(kind)


def make_way(path: Path) -> None:
    """
    Set aside a folder that is in the place of a file; a file, a link or a pipe is replaced like any other.

    Raises:
        OSError: it cannot be renamed.

    """
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114  (they raise nothing)
        set_aside(path)


def set_aside(path: Path) -> None:
    """
    Rename what is not what it should be, so that it is out of the way and nothing of it is lost.

    Raises:
        OSError: it cannot be renamed.

    """
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    rename(path, aside)
    events.log().warning("state.set_aside", hint=f"{_shown(aside)}: it was not what sdssync keeps there")


def _shown(path: Path) -> str:
    """Return a path as the log may have it: anyone may have given the name."""
    return str(path.parent / "(a name with @)") if "@" in path.name else printable(str(path))


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return the error for a file or folder of the state folder that cannot be written."""
    return OutputError(
        f"{path} cannot be written: {os_reason(error)}",
        hint_for(error) or "let the account of sdssync write to the state folder, and check that the disk is not full",
    )
