"""Random messy documents, and what `sdssync record` makes of them: nothing leaks, and the sets are the same."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings

from tests.support.builders import Document
from tests.support.class_schools import random_school
from tests.support.class_tables import random_profile
from tests.support.installation import SETTINGS, install
from tests.support.made_school import dice
from tests.support.messy import arguments, documents
from tests.support.runs import command
from tests.support.script import Arguments, Written, as_script, by_default
from tests.support.two_documents import Pairs, leaks, pair, unfaithful

pytestmark = [pytest.mark.slow, pytest.mark.portable]

NOT_THERE = 987654321
"""The id of a subject that neither document has."""


def recorded(folder: Path, xml: str, *arguments: str, **profiles: dict[str, Any]) -> str:
    """Return the document without people; all of the profiles must have been compared."""
    tables = {name: tomli_w.dumps({"name": name, "output": f"csv/{name}", **table}) for name, table in profiles.items()}
    config = install(folder, SETTINGS, **tables)
    (folder / "hartley.xml").write_text(xml, encoding="utf-8", newline="")
    ran = command("record", "--config", config, "--output", folder / "out.xml", "--format", "json", *arguments)
    assert ran.exit_code == 0, ran.err
    assert ran.json["profiles"] == list(profiles)
    return (folder / "out.xml").read_text(encoding="utf-8")


def tables_of(asked: Arguments) -> dict[str, Any]:
    """Return what is asked as the tables of a profile."""
    subjects = {"exclude": [*map(int, asked.excluded)], "include": [*map(int, asked.included)]}
    extra = {"extra": asked.extra}
    return {
        "year_groups": asked.years,
        "suffix": asked.suffix,
        "subjects": {key: ids for key, ids in subjects.items() if ids},
        "teachers": extra if asked.extra else {},
    }


def valid(asked: Arguments) -> Arguments:
    """Return what a profile may ask: subjects that are numbers and named once, addresses that are named once."""
    included = [subject for subject in asked.included if subject.isdecimal() and subject not in asked.excluded]
    return replace(asked, included=included, extra=[*{entry.lower(): entry for entry in asked.extra}.values()])


def translated(asked: Arguments, pairs: Pairs) -> Arguments:
    """Return the same for the other document: of wildcards, which addresses match them."""
    return replace(
        asked,
        excluded=[subject_in(pairs, subject) for subject in asked.excluded],
        included=[subject_in(pairs, subject) for subject in asked.included],
        extra=[address_in(pairs, entry) for entry in asked.extra],
    )


def subject_in(pairs: Pairs, subject: str) -> str:
    """Return the id of a subject in the other document."""
    return pairs.of(subject, "SubjectId", "Id") or str(NOT_THERE)


def address_in(pairs: Pairs, address: str) -> str:
    """Return an address as the other document has it, whatever its case."""
    found = {
        image.lower()
        for (name, value), images in pairs.became.items()
        if name in {"SchoolEmailAddress", "EmailAddress"} and value.lower() == address.lower()
        for image in images
    }
    assert len(found) <= 1
    return next(iter(found), address)


def counts(written: Written) -> tuple[Counter[str], int, Counter[str], Counter[tuple[str, ...]]]:
    """Return how many there are of everything that an oracle writes or leaves out."""
    return (
        Counter(row[2] for row in written.users.elements()),
        written.classes.total(),
        Counter(row[2] for row in written.enrollments.elements()),
        Counter(row[:2] for row in written.omitted.elements()),
    )


@settings(max_examples=200, deadline=None)
@given(documents(attributes=True), arguments(parity=False))
def test_messy_documents(document: Document, asked: Arguments) -> None:
    """Both oracles of the script say the same of both documents, and nothing leaks."""
    asked, xml = valid(asked), document.xml()
    plain = replace(asked, extra=[entry for entry in asked.extra if not re.search("[*?]", entry)])
    profiles = {
        f"{name}{parity}": {**tables_of(wanted), "parity": parity}
        for name, wanted in (("asked", asked), ("plain", plain))
        for parity in (False, True)
    }
    with TemporaryDirectory() as name:
        invented = recorded(Path(name), xml, **profiles)

    assert leaks(xml, invented) == []
    assert unfaithful(xml, invented) == []
    other = translated(plain, pair(xml, invented))
    assert counts(by_default(invented, other)) == counts(by_default(xml, plain))
    assert counts(as_script(invented, other)) == counts(as_script(xml, plain))


@pytest.mark.parametrize("seed", range(60))
def test_schools_with_groups(tmp_path: Path, seed: int) -> None:
    """A run says the same of both documents; what a profile names by patterns and codes is compared by the command."""
    rng = dice(seed)
    school = random_school(rng)
    asked = random_profile(rng, school)
    invented = recorded(tmp_path, school.xml, all=asked)

    assert leaks(school.xml, invented) == []
    assert unfaithful(school.xml, invented) == []
    pairs = pair(school.xml, invented)
    asked["classes"] = {
        key: asked["classes"][key] for key in ("owners", "min_pupils") if key in asked.get("classes", {})
    }
    other = {**asked}
    if "subjects" in asked:
        named = {
            key: [int(subject_in(pairs, str(subject))) for subject in ids] for key, ids in asked["subjects"].items()
        }
        other["subjects"] = named
    if "teachers" in asked:
        other["teachers"] = {"extra": [address_in(pairs, entry) for entry in asked["teachers"]["extra"]]}
    assert result(tmp_path / "two", invented, other) == result(tmp_path / "one", school.xml, asked)


@pytest.mark.parametrize("seed", range(60, 90))
def test_small_documents(tmp_path: Path, seed: int) -> None:
    """A few pupils of a random school are enough for a document, and each profile makes the same set of them."""
    rng = dice(seed)
    school = random_school(rng)
    most = rng.randint(1, 8)
    invented = recorded(tmp_path, school.xml, f"--max-pupils={most}", all=random_profile(rng, school))

    assert leaks(school.xml, invented) == []
    assert 0 < invented.count("<Pupil ") <= most


def result(folder: Path, xml: str, tables: dict[str, Any]) -> dict[str, Any]:
    """Run a profile, and return what the run says without a name."""
    folder.mkdir()
    config = install(folder, SETTINGS, all=tomli_w.dumps({"name": "all", "output": "csv/all", **tables}))
    (folder / "hartley.xml").write_text(xml, encoding="utf-8", newline="")
    ran = command("run", "all", "--config", config, "--dry-run", "--format", "json")
    (profile,) = ran.json["profiles"]
    keys = ("outcome", "users", "classes", "enrollments", "findings", "omissions")
    left_out = Counter((row["kind"], row["reason"]) for row in profile["omitted"])
    return {key: profile[key] for key in keys} | {"omitted": left_out, "exit_code": ran.exit_code}
