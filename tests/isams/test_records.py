"""What a record says: texts, numbers of people, and values that appear twice."""

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from sdssync.school import Membership
from tests.support.builders import (
    DepartmentRecord,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    SubjectRecord,
    parsed,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param(None, "", id="absent"),
        pytest.param("", "", id="empty"),
        pytest.param(" ", "", id="blank"),
        pytest.param("\t", "", id="tab"),
        pytest.param("\r", "", id="CR"),
        pytest.param("\n", "", id="LF"),
        pytest.param(" \t\r\n ", "", id="white space of all kinds"),
        pytest.param("\u00a0", "\u00a0", id="no-break space"),
        pytest.param(" \u00a0", " \u00a0", id="blank and no-break space"),
        pytest.param("\u2003", "\u2003", id="em space"),
        pytest.param(" a  b ", " a  b ", id="blanks at the ends"),
        pytest.param("a\r\nb", "a\r\nb", id="line break inside"),
        pytest.param("Bl\u00fcte & <b> \"q\" 'a'", "Bl\u00fcte & <b> \"q\" 'a'", id="escaped characters"),
        pytest.param("e\u0301", "e\u0301", id="not normalised"),
        pytest.param("\U0001f600", "\U0001f600", id="beyond 16 bits"),
    ],
)
def test_texts(tmp_path: Path, written: str | None, meant: str) -> None:
    """A text stays as it is, unless it is only white space: in every element and attribute of every record."""
    some = written
    document = Document(
        pupils=(PupilRecord(id=some, school_id=some, year=some, email=some, forename=some, surname=some, form=some,
                            academic_house=some, boarding_house=some),),
        staff=(StaffRecord(id=some, email=some, forename=some, surname=some, user_code=some),),
        departments=(DepartmentRecord(name=some, subjects=(SubjectRecord(id=some, code=some, name=some),)),),
        sets=(SetRecord(id=some, subject=some, subject_attribute=some, year=some, year_attribute=some, code=some,
                        name=some, teachers=(some,)),),
        set_lists=(SetListRecord(set_id=some, set_attribute=some, school_id=some, pupil_attribute=some),),
    )  # fmt: skip

    school = parsed(tmp_path, document).school

    assert [*map(astuple, school.pupils)] == [(meant,) * 9]
    assert [*map(astuple, school.teachers)] == [(meant,) * 5]
    assert [*map(astuple, school.subjects)] == [(meant,) * 4]
    assert [*map(astuple, school.teaching_sets)] == [(*[meant] * 5, (meant,), (meant,))]
    (listed,) = school.memberships
    assert (listed.set_id, *listed.school_ids, *listed.pupil_ids) == (meant, meant)


@pytest.mark.parametrize(
    ("inside", "meant"),
    [
        pytest.param("<![CDATA[Qu<i>ll]]>", "Qu<i>ll", id="CDATA"),
        pytest.param("Qu<![CDATA[il]]>l", "Quill", id="text and CDATA"),
        pytest.param("<![CDATA[ ]]>", "", id="blank CDATA"),
        pytest.param("Qu<!-- x -->ill", "Quill", id="comment inside"),
        pytest.param("<!-- x -->Quill", "Quill", id="comment before"),
        pytest.param("Qu<?x?>ill", "Quill", id="instruction inside"),
        pytest.param("&#x51;uill", "Quill", id="character reference"),
        pytest.param("&#x20;", "", id="a blank as iSAMS writes it"),
    ],
)
def test_markup_in_a_text(tmp_path: Path, inside: str, meant: str) -> None:
    """CDATA is text; comments and instructions are not."""
    text = Document().xml().replace("Quill", inside)

    assert parsed(tmp_path, text).school.pupils[0].surname == meant


