"""Groups that profiles want: every download asks for them all, and any other document may be without them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sdssync.publish.manifest import SourceFacts
from sdssync.safety.plan import SourceLoss, source_losses
from tests.support.documents import WITH_GROUPS, document
from tests.support.fake_isams import PATH
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.runs import Ran, command

FORMS = "[groups]\nforms = true\n"
YEARS = "[groups]\nyear_groups = true\n"
BARE = document()
PARTS = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Seniors", "Prep"]\n'
TICK = 'tick "School Manager: School Forms" for the key'


@pytest.fixture
def remote(here: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of a server on loopback, with a profile that wants nothing and one that wants forms."""
    monkeypatch.setenv("ISAMS_API_KEY", "00000000-0000-0000-0000-000000000000")
    url = f'url = "{httpserver.url_for("")}"\napi_key_env = "ISAMS_API_KEY"'
    install(here, SETTINGS.replace('file = "hartley.xml"', url), seniors=SENIORS, prep=PREP + FORMS)
    return here


def answer(server: HTTPServer, text: str) -> None:
    """Let the server answer with a document."""
    server.clear()
    server.expect_request(PATH).respond_with_data(text, content_type="application/xml")


def asked(server: HTTPServer) -> list[str]:
    """Return the methods of groups that the last request named."""
    request, _ = server.log[-1]
    return [part.partition("<")[0] for part in request.data.decode().split("<Method>") if part.startswith("School_")]


def ended(ran: Ran) -> tuple[int, dict[str, str]]:
    """Return how the run ended, and each profile."""
    return ran.exit_code, {item["profile"]: item["outcome"] for item in ran.json["profiles"]}


@pytest.mark.parametrize(
    "arguments", [["run-all"], ["run", "Seniors"], ["plan", "Seniors"], ["subjects"]], ids=" ".join
)
def test_every_download_asks_for_what_any_profile_wants(
    remote: Path, httpserver: HTTPServer, arguments: list[str]
) -> None:
    """Also a command that names another profile, or none, asks for the forms: its document is the last one then."""
    answer(httpserver, WITH_GROUPS)

    ran = command(*arguments, "--format", "json")

    assert (ran.exit_code, asked(httpserver)) == (0, ["School_GetSchoolForms"])
    assert (remote / "state" / "isams.xml").read_text(encoding="utf-8") == WITH_GROUPS


def test_an_expired_profile_wants_nothing(remote: Path, httpserver: HTTPServer) -> None:
    """A profile wants groups up to its last day; one that wants none asks for the five only."""
    install(remote, (remote / "sdssync.toml").read_text(encoding="utf-8"), prep=f"{PREP}expires = 2027-07-31\n{FORMS}")
    answer(httpserver, WITH_GROUPS)

    def asked_on(day: date) -> list[str]:
        command("run", "Seniors", "--dry-run", "--today", day.isoformat())
        return asked(httpserver)

    assert asked_on(date(2027, 7, 31)) == ["School_GetSchoolForms"]
    assert asked_on(date(2027, 8, 1)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(BARE, "section SchoolManager/Forms is missing", id="missing"),
        pytest.param(BARE.replace("</iSAMS>", "<SchoolManager><Forms /></SchoolManager></iSAMS>"),
                     "section SchoolManager/Forms holds no Form", id="empty"),
    ],
)  # fmt: skip
def test_a_download_without_a_wanted_section_stops_everyone(
    remote: Path, httpserver: HTTPServer, text: str, words: str
) -> None:
    """Every profile has failed with 3, and the last document and the published sets are as they were."""
    answer(httpserver, WITH_GROUPS)
    assert command("run-all").exit_code == 0
    answer(httpserver, text)

    ran = command("run-all", "--format", "json")

    assert ended(ran) == (3, {"Prep": "failed", "Seniors": "failed"})
    [failed] = ran.logs("source.failed")
    assert words in failed["error"]
    assert (remote / "state" / "isams.xml").read_text(encoding="utf-8") == WITH_GROUPS


def test_a_last_document_without_them_fails_who_wants_them(remote: Path, httpserver: HTTPServer) -> None:
    """With --cached the other profiles are published; who wants forms fails with 3, and the tick is named."""
    (remote / "state").mkdir()
    (remote / "state" / "isams.xml").write_text(BARE, encoding="utf-8")

    ran = command("run-all", "--cached", "--format", "json")

    assert ended(ran) == (3, {"Prep": "failed", "Seniors": "published"})
    [failed] = ran.logs("profile.failed")
    assert "isams.xml: the iSAMS document is not complete: section SchoolManager/Forms is missing" in failed["error"]
    assert failed["hint"].startswith(TICK)
    assert failed["hint"].endswith("then download it again: `sdssync plan`")
    assert not httpserver.log


def test_a_recorded_document_without_them_fails_parts_and_the_combined_set(here: Path) -> None:
    """A combined profile fails with the part that wants what is not there; a part that wants nothing is published."""
    (here / "hartley.xml").write_text(WITH_GROUPS.replace("Years", "Yoars"), encoding="utf-8")
    install(here, seniors=SENIORS + FORMS, prep=PREP + YEARS, school=PARTS)

    ran = command("run-all", "--format", "json")

    assert ended(ran) == (3, {"Prep": "failed", "School": "failed", "Seniors": "published"})
    assert {event["hint"].partition(" for ")[0] for event in ran.logs("profile.failed")} == {
        'tick "School Manager: Year Groups"'
    }


def test_the_log_counts_the_groups_that_are_there(here: Path) -> None:
    """The event says how many there are of each kind that the document has, wanted or not."""
    (here / "hartley.xml").write_text(WITH_GROUPS, encoding="utf-8")
    install(here, seniors=SENIORS)

    [parsed] = command("run-all").logs("source.parsed")

    counts = {name: parsed.get(name) for name in ("forms", "academic_houses", "boarding_houses", "years")}
    assert counts == {"forms": 2, "academic_houses": None, "boarding_houses": None, "years": 1}


def test_a_document_that_has_lost_forms_is_a_cause() -> None:
    """A dataset of groups that has lost a tenth is reported; one that is no longer asked for has lost nothing."""
    counts = {"pupils": 9, "staff": 9, "teaching_sets": 9, "memberships": 9}
    before = SourceFacts(taken_at=datetime.now(UTC), **counts, forms=20, boarding_houses=9, years=7)
    after = SourceFacts(taken_at=datetime.now(UTC), **counts, forms=18, academic_houses=4, years=7)

    assert [*source_losses(before, after)] == [SourceLoss(what="forms", before=20, after=18)]
