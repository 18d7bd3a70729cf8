"""What Windows refuses for a moment is tried again; any other error is raised at once."""

from collections.abc import Callable

import pytest

from sdssync.files.patience import patiently


class RefusedByWindowsError(OSError):
    """What Windows raises while another program has a file open; elsewhere no error has such a number."""

    winerror: int = 0


class AccessDeniedError(RefusedByWindowsError, PermissionError):
    """ERROR_ACCESS_DENIED."""

    winerror = 5


class SharingViolationError(RefusedByWindowsError, PermissionError):
    """ERROR_SHARING_VIOLATION."""

    winerror = 32


class LockViolationError(RefusedByWindowsError, PermissionError):
    """ERROR_LOCK_VIOLATION."""

    winerror = 33


class DirNotEmptyError(RefusedByWindowsError):
    """ERROR_DIR_NOT_EMPTY."""

    winerror = 145


class PathNotFoundError(RefusedByWindowsError, FileNotFoundError):
    """ERROR_PATH_NOT_FOUND."""

    winerror = 3


@pytest.mark.parametrize(
    ("error", "failures", "attempts"),
    [
        pytest.param(SharingViolationError, 0, 1, id="not open elsewhere"),
        pytest.param(SharingViolationError, 3, 4, id="open for a moment"),
        pytest.param(SharingViolationError, 9, 5, id="open for too long"),
        pytest.param(AccessDeniedError, 3, 4, id="a file that is gone when it is closed elsewhere"),
        pytest.param(LockViolationError, 3, 4, id="a part locked for a moment"),
        pytest.param(DirNotEmptyError, 3, 4, id="a folder whose last file is gone when it is closed elsewhere"),
        pytest.param(PathNotFoundError, 9, 1, id="another error of Windows"),
        pytest.param(PermissionError, 9, 1, id="no right to do it"),
        pytest.param(FileNotFoundError, 9, 1, id="another error"),
    ],
)
def test_only_what_is_held_open_is_tried_again(error: type[OSError], failures: int, attempts: int) -> None:
    """What Windows says of a file held open is tried again a bounded number of times; anything else is raised."""
    calls: list[int] = []

    def action() -> None:
        calls.append(1)
        if len(calls) <= failures:
            raise error

    outcome = attempt(lambda: patiently(action, tries=5, pause=0))

    assert len(calls) == attempts
    assert outcome is (None if attempts > failures else error)


def attempt(action: Callable[[], None]) -> type[OSError] | None:
    try:
        action()
    except OSError as error:
        return type(error)
    return None
