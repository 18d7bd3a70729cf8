"""What Windows refuses for a moment is tried again; any other error is raised at once."""

from collections.abc import Callable

import pytest

from sdssync.files.patience import patiently


class SharingViolationError(PermissionError):
    """What Windows raises while another program has a file open."""

    winerror = 32


@pytest.mark.parametrize(
    ("error", "failures", "attempts"),
    [
        pytest.param(SharingViolationError, 0, 1, id="not open elsewhere"),
        pytest.param(SharingViolationError, 3, 4, id="open for a moment"),
        pytest.param(SharingViolationError, 9, 5, id="open for too long"),
        pytest.param(PermissionError, 9, 1, id="no right to do it"),
        pytest.param(FileNotFoundError, 9, 1, id="another error"),
    ],
)
def test_only_what_is_held_open_is_tried_again(error: type[OSError], failures: int, attempts: int) -> None:
    """A sharing violation is tried again a bounded number of times, everything else is raised at once."""
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
