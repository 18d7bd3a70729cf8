"""Candidate users, and those that SDS would refuse: each reason alone, and the order in which they apply."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.roster.combine import Origins, trace_origins
from sdssync.roster.users import candidate_users, keep_users, printed_pupils
from sdssync.school import School
from tests.support.builders import (
    enrolled,
    listed,
    make_pupil,
    make_school,
    make_set,
    make_teacher,
    omitted,
    part,
    selected,
)

ONE = make_pupil(1)
TWO = make_pupil(2)
BO = make_teacher(101)
CY = make_teacher(102)


def ids(school: School, *, include_names: bool = False, extra: tuple[str, ...] = ()) -> list[str]:
    """Return the ids of the users that stay."""
    return [user.id for user in enrolled(school, include_names=include_names, extra_teachers=extra).users]


def reasons(school: School, *, include_names: bool = False, extra: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return reason and id of the users that do not."""
    roster = enrolled(school, include_names=include_names, extra_teachers=extra)
    return [item[1:] for item in omitted(roster) if item[0] == "user"]


WHITE_SPACE = ["", " ", "\t\r\n", "\u00a0", "\u2003", "\u2009 \u3000"]


@pytest.mark.parametrize("blank", WHITE_SPACE)
def test_without_email(blank: str) -> None:
    """No one is a user without an address; white space of any kind is not an address."""
    school = make_school(
        pupils=[ONE, replace(TWO, email=blank)],
        teachers=[BO, replace(CY, email=blank)],
        teaching_sets=[make_set(teacher_ids=("101", "102"))],
    )

    assert ids(school) == ["9001", "101"]
    assert reasons(school) == [("pupil_without_email", "9002"), ("teacher_without_email", "102")]


@pytest.mark.parametrize("blank", ["", " ", "\u00a0"])
def test_without_id(blank: str) -> None:
    """No one is a user without an id."""
    school = make_school(
        pupils=[replace(ONE, school_id=blank)],
        teachers=[replace(BO, id=blank)],
        teaching_sets=[make_set(teacher_ids=(blank,))],
    )

    assert ids(school) == []
    assert reasons(school) == [("user_without_id", blank)] * 2


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param(("staff101@school.example", "STAFF101@*"), [("duplicate_user", "101")], id="by two entries"),
        pytest.param(("*", "staff10?@*", "staff101@*"), [("duplicate_user", "101")] * 2 + [("duplicate_user", "102")],
                     id="by three"),
        pytest.param(("staff101@school.example",), [], id="by an entry and a set: one row, as in the script"),
        pytest.param(("new@school.example",), [], id="an unknown address"),
    ],
)  # fmt: skip
def test_duplicate_user(extra: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """A record that is reached twice is one user; the first row stays."""
    school = make_school(teachers=[BO, CY])

    assert reasons(school, extra=extra) == expected
    assert ids(school, extra=extra)[:2] == ["9001", "101"]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_the_list_means_nothing(order: list[int]) -> None:
    """Pupils who have neither id nor address are listed by name, whatever the order of the document."""
    pupils = [make_pupil(number, school_id="", email="", surname=f"Q{number}") for number in order]

    roster = enrolled(make_school(pupils=pupils))

    printed = [omission.person.surname for omission in roster.omissions if omission.person]
    assert printed == ["Q0", "Q1", "Q2", "Q3", "Q4"]


def test_a_record_given_twice() -> None:
    """A record that iSAMS gives twice is one user; nothing else falls out with the second."""
    school = make_school(pupils=[ONE, replace(ONE)], teachers=[BO, replace(BO)])

    roster = enrolled(school)

    assert ([user.id for user in roster.users], roster.enrollments, roster.clashes) == (["9001", "101"], 2, ())
    assert omitted(roster) == [("user", "duplicate_user", "101"), ("user", "duplicate_user", "9001")]


def test_a_record_given_twice_behind_another_of_its_id() -> None:
    """A record that comes twice has that reason, whatever other record has its id."""
    other = replace(ONE, id="2", email="PUPIL1@pupils.school.example")

    assert reasons(make_school(pupils=[other, ONE, replace(ONE)])) == [
        ("duplicate_user", "9001"),
        ("duplicate_username", "9001"),
    ]


@pytest.mark.parametrize("changes", [{"forename": ""}, {"surname": ""}, {"forename": "\u00a0", "surname": " "}])
def test_without_name(changes: dict[str, str]) -> None:
    """With names, a user needs both; without, none."""
    school = make_school(pupils=[replace(ONE, **changes)], teachers=[replace(BO, **changes)])

    assert reasons(school) == []
    assert reasons(school, include_names=True) == [("user_without_name", "101"), ("user_without_name", "9001")]


def test_an_address_has_no_name() -> None:
    """With names, an extra teacher without a record cannot be a user."""
    assert reasons(make_school(), include_names=True, extra=("new@school.example",)) == [
        ("user_without_name", "new@school.example")
    ]


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        pytest.param("9", "10", "9", id="numbers by value"),
        pytest.param("10", "9", "9", id="whatever the order"),
        pytest.param(" 9 ", "10", " 9 ", id="numbers with blanks"),
        pytest.param("09", "9", "09", id="one number, two texts"),
        pytest.param("99999999999999999999", "A", "99999999999999999999", id="numbers before texts"),
        pytest.param("B", "A", "A", id="texts by text"),
        pytest.param("a", "B", "B", id="texts by code point"),
        pytest.param("-1", "0", "-1", id="below nothing"),
        pytest.param("1.5", "2", "2", id="1.5 is a text"),
    ],
)
def test_duplicate_username(first: str, second: str, stays: str) -> None:
    """Of two users with one address, without regard to case, the one of the smaller id stays."""
    school = make_school(
        pupils=[
            replace(ONE, school_id=first, email="Zo\u00eb@school.example"),
            replace(TWO, school_id=second, email="ZO\u00cb@School.Example"),
        ],
        teaching_sets=[make_set(teacher_ids=())],
    )

    assert ids(school) == [stays]
    assert reasons(school) == [("duplicate_username", second if stays == first else first)]


