"""A small disk, folders that may not be written, limits on files, many runs at once: the set is whole, always."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.faults import Reference, check, explore, judge
from tests.support.forked import NO_ONE, forked, workers
from tests.support.needs import IS_ROOT, needs_fork, needs_limits, needs_mounts
from tests.support.processes import SECONDS, process, started
from tests.support.runs import Ran
from tests.support.scenarios import NEXT_RUN, SCENARIOS, fresh

if sys.platform != "win32":
    import resource

pytestmark = [pytest.mark.slow, needs_fork]

PUBLICATION = SCENARIOS["publication"]
FIRST = SCENARIOS["first publication"]
FULL = {0, 6}
"""Codes of a run that meets the limit in time, or does not meet it."""

Outcome = tuple[int, list[str]]
"""An exit code, and what is wrong."""


def outcome(folder: Path, ran: Ran, reference: Reference, codes: set[int], user: int | None = None) -> Outcome:
    """Judge a run and the next one, which has no limit."""
    return ran.exit_code, [*judge(ran, codes), *check(folder, ran, reference, user=user)]


def assert_whole(found: dict[str, Outcome], *codes: int) -> None:
    """Print which limit gave which code; nothing may be wrong, and each of these codes must have come up."""
    ended = Counter(code for code, _ in found.values())
    sys.stdout.write(
        f"\n{len(found)} limits: " + ", ".join(f"exit code {code}: {n}" for code, n in sorted(ended.items()))
    )
    assert {limit: wrong for limit, (_, wrong) in found.items() if wrong} == {}
    assert set(codes) <= set(ended)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put what is in a folder on a disk of its own, with one megabyte and 100 files."""
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(folder, aside, dirs_exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=100", "tmpfs", folder], check=True)
        try:
            shutil.copytree(aside, folder, dirs_exist_ok=True)
            yield
        finally:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def filled(folder: Path, blocks: int | None, files: int | None) -> Iterator[None]:
    """Fill the disk until so many blocks, or so many files, are left."""
    filler = folder / "filler"
    filler.mkdir()
    free = os.statvfs(folder)
    if blocks is not None:
        (filler / "blocks").write_bytes(bytes(free.f_frsize * max(0, free.f_bavail - blocks)))
    if files is not None:
        for number in range(max(0, free.f_favail - files)):
            (filler / str(number)).touch()
    yield
    shutil.rmtree(filler)


def on_small_disk(name: str, base: Path, blocks: int | None, files: int | None, reference: Reference) -> Outcome:
    """Run on a disk that is nearly full, then on one with room."""
    folder = fresh(SCENARIOS[name], base)
    with small_disk(folder):
        with filled(folder, blocks, files):
            ran = forked(*NEXT_RUN, folder=folder)
        return outcome(folder, ran, reference, FULL)


@needs_mounts
@pytest.mark.parametrize("name", [PUBLICATION.name, FIRST.name])
def test_a_full_disk(tmp_path: Path, name: str) -> None:
    """However few blocks or files the disk has left."""
    with workers() as pool:
        reference = pool.submit(explore, name, tmp_path, traced=False).result()
        limits: list[tuple[int | None, int | None]] = [(blocks, None) for blocks in range(16)]
        limits += [(None, files) for files in range(16)]
        tries = {
            (blocks, files): pool.submit(on_small_disk, name, tmp_path, blocks, files, reference)
            for blocks, files in limits
        }
        found = {f"{blocks} blocks, {files} files": tried.result() for (blocks, files), tried in tries.items()}

    assert_whole(found, 0, 6)


def with_large_files_forbidden(base: Path, size: int, reference: Reference) -> Outcome:
    """Run with a limit on the size of files, then without one."""
    folder = fresh(PUBLICATION, base)
    ran = forked(*NEXT_RUN, folder=folder, limits={resource.RLIMIT_FSIZE: size})
    return outcome(folder, ran, reference, FULL)


@needs_limits
def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """Wherever in a file the limit is met."""
    sizes = (0, 1, 40, 46, 47, 100, 200, 300, 389, 390, 500, 700, 900, 958, 959, 2000)
    with workers() as pool:
        reference = pool.submit(explore, PUBLICATION.name, tmp_path, traced=False).result()
        tries = {size: pool.submit(with_large_files_forbidden, tmp_path, size, reference) for size in sizes}
        found = {f"{size} bytes": tried.result() for size, tried in tries.items()}

    assert_whole(found, 0, 6)


def with_few_open_files(base: Path, number: int, reference: Reference) -> Outcome:
    """Start a process that may have few files open, then one without a limit."""
    folder = fresh(PUBLICATION, base)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))

    if process("--version", folder=folder, preexec_fn=limit).exit_code:
        return -1, []  # too few for Python itself
    return outcome(folder, process(*NEXT_RUN, folder=folder, preexec_fn=limit), reference, FULL)


