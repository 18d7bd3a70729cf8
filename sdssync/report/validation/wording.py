"""What the formats say alike: findings gathered by rule, counts in words, and texts that a terminal can be given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.findings import Finding, SetReport, Severity

_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one rule found in a set."""

    rule: Rule
    counts: Mapping[Severity, int]
    """How often, worst first, whether listed or not; none is zero."""
    findings: tuple[Finding, ...]
    """Those that are listed, in the order of the report."""

    @property
    def total(self) -> int:
        """How often, all severities together."""
        return sum(self.counts.values())

    @property
    def unlisted(self) -> dict[Severity, int]:
        """How many findings are counted and not listed; none is zero."""
        listed = Counter(finding.severity for finding in self.findings)
        return {
            severity: number - listed[severity] for severity, number in self.counts.items() if number > listed[severity]
        }


def group(report: SetReport) -> tuple[Group, ...]:
    """Gather the findings by rule, most hits first."""
    groups = (
        Group(
            rule=CATALOGUE[code],
            counts={
                severity: report.counts[code, severity] for severity in Severity if (code, severity) in report.counts
            },
            findings=tuple(finding for finding in report.findings if finding.code == code),
        )
        for code in report.codes
    )
    return tuple(sorted(groups, key=lambda each: (-each.total, each.rule.code)))


def count_words(counts: Mapping[Severity, int]) -> str:
    """Say counts in words: "1 fatal, 4,711 errors"."""
    return ", ".join(
        f"{number:,} {severity if number == 1 else _PLURALS.get(severity, severity)}"
        for severity, number in counts.items()
    )


def summarise(report: SetReport) -> str:
    """Say in one line how it stands with a set: path, format, valid or not, counts, rows of each file."""
    severities = {severity: report.count(severity) for severity in Severity if report.count(severity)}
    verdict = "valid" if report.valid else "not valid"
    verdict += ", but a warning fails with --strict" if report.valid and report.fails else ""
    found = count_words(severities) or "nothing found"
    rows = ", ".join(f"{visible(file)} {number:,}" for file, number in report.rows.items()) or "none"
    return f"{visible(report.path)} ({report.format}): {verdict}; {found}; rows: {rows}"


def place(finding: Finding) -> str:
    """Say where: file, line and column as far as there are any, `users.csv:12:username`."""
    return ":".join(visible(str(part)) for part in (finding.file, finding.line, finding.column) if part is not None)


def path_of(report: SetReport, finding: Finding) -> PurePath:
    """Give the path of the file, from where the path of the set begins."""
    return PurePath(report.path) / finding.file


def message(finding: Finding) -> str:
    """Say what was found; the column is named even where the sentence itself does without."""
    if finding.column is None or finding.column in finding.message:
        return finding.message
    return f"{finding.column}: {finding.message}"


def visible(text: str) -> str:
    r"""
    Write what cannot be seen as an escape: `\x1b` for the beginning of a terminal's command, `\n` for a line break.

    What is left is one line that no terminal obeys, and legal in XML 1.0.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
