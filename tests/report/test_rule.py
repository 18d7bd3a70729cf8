"""What `sdssync rule` prints: every rule whole, by code or by name, and a hint for a slip of the keyboard."""

import re

import pytest

from sdssync.errors import ConfigError
from sdssync.report.rule import explain
from sdssync.sds.catalogue.rule import V21_ONLY
from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.schema import FORMATS

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


@pytest.mark.parametrize("wanted", ["SDS206", "sds206", " SDS206 ", "unknown-reference", "Unknown-Reference"])
def test_a_rule_has_two_names(wanted: str) -> None:
    """A rule is found by its code or name, in any case."""
    assert explain(wanted) == explain("SDS206")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param(
            "SDS20", 'there is no rule "SDS20" (did you mean SDS210 grade-without-zero?)', id="a digit is missing"
        ),
        pytest.param(
            "unknown-refrence",
            'there is no rule "unknown-refrence" (did you mean SDS206 unknown-reference?)',
            id="a letter is missing",
        ),
        pytest.param("", 'there is no rule "" (codes look like SDS206)', id="nothing"),
        pytest.param(
            "\x1b[2J\n" + "x" * 99, f'there is no rule "�[2J�{"x" * 35}" (codes look like SDS206)', id="hostile"
        ),
    ],
)
def test_unknown_rules(wanted: str, message: str) -> None:
    """An unknown rule is reported on one line that no terminal interprets."""
    with pytest.raises(ConfigError) as raised:
        explain(wanted)

    assert str(raised.value) == message
