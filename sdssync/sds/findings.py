"""What a validation finds, as values. Nothing here knows a rule or a format."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What SDS would do, the gravest first."""

    FATAL = "fatal"
    """The run stops or the file is refused."""
    ERROR = "error"
    """The record is dropped."""
    WARNING = "warning"
    """The value is dropped, or the behaviour is not known."""
    ADVICE = "advice"
    """SDS accepts it, but Microsoft 365 may not."""


MAX_FINDINGS = 1000
"""Findings of a set that are kept and listed unless another number is asked for; all are counted."""
MOST_FINDINGS = 100_000
"""The largest number that can be asked for: each finding that is kept takes a kilobyte."""
BLOCKING = (Severity.FATAL, Severity.ERROR)
"""What makes a set invalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    An offence with its place in a file.

    `value` is a cell of the file: it belongs in the results on stdout, never in a log. `message` and `hint` are
    free of cells and may be logged.
    """

    code: str
    rule: str
    severity: Severity
    file: str
    line: int | None = None
    """The line in the file, header = 1; None if it is about the whole file or set."""
    column: str | None = None
    value: str | None = None
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReport:
    """The result for one CSV set."""

    path: str
    """The folder as the user named it or as the settings name it."""
    format: str
    """"v2" or "v2.1"."""
    rows: Mapping[str, int]
    """Data rows of each file that exists."""
    findings: tuple[Finding, ...]
    """At most as many as asked for, in a fixed order; `counts` has all of them."""
    counts: Mapping[tuple[str, Severity], int]
    """How often each code was found with each severity, whether or not it is kept in `findings`."""
    suppressed: Mapping[str, int]
    """Consequences of a cause that is reported elsewhere: code to count."""
    failing: tuple[Severity, ...] = BLOCKING
    """What makes the validation fail; with --strict more than what makes the set invalid."""

    def count(self, *severities: Severity) -> int:
        """Count the findings of these severities."""
        return sum(number for (_, severity), number in self.counts.items() if severity in severities)

    @property
    def valid(self) -> bool:
        """Return True if nothing was found that is fatal or an error."""
        return not self.count(*BLOCKING)

    @property
    def fails(self) -> bool:
        """Return True if the validation of this set fails."""
        return bool(self.count(*self.failing))

    @property
    def codes(self) -> dict[str, int]:
        """Return how often each code was found."""
        codes: dict[str, int] = {}
        for (code, _), number in sorted(self.counts.items()):
            codes[code] = codes.get(code, 0) + number
        return codes
