"""What holds for every school and every profile."""

import csv
import io
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files, write
from sdssync.roster.enrol import Roster, enrol, enrol_as_script
from sdssync.roster.selection import select
from sdssync.sds.formats import SdsFormat
from tests.support.builders import DepartmentRecord, Document, make_profile, omitted, rolls
from tests.support.golden import FIXTURES
from tests.support.installation import SETTINGS, install
from tests.support.messy import arguments, documents
from tests.support.runs import command
from tests.support.script import Arguments

pytestmark = [pytest.mark.slow, pytest.mark.portable]

T = TypeVar("T")

SCHOOL = SchoolIdentity(id="8889999", name="MySchool, Lower Quay", type="school", include_names=False)

formats = st.sampled_from([(SdsFormat.V2, False), (SdsFormat.V2, True), (SdsFormat.V21, False)])
"""Format and parity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A set as it was made of a document."""

    roster: Roster
    files: dict[str, bytes]

    def rows(self, name: str) -> list[tuple[str, ...]]:
        """Read the data rows of a file."""
        return [tuple(row) for row in csv.reader(io.StringIO(self.files[name].decode("utf-8"), newline=""))][1:]


def make(document: Document, profile: Profile, *, names: bool = False) -> Made:
    """Go the whole way from a document to bytes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ours, as_script = rolls(folder, document)
        if profile.parity:
            roster = enrol_as_script(Part(profile=profile, selection=select(as_script, profile)))
        else:
            roster = enrol((Part(profile=profile, selection=select(ours, profile)),), include_names=names)
        write(csv_files(roster, SCHOOL, profile), folder)
        return Made(roster=roster, files={file.name: file.read_bytes() for file in folder.glob("*.csv")})


def profile(asked: Arguments, sds_format: SdsFormat = SdsFormat.V2, *, parity: bool = False) -> Profile:
    """Return what is asked as a profile."""
    return make_profile(
        format=sds_format,
        parity=parity,
        year_groups=tuple(asked.years),
        suffix=asked.suffix,
        exclude=tuple(asked.excluded),
        include=tuple(asked.included) or None,
        extra_teachers=tuple(asked.extra),
        title="{set_code} {subject_code}{suffix}",
    )


def unique(document: Document) -> Document:
    """Keep the first set and the first subject of each id: people have one of their own already."""
    sets = {each.id: each for each in reversed(document.sets)}
    subjects = {(each.id or "").strip(): each for one in document.departments for each in one.subjects or ()}
    return replace(
        document, sets=tuple(sets.values()), departments=(DepartmentRecord(subjects=tuple(subjects.values())),)
    )


def shuffled(records: tuple[T, ...], chance: random.Random) -> tuple[T, ...]:
    """Put records into another order."""
    return tuple(chance.sample(records, len(records)))


@settings(max_examples=60, deadline=None)
@given(documents(attributes=True), arguments(parity=False), formats, st.randoms(use_true_random=False))
def test_order_means_nothing(
    document: Document, asked: Arguments, form: tuple[SdsFormat, bool], chance: random.Random
) -> None:
    """Whatever the order of records and sections, the bytes are the same, and what is left out is."""
    document = unique(document)
    wanted = profile(asked, form[0], parity=form[1])
    departments = tuple(
        replace(each, subjects=shuffled(each.subjects, chance) if each.subjects else None)
        for each in document.departments
    )
    other = replace(
        document,
        pupils=shuffled(document.pupils, chance),
        staff=shuffled(document.staff, chance),
        departments=departments,
        sets=tuple(
            replace(each, teachers=shuffled(each.teachers, chance) if each.teachers else None)
            for each in shuffled(document.sets, chance)
        ),
        set_lists=shuffled(document.set_lists, chance),
        order=shuffled(document.order, chance),
    )
    entries = replace_order(wanted, chance)

    one, two = make(document, wanted, names=asked.names), make(other, entries, names=asked.names)

    assert one.files == two.files
    assert omitted(one.roster) == omitted(two.roster)


def replace_order(wanted: Profile, chance: random.Random) -> Profile:
    """Put years and subjects of a profile into another order; a later extra teacher may match an earlier one."""
    return replace(
        wanted,
        year_groups=shuffled(wanted.year_groups, chance),
        exclude=shuffled(wanted.exclude, chance),
    )


@settings(max_examples=80, deadline=None)
@given(documents(attributes=True), arguments(parity=False))
def test_every_reference_resolves(document: Document, asked: Arguments) -> None:
    """By default ids and addresses are unique, no enrollment appears twice, and each has its user and class."""
    made = make(document, profile(asked), names=asked.names)

    users, classes, enrollments = (made.rows(name) for name in ("users.csv", "classes.csv", "enrollments.csv"))
    assert {user for _, user, _ in enrollments} <= {user[0] for user in users}
    assert {each for each, _, _ in enrollments} == {each[0] for each in classes}
    assert {each for each, _, role in enrollments if role == "student"} == {each[0] for each in classes}
    for values in ([user[0] for user in users], [user[2].lower() for user in users], [each[0] for each in classes]):
        assert len(set(values)) == len(values)
        assert all(value.strip() for value in values)
    assert len(set(enrollments)) == len(enrollments)
    assert {role for _, user, role in enrollments if user in {u[0] for u in users if u[3] == "teacher"}} <= {"teacher"}
    assert all(title.strip() for *_, title in classes)


@settings(max_examples=60, deadline=None)
@given(documents(attributes=True), arguments(parity=True), formats)
def test_csv_reads_back(document: Document, asked: Arguments, form: tuple[SdsFormat, bool]) -> None:
    """What is written reads back, cell by cell, in every format."""
    wanted = profile(asked, form[0], parity=form[1])

    made = make(document, wanted)

    for csv_file in csv_files(made.roster, SCHOOL, wanted):
        assert made.rows(csv_file.name) == list(csv_file.rows)
        assert made.files[csv_file.name].startswith(",".join(csv_file.header).encode() + b"\r\n")
        assert made.files[csv_file.name].endswith(b"\r\n")


@settings(max_examples=60, deadline=None)
@given(documents(attributes=True), arguments(parity=False), st.data())
def test_fewer_years_add_no_rows(document: Document, asked: Arguments, data: st.DataObject) -> None:
    """A profile of fewer years has no row that the wider one has not, as long as addresses and sets are unique."""
    document = unique(document)
    document = replace(
        document,
        pupils=tuple(replace(each, email=each.email and f"p{n}@a.example") for n, each in enumerate(document.pupils)),
        staff=tuple(replace(each, email=each.email and f"s{n}@a.example") for n, each in enumerate(document.staff)),
    )
    fewer = data.draw(st.lists(st.sampled_from(asked.years), min_size=1, unique=True))

    wide = make(document, profile(asked), names=asked.names)
    narrow = make(document, profile(replace(asked, years=fewer)), names=asked.names)

    for name in ("users.csv", "classes.csv", "enrollments.csv"):
        assert Counter(narrow.rows(name)) - Counter(wide.rows(name)) == Counter()


@pytest.mark.parametrize("parity", ["true", "false"])
@pytest.mark.parametrize("case", ["messy-seniors", "hand-made-edges"])
def test_twice_changes_nothing(tmp_path: Path, case: str, parity: str) -> None:
    """A second run says `unchanged` and touches no file."""
    config = install(tmp_path, SETTINGS, all=f'output = "out"\nsuffix = "_26"\nparity = {parity}')
    shutil.copy(FIXTURES / "parity" / case / "isams.xml", tmp_path / "hartley.xml")

    def outcome() -> str:
        return str(command("run-all", "--config", config, "--format", "json").json["profiles"][0]["outcome"])

    def state() -> dict[str, tuple[int, int, bytes]]:
        files = (tmp_path / "out").iterdir()
        return {each.name: (each.stat().st_ino, each.stat().st_mtime_ns, each.read_bytes()) for each in files}

    assert outcome() == "published"
    before = state()
    assert outcome() == "unchanged"
    assert state() == before


def test_surroundings_mean_nothing(tmp_path: Path) -> None:
    """Hash seed, locale, time zone and the folder of the start change no byte."""
    config = install(
        tmp_path,
        SETTINGS,
        all='output = "all"\n[teachers]\nextra = ["*1*@*"]',
        new='format = "v2.1"\noutput = "new"',
    )
    shutil.copy(FIXTURES / "parity" / "messy-all-years" / "isams.xml", tmp_path / "hartley.xml")
    published = []
    for number, surroundings in enumerate(
        (
            {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
            {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
            {"PYTHONHASHSEED": "4711", "LC_ALL": "en_GB.ISO-8859-1", "TZ": "America/Adak", "PYTHONUTF8": "1"},
        )
    ):
        start = tmp_path / f"start{number}"
        start.mkdir()
        run = [sys.executable, "-m", "sdssync", "run-all", "--config", str(config)]
        subprocess.run(run, env=os.environ | surroundings, cwd=start, capture_output=True, check=True)
        published.append({file: file.read_bytes() for name in ("all", "new") for file in (tmp_path / name).iterdir()})
        assert list(start.iterdir()) == []
        for name in ("all", "new"):
            shutil.rmtree(tmp_path / name)

    assert len(published[0]) == 4 + 5
    assert published[0] == published[1] == published[2]
