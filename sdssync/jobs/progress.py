"""How a run reports its progress."""

from sdssync.isams.progress import Progress


class RunProgress(Progress):
    """Takes how far a run has come; this one shows nothing."""

    def profile(self, name: str, number: int, total: int) -> None:
        """Take which profile is run now: the first has the number 1."""

    def upload(self, name: str, done: int, total: int) -> None:
        """Take the bytes of a profile that have been sent to SDS, and those that are to be sent."""
