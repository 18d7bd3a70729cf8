"""Two folders change places, at one instant or by renaming; what fails leaves them where they were."""

import errno
import os
from pathlib import Path

import pytest

from sdssync.files import swap
from sdssync.files.swap import Swap
from tests.support.needs import needs_exchange


def folders(place: Path, *names: str) -> None:
    for name in names:
        (place / name).mkdir()
        (place / name / "users.csv").write_text(name, encoding="utf-8")


def found(place: Path) -> dict[str, str]:
    return {path.name: (path / "users.csv").read_text(encoding="utf-8") for path in place.iterdir()}


@pytest.mark.parametrize(
    ("swap", "former"),
    [
        pytest.param(swap.by_system, "staged", id="by system", marks=needs_exchange),
        pytest.param(swap.swap, "staged", id="by system if it can", marks=needs_exchange),
        pytest.param(swap.by_renaming, "aside", id="by renaming"),
    ],
)
def test_the_staged_folder_takes_the_place_of_the_output(tmp_path: Path, swap: Swap, former: str) -> None:
    """Each way puts the new folder in place and keeps the former one, whole."""
    folders(tmp_path, "staged", "output")

    swap(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")

    assert found(tmp_path) == {"output": "staged", former: "output"}


@pytest.mark.parametrize("swap", [pytest.param(swap.by_system, marks=needs_exchange), swap.swap, swap.by_renaming])
def test_without_a_staged_folder_the_output_stays(tmp_path: Path, swap: Swap) -> None:
    """An error on the way leaves the output as it was."""
    folders(tmp_path, "output")

    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")

    assert found(tmp_path) == {"output": "output"}


@needs_exchange
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


@needs_exchange
def test_an_exchange_has_no_instant_without_a_folder(tmp_path: Path) -> None:
    """A descriptor opened before stays with the former folder, which is still whole under the other name."""
    folders(tmp_path, "staged", "output")
    opened = os.open(tmp_path / "output", os.O_RDONLY)

    swap.by_system(tmp_path / "staged", tmp_path / "output", tmp_path / "aside")
    same = os.path.samestat(os.fstat(opened), (tmp_path / "staged").stat())
    os.close(opened)

    assert same
