"""Classes of random schools and random tables: what the program publishes and leaves out equals the oracle's."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.support.class_oracle import Expected, ExpectedUser, expect
from tests.support.class_schools import random_school, shuffled
from tests.support.class_tables import Tables, random_parts, random_profile, wait_until
from tests.support.installation import SETTINGS, install
from tests.support.made_school import dice
from tests.support.runs import command

pytestmark = [pytest.mark.slow, pytest.mark.portable]

SCHOOL_ID = "8889999"
SEEDS = range(60)
ORDERS = range(20)
NIGHTS = range(20)
COMMANDS = range(20)
TERM = date(2026, 9, 2)


def lay_out(folder: Path, xml: str, profiles: Sequence[Tables], parts: Sequence[Tables], sds_format: str) -> Path:
    """Write an installation with profiles P0, P1 ... and a combined one of Part0 and Part1; return its settings."""
    folder.mkdir(exist_ok=True)
    (folder / "hartley.xml").write_text(xml, encoding="utf-8")
    files: dict[str, Tables] = {
        f"P{number}": {**profile, "format": sds_format, "output": f"csv/P{number}"}
        for number, profile in enumerate(profiles)
    }
    files |= {f"Part{number}": dict(part) for number, part in enumerate(parts)}
    names = [f"Part{number}" for number in range(len(parts))]
    files["Whole"] = {"format": sds_format, "output": "csv/Whole", "combine": names}
    return install(folder, SETTINGS, **{name: tomli_w.dumps({"name": name, **table}) for name, table in files.items()})


def generate(config: Path, kept: Path, today: date = TERM) -> dict[str, Any]:
    """Run all profiles without publishing, keep their sets, and return what was reported of each."""
    ran = command(
        *("run-all", "--config", config, "--dry-run", "--keep", kept, "--today", today.isoformat(), "--format", "json")
    )
    return {profile["profile"]: profile for profile in ran.json["profiles"]}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """Read the rows of a file of a set."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def users(folder: Path) -> dict[str, ExpectedUser]:
    """Read the users of a set in either format."""
    people = read(folder, "users")
    if people and "role" in people[0]:
        return {
            row["sourcedId"]: ExpectedUser(
                username=row["username"],
                role=row["role"],
                grade=row["grade"],
                orgs=frozenset(row["orgSourcedIds"].split(",")),
            )
            for row in people
        }
    roles = read(folder, "roles") if people else []
    return {
        row["sourcedId"]: ExpectedUser(
            username=row["username"],
            role=own[0]["role"],
            grade=own[0]["grade"],
            orgs=frozenset(role["orgSourcedId"] for role in own),
        )
        for row in people
        for own in [[role for role in roles if role["userSourcedId"] == row["sourcedId"]]]
    }


