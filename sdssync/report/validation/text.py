"""For people: findings by rule, the gravest first, what to do for each rule, and the summary last."""

from collections.abc import Iterator, Sequence

from sdssync.report.screen import Line, plain
from sdssync.report.validation.wording import Group, by_rule, count_words, location_of, summarise, visible
from sdssync.sds.findings import MOST_FINDINGS, Finding, SetReport, Severity

CELL_LIMIT = 60
"""Characters of a cell that are printed."""

_STYLES = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


def render(reports: Sequence[SetReport]) -> str:
    """Return plain text."""
    return plain(styled_lines(reports))


def styled_lines(reports: Sequence[SetReport]) -> Iterator[Line]:
    """Yield the lines of all CSV sets, and at the end one summary line for each."""
    for report in reports:
        if report.counts or report.suppressed:
            yield from _findings(report)
            yield Line("")
    for report in reports:
        yield Line(summarise(report), "green" if report.valid else "bold red")
    if not reports:
        yield Line("there is no CSV set to validate")


def _findings(report: SetReport) -> Iterator[Line]:
    yield Line(visible(report.path), "bold")
    for group in by_rule(report):
        yield Line("")
        yield from _rule(group, sum(report.counts.values()))
    if report.suppressed:
        follow_ups = ", ".join(f"{code} {number:,}" for code, number in report.suppressed.items())
        yield Line("")
        yield Line(f"  not listed, because they follow from the above: {follow_ups}", "dim")


def _rule(group: Group, all_findings: int) -> Iterator[Line]:
    rule = group.rule
    yield Line(f"  {rule.code} {rule.name}: {count_words(group.counts)}", _STYLES[group.gravest])
    yield Line(f"  {rule.title}.")
    for finding in group.findings:
        yield Line(f"    {_sentence(finding)}")
    more = group.total - len(group.findings)
    if more:
        them = "them" if all_findings <= MOST_FINDINGS else "more of them"
        yield Line(f"    ... and {more:,} more: --max-findings {min(all_findings, MOST_FINDINGS)} lists {them}", "dim")
    for fix in group.fixes:
        yield Line(f"    fix: {fix}", "dim")


def _sentence(finding: Finding) -> str:
    value = "" if finding.value is None else f' "{_truncated(finding.value)}"'
    return f"{location_of(finding)}{value}: {finding.severity}: {visible(finding.message)}"


def _truncated(value: str) -> str:
    """Truncate a cell, so that it does not fill the screen."""
    text = visible(value[: CELL_LIMIT + 1])
    return text if len(text) <= CELL_LIMIT else f"{text[:CELL_LIMIT]}…"
