"""Classes of forms, houses and years: who is in them, who owns them, their ids, and groups of combined sets."""

from typing import Any

import pytest

from sdssync.config.classes import ClassTables, GroupTables, Merge
from sdssync.config.profile import Org, Profile
from sdssync.config.template import GROUP_PLACEHOLDERS, Template
from sdssync.roster.attribution import Attribution, clash_words, why_ownerless
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Clash, Roster, enrol
from sdssync.roster.groups import without_record
from sdssync.roster.omissions import Kind
from sdssync.roster.roll import call_roll
from sdssync.roster.selection import select
from sdssync.school import Group, GroupKind, Pupil, School, StaffRef
from tests.support.builders import (
    enrolled,
    make_profile,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    omitted,
    selected,
)

FORM, HOUSE, BOARDING, YEAR = GroupKind


def tables(
    *kinds: GroupKind, title: str = "{group_name}{suffix}", class_id: str = "{group_kind}-{group_id}{suffix}"
) -> GroupTables:
    """Ask for groups of some kinds, all by default."""
    return GroupTables(
        kinds=frozenset(kinds or GroupKind),
        title=Template.parse(title, GROUP_PLACEHOLDERS),
        class_id=Template.parse(class_id, GROUP_PLACEHOLDERS),
    )


def make_group(kind: GroupKind = FORM, group_id: str = "7D", **changes: Any) -> Group:
    """Make a group that the teacher 102 leads."""
    values: dict[str, Any] = {
        "name": f"{kind} {group_id}",
        "code": group_id,
        "year": {FORM: "7", YEAR: group_id}.get(kind, ""),
        "owners": (StaffRef(staff_id="102"),),
    }
    return Group(kind=kind, id=group_id, **(values | changes))


STAFF = [make_teacher(number, user_code=f"U{number}") for number in (101, 102, 103, 104)]


def school_of(pupils: list[Pupil], *groups: Group, **changes: Any) -> School:
    """Make a school with these groups and one teaching set."""
    records: dict[str, Any] = {"pupils": pupils, "teachers": STAFF, "groups": groups}
    return make_school(**(records | changes))


