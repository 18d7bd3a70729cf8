"""The parts of a set put together: the same rows as one profile of all years, people in two parts, organisations."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.config.profile import Org, Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.roster.combine import Part
from sdssync.roster.csv_files import csv_files
from sdssync.roster.enrol import Roster, enrol
from sdssync.roster.roll import call_roll
from sdssync.roster.selection import select
from sdssync.school import School
from sdssync.sds.formats import SdsFormat
from tests.support.builders import (
    Document,
    listed,
    make_profile,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    parsed,
)
from tests.support.messy import documents

IDENTITY = SchoolIdentity(id="100", name="Hartley", type="school", include_names=False)
SENIOR = Org(id="100-S", name="Senior School", type="school")
PREP = Org(id="100-P", name="Prep School", type="school")
YEARS = tuple(range(-2, 16))


def combined(school: School, *parts: Profile) -> Roster:
    """Put the rows of several profiles together."""
    roll = call_roll(school)
    return enrol([Part(profile=part, selection=select(roll, part)) for part in parts], include_names=False)


def files(roster: Roster, sds_format: SdsFormat = SdsFormat.V21) -> dict[str, list[tuple[str, ...]]]:
    """Lay a roster out as rows by file, headers first."""
    laid_out = csv_files(roster, IDENTITY, make_profile(format=sds_format))
    return {file.name: [file.header, *file.rows] for file in laid_out}


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    document=documents(attributes=True),
    split=st.lists(st.integers(0, 3), min_size=len(YEARS), max_size=len(YEARS)),
    order=st.permutations(range(4)),
)
@pytest.mark.parametrize("sds_format", list(SdsFormat))
def test_parts_make_the_set_of_all_years(
    sds_format: SdsFormat, document: Document, split: list[int], order: list[int]
) -> None:
    """Without organisations a set of disjoint parts equals that of one profile with all years, in any order."""
    with TemporaryDirectory() as folder:
        school = parsed(Path(folder), document).school
    shared: dict[str, tuple[str, ...]] = {"exclude": ("2",), "extra_teachers": ("new@school.example", "*1*")}
    groups = [[year for year, number in zip(YEARS, split, strict=True) if number == group] for group in range(4)]
    parts = [
        make_profile(name=f"part {number}", year_groups=tuple(years), **shared)
        for number, years in enumerate(groups)
        if years
    ]
    whole = combined(school, make_profile(year_groups=YEARS, **shared))

    expected = files(whole, sds_format)

    assert files(combined(school, *parts), sds_format) == expected
    reordered = [parts[number] for number in order if number < len(parts)]
    assert files(combined(school, *reordered), sds_format) == expected


IN_BOTH = make_school(
    pupils=[make_pupil(1, year="7"), make_pupil(2, year="3"), make_pupil(3, year="3")],
    teachers=[make_teacher(101), make_teacher(102), make_teacher(103)],
    teaching_sets=[
        make_set(id="11", code="7A", year="7", teacher_ids=("101", "102")),
        make_set(id="12", code="3A", year="3", teacher_ids=("101",)),
        make_set(id="13", code="3B", year="3", teacher_ids=("103",)),
    ],
    memberships=[*listed("11", "9001", "9003"), *listed("12", "9002"), *listed("13", "9003")],
)
PARTS = (
    make_profile(name="Prep", year_groups=(3,), org=PREP, suffix="_p"),
    make_profile(name="Seniors", year_groups=(7,), org=SENIOR, suffix="_s"),
)


def test_people_in_two_parts_v21() -> None:
    """A teacher of both parts has a row for each organisation, the first in `orgs.csv` is primary."""
    laid_out = files(combined(IN_BOTH, *PARTS))

    assert laid_out["orgs.csv"] == [
        ("sourcedId", "name", "type", "parentSourcedId"),
        ("100", "Hartley", "school", ""),
        ("100-P", "Prep School", "school", "100"),
        ("100-S", "Senior School", "school", "100"),
    ]
    assert laid_out["roles.csv"] == [
        ("userSourcedId", "orgSourcedId", "role", "grade", "isPrimary"),
        ("9001", "100-S", "student", "07", "true"),
        ("9002", "100-P", "student", "03", "true"),
        ("9003", "100-P", "student", "03", "true"),
        ("101", "100-P", "teacher", "", "true"),
        ("101", "100-S", "teacher", "", "false"),
        ("102", "100-S", "teacher", "", "true"),
        ("103", "100-P", "teacher", "", "true"),
    ]
    assert [row[0] for row in laid_out["users.csv"][1:]] == ["9001", "9002", "9003", "101", "102", "103"]
    assert laid_out["classes.csv"][1:] == [("11", "100-S", "7A_s"), ("12", "100-P", "3A_p"), ("13", "100-P", "3B_p")]


def test_people_in_two_parts_v2() -> None:
    """A teacher of both parts is one row with both organisations, in the order of `orgs.csv`."""
    laid_out = files(combined(IN_BOTH, *PARTS), SdsFormat.V2)

    assert [row[:2] for row in laid_out["users.csv"][1:]] == [
        ("9001", "100-S"), ("9002", "100-P"), ("9003", "100-P"), ("101", "100-P,100-S"), ("102", "100-S"),
        ("103", "100-P"),
    ]  # fmt: skip
    assert [row[0] for row in laid_out["orgs.csv"]] == ["sourcedId", "100", "100-P", "100-S"]


def test_one_organisation_each() -> None:
    """Where each person has one organisation there is no column that says which is primary."""
    laid_out = files(combined(IN_BOTH, PARTS[1]))

    assert laid_out["roles.csv"][0] == ("userSourcedId", "orgSourcedId", "role", "grade")
    assert {row[1] for row in laid_out["roles.csv"][1:]} == {"100-S"}


def test_a_part_without_an_organisation() -> None:
    """What has no organisation of its own belongs to the school, which comes first."""
    prep, seniors = PARTS

    laid_out = files(combined(IN_BOTH, prep, replace(seniors, org=None)), SdsFormat.V2)

    assert [row[:2] for row in laid_out["users.csv"][4:5]] == [("101", "100,100-P")]


def test_a_pupil_is_in_the_classes_of_every_part() -> None:
    """A pupil of the one part is in a class of the other whose list names the pupil."""
    roster = combined(IN_BOTH, *PARTS)

    assert {enrolled.id: enrolled.pupils for enrolled in roster.classes}["11"] == ("9001", "9003")
    assert combined(IN_BOTH, PARTS[1]).classes[0].pupils == ("9001",)


def test_omissions_name_their_part() -> None:
    """A user's omission has the first part that takes the person, any other the part of the class."""
    school = replace(
        IN_BOTH,
        teachers=(make_teacher(101, email=""), make_teacher(102), make_teacher(103)),
        pupils=(*IN_BOTH.pupils[:2], make_pupil(3, year="3", email="")),
    )

    omissions = combined(school, *PARTS).omissions

    assert [(omission.reason.value, omission.id, omission.class_id, omission.part) for omission in omissions] == [
        ("pupil_without_email", "9003", "", "Prep"),
        ("teacher_without_email", "101", "", "Prep"),
        ("class_without_pupils", "13", "", "Prep"),
        ("pupil_without_email", "9003", "11", "Seniors"),
        ("pupil_without_email", "9003", "13", "Prep"),
        ("teacher_without_email", "101", "11", "Seniors"),
        ("teacher_without_email", "101", "12", "Prep"),
        ("class_omitted", "103", "13", "Prep"),
    ]


