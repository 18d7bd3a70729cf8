"""Only regular files are read; anything else is named, and never waited for."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sdssync.files.regular import NotRegularError, open_regular, read_regular, read_start
from tests.support.needs import needs_fifo, needs_proc, needs_root, needs_symlinks


def test_a_file(tmp_path: Path) -> None:
    """A file is read to its end, unless it is too large, or as far as is asked for."""
    file = tmp_path / "file"
    file.write_bytes(b"abc\r\n")

    assert (read_regular(file, most=5), read_start(file, 2), read_start(file, 6)) == (b"abc\r\n", b"ab", b"abc\r\n")
    with pytest.raises(OSError, match="it has more than 4 bytes"):
        read_regular(file, most=4)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        pytest.param(Path.mkdir, "a folder", id="folder"),
        pytest.param(lambda path: os.mkfifo(path), "a pipe", id="pipe", marks=needs_fifo),  # noqa: PLW0108  (Windows has no mkfifo)
        pytest.param(
            lambda path: path.symlink_to("/dev/zero"), "a device", id="a link to a device", marks=needs_symlinks
        ),
    ],
)
@pytest.mark.parametrize("read", [read_regular, open_regular])
def test_anything_else(tmp_path: Path, read: Callable[[Path], object], make: Callable[[Path], None], what: str) -> None:
    """A pipe would wait for a writer, a device may never end."""
    make(tmp_path / "name")

    with pytest.raises(NotRegularError, match=rf"it is {what}, and a file is expected") as refused:
        read(tmp_path / "name")

    assert refused.value.what == what


def test_nothing(tmp_path: Path) -> None:
    """What does not exist is an error of its own."""
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nothing")


@needs_root
@needs_proc
def test_a_file_that_gives_nothing_at_this_moment(tmp_path: Path) -> None:
    """A file of the system that would be waited for is an error."""
    (tmp_path / "file").symlink_to("/proc/kmsg")
    with suppress(BlockingIOError):  # what the kernel has said so far
        log = os.open("/proc/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        while os.read(log, 65_536):
            pass

    with pytest.raises(OSError, match="Resource temporarily unavailable"):
        read_regular(tmp_path / "file")