def classes(roster: Roster) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the people of the classes of groups, by class id."""
    return {each.id: (each.teachers, each.pupils) for each in roster.classes if not each.made_of.sets}


@pytest.mark.parametrize(
    ("pupil", "group", "class_id"),
    [
        pytest.param({"form": "7D"}, make_group(), "form-7D_26", id="form"),
        pytest.param({"form": "Drake"}, make_group(name="Drake"), "form-7D_26", id="form by its name"),
        pytest.param({"form": "7D", "year": "7"}, make_group(year="8"), "form-7D_26", id="form of another year"),
        pytest.param({"form": "7E"}, make_group(), None, id="another form"),
        pytest.param({"form": ""}, make_group(group_id="", name=""), None, id="no form"),
        pytest.param({"form": "0"}, make_group(group_id="0"), None, id="form 0"),
        pytest.param({"academic_house_id": "3"}, make_group(HOUSE, "03"), "academic-house-03_26", id="academic house"),
        pytest.param({"academic_house_id": "0"}, make_group(HOUSE, "0"), None, id="house 0"),
        pytest.param({"academic_house_id": "3"}, make_group(BOARDING, "3"), None, id="a house of the other kind"),
        pytest.param({"boarding_house_id": "3"}, make_group(BOARDING, "3"), "boarding-house-3_26", id="boarding house"),
        pytest.param({"year": "7"}, make_group(YEAR, "19", year="7"), "year-19_26", id="year"),
        pytest.param({"year": "0"}, make_group(YEAR, "0"), "year-0_26", id="Reception"),
        pytest.param({"year": "8"}, make_group(YEAR, "8"), None, id="a year that the profile does not take"),
    ],
)
def test_who_is_in_a_group(pupil: dict[str, str], group: Group, class_id: str | None) -> None:
    """A pupil says which form, houses and year; a group of which no pupil is taken makes no class."""
    school = school_of([make_pupil(1, **pupil)], group, memberships=())

    roster = enrolled(school, groups=tables(), year_groups=(0, 7))

    assert classes(roster) == ({class_id: (("102",), ("9001",))} if class_id else {})
    assert ("102" in [user.id for user in roster.users]) is bool(class_id)
    assert omitted(roster) == []


def test_kinds_that_are_asked_for() -> None:
    """A profile makes classes of the kinds that it asks for."""
    pupil = make_pupil(1, form="7D", academic_house_id="3", boarding_house_id="4")
    groups = [make_group(), make_group(HOUSE, "3"), make_group(BOARDING, "4"), make_group(YEAR, "7")]
    school = school_of([pupil], *groups)

    assert classes(enrolled(school)) == {}
    assert [*classes(enrolled(school, groups=tables(FORM, BOARDING)))] == ["boarding-house-4_26", "form-7D_26"]
    assert len(classes(enrolled(school, groups=tables()))) == 4


def test_templates() -> None:
    """Titles stay as they are in iSAMS, values in ids are cleaned."""
    school = school_of(
        [make_pupil(1, form="7/D é", academic_house_id="3")],
        make_group(group_id="7/D é", name="7 / D é"),
        make_group(HOUSE, "3", name="Drake", code="DR"),
    )
    texts = "{group_kind}|{group_id}|{group_name}|{group_code}|{year_group}|{suffix}"

    roster = enrolled(school, suffix="/26", groups=tables(FORM, HOUSE, title=texts, class_id=f"é{texts}"))

    assert [(each.id, each.title) for each in roster.classes][1:] == [
        ("éacademic-house|3|Drake|DR||_26", "academic-house|3|Drake|DR||/26"),
        ("éform|7_D__|7___D__|7_D__|7|_26", "form|7/D é|7 / D é|7/D é|7|/26"),
    ]


def test_forms_of_one_id() -> None:
    """Of several forms with one id a pupil is in that of the pupil's own year; a second record of one is left out."""
    school = school_of(
        [make_pupil(7, form="D", year="7"), make_pupil(8, form="D", year="8"), make_pupil(9, form="D", year="9")],
        make_group(group_id="D", year="7"),
        make_group(group_id="D", year="8", owners=(StaffRef(staff_id="103"),)),
        make_group(group_id="D", year="8", owners=(StaffRef(staff_id="104"),)),
    )
    asked = tables(class_id="{group_kind}-{group_id}-{year_group}")

    roster = enrolled(school, year_groups=(7, 8, 9), groups=asked)

    assert classes(roster) == {"form-D-7": (("102",), ("9007",)), "form-D-8": (("103",), ("9008",))}
    assert [each for each in omitted(roster) if each[1] == "duplicate_class"] == [
        ("class", "duplicate_class", "form-D-8")
    ]


@pytest.mark.parametrize(
    ("owners", "teachers", "left_out"),
    [
        pytest.param([("102", "")], ("102",), [], id="id"),
        pytest.param([("", "u102")], ("102",), [], id="user code"),
        pytest.param([("0", "U102")], ("102",), [], id="user code, the id is 0"),
        pytest.param([("103", "U102")], ("103",), [], id="the id counts"),
        pytest.param([("102", ""), ("103", ""), ("", "U102")], ("102", "103"), [], id="named twice"),
        pytest.param([("", "")], (), [], id="no one"),
        pytest.param([("", "0")], (), [], id="user code 0"),
        pytest.param([("", "shared")], (), [], id="a user code of two"),
        pytest.param([("", "gone")], (), [], id="a user code of no one"),
        pytest.param([("555", "U102")], (), [("group_owner_not_current", "form-7D_26", "555")], id="not current"),
        pytest.param(
            [("105", "")], (), [("teacher_without_email", "form-7D_26", "105")], id="without address"
        ),
    ],
)  # fmt: skip
def test_owners(owners: list[tuple[str, str]], teachers: tuple[str, ...], left_out: list[tuple[str, ...]]) -> None:
    """An owner is named by id, else by the user code of one member of the current staff."""
    staff = [
        *STAFF,
        make_teacher(105, email="", user_code="shared"),
        make_teacher(106, user_code="SHARED"),
        make_teacher(107),
    ]
    refs = tuple(StaffRef(staff_id=staff_id, user_code=code) for staff_id, code in owners)
    school = school_of([make_pupil(1, form="7D")], make_group(owners=refs), teachers=staff)

    roster = enrolled(school, groups=tables())

    assert classes(roster) == {"form-7D_26": (teachers, ("9001",))}
    assert [each[1:] for each in omitted(roster) if each[0] == "enrollment"] == left_out
    assert {user.id for user in roster.users if not user.is_pupil} == {"101", *teachers}


