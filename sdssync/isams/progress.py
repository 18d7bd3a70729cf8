"""How the source reports its progress."""


class Progress:
    """Takes how far the source has come; this one shows nothing."""

    is_watched = False
    """True if a person waits for the end: a server that was never reached is then given up soon."""

    def download(self, done: int, total: int | None) -> None:
        """Take the bytes that have been downloaded, and those that are expected, if known."""

    def parse(self, done: int, total: int) -> None:
        """Take the bytes that have been parsed, and those of the document."""

    def wait(self, reason: str, seconds: float) -> None:
        """Take that an attempt failed, and that the next one follows after so many seconds."""
