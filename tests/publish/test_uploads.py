"""The record of the hand-overs, as a value."""

from dataclasses import replace
from datetime import UTC, datetime

from sdssync.publish.uploads import HandedOver, Uploads

NOW = datetime(2026, 11, 30, 3, 10, tzinfo=UTC)
SET = HandedOver(generation=1, digest="0", connector="51dca0a0", files=("orgs.csv",), is_trial=False, at=NOW)


def test_a_name_in_other_letters() -> None:
    """A profile whose name is written in other letters is the same: SDS has its set."""
    uploads = Uploads()
    uploads = uploads.with_profile(uploads.of("Café").after(SET))

    again = uploads.of("CAFE\u0301")

    assert again.done == (SET,)
    assert len(uploads.with_profile(replace(again, profile="CAFE\u0301")).profiles) == 1


def test_what_asks_for_a_validation_replaces_what_others_handed_over() -> None:
    """A connector holds the set of one profile; what a profile has at another connector stays."""
    elsewhere = replace(SET, connector="7e0c1d5e")
    uploads = Uploads()
    uploads = uploads.with_profile(uploads.of("A").after(SET).after(elsewhere))
    uploads = uploads.with_profile(uploads.of("B").after(SET))

    asked = uploads.asking("b", SET.connector, NOW)

    assert asked.of("A").done == (elsewhere,)
    assert asked.of("B").done == (SET,)
    assert asked.validations == (NOW,)
