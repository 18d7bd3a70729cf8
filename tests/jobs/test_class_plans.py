"""Plans of a school with forms in one profile and taught-together sets in another, from the first to the last night."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import DEPARTMENTS, STAFF, pupil, row
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.runs import Ran, command, rows

FORMS = "[groups]\nforms = true\n"
MERGE = '[[classes.merge]]\nsets = ["9X1", "9X2"]\nid = "9X-joint{suffix}"\n'
SUFFIX = 'suffix = "_27"\n'
YEARS = {"3": range(301, 313), "9": range(901, 941)}
FORM_NAMES = ("3A", "3B", "3C")
SET_COUNT = 40


def school(*, forms: tuple[str, ...] = FORM_NAMES, tag: str = "Forms", sets: int = SET_COUNT) -> str:
    """Return a school of two years: year 3 in forms, and year 9 with one pupil in each set."""
    pupils = "".join(
        pupil(number, year=year).replace("</Pupil>", f"<Form>{_form(number)}</Form></Pupil>")
        for year, numbers in YEARS.items()
        for number in numbers
    )
    teaching_sets = "".join(
        f'<Set Id="{number}" SubjectId="4" YearId="9"><SetCode>9X{number}</SetCode><Name>9X{number}</Name>'
        '<Teachers><Teacher StaffId="101" PrimaryTeacher="True" /></Teachers></Set>'
        for number in range(1, sets + 1)
    )
    listed = "".join(row(str(number), 900 + number) for number in range(1, sets + 1))
    records = "".join(f'<Form Id="{form}" TutorId="102" YearId="3"><Form>{form}</Form></Form>' for form in forms)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>'
        f"<HRManager><CurrentStaff>{STAFF}</CurrentStaff></HRManager>"
        f"<PupilManager><CurrentPupils>{pupils}</CurrentPupils></PupilManager>"
        f"<TeachingManager><Departments>{DEPARTMENTS}</Departments><Sets>{teaching_sets}</Sets>"
        f"<SetLists>{listed}</SetLists></TeachingManager>"
        f"<SchoolManager><{tag}>{records}</{tag}></SchoolManager></iSAMS>\n"
    )


def _form(number: int) -> str:
    return FORM_NAMES[number % 3] if number < 900 else ""


def profiles(folder: Path, *, seniors: str = "", prep: str = FORMS) -> None:
    """Write both profiles: the tables of each follow its keys."""
    install(folder, SETTINGS, seniors=SENIORS + SUFFIX + seniors, prep=PREP + SUFFIX + prep)


def document(folder: Path, text: str) -> None:
    """Write the document of the night."""
    (folder / "hartley.xml").write_text(text, encoding="utf-8")


def night(day: str = "2027-09-10") -> Ran:
    """Run all profiles on a day."""
    return command("run-all", "--today", day, "--format", "json")


def result(ran: Ran, name: str) -> Any:
    """Return what came of a profile."""
    [found] = [profile for profile in ran.json["profiles"] if profile["profile"] == name]
    return found


def outcome(ran: Ran, name: str) -> tuple[str, list[str]]:
    """Return the outcome of a profile, and the gates that trip."""
    found = result(ran, name)
    return found["outcome"], [gate["gate"] for gate in found["plan"]["gates"]]


def classes(folder: Path, name: str) -> list[str]:
    """Return the ids of the classes that are published."""
    return [fields[0] for fields in rows(folder / "csv" / name / "classes.csv")]


def manifest(folder: Path, name: str, number: int) -> Path:
    """Return the manifest of a generation."""
    return folder / "state/profiles" / name / str(number) / "manifest.json"


@pytest.fixture
def published(here: Path) -> Path:
    """The school after a night: forms in Prep, no merge in Seniors."""
    profiles(here)
    document(here, school())
    ran = night()
    assert [outcome(ran, name) for name in ("Prep", "Seniors")] == [("published", [])] * 2, ran.err
    return here


def test_the_manifest_says_what_classes_are_made_of(published: Path) -> None:
    """Each class is kept with its kind and its ids in iSAMS; an approval and a restore keep that too."""
    forms = {f"form-{form}_27": [form] for form in FORM_NAMES}
    assert json.loads(manifest(published, "Prep", 1).read_text("utf-8"))["classes"] == {"form": forms}

    profiles(published, seniors=MERGE)
    plan_id = result(night(), "Seniors")["plan"]["plan_id"]
    assert command("approve", "Seniors", plan_id, "--today", "2027-09-10").exit_code == 0
    kept = json.loads(manifest(published, "Seniors", 2).read_text("utf-8"))["classes"]

    assert kept["merged"] == {"9X-joint_27": ["1", "2"]}
    assert [*kept["set"]] == [str(number) for number in range(3, SET_COUNT + 1)]
