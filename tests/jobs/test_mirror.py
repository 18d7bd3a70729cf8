"""What a document without people is compared by: everything of a set that a run reports, without who and what."""

from collections import Counter
from pathlib import Path

import pytest

from sdssync.config.installation import load
from sdssync.isams.source import last_document
from sdssync.jobs.mirror import SetCounts, Side, count_set
from sdssync.jobs.progress import RunProgress
from tests.support.runs import command
from tests.test_parity import CASES, installed


@pytest.mark.parametrize("parity", [False, True], ids=["default", "parity"])
@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in CASES if "messy" in case.name or "hand" in case.name]
)
def test_the_counts_are_those_of_a_run(tmp_path: Path, case: Path, *, parity: bool) -> None:
    """Users, classes, enrollments, omissions by kind and reason, findings by code: as the result of a run has them."""
    config = installed(tmp_path, case, parity=parity)
    school = load(config).school
    taken = last_document(school.settings, progress=RunProgress())
    side = Side(taken.reading, taken.document.origin)

    counts = count_set(side.parts_of, school.profiles[0], school.settings, tmp_path / "set")

    (ran,) = command("run-all", "--config", config, "--dry-run", "--format", "json").json["profiles"]
    assert not counts.failed
    assert sum(counts.roles.values()) == counts.rows["users.csv"] == ran["users"]
    assert sum(counts.classes.values()) == counts.rows["classes.csv"] == ran["classes"]
    assert counts.rows["enrollments.csv"] == ran["enrollments"]
    assert counts.omissions == Counter(f"{row['kind']} {row['reason']}" for row in ran["omitted"])
    findings: Counter[str] = Counter()
    for key, number in counts.findings.items():
        findings[key.split()[0]] += number
    assert findings == ran["findings"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (SetCounts(rows={"users.csv": 2}), SetCounts(rows={"users.csv": 2}), []),
        (SetCounts(rows={"users.csv": 2}), SetCounts(), ["rows users.csv: 2 instead of 0"]),
        (SetCounts(roles={"students": 2}), SetCounts(roles={"students": 1}), ["roles students: 2 instead of 1"]),
        (
            SetCounts(classes={"of 1 and 2 people": 1}),
            SetCounts(classes={"of 1 and 3 people": 1}),
            ["classes of 1 and 2 people: 1 instead of 0", "classes of 1 and 3 people: 0 instead of 1"],
        ),
        (SetCounts(), SetCounts(omissions={"user x": 1}), ["omissions user x: 0 instead of 1"]),
        (SetCounts(), SetCounts(findings={"SDS217 advice": 1}), ["findings SDS217 advice: 0 instead of 1"]),
        (SetCounts(), SetCounts(failed="SourceError"), ["no error instead of SourceError"]),
        (SetCounts(failed="SourceError"), SetCounts(failed="SourceError"), []),
    ],
)
def test_differences(one: SetCounts, other: SetCounts, expected: list[str]) -> None:
    """A difference says what there is and what there should be."""
    assert list(one.differences(other)) == expected
