"""
Build sdssync.exe and pack it into `dist/sdssync-VERSION-windows.zip`, for a server without Python.

Run it with a Python for Windows that has sdssync and the dependency group `package`: `python packaging/build.py`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "packaging" / "sdssync.spec"
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs")
DEMO = ("sdssync.toml", "profiles.d", "fixtures/isams/hartley.xml")


def build(folder: Path) -> Path:
    """Let PyInstaller make the folder `sdssync` with the program and what it needs; return it."""
    options = ["--noconfirm", "--log-level", "ERROR", "--workpath", folder / "work", "--distpath", folder / "made"]
    subprocess.run([sys.executable, "-m", "PyInstaller", *map(str, options), str(SPEC)], check=True)
    return folder / "made" / "sdssync"


def version(program: Path) -> str:
    """Ask the program for its version, which also shows that it starts."""
    line = [str(program / "sdssync.exe"), "--version"]
    return subprocess.run(line, capture_output=True, check=True, text=True).stdout.split()[1]


def add(names: tuple[str, ...], target: Path) -> None:
    """Copy files and folders of the checkout under the same names."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        else:
            shutil.copy(ROOT / name, target / name)


def main() -> None:
    """Build, add the pages and the demo, and pack the folder."""
    with tempfile.TemporaryDirectory() as temporary:
        program = build(Path(temporary))
        name = ROOT / "dist" / f"sdssync-{version(program)}-windows"
        add(DOCUMENTS, program)
        add(DEMO, program / "demo")
        print(shutil.make_archive(str(name), "zip", program.parent, program.name))


if __name__ == "__main__":
    main()
