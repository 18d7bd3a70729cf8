"""
Try a zip that `packaging/build.py` has made: its size, the demo, the tests of the program, and how fast it starts.

Run it with a Python for Windows that has the dependency group `dev`: `python packaging/trial.py dist/NAME.zip`.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 7
# A Python that keeps no bytecode compiles sdssync anew at each start, which an installed one does not.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def show_size(archive: Path, program: Path) -> None:
    """Print the size of the zip and of the unpacked folder."""
    files = [file for file in program.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    print(f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB; unpacked {size / 1e6:.1f} MB, {len(files)} files")


def run_demo(program: Path, folder: Path) -> None:
    """Run the demo in a folder that has nothing else, twice: every set is published, then unchanged."""
    shutil.copytree(program / "demo", folder)
    for outcome in ("published", "unchanged"):
        line = [str(program / "sdssync.exe"), "run-all", "--today", "2026-09-01"]
        done = subprocess.run(line, cwd=folder, capture_output=True, check=False, encoding="utf-8")
        rows = done.stdout.splitlines()[2:6]
        print(*rows, f"exit code {done.returncode}", sep="\n")
        if done.returncode or not all(outcome in row for row in rows[1:]):
            sys.exit(done.stdout + done.stderr)


def run_tests(program: Path) -> None:
    """Run the tests of the program."""
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/windows/test_program.py"]
    environment = {**os.environ, "SDSSYNC_PROGRAM": str(program / "sdssync.exe")}
    subprocess.run(line, cwd=ROOT, env=environment, check=True)


def seconds(line: Sequence[str]) -> float:
    """Return how long a command takes, from its start to its end."""
    begun = time.perf_counter()
    subprocess.run(line, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True)
    return time.perf_counter() - begun


def show_start(program: Path) -> None:
    """Print how long the program and `python -m sdssync` take to show their version: by turns, the median of each."""
    lines = {"sdssync.exe": [str(program / "sdssync.exe")], "python -m sdssync": [sys.executable, "-m", "sdssync"]}
    times: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(ROUNDS + 1):
        for name, line in lines.items():
            times[name].append(seconds([*line, "--version"]))
    exe, python = (statistics.median(taken[1:]) for taken in times.values())  # the first round warms up
    print(f"start: sdssync.exe {exe:.2f} s, python -m sdssync {python:.2f} s, that is {exe / python:.2f} times as long")


def main(archive: Path) -> None:
    """Unpack the zip and try what is in it."""
    with tempfile.TemporaryDirectory() as temporary:
        shutil.unpack_archive(archive, temporary)
        program = Path(temporary) / "sdssync"
        show_size(archive, program)
        run_demo(program, Path(temporary) / "demo")
        run_tests(program)
        show_start(program)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
