"""Several files are replaced together or not at all, also when the process dies at any rename."""

import os
import stat
from pathlib import Path

import pytest

from sdssync.files.together import ChangedSinceError, complete, is_unfinished, write_together
from tests.support.needs import needs_modes, needs_root, needs_symlinks


def prepared(folder: Path) -> tuple[Path, dict[Path, tuple[bytes, bytes]]]:
    """Write three old files; return a journal and their new contents."""
    files = [folder / f"{name}.toml" for name in "abc"]
    for file in files:
        file.write_bytes(b"old")
    return folder / "journal.json", dict.fromkeys(files, (b"old", b"new"))


def names(folder: Path) -> list[str]:
    """List the folder."""
    return sorted(path.name for path in folder.iterdir())


def test_all_files_get_their_content(tmp_path: Path) -> None:
    """Every file is new, and nothing else is left."""
    journal, contents = prepared(tmp_path)

    write_together(journal, contents)

    assert {file.read_bytes() for file in contents} == {b"new"}
    assert names(tmp_path) == ["a.toml", "b.toml", "c.toml"]


def test_a_missing_file_changes_nothing(tmp_path: Path) -> None:
    """If one of them cannot be written, none has changed, and nothing is left."""
    journal, contents = prepared(tmp_path)

    with pytest.raises(FileNotFoundError):
        write_together(journal, {**contents, tmp_path / "d.toml": (b"old", b"new")})

    assert {file.read_bytes() for file in contents} == {b"old"}
    assert names(tmp_path) == ["a.toml", "b.toml", "c.toml"]


def interrupted(folder: Path) -> tuple[Path, dict[Path, tuple[bytes, bytes]]]:
    """Leave what a crash after the journal and one rename leaves: the next file is gone, so the second one fails."""
    journal, contents = prepared(folder)
    (folder / ".b.toml.next").mkdir()
    (folder / ".b.toml.next" / "in the way").touch()
    with pytest.raises(OSError, match=r"b\.toml"):
        write_together(journal, contents)
    return journal, contents


def test_a_file_in_the_way_changes_nothing(tmp_path: Path) -> None:
    """What has the name of a new file and cannot be replaced prevents the change as a whole."""
    journal, contents = interrupted(tmp_path)

    assert not is_unfinished(journal)
    assert {file.read_bytes() for file in contents} == {b"old"}


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"file": "a"}]', b"\xff"])
def test_a_damaged_journal(tmp_path: Path, content: bytes) -> None:
    """A journal that cannot be read is an error of the disk, and nothing is touched."""
    journal, contents = prepared(tmp_path)
    journal.write_bytes(content)

    if content == b"{}":
        assert complete(journal) == ()
        return
    with pytest.raises(OSError, match="it is damaged"):
        complete(journal)

    assert {file.read_bytes() for file in contents} == {b"old"}


def test_a_file_that_was_changed_since(tmp_path: Path) -> None:
    """A file that is neither the old nor the new one is not overwritten, and no other is then."""
    journal, contents = prepared(tmp_path)
    write_together(journal, contents)
    files = list(contents)
    digest = "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"  # of "new"
    entries = [f'{{"file": "{file.as_posix()}", "before": "x", "after": "{digest}"}}' for file in files]
    journal.write_text(f"[{','.join(entries)}]", encoding="utf-8")
    files[1].write_bytes(b"by hand")

    with pytest.raises(ChangedSinceError) as raised:
        complete(journal)

    assert raised.value.file == files[1]
    assert files[1].read_bytes() == b"by hand"


def test_a_file_that_changes_at_this_moment(tmp_path: Path) -> None:
    """A file that is not the one from which the new content was made is not replaced, and no other is."""
    journal, contents = prepared(tmp_path)
    (tmp_path / "c.toml").write_bytes(b"by hand")

    with pytest.raises(ChangedSinceError):
        write_together(journal, contents)

    assert [file.read_bytes() for file in contents] == [b"old", b"old", b"by hand"]
    assert names(tmp_path) == ["a.toml", "b.toml", "c.toml"]


@needs_modes
def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    """The service that reads it can still read it, and no one else."""
    journal, contents = prepared(tmp_path)
    file = next(iter(contents))
    file.chmod(0o640)

    write_together(journal, contents)

    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@needs_symlinks
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link points to is replaced, not the link."""
    journal, contents = prepared(tmp_path)
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "a.toml")

    write_together(journal, {link: (b"old", b"new")})

    assert (link.is_symlink(), (tmp_path / "a.toml").read_bytes()) == (True, b"new")
    assert set(names(tmp_path)) == {"link.toml", *(file.name for file in contents)}


@needs_root
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    """An administrator who changes it does not take it from the account of the service."""
    journal, contents = prepared(tmp_path)
    file = next(iter(contents))
    os.chown(file, 65534, 65534)

    write_together(journal, contents)

    assert (file.stat().st_uid, file.stat().st_gid, file.read_bytes()) == (65534, 65534, b"new")
