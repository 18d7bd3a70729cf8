"""The files of a set: columns, values and bytes."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.config.settings import SchoolIdentity
from sdssync.roster.csv_files import OutputFile, csv_files, write
from sdssync.roster.enrol import Roster
from sdssync.sds.formats import SdsFormat
from tests.support.builders import enrolled, make_profile, make_pupil, make_school, make_teacher

SCHOOL = SchoolIdentity(id="8889999", name="MySchool", type="school", include_names=False)
V2 = {
    "orgs.csv": [("sourcedId", "name", "type"), ("8889999", "MySchool", "school")],
    "users.csv": [
        ("sourcedId", "orgSourcedIds", "username", "role", "familyName", "givenName", "password", "grade"),
        ("9001", "8889999", "pupil1@pupils.school.example", "student", "", "", "", "07"),
        ("101", "8889999", "staff101@school.example", "teacher", "", "", "", ""),
    ],
    "classes.csv": [("sourcedId", "orgSourcedId", "title"), ("11", "8889999", "7A/Ma_26")],
    "enrollments.csv": [
        ("classSourcedId", "userSourcedId", "role"),
        ("11", "101", "teacher"),
        ("11", "9001", "student"),
    ],
}
V21 = V2 | {
    "users.csv": [
        ("sourcedId", "username", "familyName", "givenName"),
        ("9001", "pupil1@pupils.school.example", "", ""),
        ("101", "staff101@school.example", "", ""),
    ],
    "roles.csv": [
        ("userSourcedId", "orgSourcedId", "role", "grade"),
        ("9001", "8889999", "student", "07"),
        ("101", "8889999", "teacher", ""),
    ],
}


def roster(*, include_names: bool = False, year: str = "7") -> Roster:
    """Make a roster of one pupil, one teacher and one class."""
    school = make_school(pupils=[make_pupil(1, year=year)], teachers=[make_teacher(101)])
    return enrolled(school, include_names=include_names, year_groups=(7, int(year)))


@pytest.mark.parametrize(
    ("form", "expected"), [pytest.param(SdsFormat.V2, V2, id="v2"), pytest.param(SdsFormat.V21, V21, id="v2.1")]
)
def test_tables(form: SdsFormat, expected: dict[str, list[tuple[str, ...]]]) -> None:
    """Each format has its files, headers and order of columns."""
    made = csv_files(roster(), SCHOOL, make_profile(format=form))

    assert {csv_file.name: [csv_file.header, *csv_file.rows] for csv_file in made} == expected


@pytest.mark.parametrize("form", SdsFormat)
def test_names(form: SdsFormat) -> None:
    """With names, the family name comes before the given name in both formats."""
    users = next(
        csv_file
        for csv_file in csv_files(roster(include_names=True), SCHOOL, make_profile(format=form))
        if csv_file.name == "users.csv"
    )
    family, given_name = users.header.index("familyName"), users.header.index("givenName")

    assert [(row[family], row[given_name]) for row in users.rows] == [("Quill", "Ada"), ("Marsh", "Bo")]


@pytest.mark.parametrize(
    ("year", "parity", "grade"),
    [
        ("0", False, "KG"),
        ("0", True, "KG"),
        ("-1", False, "PK"),
        ("-1", True, "-1"),
        ("15", False, ""),
        ("15", True, "15"),
    ],
)
def test_grade(year: str, parity: bool, grade: str) -> None:
    """A parity profile has the grades of the script."""
    users = csv_files(roster(year=year), SCHOOL, make_profile(parity=parity))[1]

    assert next(iter(users.rows))[-1] == grade


def test_type_of_the_school() -> None:
    """The type of the organisation is that of the settings."""
    identity = SchoolIdentity(id="1", name="A, B", type="district", include_names=False)

    assert list(csv_files(roster(), identity, make_profile())[0].rows) == [("1", "A, B", "district")]


def test_bytes(tmp_path: Path) -> None:
    """UTF-8 without BOM, CRLF, quotes only where they are needed, nothing trimmed."""
    csv_file = OutputFile(name="a.csv", header=("x", "y"), rows=[(" a ", "b,c"), ('q"q', "Bl\u00fcte"), ("l\nm", "")])

    write([csv_file, OutputFile(name="b.csv", header=("x",), rows=[])], tmp_path)

    assert (tmp_path / "a.csv").read_bytes() == b'x,y\r\n a ,"b,c"\r\n"q""q",Bl\xc3\xbcte\r\n"l\nm",\r\n'
    assert (tmp_path / "b.csv").read_bytes() == b"x\r\n"


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cells, cells, cells), max_size=5))
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    """A standard reader gives back every cell."""
    folder = tmp_path_factory.getbasetemp()

    write([OutputFile(name="x.csv", header=("a", "b", "c"), rows=rows)], folder)

    with (folder / "x.csv").open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == [("a", "b", "c"), *rows]
