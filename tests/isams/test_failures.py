"""The words for each cause of a failed request."""

import pytest

from sdssync.errors import SourceError
from sdssync.isams.failures import in_words
from sdssync.net.failure import Cause, Failure

STATUSES = {Cause.PROXY_REFUSED: (403, 407, 503)}


@pytest.mark.parametrize(
    ("cause", "status"), [(cause, status) for cause in Cause for status in STATUSES.get(cause, (None,))]
)
def test_every_cause_has_words(cause: Cause, status: int | None) -> None:
    """Each cause becomes an error of the source with one line, a hint, and a reason for the log."""
    failure = Failure(cause=cause, host="isams.example:8443", timeout=7, max_bytes=1000, status=status)

    failed = in_words(failure)

    assert all([failed.message, failed.hint, failed.reason])
    assert not {"{", "}", "\n"} & set(failed.message + failed.hint + failed.reason)
    assert failed.may_pass is failure.may_pass
    assert issubclass(failed.error_class, SourceError)
    assert str(failed.error(3)) == f"{failed.message}, after 3 attempts ({failed.hint})"
