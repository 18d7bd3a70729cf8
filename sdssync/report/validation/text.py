"""For people: findings by rule, most hits first, what to do once for each rule, and the summary last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.report.validation.wording import Group, count_words, group, place, summarise, visible
from sdssync.sds.findings import Finding, SetReport, Severity

LISTED = 10
"""Findings listed for each rule; more of one kind tell nothing new."""
SHOWN = 60
"""Characters of a cell that are shown."""

_STYLES = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and how it looks on a terminal, in the words of rich."""

    text: str
    style: str = ""


def render(reports: Sequence[SetReport]) -> str:
    """Render plain text."""
    return "".join(f"{line.text}\n" for line in styled_lines(reports))


def styled_lines(reports: Sequence[SetReport]) -> Iterator[Line]:
    """Yield the lines of all sets, and a line of summary for each set at the end."""
    for report in reports:
        if report.counts or report.suppressed:
            yield from _findings(report)
            yield Line("")
    for report in reports:
        yield Line(summarise(report), "green" if report.valid else "bold red")
    if not reports:
        yield Line("there is no set to validate")


def _findings(report: SetReport) -> Iterator[Line]:
    yield Line(visible(report.path), "bold")
    for each in group(report):
        yield Line("")
        yield from _rule(each)
    if report.suppressed:
        follow_ups = ", ".join(f"{code} {number:,}" for code, number in report.suppressed.items())
        yield Line("")
        yield Line(f"  not listed, because it follows from these: {follow_ups}", "dim")


def _rule(each: Group) -> Iterator[Line]:
    rule = each.rule
    yield Line(f"  {rule.code} {rule.name}: {count_words(each.counts)}", _STYLES[next(iter(each.counts))])
    yield Line(f"  {rule.title}.")
    for finding in each.findings[:LISTED]:
        yield Line(f"    {_sentence(finding)}")
    more = each.total - len(each.findings[:LISTED])
    if more:
        yield Line(f"    ... and {more:,} more", "dim")
    yield Line(f"    mend: {rule.mend}", "dim")


def _sentence(finding: Finding) -> str:
    value = "" if finding.value is None else f' "{_shown(finding.value)}"'
    return f"{place(finding)}{value}: {finding.severity}: {visible(finding.message)}"


def _shown(value: str) -> str:
    """Cut a cell, so that it does not fill the screen."""
    text = visible(value[: SHOWN + 1])
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
