"""Strategies for messy iSAMS documents and for what a profile asks of them."""

from hypothesis import strategies as st

from tests.support.builders import (
    MANAGERS,
    DepartmentRecord,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    SubjectRecord,
)
from tests.support.script import Arguments

BLANKS = ("", " ", "\t", "\r", "\n", " \t\r\n")
NUMBERS = ("7", "8", "9", "11", "12")
YEARS = ("7", "8", "-2", "-1", "0", "13", "14", "15", "07", " 7 ", "7.0", "Upper", *BLANKS)
ADDRESSES = (
    "ada@school.example",
    "ADA@School.example",
    "bo@school.example",
    " bo@school.example ",
    "zoë@school.example",
    "line\nbreak@school.example",
    "\u00a0",
    "\u2003",
    *BLANKS,
)
EXTRA = ("ada@school.example", "Bo@School.example", "unknown@school.example", "*@school.example", "?o@*", "x*", "*")
TEXTS = ("7A/Ma", "x,y", 'q"q', " padded ", "cut\r\nhere", "Blüte <&>", "\u00a0", *BLANKS)

texts = st.sampled_from((*TEXTS, None))
years = st.sampled_from(("7", "8")) | st.sampled_from(YEARS)
subject_ids = st.sampled_from((*NUMBERS, *BLANKS, "A7"))


def people_ids(first: int) -> st.SearchStrategy[list[str]]:
    """Return ids that are distinct, also from those of others; not all of them are numbers."""
    plain = [str(first + number) for number in range(6)]
    odd = [f"x{first}", f"0{first + 7}", f" {first + 8} ", f"{first}\n9"]
    return st.lists(st.sampled_from(plain + odd), min_size=1, max_size=6, unique=True)


def addresses(kind: str, number: int) -> st.SearchStrategy[str | None]:
    """Return an address of the person's own, or an odd one, or none."""
    return st.just(f"{kind}{number}@school.example") | st.sampled_from((*ADDRESSES, None))


@st.composite
def documents(draw: st.DrawFn, *, attributes: bool) -> Document:
    """Make a document; with `attributes` the elements marked `Legacy` may be absent or empty."""
    pupil_ids = draw(people_ids(9000))
    if draw(st.booleans()):
        pupil_ids[0] = draw(st.sampled_from(BLANKS))
    staff_ids = draw(people_ids(100))
    pupils = [
        draw(
            st.builds(
                PupilRecord,
                id=st.just(str(number)),
                school_id=st.just(school_id),
                year=years | st.none(),
                email=addresses("pupil", number),
                forename=texts,
                surname=texts,
            )
        )
        for number, school_id in enumerate(pupil_ids, 1)
    ]
    staff = [
        draw(
            st.builds(
                StaffRecord, id=st.just(staff_id), email=addresses("staff", number), forename=texts, surname=texts
            )
        )
        for number, staff_id in enumerate(staff_ids)
    ]
    missing = st.sampled_from((None, "", " ")) if attributes else st.nothing()
    subjects = st.lists(st.builds(SubjectRecord, id=subject_ids, code=texts, name=texts), max_size=3).map(tuple)
    departments = st.builds(DepartmentRecord, name=texts, subjects=subjects | st.none())
    return Document(
        pupils=tuple(pupils),
        staff=tuple(staff),
        departments=tuple(draw(st.lists(departments, max_size=2))),
        sets=tuple(draw(st.lists(sets(staff_ids, missing), min_size=1, max_size=5))),
        set_lists=tuple(draw(st.lists(set_lists(pupil_ids, missing), min_size=1, max_size=12))),
        order=tuple(draw(st.permutations(tuple(MANAGERS)))),
    )


def sets(staff_ids: list[str], missing: st.SearchStrategy[str | None]) -> st.SearchStrategy[SetRecord]:
    """Make sets, some with one id."""
    return st.builds(
        SetRecord,
        id=st.sampled_from(("11", "12", "13", "200")),
        subject=subject_ids | missing,
        subject_attribute=subject_ids | st.none(),
        year=years | missing,
        year_attribute=years | st.none(),
        code=texts,
        name=texts,
        teachers=st.lists(st.sampled_from((*staff_ids, "199")), max_size=3).map(tuple) | st.none(),
    )


def set_lists(pupil_ids: list[str], missing: st.SearchStrategy[str | None]) -> st.SearchStrategy[SetListRecord]:
    """Make rows of set lists, some of unknown sets and pupils."""
    numbers = st.sampled_from(("11", "11", " 11 ", "011", "12", "13\t", "200", "404"))
    return st.builds(
        SetListRecord,
        set_id=numbers | missing,
        set_attribute=numbers,
        school_id=st.sampled_from((*pupil_ids, "9999")) | missing,
        pupil_attribute=st.sampled_from([str(number) for number in range(1, 8)]),
    )


def arguments(*, parity: bool) -> st.SearchStrategy[Arguments]:
    """Make what a profile says; an extra teacher of a parity profile may be listed twice."""
    return st.builds(
        Arguments,
        years=st.lists(st.sampled_from((7, 8, -1, 0, 13, 14, 15)), min_size=1, max_size=4, unique=True),
        suffix=st.sampled_from(("", "_26", " ")),
        excluded=st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True),
        included=st.lists(st.sampled_from((*NUMBERS, "A7")), max_size=3, unique=True),
        extra=st.lists(st.sampled_from(EXTRA), max_size=3, unique=not parity),
        names=st.just(value=False) if parity else st.booleans(),
    )
