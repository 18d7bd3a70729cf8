"""Why iSAMS gave no document, as a value: the error that it would be, and whether another attempt makes sense."""

from dataclasses import dataclass

from sdssync.errors import SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    One failed attempt.

    A value and not an exception: an error that is raised while another is handled keeps that one as its context, and
    those of the HTTP libraries hold the URL with the key.
    """

    kind: type[SourceError]
    message: str
    hint: str
    reason: str
    """What the log says about an attempt that is followed by another: constant words."""
    passing: bool = False
    """Whether another attempt may succeed without anybody doing anything."""
    wait_seconds: float = 0.0
    """How long the server asks to be left alone."""

    def error(self, attempts: int = 1) -> SourceError:
        """Make the error to raise, after so many attempts in vain."""
        after = f", after {attempts} attempts" if attempts > 1 else ""
        return self.kind(self.message + after, self.hint)
