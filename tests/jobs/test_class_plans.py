"""What a plan says, and which gates trip, when forms or sets that are taught together come and go."""

import json
from collections.abc import Sequence
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
SPANISH = "50"
"""The only set of year 3."""
PREP_CLASSES = [SPANISH, *(f"form-{form}_27" for form in FORM_NAMES)]


def school(forms: Sequence[str] = FORM_NAMES) -> str:
    """Return a school of two years: year 3 in forms, and year 9 with one pupil in each set."""
    pupils = "".join(
        pupil(number, year=year).replace("</Pupil>", f"<Form>{forms[number % 3]}</Form></Pupil>")
        for year, numbers in YEARS.items()
        for number in numbers
    )
    teaching_sets = _set(SPANISH, "3", "3Sp") + "".join(
        _set(str(number), "9", f"9X{number}") for number in range(1, SET_COUNT + 1)
    )
    listed = row(SPANISH, 301) + "".join(row(str(number), 900 + number) for number in range(1, SET_COUNT + 1))
    records = "".join(f'<Form Id="{form}" TutorId="102" YearId="3"><Form>{form}</Form></Form>' for form in forms)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>'
        f"<HRManager><CurrentStaff>{STAFF}</CurrentStaff></HRManager>"
        f"<PupilManager><CurrentPupils>{pupils}</CurrentPupils></PupilManager>"
        f"<TeachingManager><Departments>{DEPARTMENTS}</Departments><Sets>{teaching_sets}</Sets>"
        f"<SetLists>{listed}</SetLists></TeachingManager>"
        f"<SchoolManager><Forms>{records}</Forms></SchoolManager></iSAMS>\n"
    )


def _set(number: str, year: str, code: str) -> str:
    return (
        f'<Set Id="{number}" SubjectId="4" YearId="{year}"><SetCode>{code}</SetCode><Name>{code}</Name>'
        '<Teachers><Teacher StaffId="101" PrimaryTeacher="True" /></Teachers></Set>'
    )


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
    assert json.loads(manifest(published, "Prep", 1).read_text("utf-8"))["classes"] == {
        "set": {SPANISH: [SPANISH]},
        "form": forms,
    }

    profiles(published, seniors=MERGE)
    plan_id = result(night(), "Seniors")["plan"]["plan_id"]
    assert command("approve", "Seniors", plan_id, "--today", "2027-09-10").exit_code == 0
    kept = json.loads(manifest(published, "Seniors", 2).read_text("utf-8"))["classes"]

    assert kept["merged"] == {"9X-joint_27": ["1", "2"]}
    assert [*kept["set"]] == [str(number) for number in range(3, SET_COUNT + 1)]


def approve(name: str, ran: Ran) -> None:
    """Approve what was held."""
    plan_id = result(ran, name)["plan"]["plan_id"]
    assert command("approve", name, plan_id, "--today", "2027-09-10").exit_code == 0


def test_a_merge_is_added_and_taken_away(published: Path) -> None:
    """Each is one held plan with its causes; it is approved once, and the next night is unchanged."""
    before = classes(published, "Seniors")
    profiles(published, seniors=MERGE)
    added = night()
    assert (added.exit_code, outcome(added, "Seniors")) == (4, ("held", ["settings"]))
    assert outcome(added, "Prep") == ("unchanged", [])
    plan = result(added, "Seniors")["plan"]
    assert (plan["classes"]["causes"], plan["enrollments"]["causes"]) == ({"renamed": 2}, {"class_gone": 4})
    assert [gate["detail"] for gate in plan["gates"]] == ["classes.merge"]
    assert classes(published, "Seniors") == before

    approve("Seniors", added)
    assert {*before} ^ {*classes(published, "Seniors")} == {"1", "2", "9X-joint_27"}
    assert outcome(night(), "Seniors") == ("unchanged", [])

    profiles(published)
    taken_away = night()
    assert outcome(taken_away, "Seniors") == ("held", ["settings"])
    assert result(taken_away, "Seniors")["plan"]["classes"]["causes"] == {"renamed": 1}
    approve("Seniors", taken_away)
    assert (classes(published, "Seniors"), outcome(night(), "Seniors")) == (before, ("unchanged", []))


