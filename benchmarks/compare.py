"""
Compare two CSV sets as the safety gates do, and count what changes.

    python -m benchmarks.compare OLD NEW
"""

import sys
from pathlib import Path

from sdssync.safety.changes import Changes
from sdssync.safety.csv_set import read_set


def main(old: str, new: str) -> None:
    """Print how many rows of each kind are removed, and how many classes lose members."""
    changes = Changes(old=read_set(Path(old)), new=read_set(Path(new)))
    kinds = (changes.users, changes.classes, changes.enrollments)
    print(*(len(rows.removed) for rows in kinds), len(changes.members), len(changes.orphaned_classes))


if __name__ == "__main__":
    main(*sys.argv[1:])
