"""Files about people: where they may be, what they may replace, and who can read them."""

import stat
from pathlib import Path

import pytest

from sdssync.errors import ConfigError, OutputError
from sdssync.publish.private_file import PrivateFile
from tests.support.needs import needs_dev_full, needs_modes, needs_posix_paths, needs_symlinks

MARK = b"<!-- a page -->"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "SDS" / "CSV"
    folder.mkdir(parents=True)
    return folder


def test_it_is_written_and_leaves_nothing_else(tmp_path: Path, output: Path) -> None:
    file = PrivateFile(path=tmp_path / "page.html")
    file.check([output])
    file.write(b"people")
    assert file.path.read_bytes() == b"people"
    assert {entry.name for entry in tmp_path.iterdir()} == {"SDS", "page.html"}


def test_a_former_one_of_its_kind_is_replaced(tmp_path: Path) -> None:
    file = PrivateFile(path=tmp_path / "page.html", mark=MARK)
    file.path.write_bytes(MARK + b"yesterday")
    file.check([])
    file.write(MARK + b"today")
    assert file.path.read_bytes() == MARK + b"today"


@needs_modes
@pytest.mark.parametrize("former", [None, 0o644])
def test_its_owner_alone_can_read_it(tmp_path: Path, former: int | None) -> None:
    file = PrivateFile(path=tmp_path / "page.html", mark=MARK)
    if former is not None:
        file.path.write_bytes(MARK)
        file.path.chmod(former)
    file.write(MARK)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("inside", ["page.html", "deep/page.html", "../CSV/page.html", "../csv./page.html"])
def test_it_is_in_no_folder_of_ours(output: Path, inside: str) -> None:
    (output / "deep").mkdir()
    with pytest.raises(ConfigError, match="which sdssync uses itself"):
        PrivateFile(path=output / inside).check([output])


@needs_symlinks
def test_a_link_does_not_lead_into_a_folder_of_ours(tmp_path: Path, output: Path) -> None:
    (tmp_path / "way").symlink_to(output)
    (tmp_path / "link.html").symlink_to(output / "page.html")
    for path in (tmp_path / "way" / "page.html", tmp_path / "link.html"):
        with pytest.raises(ConfigError, match="which sdssync uses itself"):
            PrivateFile(path=path, mark=MARK).check([output])


@pytest.mark.parametrize("mark", [None, MARK])
@pytest.mark.parametrize("content", [b"", b"a letter", b" " * 5_000 + MARK])
def test_no_other_file_is_replaced(tmp_path: Path, mark: bytes | None, content: bytes) -> None:
    file = PrivateFile(path=tmp_path / "letter.html", mark=mark)
    file.path.write_bytes(content)
    with pytest.raises(ConfigError, match="exists already"):
        file.check([])
    with pytest.raises(ConfigError, match="exists already"):
        file.write(b"people")
    assert file.path.read_bytes() == content


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder") as error:
        PrivateFile(path=tmp_path).check([])
    assert error.value.hint == "name a file"


def test_its_folder_has_to_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is in a folder that does not exist") as error:
        PrivateFile(path=tmp_path / "none" / "page.html").check([])
    assert error.value.hint == f"make the folder {tmp_path / 'none'}"


@needs_posix_paths
def test_a_windows_path_is_none_of_this_system() -> None:
    with pytest.raises(ConfigError, match="is a Windows path"):
        PrivateFile(path=Path(r"C:\page.html")).check([])


def test_a_name_that_no_file_can_have_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be a file"):
        PrivateFile(path=tmp_path / "page\t.html").check([])


def test_a_folder_that_goes_in_the_meantime_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "Reports"
    folder.mkdir()
    file = PrivateFile(path=folder / "page.html")
    file.check([])
    folder.rmdir()
    with pytest.raises(OutputError, match=r"--output .*page\.html cannot be written"):
        file.write(b"people")


@needs_dev_full
def test_a_device_is_no_file() -> None:
    with pytest.raises(ConfigError, match="is a device"):
        PrivateFile(path=Path("/dev/full"), mark=MARK).check([])
