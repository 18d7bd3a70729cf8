"""
What Windows refuses at night, played: a share that does not answer, files that other programs hold open.

Each test lets calls of the system fail with the error that Windows has for it (`tests/support/windows_errors`).
"""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.support.documents import document
from tests.support.fake_isams import PATH
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.runs import Ran, command
from tests.support.windows_errors import Refusals

LOOKING = ("path.realpath", "stat", "lstat", "scandir", "mkdir", "rename")
"""What is done with the path of an output before anything is written."""


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> Refusals:
    """What lets calls of the system fail."""
    return Refusals(monkeypatch)


@pytest.fixture
def remote(here: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one profile that downloads its document from a server on loopback."""
    monkeypatch.setenv("ISAMS_API_KEY", "00000000-0000-0000-0000-000000000000")
    httpserver.expect_request(PATH).respond_with_data(document(), content_type="application/xml")
    url = f'url = "{httpserver.url_for("")}"\napi_key_env = "ISAMS_API_KEY"'
    install(here, SETTINGS.replace('file = "hartley.xml"', url), seniors=SENIORS)
    return here


def outcomes(ran: Ran) -> list[tuple[str, str]]:
    """Return how each profile ended."""
    return [(item["profile"], item["outcome"]) for item in ran.json["profiles"]]


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        pytest.param(1326, "log on to the server", id="wrong user or password (1326)"),
        pytest.param(1219, "log on to the server", id="two accounts at once (1219)"),
        pytest.param(53, "the server answers", id="no such server (53)"),
        pytest.param(59, "the server answers", id="an error on the way (59)"),
        pytest.param(64, "the server answers", id="the connection is lost (64)"),
        pytest.param(121, "the server answers", id="no answer (121)"),
        pytest.param(3, "the drive and the folders above exist", id="no such drive (3)"),
        pytest.param(206, "shorten the path", id="a path that is too long (206)"),
    ],
)
def test_a_share_fails_its_own_profile_only(two_profiles: Path, refusals: Refusals, number: int, hint: str) -> None:
    """The profile whose output is there fails with 6 and a hint; the other is published, and the lists still work."""
    (two_profiles / "profiles.d" / "prep.toml").write_text(PREP.replace("csv/Prep", "share/Prep"), encoding="utf-8")
    refusals.refuse(number, "share/Prep", *LOOKING)

    ran = command("run-all", "--format", "json")

    [failed] = ran.logs("profile.failed")
    assert (ran.exit_code, outcomes(ran)) == (6, [("Prep", "failed"), ("Seniors", "published")])
    assert hint in failed["hint"]
    assert command("profiles").exit_code == 0
    assert command("validate", "Seniors").exit_code == 0
    assert command("new", "Third", "--years", "1").exit_code == 0


def test_a_document_that_a_backup_holds_open(remote: Path, refusals: Refusals) -> None:
    """The sets are published although the document cannot replace the former one; the hint says what to close."""
    refusals.refuse(5, "state/isams.xml", "replace", "rename")

    ran = command("run-all", "--format", "json")

    [line] = ran.logs("cache.failed")
    assert (ran.exit_code, ran.json["exit_code"], outcomes(ran)) == (6, 6, [("Seniors", "published")])
    assert line["error"].endswith("isams.xml could not be replaced by the document of this run: Access is denied")
    assert line["hint"].startswith("close programs that have it open, such as a backup or an editor")
    assert [path.name for path in (remote / "state").glob("isams*")] == []
    assert command("status", "--format", "json").json["last_run"]["exit_code"] == 6


@pytest.mark.slow
def test_a_list_of_subjects_while_the_document_is_held(remote: Path, refusals: Refusals) -> None:
    """The subjects are listed, and the code says that something did not work."""
    refusals.refuse(5, "isams.xml", "replace", "rename")

    ran = command("subjects", "--format", "json")

    assert remote.exists()
    assert (ran.exit_code, len(ran.json["subjects"]) > 0, len(ran.logs("cache.failed"))) == (6, True, 1)


@pytest.mark.parametrize(
    ("number", "part", "functions"),
    [
        pytest.param(5, "Seniors/users.csv", ["open"], id="a published file is locked (5)"),
        pytest.param(32, "Seniors/users.csv", ["open"], id="a published file is open (32)"),
        pytest.param(32, ".Seniors.sdssync-new/users.csv", ["open"], id="a new file is open when it is checked (32)"),
        pytest.param(5, ".Seniors.sdssync-new", ["mkdir"], id="a folder is gone when it is closed elsewhere (5)"),
        pytest.param(145, ".Seniors.sdssync-new", ["rmdir"], id="a file in it is gone when it is closed (145)"),
        pytest.param(32, "sdssync-new/users.csv", ["unlink"], id="a former file is open (32)"),
        pytest.param(32, "state/status.json", ["replace", "rename"], id="the status is open (32)"),
        pytest.param(32, "state/status.json", ["open"], id="the status cannot be read (32)"),
        pytest.param(5, "1.pending", ["rename"], id="a file in a new generation is open (5)"),
        pytest.param(5, "audit.jsonl", ["open"], id="the audit is open (5)"),
    ],
)
def test_what_is_held_for_a_moment(
    school: Path, refusals: Refusals, number: int, part: str, functions: list[str]
) -> None:
    """A refusal that ends within a second makes no difference."""
    assert command("run-all").exit_code == 0
    (school / "profiles.d" / "seniors.toml").write_text(SENIORS + 'suffix = "x"\n', encoding="utf-8")
    refused = refusals.refuse(number, part.replace("1.pending", "2.pending"), *functions, times=2)

    ran = command("run-all", "--format", "json")

    assert len(refused) == 2
    assert (ran.exit_code, outcomes(ran)) == (0, [("Seniors", "published")])


@pytest.mark.slow
def test_a_former_set_that_is_held_for_good(school: Path, refusals: Refusals) -> None:
    """The next nights publish too, report what stays, and remove it as soon as that is possible."""
    for folder in ("new", "stuck", "stuck1"):
        refusals.refuse(32, f".Seniors.sdssync-{folder}/orgs.csv", "unlink")
    codes = [publish_with(school, suffix) for suffix in "abc"]
    stuck = sorted(path.name for path in (school / "csv").iterdir())
    refusals.end()

    codes.append(publish_with(school, "d"))

    assert codes == [0, 6, 6, 0]
    assert stuck == [".Seniors.sdssync-stuck", ".Seniors.sdssync-stuck1", "Seniors"]
    assert [path.name for path in (school / "csv").iterdir()] == ["Seniors"]


def publish_with(school: Path, suffix: str) -> int:
    """Run with another suffix, which is published; return the exit code."""
    (school / "profiles.d" / "seniors.toml").write_text(SENIORS + f'suffix = "{suffix}"\n', encoding="utf-8")
    ran = command("run-all", "--format", "json")
    assert outcomes(ran) == [("Seniors", "published")]
    assert suffix in (school / "csv" / "Seniors" / "classes.csv").read_text(encoding="utf-8")
    return ran.exit_code


@pytest.mark.slow
def test_a_generation_that_is_half_removed_for_good(two_profiles: Path, refusals: Refusals) -> None:
    """It stops neither its profile nor retention for the others; the run reports it until it can be removed."""
    assert command("run-all").exit_code == 0
    left = two_profiles / "state" / "profiles" / "Prep"
    for name in (".1.old", ".2.pending.new"):
        (left / name).mkdir()
        (left / name / "users.csv").write_text("x", encoding="utf-8")
    refusals.refuse(5, "/users.csv", "unlink", "rmdir")

    (two_profiles / "profiles.d" / "prep.toml").write_text(PREP + 'suffix = "x"\n', encoding="utf-8")
    ran = command("run-all", "--format", "json")
    refusals.end()
    again = command("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (6, [("Prep", "published"), ("Seniors", "unchanged")])
    assert len(ran.logs("retention.failed")) == 1
    assert (again.exit_code, [line["profile"] for line in again.logs("generation.settled")]) == (0, ["Prep"])
    assert sorted(path.name for path in left.iterdir()) == ["1", "3"]


@pytest.mark.parametrize(
    "name", ["status.json", "audit.jsonl", "kept_addresses.json", "profiles/Seniors/1/manifest.json"]
)
def test_a_file_of_the_state_folder_that_is_far_too_large(school: Path, name: str) -> None:
    """It is damaged, and is not read."""
    assert command("run-all").exit_code == 0
    with (school / "state" / name).open("wb") as file:
        file.truncate(50 << 30)

    ran = command("run-all", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, [("Seniors", "unchanged")])
