"""Fixtures for every test: an environment of its own, and a school to work on."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.support.documents import document
from tests.support.installation import PREP, SENIORS, install
from tests.support.upload_failures import PASSWORD, PASSWORD_VARIABLE
from tests.support.uploads import VARIABLE, Handing, handing_over, publish

_FOREIGN = ("PROXY", "SDSSYNC_CONFIG", "ISAMS_", "SSL_CERT", "REQUESTS_CA", "CURL_CA")
_LOOK = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES", "PYTHONIOENCODING")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hide the proxies, the settings and the home of the person who runs the tests."""
    for name in os.environ:
        if name in _LOOK or any(part in name.upper() for part in _FOREIGN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Leave no log handler and no context to the next test."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def school(here: Path) -> Path:
    """An installation with a document and one profile, Seniors; the current folder."""
    install(here, seniors=SENIORS)
    (here / "hartley.xml").write_text(document(), encoding="utf-8")
    return here


@pytest.fixture
def two_profiles(school: Path) -> Path:
    """The same with a second profile, Prep."""
    return install(school, prep=PREP).parent


@pytest.fixture(scope="session")
def published_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has published a set, without `[upload]`: for copies."""
    folder = tmp_path_factory.mktemp("published")
    publish(folder)
    return folder


@pytest.fixture
def handing(published_school: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handing]:
    """The same, in the current folder, with `[upload]`: the set waits to be handed over to a fake."""
    shutil.copytree(published_school, here, dirs_exist_ok=True)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with handing_over(here) as found:
        monkeypatch.setenv(VARIABLE, found.microsoft.app.secret)
        yield found
