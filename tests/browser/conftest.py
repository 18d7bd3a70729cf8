"""A browser for all tests, and the pages that they look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.demo_nights import LAST_DAY, demo_after_nights
from tests.support.documents import MATHS, PHYSICS, document, pupil, row
from tests.support.installation import SENIORS, SETTINGS, install
from tests.support.made_school import make_school
from tests.support.messy_page import messy_school
from tests.support.needs import CHROMIUM, IS_ROOT
from tests.support.runs import command

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not there on Windows)

    arguments = ["--no-sandbox"] if IS_ROOT else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the demo, after some nights."""
    folder = tmp_path_factory.mktemp("demo")
    return _write_page(demo_after_nights(folder), folder / "page.html", LAST_DAY)


@pytest.fixture(scope="session")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a school whose names are meant to break it."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "hartley.xml").write_text(messy_school().xml(), encoding="utf-8")
    settings = install(folder, SETTINGS, seniors=SENIORS.replace("[9]", "[7]"))
    return _write_page(settings, folder / "page.html", LAST_DAY)


@pytest.fixture(scope="session")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a held set: a class with a very long title goes."""
    folder = tmp_path_factory.mktemp("changed")
    title = f'title = "{"LongTitle" * 12}{{set_code}}"\n'
    settings = install(folder, SETTINGS, seniors=SENIORS.replace("[9]", "[3, 9]") + title)
    pupils, maths = "".join(map(pupil, range(601, 641))), row(MATHS, 640)
    both = document(pupils=pupils, rows=maths + "".join(row(PHYSICS, number) for number in range(601, 640)))
    (folder / "hartley.xml").write_text(both, encoding="utf-8")
    assert command("--config", settings, "-q", "run-all", "--today", LAST_DAY).exit_code == 0
    (folder / "hartley.xml").write_text(document(pupils=pupils, rows=maths), encoding="utf-8")
    return _write_page(settings, folder / "page.html", LAST_DAY, code=4)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a school of 4,000 pupils."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "hartley.xml").write_text(make_school(4_000).document(), encoding="utf-8")
    settings = install(folder, SETTINGS, seniors=SENIORS.replace("[9]", "[7, 8, 9, 10, 11, 12, 13]"))
    return _write_page(settings, folder / "page.html", LAST_DAY)


def _write_page(settings: Path, page: Path, day: str, code: int = 0) -> Path:
    assert command("--config", settings, "-q", "report", "--output", page, "--today", day).exit_code == code
    return page
