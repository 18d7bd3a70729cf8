"""What a person reads about a hand-over to SDS."""

from sdssync.publish.uploads import UploadOutcome
from sdssync.report.uploads import UploadResult, upload_lines


def text(result: UploadResult) -> list[str]:
    """Return the lines about one profile."""
    return [line.text for line in upload_lines([result])]


def test_a_set_that_sds_has() -> None:
    """A set that is not sent again may have been a trial: SDS has validated it, whatever it counts as."""
    found = UploadResult(profile="School", outcome=UploadOutcome.UNCHANGED, generation=3)

    assert text(found) == ["School: SDS has validated generation 3 already; nothing was sent"]


def test_a_run_that_was_still_to_be_started() -> None:
    """A run that an interrupted hand-over has left to be started is mentioned, although nothing is sent."""
    found = UploadResult(profile="School", outcome=UploadOutcome.UNCHANGED, generation=3, has_started_run=True)

    assert text(found) == ["School: SDS has validated generation 3 already; nothing was sent; a run has been started"]