def test_a_class_of_two_parts() -> None:
    """Two parts that take one set make one class twice: a clash, unless their class ids differ."""
    one, two = (make_profile(name=name, year_groups=(7,)) for name in ("A", "B"))
    [clash] = combined(IN_BOTH, one, two).clashes
    apart = combined(IN_BOTH, one, replace(two, class_id=make_profile(class_id="{set_id}-b").class_id))

    assert (clash.id, [candidate.part.name for candidate in clash.classes]) == ("11", ["A", "B"])
    assert ([enrolled.id for enrolled in apart.classes], apart.clashes) == (["11", "11-b"], ())


def test_extra_teachers_of_two_parts() -> None:
    """An extra teacher of both parts is one user, and a teacher of the classes of each part that lists them."""
    prep, seniors = (replace(part, extra_teachers=("staff103@*", "x@school.example")) for part in PARTS)

    roster = combined(IN_BOTH, prep, replace(seniors, extra_teachers=("x@school.example",)))

    assert [user.id for user in roster.users if not user.is_pupil] == ["101", "102", "103", "x@school.example"]
    assert {enrolled.id: enrolled.teachers for enrolled in roster.classes} == {
        "11": ("101", "102", "x@school.example"),
        "12": ("101", "103", "x@school.example"),
        "13": ("103", "x@school.example"),
    }
    assert [omission.reason for omission in roster.omissions] == ["duplicate_enrollment"]


def test_paths_play_no_part(tmp_path: Path) -> None:
    """Whether a part publishes a set of its own changes nothing."""
    prep, seniors = PARTS

    assert files(combined(IN_BOTH, replace(prep, output=None), seniors)) == files(
        combined(IN_BOTH, replace(prep, output=tmp_path), seniors)
    )
