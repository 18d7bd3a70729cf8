"""
For programs: one JSON document with everything that is known of each CSV set.

A set has the further key `unlisted` (code: count) if there are more findings than are listed.
"""

import json
from collections.abc import Sequence
from typing import Any

from sdssync.report.validation.wording import by_rule
from sdssync.sds.findings import Finding, SetReport

VERSION = 1


def render(reports: Sequence[SetReport]) -> str:
    """Return the document, its keys in a fixed order, in ASCII, so that a pipe with another encoding does no harm."""
    document = {"version": VERSION, "sets": [_set(report) for report in reports]}
    return json.dumps(document, indent=2) + "\n"


def _set(report: SetReport) -> dict[str, Any]:
    unlisted = {group.rule.code: sum(group.unlisted.values()) for group in by_rule(report) if group.unlisted}
    return {
        "path": report.path,
        "format": report.format,
        "valid": report.valid,
        "files": dict(report.rows),
        "suppressed": dict(report.suppressed),
        "findings": [finding_json(finding) for finding in report.findings],
        **({"unlisted": unlisted} if unlisted else {}),
    }


def finding_json(finding: Finding) -> dict[str, str | int | None]:
    """Return a finding with its documented keys."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "value": finding.value,
        "message": finding.message,
        "hint": finding.hint,
    }
