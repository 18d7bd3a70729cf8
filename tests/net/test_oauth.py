"""The answers of token servers, whatever is in them."""

import math

import pytest

from sdssync.net.oauth import Token, token_of


@pytest.mark.parametrize(
    ("seconds", "lasts"), [(3599, 3599), (1.5, 1.5), (10**400, 86_400), ("3599", math.inf), (True, math.inf)]
)
def test_lifetime(seconds: object, lasts: float) -> None:
    """A number counts, up to a day; anything else is as if the server did not say."""
    assert token_of({"access_token": "secret", "expires_in": seconds}) == Token("secret", lasts)


@pytest.mark.parametrize("text", [None, 5, "", "with blank", "é", "x" * 100_001])
def test_no_token(text: object) -> None:
    """A text that no header can carry does not count."""
    assert token_of({"access_token": text}) is None