def test_forms_and_a_merge_are_added(here: Path) -> None:
    """Each profile has one held plan: forms are growth alone, a merge takes classes away. Each is approved once."""
    install(here, SETTINGS + "[safety]\nmax_added = 2\n")
    document(here, school())
    (here / "profiles.d/prep.toml").write_text(PREP + SUFFIX, encoding="utf-8")
    (here / "profiles.d/seniors.toml").write_text(SENIORS + SUFFIX, encoding="utf-8")
    night()
    (here / "profiles.d/prep.toml").write_text(PREP + SUFFIX + FORMS, encoding="utf-8")
    (here / "profiles.d/seniors.toml").write_text(SENIORS + SUFFIX + MERGE, encoding="utf-8")

    ran = night()

    assert outcome(ran, "Prep") == ("held", ["growth"])
    assert outcome(ran, "Seniors") == ("held", ["growth", "settings"])
    assert classes(here, "Prep") == [SPANISH]
    approve("Prep", ran)
    approve("Seniors", ran)
    assert classes(here, "Prep") == PREP_CLASSES
    assert "9X-joint_27" in classes(here, "Seniors")
    again = night()
    assert [outcome(again, name) for name in ("Prep", "Seniors")] == [("unchanged", [])] * 2


def test_a_set_whose_code_changes_at_night(here: Path) -> None:
    """A class whose id is made of a code goes when the code changes: the manifest has the set, which is renamed."""
    profiles(here, seniors='class_id = "{set_code}{suffix}"\n')
    document(here, school())
    night()
    document(here, school().replace(">9X7<", ">9Y7<"))

    changed = result(night(), "Seniors")
    assert changed["plan"]["classes"]["causes"] == {"renamed": 1}


@pytest.mark.parametrize(
    ("tables", "text", "gates", "cause"),
    [
        pytest.param("", school(), {"stop:kind", "settings"}, "out_of_scope", id="no longer asked for"),
        pytest.param(
            FORMS,
            school(("TA", "TB", "TC")),
            {"stop:kind"},
            "not_in_isams",
            id="other ids in iSAMS",
        ),
        pytest.param(
            FORMS + 'class_id = "f-{group_id}{suffix}"\n', school(), {"stop:kind", "settings"}, "renamed", id="class_id"
        ),
    ],
)
def test_all_forms_are_gone(published: Path, tables: str, text: str, gates: set[str], cause: str) -> None:
    """That is a stop, which no limit can raise; the set with the forms stays until someone approves."""
    limits = '[safety]\nmax_removed_classes = "100%"\nmax_added = "100%"\nmax_removed_enrollments = "100%"\n'
    profiles(published, prep=tables)
    install(published, SETTINGS + limits)
    document(published, text)

    ran = night()

    outcome_of_prep, found = outcome(ran, "Prep")
    assert (outcome_of_prep, set(found) & {"stop:kind", "settings"}) == ("held", gates)
    [stop] = [gate for gate in result(ran, "Prep")["plan"]["gates"] if gate["gate"] == "stop:kind"]
    assert stop == {"gate": "stop:kind", "baseline": "last", "limit": None, "removed": 3, "of": 3, "detail": "form"}
    assert result(ran, "Prep")["plan"]["classes"]["causes"] == {cause: 3}
    assert classes(published, "Prep") == PREP_CLASSES


def test_one_form_is_left(published: Path) -> None:
    """As long as one form of three is there, it is no stop."""
    document(published, school(("3A", "TB", "TC")))

    ran = night()

    assert result(ran, "Prep")["plan"]["classes"]["removed"] == 2
    assert "stop:kind" not in outcome(ran, "Prep")[1]


def test_a_manifest_of_before(published: Path) -> None:
    """A generation that does not know its kinds is a baseline all the same; the templates of then give the causes."""
    file = manifest(published, "Prep", 1)
    known = json.loads(file.read_text("utf-8"))
    del known["classes"]
    file.write_text(json.dumps(known), encoding="utf-8")
    profiles(published, prep="")

    ran = night()

    assert "stop:kind" not in outcome(ran, "Prep")[1]
    assert result(ran, "Prep")["plan"]["classes"]["causes"] == {"out_of_scope": 3}


def test_a_form_of_next_year(published: Path) -> None:
    """It is a new class because of the suffix, and the new year is one plan, approved once."""
    profiles(published)
    for stem in ("prep", "seniors"):
        file = published / "profiles.d" / f"{stem}.toml"
        file.write_text(file.read_text("utf-8").replace("_27", "_28"), encoding="utf-8")

    ran = night()

    assert outcome(ran, "Prep")[0] == "held"
    assert result(ran, "Prep")["plan"]["classes"]["causes"] == {"renamed": 3}
    approve("Prep", ran)
    assert classes(published, "Prep") == [each.replace("_27", "_28") for each in PREP_CLASSES]
    assert outcome(night(), "Prep") == ("unchanged", [])
