"""Combined profiles at night: what happens to the set, and to the one published before, when something ails a part."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.support.documents import MATHS, PHYSICS, document, pupil, row
from tests.support.golden import FIXTURES
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.runs import Ran, command

SCHOOL = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Seniors", "Prep"]\n'
PART = PREP.replace('output = "csv/Prep"\n', "")
GOOD = document()


@pytest.fixture
def combined(here: Path) -> Path:
    """An installation with a combined profile and two parts, of which Prep publishes nothing, after a good night."""
    install(here, SETTINGS, school=SCHOOL, seniors=SENIORS, prep=PART)
    (here / "hartley.xml").write_text(GOOD, encoding="utf-8")
    ran = command("run-all", "--format", "json", "--today", "2026-09-01")
    assert (ran.exit_code, outcomes(ran)) == (0, {"Prep": "combined", "School": "published", "Seniors": "published"})
    return here


def outcomes(ran: Ran) -> dict[str, str]:
    """Return how each profile ended."""
    return {item["profile"]: item["outcome"] for item in ran.json["profiles"]}


def digest(folder: Path) -> str:
    """Return a hash of the published combined set."""
    files = sorted((folder / "csv" / "School").iterdir())
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


TWIN_OF_503 = GOOD.replace("7983000000503", "7983000000501")
EXPIRED = "expires = 2026-08-31\n"


@pytest.mark.parametrize(
    ("files", "school", "outcome", "code", "stays"),
    [
        pytest.param({}, GOOD, "unchanged", 0, True, id="nothing"),
        pytest.param({"prep": "name =\n"}, GOOD, "failed", 2, True, id="wrong TOML"),
        pytest.param({"prep": PART + "colour = 1\n"}, GOOD, "failed", 2, True, id="an unknown key"),
        pytest.param({"prep": None}, GOOD, "failed", 2, True, id="the file is gone"),
        pytest.param({"prep": PART + EXPIRED}, GOOD, "held", 4, True, id="one part has expired"),
        pytest.param({"prep": PART + EXPIRED, "seniors": SENIORS + EXPIRED}, GOOD, "skipped", 0, True,
                     id="all parts have expired"),
        pytest.param({"school": SCHOOL + EXPIRED}, GOOD, "skipped", 0, True, id="it has expired itself"),
        pytest.param({"prep": PART.replace("[3]", "[12]")}, GOOD, "held", 4, True, id="a part that takes no one"),
        pytest.param({}, TWIN_OF_503, "rejected", 1, True, id="one id for two pupils of two parts"),
        pytest.param({"prep": PART.replace("[3]", "[9]")}, GOOD, "rejected", 1, True, id="both make one class"),
        pytest.param({"seniors": SENIORS.replace("csv/Seniors", "hartley.xml")}, GOOD, "unchanged", 6, True,
                     id="the part's own set cannot be written"),
        pytest.param({}, "no document", "failed", 3, True, id="no document"),
    ],
)  # fmt: skip
def test_what_ails_a_part(
    combined: Path, files: dict[str, str | None], school: str, outcome: str, code: int, stays: bool
) -> None:
    """Nothing is published while a part is missing; what a part publishes by itself means nothing."""
    before = digest(combined)
    (combined / "hartley.xml").write_text(school, encoding="utf-8")
    for stem, text in files.items():
        file = combined / "profiles.d" / f"{stem}.toml"
        file.unlink() if text is None else file.write_text(text, encoding="utf-8")

    ran = command("run-all", "--format", "json", "--today", "2026-09-01")

    assert (outcomes(ran)["School"], ran.exit_code) == (outcome, code)
    assert (digest(combined) == before) == stays


def test_the_last_day(combined: Path) -> None:
    """A combined profile ends with the last of its parts: it is skipped with that day, as a warning for a while."""
    install(combined, SETTINGS, school=SCHOOL, seniors=SENIORS + EXPIRED, prep=PART + "expires = 2026-08-20\n")

    ran = command("run", "School", "--today", "2026-09-01", "--format", "json")

    [skipped] = ran.logs("profile.skipped")
    assert (skipped["level"], skipped["expires"]) == ("warning", "2026-08-31")
    assert ran.json["profiles"][0]["why"] == "expired on 2026-08-31"
    nearing = command("run", "School", "--today", "2026-08-18").logs("profile.neared_expiry")
    assert [(line["profile"], line["days_left"]) for line in nearing] == [("Prep", 2), ("School", 13)]


def test_all_that_publish_have_expired(combined: Path) -> None:
    """Parts that publish nothing do not keep an installation alive whose sets have all expired."""
    install(combined, SETTINGS, school=SCHOOL + EXPIRED, seniors=SENIORS + EXPIRED, prep=PART)

    [warning] = command("run-all", "--today", "2026-09-01").logs("profiles.expired")

    assert warning["count"] == 2


def test_warnings(combined: Path) -> None:
    """A part that has expired, and one that takes no one, are warnings that name it."""
    install(combined, SETTINGS, school=SCHOOL, seniors=SENIORS.replace("[9]", "[12]"), prep=PART + EXPIRED)

    ran = command("run-all", "--today", "2026-09-01")

    [expired] = ran.logs("part.expired")
    assert (expired["level"], expired["profile"], expired["part"]) == ("warning", "School", "Prep")
    install(combined, SETTINGS, school=SCHOOL, seniors=SENIORS.replace("[9]", "[12]"), prep=PART)
    ran = command("run", "School", "--today", "2026-09-01")
    [empty] = ran.logs("part.selected_no_one")
    assert (empty["level"], empty["profile"], empty["part"]) == ("warning", "School", "Seniors")


@pytest.mark.parametrize("arguments", ["run Prep", "validate Prep", "run Seniors prep"])
@pytest.mark.usefixtures("combined")
def test_a_part_without_output(arguments: str) -> None:
    """A command that names a part without output ends with 2 and names the combined profile."""
    ran = command(*arguments.split())

    [line] = ran.logs("command.failed")
    assert ran.exit_code == 2
    assert line["error"] == "Prep has no output: it is a part of School"
    assert line["hint"] == "name the combined profile: School"


def test_run_makes_it_from_its_parts(combined: Path) -> None:
    """`run NAME` publishes the combined set and not those of the parts."""
    shutil.rmtree(combined / "csv")

    ran = command("run", "School", "--format", "json")

    assert (ran.exit_code, outcomes(ran)) == (0, {"School": "published"})
    assert [path.name for path in (combined / "csv").iterdir()] == ["School"]
    assert command("validate", "School").exit_code == 0


def test_profiles(combined: Path) -> None:
    """Parts are indented below their set; the JSON has `combine`, the years of all parts, and null for no output."""
    text, shape = command("profiles").out, command("profiles", "--format", "json").json

    assert [line.split("  ")[0] or line[:6] for line in text.splitlines()] == ["Name", "School", "  Prep", "  Seni"]
    prep, school, seniors = shape["profiles"]
    assert (prep["output"], "combine" in prep, "combine" in seniors) == (None, False, False)
    assert (school["combine"], school["year_groups"]) == (["Prep", "Seniors"], [3, 9])
    assert combined.exists()


def test_omissions_have_their_part(combined: Path) -> None:
    """Each omission of a combined set names its part, in the JSON and in the text; a plain profile's does not."""
    pupils = pupil(501) + pupil(502, email="") + pupil(503, year="3")
    text = document(pupils=pupils, rows=row(PHYSICS, 501) + row(PHYSICS, 502) + row(MATHS, 503))
    (combined / "hartley.xml").write_text(text, encoding="utf-8")

    ran, shown = command("run-all", "--format", "json"), command("run-all").out

    school, seniors = (item for item in ran.json["profiles"] if item["profile"] != "Prep")
    assert {omission["part"] for omission in school["omitted"]} == {"Seniors"}
    assert [omission for omission in seniors["omitted"] if "part" in omission] == []
    assert "Surname502, Forename502 (year 9, 7983000000502): School (part Seniors), Seniors\n" in shown


