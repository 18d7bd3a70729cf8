"""
The audit: what was published, held, approved, restored, released or removed, line by line, in `audit.jsonl`.

Each line has the hash of the one before, so that a line that was changed or removed is found; the hash of the last one
is in `status.json` too, so that missing last lines are found. No personal data but the account that approved or
restored, and the reason that it gave.
"""

import errno
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.atomic import flush_folder
from sdssync.files.folders import make_private
from sdssync.files.patience import patiently
from sdssync.files.regular import NotRegularError, read_regular
from sdssync.log import events
from sdssync.publish.state_file import make_way, set_aside, unwritable

NAME = "audit.jsonl"


class Act(StrEnum):
    """What a line is about."""

    PUBLISHED = "published"
    HELD = "held"
    APPROVED = "approved"
    RESTORED = "restored"
    RELEASED = "released"
    REMOVED = "removed"
    """By retention."""
    REPAIRED = "repaired"
    """Lines before this one are lost or damaged."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the chain does not fit."""

    line: int
    """0: the whole file."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a line says, as far as a history needs it."""

    at: datetime
    act: Act
    profile: str
    generation: int | None
    counts: tuple[int, int, int] | None
    """Users, classes and enrollments; None: the line has none."""
    gates: tuple[str, ...] = ()
    """Those that held the set."""
    account: str = ""
    reason: str = ""


class Audit:
    """The audit of an installation, for a command that holds its lock."""

    def __init__(self, state: Path) -> None:
        self.path = state / NAME

    def append(self, act: Act, run_id: str, **facts: object) -> str:
        """
        Add a line, and have it on the disk; return its hash.

        Raises:
            OutputError: it cannot be written.

        """
        try:
            return _append(self.path, act, run_id, facts)
        except OSError as error:
            raise unwritable(self.path, error) from None

    @property
    def head(self) -> str:
        """Return the hash of the last line; "" if there is none."""
        lines = self._lines()
        return _hash(lines[-1]) if lines else ""

    def entries(self) -> tuple[Entry, ...]:
        """
        Return the lines that read as such, in their order; a damaged one is passed over.

        Raises:
            OutputError: it cannot be read.

        """
        return tuple(found for line in self._lines() if (found := _history(_entry(line) or {})))

    def knows(self, profile: str, generation: int) -> bool:
        """Return True if a line says that a generation of a profile was published."""
        wanted = {"profile": profile, "generation": generation}
        return any(
            wanted.items() <= entry.items() and entry.get("event") in _PUBLISHING
            for entry in map(_entry, self._lines())
            if entry
        )

    def repair(self, expected: str, run_id: str) -> None:
        """
        Put right what a crash or a hand has left, and say so.

        A last line without an end is removed; what is not a file, or does not read as an audit, is set aside; lines
        that `status.json` knows of and that are gone are noted in a new line.

        Raises:
            OutputError: it cannot be written.

        """
        try:
            lost = self._repair(expected)
        except OSError as error:
            raise unwritable(self.path, error) from None
        if lost:
            hint = "lines of it are lost or were changed; `sdssync audit verify` looks at what is left"
            events.log().warning("audit.repaired", hint=hint)
            self.append(Act.REPAIRED, run_id, lost=lost)

    def _repair(self, expected: str) -> str:
        """Return the hash of a line that is lost; "" if there is none."""
        try:
            content = read_regular(self.path)
        except FileNotFoundError:
            if os.path.lexists(self.path):  # a link to nothing
                set_aside(self.path)
            return expected
        except OSError as error:
            if not isinstance(error, NotRegularError) and error.errno != errno.EFBIG:
                raise
            set_aside(self.path)
            return expected
        lines = _without_torn_line(self.path, content).splitlines()
        if lines and not any(map(_entry, lines)):
            set_aside(self.path)
            return expected or _hash(lines[-1])
        known = not expected or any(_hash(line) == expected for line in reversed(lines))
        return "" if known else expected

    def verify(self, expected: str) -> Fault | None:
        """
        Return the first fault of the chain; `expected` is the hash that `status.json` has, "" if it has none.

        Raises:
            OutputError: it cannot be read.

        """
        previous, known = "", not expected
        for number, line in enumerate(self._lines(), 1):
            entry = _entry(line)
            if entry is None:
                return Fault(number, "it is not a line of an audit")
            if entry.get("previous") != previous:
                return Fault(number, "it does not follow the line before, which was changed, or lines are missing")
            if entry.get("event") == Act.REPAIRED:
                return Fault(number, "before it, lines were lost or changed; a run noticed that and went on")
            previous = _hash(line)
            known = known or previous == expected
        if known:
            return None
        return Fault(0, "the line that status.json names is not in it: the last lines are missing or were changed")

    def _lines(self) -> list[bytes]:
        try:
            return read_regular(self.path).splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be read: {os_reason(error)}", "use the account under which the scheduled task runs"
            ) from None


_PUBLISHING = frozenset({Act.PUBLISHED, Act.APPROVED, Act.RESTORED})


def account() -> str:
    """Return the name of the account that runs this command, as the system knows it; its number if it has no name."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd  # noqa: PLC0415  (Windows has none)

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _append(path: Path, act: Act, run_id: str, facts: Mapping[str, object]) -> str:
    make_private(path.parent)
    make_way(path)
    previous = _last_hash(path)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"previous": previous, "at": now, "run_id": run_id, "event": act, **facts}
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")
    is_new = not os.path.lexists(path)
    with patiently(lambda: path.open("ab")) as file:
        length = file.tell()
        try:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.truncate(path, length)
            raise
    if is_new:
        flush_folder(path.parent)
    return _hash(line)


def _last_hash(path: Path) -> str:
    """Return the hash of the last line, after removing one that a crash has left incomplete."""
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return ""
    lines = _without_torn_line(path, content).splitlines()
    return _hash(lines[-1]) if lines else ""


def _without_torn_line(path: Path, content: bytes) -> bytes:
    """Remove a last line without an end from a file; return what is left."""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        with patiently(lambda: path.open("r+b")) as file:
            file.truncate(len(whole))
            os.fsync(file.fileno())
        events.log().warning("audit.repaired", hint="a line that a crash had left incomplete was removed")
    return whole


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _entry(line: bytes) -> dict[str, object] | None:
    """Return a line as it was written; None if it is not one."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and "previous" in entry else None


_COUNTS = ("users", "classes", "enrollments")
_MOST = 10**9
"""Rows, or generations, of which no line speaks unless it is damaged."""


def _history(entry: Mapping[str, object]) -> Entry | None:
    """Return what a line says; None if its time or its act cannot be read."""
    at, act = entry.get("at"), entry.get("event")
    try:
        time, known = datetime.fromisoformat(str(at)), Act(str(act))
    except ValueError:
        return None
    if time.tzinfo is None or not 2000 <= time.year < 9000:
        return None
    users, classes, enrollments = (_number(entry.get(name)) for name in _COUNTS)
    gates = entry.get("gates")
    return Entry(
        at=time,
        act=known,
        profile=str(entry.get("profile", "")),
        generation=_number(entry.get("generation")),
        counts=None if users is None or classes is None or enrollments is None else (users, classes, enrollments),
        gates=tuple(map(str, gates)) if isinstance(gates, list) else (),
        account=str(entry.get("account", "")),
        reason=str(entry.get("reason", "")),
    )


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _MOST else None
