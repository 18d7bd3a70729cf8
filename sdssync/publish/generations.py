"""
The sets that were published: each is kept as a numbered folder that is never changed again, with a manifest.

In the state folder each profile has a folder of its own:

    state/profiles/Seniors/41/            a set that was published
    state/profiles/Seniors/42.pending/    written before the output changes; after a crash the next run adopts it, if
                                          the output holds these files, or discards it
    state/profiles/Seniors/.42.pending.new/    being written: may always be removed
    state/profiles/Seniors/.11.old/            being removed: likewise
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from sdssync.errors import OutputError, os_reason
from sdssync.files.atomic import flush_folder
from sdssync.files.folders import (
    copy_files,
    is_folder,
    is_in_place_of_folder,
    make_private,
    remove_folder,
    write_folder,
)
from sdssync.files.names import same_name
from sdssync.files.patience import rename
from sdssync.log import events
from sdssync.publish.manifest import Manifest
from sdssync.publish.set_files import survey_set
from sdssync.publish.state_file import StateFile, as_json, set_aside, unwritable

_PENDING = ".pending"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_TAKEN = re.compile(r"\.?([1-9][0-9]{0,8})(?:\..+)?")
"""A number that is given, be its set pending, half-written or half-removed."""
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """A published set on disk."""

    folder: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        """Return its number, 1 for the first."""
        return self.manifest.number

    @property
    def digest(self) -> str:
        """Return the digest of its files, as the manifest has it."""
        return self.manifest.files.digest

    @property
    def bytes(self) -> int:
        """
        Return how large its files are.

        Raises:
            OutputError: one cannot be looked at.

        """
        try:
            return sum((self.folder / name).stat().st_size for name in self.manifest.files.names)
        except FileNotFoundError:
            raise OutputError(f"a file of {self.folder} is missing", "the next run publishes the set anew") from None
        except OSError as error:
            raise OutputError(
                f"{self.folder} cannot be read: {os_reason(error)}",
                "use the account under which the scheduled task runs",
            ) from None

    @property
    def is_whole(self) -> bool:
        """Return True if the files on disk are those of the manifest."""
        try:
            return survey_set(self.folder) == self.manifest.files
        except OSError:
            return False


class Cleared(NamedTuple):
    """What became of half-written and half-removed sets."""

    has_removed: bool
    problem: OutputError | None
    """Why one could not be removed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A set that has been written and whose publication is not complete."""

    folder: Path
    manifest: Manifest


def profiles_folder(state: Path) -> Path:
    """Return the folder that has a folder for each profile."""
    return state / "profiles"


def profile_folder(state: Path, profile: str) -> Path:
    """Return the folder of a profile: the one whose name is the same, without regard to case, if there is one."""
    folder = profiles_folder(state) / profile
    if is_folder(folder):
        return folder
    known = [found for found in kept_profiles(state) if same_name(found.name) == same_name(profile)]
    return known[0] if known else folder


def kept_profiles(state: Path) -> tuple[Path, ...]:
    """
    Return the folders of all profiles of which something is kept, whether they still have a file or not.

    Raises:
        OutputError: the folder cannot be read.

    """
    try:
        return tuple(sorted(folder for folder in profiles_folder(state).iterdir() if is_folder(folder)))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise OutputError(
            f"{profiles_folder(state)} cannot be read: {os_reason(error)}",
            "use the account under which the scheduled task runs",
        ) from None


def make_room(state: Path) -> None:
    """
    Set aside what is not a folder and is in the place of one.

    Raises:
        OutputError: it cannot be renamed.

    """
    folder = profiles_folder(state)
    try:
        if is_in_place_of_folder(folder):
            set_aside(folder)
        for path in sorted(folder.iterdir()) if is_folder(folder) else ():
            if is_in_place_of_folder(path) and ".damaged-" not in path.name:
                set_aside(path)
    except OSError as error:
        raise unwritable(folder, error) from None


def last_whole(generations: Sequence[Generation]) -> Generation | None:
    """Return the newest generation whose files are as they were written, with a warning for each that is not."""
    for generation in reversed(generations):
        if generation.is_whole:
            return generation
        hint = f"{generation.folder} is damaged; it is not used, and nothing is compared with it"
        events.log().warning("generation.ignored", generation=generation.number, hint=hint)
    return None


class Generations:
    """The published sets of one profile, the oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, state: Path, profile: str) -> "Generations":
        """Return those of a profile."""
        return cls(profile_folder(state, profile))

    def all(self) -> Sequence[Generation]:
        """
        Return all that have a manifest; one that is damaged is left out, with a warning.

        Raises:
            OutputError: the folder cannot be read.

        """
        folders = [self.folder / str(number) for number in self.numbers]
        read = [(folder, StateFile(folder / _MANIFEST, Manifest).read()) for folder in folders if is_folder(folder)]
        return [Generation(folder, replace(found, number=int(folder.name))) for folder, found in read if found]

    @property
    def newest(self) -> int:
        """Return the highest number that was ever given, be its set damaged; 0 without any."""
        return max(self.numbers, default=0)

    @property
    def is_interrupted(self) -> bool:
        """Return True if an interrupted run has left a set that may be in the output folder already."""
        return any(path.name.endswith(_PENDING) for path in self._entries())

    def last(self) -> Generation | None:
        """
        Return the newest one whose files are as they were written; None if there is none.

        Raises:
            OutputError: the folder cannot be read.

        """
        return last_whole(self.all())

    def write(self, staged: Path, manifest: Manifest) -> Pending:
        """
        Keep a set that is about to be published; it gets the next number.

        Raises:
            OutputError: it cannot be written, and nothing is left.

        """
        taken = [int(match[1]) for path in self._entries() if (match := _TAKEN.fullmatch(path.name))]
        number = max(taken, default=0) + 1
        manifest = replace(manifest, number=number)
        target = self.folder / f"{number}{_PENDING}"

        def fill(folder: Path) -> None:
            copy_files(staged, manifest.files.names, folder)
            (folder / _MANIFEST).write_bytes(as_json(Manifest, manifest))

        try:
            make_private(self.folder)
            write_folder(target, fill)
        except OSError as error:
            raise unwritable(target, error) from None
        return Pending(target, manifest)

    def settle(self, pending: Pending) -> Generation:
        """
        Number a pending set for good: its publication is complete.

        Raises:
            OutputError: it cannot be renamed; the next run will.

        """
        folder = self.folder / str(pending.manifest.number)
        try:
            rename(pending.folder, folder)
            flush_folder(self.folder)
        except OSError as error:
            raise unwritable(folder, error) from None
        return Generation(folder, pending.manifest)

    def discard(self, folder: Path) -> None:
        """
        Remove a pending set, or one that is kept no longer.

        It first gets a hidden name: of an interrupted removal a part may be left, which must not pass for a set.

        Raises:
            OutputError: it cannot be removed.

        """
        try:
            if not folder.name.startswith("."):
                rename(folder, folder := folder.with_name(f".{folder.name}.old"))
            remove_folder(folder)
        except OSError as error:
            raise unwritable(folder, error) from None

    def clear_unfinished(self) -> Cleared:
        """
        Remove what an interrupted run left half-written or half-removed; what cannot be removed stops nothing.

        Raises:
            OutputError: the folder cannot be read.

        """
        cleared = Cleared(has_removed=False, problem=None)
        for path in self._entries():
            if path.name.startswith("."):
                try:
                    self.discard(path)
                    cleared = cleared._replace(has_removed=True)
                except OutputError as error:
                    cleared = cleared._replace(problem=error)
        return cleared

    def pending(self) -> Sequence[Pending]:
        """
        Return what an interrupted run left to adopt or to discard.

        Raises:
            OutputError: something cannot be read or removed.

        """
        found = []
        for path in self._entries():
            if path.name.endswith(_PENDING):
                manifest = StateFile(path / _MANIFEST, Manifest).read()
                if manifest is None:
                    self.discard(path)
                else:
                    found.append(Pending(path, manifest))
        return found

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of all that are on disk, be they damaged."""
        return sorted(int(path.name) for path in self._entries() if _NUMBER.fullmatch(path.name))

    def _entries(self) -> Sequence[Path]:
        try:
            return sorted(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputError(
                f"{self.folder} cannot be read: {os_reason(error)}",
                "use the account under which the scheduled task runs",
            ) from None
