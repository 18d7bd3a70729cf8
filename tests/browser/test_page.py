"""What a reader can do with the page: search, filter, sort, print, use the keyboard, see it on any screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.messy_page import IMAGE, LONG, ODD, SCRIPT
from tests.support.needs import needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [needs_chromium, pytest.mark.slow]

A_FEW_ROWS = """() => {
  for (const table of document.querySelectorAll('table')) {
    const blocks = table.tBodies.length > 1 ? [...table.tBodies] : [...table.tBodies[0].rows];
    blocks.slice(4).filter(block => !block.querySelector('ins, del, .todo')).forEach(block => { block.remove(); });
    blocks.slice(8).forEach(block => { block.remove(); });
  }
  [...document.querySelectorAll('.profile')].slice(0, -1).forEach(profile => { profile.remove(); });
}"""
"""Rows are alike, and so are profiles: axe-core takes a minute for hundreds of rows."""
OPEN_ALL = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
ROWS = "element => [...element.querySelectorAll('tr > th[scope=row]')].map(cell => cell.innerText.trim())"
SERIOUS = ("serious", "critical")

each_page = pytest.mark.parametrize("name", ["demo", "messy"])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens pages, and notes whatever a page should not do."""

    browser: "Browser"

    @contextmanager
    def opens(self, file: Path, width: int = 1280, **options: Any) -> "Iterator[Page]":
        """Open a page; nothing may be logged, and nothing but the file may be asked for."""
        amiss: list[str] = []
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        page.on("console", lambda message: amiss.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: amiss.append(f"error: {error}"))
        page.on("dialog", lambda dialog: amiss.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: amiss.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        yield page
        context.close()
        assert amiss == []


@pytest.fixture
def reader(browser: "Browser") -> Reader:
    """A reader with a browser."""
    return Reader(browser)


@cache
def axe() -> str:
    """Return axe-core as a script."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def found(page: "Page") -> str:
    """Return how many rows the page says it shows."""
    return page.locator("#found").inner_text()


def part(page: "Page", profile: str, title: str) -> "Locator":
    """Return a part of a profile by its title, without the count."""
    section = page.locator("section.profile").filter(has=page.locator("h2", has_text=profile))
    titles = page.locator("h3", has_text=re.compile(rf"^{title}( [\d,]+)?$"))
    return section.locator("details.part").filter(has=titles)


def test_search_finds_members_by_their_names(reader: Reader, demo: Path) -> None:
    """A name without its accents leaves the rows that have it, shows the members, counts, and can be cleared."""
    with reader.opens(demo) as page:
        everything = found(page)
        page.fill("#words", "JOTEN amberkettle")
        rows = page.locator("[data-row]:visible")

        assert 0 < rows.count() < 40
        assert all("Amberkettle, Jöten" in text for text in rows.all_text_contents())
        assert found(page).startswith(f"{rows.count()} of ")
        assert part(page, "Seniors", "Gates").is_hidden()

        page.click("button[type=reset]")
        page.wait_for_function(f"document.getElementById('found').textContent === {everything!r}")
        assert part(page, "Seniors", "Gates").is_visible()
        assert page.locator(".members li:visible, .hit").count() == 0


def test_a_class_that_is_found_by_a_member_shows_its_members(reader: Reader, demo: Path) -> None:
    """What was found can be seen at once, where it is not much; a class that is found by its title stays closed."""
    with reader.opens(demo) as page:
        page.fill("#words", "amberkettle, jöten")
        page.select_option("#subject", "Mathematics")
        members = page.locator(".members li:visible", has_text="Amberkettle, Jöten")
        assert members.count() == 2
        assert page.locator(".hit").all_text_contents() == ["Amberkettle, Jöten"] * 2

        page.fill("#words", "9ma1")
        assert page.locator(".classes tbody:visible").count() == 2
        assert page.locator(".members li:visible").count() == 0


def test_a_class_that_goes_is_found_by_a_member(reader: Reader, changed: Path) -> None:
    """A pupil is found in a class that is gone, and the members are shown; the class itself is found closed."""
    with reader.opens(changed, 360) as page:
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.reload()
        page.fill("#words", "surname601")
        assert page.locator(".changes li:visible").all_inner_texts()
        assert page.locator(".changes .hit").all_inner_texts() == ["Surname601, Forename601 (year 9, 7983000000601)"]

        page.fill("#words", "9a/ph1")
        assert page.locator(".changes tr[data-row]:visible").count() == 1
        assert page.locator(".changes li:visible").count() == 0


def test_a_search_without_a_row(reader: Reader, demo: Path) -> None:
    """Where nothing is found the count says so, and no part is shown."""
    with reader.opens(demo) as page:
        page.fill("#words", "no such word")

        assert found(page).startswith("0 of ")
        assert page.locator("details.part:visible").count() == 0


def test_filters_by_year_and_subject(reader: Reader, demo: Path) -> None:
    """Year and subject leave the classes of both; the count is that of the rows."""
    with reader.opens(demo) as page:
        page.select_option("#year", "9")
        page.select_option("#subject", "Mathematics")
        titles = page.locator(".classes [data-row]:visible tr:first-child th").all_inner_texts()

        assert {title.split()[0] for title in titles} == {"9Ma1_2026_27"}
        assert found(page).startswith(f"{len(titles)} of ")


@pytest.mark.parametrize(("value", "sign"), [("added", "+"), ("removed", "−"), ("todo", "no e-mail address in iSAMS")])
def test_filters_by_what_happened(reader: Reader, demo: Path, value: str, sign: str) -> None:
    """Only rows that were added, were removed, or ask for action are shown."""
    with reader.opens(demo) as page:
        page.select_option("#only", value)
        rows = page.locator("[data-row]:visible").all_text_contents()

        assert rows
        assert found(page).startswith(f"{len(rows)} of ")
        assert any(sign in row for row in rows)
        if value != "todo":
            assert all(sign in row for row in rows)


def test_sorting(reader: Reader, demo: Path) -> None:
    """A header sorts its table up and down, numbers as numbers; a class keeps its members below it."""
    with reader.opens(demo) as page:
        classes = part(page, "School", "Classes")
        classes.locator("summary").first.click()
        header = classes.locator("thead th").first
        button = header.get_by_role("button")
        button.click()
        up = classes.locator("table").evaluate(ROWS)
        button.focus()
        page.keyboard.press("Enter")
        down = classes.locator("table").evaluate(ROWS)

        assert header.get_attribute("aria-sort") == "descending"
        assert down == up[::-1] or [text.split()[0] for text in down] == [text.split()[0] for text in up][::-1]
        years = [int(digits) for text in up if (digits := "".join(filter(str.isdigit, text[:2])))]
        assert years == sorted(years)
        assert classes.locator("tbody").evaluate_all(
            "blocks => blocks.every(block => block.rows.length === 2 && block.rows[1].className === 'members')"
        )

        number = classes.locator("thead th").nth(4)
        number.get_by_role("button").click()
        counts = classes.locator("tbody tr:first-child td:nth-child(5)").all_inner_texts()
        assert list(map(int, counts)) == sorted(map(int, counts))
        assert header.get_attribute("aria-sort") is None


def test_print_view(reader: Reader, demo: Path) -> None:
    """On paper there are no controls, and every part is open: each member of each class is there."""
    with reader.opens(demo) as page:
        members = page.locator(".members li").count()
        page.emulate_media(media="print")

        assert page.locator("#filters").is_hidden()
        assert page.locator("nav").is_hidden()
        visible = "items => items.filter(item => item.getClientRects().length > 0).length"
        assert page.locator(".members li").evaluate_all(visible) == members > 0
        assert page.pdf(format="A4", page_ranges="1-2").startswith(b"%PDF")


@each_page
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_its_screen(
    reader: Reader, request: pytest.FixtureRequest, name: str, width: int
) -> None:
    """Wide tables scroll inside of their part, never the page, with everything open."""
    with reader.opens(request.getfixturevalue(name), width) as page:
        page.evaluate(OPEN_ALL)

        assert page.evaluate("document.documentElement.scrollWidth") == width


@each_page
@each_scheme
@pytest.mark.parametrize("width", [360, 1280])
def test_accessibility(reader: Reader, request: pytest.FixtureRequest, name: str, scheme: str, width: int) -> None:
    """axe-core has no serious and no critical finding, with every part open, in light and in dark."""
    with reader.opens(request.getfixturevalue(name), width, color_scheme=scheme) as page:
        page.evaluate(OPEN_ALL)
        page.evaluate(A_FEW_ROWS)
        page.evaluate(axe())
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        violations = [
            (violation["id"], violation["impact"], violation["nodes"][0]["html"][:200])
            for violation in result["violations"]
        ]

    assert [violation for violation in violations if violation[1] in SERIOUS] == []


@each_scheme
def test_colours_follow_the_system(reader: Reader, demo: Path, scheme: str) -> None:
    """The page is dark where the system is."""
    with reader.opens(demo, color_scheme=scheme) as page:
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 27)"}[scheme]


def test_keyboard(reader: Reader, demo: Path) -> None:
    """The first key leads to a link that skips to the overview; parts open and close, and focus can be seen."""
    with reader.opens(demo) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

        summary = part(page, "Prep", "People").locator("summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert part(page, "Prep", "People").get_attribute("open") is not None
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_headings_are_in_order(reader: Reader, demo: Path) -> None:
    """There is one first heading, and below the parts of a profile nothing skips a level."""
    with reader.opens(demo) as page:
        levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map(h => Number(h.tagName[1]))")

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_without_script(reader: Reader, demo: Path) -> None:
    """Without JavaScript everything can be read, and there is no control that does nothing."""
    with reader.opens(demo, java_script_enabled=False) as page:
        assert page.locator("#filters").is_hidden()
        assert page.locator("th button").count() == 0
        part(page, "Prep", "Classes").locator(".members summary").first.click()
        assert page.locator(".members li:visible").count() > 0


def test_whatever_names_hold_is_text(reader: Reader, messy: Path) -> None:
    """Names that are markup, scripts or templates are shown as they are, and nothing of them runs."""
    with reader.opens(messy) as page:
        page.evaluate(OPEN_ALL)
        text = page.locator("main").inner_text()

        assert "broken" not in page.title()
        assert SCRIPT in text
        assert IMAGE in text
        assert LONG[:100] in text
        assert page.locator("img, style:not(head style)").count() == 0
        assert part(page, "Seniors", "Classes").locator("tbody").count() == len(ODD)
        page.fill("#words", "<script>")
        assert not found(page).startswith("0 of ")


def test_four_thousand_pupils(reader: Reader, large: Path) -> None:
    """The page of a large school works alike: a pupil is found among them."""
    with reader.opens(large) as page:
        [name] = page.locator(".members li").first.evaluate_all("items => items.map(item => item.textContent)")
        page.fill("#words", name)

        assert 0 < int(found(page).split()[0].replace(",", "")) < 4_000
        assert all(name in text for text in page.locator("tbody[data-row]:visible").all_text_contents())
