"""Classes and enrollments: each reason alone, and the order in which they apply."""

from dataclasses import replace
from typing import Any

import pytest

from sdssync.config.classes import ClassTables
from sdssync.school import Membership, School
from tests.support.builders import (
    enrolled,
    listed,
    make_pupil,
    make_school,
    make_set,
    make_subject,
    make_teacher,
    omitted,
)

ONE, TWO = make_pupil(1), make_pupil(2)
BO = make_teacher(101)


def kept(school: School, **changes: Any) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return the classes that stay, with their people."""
    return [(each.id, each.title, each.teachers, each.pupils) for each in enrolled(school, **changes).classes]


def reasons(school: School, kind: str, **changes: Any) -> list[tuple[str, ...]]:
    """Return reason and ids of the classes or enrollments that do not."""
    return [each[1:] for each in omitted(enrolled(school, **changes)) if each[0] == kind]


def test_a_class() -> None:
    """A class has its teachers, the extra teachers and its pupils."""
    school = make_school(pupils=[ONE, TWO], teachers=[BO, make_teacher(102)], memberships=listed("11", "9001", "9002"))

    assert kept(school, extra_teachers=("staff102@school.example", "new@school.example")) == [
        ("11", "7A/Ma_26", ("101", "102", "new@school.example"), ("9001", "9002"))
    ]


def test_a_set_without_list() -> None:
    """A teaching set without a list makes no class and no omission; its teachers are users."""
    school = make_school(
        teaching_sets=[make_set(), make_set(id="12", teacher_ids=("102",))], teachers=[BO, make_teacher(102)]
    )

    assert [each[0] for each in kept(school)] == ["11"]
    assert omitted(enrolled(school)) == []
    assert [user.id for user in enrolled(school).users] == ["9001", "101", "102"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{set_code}{suffix}", "7A/Ma_26", id="default"),
        pytest.param("{set_id}|{set_name}|{year_group}", "11|7A Mathematics|7", id="set"),
        pytest.param("{subject_code} {subject_name}", "Ma Mathematics", id="subject"),
        pytest.param("{{{suffix}}}", "{_26}", id="braces"),
    ],
)
def test_templates(template: str, expected: str) -> None:
    """Title and id come from templates; of a subject that departments list twice the first counts."""
    school = make_school(subjects=[make_subject(), make_subject(code="other", department="Arts")])

    ((class_id, title, *_),) = kept(school, title=template, class_id=template)

    assert (class_id, title) == (expected, expected)


def test_a_subject_that_no_department_has() -> None:
    """Code and name of a subject that no department has are empty."""
    school = make_school(teaching_sets=[make_set(subject_id="77")])

    assert kept(school, title="<{subject_code}{subject_name}>")[0][1] == "<>"


@pytest.mark.parametrize(
    ("pupils", "rows", "why"),
    [
        pytest.param([replace(ONE, email="\u00a0")], ["9001"], ["pupil_without_email"], id="without e-mail"),
        pytest.param([replace(ONE, year="8")], ["9001"], ["pupil_outside_year_groups"], id="of another year"),
        pytest.param([replace(ONE, year="07")], ["9001"], ["pupil_outside_year_groups"], id="of an odd year"),
        pytest.param([replace(ONE, year="8", email="")], ["9001"], ["pupil_without_email"], id="both: the first"),
        pytest.param([ONE], ["9404", "9404"], ["pupil_not_current"] * 2, id="left"),
        pytest.param([ONE], [" 9001 "], ["pupil_not_current"], id="blanks around the id"),
        pytest.param([replace(ONE, email="a\nb@c")], ["9001"], ["user_omitted"], id="omitted for another reason"),
        pytest.param(
            [make_pupil(0, email=ONE.email), ONE], ["9001", "9001"], ["duplicate_username"] * 2, id="address of another"
        ),
    ],
)
def test_pupils(pupils: list[Any], rows: list[str], why: list[str]) -> None:
    """A pupil who cannot be enrolled falls out with a reason; a class whose last pupil falls out goes with them."""
    school = make_school(pupils=pupils, memberships=listed("11", *rows))

    assert reasons(school, "class") == [("class_without_pupils", "11")]
    assert reasons(school, "enrollment") == [
        *((reason, "11", row) for reason, row in zip(why, rows, strict=True)),
        ("class_omitted", "11", "101"),
    ]
    assert kept(school) == []


def test_a_pupil_without_id() -> None:
    """A pupil whom the row names by the record and who has no school id falls out as a user, and so here."""
    school = make_school(pupils=[ONE, replace(TWO, school_id="")],
                         memberships=[*listed("11", "9001"), Membership("11", (), ("2",))])  # fmt: skip

    assert kept(school) == [("11", "7A/Ma_26", ("101",), ("9001",))]
    assert reasons(school, "enrollment") == [("user_omitted", "11", "")]


@pytest.mark.parametrize(
    ("changes", "extra", "expected"),
    [
        pytest.param({"email": " "}, (), [("teacher_without_email", "11", "102")], id="without e-mail"),
        pytest.param({"id": "103"}, (), [("teacher_not_current", "11", "102")], id="left"),
        pytest.param({"email": "STAFF101@school.example"}, (), [("duplicate_username", "11", "102")], id="address"),
        pytest.param({"email": "a\rb@c"}, (), [("user_omitted", "11", "102")], id="another reason"),
        pytest.param({}, ("x*",), [("user_omitted", "11", "x*")], id="a wildcard without a match"),
        pytest.param({}, ("staff102@*",), [("duplicate_enrollment", "11", "102")], id="extra and in the set"),
        pytest.param(
            {}, ("*102@*", "staff102@*"), [("duplicate_enrollment", "11", "102")] * 2, id="extra by two entries"
        ),
        pytest.param({"email": ""}, ("*",), [("teacher_without_email", "11", "102")] * 2
                     + [("duplicate_enrollment", "11", "101")], id="extra without e-mail"),
    ],
)  # fmt: skip
def test_teachers(changes: dict[str, str], extra: tuple[str, ...], expected: list[tuple[str, ...]]) -> None:
    """A teacher who cannot be enrolled falls out with a reason; the class stays."""
    school = make_school(
        teachers=[BO, replace(make_teacher(102), **changes)], teaching_sets=[make_set(teacher_ids=("101", "102"))]
    )

    assert reasons(school, "enrollment", extra_teachers=extra) == expected
    assert reasons(school, "class", extra_teachers=extra) == []
    assert [pupils for *_, pupils in kept(school, extra_teachers=extra)] == [("9001",)]


def test_duplicate_enrollment() -> None:
    """A pupil who is listed more often is in the class once; of a teacher in the pupils' list both stay."""
    school = make_school(
        teaching_sets=[make_set(teacher_ids=("101", "101"))],
        memberships=[*listed("11", "9001"), *listed("011", "9001"), Membership("11", (), ("1",))],
    )

    assert kept(school) == [("11", "7A/Ma_26", ("101",), ("9001",))]
    assert reasons(school, "enrollment") == [
        ("duplicate_enrollment", "11", "101"),
        ("duplicate_enrollment", "11", "9001"),
        ("duplicate_enrollment", "11", "9001"),
    ]


