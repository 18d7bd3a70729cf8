"""
For test reports: JUnit XML, in which a CSV set is a suite and each rule of its format a test.

The rules that found something come first, the gravest of them before the others. A rule fails by what makes the exit
code 1: a fatal, an error and, with --strict, a warning. The rest is in the output of a test that has passed.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sdssync.report.validation.wording import Group, by_rule, count_words, location_of, summarise, visible
from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.findings import SetReport, Severity


def render(reports: Sequence[SetReport]) -> str:
    """Return the document; all its characters are legal in XML 1.0."""
    root = Element("testsuites", name="sdssync validate")
    suites = [_suite(root, report) for report in reports]
    for key in ("tests", "failures"):
        root.set(key, str(sum(int(suite.attrib[key]) for suite in suites)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: SetReport) -> Element:
    suite = SubElement(root, "testsuite", name=visible(report.path))
    groups = {group.rule.code: group for group in by_rule(report)}
    clean = [rule for rule in CATALOGUE.values() if rule.code not in groups and _applies(rule, report)]
    rules = [*(group.rule for group in groups.values()), *clean]
    for rule in rules:
        case = SubElement(suite, "testcase", classname=visible(report.path), name=f"{rule.code} {rule.name}")
        if rule.code in groups:
            _report(case, groups[rule.code], report.failing)
    suite.set("tests", str(len(rules)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    SubElement(suite, "system-out").text = summarise(report)
    return suite


def _applies(rule: Rule, report: SetReport) -> bool:
    """Return True if a rule can find anything in a CSV set of this format."""
    return bool(rule.severities) and report.format in rule.formats


def _report(case: Element, group: Group, failing: tuple[Severity, ...]) -> None:
    """Write what a rule found into its test."""
    blocking = {severity: number for severity, number in group.counts.items() if severity in failing}
    if blocking:
        failure = SubElement(
            case, "failure", message=f"{group.rule.title}: {count_words(blocking)}", type=next(iter(blocking))
        )
        failure.text = "\n".join(_lines(group, failing))
    if len(blocking) < len(group.counts):
        others = tuple(severity for severity in Severity if severity not in failing)
        SubElement(case, "system-out").text = "\n".join(_lines(group, others))


def _lines(group: Group, severities: tuple[Severity, ...]) -> Iterator[str]:
    for finding in group.findings:
        if finding.severity in severities:
            yield f"{location_of(finding)}: {finding.severity}: {visible(finding.message)}"
    unlisted = {severity: number for severity, number in group.unlisted.items() if severity in severities}
    if unlisted:
        yield f"not listed: {count_words(unlisted)}"
    yield from (f"fix: {fix}" for fix in group.fixes)
