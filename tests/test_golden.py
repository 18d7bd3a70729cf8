"""Each folder of fixtures/golden is an installation with what a run of it publishes, byte for byte."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.golden import FIXTURES, assert_golden
from tests.support.runs import command

GOLDEN = FIXTURES / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/sdssync.toml"))


@pytest.mark.parametrize("case", CASES)
def test_golden(tmp_path: Path, case: str) -> None:
    """A run publishes the expected files and no other, and reports what it left out."""
    shutil.copy(GOLDEN / "isams.xml", tmp_path)
    shutil.copytree(GOLDEN / case, tmp_path / case)

    ran = command("run-all", "--config", tmp_path / case / "sdssync.toml", "--format", "json")

    assert ran.exit_code == 0
    published = sorted((tmp_path / case / "out").iterdir())
    if os.environ.get("SDSSYNC_GOLDEN") == "write":
        for old in (GOLDEN / case / "expected").iterdir():
            old.unlink()
    result = {key: value for key, value in ran.json["profiles"][0].items() if key != "findings"}
    assert_golden(f"golden/{case}/expected/run.json", json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    for file in published:
        assert_golden(f"golden/{case}/expected/{file.name}", file.read_bytes().decode("utf-8"))
    expected = {file.name for file in (GOLDEN / case / "expected").iterdir()}
    assert {file.name for file in published} == expected - {"run.json"}


def test_both_formats_with_and_without_names() -> None:
    """There is a case for everything that changes columns."""
    assert CASES == ["combined-v2", "combined-v2.1", "parity", "v2", "v2-names", "v2.1", "v2.1-names"]


@pytest.mark.parametrize("case", CASES)
def test_expected_files_are_whole(case: str) -> None:
    """Expected files have CRLF, no BOM, and their last line ends: no editor or version control has touched them."""
    for file in (GOLDEN / case / "expected").glob("*.csv"):
        data = file.read_bytes()
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        assert not data.startswith(b"\xef\xbb\xbf")