@pytest.mark.parametrize(
    ("changes", "title", "reason"),
    [
        pytest.param({"code": ""}, "{set_code}", "class_without_title", id="empty title"),
        pytest.param({"code": "\u00a0"}, "{set_code} ", "class_without_title", id="title of white space"),
        pytest.param({"code": "a\nb"}, "{set_code}", "value_with_line_break", id="title of two lines"),
        pytest.param({"code": "a\r"}, "{set_code}", "value_with_line_break", id="CR at the end"),
        pytest.param({"id": "1\n1"}, "{set_name}", "value_with_line_break", id="id of two lines"),
        pytest.param({"code": "\n"}, "{set_code}", "class_without_title", id="both: the first"),
        pytest.param({"code": "a" * 8_193}, "{set_code}", "value_too_long", id="endless title"),
        pytest.param({"id": "1" * 8_193}, "{set_name}", "value_too_long", id="endless id"),
        pytest.param({"code": "a\n" * 5_000}, "{set_code}", "value_with_line_break", id="endless lines: the first"),
    ],
)
def test_a_class_falls_out(changes: dict[str, str], title: str, reason: str) -> None:
    """A class without title or with a line break falls out, and its enrollments with it."""
    teaching_set = make_set(**changes)
    school = make_school(teaching_sets=[teaching_set], memberships=listed(teaching_set.id, "9001", "9001", "9404"))

    assert kept(school, title=title) == []
    assert reasons(school, "class", title=title) == [(reason, teaching_set.id)]
    assert reasons(school, "enrollment", title=title) == [
        ("pupil_not_current", teaching_set.id, "9404"),
        ("class_omitted", teaching_set.id, "101"),
        ("class_omitted", teaching_set.id, "9001"),
        ("class_omitted", teaching_set.id, "9001"),
    ]


