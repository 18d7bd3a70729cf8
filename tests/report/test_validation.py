"""What a validation prints, in item format: golden files of one rich sample, and what holds for any text anywhere."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from junitparser import JUnitXml

from sdssync import __version__
from sdssync.report.screen import Line, plain
from sdssync.report.validation.formats import OutputFormat, render
from sdssync.report.validation.text import styled_lines
from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.findings import Finding, SetReport, Severity
from sdssync.sds.schema import V21
from tests.support.golden import FIXTURES, assert_golden
from tests.support.needs import needs_posix_paths

FATAL, ERROR, WARNING, ADVICE = Severity
BLOCKING = {FATAL, ERROR}
CATALOGUE_CODES = list(CATALOGUE)
SARIF_SCHEMA = Draft4Validator(
    json.loads((FIXTURES / "formats" / "sarif-2.1.0-rtm.4.json").read_text(encoding="utf-8"))
)
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def finding(code: str, severity: Severity, message: str, **location: Any) -> Finding:
    """Make a finding of a rule, its name and hint from the catalogue."""
    rule = CATALOGUE[code]
    return Finding(
        code=code,
        rule=rule.name,
        severity=severity,
        message=message,
        hint=rule.fix,
        **({"file": "enrollments.csv"} | location),
    )


def report(path: str, *findings: Finding, **changes: Any) -> SetReport:
    """Make the report of a set in which nothing was found but this."""
    counts = Counter((item.code, item.severity) for item in findings)
    given = {"format": "v2", "rows": {"users.csv": 12}, "findings": findings, "counts": counts, "suppressed": {}}
    return SetReport(path=path, **(given | changes))


LOST = "userSourcedId is not a sourcedId of users.csv"
BROKEN = (
    *(finding("SDS206", ERROR, LOST, line=line, column="userSourcedId", value=f"99{line}") for line in range(2, 14)),
    finding(
        "SDS106", ERROR, "the value holds a line break", file="classes.csv", line=3, column="title", value="7A\r\nB"
    ),
    finding(
        "SDS303", ADVICE, "the class id holds ESC", file="classes.csv", line=4, column="sourcedId", value="\x1b[2J"
    ),
    finding(
        "SDS304", ADVICE, "the title has 300 characters", file="classes.csv", line=5, column="title", value="x" * 201
    ),
)
MIXED = (
    finding("SDS101", FATAL, "there is no users.csv", file="users.csv"),
    finding("SDS204", ERROR, "role: expected one of 30%, a: b", file="roles.csv", line=2, column="role", value="pupil"),
    finding("SDS204", WARNING, "role: some lists have it", file="roles.csv", line=3, column="role", value="aide"),
    finding("SDS203", WARNING, "the sourcedId differs in case only", file="users.csv", line=9, column="sourcedId"),
)
SAMPLE = (
    report(
        "csv/Seniors",
        *BROKEN,
        rows={"orgs.csv": 1, "users.csv": 1020, "classes.csv": 534, "enrollments.csv": 12_345},
        counts=Counter((item.code, item.severity) for item in BROKEN) | {("SDS206", ERROR): 4711},
        suppressed={"SDS206": 1200, "SDS301": 3},
    ),
    report("csv/Prep", rows={"orgs.csv": 1, "users.csv": 325}),
    report("Schülerdaten: 50%, neu", *MIXED, format="v2.1", rows={"orgs.csv": 1}),
)


def golden_text(output: OutputFormat) -> str:
    """Render the sample; of SARIF without the version of the program and the texts of rules that found nothing."""
    text = render(SAMPLE, output)
    if output is not OutputFormat.SARIF:
        return text
    document = json.loads(text)
    driver = document["runs"][0]["tool"]["driver"]
    assert driver.pop("version") == __version__
    assert [rule["id"] for rule in driver["rules"]] == list(CATALOGUE)
    found = {result["ruleId"] for result in document["runs"][0]["results"]}
    driver["rules"] = [rule for rule in driver["rules"] if rule["id"] in found]
    return json.dumps(document, indent=2) + "\n"


@pytest.mark.parametrize("output", OutputFormat)
def test_golden(output: OutputFormat) -> None:
    """The sample is printed as the golden file of the format says."""
    assert_golden(f"formats/sample.{output}", golden_text(output))


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (OutputFormat.TEXT, "there is no CSV set to validate\n"),
        (OutputFormat.JSON, '{\n  "version": 1,\n  "sets": []\n}\n'),
        (OutputFormat.GITHUB, ""),
        (
            OutputFormat.JUNIT,
            '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sdssync validate" tests="0" failures="0" />\n',
        ),
    ],
)
def test_no_set(output: OutputFormat, text: str) -> None:
    """No set at all is printed as such."""
    assert render((), output) == text


def test_a_valid_set_in_text() -> None:
    """A valid set is one line."""
    assert (
        render((report("csv/Prep"),), OutputFormat.TEXT) == "csv/Prep (v2): valid; nothing found; rows: users.csv 12\n"
    )


def test_counts_without_findings() -> None:
    """Where nothing is listed, counts still say which rule found how much, in every format."""
    counted = report("csv", counts={("SDS206", ERROR): 2, ("SDS210", WARNING): 1, ("SDS206", ADVICE): 1})

    assert render((counted,), OutputFormat.GITHUB) == (
        "::error title=SDS206 unknown-reference::csv: not listed: 2 errors\n"
        "::notice title=SDS206 unknown-reference::csv: not listed: 1 advice\n"
        "::warning title=SDS210 grade-without-zero::csv: not listed: 1 warning\n"
    )
    assert json.loads(render((counted,), OutputFormat.JSON))["sets"][0]["unlisted"] == {"SDS206": 3, "SDS210": 1}
    assert JUnitXml.fromstring(render((counted,), OutputFormat.JUNIT).encode()).failures == 1
    assert "SDS206 unknown-reference: 2 errors, 1 advice\n" in render((counted,), OutputFormat.TEXT)
    assert [
        (item["level"], item["message"]["text"], CATALOGUE_CODES[item["associatedRule"]["index"]])
        for item in sarif_run((counted,))["invocations"][0]["toolExecutionNotifications"]
    ] == [
        ("error", "csv: not listed: 2 errors", "SDS206"),
        ("note", "csv: not listed: 1 advice", "SDS206"),
        ("warning", "csv: not listed: 1 warning", "SDS210"),
    ]


@pytest.mark.parametrize(
    ("path", "property_", "data"),
    [
        pytest.param("csv/Seniors", "csv/Seniors", "csv/Seniors", id="plain"),
        pytest.param("a:b,c", "a%3Ab%2Cc", "a:b,c", id="colon and comma end a property only"),
        pytest.param("100%", "100%25", "100%25", id="percent"),
        pytest.param("%0A", "%250A", "%250A", id="what looks escaped"),
        pytest.param("a\r\nb", "a%0D%0Ab", "a%0D%0Ab", id="line break"),
        pytest.param("a\u2028\x1bb", "a\\u2028\\x1bb", "a\\u2028\\x1bb", id="other characters without a shape"),
    ],
)
def test_github_escapes(path: str, property_: str, data: str) -> None:
    """What would end a command, a property or a line is escaped as the runner undoes it."""
    lost = finding("SDS206", ERROR, "m", line=7)
    rendered = render((report(path, lost, counts={("SDS206", ERROR): 2}),), OutputFormat.GITHUB)

    assert rendered == (
        f"::error file={property_}/enrollments.csv,line=7,title=SDS206 unknown-reference::m ({lost.hint})\n"
        f"::error title=SDS206 unknown-reference::{data}: not listed: 1 error\n"
    )


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("csv/Seniors", "csv/Seniors/enrollments.csv", id="relative"),
        pytest.param(".", "enrollments.csv", id="here"),
        pytest.param("../up", "../up/enrollments.csv", id="up"),
        pytest.param("a b/ü:#?%", "a%20b/%C3%BC%3A%23%3F%25/enrollments.csv", id="characters with a meaning in a URI"),
        pytest.param("bad\udcff", "bad%FF/enrollments.csv", id="bytes that are not UTF-8"),
        pytest.param("/srv/a b", "file:///srv/a%20b/enrollments.csv", id="absolute"),
    ],
)
@needs_posix_paths
def test_sarif_uris(path: str, uri: str) -> None:
    """A path becomes a URI that leads back to it."""
    run = sarif_run((report(path, finding("SDS206", ERROR, "m", line=7)),))

    assert run["results"][0]["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 7}}}
    ]


def test_junit_suites() -> None:
    """What blocks fails its rule; the rest is output of a rule that has passed; only rules of the format are there."""
    suites = list(JUnitXml.fromstring(render(SAMPLE, OutputFormat.JUNIT).encode()))
    rules = {
        form: [f"{rule.code} {rule.name}" for rule in CATALOGUE.values() if rule.severities and form in rule.formats]
        for form in ("v2", "v2.1")
    }

    assert [(suite.name, suite.failures, suite.errors) for suite in suites] == [
        ("csv/Seniors", 2, 0),
        ("csv/Prep", 0, 0),
        ("Schülerdaten: 50%, neu", 2, 0),
    ]
    assert [sorted(case.name for case in suite) for suite in suites] == [rules["v2"], rules["v2"], rules["v2.1"]]
    assert [case.name for case in suites[0]][:4] == [
        "SDS206 unknown-reference", "SDS106 line-break-in-value", "SDS303 unsafe-class-id", "SDS304 unsafe-class-title",
    ]  # fmt: skip
    assert [case.name for case in suites[2] if case.result] == ["SDS101 missing-file", "SDS204 unknown-code"]
    assert [case.name for case in suites[2] if case.system_out] == ["SDS204 unknown-code", "SDS203 look-alike-ids"]


def test_the_gravest_is_first() -> None:
    """A fatal is above any number of pieces of advice; of one severity the more frequent is first."""
    advice = [finding("SDS301", ADVICE, "m", line=line) for line in range(2, 40)]
    mixed = report("csv", *advice, finding("SDS216", ADVICE, "m"), finding("SDS101", FATAL, "m"))

    text = render((mixed,), OutputFormat.TEXT)

    assert re.findall(r"^  (SDS\d+) ", text, re.MULTILINE) == ["SDS101", "SDS301", "SDS216"]


def test_text_lists_what_the_report_holds() -> None:
    """Nothing but the limit of the report shortens the text, and what is left out says how to list it."""
    listed = [finding("SDS301", ADVICE, "m", line=line) for line in range(2, 40)]
    counts = {("SDS301", ADVICE): 20_000, ("SDS101", FATAL): 8}

    complete = render((report("csv", *listed),), OutputFormat.TEXT)
    partial = render((report("csv", *listed, counts=counts),), OutputFormat.TEXT)

    assert complete.count("enrollments.csv:") == 38
    assert "more" not in complete
    assert "    ... and 19,962 more: --max-findings 20008 lists them\n" in partial

    flooded = render((report("csv", *listed, counts={("SDS301", ADVICE): 2_000_000}),), OutputFormat.TEXT)
    assert "    ... and 1,999,962 more: --max-findings 100000 lists more of them\n" in flooded


def test_each_fix_is_printed_once() -> None:
    """Findings of one rule that need something else have a fix each."""
    one, other = finding("SDS107", FATAL, "m", line=2), finding("SDS107", FATAL, "m", line=3)
    lines = render((report("csv", one, replace(other, hint="Export again"), one),), OutputFormat.TEXT).splitlines()

    assert [line for line in lines if "fix:" in line] == [f"    fix: {one.hint}", "    fix: Export again"]


@pytest.mark.parametrize("output", [OutputFormat.GITHUB, OutputFormat.SARIF, OutputFormat.JUNIT])
def test_cells_stay_out_of_what_is_kept(output: OutputFormat) -> None:
    """The formats whose readers keep and publish them show no cell."""
    lost = finding("SDS206", ERROR, LOST, line=7, column="userSourcedId", value="canary@myschool.example")

    assert "canary" not in render((report("csv", lost),), output)


def test_terminal_colours() -> None:
    """A terminal gets the same lines, with the colours of the severities."""
    lines = list(styled_lines(SAMPLE))

    assert plain(lines) == render(SAMPLE, OutputFormat.TEXT)
    assert Line("  SDS206 unknown-reference: 4,711 errors", "red") in lines


def test_a_format_is_imported_when_it_is_asked_for() -> None:
    """Text costs a run no module of another format, and no reader of XML."""
    program = (
        "import sys; from sdssync.report.validation.formats import OutputFormat, render; render((), OutputFormat.TEXT);"
        "print(*sorted(set(sys.modules) & set(sys.argv[1].split())))"
    )
    unwanted = "json xml.etree.ElementTree rich" + "".join(
        f" sdssync.report.validation.{name}" for name in ("sarif", "junit", "github")
    )

    done = subprocess.run([sys.executable, "-c", program, unwanted], capture_output=True, text=True, check=True)

    assert done.stdout == "\n"


FINDINGS = st.builds(
    lambda code, severity, message, location: finding(code, severity, message, **location),
    st.sampled_from(sorted(CATALOGUE)),
    st.sampled_from(Severity),
    st.text(),
    st.fixed_dictionaries(
        {
            "file": st.sampled_from([file.name for file in V21.files]),
            "line": st.none() | st.integers(1, 10**9),
            "column": st.none() | st.text(),
            "value": st.none() | st.text(max_size=100),
        }
    ),
)
# A path that the system gave may hold halves of characters, for bytes that are not UTF-8.
PATHS = st.lists(st.text() | st.sampled_from(["\udc80", "\x1b[2J", "..", "ü", "%41"]), min_size=1).map("/".join)


@st.composite
def reports_of_anything(draw: st.DrawFn) -> tuple[SetReport, ...]:
    """Draw some reports: any text anywhere, all findings listed or only some."""
    drawn = []
    for path in draw(st.lists(PATHS, max_size=2)):
        findings = draw(st.lists(FINDINGS, max_size=5).map(tuple))
        counts = Counter((item.code, item.severity) for item in findings)
        listed = findings[: draw(st.integers(0, 5))]
        drawn.append(report(path, *listed, counts=counts, format=draw(st.sampled_from(["v2", "v2.1"]))))
    return tuple(drawn)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(reports_of_anything())
def test_any_text_anywhere(reports: tuple[SetReport, ...]) -> None:
    """Whatever a message, a cell or a path holds, item format stays what it is, and can be written as UTF-8."""
    for output in OutputFormat:
        assert render(reports, output).encode("utf-8").endswith(b"\n") or not reports or output is OutputFormat.GITHUB
    assert_json(reports)
    assert_github(reports)
    assert_sarif(reports)
    assert_junit(reports)
    text = render(reports, OutputFormat.TEXT)
    assert all(line.isprintable() for line in text.split("\n"))


def assert_json(reports: Sequence[SetReport]) -> None:
    """The document says all that the reports say."""
    assert json.loads(render(reports, OutputFormat.JSON)) == {
        "version": 1,
        "sets": [
            {
                "path": item.path,
                "format": item.format,
                "valid": not {severity for _, severity in item.counts} & BLOCKING,
                "files": item.rows,
                "suppressed": item.suppressed,
                "findings": [{key: getattr(one, key) for key in Finding.__dataclass_fields__} for one in item.findings],
            }
            | ({"unlisted": unlisted} if (unlisted := unlisted_codes(item)) else {})
            for item in reports
        ],
    }


def unlisted_codes(item: SetReport) -> dict[str, int]:
    """Count by code what is counted and not listed."""
    return dict(Counter(item.codes) - Counter(one.code for one in item.findings))


def assert_github(reports: Sequence[SetReport]) -> None:
    """Each finding is one command on one line; what is not listed is one for item rule and severity."""
    commands = [COMMAND.fullmatch(line) for line in render(reports, OutputFormat.GITHUB).splitlines()]
    expected = [(one.severity, f"{one.code} {one.rule}", one.line) for item in reports for one in item.findings]
    found = [
        (command[1], dict(part.split("=", 1) for part in command[2].split(",")))
        for command in commands
        if command and command[2].startswith("file=")
    ]
    levels = {FATAL: "error", ERROR: "error", WARNING: "warning", ADVICE: "notice"}

    assert all(commands)
    assert [(level, item["title"], item.get("line")) for level, item in found] == [
        (levels[severity], title, line and str(line)) for severity, title, line in expected
    ]
    assert len(commands) - len(found) == sum(len(missing_pairs(item)) for item in reports)


def missing_pairs(item: SetReport) -> set[tuple[str, Severity]]:
    """Return the pairs of code and severity of which some findings are not listed."""
    return set(Counter(item.counts) - Counter((one.code, one.severity) for one in item.findings))


def assert_sarif(reports: Sequence[SetReport]) -> None:
    """The published schema accepts it; item result names a rule and leads to its file."""
    run = sarif_run(reports)

    assert [(item["ruleId"], CATALOGUE_CODES[item["ruleIndex"]]) for item in run["results"]] == [
        (one.code, one.code) for item in reports for one in item.findings
    ]
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(file:/)?[A-Za-z0-9._~/%-]+", uri)


def assert_junit(reports: Sequence[SetReport]) -> None:
    """A reader of JUnit finds a suite for item set, and a failure for item rule that blocks."""
    suites = list(JUnitXml.fromstring(render(reports, OutputFormat.JUNIT).encode()))

    assert [suite.failures for suite in suites] == [
        len({code for code, severity in item.counts if severity in BLOCKING}) for item in reports
    ]


def sarif_run(reports: Sequence[SetReport]) -> dict[str, Any]:
    """Render SARIF, hold it against the published schema, and give its only run."""
    document = json.loads(render(reports, OutputFormat.SARIF))
    SARIF_SCHEMA.validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run
