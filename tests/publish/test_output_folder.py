"""What may be at an output folder: nothing, or a folder with SDS files; everything else is named and left alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdssync.errors import OutputError
from sdssync.publish.output_folder import SDS_FILES, check_folder
from tests.support.needs import needs_any_file_name, needs_fifo, needs_linux_texts, needs_proc, needs_symlinks


def make_set(output: Path, *names: str) -> Path:
    output.mkdir(parents=True)
    for name in names or SDS_FILES:
        (output / name).write_bytes(b"sourcedId\r\n")
    return output


def snapshot(place: Path) -> list[tuple[str, int, int]]:
    entries = [place, *place.rglob("*")]
    return sorted((str(path), path.lstat().st_mode, path.lstat().st_mtime_ns) for path in entries)


def refusal(output: Path) -> str:
    with pytest.raises(OutputError) as raised:
        check_folder(output)
    return raised.value.message.removeprefix(f"output {output}: ")


def nothing(output: Path) -> None:
    assert not output.exists()


def whole(output: Path) -> None:
    make_set(output)


def parent_is_link(output: Path) -> None:
    elsewhere = output.parent.with_name("elsewhere")
    elsewhere.mkdir()
    output.parent.symlink_to(elsewhere)
    make_set(output, "users.csv")


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(nothing, id="nothing there yet"),
        pytest.param(Path.mkdir, id="empty folder"),
        pytest.param(whole, id="every SDS file"),
        pytest.param(parent_is_link, id="a link among the parents", marks=needs_symlinks),
    ],
)
def test_a_folder_of_ours_is_let_through(tmp_path: Path, arrange: Callable[[Path], None]) -> None:
    """Nothing, an empty folder and SDS files are what a run may replace; looking changes nothing."""
    output = tmp_path / "csv" / "Seniors"
    if arrange is not parent_is_link:
        output.parent.mkdir()
    arrange(output)
    before = snapshot(tmp_path)

    check_folder(output)

    assert snapshot(tmp_path) == before


def link(output: Path) -> None:
    output.symlink_to(make_set(output.with_name("target")))


def dangling_link(output: Path) -> None:
    output.symlink_to("nowhere")


def fifo_inside(output: Path) -> None:
    os.mkfifo(make_set(output, "orgs.csv") / "users.csv")


def link_inside(output: Path) -> None:
    (make_set(output, "orgs.csv") / "users.csv").symlink_to("orgs.csv")


def folder_inside(output: Path) -> None:
    (make_set(output, "orgs.csv") / "users.csv").mkdir()


def holding(*names: str) -> Callable[[Path], None]:
    def arrange(output: Path) -> None:
        make_set(output, "users.csv", *names)

    return arrange


MORE = "it holds more than the files of an SDS set: "


@pytest.mark.parametrize(
    ("arrange", "message"),
    [
        pytest.param(link, "it is a link, and a folder is expected", id="link", marks=needs_symlinks),
        pytest.param(dangling_link, "it is a link, and a folder is expected", id="dangling link", marks=needs_symlinks),
        pytest.param(Path.touch, "it is a file, and a folder is expected", id="file"),
        pytest.param(holding("notes.txt"), f"{MORE}file notes.txt", id="another file"),
        pytest.param(holding("Classes.csv"), f"{MORE}file Classes.csv", id="an SDS name in another case"),
        pytest.param(holding(".users.csv"), f"{MORE}file .users.csv", id="hidden file"),
        pytest.param(folder_inside, f"{MORE}folder users.csv", id="folder with an SDS name"),
        pytest.param(link_inside, f"{MORE}link users.csv", id="link with an SDS name", marks=needs_symlinks),
        pytest.param(fifo_inside, f"{MORE}special file users.csv", id="pipe with an SDS name", marks=needs_fifo),
        pytest.param(
            holding("a", "b", "c", "d", "e"), f"{MORE}file a, file b, file c and 2 more", id="three are named at most"
        ),
        pytest.param(holding("n" * 60), f"{MORE}file {'n' * 40}…", id="a long name is cut"),
        pytest.param(holding("ann@school.example"), f"{MORE}file (a name with @)", id="an address is not shown"),
        pytest.param(
            holding("two\nlines"),
            f"{MORE}file two\N{REPLACEMENT CHARACTER}lines",
            id="line break",
            marks=needs_any_file_name,
        ),
    ],
)
def test_what_is_not_ours_is_named_and_left_alone(
    tmp_path: Path, arrange: Callable[[Path], None], message: str
) -> None:
    """What only the disk shows is an output error that names it; nothing is touched."""
    output = tmp_path / "Seniors"
    arrange(output)
    before = snapshot(tmp_path)

    assert refusal(output) == message
    assert snapshot(tmp_path) == before


@needs_proc
def test_a_mount_point_is_refused() -> None:
    """A mount point cannot be swapped; the one that every Linux has is refused as such."""
    assert refusal(Path("/proc")) == "it is a mount point, and a folder in a file system is expected"


@needs_linux_texts
def test_a_path_that_cannot_be_looked_at_is_an_output_error(tmp_path: Path) -> None:
    """What is there cannot be seen, so it is not ours to replace."""
    under_a_file = tmp_path / "file" / "Seniors"
    (tmp_path / "file").touch()

    assert refusal(under_a_file) == "it cannot be read: Not a directory"


def test_guards_need_nothing_heavy() -> None:
    """Publishing starts without the libraries of settings and download."""
    heavy = ["pydantic", "lxml", "requests", "click", "structlog"]
    code = f"import sys, sdssync.publish.staging; sys.exit(str([m for m in {heavy} if m in sys.modules] or ''))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == ""
