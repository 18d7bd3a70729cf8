"""Files are written whole or not at all, and a new one never replaces another."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdssync.files import atomic
from tests.support.needs import needs_modes, needs_symlinks


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("write", [atomic.write, atomic.write_new], ids=["write", "write_new"])
def test_content_is_written_as_it_is(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    """The bytes are those that were given, and no temporary file stays."""
    write(tmp_path / "record", b"a\r\nb\0")

    assert (tmp_path / "record").read_bytes() == b"a\r\nb\0"
    assert names(tmp_path) == ["record"]


@needs_modes
def test_a_new_file_has_no_more_rights_than_asked_for(tmp_path: Path) -> None:
    """A file for its owner alone is one from the beginning, whatever the mask."""
    mask = os.umask(0)
    try:
        atomic.write_new(tmp_path / "key", b"k", 0o600)
    finally:
        os.umask(mask)

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_write_replaces_a_file(tmp_path: Path) -> None:
    """A reader of the former file keeps what it opened; the name has the new content."""
    (tmp_path / "record").write_bytes(b"former")

    with (tmp_path / "record").open("rb") as reader:
        if sys.platform != "win32":
            atomic.write(tmp_path / "record", b"new")
            assert reader.read() == b"former"
    atomic.write(tmp_path / "record", b"new")

    assert (tmp_path / "record").read_bytes() == b"new"


def taken(path: Path, what: str) -> None:
    """Put something under a name."""
    if what == "folder":
        path.mkdir()
    elif what == "link":
        path.symlink_to("nowhere")
    else:
        path.write_bytes(b"former")


@pytest.mark.parametrize("what", ["file", "folder", pytest.param("link", marks=needs_symlinks)])
def test_write_new_never_replaces(tmp_path: Path, what: str) -> None:
    """Whatever has the name keeps it, and no temporary file stays."""
    taken(tmp_path / "settings", what)
    before = (tmp_path / "settings").lstat()

    with pytest.raises(FileExistsError):
        atomic.write_new(tmp_path / "settings", b"new")

    assert (tmp_path / "settings").lstat() == before
    assert names(tmp_path) == ["settings"]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """Without a folder there is an error of the system, and nothing is written."""
    (tmp_path / "folder").write_bytes(b"")

    with pytest.raises(OSError, match="directory"):
        atomic.write(tmp_path / "folder" / "record", b"x")


def test_a_temporary_file_of_an_interrupted_run_is_replaced(tmp_path: Path) -> None:
    """It does no harm, and a link in its place is not followed."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"victim")
    if os.name == "posix":
        atomic.temporary(tmp_path / "record").symlink_to(victim)
    else:
        atomic.temporary(tmp_path / "record").write_bytes(b"half")

    atomic.write(tmp_path / "record", b"new")

    assert (victim.read_bytes(), (tmp_path / "record").read_bytes()) == (b"victim", b"new")
    assert names(tmp_path) == ["record", "victim"]


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """A file cannot replace a folder; the folder stays and no temporary file does."""
    (tmp_path / "record").mkdir()

    with pytest.raises(OSError, match=r"directory|denied|refused"):
        atomic.write(tmp_path / "record", b"new")

    assert stat.S_ISDIR((tmp_path / "record").stat().st_mode)
    assert names(tmp_path) == ["record"]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_left_stops_nothing(tmp_path: Path, what: str) -> None:
    """Under the temporary name may be anything that an interrupted run, or a person, has left."""
    taken(atomic.temporary(tmp_path / "record"), what)

    atomic.write(tmp_path / "record", b"new")

    assert (tmp_path / "record").read_bytes() == b"new"
    assert names(tmp_path) == ["record"] if what == "file" else [".record.new", "record"]


def test_without_any_temporary_name(tmp_path: Path) -> None:
    """If nothing can be written the former file stays, and the error says what is in the way."""
    (tmp_path / "record").write_bytes(b"former")
    for name in (".record.new", ".record.new2"):
        (tmp_path / name).mkdir()

    with pytest.raises(OSError, match=r"\.record\.new is in the way and cannot be removed"):
        atomic.write(tmp_path / "record", b"new")

    assert (tmp_path / "record").read_bytes() == b"former"
