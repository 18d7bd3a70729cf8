"""`sdssync classes`: what profiles would make of sets and groups, what they filter, and what it does not do."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.support.builders import (
    FORM,
    GROUP_SECTIONS,
    HOUSE,
    MANAGERS,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
)
from tests.support.documents import WITH_GROUPS
from tests.support.fake_isams import PATH
from tests.support.installation import SETTINGS, install
from tests.support.runs import command

SCHOOL = Document(
    staff=(StaffRecord(), StaffRecord(id="102", forename="Cy", surname="Oak", email="cy@school.example")),
    pupils=(
        PupilRecord(form="7/A", academic_house="3"),
        PupilRecord(id="2", school_id="9002", email="di@pupils.school.example", form="8B", year="8"),
    ),
    sets=(
        SetRecord(teachers=("101", "102")),
        SetRecord(id="12", code="7Ga1"),
        SetRecord(id="13", code="7A/Ma-b", teachers=("102",)),
        SetRecord(id="14", code="8Fr1", year="8", year_attribute="8", subject="2", subject_attribute="2"),
        SetRecord(id="15", code="8Ma1", year="8", year_attribute="8", teachers=()),
    ),
    set_lists=(
        SetListRecord(),
        SetListRecord(set_id="12", set_attribute="12"),
        SetListRecord(set_id="13", set_attribute="13"),
        SetListRecord(set_id="14", set_attribute="14", school_id="9002", pupil_attribute="2"),
        SetListRecord(set_id="15", set_attribute="15", school_id="9002", pupil_attribute="2"),
    ),
    forms=(FORM, replace(FORM, attributes={"Id": "8B", "YearId": "8"}, legacy={}, texts={})),
    academic_houses=(replace(HOUSE, attributes={"Id": "3", "HouseMasterId": "102"}),),
    order=(*MANAGERS, *GROUP_SECTIONS),
)
LOWER = """\
name = "Lower"
output = "csv/Lower"
year_groups = [7, 8]
suffix = "_26"
class_id = "{set_id}{suffix}"

[subjects]
exclude = [2]

[classes]
exclude = ["*Ga*"]

[[classes.merge]]
sets = ["7A/Ma", "7A/Ma-b"]
id = "joint{suffix}"

