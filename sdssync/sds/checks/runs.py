"""
Find keys that appear twice where the rows of a group follow each other: the users of a class in enrollments.csv.

A key begins with its group. Only the keys of the present group are kept, so memory follows the largest class.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import compress, count, islice
from operator import itemgetter, ne


class Runs:
    """The keys of a file, run by run."""

    def __init__(self) -> None:
        self.suspects: set[int] = set()
        """The hashes of keys that appear twice."""
        self._group: str | None = None
        self._keys: set[tuple[str, ...]] = set()
        self._closed: set[str] = set()

    def take(self, keys: Sequence[tuple[str, ...]]) -> bool:
        """
        Note the keys of a block.

        Return False if a group comes back after others: then its keys cannot be compared here.
        """
        if not keys:
            return True
        groups = list(map(itemgetter(0), keys))
        starts = [0, *compress(count(1), map(ne, groups, islice(groups, 1, None)))]
        for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
            group = groups[start]
            if group != self._group:
                if group in self._closed:
                    return False
                self._closed.add(group)
                self._group, self._keys = group, set()
            self._take_run(keys[start:end])
        return True

    def _take_run(self, run: Sequence[tuple[str, ...]]) -> None:
        """Note keys of the present group."""
        distinct = set(run)
        if len(distinct) < len(run):
            self.suspects.update(hash(key) for key, times in Counter(run).items() if times > 1)
        if not self._keys.isdisjoint(distinct):
            self.suspects.update(map(hash, self._keys & distinct))
        self._keys |= distinct
