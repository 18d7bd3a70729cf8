"""Files that the settings name, and that cannot be read."""

import pytest

from sdssync.config.named_files import hint_for

LET_READ = "name a file that the account of sdssync can read"


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (FileNotFoundError(), "a relative path counts from the folder of sdssync.toml"),
        (NotADirectoryError(), "a relative path counts from the folder of sdssync.toml"),
        (PermissionError(), LET_READ),
        (OSError(), LET_READ),
    ],
)
def test_hints_for_files_of_the_settings(error: OSError, hint: str) -> None:
    """Relative paths are only the reason if a file is missing."""
    assert hint_for(error) == hint
