"""The files of a container: what was appended, and what a flush made visible."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digest:
    """A file of which only this is kept."""

    sha256: str
    length: int


class Draft:
    """One file from its creation on."""

    def __init__(self, *, etag: str, is_kept: bool) -> None:
        self.etag = etag
        self.is_unfinished = True
        self.visible: bytes | Digest | None = None
        self._joined = hashlib.sha256()
        self._length = 0
        self._bytes = bytearray()
        self._is_kept = is_kept
        self._is_overlapping = False
        self._waiting: dict[int, bytes] = {}

    def append(self, position: int, pieces: Iterable[bytes]) -> int:
        """Take the bytes at the position, all or none, and return their number; those in order pass piece by piece."""
        self.is_unfinished = True
        if position != self._length:
            return self._set_aside(position, b"".join(pieces))
        joined, kept, added = self._joined.copy(), bytearray(), 0
        for piece in pieces:
            joined.update(piece)
            added += len(piece)
            if self._is_kept:
                kept += piece
        self._joined = joined
        self._bytes += kept
        self._length += added
        if self._length in self._waiting:
            self.append(self._length, [self._waiting.pop(self._length)])
        return added

    def _set_aside(self, position: int, data: bytes) -> int:
        self._is_overlapping |= position < self._length or position in self._waiting
        self._waiting[position] = data
        return len(data)

    def flush(self, position: int, etag: str) -> bool:
        """Make the file visible, if the segments join from 0 to the position; return whether they do."""
        if self._is_overlapping or self._waiting or position != self._length:
            return False
        self.visible = bytes(self._bytes) if self._is_kept else Digest(self._joined.hexdigest(), self._length)
        self.is_unfinished = False
        self.etag = etag
        return True
