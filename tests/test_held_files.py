"""Windows lets a program keep others out of a file or folder: whatever needs it says so, and the next run goes on."""

import os
from pathlib import Path

import pytest

from sdssync.config.api_key import read_api_key
from sdssync.config.installation import load
from sdssync.config.settings import RecordedSource
from sdssync.errors import ConfigError
from sdssync.isams.document import recorded_document
from sdssync.sds.check_set import CheckOptions, check_set
from tests.support.documents import document
from tests.support.installation import SENIORS, install, remote_source
from tests.support.needs import needs_windows
from tests.support.runs import command, rows
from tests.support.windows import READ, held

pytestmark = needs_windows


def test_settings(tmp_path: Path) -> None:
    """The message names the settings file."""
    config = install(tmp_path)

    with held(config), pytest.raises(ConfigError, match=r"sdssync\.toml cannot be read: "):
        load(config)


def test_a_profile(school: Path) -> None:
    """It fails, the others run."""
    install(school, prep=SENIORS.replace("Seniors", "Prep"))

    with held(school / "profiles.d" / "prep.toml"):
        ran = command("run-all", "--format", "json")

    assert [(item["profile"], item["outcome"]) for item in ran.json["profiles"]] == [
        ("prep", "failed"), ("Seniors", "published"),
    ]  # fmt: skip


def test_the_key(tmp_path: Path) -> None:
    """The message names the file, and not what is in it."""
    file = tmp_path / "isams.key"
    file.write_text("00000000-0000-0000-0000-000000000000", encoding="utf-8")
    source = remote_source("https://isams.example", api_key_env=None, api_key_file=file)

    with held(file), pytest.raises(ConfigError, match=r"isams\.key"):
        read_api_key(source, {})


def test_a_recorded_document(school: Path) -> None:
    """It counts as one that cannot be read."""
    source = RecordedSource(file=school / "hartley.xml", max_bytes=1_000_000)

    with held(source.file):
        ran = command("run-all")

    assert recorded_document(source).bytes
    assert ran.exit_code in {2, 3}
    assert "hartley.xml" in ran.err


def test_a_file_to_validate(school: Path) -> None:
    """It is wrong usage, not a finding."""
    assert command("run-all").exit_code == 0

    with (
        held(school / "csv" / "Seniors" / "users.csv"),
        pytest.raises(ConfigError, match=r"users\.csv: cannot be read: "),
    ):
        check_set(school / "csv" / "Seniors", CheckOptions())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["users.csv", "."])
def test_the_published_set(school: Path, name: str) -> None:
    """While a program reads a file of it, or its folder, the old set or the new is there; the next run publishes."""
    assert command("run-all").exit_code == 0
    (school / "hartley.xml").write_text(document().replace("Surname502", "Changed"), encoding="utf-8")
    (school / "profiles.d" / "seniors.toml").write_text(SENIORS + 'suffix = "x"\n', encoding="utf-8")

    with held(school / "csv" / "Seniors" / name, shared=READ):
        while_held = command("run-all")
        there = rows(school / "csv" / "Seniors" / "classes.csv")
    afterwards = command("run-all")

    assert (while_held.exit_code, afterwards.exit_code) == (6, 0)
    assert len(there) == len(rows(school / "csv" / "Seniors" / "classes.csv"))
    assert os.listdir(school / "csv") == ["Seniors"]  # noqa: PTH208  (hidden folders too)


def test_a_device_in_place_of_the_settings(here: Path) -> None:
    """NUL is a device in every folder."""
    del here

    with pytest.raises(ConfigError, match="NUL"):
        load(Path("NUL"))
