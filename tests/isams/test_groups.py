"""Forms, houses and years: what their records say, and documents that lack them."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.errors import RefusedDocumentError
from sdssync.isams.datasets import GROUP_DATASETS
from sdssync.school import Group, GroupKind, StaffRef
from tests.isams.test_parser import CONTROL_PANEL, SAVE
from tests.support.builders import FORM, GROUP_SECTIONS, HOUSE, MANAGERS, YEAR, Document, GroupRecord, parsed

BO = StaffRef(staff_id="101")
GROUPS = (
    Group(kind=GroupKind.FORM, id="7/A", name="7 Amber", code="7/A", year="7", owners=(BO,)),
    Group(kind=GroupKind.ACADEMIC_HOUSE, id="3", name="Oak", code="OK", year="", owners=(BO,)),
    Group(kind=GroupKind.BOARDING_HOUSE, id="3", name="Oak", code="OK", year="", owners=(BO,)),
    Group(kind=GroupKind.YEAR, id="7", name="Year 7", code="Y7", year="7", owners=(BO,)),
)
ALL = tuple(GroupKind)
EVERYTHING = Document(order=(*MANAGERS, *GROUP_SECTIONS))


def groups_of(folder: Path, *forms: GroupRecord, years: tuple[GroupRecord, ...] = ()) -> tuple[Group, ...]:
    """Return the forms, then the years, of a document that has these."""
    document = Document(order=(*MANAGERS, "Forms", "Years"), forms=forms, years=years)
    return parsed(folder, document).school.groups


def changed(record: GroupRecord, **parts: dict[str, str | None]) -> GroupRecord:
    """Return a record with other attributes, elements marked `Legacy` or texts: None for one that is absent."""
    return replace(record, **{name: getattr(record, name) | changes for name, changes in parts.items()})


@settings(max_examples=25, deadline=None)
@given(st.permutations((*MANAGERS, *GROUP_SECTIONS)))
def test_any_order_of_sections(order: list[str]) -> None:
    """The sections may come in any order; the order of the groups follows their kinds."""
    with TemporaryDirectory() as folder:
        school = parsed(Path(folder), Document(order=tuple(order)), wanted=ALL).school

    assert school.groups == GROUPS


def test_the_years_of_a_division_are_no_section(tmp_path: Path) -> None:
    """A division lists years under the same name, which is not the dataset of the years."""
    division = (
        '<SchoolDivisions><SchoolDivision Id="1"><Years><Year Id="9" /></Years></SchoolDivision></SchoolDivisions>'
    )
    text = EVERYTHING.xml().replace("<SchoolManager>", f"<SchoolManager>{division}")

    assert parsed(tmp_path, text).school.groups == GROUPS


@pytest.mark.parametrize(
    ("form", "name", "year"),
    [
        pytest.param(FORM, "7 Amber", "7", id="both"),
        pytest.param(changed(FORM, texts={"Form": None}), "7/A", "7", id="without a name"),
        pytest.param(changed(FORM, texts={"Form": " "}), "7/A", "7", id="a blank name"),
        pytest.param(changed(FORM, legacy={"NationalCurriculumYear": "8"}), "7 Amber", "8", id="another year"),
        pytest.param(changed(FORM, legacy={"NationalCurriculumYear": ""}), "7 Amber", "7", id="an empty year"),
        pytest.param(changed(FORM, legacy={"NationalCurriculumYear": None}), "7 Amber", "7", id="year as attribute"),
        pytest.param(
            changed(FORM, legacy={"NationalCurriculumYear": None}, attributes={"YearId": None}),
            "7 Amber",
            "",
            id="without a year",
        ),
    ],
)
def test_form(tmp_path: Path, form: GroupRecord, name: str, year: str) -> None:
    """A form has its id for a code, and for a name where it has none; its year is an element, else an attribute."""
    assert groups_of(tmp_path, form) == (replace(GROUPS[0], name=name, year=year),)


def test_a_year_without_a_number_has_its_id(tmp_path: Path) -> None:
    """The id of a year is its number where there is no other; a name and a code that are absent are empty."""
    bare = GroupRecord(name="Year", attributes={"Id": "-2"})

    assert groups_of(tmp_path, FORM, years=(bare, changed(YEAR, attributes={"Id": "20"})))[1:] == (
        Group(kind=GroupKind.YEAR, id="-2", name="", code="", year="-2", owners=()),
        replace(GROUPS[3], id="20"),
    )


@pytest.mark.parametrize(
    ("number", "code", "owner"),
    [
        pytest.param("101", "bmarsh", BO, id="both"),
        pytest.param("101", None, BO, id="number alone"),
        pytest.param(" 101 ", "bmarsh", StaffRef(staff_id=" 101 "), id="number with blanks"),
        pytest.param(None, "bmarsh", StaffRef(user_code="bmarsh"), id="code alone"),
        pytest.param("", "bmarsh", StaffRef(user_code="bmarsh"), id="number empty"),
        pytest.param("0", "bmarsh", StaffRef(user_code="bmarsh"), id="number zero"),
        pytest.param(" 0 ", "bmarsh", StaffRef(user_code="bmarsh"), id="zero with blanks"),
        pytest.param("0", "", None, id="zero, code empty"),
        pytest.param("", " ", None, id="both empty"),
        pytest.param(None, None, None, id="neither"),
    ],
)
def test_owner(tmp_path: Path, number: str | None, code: str | None, owner: StaffRef | None) -> None:
    """The number of a tutor counts, else the user code; without both there is no owner."""
    form = changed(FORM, attributes={"TutorId": number}, legacy={"Tutor": code})

    assert groups_of(tmp_path, form)[0].owners == ((owner,) if owner else ())


def test_all_owners(tmp_path: Path) -> None:
    """Tutors, house masters and those who assist are owners, in this order, each by number or code; of a year one."""
    form = changed(
        FORM,
        attributes={"AssistantTutorId": "0", "SecondAssistantTutorId": "103"},
        legacy={"AssistantFormTutor": "second", "SecondAssistantFormTutor": "third"},
    )
    house = changed(HOUSE, attributes={"AssistantHouseMasterId": "102"}, legacy={"HouseMaster": "first"})
    other = changed(HOUSE, attributes={"HouseMasterId": "0"}, legacy={"HouseMaster": "a", "AssistantHouseMaster": "b"})
    year = changed(YEAR, legacy={"AssistantTutor": "second"})
    document = replace(EVERYTHING, forms=(form,), academic_houses=(house,), boarding_houses=(other,), years=(year,))

    assert [group.owners for group in parsed(tmp_path, document).school.groups] == [
        (BO, StaffRef(user_code="second"), StaffRef(staff_id="103")),
        (BO, StaffRef(staff_id="102")),
        (StaffRef(user_code="a"), StaffRef(user_code="b")),
        (BO,),
    ]


def test_groups_that_are_not_wanted_may_be_missing_or_empty(tmp_path: Path) -> None:
    """A document needs no groups unless they are wanted; those that it has are read."""
    document = Document(order=(*MANAGERS, "Forms", "Years"), forms=())

    reading = parsed(tmp_path, document, wanted=[GroupKind.YEAR])

    assert reading.school.groups == GROUPS[3:]
    assert {name: reading.counts.get(name) for name in GROUP_SECTIONS} == {
        "Forms": 0,
        "AcademicHouses": None,
        "BoardingHouses": None,
        "Years": 1,
    }


@pytest.mark.parametrize("kind", GroupKind)
def test_a_wanted_section_is_missing(tmp_path: Path, kind: GroupKind) -> None:
    """A section that is wanted and missing is refused with its tick, as one of the five is."""
    dataset = GROUP_DATASETS[kind]
    order = tuple(name for name in EVERYTHING.order if name != dataset.section)

    with pytest.raises(RefusedDocumentError) as caught:
        parsed(tmp_path, Document(order=order), wanted=ALL)

    assert str(caught.value) == (
        f"the iSAMS document is not complete: section SchoolManager/{dataset.section} is missing"
        f' (tick "{dataset.label}" {CONTROL_PANEL}; {SAVE}; then run it again)'
    )


@pytest.mark.parametrize("inside", ["", " \n", "<Total>0</Total>"])
def test_a_wanted_section_is_empty(tmp_path: Path, inside: str) -> None:
    """A section that is wanted and holds no record is refused, together with what else is missing."""
    document = Document(order=(*(name for name in MANAGERS if name != "SetLists"), "BoardingHouses"))
    text = document.xml().replace(document.section("BoardingHouses"), f"<BoardingHouses>{inside}</BoardingHouses>")

    with pytest.raises(RefusedDocumentError) as caught:
        parsed(tmp_path, text, wanted=[GroupKind.BOARDING_HOUSE])

    assert str(caught.value) == (
        "the iSAMS document is not complete: section TeachingManager/SetLists is missing; "
        "section SchoolManager/BoardingHouses holds no House"
        f' (tick "Teaching Manager: Teaching Set Lists" {CONTROL_PANEL}; '
        f'look at "School Manager: Boarding Houses" in iSAMS; {SAVE}; then run it again)'
    )
