"""A trace and the set agree: for every person, every class and every person in a class of random schools."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings

from sdssync.config.installation import load
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.isams.records import Reading
from sdssync.jobs.selections import enrol_parts
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import contents, csv_files
from sdssync.roster.directory import Directory, MadeClasses
from sdssync.roster.enrol import Roster
from sdssync.roster.roll import call_roll
from sdssync.roster.selection import Unlisted, select
from sdssync.roster.steps import ClassTrace, PersonTrace, Place, Thing
from sdssync.roster.trace import Tracer
from sdssync.roster.waiting import hold_pupils
from tests.support import messy
from tests.support.builders import Document, make_profile, parsed
from tests.support.class_schools import random_school
from tests.support.class_tables import random_parts, random_profile, wait_until
from tests.support.installation import SETTINGS, install
from tests.support.made_school import dice
from tests.support.script import Arguments

pytestmark = [pytest.mark.slow, pytest.mark.portable]

IDENTITY = SchoolIdentity(id="8889999", name="MySchool", type="school", include_names=False)
TERM = date(2026, 9, 2)
Enrollment = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a set has, as SDS reads it."""

    users: frozenset[tuple[str, str]]
    """Id and role."""
    classes: frozenset[str]
    enrollments: frozenset[Enrollment]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A set, and who and what can be asked for."""

    roster: Roster
    tracer: Tracer
    directory: Directory
    rows: Rows


def rows_of(roster: Roster, profile: Profile) -> Rows:
    """Read the files of a set."""
    files = {
        name: list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        for name, content in contents(csv_files(roster, IDENTITY, profile)).items()
    }
    roles = files.get("roles.csv")
    users = roles if roles is not None else files["users.csv"]
    return Rows(
        users=frozenset((row.get("userSourcedId") or row["sourcedId"], row["role"]) for row in users),
        classes=frozenset(row["sourcedId"] for row in files["classes.csv"]),
        enrollments=frozenset(
            (row["classSourcedId"], row["userSourcedId"], row["role"]) for row in files["enrollments.csv"]
        ),
    )


def made(reading: Reading, profile: Profile, rng: Random | None = None) -> Case:
    """Make the set of a profile; with dice, some classes have pupils already and the others wait, where they may."""
    roll = call_roll(reading.as_script if profile.parity else reading.school)
    parts = tuple(Part(profile=part, selection=select(roll, part)) for part in profile.parts)
    roster = enrol_parts(parts, profile, IDENTITY)
    if rng:
        attended = frozenset(known.id for known in roster.classes if rng.random() < 0.3)
        roster = hold_pupils(roster, {part.name for part in parts_waiting(profile)}, attended)
    extra = (
        teacher.address for part in parts for teacher in part.selection.extra_teachers if isinstance(teacher, Unlisted)
    )
    return Case(
        roster=roster,
        tracer=Tracer(parts, roster),
        directory=Directory(roll, [MadeClasses(roll=roll, judged=roster.judged)], extra),
        rows=rows_of(roster, profile),
    )


def parts_waiting(profile: Profile) -> Iterator[Profile]:
    """Yield the parts whose pupils wait on the day before term."""
    return (part for part in profile.parts if part.classes.pupils_from and part.classes.pupils_from > TERM)


def check(case: Case) -> None:
    """Compare what each trace says with the rows of the set; one with clashing ids is never published."""
    if case.roster.clashes:
        return
    shared = case.tracer.roll.shared_ids  # of a parity profile, which publishes them
    enrollments: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for class_id, user, role in case.rows.enrollments:
        enrollments[user, role].add(class_id)
    for match in (*case.directory.people, *case.directory.absent):
        trace = case.tracer.person(match.who(case.tracer.roll))
        if match.id in shared or not match.id.strip():
            continue
        role = role_of(trace)
        assert trace.is_in == ((match.id, role) in case.rows.users), (match, trace.steps)
        for enrolled_as in ("student", "teacher"):
            found = {entry for entry in entries(trace.places) if entry[2] == enrolled_as}
            expected = {(class_id, match.id, enrolled_as) for class_id in enrollments[match.id, enrolled_as]}
            assert found == (expected if role == enrolled_as or not match.positions else set()), match
    things: tuple[Thing, ...] = (*case.tracer.roll.school.teaching_sets, *case.tracer.roll.school.groups)
    traces = [trace for thing in things for trace in case.tracer.classes((thing,))]
    check_classes(case.rows, traces)


def check_classes(rows: Rows, traces: list[ClassTrace]) -> None:
    """Compare the traces of all classes with the rows of the set."""
    there = {trace.candidate.id for trace in traces if trace.is_in and trace.candidate}
    assert there == rows.classes
    assert all(trace.candidate for trace in traces if trace.is_in)
    assert all(trace.steps for trace in traces if not trace.candidate)
    found = {entry for trace in traces for entry in entries(trace.places)}
    assert {entry for entry in found if entry[1].strip()} == {entry for entry in rows.enrollments if entry[1].strip()}


def role_of(trace: PersonTrace) -> str:
    """Return what a person would be in the set."""
    return "student" if trace.who.is_pupil else "teacher"


def entries(places: tuple[Place, ...]) -> Iterator[Enrollment]:
    """Yield the enrollments that traces say the set has."""
    for place in places:
        if place.is_in:
            assert place.candidate, place.steps
            yield place.candidate.id, place.who.id, place.role
        else:
            assert any(not step.passes for step in place.steps)


def profiles_of(folder: Path, **files: dict[str, Any]) -> dict[str, Profile]:
    """Read profiles from files."""
    (folder / "hartley.xml").touch()
    texts = {name: tomli_w.dumps({"name": name, "format": "v2.1", **table}) for name, table in files.items()}
    return {profile.name: profile for profile in load(install(folder, SETTINGS, **texts)).school.profiles}


@pytest.mark.parametrize("seed", range(30))
def test_random_tables(tmp_path: Path, seed: int) -> None:
    """Profiles with filters, merges, groups, sizes and primary owners, and a combined one; some classes wait."""
    rng = dice(seed)
    school = random_school(rng)
    whole, parts = {"combine": ["Part0", "Part1"], "output": "csv/Whole"}, random_parts(rng, school)
    waiting = wait_until(date(2026, 9, 3), random_profile(rng, school), rng)
    profiles = profiles_of(
        tmp_path,
        P0={**random_profile(rng, school), "output": "csv/P0"},
        P1={**waiting, "output": "csv/P1"},
        Part0=parts[0],
        Part1=parts[1],
        Whole=whole,
    )
    reading = parsed(tmp_path, school.xml)

    for name in ("P0", "P1", "Whole"):
        check(made(reading, profiles[name], rng))


@given(document=messy.documents(attributes=True), arguments=messy.arguments(parity=False))
@settings(deadline=None)
def test_messy_documents(tmp_path_factory: pytest.TempPathFactory, document: Document, arguments: Arguments) -> None:
    """Documents with odd ids, years and addresses, repeated records and unknown people."""
    check(made(parsed(tmp_path_factory.mktemp("messy"), document), profile_of(arguments)))


@given(document=messy.documents(attributes=True), arguments=messy.arguments(parity=True))
@settings(deadline=None)
def test_parity(tmp_path_factory: pytest.TempPathFactory, document: Document, arguments: Arguments) -> None:
    """The same in the rows of iSAMS-SDS.ps1, which leaves out next to nothing."""
    check(made(parsed(tmp_path_factory.mktemp("parity"), document), profile_of(arguments, parity=True)))


def profile_of(arguments: Arguments, **changes: Any) -> Profile:
    """Return the profile that asks for the same as a command line of the script."""
    return make_profile(
        year_groups=tuple(arguments.years),
        suffix=arguments.suffix,
        exclude=tuple(arguments.excluded),
        include=tuple(arguments.included) or None,
        extra_teachers=tuple(arguments.extra),
        **changes,
    )