@needs_limits
def test_a_limit_on_the_number_of_open_files(tmp_path: Path) -> None:
    """From as few as Python itself can start with."""
    with workers() as pool:
        reference = pool.submit(explore, PUBLICATION.name, tmp_path, traced=False).result()
        tries = {number: pool.submit(with_few_open_files, tmp_path, number, reference) for number in range(4, 16)}
        found = {f"{number} open files": tried.result() for number, tried in tries.items()}

    assert_whole(found, 0, 6)


def twenty_at_once(base: Path, reference: Reference) -> list[Outcome]:
    """Start twenty processes, and see how each ends; then a last one."""
    folder = fresh(PUBLICATION, base)
    with ExitStack() as stack:
        running = [stack.enter_context(started(*NEXT_RUN, folder=folder)) for _ in range(20)]
        ended = [(each, *each.communicate(timeout=SECONDS * 2)) for each in running]
    runs = [Ran(exit_code=each.returncode, out=out.decode(), err=err.decode()) for each, out, err in ended]
    winner = next(ran for ran in runs if ran.exit_code == 0)
    return [*((ran.exit_code, judge(ran, {0, 5})) for ran in runs), outcome(folder, winner, reference, {0})]


def test_twenty_processes_at_once(tmp_path: Path) -> None:
    """One has the lock; the others end with 5, or have it later."""
    with workers(1) as pool:
        reference = pool.submit(explore, PUBLICATION.name, tmp_path, traced=False).result()
        ended = pool.submit(twenty_at_once, tmp_path, reference).result()

    assert_whole({f"process {number}": each for number, each in enumerate(ended)}, 0, 5)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an account without rights can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def places(base: Path) -> list[str]:
    """Return the folders and files of an installation with a published set."""
    folder = fresh(PUBLICATION, base)
    return [".", *sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))]


def with_mode(base: Path, place: str, mode: int, reference: Reference) -> Outcome:
    """Run as an account without rights where something may not be written, or not even read; then where it may."""
    folder = fresh(PUBLICATION, base)
    user = NO_ONE if IS_ROOT else None
    if IS_ROOT:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NO_ONE, NO_ONE)
    path = folder / place
    before = path.stat().st_mode
    is_folder = path.is_dir()
    path.chmod(mode | (mode >> 2 if is_folder else 0))
    ran = forked(*NEXT_RUN, folder=folder, user=user)
    if path.exists():
        path.chmod(before)
    return outcome(folder, ran, reference, FULL | {2, 3}, user)


@pytest.mark.parametrize("mode", [0o444, 0], ids=["read-only", "forbidden"])
def test_an_account_without_rights(open_folder: Path, mode: int) -> None:
    """Whichever folder or file it may not write, or not read."""
    with workers() as pool:
        reference = pool.submit(explore, PUBLICATION.name, open_folder, traced=False).result()
        tried = pool.submit(places, open_folder).result()
        tries = {place: pool.submit(with_mode, open_folder, place, mode, reference) for place in tried}
        found = {place: tried.result() for place, tried in tries.items()}

    assert_whole(found, 6)