def test_a_clash_names_the_parts(combined: Path) -> None:
    """A class that two parts make is reported with both parts, and with the set in iSAMS."""
    install(combined, SETTINGS, school=SCHOOL, seniors=SENIORS, prep=PART.replace("[3]", "[9]"))

    ran = command("run", "School", "--format", "json")

    [offence] = [item for item in ran.json["profiles"][0]["offences"] if item["code"] == "SDS202"]
    assert offence["message"] == "the parts Prep and Seniors both make the class of this id"
    assert [item["id"] for item in offence["classes"]] == [PHYSICS, PHYSICS]


def test_the_demo(here: Path) -> None:
    """The demo's combined set is valid in both formats, with an organisation for each part below the school."""
    shutil.copytree(FIXTURES.parent / "profiles.d", here / "profiles.d")
    shutil.copy(FIXTURES.parent / "sdssync.toml", here)
    (here / "fixtures" / "isams").mkdir(parents=True)
    shutil.copy(FIXTURES / "isams" / "hartley.xml", here / "fixtures" / "isams")
    file = here / "profiles.d" / "school.toml"

    for sds_format in ("v2.1", "v2"):
        file.write_text(file.read_text(encoding="utf-8").replace('"v2.1"', f'"{sds_format}"'), encoding="utf-8")
        ran = command("run", "School", "--today", "2026-09-01", "--format", "json")
        checked = command("validate", "School", "--format", "json").json["sets"]

        assert (ran.exit_code, [report["valid"] for report in checked]) == (0, [True])
        assert (here / "csv" / "School" / "orgs.csv").read_text(encoding="utf-8").splitlines() == [
            "sourcedId,name,type,parentSourcedId",
            "8889999,Hartley School,school,",
            "8889999-P,Prep School,school,8889999",
            "8889999-S,Senior School,school,8889999",
        ]