def test_duplicate_username_of_pupil_and_teacher() -> None:
    """Pupils, teachers and extra teachers share one room of addresses; blanks at the ends make another address."""
    school = make_school(
        pupils=[replace(ONE, email="STAFF101@school.example"), replace(TWO, email="staff101@school.example ")],
        teachers=[BO],
    )

    assert ids(school) == ["9002", "101"]
    assert reasons(school) == [("duplicate_username", "9001")]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param(("x*",), [("extra_teacher_not_found", "x*")], id="*"),
        pytest.param(("?@school.example",), [("extra_teacher_not_found", "?@school.example")], id="?"),
        pytest.param(("new@school.example",), [], id="an address"),
    ],
)
def test_extra_teacher_not_found(extra: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """A wildcard without a match is not a user; an address is one."""
    assert reasons(make_school(), extra=extra) == expected


@pytest.mark.parametrize(
    ("changes", "names", "falls"),
    [
        pytest.param({"email": "a\nb@school.example"}, False, True, id="address, LF"),
        pytest.param({"email": "a@school.example\r"}, False, True, id="address, CR at the end"),
        pytest.param({"school_id": "90\n01"}, False, True, id="id"),
        pytest.param({"surname": "Qu\nill"}, True, True, id="surname"),
        pytest.param({"forename": "A\rda"}, True, True, id="forename"),
        pytest.param({"surname": "Qu\nill"}, False, False, id="a name that is not written"),
        pytest.param({"email": "a\tb@school.example"}, False, False, id="a tab is no line break"),
    ],
)
def test_value_with_line_break(changes: dict[str, str], names: bool, falls: bool) -> None:
    """A value that could not stand in one line makes no row."""
    pupil = replace(ONE, **changes)
    school = make_school(pupils=[pupil], teaching_sets=[make_set(teacher_ids=())])

    expected = [("value_with_line_break", pupil.school_id)] if falls else []
    assert reasons(school, include_names=names) == expected


@pytest.mark.parametrize(
    ("changes", "names", "falls"),
    [
        pytest.param({"email": "a" * 8_193}, False, True, id="address"),
        pytest.param({"school_id": "1" * 8_193}, False, True, id="id"),
        pytest.param({"surname": "a" * 8_193}, True, True, id="name"),
        pytest.param({"surname": "a" * 8_193}, False, False, id="name that is not written"),
        pytest.param({"year": "7", "id": "1" * 8_193}, True, False, id="number of the record"),
        pytest.param({"email": "a" * 8_192, "school_id": "é" * 8_192, "surname": "a" * 8_192}, True, False, id="limit"),
    ],
)
def test_value_too_long(changes: dict[str, str], names: bool, falls: bool) -> None:
    """One value that no school means makes no row; it does not make the set unreadable."""
    pupil = replace(ONE, **changes)
    school = make_school(pupils=[pupil, TWO], memberships=listed("11", pupil.school_id, "9002"))

    roster = enrolled(school, include_names=names)

    fallen = [("user", "value_too_long", pupil.school_id), ("enrollment", "user_omitted", "11", pupil.school_id)]
    assert omitted(roster) == (fallen if falls else [])


ORDER = [
    ("pupil_without_email", {"email": " ", "school_id": "", "forename": "", "surname": "\n"}),
    ("user_without_id", {"school_id": "", "forename": "", "email": "pupil1@pupils.school.example\n"}),
    ("user_without_name", {"forename": "", "email": "pupil2@pupils.school.example\n"}),
    ("duplicate_username", {"email": "PUPIL2@pupils.school.example", "surname": "a\nb"}),
    ("value_with_line_break", {"surname": "a\n" * 5_000}),
]


@pytest.mark.parametrize(("reason", "changes"), [pytest.param(*case, id=case[0]) for case in ORDER])
def test_the_first_reason_counts(reason: str, changes: dict[str, str]) -> None:
    """A user for whom several reasons stand has the first of them."""
    school = make_school(pupils=[TWO, replace(make_pupil(9), **changes)], teaching_sets=[make_set(teacher_ids=())])

    assert [item[0] for item in reasons(school, include_names=True)] == [reason]


@pytest.mark.parametrize(
    ("fallen", "reason"),
    [
        pytest.param({"forename": ""}, "user_without_name", id="without name"),
        pytest.param({"school_id": " "}, "user_without_id", id="without id"),
    ],
)
def test_a_user_who_is_left_out_displaces_no_other(fallen: dict[str, str], reason: str) -> None:
    """A user who has fallen out before keeps no address from another."""
    school = make_school(
        pupils=[replace(ONE, **fallen), replace(TWO, email=ONE.email.upper())], teaching_sets=[make_set(teacher_ids=())]
    )

    assert ids(school, include_names=True) == ["9002"]
    assert [item[0] for item in reasons(school, include_names=True)] == [reason]


def test_who_falls_later_displaces() -> None:
    """A user who falls out after the addresses are compared has kept the address from another."""
    school = make_school(
        pupils=[replace(ONE, surname="a\nb"), replace(TWO, email=ONE.email)], teaching_sets=[make_set(teacher_ids=())]
    )

    assert ids(school, include_names=True) == []
    assert reasons(school, include_names=True) == [("duplicate_username", "9002"), ("value_with_line_break", "9001")]


def test_candidates_in_the_order_of_the_script() -> None:
    """Pupils come first, then extra teachers as listed, then teachers of all chosen sets, each once."""
    school = make_school(
        pupils=[TWO, ONE, make_pupil(3, year="8")],
        teachers=[make_teacher(number) for number in (101, 102, 103, 104, 105)],
        teaching_sets=[
            make_set(id="1", teacher_ids=("103", "199", "102")),
            make_set(id="2", teacher_ids=("104",), year="8"),
            make_set(id="3", teacher_ids=("102", "101", "103")),
        ],
    )
    selection = selected(school, extra_teachers=("new@school.example", "staff105@*", "new@school.example", "*101@*"))

    everybody = tuple(candidate_users(selection, include_names=False))

    assert [user.id for user in everybody] == [
        "9002", "9001", "new@school.example", "105", "new@school.example", "101", "103", "102",
    ]  # fmt: skip
    assert {(user.forename, user.surname) for user in everybody} == {("", "")}


def test_names() -> None:
    """With names, users carry them as they stand in iSAMS; an address has none."""
    school = make_school(pupils=[replace(ONE, forename=" Ada ", surname="O'Quill-\u00dc")], teachers=[BO])
    selection = selected(school, extra_teachers=("new@school.example",))

    assert [(user.forename, user.surname) for user in candidate_users(selection, include_names=True)] == [
        (" Ada ", "O'Quill-\u00dc"),
        ("", ""),
        ("Bo", "Marsh"),
    ]


def test_printed() -> None:
    """The script prints the pupils of chosen years without any text for an address; a no-break space is a text."""
    nobody = [replace(make_pupil(number), email=email) for number, email in enumerate(["", "\u00a0", "a@b"], 1)]
    selection = selected(make_school(pupils=[*nobody, make_pupil(4, email="", year="8")]))

    (omission,) = printed_pupils(selection)

    assert (omission.id, omission.person, omission.reason) == ("9001", nobody[0], "pupil_without_email")


def test_no_users() -> None:
    """No users in, no users out."""
    kept = keep_users((), Origins(parts=()), include_names=True)

    assert (kept.users, kept.omissions, dict(kept.reasons)) == ((), (), {})


def test_who_is_reached_twice_has_not_fallen() -> None:
    """Of a record that is reached twice one row stays, so its enrollments do."""
    only = part(make_school(pupils=[replace(ONE, email="")]), extra_teachers=("bo@*", "*"))

    kept = keep_users(
        tuple(candidate_users(only.selection, include_names=False)), trace_origins((only,)), include_names=False
    )

    assert [omission.reason for omission in kept.omissions] == ["pupil_without_email", "duplicate_user"]
    assert list(kept.reasons.values()) == ["pupil_without_email"]
