"""Why a class or an enrollment goes when the tables `[classes]` and `[groups]` of a profile, or the school, change."""

from dataclasses import replace
from typing import Any

import pytest

from sdssync.config.classes import ClassTables, GroupTables, Merge
from sdssync.config.effective import EffectiveProfile, effective_profile
from sdssync.config.settings import SchoolIdentity
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, Template
from sdssync.roster.combine import Part
from sdssync.roster.enrol import enrol
from sdssync.roster.roll import call_roll
from sdssync.roster.selection import select
from sdssync.roster.sources import ClassKind
from sdssync.safety.causes import Causes
from sdssync.safety.csv_set import Enrollment
from sdssync.school import Group, GroupKind, StaffRef
from tests.support.builders import listed, make_profile, make_pupil, make_school, make_set, make_teacher

IDENTITY = SchoolIdentity(id="100", name="Hartley", type="school", include_names=False)
MERGE = Merge(
    sets=("7A", "7B"),
    title=Template.parse("both", MERGE_PLACEHOLDERS),
    id=Template.parse("joint{suffix}", MERGE_PLACEHOLDERS),
)
GROUPS = GroupTables(
    kinds=frozenset({GroupKind.FORM}),
    title=Template.parse("{group_name}", GROUP_PLACEHOLDERS),
    class_id=Template.parse("{group_kind}-{group_id}{suffix}", GROUP_PLACEHOLDERS),
)
SCHOOL = make_school(
    pupils=[make_pupil(1, form="7/D")],
    teachers=[make_teacher(101), make_teacher(102)],
    teaching_sets=[
        make_set(id="11", code="7A", teacher_ids=("101", "102"), primary_ids=("102",)),
        make_set(id="12", code="7B"),
        make_set(id="13", code="7C"),
    ],
    memberships=[*listed("11", "9001"), *listed("12", "9001")],
    groups=[
        Group(kind=GroupKind.FORM, id="7/D", name="7D", code="7/D", year="7", owners=(StaffRef(staff_id="102"),)),
        Group(kind=GroupKind.FORM, id="7E", name="7E", code="7E", year="7", owners=()),
    ],
)


def causes(before: dict[str, Any], now: dict[str, Any]) -> Causes:
    """Return the causes of what a set lacks, of a profile as it is now, and was."""
    profile = make_profile(**now)
    former: EffectiveProfile = effective_profile(make_profile(**before), IDENTITY)
    parts = [Part(profile=profile, selection=select(call_roll(SCHOOL), profile))]
    return Causes(enrol(parts, include_names=False), parts, former)


MERGED = {"classes": ClassTables(merges=(MERGE,))}
GROUPED = {"groups": GROUPS}


@pytest.mark.parametrize(
    ("before", "now", "removed", "cause"),
    [
        pytest.param({}, MERGED, "11", "renamed", id="a merge is added"),
        pytest.param(MERGED, {}, "joint_26", "renamed", id="a merge is taken away"),
        pytest.param(MERGED | {"suffix": "_25"}, MERGED, "joint_25", "renamed", id="a merge with another suffix"),
        pytest.param(
            MERGED, {"classes": ClassTables(exclude=("7*",))}, "joint_26", "out_of_scope", id="a merge, sets excluded"
        ),
        pytest.param({}, {"classes": ClassTables(exclude=("7A",))}, "11", "out_of_scope", id="a set is excluded"),
        pytest.param({}, {"classes": ClassTables(include=("7B",))}, "11", "out_of_scope", id="a set is not included"),
        pytest.param({}, {"classes": ClassTables(min_pupils=2)}, "11", "omitted:class_too_small", id="too small"),
        pytest.param(
            {}, {"classes": ClassTables(min_pupils=2, merges=(MERGE,))}, "11", "omitted:class_too_small",
            id="merged and too small",
        ),
        pytest.param(GROUPED, {}, "form-7_D_26", "out_of_scope", id="forms are no longer asked for"),
        pytest.param(GROUPED | {"suffix": "_25"}, GROUPED, "form-7_D_25", "renamed", id="a form of last year"),
        pytest.param(GROUPED, GROUPED, "form-7E_26", "out_of_scope", id="a form without pupils"),
        pytest.param(GROUPED, GROUPED, "form-7F_26", "not_in_isams", id="no such form"),
        pytest.param({}, {}, "13", "omitted:class_without_pupils", id="a set without list"),
        pytest.param({}, {}, "99", "not_in_isams", id="no such set"),
    ],
)  # fmt: skip
def test_classes(before: dict[str, Any], now: dict[str, Any], removed: str, cause: str) -> None:
    """A class is out of scope if no table takes it, and renamed if a set or group of it is in another class."""
    assert causes(before, now).of_class(removed) == cause


@pytest.mark.parametrize(
    ("kind", "source_ids", "cause"),
    [
        pytest.param(ClassKind.SET, ("11",), "renamed", id="a set whose code has changed"),
        pytest.param(ClassKind.SET, ("13",), "omitted:class_without_pupils", id="and which has lost its list"),
        pytest.param(ClassKind.SET, ("99",), "not_in_isams", id="a set that is gone"),
        pytest.param(ClassKind.MERGED, ("99", "12"), "renamed", id="merged sets of which one is gone"),
        pytest.param(ClassKind.FORM, ("7/D",), "renamed", id="a form"),
        pytest.param(ClassKind.FORM, ("11",), "not_in_isams", id="a form with the id of a set"),
        pytest.param(ClassKind.YEAR, ("7",), "not_in_isams", id="a year of a document without years"),
    ],
)
def test_what_the_manifest_says(kind: ClassKind, source_ids: tuple[str, ...], cause: str) -> None:
    """A class whose id no setting leads to is known by what the manifest of its set has for it."""
    profile = make_profile(**GROUPED)
    parts = [Part(profile=profile, selection=select(call_roll(SCHOOL), profile))]
    found = Causes(enrol(parts, include_names=False), parts, made_of={kind: {"7A of old": source_ids}})

    assert found.of_class("7A of old") == cause


def test_parts_of_a_combined_profile() -> None:
    """Merges and groups of a part are known by the settings of that part."""
    part = make_profile(name="Prep", suffix="_25", **MERGED, **GROUPED)
    before = effective_profile(replace(make_profile(name="School"), combined=(part,)), IDENTITY)
    parts = [Part(profile=make_profile(), selection=select(call_roll(SCHOOL), make_profile()))]
    found = Causes(enrol(parts, include_names=False), parts, before)

    assert [found.of_class(removed) for removed in ("joint_25", "form-7_D_25")] == ["renamed", "out_of_scope"]


def test_other_teachers() -> None:
    """A teacher whom `owners` leaves out of a class is in iSAMS, but not taken."""
    found = causes({}, {"classes": ClassTables(primary_owners=True)})

    assert found.omission_of(Enrollment("11", "101", "teacher")) == "out_of_scope"
    assert found.omission_of(Enrollment("11", "103", "teacher")) is None


def test_teachers_who_leave_the_set() -> None:
    """A teacher of sets that are excluded is out of scope, an owner of a group is not."""
    excluded = {"classes": ClassTables(exclude=("*",))}

    assert causes({}, excluded).of_user("102") == "out_of_scope"
    assert causes({}, excluded | GROUPED).of_user("102") == "renamed"
