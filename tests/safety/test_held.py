"""A held set: whether a removal was interrupted, which no error of the disk may pass for."""

from pathlib import Path

import pytest

from sdssync.safety.held import Waiting


@pytest.mark.parametrize(
    ("files", "is_lost"),
    [
        pytest.param(None, False, id="nothing is held"),
        pytest.param(["held.json", "users.csv"], False, id="a held set"),
        pytest.param(["users.csv"], True, id="a removal was interrupted"),
        pytest.param([], True, id="at its last step"),
    ],
)
def test_a_lost_record(tmp_path: Path, files: list[str] | None, is_lost: bool) -> None:
    """Only the names count: a record that cannot be read at this moment is there."""
    waiting = Waiting(tmp_path, "Seniors")
    if files is not None:
        waiting.folder.mkdir(parents=True)
    for name in files or ():
        (waiting.folder / name).touch()

    assert waiting.has_lost_record is is_lost
