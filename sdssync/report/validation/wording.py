"""What the formats have in common: findings by rule, counts in words, and texts that are safe on a terminal."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.findings import Finding, SetReport, Severity

_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one rule found in a CSV set."""

    rule: Rule
    counts: Mapping[Severity, int]
    """How often, the gravest first, whether listed or not; never zero."""
    findings: tuple[Finding, ...]
    """The findings that are listed, in the order of the report."""

    @property
    def total(self) -> int:
        """Return how often, with all severities together."""
        return sum(self.counts.values())

    @property
    def gravest(self) -> Severity:
        """Return the gravest severity."""
        return next(iter(self.counts))

    @property
    def fixes(self) -> tuple[str, ...]:
        """Return what to do, each advice once: that of the findings, or that of the rule where none is listed."""
        return tuple(dict.fromkeys(finding.hint for finding in self.findings)) or (self.rule.fix,)

    @property
    def unlisted(self) -> dict[Severity, int]:
        """Return how many findings are counted but not listed; never zero."""
        listed = Counter(finding.severity for finding in self.findings)
        return {
            severity: number - listed[severity] for severity, number in self.counts.items() if number > listed[severity]
        }


def by_rule(report: SetReport) -> tuple[Group, ...]:
    """Return the findings by rule: the gravest first and, of one severity, the most frequent."""
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
    gravity = tuple(Severity).index
    return tuple(sorted(groups, key=lambda group: (gravity(group.gravest), -group.total, group.rule.code)))


def count_words(counts: Mapping[Severity, int]) -> str:
    """Return counts in words: "1 fatal, 4,711 errors"."""
    return ", ".join(
        f"{number:,} {severity if number == 1 else _PLURALS.get(severity, severity)}"
        for severity, number in counts.items()
    )


def summarise(report: SetReport) -> str:
    """Return a CSV set on one line: path, format, valid or not, counts, rows of each file."""
    severities = {severity: report.count(severity) for severity in Severity if report.count(severity)}
    verdict = "valid" if report.valid else "not valid"
    verdict += ", but warnings are errors with --strict" if report.valid and report.fails else ""
    found = count_words(severities) or "nothing found"
    rows = ", ".join(f"{visible(file)} {number:,}" for file, number in report.rows.items()) or "none"
    return f"{visible(report.path)} ({report.format}): {verdict}; {found}; rows: {rows}"


def location_of(finding: Finding) -> str:
    """Return file, line and column as far as they are known: `users.csv:12:username`."""
    return ":".join(visible(str(part)) for part in (finding.file, finding.line, finding.column) if part is not None)


def path_of(report: SetReport, finding: Finding) -> PurePath:
    """Return the path of the file, beginning like that of the CSV set."""
    return PurePath(report.path) / finding.file


def message(finding: Finding) -> str:
    """Return what was found, with the column if the sentence itself does not name it."""
    if finding.column is None or finding.column in finding.message:
        return finding.message
    return f"{finding.column}: {finding.message}"


def visible(text: str) -> str:
    r"""
    Return the text with an escape for whatever is invisible: `\x1b` for a terminal command, `\n` for a line break.

    The result is one line that no terminal interprets, and legal in XML 1.0.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