def test_duplicate_class() -> None:
    """Of two sets with one id the first stays; the second is counted, and its teachers are users."""
    school = make_school(
        teachers=[BO, make_teacher(102)], teaching_sets=[make_set(), make_set(code="again", teacher_ids=("102",))]
    )

    assert kept(school) == [("11", "7A/Ma_26", ("101",), ("9001",))]
    assert omitted(enrolled(school)) == [("class", "duplicate_class", "11")]
    assert [user.id for user in enrolled(school).users] == ["9001", "101", "102"]


def test_two_ids_of_one_number() -> None:
    """Rows of a list mean the set of their number; if there are two such sets, both are classes, as in the script."""
    school = make_school(teaching_sets=[make_set(), make_set(id="011", code="again")])

    assert kept(school) == [("011", "again_26", ("101",), ("9001",)), ("11", "7A/Ma_26", ("101",), ("9001",))]
    assert omitted(enrolled(school)) == []


def test_the_first_of_two_sets_falls_out() -> None:
    """The second of two sets never takes the place of the first: the script has no row for it."""
    school = make_school(teaching_sets=[make_set(code=""), make_set(code="again")])

    assert kept(school, title="{set_code}") == []
    assert omitted(enrolled(school, title="{set_code}")) == [
        ("class", "class_without_title", "11"),
        ("class", "duplicate_class", "11"),
        ("enrollment", "class_omitted", "11", "101"),
        ("enrollment", "class_omitted", "11", "9001"),
    ]


def test_two_sets_without_pupils() -> None:
    """The reasons of a second set are applied in the same order."""
    school = make_school(teaching_sets=[make_set(), make_set()], memberships=listed("11", "9404"))

    assert omitted(enrolled(school)) == [
        ("class", "class_without_pupils", "11"),
        ("class", "class_without_pupils", "11"),
        ("enrollment", "pupil_not_current", "11", "9404"),
        ("enrollment", "class_omitted", "11", "101"),
    ]


def test_a_filtered_set_displaces_none() -> None:
    """A set of another year keeps its number from no other."""
    school = make_school(teaching_sets=[make_set(year="8"), make_set(code="chosen")])

    assert kept(school) == [("11", "chosen_26", ("101",), ("9001",))]
    assert omitted(enrolled(school)) == []


@pytest.mark.parametrize(
    ("pupils", "min_pupils", "expected"),
    [
        pytest.param(("9001", "9002"), 2, [], id="enough"),
        pytest.param(("9001",), 2, [("class_too_small", "11")], id="too few"),
        pytest.param(("9001", "9001"), 2, [("class_too_small", "11")], id="one pupil, listed twice"),
        pytest.param(("9001", "9003"), 2, [("class_too_small", "11")], id="one cannot be enrolled"),
        pytest.param(("9003",), 2, [("class_without_pupils", "11")], id="another reason comes first"),
        pytest.param(("9001",), 1, [], id="default"),
    ],
)
def test_small_classes(pupils: tuple[str, ...], min_pupils: int, expected: list[tuple[str, ...]]) -> None:
    """A class with fewer pupils than the profile asks for is left out, last of all reasons."""
    school = make_school(pupils=[ONE, TWO, make_pupil(3, email="")], memberships=listed("11", *pupils))

    assert reasons(school, "class", classes=ClassTables(min_pupils=min_pupils)) == expected
