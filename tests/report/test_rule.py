"""What `sdssync rule` prints: every rule whole, by code or by name, and a hint for a slip of the keyboard."""

import re

import pytest

from sdssync.errors import ConfigError
from sdssync.report.rule import explain, list_rules
from sdssync.sds.catalogue.rule import V21_ONLY
from sdssync.sds.catalogue.rules import CATALOGUE, Rule, code_ranges
from sdssync.sds.schema import FORMATS

CODES = f"codes are {code_ranges()}; sdssync rule lists them"
EVERY_RULE = [pytest.param(rule, id=rule.code) for rule in CATALOGUE.values()]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_rule_is_explained(rule: Rule) -> None:
    """Nothing that is known of a rule is missing, and the example keeps its lines."""
    sections = {
        "What": rule.what,
        "Why": rule.why,
        "Bad": rule.bad,
        "Fix": f"{rule.fix}.",
        "Severities": ", ".join(rule.severities) or "none: it has no findings",
        "Formats": ", ".join(rule.formats),
    }
    head, _, printed = explain(rule.code).partition("\n\n")
    found = re.findall(r"^(\w+): +((?:.*)(?:\n {12}.*)*)$", printed, re.MULTILINE)

    assert head == f"{rule.code} {rule.name}\n{rule.title}."
    assert {label: " ".join(text.split()) for label, text in found} == {
        label: " ".join(text.split()) for label, text in sections.items()
    }
    assert dict(found)["Bad"].replace("\n" + " " * 12, "\n") == rule.bad


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_says_enough(rule: Rule) -> None:
    """Code, name and texts are there and of the same make, so that lists and sentences can be made of them."""
    assert re.fullmatch(r"SDS[123]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert all((rule.title, rule.what, rule.why, rule.bad, rule.fix))
    assert not rule.title.endswith(".")
    assert not rule.fix.endswith(".")
    assert rule.formats in {V21_ONLY, tuple(FORMATS)}


def test_names_and_titles_are_unique() -> None:
    """No two rules share a name or a title."""
    assert len({rule.name for rule in CATALOGUE.values()}) == len(CATALOGUE)
    assert len({rule.title for rule in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize("wanted", ["SDS206", "sds206", " SDS206 ", "unknown-reference", "Unknown-Reference", "206"])
def test_a_rule_has_two_names(wanted: str) -> None:
    """A rule is found by its code or name, in any case."""
    assert explain(wanted) == explain("SDS206")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param("SDS999", f'there is no rule "SDS999" ({CODES})', id="no such code"),
        pytest.param("999", f'there is no rule "999" ({CODES})', id="no such number"),
        pytest.param("SDS4", f'there is no rule "SDS4" ({CODES})', id="no such family"),
        pytest.param(
            "unknown-refrence",
            'there is no rule "unknown-refrence" (did you mean SDS206 unknown-reference?)',
            id="a letter is missing",
        ),
        pytest.param("", f'there is no rule "" ({CODES})', id="nothing"),
        pytest.param("\x1b[2J\n" + "x" * 99, f'there is no rule "�[2J�{"x" * 35}" ({CODES})', id="hostile"),
    ],
)
def test_unknown_rules(wanted: str, message: str) -> None:
    """An unknown rule is reported on one line that no terminal interprets."""
    with pytest.raises(ConfigError) as raised:
        explain(wanted)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        pytest.param("SDS3", [code for code in CATALOGUE if code.startswith("SDS3")], id="a family"),
        pytest.param("sds20", [f"SDS20{number}" for number in range(1, 10)], id="the beginning of codes"),
        pytest.param("teacher", ["SDS214", "SDS301"], id="a part of two names"),
        pytest.param("class without", ["SDS301", "SDS302"], id="words for dashes"),
    ],
)
def test_several_rules_are_listed(wanted: str, codes: list[str]) -> None:
    """What may mean several rules lists them."""
    assert re.findall(r"^SDS\d+", explain(wanted), re.MULTILINE) == codes


@pytest.mark.parametrize(
    ("wanted", "code"), [("without-teacher", "SDS301"), ("byte-order", "SDS113"), ("utf", "SDS105")]
)
def test_a_part_of_one_name_is_enough(wanted: str, code: str) -> None:
    """What can mean one rule only explains it."""
    assert explain(wanted) == explain(code)


@pytest.mark.parametrize("width", [100, 80, 60])
def test_lines_fit_the_width(width: int) -> None:
    """No line is longer than the width, no word is cut, and the list has every rule in order."""
    pages = [list_rules(width=width), *(explain(code, width) for code in CATALOGUE)]

    assert max(len(line) for page in pages for line in page.splitlines()) <= width
    assert re.findall(r"^SDS\d+", pages[0], re.MULTILINE) == list(CATALOGUE)
    for rule in CATALOGUE.values():
        assert " ".join(f"{rule.name}: {rule.title}".split()) in " ".join(pages[0].split())
        assert " ".join(rule.what.split()) in " ".join(explain(rule.code, width).split())


def test_a_narrow_screen_cuts_no_word() -> None:
    """Where a word does not fit, the line is longer."""
    assert "class-without-teacher:" in explain("SDS3", 10)


def test_the_columns_of_the_list_are_aligned() -> None:
    """Name and title begin in one column, on each line."""
    lines = list_rules(width=80).splitlines()
    margin = lines[0].index("missing-file")

    assert {line[margin - 2 : margin] for line in lines} == {"  "}
    assert all(line[margin] != " " for line in lines)