def omitted(reported: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """Count what was left out: kind, reason, ids."""
    return Counter(
        (row["kind"], row["reason"], row["class_id"], row["user_id"])
        if row["kind"] == "enrollment"
        else (row["kind"], row["reason"], row["id"])
        for row in reported["omitted"]
    )


def codes(reported: dict[str, Any]) -> set[str]:
    """Return the rules that reject a set."""
    return {offence["code"] for offence in reported.get("offences", [])}


def compare(reported: dict[str, Any], folder: Path, expected: Expected) -> None:
    """Compare a set, and what was left out of it, with what the oracle says."""
    assert ("SDS202" in codes(reported)) == bool(expected.alike)
    if expected.alike:
        assert reported["outcome"] == "rejected"
        return
    assert users(folder) == expected.users
    classes = {row["sourcedId"]: (row["title"], row["orgSourcedId"]) for row in read(folder, "classes")}
    assert classes == {
        name: (expected_class.title, expected_class.org) for name, expected_class in expected.classes.items()
    }
    enrollments = [tuple(row.values()) for row in read(folder, "enrollments")]
    assert Counter(enrollments) == Counter(expected.enrollments)
    assert omitted(reported) == expected.omitted


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_of_a_random_school(tmp_path: Path, seed: int) -> None:
    """Users, classes, enrollments and omissions of three profiles and a combined one equal the oracle's."""
    rng = dice(seed)
    school = random_school(rng)
    profiles = [random_profile(rng, school) for _ in range(3)]
    parts = random_parts(rng, school)
    config = lay_out(tmp_path / "a", school.xml, profiles, parts, rng.choice(["v2", "v2.1"]))

    reported = generate(config, tmp_path / "kept")

    for number, profile in enumerate(profiles):
        compare(reported[f"P{number}"], tmp_path / "kept" / f"P{number}", expect(school.xml, [profile], SCHOOL_ID))
    compare(reported["Whole"], tmp_path / "kept" / "Whole", expect(school.xml, parts, SCHOOL_ID))


@pytest.mark.parametrize("seed", COMMANDS)
def test_classes_command(tmp_path: Path, seed: int) -> None:
    """`sdssync classes` reports kind, year, size and what each class is made of, and what was filtered by which key."""
    rng = dice(seed)
    school = random_school(rng)
    profiles = {f"P{number}": random_profile(rng, school) for number in range(3)}
    config = lay_out(tmp_path / "a", school.xml, list(profiles.values()), random_parts(rng, school), "v2.1")

    ran = command("classes", *profiles, "--config", config, "--format", "json")

    assert [reported["profile"] for reported in ran.json["profiles"]] == list(profiles)
    for reported in ran.json["profiles"]:
        expected = expect(school.xml, [profiles[reported["profile"]]], SCHOOL_ID)
        if expected.alike:
            continue
        sizes = Counter((class_id, role) for class_id, _, role in expected.enrollments)
        made = [{**row, "made_of": frozenset(row["made_of"])} for row in reported["classes"]]
        assert {row["id"]: row for row in made} == {
            class_id: {
                "id": class_id,
                "title": known.title,
                "kind": known.kind,
                "year": known.year,
                "teachers": sizes[class_id, "teacher"],
                "pupils": sizes[class_id, "student"],
                "waiting": 0,
                "made_of": known.made_of,
            }
            for class_id, known in expected.classes.items()
        }
        filtered = Counter((row["id"], row["code"], row["by"]) for row in reported["filtered"])
        assert filtered == expected.filtered


@pytest.mark.parametrize("seed", NIGHTS)
def test_pupils_from(tmp_path: Path, seed: int) -> None:
    """Before the day, classes that have no pupil in the published set, if there is one, get their teachers only."""
    rng = dice(seed)
    school = random_school(rng)
    before, parts_before = [random_profile(rng, school) for _ in range(3)], random_parts(rng, school)
    after, parts_after = [
        [wait_until(TERM, profile, rng) for profile in profiles] for profiles in (before, parts_before)
    ]
    today = rng.choice([TERM, TERM - timedelta(days=1)])
    config = lay_out(tmp_path / "a", school.xml, before, parts_before, "v2.1")
    ran = command("run", "P0", "P1", "--config", config, "--today", "2026-08-01", "--format", "json")
    published = {profile["profile"] for profile in ran.json["profiles"] if profile["outcome"] == "published"}
    lay_out(tmp_path / "a", school.xml, after, parts_after, "v2.1")

    reported = generate(config, tmp_path / "kept", today)

    tables = {f"P{number}": ([before[number]], [after[number]]) for number in range(3)}
    for name, (old, new) in (tables | {"Whole": (parts_before, parts_after)}).items():
        enrollments = expect(school.xml, old, SCHOOL_ID).enrollments if name in published else set()
        filled = {class_id for class_id, _, role in enrollments if role == "student"}
        expected = expect(school.xml, new, SCHOOL_ID, today=today, filled=filled)
        compare(reported[name], tmp_path / "kept" / name, expected)


@pytest.mark.parametrize("seed", ORDERS)
def test_order_of_the_document_means_nothing(tmp_path: Path, seed: int) -> None:
    """Where ids are unique, also those of classes, a document in another order gives the same bytes and omissions."""
    rng = dice(seed)
    school = random_school(rng, has_unique_ids=True)
    profiles, parts = [random_profile(rng, school) for _ in range(3)], random_parts(rng, school)
    found = []
    for name, xml in (("a", school.xml), ("b", shuffled(school.xml, rng))):
        kept = tmp_path / f"kept-{name}"
        reported = generate(lay_out(tmp_path / name, xml, profiles, parts, "v2.1"), kept)
        found.append(
            {
                profile: (
                    omitted(report),
                    codes(report),
                    "SDS202" in codes(report) or {file.name: file.read_bytes() for file in (kept / profile).iterdir()},
                )
                for profile, report in reported.items()
                if report["outcome"] != "combined"
            }
        )

    assert found[0] == found[1]