[groups]
forms = true
houses = ["academic"]
"""
CLASSES = [
    ("15_26", "8Ma1_26", "set", "8", 0, 1, 0, ["15"]),
    ("joint_26", "7A/Ma and 7A/Ma-b_26", "merged", "7", 2, 1, 0, ["11", "13"]),
    ("form-7_A_26", "7 Amber_26", "form", "7", 1, 1, 0, ["7/A"]),
    ("form-8B_26", "8B_26", "form", "8", 0, 1, 0, ["8B"]),
    ("academic-house-3_26", "Oak_26", "academic-house", "", 1, 1, 0, ["3"]),
]
KEYS = ("id", "title", "kind", "year", "teachers", "pupils", "waiting", "made_of")
FILTERED = [
    {"kind": "set", "id": "12", "code": "7Ga1", "by": "classes.exclude"},
    {"kind": "set", "id": "14", "code": "8Fr1", "by": "subjects.exclude"},
]


@pytest.fixture
def school(here: Path) -> Path:
    """An installation with a profile that has every kind of class."""
    install(here, lower=LOWER)
    (here / "hartley.xml").write_text(SCHOOL.xml(), encoding="utf-8")
    return here


def shapes(classes: Sequence[tuple[object, ...]]) -> list[dict[str, object]]:
    """Return rows of values with their keys."""
    return [dict(zip(KEYS, made, strict=True)) for made in classes]


@pytest.mark.usefixtures("school")
def test_as_json() -> None:
    """Each class has its kind, year, sizes and what it is made of; each filtered set its key; no names."""
    ran = command("classes", "--format", "json")

    assert ran.exit_code == 0
    assert ran.json == {
        "version": 1,
        "profiles": [{"profile": "Lower", "classes": shapes(CLASSES), "filtered": FILTERED}],
    }
    assert [list(made) for made in ran.json["profiles"][0]["classes"]] == [list(KEYS)] * len(CLASSES)
    assert "Marsh" not in ran.out


@pytest.mark.usefixtures("school")
def test_as_text() -> None:
    """The classes have their owners by name; below is why some have none, and which key filters what."""
    assert command("classes", "lower").out == (
        "Lower: 5 classes: 1 set, 1 merged class, 2 forms, 1 academic house\n"
        "Class                 Kind            Year  Pupils  Owners\n"
        "8Ma1_26               set                8       1  no owner\n"
        "7A/Ma and 7A/Ma-b_26  merged class       7       1  Marsh, Bo; Oak, Cy\n"
        "7 Amber_26            form               7       1  Marsh, Bo\n"
        "8B_26                 form               8       1  no owner\n"
        "Oak_26                academic house             1  Oak, Cy\n"
        "\n"
        "2 classes have no teacher\n"
        "  iSAMS has none for the set: 8Ma1_26\n"
        "  the form has no tutor in iSAMS: 8B_26\n"
        "  In SDS such a class has no owner: correct this in iSAMS.\n"
        "\n"
        "1 set is filtered by subjects.exclude\n"
        "  8Fr1\n"
        "\n"
        "1 set is filtered by classes.exclude\n"
        "  7Ga1\n"
    )


def test_nothing_is_published(school: Path) -> None:
    """The command leaves no set and no record."""
    assert command("classes").exit_code == 0

    assert not (school / "csv").exists()
    assert [path.name for path in (school / "state").iterdir() if not path.name.endswith(".lock")] == []


@pytest.mark.usefixtures("school")
def test_it_lists_what_a_run_publishes(school: Path) -> None:
    """The ids and titles are those of the published set."""
    listed = command("classes", "--format", "json").json["profiles"][0]["classes"]
    assert command("run-all").exit_code == 0

    rows = (school / "csv/Lower/classes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(f"{made['id']},{made['title']}" for made in listed) == sorted(
        ",".join((line.split(",")[0], line.split(",")[2])) for line in rows
    )


def test_pupils_who_wait(school: Path) -> None:
    """Before the day of the pupils they wait; a class without owner waits whole, and is listed all the same."""
    file = school / "profiles.d" / "lower.toml"
    file.write_text(LOWER.replace("[classes]", "[classes]\npupils_from = 2026-09-02"), encoding="utf-8")

    before, after = (
        command("classes", "--today", day, "--format", "json").json["profiles"][0]["classes"]
        for day in ("2026-09-01", "2026-09-02")
    )

    assert before == shapes([(*made[:5], 0, 1, made[7]) for made in CLASSES])
    assert after == shapes(CLASSES)
    assert "Waiting" in command("classes", "--today", "2026-09-01").out


def test_many_classes_are_a_line_for_each_year(school: Path) -> None:
    """More than 20 classes of one kind are counted by year, unless all are asked for; long lists are shortened."""
    numbers = range(100, 130)
    many = replace(
        SCHOOL,
        sets=tuple(SetRecord(id=str(number), code=f"7X{number}") for number in numbers)
        + tuple(SetRecord(id=str(number + 100), code=f"7Ga{number}") for number in numbers),
        set_lists=tuple(SetListRecord(set_id=str(number), set_attribute=str(number)) for number in numbers),
    )
    (school / "hartley.xml").write_text(many.xml(), encoding="utf-8")

    short, full = command("classes", "-q").out.splitlines(), command("classes", "-q", "--all").out.splitlines()

    assert short[2] == "30 classes of year 7  set                7       1  1 owner"
    assert any(line.endswith("and 10 more: --all lists them") for line in short)
    assert len(short) < 20
    assert len([line for line in full if line.startswith("7X")]) == 30
    assert len([line for line in full if line.startswith("  7Ga")]) == 30


def test_a_combined_profile_by_its_parts(school: Path) -> None:
    """A set that one part filters and another takes is not filtered; a part without output is not listed by itself."""
    profiles = {
        "one": 'name = "One"\nyear_groups = [7]\nclass_id = "a{set_id}"\n[classes]\ninclude = ["7A/Ma"]\n',
        "two": 'name = "Two"\nyear_groups = [7]\nclass_id = "b{set_id}"\n[classes]\nexclude = ["7A/Ma"]\n',
        "all": 'name = "All"\nformat = "v2.1"\noutput = "csv/All"\ncombine = ["One", "Two"]\n',
    }
    (school / "profiles.d" / "lower.toml").unlink()
    install(school, SETTINGS, **profiles)

    ran = command("classes", "--format", "json")
    [found] = ran.json["profiles"]
    refused = command("classes", "One")

    assert (found["profile"], found["filtered"]) == ("All", [])
    assert sorted(made["id"] for made in found["classes"]) == ["a11", "b12", "b13"]
    assert refused.exit_code == 2
    assert refused.logs()[-1]["hint"] == "name the combined profile: All"


def test_a_document_without_what_one_profile_wants(school: Path) -> None:
    """Only the profile that wants the missing groups has failed; the others are listed."""
    bare = replace(SCHOOL, order=tuple(MANAGERS))
    (school / "hartley.xml").write_text(bare.xml(), encoding="utf-8")
    install(school, SETTINGS, sets='name = "Sets"\noutput = "csv/Sets"\nyear_groups = [8]\n')

    ran = command("classes", "--format", "json")

    assert (ran.exit_code, [found["profile"] for found in ran.json["profiles"]]) == (3, ["Sets"])
    assert [event["profile"] for event in ran.logs("profile.failed")] == ["Lower"]


@pytest.mark.parametrize(
    ("profile", "arguments", "code"),
    [
        pytest.param(LOWER + "expires = 2026-07-31\n", ["--today", "2026-08-01"], 0, id="expired"),
        pytest.param(LOWER.replace("suffix", "sufix"), [], 2, id="wrong"),
        pytest.param(LOWER, ["Upper"], 2, id="unknown"),
    ],
)
def test_profiles_that_are_not_listed(school: Path, profile: str, arguments: list[str], code: int) -> None:
    """One that has expired, has mistakes or does not exist gives no classes, and the code of a run."""
    head, _, expires = profile.partition("expires")
    text = f"expires{expires}{head}" if expires else head
    (school / "profiles.d" / "lower.toml").write_text(text, encoding="utf-8")

    ran = command("classes", *arguments)

    assert (ran.exit_code, ran.out) == (code, "")


def test_a_parity_profile(school: Path) -> None:
    """It makes the classes of the script; a teacher who is not current is shown by id."""
    gone = replace(SCHOOL, sets=(SetRecord(teachers=("101", "999")),))
    (school / "hartley.xml").write_text(gone.xml(), encoding="utf-8")
    (school / "profiles.d" / "lower.toml").write_text(
        'output = "csv/Lower"\nyear_groups = [7]\nparity = true\n', encoding="utf-8"
    )

    assert command("classes").out.splitlines()[2] == "7A/Ma  set      7       1  Marsh, Bo; 999"


def test_a_download_asks_for_groups(here: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --cached the document is downloaded, and kept; with it, the last one is used."""
    monkeypatch.setenv("KEY", "00000000-0000-0000-0000-000000000000")
    httpserver.expect_request(PATH).respond_with_data(WITH_GROUPS, content_type="application/xml")
    url = f'url = "{httpserver.url_for("")}"\napi_key_env = "KEY"'
    install(
        here,
        SETTINGS.replace('file = "hartley.xml"', url),
        years='name = "Years"\noutput = "csv/Years"\nyear_groups = [9]\n[groups]\nyear_groups = true\n',
    )

    downloaded = command("classes", "--format", "json")
    [(request, _)] = httpserver.log
    httpserver.clear()
    cached = command("classes", "--cached", "--format", "json")

    assert b"<Method>School_GetAllYears</Method>" in request.data
    assert (downloaded.exit_code, cached.exit_code) == (0, 0)
    assert cached.json == downloaded.json
    assert "year" in {made["kind"] for made in cached.json["profiles"][0]["classes"]}
