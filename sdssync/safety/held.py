"""
The set of a profile that waits for approval: one for each profile, the newest, with the plan that held it.

    state/profiles/Seniors/held/    the files of the set, and held.json
"""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import AwareDatetime

from sdssync.files.folders import copy_files, is_folder, make_private, remove_folder, write_folder
from sdssync.publish.generations import profile_folder
from sdssync.publish.manifest import Manifest
from sdssync.publish.set_files import survey_set
from sdssync.publish.state_file import StateFile, as_json, unwritable
from sdssync.safety.gates import Trip
from sdssync.safety.plan import KindSummary

KEPT_DAYS = 7
"""Days after it was last held for which a set waits (contract, section 6)."""
_FOLDER, _RECORD, _PIN = "held", "held.json", "pinned.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSet:
    """A set that waits, as it was held last."""

    version: int = 1
    plan_id: str
    since: AwareDatetime
    """When this plan was held first."""
    trips: tuple[Trip, ...]
    """The gates that hold it, with their figures."""
    users: KindSummary
    classes: KindSummary
    enrollments: KindSummary
    manifest: Manifest
    """What its generation will have, but for number, time and origin; its day is the day it was last held."""
    last_digest: str
    """Of the last generation at that time; "" without one."""
    output_digest: str
    """Of the files in the output folder at that time."""
    safety: str
    """The limits that counted, as a text: another text means that they have changed."""

    @property
    def gates(self) -> tuple[str, ...]:
        """Return the names of the gates that hold it, each once."""
        return tuple(dict.fromkeys(trip.gate for trip in self.trips))

    @property
    def until(self) -> date:
        """Return the last day on which it can be approved."""
        return self.manifest.day + timedelta(days=KEPT_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A profile that was restored and not released."""

    generation: int
    at: AwareDatetime


class Waiting:
    """What waits for a person in one profile: a held set, a pin."""

    def __init__(self, state: Path, profile: str) -> None:
        self._state = state
        self._profile = profile

    @property
    def folder(self) -> Path:
        """Return the folder of the held set."""
        return profile_folder(self._state, self._profile) / _FOLDER

    def held(self) -> HeldSet | None:
        """
        Return the held set; None if there is none, or a damaged one.

        Raises:
            OutputError: it cannot be read.

        """
        return StateFile(self.folder / _RECORD, HeldSet).read() if is_folder(self.folder) else None

    @property
    def has_lost_record(self) -> bool:
        """Return True if a removal was interrupted after the record: then no one can approve what is left."""
        return os.path.lexists(self.folder) and not os.path.lexists(self.folder / _RECORD)

    def is_whole(self, held: HeldSet) -> bool:
        """Return True if the files are those that were held."""
        try:
            return survey_set(self.folder) == held.manifest.files
        except OSError:
            return False

    def hold(self, staged: Path, held: HeldSet) -> None:
        """
        Keep a set in place of the one that waited before.

        Raises:
            OutputError: it cannot be written.

        """

        def fill(folder: Path) -> None:
            copy_files(staged, held.manifest.files.names, folder)
            (folder / _RECORD).write_bytes(as_json(HeldSet, held))

        try:
            make_private(self.folder.parent)
            write_folder(self.folder, fill)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def discard(self) -> None:
        """
        Remove the held set, if there is one.

        Raises:
            OutputError: it cannot be removed.

        """
        try:
            remove_folder(self.folder)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    @property
    def _pin_file(self) -> StateFile[Pin]:
        return StateFile(profile_folder(self._state, self._profile) / _PIN, Pin)

    @property
    def is_pinned(self) -> bool:
        """Return True if the profile was restored and not released; a damaged record of it counts."""
        return self._pin_file.is_present

    def pinned(self) -> Pin | None:
        """
        Return the record of the restore; None if there is none, or a damaged one.

        Raises:
            OutputError: it cannot be read.

        """
        return self._pin_file.read()

    def pin(self, pin: Pin) -> None:
        """
        Hold the profile until it is released.

        Raises:
            OutputError: the record cannot be written.

        """
        self._pin_file.write(pin)

    def release(self) -> None:
        """
        Let runs publish again.

        Raises:
            OutputError: the record cannot be removed.

        """
        self._pin_file.remove()
