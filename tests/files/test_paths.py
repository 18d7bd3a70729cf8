"""Paths as settings write them: what no system can have, what Windows cannot have, and which two are one."""

import os
from pathlib import Path

import pytest

from sdssync.files.paths import comparable, path_fault, windows_fault
from tests.support.windows_errors import Refusals

FORBIDDEN = 'it holds one of < > : " | ? *, which Windows does not allow in a path'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("\\\\?\\C:\\SDS\\csv", "it begins with \\\\?\\; write the path without that", id="kernel path"),
        pytest.param("//?/C:/SDS/csv", "it begins with //?/; write the path without that", id="with slashes"),
        pytest.param("\\\\.\\pipe\\sds", "it begins with \\\\.\\; write the path without that", id="device path"),
        pytest.param("\\\\server\\share", "", id="share"),
        pytest.param("csv/Seniors", "", id="relative"),
        pytest.param("a/" * 2_001, "it has more than 4,000 characters", id="a path that no system has"),
    ],
)
def test_paths_that_no_one_needs(text: str, fault: str) -> None:
    """They are mistakes on every system; of two spellings of one folder, one past the rules of Windows is not seen."""
    assert path_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("csv/a<b", FORBIDDEN, id="less"),
        pytest.param('C:\\SDS\\"csv"', FORBIDDEN, id="quotes"),
        pytest.param("csv/a|b", FORBIDDEN, id="bar"),
        pytest.param("csv/*", FORBIDDEN, id="star"),
        pytest.param("csv/a?", FORBIDDEN, id="question mark"),
        pytest.param("csv/a:b", FORBIDDEN, id="colon, as of a stream"),
        pytest.param("C:\\a\\D:\\b", FORBIDDEN, id="two drives"),
        pytest.param("csv\\CON", "Windows reserves CON for a device", id="device"),
        pytest.param("csv/con.x", "Windows reserves con.x for a device", id="device with an ending"),
        pytest.param("nul /csv", "Windows reserves nul  for a device", id="device with a blank"),
        pytest.param("COM1/csv", "Windows reserves COM1 for a device", id="port"),
        pytest.param("C:\\SDS\\csv\\Seniors", "", id="drive"),
        pytest.param("\\\\server\\share\\csv", "", id="share"),
        pytest.param("../csv/Größe 李", "", id="letters"),
        pytest.param("csv/console", "", id="begins like a device"),
    ],
)
def test_paths_that_windows_cannot_have(text: str, fault: str) -> None:
    """There they are mistakes of the file; on other systems such a path may be one."""
    assert windows_fault(text) == fault
    assert path_fault(text) == (fault if os.name == "nt" else "")


@pytest.mark.parametrize("number", [1326, 1219, 53, 59, 64, 121])
def test_links_that_cannot_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A path counts as it is written where the share refuses or does not answer."""
    Refusals(monkeypatch).refuse(number, "share/x", "path.realpath")

    assert comparable(tmp_path / "share" / "x")[-2:] == ("share", "x")
    assert comparable(tmp_path / "y" / ".." / "share" / "X")[-2:] == ("share", "x")