@pytest.mark.parametrize(
    ("element", "attribute", "ours", "script"),
    [
        pytest.param("7", "7", "7", "7", id="both"),
        pytest.param("7", "8", "7", "7", id="in disagreement"),
        pytest.param("7", None, "7", "7", id="element alone"),
        pytest.param(None, "7", "7", "7", id="attribute alone"),
        pytest.param("", "7", "7", "", id="element empty"),
        pytest.param(" ", "7", "7", "", id="element blank"),
        pytest.param("\u00a0", "7", "\u00a0", "\u00a0", id="element a no-break space"),
        pytest.param("", None, "", "", id="element empty, no attribute"),
        pytest.param(None, None, "", "", id="neither"),
        pytest.param(" 7 ", "7", " 7 ", " 7 ", id="element with blanks"),
    ],
)
def test_legacy(tmp_path: Path, element: str | None, attribute: str | None, ours: str, script: str) -> None:
    """An element marked `Legacy` counts before the attribute; an empty one counts for the script only."""
    document = Document(
        sets=(
            SetRecord(),
            SetRecord(subject=element, subject_attribute=attribute),
            SetRecord(year=element, year_attribute=attribute),
        ),
        set_lists=(SetListRecord(), SetListRecord(set_id=element, set_attribute=attribute)),
    )

    reading = parsed(tmp_path, document)

    for school, expected in ((reading.school, ours), (reading.as_script, script)):
        subjects_and_years = [(teaching_set.subject_id, teaching_set.year) for teaching_set in school.teaching_sets]
        assert subjects_and_years == [("1", "7"), (expected, "7"), ("1", expected)]
        assert school.memberships == (Membership("11", ("9001",)), Membership(expected, ("9001",)))


@pytest.mark.parametrize(
    ("school_id", "pupil_id", "ours", "script"),
    [
        pytest.param("9001", "1", Membership("11", ("9001",)), Membership("11", ("9001",)), id="both"),
        pytest.param("9001", "2", Membership("11", ("9001",)), Membership("11", ("9001",)), id="in disagreement"),
        pytest.param("9001", None, Membership("11", ("9001",)), Membership("11", ("9001",)), id="element alone"),
        pytest.param(None, "1", Membership("11", (), ("1",)), Membership("11", (), ("1",)), id="attribute alone"),
        pytest.param("", "1", Membership("11", (), ("1",)), Membership("11", (), ("",)), id="element empty"),
        pytest.param("\t", "1", Membership("11", (), ("1",)), Membership("11", (), ("",)), id="element blank"),
        pytest.param(
            "", None, Membership("11", (), ("",)), Membership("11", (), ("",)), id="element empty, no attribute"
        ),
        pytest.param(None, None, Membership("11", (), ("",)), Membership("11", (), ("",)), id="neither"),
    ],
)
def test_pupil_of_a_set_list(
    tmp_path: Path, school_id: str | None, pupil_id: str | None, ours: Membership, script: Membership
) -> None:
    """A row names its pupil by the number of the school, else by that of the record."""
    document = Document(set_lists=(SetListRecord(school_id=school_id, pupil_attribute=pupil_id),))

    reading = parsed(tmp_path, document)

    assert reading.school.memberships == (ours,)
    assert reading.as_script.memberships == (script,)


def test_elements_not_marked(tmp_path: Path) -> None:
    """An element counts whether or not it is marked `Legacy`, wherever it is in the record."""
    text = Document().xml().replace(' Legacy="True"', "").replace("<SetCode>", "<Block/><SetCode>")

    school = parsed(tmp_path, text).school

    assert (school.teaching_sets[0].year, school.memberships) == ("7", (Membership("11", ("9001",)),))


@pytest.mark.parametrize(
    ("inside", "attribute"),
    [
        pytest.param("<SchoolId>9001</SchoolId><SetId>11</SetId>", "404", id="pupil before set"),
        pytest.param("<SetId>11</SetId><LastUpdated /><SchoolId>9001</SchoolId><Author>x</Author>", "404", id="others"),
        pytest.param(
            "<Old><SetId>9</SetId></Old><SetId>11</SetId><SchoolId>9001</SchoolId>", "404", id="nested before"
        ),
        pytest.param("<SchoolId>9001</SchoolId>", "11", id="set as an attribute, pupil as an element"),
        pytest.param("<SchoolId>9001</SchoolId><SetId /><Author />", "11", id="set element empty, after the pupil"),
    ],
)
def test_elements_of_a_set_list(tmp_path: Path, inside: str, attribute: str) -> None:
    """The elements of a row may be in any order, among others."""
    row = SetListRecord().xml()

    text = Document().xml().replace(row, f'<SetList SetId="{attribute}" PupilId="2">{inside}</SetList>{row}')

    assert parsed(tmp_path, text).school.memberships == (Membership("11", ("9001", "9001")),)


