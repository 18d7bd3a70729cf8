"""Two folders change places, at one instant or by renaming; what fails leaves them where they were."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdssync.files import swap
from sdssync.files.swap import Swap


class SharingViolationError(PermissionError):
    """What Windows raises while another program has a file open."""

    winerror = 32


def folders(place: Path, *names: str) -> None:
    for name in names:
        (place / name).mkdir()
        (place / name / "users.csv").write_text(name, encoding="utf-8")


def found(place: Path) -> dict[str, str]:
    return {path.name: (path / "users.csv").read_text(encoding="utf-8") for path in place.iterdir()}


SYSTEM = pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="this system has no exchange")


@pytest.mark.parametrize(
    ("swap", "former"),
    [
        pytest.param(swap.by_system, "staged", id="by system", marks=SYSTEM),
        pytest.param(swap.swap, "staged", id="by system if it can", marks=SYSTEM),
        pytest.param(swap.by_renaming, "aside", id="by renaming"),
    ],
)
def test_the_staged_folder_takes_the_place_of_the_output(tmp_path: Path, swap: Swap, former: str) -> None:
    """Each way puts the new folder in place and keeps the former one, whole."""
    folders(tmp_path, "staged", "output")

    swap(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")

    assert found(tmp_path) == {"output": "staged", former: "output"}


@pytest.mark.parametrize("swap", [swap.by_system, swap.swap, swap.by_renaming])
def test_without_a_staged_folder_the_output_stays(tmp_path: Path, swap: Swap) -> None:
    """An error on the way leaves the output as it was."""
    folders(tmp_path, "output")

    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")

    assert found(tmp_path) == {"output": "output"}


@SYSTEM
def test_renaming_is_tried_where_the_system_refuses_the_exchange(tmp_path: Path) -> None:
    """A folder and one inside it cannot be exchanged (EINVAL); renaming then fails in its own way, and puts back."""
    folders(tmp_path, "output")
    inside = tmp_path / "output" / "staged"
    inside.mkdir()

    with pytest.raises(OSError, match="Invalid") as refused:
        swap.by_system(inside, tmp_path / "output", tmp_path / "aside")
    with pytest.raises(FileNotFoundError):
        swap.swap(inside, tmp_path / "output", tmp_path / "aside")

    assert refused.value.errno == errno.EINVAL
    assert inside.is_dir()
    assert found(tmp_path) == {"output": "output"}


@SYSTEM
def test_an_exchange_has_no_instant_without_a_folder(tmp_path: Path) -> None:
    """A descriptor opened before stays with the former folder, which is still whole under the other name."""
    folders(tmp_path, "staged", "output")
    opened = os.open(tmp_path / "output", os.O_RDONLY)

    swap.by_system(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")
    same = os.path.samestat(os.fstat(opened), (tmp_path / "staged").stat())
    os.close(opened)

    assert same


@pytest.mark.parametrize(
    ("error", "failures", "attempts"),
    [
        pytest.param(SharingViolationError, 0, 1, id="nobody has it open"),
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

    outcome = attempt(lambda: swap.patiently(action, tries=5, pause=0))

    assert len(calls) == attempts
    assert outcome is (None if attempts > failures else error)


def attempt(action: Callable[[], None]) -> type[OSError] | None:
    try:
        action()
    except OSError as error:
        return type(error)
    return None