def test_groups_ignore_what_is_for_sets() -> None:
    """Subjects, patterns and `owners` are for teaching sets; extra teachers are in each class, once."""
    school = school_of([make_pupil(1, form="7D")], make_group())

    roster = enrolled(
        school,
        groups=tables(),
        exclude=("1",),
        extra_teachers=("staff103@*", "staff102@*"),
        classes=ClassTables(exclude=("*",), include=("x",), primary_owners=True),
    )

    assert [(each.id, each.teachers) for each in roster.classes] == [("form-7D_26", ("102", "103"))]
    assert omitted(roster) == []


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        pytest.param({"groups": tables(class_id="{group_code}")}, "x_y", id="two groups"),
        pytest.param({"groups": tables(FORM, class_id="{group_code}"), "class_id": "x_y"}, "x_y", id="a set"),
        pytest.param(
            {
                "groups": tables(HOUSE),
                "classes": ClassTables(
                    merges=(
                        Merge(
                            sets=("7A/Ma", "b"),
                            title=Template.parse("a"),
                            id=Template.parse("academic-house-3{suffix}"),
                        ),
                    )
                ),
            },
            "academic-house-3_26",
            id="a merge",
        ),
        pytest.param({"groups": tables()}, None, id="different ids"),
    ],
)
def test_clashes(changes: dict[str, Any], clash: str | None) -> None:
    """Two groups whose ids render alike reject the set, and so do a group and a set."""
    school = school_of(
        [make_pupil(1, form="7D", academic_house_id="3")],
        make_group(code="x/y"),
        make_group(HOUSE, "3", code="x y"),
    )

    assert enrolled(school, **changes).clashes == ((Clash(Kind.CLASS, clash),) if clash else ())


def test_values_without_a_record() -> None:
    """Pupils who name a group of which there is no record are counted by kind, if the profile takes them."""
    pupils = [
        make_pupil(1, form="7D", academic_house_id="9"),
        make_pupil(2, form="7X", academic_house_id="0"),
        make_pupil(3, form="", academic_house_id=""),
        make_pupil(4, form="8X", year="8"),
    ]
    selection = selected(school_of(pupils, make_group()))

    found = without_record(selection.roll.groups, GroupKind, selection.pupils)

    assert dict(found) == {FORM: 1, HOUSE: 1, YEAR: 3}


SENIOR = Org(id="100-S", name="Senior School", type="school")
IN_TWO_PARTS = school_of(
    [
        make_pupil(1, year="7", academic_house_id="3"),
        make_pupil(2, year="3", academic_house_id="3"),
        make_pupil(3, year="9", academic_house_id="3"),
        make_pupil(4, year="3", academic_house_id="4"),
    ],
    make_group(HOUSE, "3"),
    make_group(HOUSE, "4", owners=(StaffRef(staff_id="103"),)),
    teaching_sets=[make_set(year="11")],
)


def combined(*parts: Profile) -> Roster:
    """Put the rows of several profiles together."""
    roll = call_roll(IN_TWO_PARTS)
    return enrol([Part(profile=part, selection=select(roll, part)) for part in parts], include_names=False)


PREP = make_profile(name="Prep", year_groups=(3,), groups=tables(HOUSE), extra_teachers=("staff104@*",))
SENIORS = make_profile(name="Seniors", year_groups=(7,), groups=tables(HOUSE))


