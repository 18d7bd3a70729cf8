"""Collect the findings of a validation: what is kept, counted or left out is decided here."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.findings import Finding, Severity

CELL_LIMIT = 200
"""Characters of a cell that a finding holds."""
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Offence:
    """What is wrong with a value, a row or a file."""

    code: str
    severity: Severity
    message: str
    """Free of cells: it may be logged."""
    follows: bool = False
    """True if it only follows from something that is reported elsewhere; then it is counted and not listed."""
    once: bool = False
    """True if one finding for a column is enough: the cause is the same, and the others are counted."""
    fix: str = ""
    """What to do, if that is not what the rule says; free of cells, like the message."""

    @property
    def drops(self) -> bool:
        """Return True if SDS would drop the row."""
        return self.severity in (Severity.FATAL, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Location:
    """Where an offence is: a file, and unless it is the whole file, a line, a column and the cell there."""

    file: str
    line: int | None = None
    column: str | None = None
    value: str | None = None


class Collector:
    """Collects findings, in memory bounded by the number kept for each code."""

    def __init__(self, select: tuple[str, ...], ignore: tuple[str, ...], keep: int) -> None:
        self._wanted = {
            code for code in CATALOGUE if (not select or code.startswith(select)) and not code.startswith(ignore)
        }
        self._keep = max(keep, 0)
        self._kept: defaultdict[str, list[Finding]] = defaultdict(list)
        self.counts: Counter[tuple[str, Severity]] = Counter()
        self._suppressed: Counter[str] = Counter()

    def wants(self, code: str) -> bool:
        """Return True if findings of this code are asked for."""
        return code in self._wanted

    def add(self, offence: Offence, location: Location) -> None:
        """Note a finding, or count a follow-up."""
        if offence.code not in self._wanted:
            return
        if offence.follows:
            self._suppressed[offence.code] += 1
            return
        self.counts[offence.code, offence.severity] += 1
        kept = self._kept[offence.code]
        if len(kept) < self._keep:
            kept.append(_finding(offence, location))

    def suppress(self, code: str, number: int) -> None:
        """Count follow-ups of a cause that is reported elsewhere."""
        if code in self._wanted and number:
            self._suppressed[code] += number

    @property
    def suppressed(self) -> Mapping[str, int]:
        """Follow-ups by code, in the order of the codes."""
        return dict(sorted(self._suppressed.items()))

    def findings(self, file_order: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return the findings, the gravest first; a flood of one code leaves room for the others."""
        fair = sorted(
            (number, _WORST_FIRST.index(finding.severity), finding.code, finding)
            for kept in self._kept.values()
            for number, finding in enumerate(kept)
        )
        return tuple(sorted((finding for *_, finding in fair[: self._keep]), key=_reading_order(file_order)))


def _finding(offence: Offence, location: Location) -> Finding:
    rule = CATALOGUE[offence.code]
    return Finding(
        code=offence.code,
        rule=rule.name,
        severity=offence.severity,
        file=location.file,
        line=location.line,
        column=location.column,
        value=_truncated(location.value),
        message=offence.message,
        hint=offence.fix or rule.fix,
    )


def _truncated(value: str | None) -> str | None:
    """Truncate a cell that no one would read to its end."""
    return value if value is None or len(value) <= CELL_LIMIT else value[:CELL_LIMIT] + "…"


def _reading_order(file_order: tuple[str, ...]) -> Callable[[Finding], tuple[int, str, int, int, str]]:
    def key(finding: Finding) -> tuple[int, str, int, int, str]:
        file = file_order.index(finding.file) if finding.file in file_order else len(file_order)
        return _WORST_FIRST.index(finding.severity), finding.code, file, finding.line or 0, finding.column or ""

    return key
