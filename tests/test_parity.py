"""What iSAMS-SDS.ps1 1.0.5 wrote for eight documents, and what sdssync makes of them."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.golden import FIXTURES
from tests.support.installation import install
from tests.support.runs import Ran, command, joined, toml

pytestmark = pytest.mark.portable

CASES = sorted(path.parent for path in (FIXTURES / "parity").glob("*/case.json"))
FILES = ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")

BLANK_BEYOND_ASCII = {"9005"}
"""Whose address is a no-break space: the script has a row for them, by default we have a line."""

each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


def installed(folder: Path, case: Path, *, parity: bool) -> Path:
    """Write the settings and the profile that say what the arguments of the script said."""
    facts = json.loads((case / "case.json").read_bytes())
    school = facts["school"]
    settings = (
        f"[school]\nid = {toml(school['id'])}\nname = {toml(school['name'])}\n"
        f"[isams]\nfile = {toml(str(case / 'isams.xml'))}\n"
    )
    return install(folder, settings, case=profile(facts["arguments"], parity=parity))


def profile(arguments: Mapping[str, str], *, parity: bool) -> str:
    """Return the arguments in TOML; without `parity` an extra teacher is listed once."""
    lines = ['output = "out"', f"parity = {toml(parity)}"]
    if "YearGroups" in arguments:
        lines.append(f"year_groups = [{arguments['YearGroups']}]")
    if "Suffix" in arguments:
        lines.append(f"suffix = {toml(arguments['Suffix'])}")
    lines.append("[subjects]")
    for key, argument in (("exclude", "ExcludedSubjects"), ("include", "IncludedSubjects")):
        if argument in arguments:
            lines.append(f"{key} = [{arguments[argument]}]")
    if "ExtraTeachers" in arguments:
        extra = arguments["ExtraTeachers"].split(",")
        lines += ["[teachers]", f"extra = {toml(extra if parity else list(dict.fromkeys(extra)))}"]
    return "\n".join(lines)


def script_rows(case: Path, name: str) -> "Counter[str]":
    """Count the rows of a file that the script wrote, header too."""
    return Counter((case / "expected" / name).read_text(encoding="utf-8").removesuffix("\n").split("\n"))


def printed(case: Path) -> "Counter[tuple[str, ...]]":
    """Count the pupils without e-mail that the script printed."""
    listed = json.loads((case / "expected" / "printed.json").read_bytes())
    return Counter((item["SchoolID"], item["Surname"], item["Forename"], item["Year"]) for item in listed)


def listed_pupils(omitted: list[dict[str, str]]) -> "Counter[tuple[str, ...]]":
    """Count the pupils whom a run lists by name, less those whose address is white space that is not ASCII."""
    return Counter(
        (item["id"], item["surname"], item["forename"], item["year"])
        for item in omitted
        if "year" in item and item["id"] not in BLANK_BEYOND_ASCII
    )


def omitted_ids(omitted: list[dict[str, str]], kind: str) -> "Counter[str]":
    """Count the ids of omitted users or classes."""
    return Counter(item["id"] for item in omitted if item["kind"] == kind and item["reason"] != "duplicate_class")


def ids(rows: "Counter[str]") -> "Counter[str]":
    """Count the first fields of rows."""
    return Counter(row.split(",")[0] for row in rows.elements())


def listed_again(case: Path) -> list[str]:
    """Return the extra teachers that the arguments list once more, as often as they do."""
    arguments = json.loads((case / "case.json").read_bytes())["arguments"]
    extra = Counter(arguments.get("ExtraTeachers", "").split(","))
    return list((extra - Counter(extra.keys())).elements())


def result(ran: Ran) -> Any:
    """Take the only profile of a run."""
    (profile,) = ran.json["profiles"]
    return profile


def test_all_cases_are_there() -> None:
    """None of the cases gets lost."""
    assert len(CASES) == 8


@each_case
def test_parity(tmp_path: Path, case: Path) -> None:
    """A parity profile has the rows of the script and lists whom the script printed."""
    config = installed(tmp_path, case, parity=True)

    ran = command("run", "case", "--config", config, "--format", "json")

    assert (ran.exit_code, result(ran)["outcome"]) == (0, "published")
    assert {name: joined(tmp_path / "out" / name) for name in FILES} == {
        name: script_rows(case, name) for name in FILES
    }
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    assert listed_pupils(result(ran)["omitted"]) == printed(case)


@each_case
def test_default(tmp_path: Path, case: Path) -> None:
    """By default the script's rows are there less those that the omissions explain, and each omission explains one."""
    config = installed(tmp_path, case, parity=False)

    ran = command("run", "case", "--config", config, "--format", "json")

    assert (ran.exit_code, result(ran)["outcome"]) == (0, "published")
    omitted = result(ran)["omitted"]
    expected = {name: script_rows(case, name) for name in FILES}
    for address in listed_again(case):
        for name in ("users.csv", "enrollments.csv"):
            expected[name] -= Counter({row for row in expected[name] if f"{address}," in row})
    ours = {name: joined(tmp_path / "out" / name) for name in FILES}
    missing = {name: expected[name] - ours[name] for name in FILES}
    assert {name: ours[name] - expected[name] for name in FILES} == {name: Counter() for name in FILES}
    assert missing["orgs.csv"] == Counter()
    printed_ids = Counter(pupil[0] for pupil in printed(case).elements())
    assert ids(missing["users.csv"]) == omitted_ids(omitted, "user") - printed_ids
    assert ids(missing["classes.csv"]) == omitted_ids(omitted, "class")
    assert Counter(row.rsplit(",", 1)[0] for row in missing["enrollments.csv"].elements()) == Counter(
        f"{item['class_id']},{item['user_id']}" for item in omitted if item["kind"] == "enrollment"
    )
    without_email = [item for item in omitted if item["reason"] == "pupil_without_email"]
    assert listed_pupils(without_email) == printed(case)


@each_case
def test_subjects(tmp_path: Path, case: Path) -> None:
    """The subjects are those that the script lists, each once; an absent text is an empty one."""
    config = installed(tmp_path, case, parity=False)

    ran = command("subjects", "--config", config, "--format", "json")

    listed = json.loads((case / "expected" / "subjects.json").read_bytes())
    assert ran.exit_code == 0
    assert {item["id"]: (item["code"], item["name"]) for item in ran.json["subjects"]} == {
        item["Subject ID"]: (item["Code"] or "", item["Name"] or "") for item in listed
    }
    assert len({item["id"] for item in ran.json["subjects"]}) == len(ran.json["subjects"])
