"""What to do about the errors of the operating system: a hint for each that an administrator meets."""

import errno

import pytest

from sdssync.files.hints import hint_for
from tests.support.windows_errors import windows_error


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        pytest.param(OSError(errno.ENOSPC, ""), "free some space on the disk", id="full disk"),
        pytest.param(
            OSError(errno.EACCES, ""),
            "let the account of sdssync write there, and close programs that have the folder open",
            id="no right",
        ),
        pytest.param(OSError(errno.EIO, ""), "", id="what has no hint"),
        pytest.param(
            windows_error(32),
            "close programs that have a file or the folder open, and let the account of sdssync write there",
            id="open in another program, on Windows",
        ),
        pytest.param(
            windows_error(3),
            "shorten the path, or check that the drive and the folders above exist for the account of sdssync",
            id="no such drive, or too long, on Windows",
        ),
        pytest.param(
            windows_error(53),
            "check that the server answers, and that the share exists; write it as \\\\server\\share\\folder",
            id="no such server, on Windows",
        ),
        pytest.param(
            windows_error(1326),
            "let the account of sdssync log on to the server and write to the share",
            id="wrong password, on Windows",
        ),
    ],
)
def test_hints(error: OSError, hint: str) -> None:
    """The number of Windows says more than the code of C, which is the same for a drive, a share and a long path."""
    assert hint_for(error) == hint
