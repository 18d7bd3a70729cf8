"""For dashboards of analysis results: SARIF 2.1.0, the Static Analysis Results Interchange Format of OASIS."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from sdssync import __version__
from sdssync.report.validation.wording import by_rule, count_words, message, path_of
from sdssync.sds.catalogue.rules import CATALOGUE, Rule
from sdssync.sds.findings import Finding, SetReport, Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "note",
}
_INDEXES = {code: index for index, code in enumerate(CATALOGUE)}


def render(reports: Sequence[SetReport]) -> str:
    """Return one run with all rules and findings; findings that are only counted become notifications."""
    run = {
        "tool": {"driver": {"name": "sdssync", "version": __version__, "rules": list(map(_rule, CATALOGUE.values()))}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    notification for report in reports for notification in _notifications(report)
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, finding) for report in reports for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": f"{rule.fix}. For example: {rule.bad}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severities[0]] if rule.severities else "none"},
    }


def _result(report: SetReport, finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(path_of(report, finding))}}
    if finding.line is not None:
        location["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": _INDEXES[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{message(finding)} ({finding.hint})"},
        "locations": [{"physicalLocation": location}],
    }


def _notifications(report: SetReport) -> Iterator[dict[str, Any]]:
    for group in by_rule(report):
        for severity, number in group.unlisted.items():
            yield {
                "level": _LEVELS[severity],
                "message": {"text": f"{report.path}: not listed: {count_words({severity: number})}"},
                "associatedRule": {"id": group.rule.code, "index": _INDEXES[group.rule.code]},
            }


def _uri(path: PurePath) -> str:
    """Return a path as a URI: `file:` for an absolute one, otherwise relative to the folder of the reader."""
    try:
        return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
    except UnicodeEncodeError:  # half a character, which Windows allows in names
        return _uri(type(path)(str(path).encode("utf-8", "replace").decode()))
