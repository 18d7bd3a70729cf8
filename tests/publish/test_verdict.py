"""Whether a generated set may take the place of the published one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import Document, PupilRecord, SetListRecord, SetRecord, StaffRecord
from tests.support.installation import SETTINGS, install
from tests.support.runs import command

SECOND = PupilRecord(id="2", school_id="9002", email="cy@pupils.school.example")
PLAIN = Document()


def run(folder: Path, document: Document, profile: str = "") -> tuple[int, Any]:
    """Run one profile on a document; give the exit code and the result of the profile."""
    config = install(folder, SETTINGS, seniors=f'output = "csv"\nyear_groups = [7]\n{profile}')
    (folder / "hartley.xml").write_text(document.xml(), encoding="utf-8", newline="")
    ran = command("run", "seniors", "--config", config, "--format", "json")
    return ran.exit_code, ran.json["profiles"][0]


def published(folder: Path) -> dict[str, bytes]:
    """Return the published files."""
    return {file.name: file.read_bytes() for file in (folder / "csv").glob("*")}


def with_second(**changes: Any) -> Document:
    """Make a document of two pupils in the set, the second one changed."""
    second = replace(SECOND, **changes)
    return replace(
        PLAIN,
        pupils=(PupilRecord(), second),
        set_lists=(SetListRecord(), SetListRecord(school_id=second.school_id, pupil_attribute="2")),
    )


TWO_SETS = replace(
    PLAIN, sets=(SetRecord(), SetRecord(id="12")), set_lists=(SetListRecord(), SetListRecord(set_id="12"))
)


@pytest.mark.parametrize(
    ("document", "profile"),
    [
        pytest.param(with_second(school_id="9001"), "", id="two pupils of one id"),
        pytest.param(
            with_second(school_id="9001", year="8"), "", id="one of them of another year"
        ),
        pytest.param(
            with_second(school_id="9001", email=" "), "", id="one of them without e-mail"
        ),
        pytest.param(with_second(school_id="101"), "", id="pupil and teacher"),
        pytest.param(TWO_SETS, 'class_id = "{set_code}"', id="two sets of one class id"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sds_format", ["v2", "v2.1"])
def test_a_clash_rejects(tmp_path: Path, document: Document, profile: str, sds_format: str) -> None:
    """Two people with one id, of whom one has a row, or two sets: nothing is published, and what is there stays."""
    run(tmp_path, PLAIN, f'format = "{sds_format}"')
    before = published(tmp_path)

    code, result = run(tmp_path, document, f'format = "{sds_format}"\n{profile}')

    assert (code, result["outcome"], result["findings"]["SDS202"]) == (1, "rejected", 1)
    assert "SDS202" in result["why"]
    assert published(tmp_path) == before


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(with_second(), id="two people"),
        pytest.param(with_second(school_id="9003", year="8"), id="of another year"),
        pytest.param(
            replace(PLAIN, pupils=(PupilRecord(), *[replace(SECOND, year="8")] * 2)), id="two who have no row"
        ),
        pytest.param(replace(TWO_SETS, set_lists=(SetListRecord(),)), id="a set without a list"),
    ],
)
def test_no_clash(tmp_path: Path, document: Document) -> None:
    """What clashes with nothing is published."""
    code, result = run(tmp_path, document)

    assert (code, result["outcome"]) == (0, "published")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(with_second(school_id="9001"), id="two pupils of one id"),
        pytest.param(with_second(school_id=""), id="a pupil without id"),
        pytest.param(replace(PLAIN, staff=(StaffRecord(email=""),)), id="a teacher without e-mail"),
        pytest.param(with_second(email="two\nlines@school.example"), id="a line break in a cell"),
        pytest.param(replace(PLAIN, set_lists=(SetListRecord(),) * 2), id="a pupil listed twice"),
    ],
)
def test_errors_do_not_stop_parity(tmp_path: Path, document: Document) -> None:
    """A parity profile is published whatever an error says, with the findings in its result and exit code 0."""
    code, result = run(tmp_path, document, "parity = true")

    assert (code, result["outcome"]) == (0, "published")
    assert result["findings"] != {}


WITHOUT_LIST = replace(PLAIN, set_lists=(SetListRecord(set_id="404"),))


@pytest.mark.parametrize("parity", ["true", "false"])
def test_a_file_without_rows(tmp_path: Path, parity: str) -> None:
    """A file without rows where the published one has some rejects even a parity profile."""
    assert run(tmp_path, PLAIN, f"parity = {parity}")[0] == 0
    before = published(tmp_path)

    code, result = run(tmp_path, WITHOUT_LIST, f"parity = {parity}")

    assert (code, result["outcome"]) == (1, "rejected")
    assert "SDS108" in result["why"]
    assert published(tmp_path) == before


@pytest.mark.parametrize("parity", ["true", "false"])
@pytest.mark.parametrize("choice", ['select = ["SDS3"]', 'ignore = ["SDS108"]', 'ignore = ["SDS"]'])
def test_no_choice_of_rules_lets_everybody_leave(tmp_path: Path, choice: str, parity: str) -> None:
    """Whatever a profile selects or ignores, a file without rows takes the place of none that has some."""
    assert run(tmp_path, PLAIN, f"parity = {parity}")[0] == 0
    before = published(tmp_path)

    code, result = run(tmp_path, WITHOUT_LIST, f"parity = {parity}\n[validate]\n{choice}")

    assert (code, result["outcome"], "SDS108" in result["why"]) == (1, "rejected", True)
    assert published(tmp_path) == before


def test_an_error_that_a_profile_ignores(tmp_path: Path) -> None:
    """A school may live with an error that costs a record; it is asked for by name, and not reported then."""
    id_of_two_people = replace(with_second(email="not an address"), staff=(StaffRecord(email="@"),))
    names = SETTINGS.replace("[isams]", "include_names = true\n[isams]")
    config = install(tmp_path, names, seniors='output = "csv"\n[validate]\nignore = ["SDS217"]\n')
    (tmp_path / "hartley.xml").write_text(id_of_two_people.xml(), encoding="utf-8", newline="")

    ran = command("run", "seniors", "--config", config, "--format", "json")

    assert (ran.exit_code, ran.json["profiles"][0]["outcome"]) == (0, "published")
    assert "SDS217" not in ran.json["profiles"][0]["findings"]


def test_a_first_set_without_rows(tmp_path: Path) -> None:
    """A parity profile that has published nothing may publish a file without rows, and again."""
    assert run(tmp_path, WITHOUT_LIST, "parity = true")[1]["outcome"] == "published"
    assert run(tmp_path, WITHOUT_LIST, "parity = true")[1]["outcome"] == "unchanged"


def test_another_format_is_no_change_of_files(tmp_path: Path) -> None:
    """Files are compared with those of the last publication of the same format only."""
    assert run(tmp_path, PLAIN, 'format = "v2"')[1]["outcome"] == "published"

    code, result = run(tmp_path, PLAIN, 'format = "v2.1"')

    assert (code, result["outcome"], "SDS109" in result["findings"]) == (0, "published", False)
    assert sorted(published(tmp_path)) == ["classes.csv", "enrollments.csv", "orgs.csv", "roles.csv", "users.csv"]
