"""A small school over some days of November, of whose people and classes everything can be asked."""

from dataclasses import replace
from pathlib import Path

from tests.support.builders import (
    FORM,
    GROUP_SECTIONS,
    MANAGERS,
    DepartmentRecord,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    SubjectRecord,
)
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command

SENIORS = """\
name = "Seniors"
format = "v2.1"
year_groups = [9, 10]
suffix = "_26"
output = "csv/Seniors"

[subjects]
exclude = [7]

[teachers]
extra = ["di.elm@school.example"]

[classes]
exclude = ["*Games*"]
owners = "primary"
"""
PREP = """\
name = "Prep"
format = "v2.1"
year_groups = [8]
suffix = "_26"
output = "csv/Prep"

[groups]
forms = true
"""
_NAMES = {
    1: ("Ava", "Brown"), 2: ("Ben", "Ash"), 3: ("Cleo", "Fox"), 4: ("Dan", "Gray"), 5: ("Ella", "Hart"),
    6: ("Finn", "Ives"), 7: ("Gus", "Jones"), 8: ("Ian", "King"), 9: ("Ávila", "Brown"),
}  # fmt: skip
_MORE = ("Abel", "Bea", "Carl", "Dora", "Emil", "Fay", "Gil", "Hope", "Ike", "Jane", "Kit", "Lia", "Max", "Nell")
_NAMES |= {number: (forename, "Wood") for number, forename in enumerate(_MORE, 21)}
_SETS = {
    501: ("9A/Ma1", "1", "9"), 502: ("9A/Ma2", "1", "9"), 503: ("9Lun1", "7", "9"), 504: ("9Games", "3", "9"),
    505: ("9A/Fr1", "4", "9"), 506: ("8A/Ma1", "1", "8"), 507: ("9A/La1", "5", "9"),
}  # fmt: skip
_LISTS = {501: (1, 4, 6, 7, 8, *range(21, 28)), 502: (9, *range(28, 35)), 503: (1,), 504: (1,), 506: (2,), 507: (3,)}
_SUBJECTS = {"1": "Mathematics", "3": "Physical Education", "4": "French", "5": "Latin", "7": "Lunch"}


def pupil(number: int) -> PupilRecord:
    """Make the pupil of a number."""
    forename, surname = _NAMES[number]
    year, form = ("8", "8B") if number == 2 else ("9", None)
    email = {3: "", 4: "AVA.BROWN@pupils.school.example"}.get(
        number, f"{forename}.{surname}@pupils.school.example".lower()
    )
    return PupilRecord(
        id=str(number),
        school_id=str(9000 + number),
        year=year,
        email=email,
        forename=forename,
        surname=surname,
        form=form,
    )


def list_row(set_id: int, number: int, school_id: str = "") -> SetListRecord:
    """Make the row of a set list that names a pupil."""
    identifier = str(set_id)
    return SetListRecord(
        set_id=identifier,
        set_attribute=identifier,
        school_id=school_id or str(9000 + number),
        pupil_attribute=str(number),
    )


def _set(set_id: int) -> SetRecord:
    code, subject, year = _SETS[set_id]
    return SetRecord(
        id=str(set_id),
        subject=subject,
        subject_attribute=subject,
        year=year,
        year_attribute=year,
        code=code,
        name=code,
        teachers=("101",),
    )


FIRST = Document(
    staff=(
        StaffRecord(),
        StaffRecord(id="102", email="", forename="Cy", surname="Oak"),
        StaffRecord(id="103", email="di.elm@school.example", forename="Di", surname="Elm"),
    ),
    pupils=tuple(map(pupil, _NAMES)),
    departments=(
        DepartmentRecord(subjects=tuple(SubjectRecord(id=key, name=name) for key, name in _SUBJECTS.items())),
    ),
    sets=tuple(map(_set, _SETS)),
    set_lists=(
        *(list_row(set_id, number) for set_id, numbers in _LISTS.items() for number in numbers),
        list_row(501, 5, school_id="8005"),
    ),
    forms=(replace(FORM, attributes={"Id": "8B", "TutorId": "102", "YearId": "8"}, legacy={}, texts={}),),
    order=(*MANAGERS, *GROUP_SECTIONS),
)
"""The school on 3 November: the list of 9A/Ma1 names Ella Hart by a former number."""


def second() -> Document:
    """Return the school from 12 November: Finn has left, Gus has no address, Ian is in another set."""
    pupils = tuple(
        replace(known, email="") if known.forename == "Gus" else known
        for known in FIRST.pupils
        if known.forename != "Finn"
    )
    rows = tuple(
        list_row(502, 8) if (row.set_id, row.school_id) == ("501", "9008") else row
        for row in FIRST.set_lists
        if row.school_id != "9006"
    )
    return replace(FIRST, pupils=pupils, set_lists=rows)


def lay_out(folder: Path) -> None:
    """Write the installation, and let it run on four days."""
    install(folder, SETTINGS, seniors=SENIORS, prep=PREP)
    for day, document in (("03", FIRST), ("10", FIRST), ("12", second()), ("16", second())):
        write(folder, document)
        ran = run(f"2026-11-{day}", folder)
        assert ran.exit_code == 0, ran.out


def write(folder: Path, document: Document) -> None:
    """Replace what iSAMS has."""
    (folder / "hartley.xml").write_text(document.xml(), encoding="utf-8")


def run(day: str, folder: Path) -> Ran:
    """Run the scheduled job on a day."""
    return command("run-all", "--config", folder / "sdssync.toml", "--today", day)
