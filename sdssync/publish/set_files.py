"""The files of a CSV set by name, digest and rows: two sets are the same if these are."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sdssync.files.regular import open_regular
from sdssync.sds.schema import CLASSES, ENROLLMENTS, USERS

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFile:
    """A file of a set."""

    name: str
    sha256: str
    rows: int
    """After the header."""


@dataclass(frozen=True, slots=True)
class SetFiles:
    """The files of a set, by name."""

    files: tuple[SetFile, ...]

    @property
    def digest(self) -> str:
        """Return one SHA-256 for all files."""
        text = "".join(f"{file.name} {file.sha256}\n" for file in self.files)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names, sorted."""
        return tuple(file.name for file in self.files)

    @property
    def users(self) -> int:
        """Return how many rows `users.csv` has."""
        return self._rows(USERS)

    @property
    def classes(self) -> int:
        """Return how many rows `classes.csv` has."""
        return self._rows(CLASSES)

    @property
    def enrollments(self) -> int:
        """Return how many rows `enrollments.csv` has."""
        return self._rows(ENROLLMENTS)

    def _rows(self, name: str) -> int:
        return sum(file.rows for file in self.files if file.name == name)


def survey_set(folder: Path) -> SetFiles:
    """
    Read the files of a folder and return what they are.

    Raises:
        OSError: one cannot be read.

    """
    return SetFiles(tuple(_survey(path) for path in sorted(folder.iterdir()) if path.suffix == ".csv"))


def _survey(path: Path) -> SetFile:
    digest = hashlib.sha256()
    line_ends, has_quotes = 0, False
    for block in _blocks(path):
        digest.update(block)
        line_ends += block.count(b"\n")
        has_quotes = has_quotes or b'"' in block
    rows = _count(path) if has_quotes else line_ends
    return SetFile(name=path.name, sha256=digest.hexdigest(), rows=max(rows - 1, 0))


def _blocks(path: Path) -> Iterator[bytes]:
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            yield block


def _count(path: Path) -> int:
    """Count the lines of a file with quotes, which may hold line breaks."""
    with io.TextIOWrapper(open_regular(path), encoding="utf-8", errors="replace", newline="") as file:
        try:
            return sum(1 for _ in csv.reader(file))
        except csv.Error:
            return 0
