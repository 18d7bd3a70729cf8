"""
Make the pictures of the demo's page in docs/pictures: `python docs/screenshots.py`.

Needs Chromium, as `tests/browser` does. With FILE.html and a folder it makes pictures of that page instead, and prints
how long the page takes to open and to search.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from tests.support.demo_nights import LAST_DAY, demo_after_nights  # noqa: E402
from tests.support.needs import CHROMIUM, IS_ROOT  # noqa: E402
from tests.support.runs import command  # noqa: E402

_SCREENS = {
    "": (1280, 1000, "light"),
    "-dark": (1280, 1000, "dark"),
    "-tablet": (768, 1000, "light"),
    "-phone": (360, 760, "light"),
}
"""Width, height and colour scheme by the end of the name."""
_FOUND = "amberkettle, joten"
"""A pupil of the demo, as an administrator types it."""
_ROUNDS = 5
_OPENED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_SEARCHED = """() => {
  const words = document.getElementById('words');
  const begun = performance.now();
  words.value = 'amber';
  words.dispatchEvent(new Event('input', { bubbles: true }));
  document.body.getBoundingClientRect();
  return performance.now() - begun;
}"""


def main(arguments: list[str]) -> None:
    """Make the pictures of the demo, or of the page that is named."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if IS_ROOT else [])
        if arguments:
            page, folder = Path(arguments[0]).resolve(), Path(arguments[1])
            print_times(browser, page)
        else:
            page, folder = demo_page(Path(temporary)), ROOT / "docs" / "pictures"
        take_pictures(browser, page, folder)
        browser.close()


def demo_page(folder: Path) -> Path:
    """Return the page of the demo's senior school after some nights."""
    settings, page = demo_after_nights(folder), folder / "page.html"
    ran = command("--config", settings, "-q", "report", "Seniors", "--output", page, "--today", LAST_DAY)
    if ran.exit_code:
        sys.exit(ran.err)
    return page


def take_pictures(browser: Browser, page: Path, folder: Path) -> None:
    """Write a picture of the top of a page for each screen, and one of what a search finds."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (width, height, scheme) in _SCREENS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
        )
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.screenshot(path=folder / f"report{name}.png")
        if not name:
            tab.fill("#words", _FOUND)
            tab.screenshot(path=folder / "report-found.png")
        context.close()


def print_times(browser: Browser, page: Path) -> None:
    """Print the size of a page, and how long it takes to open and to search, in some rounds."""
    sys.stdout.write(f"{page.name}: {page.stat().st_size / 1e6:.1f} MB\n")
    for _ in range(_ROUNDS):
        context = browser.new_context()
        tab = context.new_page()
        tab.goto(page.as_uri())
        opened, searched = tab.evaluate(_OPENED), tab.evaluate(_SEARCHED)
        sys.stdout.write(f"opened in {opened / 1000:.2f} s, searched in {searched / 1000:.2f} s\n")
        context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
