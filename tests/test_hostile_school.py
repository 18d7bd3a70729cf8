"""Schools as none should be: thousands share an id, values have no end. Each run ends, and soon."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sdssync.roster.roll import call_roll
from sdssync.safety.csv_set import read_set
from sdssync.school import Membership
from tests.support.builders import (
    DepartmentRecord,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    SubjectRecord,
    make_pupil,
    make_school,
    make_teacher,
    selected,
)
from tests.support.growth import MOST, growth
from tests.support.installation import SETTINGS, install
from tests.support.runs import command, rows

PROFILE = 'output = "csv/A"\nyear_groups = [7]\n'


def pupils(number: int, **changes: str) -> tuple[PupilRecord, ...]:
    """Make pupils who share nothing but what is given."""
    return tuple(
        PupilRecord(**{"id": f"{n}", "school_id": f"{10_000 + n}", "email": f"p{n}@school.example"} | changes)
        for n in range(number)
    )


def staff(number: int, **changes: str) -> tuple[StaffRecord, ...]:
    """Make staff who share nothing but what is given."""
    return tuple(
        StaffRecord(**{"id": f"{n}", "email": f"s{n}@school.example", "surname": f"S{n}"} | changes)
        for n in range(number)
    )


def sets(number: int, *teachers: str, **changes: str) -> tuple[SetRecord, ...]:
    """Make teaching sets that share nothing but what is given."""
    return tuple(
        SetRecord(teachers=teachers or ("101",), **{"id": f"{n}", "code": f"c{n}"} | changes) for n in range(number)
    )


def lists(number: int, **changes: str) -> tuple[SetListRecord, ...]:
    """Make set-list rows, each of another set and another pupil unless one is given."""
    return tuple(SetListRecord(**{"set_id": f"{n}", "school_id": f"{10_000 + n}"} | changes) for n in range(number))


SHARED: dict[str, tuple[Callable[[int], Document], str]] = {
    "pupils with one SchoolId": (
        lambda n: Document(pupils=pupils(n, school_id="0"), set_lists=lists(n, set_id="11", school_id="0")),
        PROFILE,
    ),
    "pupils with one e-mail address": (
        lambda n: Document(pupils=pupils(n, email="a@school.example"), set_lists=lists(n, set_id="11")),
        PROFILE,
    ),
    "one pupil, record after record": (
        lambda n: Document(pupils=(PupilRecord(),) * n, set_lists=(SetListRecord(),) * n),
        PROFILE,
    ),
    "staff with one Id, and many sets": (
        lambda n: Document(staff=staff(n, id="101"), sets=sets(n), set_lists=lists(n, school_id="9001")),
        PROFILE,
    ),
    "staff with one Id and without address": (
        lambda n: Document(staff=staff(n, id="101", email=""), sets=sets(n), set_lists=lists(n, school_id="9001")),
        PROFILE,
    ),
    "staff with one e-mail address in one set": (
        lambda n: Document(
            staff=staff(n, email="a@school.example"), sets=(SetRecord(teachers=tuple(map(str, range(n)))),)
        ),
        PROFILE,
    ),
    "pupils and staff with one id": (
        lambda n: Document(pupils=pupils(n, school_id="101"), staff=staff(n, id="101")),
        PROFILE,
    ),
    "sets with one id": (
        lambda n: Document(sets=sets(n, id="11"), set_lists=lists(n, set_id="11", school_id="9001")),
        PROFILE,
    ),
    "sets with one class id, their teachers gone": (
        lambda n: Document(staff=staff(n, email=""), sets=sets(n, "1", "2"), set_lists=lists(n, school_id="9001")),
        PROFILE + 'class_id = "x"\n',
    ),
    "spellings of one set id": (
        lambda n: Document(
            pupils=pupils(n),
            set_lists=tuple(
                SetListRecord(set_id=f"{'0' * (k % 40)}11{' ' * (k // 40)}", school_id=f"{10_000 + k}")
                for k in range(n)
            ),
        ),
        PROFILE,
    ),
    "subjects with one id": (
        lambda n: Document(
            departments=(DepartmentRecord(subjects=tuple(SubjectRecord(name=f"s{k}") for k in range(n))),)
        ),
        PROFILE,
    ),
    "addresses of one account": (
        lambda n: Document(
            pupils=tuple(
                PupilRecord(school_id=f"{k}", email=f"{' ' * (k % 100)}a@school.example{' ' * (k // 100)}")
                for k in range(n)
            )
        ),
        PROFILE,
    ),
    "a parity profile": (
        lambda n: Document(
            pupils=pupils(n, school_id="0"),
            staff=staff(n, id="101"),
            sets=sets(n, id="11"),
            set_lists=lists(n, set_id="11", school_id="0"),
        ),
        PROFILE + "parity = true\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("what", SHARED)
def test_time_grows_with_the_school(tmp_path: Path, what: str, format_: str) -> None:
    """A run takes four times as long, and not sixteen times, when four times as many share something."""
    make, profile = SHARED[what]
    config = install(tmp_path, SETTINGS, a=profile)

    def run(number: int) -> Callable[[], object]:
        (tmp_path / "hartley.xml").write_text(make(number).xml(), encoding="utf-8")
        return lambda: command("--config", config, "run-all", "--dry-run", "--format", format_)

    assert growth(run, 500) <= MOST


def foreign_set(folder: Path, number: int) -> Callable[[], object]:
    """Write a V2.1 set in which two classes take turns and one user has many organisations; return what reads it."""
    enrollments = [[f"c{n % 2}", f"u{n}", "student"] for n in range(number)]
    roles = [["u0", f"o{n}", "student", "07"] for n in range(number)]
    for name, table in {
        "users.csv": [["sourcedId", "username"], ["u0", "a@school.example"]],
        "roles.csv": [["userSourcedId", "orgSourcedId", "role", "grade"], *roles],
        "enrollments.csv": [["classSourcedId", "userSourcedId", "role"], *enrollments],
    }.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(table)
    return lambda: read_set(folder)


STEPS: dict[str, tuple[Callable[[int, Path], Callable[[], object]], int]] = {
    "staff with one id": (
        lambda n, _: partial(call_roll, make_school(teachers=[make_teacher() for _ in range(n)])),
        10_000,
    ),
    "spellings of one set id": (
        lambda n, _: partial(
            call_roll, make_school(memberships=[Membership(f"11{' ' * k}", ("9001",)) for k in range(n)])
        ),
        2_500,
    ),
    "people with one id": (
        lambda n, _: partial(call_roll, make_school(pupils=[make_pupil(k, school_id="1") for k in range(n)])),
        2_500,
    ),
    "extra teachers, none of them in iSAMS": (
        lambda n, _: partial(selected, make_school(), extra_teachers=tuple(f"t{k}@school.example" for k in range(n))),
        7_500,
    ),
    "a published set that another program wrote": (lambda n, folder: foreign_set(folder, n), 5_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", STEPS)
def test_time_of_a_step_grows_with_its_work(tmp_path: Path, what: str) -> None:
    """What is quick for a school of any size has to be looked at by itself."""
    work, size = STEPS[what]

    assert growth(lambda number: work(number, tmp_path), size) <= MOST


@pytest.mark.parametrize("parity", ["false", "true"])
@pytest.mark.parametrize("what", ["sets that share a list", "teachers of every class"])
def test_what_multiplies_has_an_end(tmp_path: Path, what: str, parity: str) -> None:
    """A document of a megabyte that would make millions of rows stops its profile, at once."""
    number = 2_300
    spellings = [f"{'0' * (n % 50)}11{' ' * (n // 50)}" for n in range(number)]
    document = Document(
        pupils=pupils(1),
        sets=tuple(SetRecord(id=spelling) for spelling in spellings),
        set_lists=(SetListRecord(school_id="10000"),) * number,
    )
    extra = ""
    if what == "teachers of every class":
        document = Document(pupils=pupils(1), sets=sets(number), set_lists=lists(number, school_id="10000"))
        extra = f"[teachers]\nextra = {[f't{n}@school.example' for n in range(number)]}\n"
    config = install(
        tmp_path, SETTINGS, a=f"{PROFILE}parity = {parity}\n{extra}", b='output = "csv/B"\nyear_groups = [6, 7]\n'
    )
    (tmp_path / "hartley.xml").write_text(document.xml(), encoding="utf-8")

    ran = command("--config", config, "run-all", "--format", "json")

    first = ran.json["profiles"][0]
    assert (ran.exit_code, first["outcome"]) == (3, "failed")
    assert first["why"].startswith("the classes would have more than 5,000,000 enrollments (look for set ids in ")
    assert ran.json["profiles"][1]["outcome"] == ("published" if extra else "failed")


LONG = 600_000
"""Characters of a value that would make the line longer than the validator reads."""


def test_a_value_without_end_costs_its_own_row(tmp_path: Path) -> None:
    """One odd cell of iSAMS does not stop a school: its row is left out and reported, legibly."""
    document = Document(
        pupils=(*pupils(2), PupilRecord(email="a" * LONG), PupilRecord(school_id="8" * LONG, surname="b" * LONG)),
        sets=(*sets(1), SetRecord(id="1", code="c" * LONG), SetRecord(id="2", name="d" * LONG)),
        set_lists=(*lists(2, set_id="0"), *lists(2, set_id="1"), SetListRecord(set_id="0", school_id="8" * LONG)),
    )
    config = install(tmp_path, SETTINGS, a=PROFILE)
    (tmp_path / "hartley.xml").write_text(document.xml(), encoding="utf-8")

    ran, said = command("--config", config, "run-all", "--format", "json"), command("--config", config, "run-all")

    (result,) = ran.json["profiles"]
    assert (ran.exit_code, result["outcome"], result["findings"]) == (0, "published", {})
    assert result["omissions"] == {"value_too_long": 3}
    assert rows(tmp_path / "csv" / "A" / "classes.csv") == [["0", "8889999", "c0"]]
    assert [row[0] for row in rows(tmp_path / "csv" / "A" / "users.csv")] == ["10000", "10001", "101"]
    assert "2 people have an id, an address or a name of more than 8,192 characters and are left out" in said.out
    assert "1 class is left out: with an id or a title of more than 8,192 characters" in said.out
    assert max(map(len, (said.out + said.err).splitlines())) < 1_000


def test_values_at_the_limit(tmp_path: Path) -> None:
    """Whatever the characters of the longest values are, the validator reads the line, and so does the comparison."""
    longest = "\N{WHITE SMILING FACE}" + "\N{GRINNING FACE}" * 8_190 + '"'
    document = Document(
        pupils=(PupilRecord(school_id=longest, email=longest, forename=longest, surname=longest),),
        sets=(SetRecord(code=longest),),
        set_lists=(SetListRecord(school_id=longest),),
    )
    profile = PROFILE + 'class_id = "{set_code}"\ntitle = "{set_code}"\n'
    config = install(tmp_path, SETTINGS.replace("[isams]", "include_names = true\n[isams]"), a=profile)
    (tmp_path / "hartley.xml").write_text(document.xml(), encoding="utf-8")

    ran = command("--config", config, "run-all", "--dry-run", "--format", "json")

    (result,) = ran.json["profiles"]
    assert result["omissions"] == {}
    assert {code for code in result["findings"] if code.startswith("SDS1")} == set()


def test_a_foreign_set_with_a_value_without_end(tmp_path: Path) -> None:
    """It is a finding in its file and on its line, and the other files are judged."""
    for name, text in {
        "orgs.csv": "sourcedId,name,type\n1,School,school\n",
        "users.csv": f"sourcedId,username\n1,{'a' * LONG}\n",
        "roles.csv": "userSourcedId,orgSourcedId,role\n1,1,student\n",
        "classes.csv": 'sourcedId,orgSourcedId,title\n1,1,"' + 'b"" ' * LONG + '"\n',
        "enrollments.csv": "classSourcedId,userSourcedId,role\n1,1,student\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    ran = command("validate", str(tmp_path), "--format", "json")

    found = {(each["file"], each["code"], each["line"]) for each in ran.json["sets"][0]["findings"]}
    assert (ran.exit_code, found) == (1, {("users.csv", "SDS107", 2), ("classes.csv", "SDS107", 2)})
