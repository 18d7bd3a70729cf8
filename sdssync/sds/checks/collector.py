"""The book of a validation: who finds something writes it here; what is kept, counted or left out is decided here."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.findings import Finding, Severity

SHOWN = 200
"""Characters of a cell that a finding shows."""
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a value, a row or a file."""

    code: str
    severity: Severity
    message: str
    """Free of cells: it may be logged."""
    follows: bool = False
    """Whether it only follows from something that is reported elsewhere; then it is counted, not listed."""

    @property
    def drops(self) -> bool:
        """Whether SDS would drop the row."""
        return self.severity in (Severity.FATAL, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: a file, and if it is not the whole file, a line, a column and the cell there."""

    file: str
    line: int | None = None
    column: str | None = None
    value: str | None = None


class Ledger:
    """Collects findings, in memory bounded by the number kept for each code."""

    def __init__(self, select: tuple[str, ...], ignore: tuple[str, ...], keep: int) -> None:
        self._wanted = {
            code for code in CATALOGUE if (not select or code.startswith(select)) and not code.startswith(ignore)
        }
        self._keep = max(keep, 0)
        self._kept: defaultdict[str, list[Finding]] = defaultdict(list)
        self.counts: Counter[tuple[str, Severity]] = Counter()
        self._suppressed: Counter[str] = Counter()

    def add(self, verdict: Verdict, place: Place) -> None:
        """Note a finding, or count a follow-up."""
        if verdict.code not in self._wanted:
            return
        if verdict.follows:
            self._suppressed[verdict.code] += 1
            return
        self.counts[verdict.code, verdict.severity] += 1
        kept = self._kept[verdict.code]
        if len(kept) < self._keep:
            kept.append(_finding(verdict, place))

    def suppress(self, code: str, number: int) -> None:
        """Count follow-ups of a cause that is reported elsewhere."""
        if code in self._wanted and number:
            self._suppressed[code] += number

    @property
    def suppressed(self) -> Mapping[str, int]:
        """Follow-ups by code, in the order of the codes."""
        return dict(sorted(self._suppressed.items()))

    def findings(self, file_order: tuple[str, ...]) -> tuple[Finding, ...]:
        """Give the findings to show, worst first; a flood of one code leaves room for the others."""
        fair = sorted(
            (number, _WORST_FIRST.index(finding.severity), finding.code, finding)
            for kept in self._kept.values()
            for number, finding in enumerate(kept)
        )
        return tuple(sorted((finding for *_, finding in fair[: self._keep]), key=_reading_order(file_order)))


def _finding(verdict: Verdict, place: Place) -> Finding:
    rule = CATALOGUE[verdict.code]
    return Finding(
        code=verdict.code,
        rule=rule.name,
        severity=verdict.severity,
        file=place.file,
        line=place.line,
        column=place.column,
        value=_shown(place.value),
        message=verdict.message,
        hint=rule.mend,
    )


def _shown(value: str | None) -> str | None:
    """Cut a cell that nobody would read to its end."""
    return value if value is None or len(value) <= SHOWN else value[:SHOWN] + "…"


def _reading_order(file_order: tuple[str, ...]) -> Callable[[Finding], tuple[int, str, int, int, str]]:
    def key(finding: Finding) -> tuple[int, str, int, int, str]:
        file = file_order.index(finding.file) if finding.file in file_order else len(file_order)
        return _WORST_FIRST.index(finding.severity), finding.code, file, finding.line or 0, finding.column or ""

    return key
