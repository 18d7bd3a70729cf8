"""For GitHub Actions: a workflow command for each finding, which becomes an annotation of the file."""

from collections.abc import Iterator, Sequence

from sdssync.report.validation.wording import by_rule, count_words, message, path_of, visible
from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.findings import Finding, SetReport, Severity

_COMMANDS = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "notice",
}


def render(reports: Sequence[SetReport]) -> str:
    """Return a line for each finding, and one for each rule and severity with findings that are only counted."""
    return "".join(f"{line}\n" for report in reports for line in _lines(report))


def _lines(report: SetReport) -> Iterator[str]:
    for finding in report.findings:
        yield _annotation(report, finding)
    for group in by_rule(report):
        for severity, number in group.unlisted.items():
            more = f"{report.path}: not listed: {count_words({severity: number})}"
            yield f"::{_COMMANDS[severity]} title={_title(group.rule.code)}::{_data(more)}"


def _annotation(report: SetReport, finding: Finding) -> str:
    line = "" if finding.line is None else f",line={finding.line}"
    where = f"file={_property(path_of(report, finding).as_posix())}{line},title={_title(finding.code)}"
    return f"::{_COMMANDS[finding.severity]} {where}::{_data(f'{message(finding)} ({finding.hint})')}"


def _title(code: str) -> str:
    return _property(f"{code} {CATALOGUE[code].name}")


def _data(text: str) -> str:
    """Escape a message as the runner of GitHub Actions undoes it; what it does not undo is made visible."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """Escape a value before the second pair of colons, where a colon or a comma would end it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
