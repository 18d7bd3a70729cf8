"""The rules, each on the passing and failing cases of fixtures/rules."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sdssync.sds.catalogue.rules import CATALOGUE, Rule, unknown_prefixes
from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.data_types import is_blank
from sdssync.sds.findings import Finding, Severity
from sdssync.sds.formats import SdsFormat

pytestmark = pytest.mark.portable

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
Case = dict[str, Any]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / name).read_text(encoding="utf-8"))


def _cases(code: str) -> list[Case]:
    path = FIXTURES / f"{code}.toml"
    return list(_load(path.name)["case"]) if path.exists() else []


ALL_CASES = [
    pytest.param(case, id=f"{code}-{case['name'].replace(' ', '-')}") for code in CATALOGUE for case in _cases(code)
]


def write_case(case: Case, folder: Path) -> None:
    """Write the files of a case: those of its base set, with its own in their location."""
    files: dict[str, str] = {**_load(f"base-{case['base']}.toml"), **case.get("files", {})}
    for name, rows in case.get("rows", {}).items():
        lines = (rows["row"].replace("{n}", str(number)) for number in range(1, rows["count"] + 1))
        files[name] = "\n".join([rows["header"], *lines, ""])
    for name in case.get("without", []):
        files.pop(name)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode(case.get("encoding", {}).get(name, "utf-8")))


def _options(case: Case) -> CheckOptions:
    published = case.get("published_files")
    return CheckOptions(
        format=SdsFormat(case["base"]),
        include_names=case.get("include_names"),
        published_format=None if published is None else SdsFormat(case["base"]),
        published_files=frozenset(published or ()),
    )


def _spot(finding: Finding) -> str:
    location = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
    return " ".join(filter(None, (finding.code, finding.severity, location, finding.column)))


@pytest.mark.parametrize("case", ALL_CASES)
def test_case(case: Case, tmp_path: Path) -> None:
    """A set has the findings and the suppressed follow-ups that its case lists, and no others."""
    write_case(case, tmp_path)

    report = check_set(tmp_path, _options(case))

    assert sorted(map(_spot, report.findings)) == sorted(case["expect"])
    assert report.suppressed == {code: number for code, number in case.get("suppressed", {}).items() if number}
    assert report.valid is not any(" error " in spot or " fatal " in spot for spot in case["expect"])


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_rule_has_cases(code: str) -> None:
    """Each rule has a case that passes it and one that fails it; SDS208 explains SDS206 and fails as that."""
    failing = "SDS206" if code == "SDS208" else code
    fails = [any(failing in spot for spot in case["expect"]) for case in _cases(code)]

    assert set(fails) == {True, False}


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_every_rule_explains_itself(rule: Rule) -> None:
    """A rule has all its texts, and its severities come worst first."""
    assert not any(map(is_blank, (rule.title, rule.what, rule.why, rule.bad, rule.fix)))
    assert list(rule.severities) == sorted(rule.severities, key=list(Severity).index)
    assert rule.name == rule.name.lower().replace("_", "-").replace(" ", "-")


def test_the_catalogue_is_complete() -> None:
    """There are the rules F01 to F16, R01 to R18 and M01 to M07, with different names."""
    families = {1: 16, 2: 18, 3: 7}

    assert list(CATALOGUE) == [f"SDS{f}{n:02}" for f, number in families.items() for n in range(1, number + 1)]
    assert len({rule.name for rule in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code != "SDS208"])
def test_found_severities_are_those_of_the_rule(code: str) -> None:
    """The cases of a rule show each of its severities, and no other."""
    spots = [spot.split() for case in _cases(code) for spot in case["expect"]]

    assert {severity for found, severity, *_ in spots if found == code} == set(CATALOGUE[code].severities)


def test_unknown_prefixes() -> None:
    """A prefix with which no code begins is reported, also an empty one."""
    assert unknown_prefixes(("SDS", "SDS3", "SDS301", "SDS9", "", "F01")) == ("SDS9", "", "F01")
