"""
The files of a set change all at once: a set is built in a hidden folder beside the output, then the two change places.

Two hidden names are used beside an output folder `csv/Seniors`:

    csv/.Seniors.sdssync-new    the set being built, or the former set on its way out: may always be removed
    csv/.Seniors.sdssync-old    the former set while the output has no folder: always whole

So whatever a killed process leaves, `heal` puts right without looking at any content. Whoever reads by path finds whole
files, old or new; whoever holds the folder open sees the one set it opened, never files of two: either all of it, or,
when a new set has taken its place for longer than `LINGER`, files that are gone, which means: open the folder again.
What the sets hold and whether they may be published is decided elsewhere; so is what may be at the output (`guards`).
"""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sdssync.errors import OutputError
from sdssync.files import swap
from sdssync.files.paths import hidden_sibling
from sdssync.files.swap import Swap, patiently, rename
from sdssync.publish.output_folder import SDS_FILES, check_folder, is_link

LINGER = 0.1
"""Seconds that a former set stays readable for those who opened its folder before the swap."""

_BLOCK = 1 << 20

_HINTS = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some space on the disk, or raise the quota of the account",
    errno.EACCES: "let the account of sdssync write there, and close programs that have the folder open",
    errno.EPERM: "let the account of sdssync write there, and make it the owner of the folder",
    errno.EROFS: "choose an output folder on a disk that can be written",
    errno.ENAMETOOLONG: "choose a shorter path for the output folder",
    errno.ENOTDIR: "a file is where a folder is expected",
    errno.EEXIST: "a file is where a folder is expected",
    errno.EBUSY: "a mount point cannot be the output folder, a folder in it can",
}


@contextmanager
def staging(output: Path) -> Iterator[Path]:
    """
    Give a fresh, empty folder to build a set in; whatever is there at the end is removed.

    First puts right what a crash left behind. The folder may hold files with SDS names only. Raises OutputError, also
    for an OSError of the block, and when what is there at the end cannot be removed.
    """
    heal(output)
    staged = hidden_sibling(output, "new")
    with _reporting(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        staged.mkdir(mode=_first_mode(output))
    try:
        with _reporting(output):
            yield staged
    except BaseException:
        with suppress(OutputError):  # the first error tells more; the next run heals
            heal(output)
        raise
    with _reporting(output):
        _flush_folder(output.parent)
    heal(output)


def unchanged(staged: Path, output: Path) -> bool:
    """Whether the output folder holds the same files with the same bytes already. Raises OutputError."""
    with _reporting(output):
        if not output.is_dir():
            return False
        names = _names(staged)
        return names == _names(output) and all(_same_bytes(staged / name, output / name) for name in names)


def publish(staged: Path, output: Path, *, swap: Swap = swap.swap, linger: float = LINGER) -> None:
    """
    Put a staged set in the place of the output folder, which gives it owner and mode.

    The former set is removed at the end of `staging`. On an OutputError the output is as it was.
    """
    check_folder(output)
    with _reporting(output):
        _flush(staged)
        replaces = os.path.lexists(output)
        if replaces:
            _take_over(staged, output)
            swap(staged, output, hidden_sibling(output, "old"))
        else:
            rename(staged, output)
    time.sleep(linger if replaces else 0)


def heal(output: Path) -> bool:
    """
    Put right what a crash left behind beside an output folder; say whether there was anything.

    If the crash came while the output had no folder, the former set is put back: it is the last that a run had
    acknowledged. Raises OutputError.
    """
    staged, aside = hidden_sibling(output, "new"), hidden_sibling(output, "old")
    if not os.path.lexists(staged) and not os.path.lexists(aside):
        return False
    with _reporting(output):
        if os.path.lexists(aside):
            with suppress(OSError):
                output.rmdir()  # an empty folder in the way, made by somebody who missed it; any other stays
            if not os.path.lexists(output):
                rename(aside, output)
        _remove(staged)
        if os.path.lexists(aside):
            rename(aside, staged)  # so that the name of the former set never holds half of one
            _remove(staged)
    return True


def _first_mode(output: Path) -> int:
    """Nobody else reads a set in the making if there is a folder whose mode it will get; else the umask decides."""
    # On Windows 0o700 would make an access list of its own instead of inheriting the parent's.
    return 0o700 if os.name == "posix" and os.path.lexists(output) else 0o777


def _take_over(staged: Path, output: Path) -> None:
    """
    Give a staged set the owner and mode of the present one.

    Its files belong to the owner of the folder, too; each has the mode of its predecessor. On Windows nothing is taken
    over: access is inherited from the parent. Nor are access lists of POSIX; a default list on the parent does that.
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
    """Change the owner where it differs: that takes rights which an account of its own need not have."""
    found = path.lstat()
    if (found.st_uid, found.st_gid) != (wanted.st_uid, wanted.st_gid):
        os.chown(path, wanted.st_uid, wanted.st_gid, follow_symlinks=False)


def _remove(folder: Path) -> None:
    """
    Remove a hidden folder of ours, whole or half removed already.

    A link in its place goes, what it points to stays; so does anything but files with SDS names, with an error.
    """
    try:
        with suppress(FileNotFoundError):
            status = folder.lstat()
            if is_link(status) or not stat.S_ISDIR(status.st_mode):
                patiently(folder.unlink)
                return
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IRWXU)
            for name in sorted(SDS_FILES):
                patiently(partial(_unlink, folder / name))
            patiently(folder.rmdir)
    except OSError as error:
        raise OutputError(
            f"{folder}: this left-over of a former set cannot be removed: {error.strerror}",
            "close programs that have it open, or see what is in it and remove it",
        ) from error


def _unlink(file: Path) -> None:
    """Remove a file, if it is there; on Windows one that may only be read would refuse."""
    with suppress(FileNotFoundError):
        if os.name == "nt":
            file.chmod(stat.S_IWRITE)
        file.unlink()


def _names(folder: Path) -> list[str]:
    """List what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def _same_bytes(first: Path, second: Path) -> bool:
    """Compare two files, a block at a time."""
    with first.open("rb") as one, second.open("rb") as other:
        if os.fstat(one.fileno()).st_size != os.fstat(other.fileno()).st_size:
            return False
        while block := one.read(_BLOCK):
            if block != other.read(_BLOCK):
                return False
        return not other.read(1)


def _flush(folder: Path) -> None:
    """Have the files of a folder, then the folder, on the disk before any name points to them."""
    for name in _names(folder):
        with (folder / name).open("r+b") as file:  # to write: Windows flushes no other
            os.fsync(file.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EACCES}:  # not to be had there; no reason to stop
            raise


@contextmanager
def _reporting(output: Path) -> Iterator[None]:
    """Translate what the operating system says about an output folder."""
    try:
        yield
    except OSError as error:
        code = error.errno or 0
        reason = error.strerror or type(error).__name__
        raise OutputError(f"output {output}: it cannot be written: {reason}", _HINTS.get(code, "")) from error
