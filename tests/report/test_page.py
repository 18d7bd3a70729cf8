"""The page of `report` as values and as text: pictures, history, and random schools of which nothing is lost."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from sdssync.report.outcome import Made, Outcome, ProfileResult, RunReport
from sdssync.report.page.compose import make_page
from sdssync.report.page.facts import Facts, ProfileFacts
from sdssync.report.page.naming import Naming, WithNames, WithoutNames
from sdssync.report.page.pictures import Bar, line
from sdssync.report.page.render import MARK, _environment, render
from sdssync.report.page.values import Page
from sdssync.roster.attention import attention
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster, enrol, enrol_as_script
from sdssync.roster.omissions import Kind
from sdssync.roster.roll import call_roll
from sdssync.roster.selection import select
from sdssync.safety.audit import Act, Entry
from tests.support.builders import SCHOOL, Document, make_profile, parsed, part
from tests.support.messy import documents

pytestmark = pytest.mark.portable

NOW = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)


def page_of(roster: Roster, parts: tuple[Part, ...], naming: Naming, *entries: Entry) -> Page:
    """Return the page of one profile."""
    profile = parts[0].profile
    result = replace(
        ProfileResult.of(profile, Outcome.PUBLISHED),
        users=len(roster.users),
        classes=len(roster.classes),
        enrollments=roster.enrollments,
        omissions=roster.omissions,
        attention=attention(roster),
        made=Made(parts=parts, roster=roster),
    )
    return make_page(
        Facts(
            school="Hartley",
            report=RunReport(run_id="1", results=(result,)),
            profiles=(ProfileFacts(result=result, entries=entries),),
            fault=None,
            has_last_document=False,
            now=NOW,
        ),
        naming,
    )


@settings(max_examples=60, deadline=None)
@given(
    document=documents(attributes=True),
    parity=st.booleans(),
    naming=st.sampled_from([WithNames(), WithoutNames()]),
)
def test_random_schools(document: Document, parity: bool, naming: Naming) -> None:
    """Every user, class, enrollment and omission of a set is on its page once, whatever iSAMS holds."""
    with TemporaryDirectory() as folder:
        reading = parsed(Path(folder), document)
    profile = make_profile(year_groups=(7, 8), title="{set_code}", parity=parity, extra_teachers=("*@school.example",))
    school = reading.as_script if parity else reading.school
    parts = (Part(profile=profile, selection=select(call_roll(school), profile)),)
    roster = enrol_as_script(parts[0]) if parity else enrol(parts, include_names=False)
    page = page_of(roster, parts, naming)
    [shown] = page.profiles
    content = shown.content
    text = render(page)
    root = html.document_fromstring(text.decode(), parser=html.HTMLParser(encoding="utf-8"))

    assert content
    assert [len(row.teachers) for row in content.classes].count(0) == [row.todo for row in content.classes].count(
        "no teacher"
    )
    sizes = Counter((len(made.teachers), len(made.pupils)) for made in roster.classes)
    assert Counter((len(row.teachers), len(row.pupils)) for row in content.classes) == sizes
    assert len(content.people) == len(roster.users)
    assert len(content.left_out) == sum(omission.kind is Kind.USER for omission in roster.omissions)
    assert text.startswith(b"<!doctype html>")
    assert MARK in text[:400]
    assert root.xpath("count(//table[contains(@class, 'classes')]/tbody)") == len(roster.classes)
    assert root.xpath("count(//tbody//li)") == roster.enrollments
    assert sum(size.classes for size in content.sizes.subjects) == len(roster.classes)


def entry(days: int, users: int, act: Act = Act.PUBLISHED) -> Entry:
    """Return a line of the audit so many days ago."""
    counts = (users, users // 2, users * 10) if act is Act.PUBLISHED else None
    return Entry(at=NOW - timedelta(days=days), act=act, profile="Seniors", generation=None, counts=counts)


def test_a_line_goes_through_the_counts() -> None:
    """A count stays until the next one: the line is made of steps, the lowest count is at the bottom."""
    drawn = line("Users", [(NOW - timedelta(days=10), 20), (NOW - timedelta(days=5), 30), (NOW, 10)])

    assert drawn.path == "M4.0 48.0H160.0V8.0H316.0V88.0"
    assert drawn.words == "Users: 10 on 2026-12-01, 20 on 2026-11-21; between 10 and 30"
    assert (drawn.highest, drawn.lowest, drawn.first, drawn.last) == ("30", "10", "2026-11-21", "2026-12-01")
    assert drawn.dots[1] == ("160.0", "8.0", "2026-11-26: 30")


@pytest.mark.parametrize(
    ("counts", "path"),
    [([5], "M160.0 48.0"), ([0], "M160.0 48.0"), ([7, 7], "M4.0 48.0H316.0V48.0")],
    ids=["one", "nothing", "no change"],
)
def test_a_line_without_a_range(counts: list[int], path: str) -> None:
    """One count, or counts that are alike, are in the middle."""
    points = [(NOW + timedelta(days=day), count) for day, count in enumerate(counts)]

    assert line("Users", points).path == path


@pytest.mark.parametrize(
    ("share", "whole", "length"),
    [(0, 10, "0.0"), (5, 10, "50.0"), (10, 10, "100.0"), (30, 10, "100.0"), (1, 9_999, "1.0"), (0, 0, "0.0")],
)
def test_a_bar(share: float, whole: float, length: str) -> None:
    """A bar is as long as the share, at most the whole, and what is not nothing can be seen."""
    assert Bar.of(share, whole) == Bar(length)


def test_the_history_is_limited() -> None:
    """The newest sixty lines are listed, the older ones counted; retention and repairs are not of interest."""
    entries = [*(entry(100 - day, 20 + day) for day in range(70)), entry(0, 0, Act.REMOVED), entry(0, 0, Act.HELD)]
    [shown] = page_of(*_small(), WithNames(), *entries).profiles

    assert len(shown.history.rows) == 60
    assert shown.history.more == "and 11 earlier lines in the audit"
    assert (shown.history.rows[0].what, shown.history.rows[0].counts) == ("held", ("", "", ""))
    assert shown.history.rows[1].counts == ("89", "44", "890")
    assert [len(picture.dots) for picture in shown.history.lines] == [70] * 3


def test_the_account_and_its_reason() -> None:
    """Who approved, and why, is on a page with names only."""
    approved = replace(entry(1, 20), act=Act.APPROVED, account="amarsh", reason="Ada has left")

    [named] = page_of(*_small(), WithNames(), approved).profiles
    [nameless] = page_of(*_small(), WithoutNames(), approved).profiles
    assert [row.by for row in named.history.rows] == ["amarsh: Ada has left"]
    assert [row.by for row in nameless.history.rows] == [""]


def _small() -> tuple[Roster, tuple[Part, ...]]:
    parts = (part(SCHOOL),)
    return enrol(parts, include_names=False), parts


@pytest.mark.parametrize(("items", "is_cut"), [(30, False), (400, True)])
def test_a_long_list_opens(items: int, is_cut: bool) -> None:
    """Of hundreds of sets the first ones are shown, and the others open; all are on the page."""
    detail = ", ".join(f"Set {number} & Co" for number in range(items))
    parts: Any = _environment().get_template("parts.html.jinja").module

    shown = str(parts.one_detail(detail))

    assert ", ".join(map(unescape, re.findall("<bdi>(.*?)</bdi>", shown))) == detail
    assert ("<details>" in shown) is is_cut
