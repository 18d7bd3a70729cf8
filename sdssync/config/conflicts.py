"""Compare the profile files with each other: no two may have one name, or one output folder or one in the other."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from sdssync.config.mistakes import Mistake
from sdssync.config.profile_file import ProfileFile
from sdssync.files.names import same_name
from sdssync.files.paths import contains

_FEW = 10
"""Other files that a conflict names: a thousand may have one name."""


def compare(profile_files: Sequence[ProfileFile]) -> tuple[ProfileFile, ...]:
    """Return the files with the mistakes that result from comparing them: no two may have one name or one output."""
    others: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in (*_of_one_name(profile_files), *_of_nested_outputs(profile_files)):
        others[one].add(other)
        others[other].add(one)
    return tuple(
        file.with_mistakes(
            [mistake for other in sorted(others[index]) for mistake in _conflicts(file, profile_files[other])]
        )
        for index, file in enumerate(profile_files)
    )


def _of_one_name(files: Sequence[ProfileFile]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of files with one name, each with a few of the others."""
    met: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=_FEW))
    for index, file in enumerate(files):
        yield from ((index, other) for other in met[same_name(file.name)])
        met[same_name(file.name)].append(index)


def _of_nested_outputs(files: Sequence[ProfileFile]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of files with one output, or one inside the other, each with a few of those around it."""
    around: list[int] = []
    for index in sorted(range(len(files)), key=lambda index: files[index].claim):  # a folder precedes what is in it
        while around and not contains(files[around[-1]].claim, files[index].claim):
            around.pop()
        yield from ((index, other) for other in around[-_FEW:])
        if files[index].claim:
            around.append(index)


def _conflicts(one: ProfileFile, other: ProfileFile) -> Iterator[Mistake]:
    """Yield the mistakes of one file that come from another: the same name, the same output or one inside the other."""
    if same_name(one.name) == same_name(other.name):
        yield Mistake("name", f"expected a name of its own, found that of {other.displayed}")
    if not one.claim or not other.claim:
        return
    if one.claim == other.claim:
        yield Mistake("output", f"expected a folder of its own, found the output of {other.displayed}")
    elif contains(one.claim, other.claim):
        yield Mistake(
            "output", f"expected a folder of its own, found one that contains the output of {other.displayed}"
        )
    elif contains(other.claim, one.claim):
        yield Mistake("output", f"expected a folder of its own, found one inside the output of {other.displayed}")
