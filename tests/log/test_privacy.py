"""Addresses are blanked in each event; what only looks a little like one stays."""

import pytest

from sdssync.files.names import name_fault
from sdssync.log.privacy import blank_addresses
from sdssync.sds.checks.values import username_fault


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        pytest.param("ada@school.example", "an address", id="an address"),
        pytest.param("sdssync run ada@school.example -v", "sdssync run an address -v", id="in a command line"),
        pytest.param("/srv/ada@school.example/csv", "/srv/an address/csv", id="in a path"),
        pytest.param("ada@, @school.example", "an address, an address", id="half of one"),
        pytest.param("ada@b@c@school.example", "an address", id="several at once"),
        pytest.param("z\u00f6e@school.example", "an address", id="not ASCII"),
        pytest.param("it holds an @, and that", "it holds an @, and that", id="an @ and a comma"),
        pytest.param("before the @. Or [@], @-@, (@)", "before the @. Or [@], @-@, (@)", id="an @ and punctuation"),
    ],
)
def test_addresses(text: str, blanked: str) -> None:
    """An address is a word with an @ and letters."""
    assert blank_addresses(None, "", {"error": text, "more": [text, 1]}) == {"error": blanked, "more": [blanked, 1]}


@pytest.mark.parametrize(
    "text", [name_fault("ada@school"), *map(username_fault, ("ada", "@b.c", "a@b@c.d", "a.@b.c", "a@b", "a b@c.d"))]
)
def test_our_own_words(text: str) -> None:
    """Our own words about an @ stay as they are."""
    assert text
    assert blank_addresses(None, "", {"error": f"{text}."}) == {"error": f"{text}."}


def test_a_text_without_end() -> None:
    """A word of a megabyte is looked at once."""
    assert blank_addresses(None, "", {"error": "a" * 1_000_000 + " @"}) == {"error": "a" * 1_000_000 + " @"}
