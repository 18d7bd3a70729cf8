"""Files of the state folder are damaged by hand, each in each way: no read may block, and the next runs go on."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.faults import Reference, explore, judge, names_of, sets_of, verify
from tests.support.forked import HUNG, forked, workers
from tests.support.needs import needs_fork
from tests.support.runs import Ran
from tests.support.scenarios import NEXT_RUN, SCENARIOS, fresh

pytestmark = [pytest.mark.slow, needs_fork]

SCENARIO = SCENARIOS["third publication"]
READERS = (
    ("profiles",),
    ("validate",),
    ("plan", "--today", "2026-09-01"),
    ("status",),
    ("history", "Seniors"),
    ("diff", "Seniors"),
    ("audit", "verify"),
)
"""Commands that read the state folder, as far as the program has them."""


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def empty(path: Path) -> None:
    """Leave nothing in a file."""
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    """Leave the first half of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def garble(path: Path) -> None:
    """Put a file without sense in place of a file or folder."""
    remove(path)
    path.write_bytes(bytes(range(256)) * 8)


def null(path: Path) -> None:
    """Write what a power failure leaves on some disks: the right length, and nothing else."""
    path.write_bytes(bytes(path.stat().st_size))


def replace_by_folder(path: Path) -> None:
    """Put a folder that is not empty in place of a file."""
    remove(path)
    (path / "something").mkdir(parents=True)


def replace_by_pipe(path: Path) -> None:
    """Put a pipe without a writer in place of a file or folder."""
    remove(path)
    os.mkfifo(path)


def replace_by_dangling_link(path: Path) -> None:
    """Put a link to nothing in place of a file or folder."""
    remove(path)
    path.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "gone": remove,
    "empty": empty,
    "truncated": truncate,
    "garbage": garble,
    "zeros": null,
    "a folder": replace_by_folder,
    "a pipe": replace_by_pipe,
    "a dangling link": replace_by_dangling_link,
}
QUICK = ("garbage", "a pipe")
"""Tried by `make test`; `make torture` tries all."""
OF_FOLDERS = ("gone", "garbage", "a pipe", "a dangling link")
OWN_CODES = {0, 1, 2, 3, 4, 6}


def state_of(base: Path) -> list[tuple[str, bool]]:
    """Return everything in the state folder after two runs, and whether it is a folder."""
    state = fresh(SCENARIO, base) / "state"
    return sorted((path.relative_to(state).as_posix(), path.is_dir()) for path in state.rglob("*"))


def damage(base: Path, place: str, kind: str, reference: Reference) -> tuple[str, list[str]]:
    """
    Damage a file, let every command meet it, and see that a run heals it or names it.

    Return what happened, and what is wrong.
    """
    folder = fresh(SCENARIO, base)
    path = folder / "state" / place
    DAMAGES[kind](path)
    wrong = []
    for line in READERS:
        ran = forked(*line, folder=folder)
        wrong += [f"{line[0]}: {violation}" for violation in judge(ran, OWN_CODES)]
        if ran.exit_code == HUNG:
            return "a command hangs", wrong
    first = forked(*NEXT_RUN, folder=folder)
    wrong += [f"first run: {violation}" for violation in judge(first, OWN_CODES)]
    if sets_of(folder) not in (reference.before, reference.after):
        wrong.append("first run: the set is neither the old nor the new one")
    second = forked(*NEXT_RUN, folder=folder)
    wrong += [f"second run: {violation}" for violation in judge(second, OWN_CODES)]
    happened = f"first run {first.exit_code}, second run {second.exit_code}"
    if not is_clean(second):
        happened += ", put right by hand"
        if path.name not in second.err:
            wrong.append(f"second run: exit code {second.exit_code}, and {path.name} is not named")
        put_back(path, base)
        last = forked(*NEXT_RUN, folder=folder)
        if not is_clean(last):
            wrong.append(f"after it was put right: exit code {last.exit_code}")
    if sets_of(folder) != reference.after:
        wrong.append("at last: the set is not the new one")
    if more := {name for name in names_of(folder) - reference.names if not is_set_aside(name, place)}:
        wrong.append(f"at last: {', '.join(sorted(more))}")
    return happened, wrong + verify(folder, {0, 1} if "audit" in place else {0})


def is_set_aside(name: str, place: str) -> bool:
    """Return whether a name is what was damaged: renamed, or part of a generation, which retention removes."""
    damaged = re.sub(r"[0-9]+", "#", f"state/{place}")
    return ".damaged-" in name or name.startswith(damaged)


def is_clean(ran: Ran) -> bool:
    """Return whether a run has done everything, and has nothing to say about files."""
    return ran.exit_code == 0 and '"level": "warning"' not in ran.err


def put_back(path: Path, base: Path) -> None:
    """Put back a file or folder as it was before it was damaged."""
    home = base / f"worker-{os.getpid()}"
    kept = home / f"{SCENARIO.name}.prepared" / path.relative_to(home / "school")
    if os.path.lexists(path):
        remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kept.is_dir():
        shutil.copytree(kept, path)
    else:
        shutil.copy2(kept, path)


@pytest.mark.parametrize(
    "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.torture) for kind in DAMAGES]
)
def test_each_file_of_the_state_folder_may_be_damaged(tmp_path: Path, kind: str) -> None:
    """A run goes on and replaces it, or names it with a documented code; never does a command wait for it."""
    with workers() as pool:
        reference = pool.submit(explore, SCENARIO.name, tmp_path, traced=False).result()
        places = pool.submit(state_of, tmp_path).result()
        tries = {
            place: pool.submit(damage, tmp_path, place, kind, reference)
            for place, is_folder in places
            if not is_folder or kind in OF_FOLDERS
        }
        found = {place: tried.result() for place, tried in tries.items()}

    for place, (happened, wrong) in found.items():
        sys.stdout.write(f"\n{place:<30}{kind:<16}{happened}" + "".join(f"\n    {each}" for each in wrong))
    assert {place: wrong for place, (_, wrong) in found.items() if wrong} == {}