@pytest.mark.parametrize(
    ("changes", "expected", "clashes"),
    [
        pytest.param({}, {"academic-house-3_26": (("102", "104"), ("9001", "9002"))}, [], id="together"),
        pytest.param({"groups": None}, {"academic-house-3_26": (("102", "104"), ("9002",))}, [], id="one asks"),
        pytest.param(
            {"suffix": "_s"},
            None,
            ["academic-house-3_26", "academic-house-3_s"],
            id="two ids",
        ),
        pytest.param({"org": SENIOR}, None, ["academic-house-3_26"], id="two organisations"),
        pytest.param({"groups": tables(HOUSE, title="{group_id}")}, None, ["academic-house-3_26"], id="two titles"),
    ],
)
def test_combined(
    changes: dict[str, Any], expected: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] | None, clashes: list[str]
) -> None:
    """A group has the pupils of all parts that ask for it; the class is one if id, title and organisation are."""
    roster = combined(PREP, make_profile(**({"name": "Seniors", "groups": tables(HOUSE)} | changes)))

    assert [clash.id for clash in roster.clashes] == clashes
    if expected is not None:
        assert classes(roster) == expected | {"academic-house-4_26": (("103", "104"), ("9004",))}


def test_organisations_of_owners() -> None:
    """An owner belongs to the parts in whose groups they are."""
    roster = combined(PREP, make_profile(name="Seniors", groups=tables(HOUSE), org=SENIOR, suffix="_s"))
    parts = {user.id: [part.name for part in roster.origins.of(user.person)] for user in roster.users}

    assert parts == {
        "9001": ["Seniors"], "9002": ["Prep"], "9004": ["Prep"],
        "102": ["Prep", "Seniors"], "103": ["Prep"], "104": ["Prep"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fewest", "expected"), [((3, 3), []), ((3, 2), ["academic-house-3_26"]), ((1, 3), ["academic-house-3_26"])]
)
def test_small_groups(fewest: tuple[int, int], expected: list[str]) -> None:
    """A class that two parts make together is left out if it is too small for both."""
    parts = [
        make_profile(name=str(years), year_groups=years, groups=tables(HOUSE), classes=ClassTables(min_pupils=number))
        for years, number in zip(((3,), (7,)), fewest, strict=True)
    ]

    assert [class_id for class_id in classes(combined(*parts)) if class_id == "academic-house-3_26"] == expected


@pytest.mark.parametrize(
    ("kind", "pupil", "message"),
    [
        (FORM, {"form": "3"}, "the form has no tutor in iSAMS"),
        (HOUSE, {"academic_house_id": "3"}, "the house has no house master in iSAMS"),
        (BOARDING, {"boarding_house_id": "3"}, "the house has no house master in iSAMS"),
        (YEAR, {"year": "3"}, "the year group has no tutor in iSAMS"),
    ],
)
def test_without_owner(kind: GroupKind, pupil: dict[str, str], message: str) -> None:
    """A group without owner says what iSAMS lacks."""
    school = school_of([make_pupil(1, **pupil)], make_group(kind, "3", year="3", owners=()), memberships=())
    attribution = Attribution(enrolled(school, groups=tables(), year_groups=(3, 7)))
    [(enrolled_class, left_out)] = attribution.ownerless()

    assert (why_ownerless(left_out, enrolled_class.made_of.kind)[0], enrolled_class.id) == (message, f"{kind}-3_26")


def test_owner_who_has_left() -> None:
    """A group whose owner has left names them."""
    group = make_group(owners=(StaffRef(staff_id="555"),))
    attribution = Attribution(enrolled(school_of([make_pupil(1, form="7D")], group, memberships=()), groups=tables()))
    [(enrolled_class, left_out)] = attribution.ownerless()

    assert why_ownerless(left_out, enrolled_class.made_of.kind) == (
        "its only teacher is not current staff in iSAMS",
        "set a current tutor or house master in iSAMS",
    )


def test_words_of_a_group_in_two_classes() -> None:
    """The parts are named, and what has to be alike."""
    roster = combined(PREP, make_profile(name="Seniors", groups=tables(HOUSE), suffix="_s"))
    message, hint = clash_words(roster.clashes[0])

    assert message == "the parts Prep and Seniors make one group into two classes"
    assert "one suffix" in hint
