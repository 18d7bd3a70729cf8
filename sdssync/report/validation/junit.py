"""
For test reports: JUnit XML, in which a set is a suite and each rule of its format a test.

A rule fails by what makes the exit code 1: what is fatal or an error and, with --strict, a warning. The rest stands in
the output of a test that has passed.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sdssync.report.validation.wording import Group, count_words, group, place, summarise, visible
from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.findings import SetReport, Severity


def render(reports: Sequence[SetReport]) -> str:
    """Render the document, its characters all legal in XML 1.0."""
    root = Element("testsuites", name="sdssync validate")
    suites = [_suite(root, report) for report in reports]
    for key in ("tests", "failures"):
        root.set(key, str(sum(int(suite.attrib[key]) for suite in suites)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: SetReport) -> Element:
    suite = SubElement(root, "testsuite", name=visible(report.path))
    groups = {each.rule.code: each for each in group(report)}
    rules = [rule for rule in CATALOGUE.values() if rule.code in groups or _applies(rule, report)]
    for rule in rules:
        case = SubElement(suite, "testcase", classname=visible(report.path), name=f"{rule.code} {rule.name}")
        if rule.code in groups:
            _tell(case, groups[rule.code], report.failing)
    suite.set("tests", str(len(rules)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    SubElement(suite, "system-out").text = summarise(report)
    return suite


def _applies(rule: Rule, report: SetReport) -> bool:
    """Whether a rule can find anything in a set of this format."""
    return bool(rule.severities) and report.format in rule.formats


def _tell(case: Element, each: Group, failing: tuple[Severity, ...]) -> None:
    """Put what a rule found into its test."""
    blocking = {severity: number for severity, number in each.counts.items() if severity in failing}
    if blocking:
        failure = SubElement(
            case, "failure", message=f"{each.rule.title}: {count_words(blocking)}", type=next(iter(blocking))
        )
        failure.text = "\n".join(_lines(each, failing))
    if len(blocking) < len(each.counts):
        others = tuple(severity for severity in Severity if severity not in failing)
        SubElement(case, "system-out").text = "\n".join(_lines(each, others))


def _lines(each: Group, severities: tuple[Severity, ...]) -> Iterator[str]:
    for finding in each.findings:
        if finding.severity in severities:
            yield f"{place(finding)}: {finding.severity}: {visible(finding.message)}"
    unlisted = {severity: number for severity, number in each.unlisted.items() if severity in severities}
    if unlisted:
        yield f"not listed: {count_words(unlisted)}"
    yield f"mend: {each.rule.mend}"
