"""
Replace several files together: all of them, or none.

The new files are written next to the old ones, then a journal names them. With the journal on the disk the change is
decided: whatever happens now, it is completed by `complete`. Before that, no file has changed.
"""

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sdssync.files import atomic
from sdssync.files.patience import remove_file
from sdssync.files.regular import read_regular


class ChangedSinceError(OSError):
    """A file was changed by someone else after the journal was written."""

    def __init__(self, file: Path) -> None:
        super().__init__(errno.EBUSY, "it was changed in the meantime", str(file))
        self.file = file


@dataclass(frozen=True, slots=True)
class _Step:
    """A file that gets a new content."""

    file: Path
    before: str
    """SHA-256."""
    after: str

    @property
    def staged(self) -> Path:
        """Return the name of the new file."""
        return self.file.with_name(f".{self.file.name}.next")


def is_unfinished(journal: Path) -> bool:
    """Return True if a change was decided and not completed."""
    return os.path.lexists(journal)


def write_together(journal: Path, contents: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """
    Give files new contents, in this order; of each the old and the new one are given.

    Links are followed, and a file keeps its mode and owner.

    Raises:
        ChangedSinceError: a file has another content than the old one; none of them has changed.
        OSError: they cannot be written; without a journal none of them has changed, with one `complete` goes on.

    """
    steps: list[_Step] = []
    try:
        for file, (old, new) in contents.items():
            steps.append(_step(file, old, new))
            _stage(steps[-1], new)
        entries = [{"file": str(step.file), "before": step.before, "after": step.after} for step in steps]
        atomic.write(journal, json.dumps(entries, indent=1).encode())
    except OSError:
        if not is_unfinished(journal):
            for step in steps:
                with suppress(OSError):
                    remove_file(step.staged)
        raise
    complete(journal)


def complete(journal: Path) -> tuple[Path, ...]:
    """
    Complete a change that was decided; return the files that it is about.

    Raises:
        ChangedSinceError: a file is neither the old nor the new one.
        OSError: a file cannot be replaced, or the journal cannot be read.

    """
    steps = _read(journal)
    pending = [step for step in steps if _digest(read_regular(step.file)) != step.after]
    for step in pending:
        if _digest(read_regular(step.file)) != step.before or _digest(read_regular(step.staged)) != step.after:
            raise ChangedSinceError(step.file)
    for step in pending:
        atomic.replace(step.staged, step.file)
    for step in steps:
        remove_file(step.staged)
    remove_file(journal)
    atomic.flush_folder(journal.parent)
    return tuple(step.file for step in steps)


def _step(named: Path, old: bytes, new: bytes) -> _Step:
    """Look at a file that is to be replaced: Windows would refuse one that is read-only when others are new already."""
    file = Path(os.path.realpath(named))
    if read_regular(file) != old:
        raise ChangedSinceError(file)
    if not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    return _Step(file, _digest(old), _digest(new))


def _stage(step: _Step, content: bytes) -> None:
    """Write the new file; an error names the old one, which people know."""
    try:
        atomic.write(step.staged, content)
        _give_rights(step.staged, step.file.stat())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(step.file)) from error


def _give_rights(staged: Path, wanted: os.stat_result) -> None:
    """Give a new file the mode and, where it differs, the owner of the old one, so that the same accounts read it."""
    staged.chmod(wanted.st_mode & 0o777)
    found = staged.stat()
    if os.name == "posix" and (found.st_uid, found.st_gid) != (wanted.st_uid, wanted.st_gid):
        os.chown(staged, wanted.st_uid, wanted.st_gid)


def _read(journal: Path) -> list[_Step]:
    try:
        entries = json.loads(read_regular(journal))
        return [_Step(Path(entry["file"]), entry["before"], entry["after"]) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(errno.EINVAL, "it is damaged", str(journal)) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
