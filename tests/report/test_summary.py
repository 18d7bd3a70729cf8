"""What a run, the subjects and the profiles look like on stdout: JSON for programs, text for people."""

import json
from pathlib import Path

import pytest

from sdssync.errors import ExitCode
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.report.summary import run_json, run_text
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.school import Pupil
from tests.support.documents import MATHS, PHYSICS, TWINS, document, pupil, row
from tests.support.installation import install
from tests.support.runs import command

GEORGE = Pupil(id="501", school_id="7001", forename="Gorse", surname="Évans, Óg", year="12", email="")
OMISSIONS = (
    Omission(reason=Reason.PUPIL_WITHOUT_EMAIL, kind=Kind.USER, id="7001", pupil=GEORGE),
    Omission(reason=Reason.DUPLICATE_USERNAME, kind=Kind.USER, id="7002"),
    Omission(reason=Reason.CLASS_WITHOUT_PUPILS, kind=Kind.CLASS, id="11"),
    Omission(reason=Reason.CLASS_OMITTED, kind=Kind.ENROLLMENT, id="101", class_id="11"),
)
PUBLISHED = ProfileResult(
    profile="Seniors",
    outcome=Outcome.PUBLISHED,
    format="v2",
    output="csv/Seniors",
    users=325,
    classes=180,
    enrollments=4064,
    findings={"SDS301": 2, "SDS304": 1},
    omissions=OMISSIONS,
)
FAILED = ProfileResult(
    profile="Prep", outcome=Outcome.FAILED, exit_code=ExitCode.USAGE, why="profiles.d/prep.toml is wrong"
)
HELD = ProfileResult(
    profile="Nursery", outcome=Outcome.HELD, exit_code=ExitCode.HELD, format="v2.1", output="csv/N", why="too many gone"
)
REPORT = RunReport(run_id="f00", results=(PUBLISHED, FAILED, HELD))


def test_json() -> None:
    """Every omission is listed, users and classes are counted; why a profile was not published stands last."""
    shape = json.loads(run_json(REPORT))

    assert shape == {
        "version": 1,
        "run_id": "f00",
        "exit_code": 4,
        "profiles": [
            {
                "profile": "Seniors",
                "outcome": "published",
                "format": "v2",
                "output": "csv/Seniors",
                "users": 325,
                "classes": 180,
                "enrollments": 4064,
                "findings": {"SDS301": 2, "SDS304": 1},
                "omissions": {"pupil_without_email": 1, "duplicate_username": 1, "class_without_pupils": 1},
                "omitted": [
                    {
                        "reason": "pupil_without_email",
                        "kind": "user",
                        "id": "7001",
                        "surname": "Évans, Óg",
                        "forename": "Gorse",
                        "year": "12",
                    },
                    {"reason": "duplicate_username", "kind": "user", "id": "7002"},
                    {"reason": "class_without_pupils", "kind": "class", "id": "11"},
                    {"reason": "class_omitted", "kind": "enrollment", "class_id": "11", "user_id": "101"},
                ],
            },
            _nothing("Prep", "failed", None, None, "profiles.d/prep.toml is wrong"),
            _nothing("Nursery", "held", "v2.1", "csv/N", "too many gone"),
        ],
    }
    documented = ["profile", "outcome", "format", "output", "users", "classes", "enrollments", "findings", "omissions"]
    assert [list(item) for item in shape["profiles"]] == [
        [*documented, "omitted"],
        [*documented, "omitted", "why"],
        [*documented, "omitted", "why"],
    ]
    assert "Évans" in run_json(REPORT)


def _nothing(profile: str, outcome: str, sds_format: str | None, output: str | None, why: str) -> dict[str, object]:
    """Write the shape of a profile for which there is no set."""
    return {
        "profile": profile,
        "outcome": outcome,
        "format": sds_format,
        "output": output,
        "users": 0,
        "classes": 0,
        "enrollments": 0,
        "findings": {},
        "omissions": {},
        "omitted": [],
        "why": why,
    }


def test_text() -> None:
    """A table of the profiles, then why and what was left out, then the pupils whom the script printed."""
    assert run_text(REPORT, color=False) == (
        "Profiles\n"
        "Profile  Outcome    Users  Classes  Enrollments  Findings            Output\n"
        "Seniors  published  325    180      4064         SDS301 2, SDS304 1  csv/Seniors\n"
        "Prep     failed     0      0        0\n"
        "Nursery  held       0      0        0                                csv/N\n"
        "Prep: failed: profiles.d/prep.toml is wrong\n"
        "Nursery: held: too many gone\n"
        "Seniors: left out: pupil_without_email 1, duplicate_username 1, class_without_pupils 1\n"
        "\n"
        "Pupils without e-mail address\n"
        "School ID  Surname    Forename  Year  Profile\n"
        "7001       Évans, Óg  Gorse     12    Seniors\n"
    )


def test_nothing_to_tell() -> None:
    """Without omissions there is no list of pupils."""
    quiet = ProfileResult(profile="Seniors", outcome=Outcome.UNCHANGED, format="v2", output="csv/Seniors")

    assert run_text(RunReport(run_id="f00", results=(quiet,)), color=False) == (
        "Profiles\n"
        "Profile  Outcome    Users  Classes  Enrollments  Findings  Output\n"
        "Seniors  unchanged  0      0        0                      csv/Seniors\n"
    )


@pytest.mark.parametrize(
    ("changed", "today", "outcome", "why"),
    [
        pytest.param(TWINS, "2026-09-01", "rejected", "SDS202 duplicate-id (1)", id="rejected"),
        pytest.param("no document", "2026-09-01", "failed", "not XML", id="failed"),
        pytest.param(document(), "2026-09-03", "skipped", "expired on 2026-09-02", id="skipped"),
        pytest.param(document(), "2026-09-02", "published", "", id="published"),
    ],
)
def test_a_real_run(here: Path, changed: str, today: str, outcome: str, why: str) -> None:
    """Text and JSON of a run tell the same outcome and the same reason."""
    install(here, seniors='name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [9]\nexpires = 2026-09-02\n')
    (here / "hartley.xml").write_text(changed, encoding="utf-8")

    text = command("run-all", "--today", today, "--dry-run").out
    ran = command("run-all", "--today", today, "--format", "json").json

    [profile] = ran["profiles"]
    assert profile["outcome"] == outcome
    assert why in profile.get("why", "")
    if why:
        assert f"Seniors: {outcome}: {profile['why']}\n" in text


def test_omissions_of_a_real_run(here: Path) -> None:
    """Pupils without e-mail are listed as the script listed them, once for each profile that wants their year."""
    install(here, b='name = "B"\noutput = "csv/b"\nyear_groups = [9]\n', a='name = "A"\noutput = "csv/a"\n')
    pupils = pupil(501) + pupil(502, email="") + pupil(503, year="3") + pupil(504, year="3", email="\u00a0")
    text = document(pupils=pupils, rows=row(PHYSICS, 501) + row(PHYSICS, 502) + row(MATHS, 503) + row(MATHS, 504))
    (here / "hartley.xml").write_text(text, encoding="utf-8")

    ran = command("run-all")

    assert ran.exit_code == 0
    assert ran.out.partition("Pupils without e-mail address\n")[2] == (
        "School ID      Surname     Forename     Year  Profile\n"
        "7983000000502  Surname502  Forename502  9     A\n"
        "7983000000504  Surname504  Forename504  3     A\n"
        "7983000000502  Surname502  Forename502  9     B\n"
    )
