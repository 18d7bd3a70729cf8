"""Secrets that systemd passes on to a service."""

from pathlib import Path

import pytest

from sdssync.config.api_key import read_api_key
from sdssync.config.secret import passed_on, path_in_message
from tests.support.installation import remote_source

KEY = "5F0B1C2D-3E4A-4B5C-8D6E-7F8091A2B3C4"


def test_a_secret_that_is_passed_on(tmp_path: Path) -> None:
    """A credential of the name of the key file is read in its place, which then need not be readable."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "isams.key").write_text(KEY, encoding="utf-8")
    source = remote_source("https://isams.example", api_key_env=None, api_key_file=tmp_path / "secrets" / "isams.key")

    assert read_api_key(source, {"CREDENTIALS_DIRECTORY": str(credentials)}).secret == KEY


def test_a_secret_that_is_not_passed_on(tmp_path: Path) -> None:
    """Without a credential of its name, or without systemd, the file itself is read."""
    file = tmp_path / "isams.key"

    assert passed_on(file, {}) == file
    assert passed_on(file, {"CREDENTIALS_DIRECTORY": ""}) == file
    assert passed_on(file, {"CREDENTIALS_DIRECTORY": str(tmp_path / "nothing")}) == file


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(KEY, id="a key of iSAMS"),
        pytest.param("C4n8Q~" + "aB3_.~-" * 4 + "aB3_.~", id="a client secret of Microsoft Entra"),
    ],
)
def test_a_secret_in_place_of_its_path(tmp_path: Path, secret: str) -> None:
    """What was written where the path of its file belongs is masked; the folder remains."""
    assert path_in_message(tmp_path / secret) == str(tmp_path / "********")
