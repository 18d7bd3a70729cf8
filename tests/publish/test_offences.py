"""A rejected set says whom in iSAMS each finding is about, and what to do there: for every rule that rejects."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.builders import Document, PupilRecord, SetListRecord, SetRecord, StaffRecord
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

ADA = {"id": "9001", "surname": "Quill", "forename": "Ada", "year": "7"}
BO = {"id": "101", "surname": "Marsh", "forename": "Bo", "year": ""}
CY = PupilRecord(id="2", school_id="9002", forename="Cy", surname="Oak", email="cy@pupils.school.example")
PLAIN = Document()
NAMES = SETTINGS.replace('name = "MySchool"', 'name = "MySchool"\ninclude_names = true')


class Expected(NamedTuple):
    """The offence for which a set is rejected."""

    code: str
    message: str | None
    """None: that of the rule."""
    hint: str
    people: list[dict[str, str]]
    classes: list[dict[str, str]]


def rejected(folder: Path, document: Document, profile: str = "", settings: str = SETTINGS) -> tuple[Ran, Any]:
    """Run one profile on a document that rejects it; return how the command ended and the result of the profile."""
    install(folder, settings, seniors=f'output = "csv"\nyear_groups = [7]\n{profile}')
    (folder / "hartley.xml").write_text(document.xml(), encoding="utf-8", newline="")
    ran = command("run", "seniors", "--config", folder / "sdssync.toml", "--format", "json")
    [result] = ran.json["profiles"]
    assert (ran.exit_code, result["outcome"]) == (1, "rejected")
    return ran, result


def with_cy(**changes: Any) -> Document:
    """Make a document of two pupils in one set, the second one changed."""
    cy = replace(CY, **changes)
    rows = (SetListRecord(), SetListRecord(school_id=cy.school_id, pupil_attribute="2"))
    return replace(PLAIN, pupils=(PupilRecord(), cy), set_lists=rows)


TWO_SETS = replace(
    PLAIN,
    sets=(SetRecord(), SetRecord(id="12", code="7B/Ma")),
    set_lists=(SetListRecord(), SetListRecord(set_id="12")),
)


@pytest.mark.parametrize(
    ("document", "profile", "settings", "expected"),
    [
        pytest.param(
            with_cy(school_id="9001"), "", SETTINGS, Expected(
            "SDS202",
            "2 pupils have the same SchoolId in iSAMS", "give each pupil a SchoolId of their own in iSAMS",
            [ADA, {"id": "9001", "surname": "Oak", "forename": "Cy", "year": "7"}], []),
            id="two pupils with one id",
        ),
        pytest.param(
            with_cy(school_id="101"), "", SETTINGS, Expected(
            "SDS202",
            "a pupil and a member of staff have the same id: the SchoolId of the one is the staff Id of the other",
            "give the pupil another SchoolId in iSAMS; SDS then takes the pupil as a new person",
            [{"id": "101", "surname": "Oak", "forename": "Cy", "year": "7"}, BO], []),
            id="a pupil and a teacher with one id",
        ),
        pytest.param(
            replace(PLAIN, staff=(StaffRecord(), StaffRecord(forename="Di", email="di@school.example"))), "",
            SETTINGS, Expected(
            "SDS202", "2 members of staff have the same Id in iSAMS",
            "ask iSAMS support: the Id of a member of staff is given by iSAMS itself",
            [BO, {**BO, "forename": "Di"}], []),
            id="two members of staff with one id",
        ),
        pytest.param(
            TWO_SETS, 'class_id = "{year_group}"', SETTINGS, Expected(
            "SDS202",
            "2 teaching sets of the profile get the same class id",
            "put {set_id} into class_id in the profile, which differs for each set",
            [], [{"id": "11", "code": "7A/Ma", "title": "7A/Ma"}, {"id": "12", "code": "7B/Ma", "title": "7B/Ma"}]),
            id="two sets with one class id",
        ),
        pytest.param(
            with_cy(email="cy oak@school.example"), "", NAMES, Expected(
            "SDS217",
            None, "correct the e-mail address in iSAMS: it must be the sign-in name in Microsoft 365",
            [{"id": "9002", "surname": "Oak", "forename": "Cy", "year": "7"}], []),
            id="an address that SDS cannot make a user of",
        ),
        pytest.param(
            replace(PLAIN, pupils=(PupilRecord(email=""),)), "", SETTINGS, Expected(
            "SDS108",
            "classes.csv would have no row: all 1 that it could have were left out",
            "see in the result why each one was left out, and correct that in iSAMS",
            [], []),
            id="no class, because no pupil has an address",
        ),
        pytest.param(
            PLAIN, "[subjects]\nexclude = [1]", SETTINGS, Expected(
            "SDS108",
            "classes.csv would have no row",
            "check year_groups and [subjects] in the profile, and whether iSAMS has pupils and sets for them",
            [], []),
            id="no class, because of the subjects",
        ),
    ],
)  # fmt: skip
def test_offences(tmp_path: Path, document: Document, profile: str, settings: str, expected: Expected) -> None:
    """The first finding that rejects names people and classes; text and log say the same, the log by iSAMS ids."""
    ran, result = rejected(tmp_path, document, profile, settings)

    [offence, *_] = [item for item in result["offences"] if item["code"] == expected.code]
    assert offence["message"] == expected.message or (expected.message is None and offence["message"])
    assert (offence["hint"], offence["people"], offence["classes"]) == (
        expected.hint,
        expected.people,
        expected.classes,
    )
    assert list(offence) == [
        "code", "severity", "file", "line", "column", "value", "message", "hint", "people", "classes",
    ]  # fmt: skip
    logged = next(line for line in ran.logs("profile.broke_rule") if line["code"] == expected.code)
    assert logged["people"] == [person["id"] for person in expected.people]
    assert logged["sets"] == [school_class["id"] for school_class in expected.classes]
    text = command("run", "seniors", "--config", tmp_path / "sdssync.toml").out
    assert all(f"{person['surname']}, {person['forename']}" in text for person in expected.people)
    assert all(f"{school_class['title']} (set {school_class['id']})" in text for school_class in expected.classes)


def test_a_hundred_at_most(tmp_path: Path) -> None:
    """However many findings there are, the result lists a hundred, those that reject first."""
    pupils = tuple(
        replace(CY, id=str(number), school_id=str(number), email=f"p{number} x@school.example")
        for number in range(1000, 1150)
    )
    rows = tuple(SetListRecord(school_id=pupil.school_id) for pupil in pupils)

    _, result = rejected(tmp_path, replace(PLAIN, pupils=pupils, set_lists=rows), "", NAMES)

    assert result["findings"]["SDS217"] == 150
    assert [offence["code"] for offence in result["offences"]] == ["SDS217"] * 100


def test_a_class_without_teacher_in_a_rejected_set(tmp_path: Path) -> None:
    """A finding that only follows from an omission has its cause: the teacher, and what is missing."""
    document = replace(with_cy(school_id="9001"), staff=(StaffRecord(email=" "),))

    _, result = rejected(tmp_path, document)

    [ownerless] = [offence for offence in result["offences"] if offence["code"] == "SDS301"]
    assert ownerless["message"] == "the class has no teacher: its only teacher has no e-mail address in iSAMS"
    assert ownerless["people"] == [BO]
    assert ownerless["classes"] == [{"id": "11", "code": "7A/Ma", "title": "7A/Ma"}]


def test_published_sets_have_none(tmp_path: Path) -> None:
    """A set that is published, whatever its findings, has no offences."""
    install(tmp_path, SETTINGS, seniors='output = "csv"\nyear_groups = [7]\nparity = true\n')
    (tmp_path / "hartley.xml").write_text(with_cy(school_id="9001").xml(), encoding="utf-8", newline="")

    ran = command("run", "seniors", "--config", tmp_path / "sdssync.toml", "--format", "json")

    assert (ran.json["profiles"][0]["outcome"], ran.json["profiles"][0]["offences"]) == ("published", [])
    assert ran.logs("profile.broke_rule") != []
