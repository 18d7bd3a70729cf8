"""What schools have met: each input gets one clear answer, with the right code and severity, and whom it is about."""

import shutil
from pathlib import Path

import pytest

from tests.support.golden import FIXTURES
from tests.support.runs import command

pytestmark = pytest.mark.portable

FIELD = FIXTURES / "field"


@pytest.mark.parametrize(
    ("folder", "findings", "words"),
    [
        pytest.param("v1-set/set", ["SDS114 fatal"], "this is a set of SDS V1 CSV files", id="SDS V1"),
        pytest.param(
            "oneroster-set/set", ["SDS114 fatal"], "rows with the status tobedeleted are people who have left",
            id="OneRoster"
        ),
        pytest.param("zip-upload/folder", ["SDS114 fatal"], "the folder holds a zip archive", id="a folder with a zip"),
        pytest.param("zip-upload/sds.zip", ["SDS114 fatal"], "this is a zip archive, not a folder", id="a zip"),
        pytest.param("parent-folder/csv", ["SDS114 fatal"], "folders below it have: Seniors", id="a folder above"),
        pytest.param(
            "semicolon/set", ["SDS115 fatal"] * 5, "separated by semicolons instead of commas", id="semicolons"
        ),
        pytest.param(
            "export-csv-type/set", ["SDS115 fatal"] * 5, "Export-Csv -NoTypeInformation", id="a TYPE line"
        ),
        pytest.param(
            "trailing-commas/set", ["SDS104 warning"] * 5, "columns 4 and 5 have no header", id="emptied columns"
        ),
        pytest.param(
            "excel-one-id/set", ["SDS116 warning"], "a long number that a spreadsheet has shortened", id="a spreadsheet"
        ),
        pytest.param(
            "trailing-blanks/set", ["SDS204 error", "SDS206 error", "SDS206 error"],
            "differs only in blanks at the ends", id="blanks"
        ),
        pytest.param(
            "file-names/set", ["SDS101 fatal", "SDS110 fatal", "SDS101 advice"], "perhaps Enrolments.csv is meant",
            id="names of files"
        ),
    ],
)  # fmt: skip
def test_validate(folder: str, findings: list[str], words: str) -> None:
    """A foreign or damaged set has few findings, in which its cause is named."""
    path = FIELD / folder

    ran, text = command("validate", path, "--format", "json"), command("validate", path).out

    [report] = ran.json["sets"]
    assert [f"{finding['code']} {finding['severity']}" for finding in report["findings"]] == findings
    assert ran.exit_code == (1 if any("fatal" in each or "error" in each for each in findings) else 0)
    assert words in text


@pytest.mark.parametrize(
    ("case", "code", "words"),
    [
        pytest.param(
            "mail-blanks-case", 0,
            ["Quill, Pansy (year 7, 7983956881051): the username has a blank at the end",
             "Marsh, Tess (staff 41): the username has blanks at both ends; apart from case and blanks it is also that",
             "it is also that of Marshall, Tom (staff 42)"],
            id="addresses with blanks",
        ),
        pytest.param(
            "id-collision", 1,
            ["a pupil and a member of staff have the same id", "Quill, Pansy (year 7, 1051); Marsh, Tess (staff 1051)",
             "Give the pupil another SchoolId in iSAMS"],
            id="one id for a pupil and a teacher",
        ),
        pytest.param(
            "no-year", 0,
            ["2 teaching sets have no year\n  Orchestra (set 502), Choir (set 503)",
             "1 teaching set has a year of no profile\n  Games (set 504, year 20)"],
            id="sets without a year",
        ),
        pytest.param(
            "control-char", 3, ["contains a character that XML forbids (a control character): in Set 501"],
            id="a control character",
        ),
        pytest.param("json-file", 3, ["the document is JSON, not XML"], id="JSON"),
    ],
)  # fmt: skip
def test_run(tmp_path: Path, case: str, code: int, words: list[str]) -> None:
    """What is wrong in iSAMS is said with people, sets and records to look up."""
    shutil.copytree(FIELD / case, tmp_path / case)

    ran = command("run-all", "--config", tmp_path / case / "sdssync.toml")

    assert ran.exit_code == code
    assert [text for text in words if text not in ran.out] == []