@pytest.mark.parametrize(
    ("teachers", "ids"),
    [
        pytest.param(None, (), id="no Teachers"),
        pytest.param((), (), id="empty Teachers"),
        pytest.param(("101",), ("101",), id="one"),
        pytest.param(("102", "101", "102"), ("102", "101", "102"), id="in order, one twice"),
        pytest.param(("199",), ("199",), id="no longer current"),
        pytest.param((None, " ", "101"), ("", "", "101"), id="without StaffId"),
    ],
)
def test_teachers_of_a_set(tmp_path: Path, teachers: tuple[str | None, ...] | None, ids: tuple[str, ...]) -> None:
    """A set names its teachers as often as iSAMS does."""
    assert parsed(tmp_path, Document(sets=(SetRecord(teachers=teachers),))).school.teaching_sets[0].teacher_ids == ids


@pytest.mark.parametrize(
    ("primary", "ids"),
    [
        pytest.param("True", ("101", "102"), id="True"),
        pytest.param("true", ("101", "102"), id="in lower case"),
        pytest.param("False", (), id="False"),
        pytest.param("", (), id="empty"),
        pytest.param(None, (), id="absent"),
    ],
)
def test_primary_teachers_of_a_set(tmp_path: Path, primary: str | None, ids: tuple[str, ...]) -> None:
    """Several teachers of a set may be marked as the primary one, or none."""
    document = Document(sets=(SetRecord(teachers=("101", "102"), primary=primary),))

    (teaching_set,) = parsed(tmp_path, document).school.teaching_sets

    assert (teaching_set.teacher_ids, teaching_set.primary_ids) == (("101", "102"), ids)


def test_legacy_teacher(tmp_path: Path) -> None:
    """The old element `Teacher` next to `Teachers` is not read."""
    text = Document().xml().replace("<Teachers>", '<Teacher Legacy="True">77</Teacher><Teachers>')

    assert parsed(tmp_path, text).school.teaching_sets[0].teacher_ids == ("101",)


@pytest.mark.parametrize(
    ("departments", "expected"),
    [
        pytest.param((DepartmentRecord(subjects=None),), [], id="no Subjects"),
        pytest.param((DepartmentRecord(subjects=()),), [], id="empty Subjects"),
        pytest.param(
            (
                DepartmentRecord(),
                DepartmentRecord(name="Arts", subjects=(SubjectRecord(code=None), SubjectRecord(id="2"))),
            ),
            [
                ("1", "Ma", "Mathematics", "Sciences"),
                ("1", "", "Mathematics", "Arts"),
                ("2", "Ma", "Mathematics", "Arts"),
            ],
            id="a subject of two departments",
        ),
    ],
)
def test_subjects(tmp_path: Path, departments: tuple[DepartmentRecord, ...], expected: list[Any]) -> None:
    """A subject appears once for each department that lists it."""
    school = parsed(tmp_path, Document(departments=departments)).school

    assert [*map(astuple, school.subjects)] == expected


def test_records_that_repeat(tmp_path: Path) -> None:
    """Rows and sets that iSAMS sends twice are kept twice."""
    document = Document(sets=(SetRecord(), SetRecord(code="again")), set_lists=(SetListRecord(), SetListRecord()))

    school = parsed(tmp_path, document).school

    assert [teaching_set.code for teaching_set in school.teaching_sets] == ["7A/Ma", "again"]
    assert school.memberships == (Membership("11", ("9001", "9001")),)
