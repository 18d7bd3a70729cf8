"""
The files of a set change all at once: a set is built in a hidden folder next to the output, then the two change places.

Three hidden names are used next to an output folder `csv/Seniors`:

    csv/.Seniors.sdssync-new    the set being built, or the former set on its way out: may always be removed
    csv/.Seniors.sdssync-old    the former set while the output does not exist: always complete
    csv/.Seniors.sdssync-stuck  a former set that could not be removed: each run tries again

So `healing` can put right whatever a killed process leaves without looking at any content. A reader who opens files by
path finds complete files, old or new. A reader who holds the folder open sees the one set that it opened, never files
of two: all of it or, once a new set has been in its place for longer than `LINGER`, files that are gone; then the
folder has to be opened again. What the sets hold and whether they may be published is decided elsewhere; so is what may
be at the output (`output_folder`).
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sdssync.errors import OutputError
from sdssync.files import swap
from sdssync.files.atomic import flush_folder
from sdssync.files.folders import flush
from sdssync.files.paths import hidden_sibling
from sdssync.files.patience import make_folder, make_folders, rename
from sdssync.files.swap import Swap
from sdssync.publish.healing import check_removed, heal
from sdssync.publish.os_errors import writing
from sdssync.publish.output_folder import check_folder

LINGER = 0.1
"""Seconds for which a former set stays readable to those who opened its folder before the swap."""


@dataclass(slots=True)
class Staged:
    """A set in the making."""

    folder: Path
    """May hold files with SDS names only."""
    leftover: OutputError | None = None
    """Known after `staging`: what could not be removed or flushed. The output is what the block has made it."""


@contextmanager
def staging(output: Path) -> Iterator[Staged]:
    """
    Create an empty folder to build a set in; whatever is there at the end of the block is removed.

    Raises:
        OutputError: the folder cannot be created, or in place of an OSError of the block; the output is as it was.

    """
    heal(output)  # again: since the run was prepared, a download may have taken half an hour
    staged = Staged(hidden_sibling(output, "new"))
    with writing(output):
        make_folders(output.parent)
        make_folder(staged.folder, _first_mode(output))
    try:
        with writing(output):
            yield staged
    except BaseException:
        with suppress(OutputError):  # the first error says more; the next run heals
            heal(output)
        raise
    try:
        with writing(output):
            flush_folder(output.parent)
        heal(output)  # the hidden names now hold the former set, or one that was not published
        check_removed(output)
    except OutputError as error:
        staged.leftover = error


def publish(staged: Path, output: Path, *, swap: Swap = swap.swap, linger: float = LINGER) -> None:
    """
    Put a staged set in the place of the output folder, whose owner and mode it takes over.

    The former set is removed at the end of `staging`.

    Raises:
        OutputError: the sets cannot change places; the output is as it was.

    """
    check_folder(output)  # again: since the run was prepared, someone may have put a file there
    with writing(output):
        flush(staged)
        replaces = os.path.lexists(output)
        if replaces:
            _take_over(staged, output)
            swap(staged, output, hidden_sibling(output, "old"))
        else:
            rename(staged, output)
    time.sleep(linger if replaces else 0)


def _first_mode(output: Path) -> int:
    """Return the mode of the staging folder: private if the output exists, whose mode is copied later."""
    # On Windows 0o700 would make an access list of its own instead of inheriting the parent's.
    return 0o700 if os.name == "posix" and os.path.lexists(output) else 0o777


def _take_over(staged: Path, output: Path) -> None:
    """
    Give a staged set the owner and mode of the present one.

    Its files get the owner of the folder too; each has the mode of its predecessor. On Windows nothing is copied:
    access is inherited from the parent. Nor are access lists of POSIX; a default list on the parent does that.
    """
    if os.name != "posix":
        return
    folder = output.lstat()
    for name in _names(staged):
        _give_owner(staged / name, folder)
        with suppress(FileNotFoundError):
            (staged / name).chmod(stat.S_IMODE((output / name).lstat().st_mode))
    _give_owner(staged, folder)
    staged.chmod(stat.S_IMODE(folder.st_mode))  # last: a change of owner may clear bits


def _give_owner(path: Path, wanted: os.stat_result) -> None:
    """Change the owner where it differs: that takes rights which an account need not have for its own files."""
    found = path.lstat()
    if (found.st_uid, found.st_gid) != (wanted.st_uid, wanted.st_gid):
        os.chown(path, wanted.st_uid, wanted.st_gid, follow_symlinks=False)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
