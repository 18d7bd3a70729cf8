"""
What a person sees at a terminal of 40, 80 and 120 columns: each screen is a file in `fixtures/screens`.

`make golden` writes them anew: look at the difference before you commit it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.support.builders import Document, PupilRecord, SetListRecord, SetRecord, StaffRecord
from tests.support.documents import TWINS, document
from tests.support.golden import FIXTURES, assert_golden
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.needs import needs_pty
from tests.support.screens import Seen, seen

pytestmark = [pytest.mark.slow, needs_pty]

ROOT = FIXTURES.parent
COLUMNS = (40, 80, 120)
WRONG = 'name = "Prep"\noutput = "csv/Prep"\nyear_group = [3]\nexpires = "2027-07-31"\n'


def demo(folder: Path) -> None:
    """Copy the demo: the recorded school and the profiles of `profiles.d`."""
    shutil.copytree(ROOT / "profiles.d", folder / "profiles.d")
    shutil.copy(ROOT / "sdssync.toml", folder)
    (folder / "fixtures" / "isams").mkdir(parents=True)
    shutil.copy(FIXTURES / "isams" / "hartley.xml", folder / "fixtures" / "isams")


def unchanged(folder: Path) -> None:
    """Run the demo once before."""
    demo(folder)
    assert seen("run-all", "--today", "2026-09-01", folder=folder, columns=80).exit_code == 0


def rejected(folder: Path) -> None:
    """Give two pupils one SchoolId, one of them after a good night."""
    install(folder, seniors=SENIORS)
    (folder / "hartley.xml").write_text(document(), encoding="utf-8")
    assert seen("run-all", folder=folder, columns=80).exit_code == 0
    (folder / "hartley.xml").write_text(TWINS, encoding="utf-8")


def source_failed(folder: Path) -> None:
    """Let nothing listen at the address of iSAMS."""
    source = 'url = "http://127.0.0.1:1"\napi_key_file = "isams.key"\nretry_for = 0'
    install(folder, SETTINGS.replace('file = "hartley.xml"', source), seniors=SENIORS, prep=PREP)
    (folder / "isams.key").write_text("00000000-0000-0000-0000-000000000000", encoding="utf-8")
    (folder / "isams.key").chmod(0o600)


def one_wrong(folder: Path) -> None:
    """Misspell a key of one profile, and quote its date."""
    install(folder, seniors=SENIORS, prep=WRONG)
    (folder / "hartley.xml").write_text(document(), encoding="utf-8")


def expired(folder: Path) -> None:
    """Let every profile have expired, one of them long ago."""
    install(folder, seniors=SENIORS + "expires = 2026-08-20\n", prep=PREP + "expires = 2025-07-31\n")
    (folder / "hartley.xml").write_text(document(), encoding="utf-8")


def many(folder: Path) -> None:
    """Have 42 profiles of one school, in which a teacher and a pupil have no e-mail address."""
    profiles = {
        f"p{number:02}": f'name = "Profile {number:02}"\noutput = "csv/{number:02}"\nyear_groups = [7]\n'
        for number in range(1, 43)
    }
    install(folder, SETTINGS, **profiles)
    school = Document(
        staff=(StaffRecord(), StaffRecord(id="102", email="", forename="Cy", surname="Oak")),
        pupils=(PupilRecord(), PupilRecord(id="2", school_id="9002", email="", forename="Di", surname="Elm")),
        sets=(SetRecord(), SetRecord(id="12", teachers=("102",))),
        set_lists=(SetListRecord(), SetListRecord(set_id="12"), SetListRecord(school_id="9002")),
    )
    (folder / "hartley.xml").write_text(school.xml(), encoding="utf-8")


CASES: dict[str, tuple[Callable[[Path], None], int]] = {
    "demo": (demo, 0),
    "unchanged": (unchanged, 0),
    "rejected": (rejected, 1),
    "source-failed": (source_failed, 3),
    "one-wrong": (one_wrong, 2),
    "expired": (expired, 0),
    "many": (many, 0),
}


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("case", CASES)
def test_screen(here: Path, case: str, columns: int) -> None:
    """The screen is the expected one; no line is wider than the terminal, and the code is right."""
    prepare, code = CASES[case]
    prepare(here)

    shown = seen("run-all", "--today", "2026-09-01", folder=here, columns=columns)

    assert shown.exit_code == code
    assert_golden(f"screens/{case}-{columns}.txt", shown.screen)
    assert_no_word_is_cut(shown, seen("run-all", "--today", "2026-09-01", folder=here, columns=400))


def assert_no_word_is_cut(narrow: Seen, wide: Seen) -> None:
    """Assert that every word of a narrow screen is one of a wide screen, so that none was cut in the middle."""
    assert set(narrow.screen.split()) - set(wide.screen.split()) <= {"published", "unchanged"}


@pytest.mark.parametrize("columns", COLUMNS)
def test_profiles(here: Path, columns: int) -> None:
    """The table of the profiles drops its least columns where the terminal is narrow."""
    demo(here)

    shown = seen("profiles", folder=here, columns=columns)

    assert shown.exit_code == 0
    assert_golden(f"screens/profiles-{columns}.txt", shown.screen)


@pytest.mark.parametrize("columns", COLUMNS)
def test_classes(here: Path, columns: int) -> None:
    """Many classes of one kind are a line for each year, a few are listed with their owners, each on lines that fit."""
    demo(here)

    shown = seen("classes", "School", "--today", "2026-09-01", folder=here, columns=columns)

    assert shown.exit_code == 0
    assert_golden(f"screens/classes-{columns}.txt", shown.screen)


@pytest.mark.parametrize(("arguments", "name"), [(["runall"], "misspelt"), (["run", "Senior"], "unknown-profile")])
def test_mistakes_of_a_command_line(here: Path, arguments: list[str], name: str) -> None:
    """A mistake is an error and a hint, and no log line."""
    demo(here)

    shown = seen(*arguments, folder=here, columns=80)

    assert shown.exit_code == 2
    assert_golden(f"screens/{name}-80.txt", shown.screen)


def test_waiting(here: Path, httpserver: HTTPServer) -> None:
    """While a wait lasts the seconds that are left are shown; the warning that stays names the reason."""
    httpserver.expect_request("/api/batch/1.0/xml.ashx").respond_with_data("", 503)
    url = httpserver.url_for("")
    install(here, SETTINGS.replace('file = "hartley.xml"', f'url = "{url}"\napi_key_env = "KEY"\nretry_for = 1'))

    shown = seen("subjects", folder=here, columns=80, env={"KEY": "00000000-0000-0000-0000-000000000000"})

    assert shown.exit_code == 3
    assert "next attempt in" not in shown.screen  # it is cleared; `test_progress` sees it
    assert "failed: status 503; the next one follows in" in shown.screen
