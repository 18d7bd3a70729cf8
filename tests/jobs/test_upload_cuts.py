"""The connection is cut at each request of a hand-over in turn: SDS gets the set once, by the next run at last."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fake_graph.faults import Drop, Faults
from tests.support.fake_graph.world import App
from tests.support.upload_failures import ALWAYS, STARTING_A_RUN
from tests.support.upload_story import faults_of_the_end
from tests.support.uploads import CONNECTOR, VARIABLE, Handing, handing_over

pytestmark = pytest.mark.slow


class Cuts:
    """The same hand-over, from the beginning for each cut."""

    def __init__(self, published: Path, folder: Path, upload: str) -> None:
        self._published = published
        self._folder = folder
        self._upload = upload

    def requests(self) -> int:
        """Return how many requests it takes when nothing is cut."""
        with self._begun("uncut") as handing:
            assert handing.uploaded().exit_code == 0
            return len(handing.microsoft.requests)

    def at(self, number: int, drop: Drop, times: int) -> Iterator[str]:
        """Cut a request, and `times - 1` after it; yield what is wrong after the next run."""
        with self._begun(f"cut-{number}") as handing:
            handing.microsoft.script(drop, nth=number, times=times)
            first = handing.uploaded()
            handing.microsoft.world.faults = Faults()
            if first.exit_code not in {0, 7}:
                yield f"{number}: the cut run ended with {int(first.exit_code)}"
            for fault in faults_of_the_end(handing, starts_run=self._upload == STARTING_A_RUN):
                yield f"{number}: {fault}"

    @contextmanager
    def _begun(self, name: str) -> Iterator[Handing]:
        folder = self._folder / name
        shutil.copytree(self._published, folder)
        with handing_over(folder) as handing:
            handing.write(self._upload)
            yield handing


@pytest.mark.parametrize("upload", [CONNECTOR, STARTING_A_RUN], ids=["without a run", "with a run"])
@pytest.mark.parametrize("times", [1, ALWAYS], ids=["once", "until the next run"])
@pytest.mark.parametrize("drop", Drop, ids=lambda drop: drop.name.lower())
def test_cut(
    published_school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drop: Drop, times: int, upload: str
) -> None:
    """Whether a request was carried out or not, the next run knows: nothing is sent to be validated twice."""
    monkeypatch.setenv(VARIABLE, App().secret)
    cuts = Cuts(published_school, tmp_path, upload)

    faults = [fault for number in range(1, cuts.requests() + 1) for fault in cuts.at(number, drop, times)]

    assert faults == []
