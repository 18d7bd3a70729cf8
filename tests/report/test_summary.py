"""What a run looks like on stdout: JSON for programs, and for people what to act on, in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sdssync.errors import ExitCode
from sdssync.publish.status import PublishedSet
from sdssync.report.outcome import Outcome, ProfileResult, RunReport
from sdssync.report.screen import plain
from sdssync.report.summary import run_json, run_lines
from sdssync.roster.attention import attention
from sdssync.roster.omissions import Kind, Omission, Reason
from sdssync.school import Pupil
from tests.support.builders import enrolled, listed, make_pupil, make_school, make_set, make_teacher
from tests.support.documents import MATHS, PHYSICS, TWINS, document, pupil, row
from tests.support.installation import SETTINGS, install
from tests.support.runs import command

GEORGE = Pupil(id="501", school_id="7001", forename="Gorse", surname="Évans, Óg", year="12", email="")
OMISSIONS = (
    Omission(reason=Reason.PUPIL_WITHOUT_EMAIL, kind=Kind.USER, id="7001", person=GEORGE),
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
    profile="Prep", outcome=Outcome.FAILED, exit_code=ExitCode.USAGE, why="profiles.d/prep.toml has mistakes"
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
                "offences": [],
            },
            _nothing("Prep", "failed", None, None, "profiles.d/prep.toml has mistakes"),
            _nothing("Nursery", "held", "v2.1", "csv/N", "too many gone"),
        ],
    }
    documented = ["profile", "outcome", "format", "output", "users", "classes", "enrollments", "findings", "omissions"]
    assert [list(item) for item in shape["profiles"]] == [
        [*documented, "omitted", "offences"],
        [*documented, "omitted", "offences", "why"],
        [*documented, "omitted", "offences", "why"],
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
        "offences": [],
        "why": why,
    }


def shown(report: RunReport) -> str:
    """Return the report of a run as it is in a pipe."""
    return plain(run_lines(report, None))


def test_text() -> None:
    """A line for each profile, a dash where there are no counts; then why, who was left out, and what to look at."""
    assert shown(REPORT) == (
        "Profile  Outcome    Users  Classes  Enrollments  Output\n"
        "Seniors  published    325      180        4,064  csv/Seniors\n"
        "Prep     failed         -        -            -\n"
        "Nursery  held           0        0            0  csv/N\n"
        "\n"
        "Prep failed: profiles.d/prep.toml has mistakes\n"
        "\n"
        "Nursery: held: too many gone\n"
        "\n"
        "1 pupil has no e-mail address in iSAMS and is left out\n"
        "  Évans, Óg, Gorse (year 12, 7001): Seniors\n"
        "  Enter each address in iSAMS.\n"
        "\n"
        "1 person has the e-mail address of someone else in iSAMS and is left out\n"
        "  Correct each address in iSAMS.\n"
        "\n"
        "1 class is left out: without any pupil who can be in the set\n"
        "  without a title (class 11): Seniors\n"
        "  Look in iSAMS at the pupils on the list of each set: their year, their address, whether they are current.\n"
        "\n"
        "1 finding to look at\n"
        "  SDS304 A class title is too long or holds characters that the name of a site must not have: 1 in Seniors\n"
        "  See them with: sdssync validate\n"
    )


def test_nothing_to_act_on() -> None:
    """Where all is well there is one line for each profile, and no other."""
    quiet = ProfileResult(profile="Seniors", outcome=Outcome.UNCHANGED, format="v2", output="csv/Seniors")

    assert shown(RunReport(run_id="f00", results=(quiet,))) == (
        "Profile  Outcome    Users  Classes  Enrollments  Output\n"
        "Seniors  unchanged      0        0            0  csv/Seniors\n"
    )


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param((325, 180, 4064), "", id="the same"),
        pytest.param((324, 182, 3000), "+1 user, -2 classes, +1,064 enrollments", id="all three"),
        pytest.param((325, 179, 4065), "+1 class, -1 enrollment", id="two"),
    ],
)
def test_change(before: tuple[int, int, int], expected: str) -> None:
    """The counts are compared with those of the set that was published before."""
    users, classes, enrollments = before
    published = PublishedSet(
        published_at="2026-09-01T00:00:00Z",  # type: ignore[arg-type]  # not shown
        users=users,
        classes=classes,
        enrollments=enrollments,
    )

    [_, row, *_] = shown(RunReport(run_id="f00", results=(replace(PUBLISHED, before=published),))).splitlines()

    assert (
        row.removeprefix("Seniors  published    325      180        4,064").removesuffix("csv/Seniors").strip()
        == expected
    )


WITHOUT_EMAIL = make_teacher(101, surname="Marsh", forename="Bo", email=" ")


@pytest.mark.parametrize(
    ("teachers", "teacher_ids", "expected"),
    [
        pytest.param(
            [WITHOUT_EMAIL], ("101",),
            "1 class has no teacher\n  Marsh, Bo (staff 101) has no e-mail address in iSAMS: 7A/Ma_26\n", id="e-mail"
        ),
        pytest.param(
            [make_teacher(102)], ("104",),
            "1 class has no teacher\n  staff 104 is not current staff in iSAMS: 7A/Ma_26\n", id="not current"
        ),
        pytest.param(
            [make_teacher(102)], (), "1 class has no teacher\n  iSAMS has none for the set: 7A/Ma_26\n", id="none"
        ),
        pytest.param(
            [WITHOUT_EMAIL], ("101", "104", "101"),
            "1 class has no teacher\n  Marsh, Bo (staff 101) has no e-mail address in iSAMS; staff 104 is not current"
            " staff in iSAMS: 7A/Ma_26\n", id="two causes"
        ),
    ],
)  # fmt: skip
def test_classes_without_teacher(teachers: list[object], teacher_ids: tuple[str, ...], expected: str) -> None:
    """The cause is the true one, and each person whom iSAMS has is named."""
    school = make_school(teachers=teachers, teaching_sets=[make_set(teacher_ids=teacher_ids)])
    result = replace(PUBLISHED, omissions=(), findings={"SDS301": 1}, attention=attention(enrolled(school)))

    assert expected in shown(RunReport(run_id="f00", results=(result,)))


def test_a_teacher_who_is_left_out() -> None:
    """A teacher without e-mail is listed with the classes that lose them, once for all profiles."""
    school = make_school(
        pupils=[make_pupil(1), make_pupil(2)],
        teachers=[WITHOUT_EMAIL, make_teacher(102)],
        teaching_sets=[make_set(), make_set(id="12", code="7B", teacher_ids=("101", "102"))],
        memberships=[*listed("11", "9001"), *listed("12", "9002")],
    )
    roster = enrolled(school)
    results = tuple(
        replace(PUBLISHED, profile=name, omissions=roster.omissions, findings={}, attention=attention(roster))
        for name in ("Prep", "Seniors")
    )

    assert (
        "1 teacher has no e-mail address in iSAMS and is left out\n"
        "  Marsh, Bo (staff 101): Prep, Seniors (the only teacher of 1 class; one of the teachers of 7B_26)\n"
    ) in shown(RunReport(run_id="f00", results=results))


def test_addresses_that_match_no_account() -> None:
    """An address with a blank or with two addresses is listed with its person, and with whom it is shared."""
    school = make_school(
        pupils=[
            make_pupil(1, surname="Quill", email="a@school.example; b@school.example"),
            make_pupil(2, surname="Ash", email="Cy@School.example "),
            make_pupil(3, surname="Oak", email="cy@school.example"),
        ]
    )
    result = replace(PUBLISHED, omissions=(), findings={}, attention=attention(enrolled(school)))

    text = shown(RunReport(run_id="f00", results=(result,)))

    assert "2 e-mail addresses in iSAMS cannot match an account\n" in text
    assert "  Quill, Ada (year 7, 9001): the username has more than one @\n" in text
    assert "also that of Oak, Ada (year 7, 9003)\n" in text
    assert "@school.example" not in text


@pytest.mark.parametrize(
    ("changed", "today", "outcome", "why"),
    [
        pytest.param(TWINS, "2026-09-01", "rejected", "SDS202 duplicate-id (1)", id="rejected"),
        pytest.param("no document", "2026-09-01", "failed", "", id="failed"),
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
    assert why in text


def test_omissions_of_a_real_run(here: Path) -> None:
    """A pupil without e-mail is listed once, with the profiles that want the year."""
    install(here, b='name = "B"\noutput = "csv/b"\nyear_groups = [9]\n', a='name = "A"\noutput = "csv/a"\n')
    pupils = pupil(501) + pupil(502, email="") + pupil(503, year="3") + pupil(504, year="3", email="\u00a0")
    text = document(pupils=pupils, rows=row(PHYSICS, 501) + row(PHYSICS, 502) + row(MATHS, 503) + row(MATHS, 504))
    (here / "hartley.xml").write_text(text, encoding="utf-8")

    ran = command("run-all")

    assert ran.exit_code == 0
    assert ran.out.partition("2 pupils have no e-mail address in iSAMS and are left out\n")[2].splitlines()[:3] == [
        "  Surname502, Forename502 (year 9, 7983000000502): A, B",
        "  Surname504, Forename504 (year 3, 7983000000504): A",
        "  Enter each address in iSAMS.",
    ]


def test_sets_that_no_profile_takes(here: Path) -> None:
    """Sets without a year, of a year of no profile or without a code are named once, with what to do."""
    install(
        here, SETTINGS, seniors='output = "csv/s"\nyear_groups = [9]\n', also='output = "csv/a"\nyear_groups = [9]\n'
    )
    whole = document()
    (here / "hartley.xml").write_text(
        whole.replace("<SetCode>", "<Old>").replace("</SetCode>", "</Old>"), encoding="utf-8"
    )

    text = command("run-all").out

    assert text.count("no set of the school has a code") + text.count("No set of the school has a code") == 1
    assert 'title = "{set_name}{suffix}"' in text


def test_pupils_without_a_usable_year(here: Path) -> None:
    """A pupil whose year is empty or a text is in no profile: they are named, in the text, the JSON and the log."""
    install(here, seniors='output = "csv/s"\nyear_groups = [9]\n')
    pupils = pupil(501) + pupil(502, year="") + pupil(503, year="Upper")
    (here / "hartley.xml").write_text(document(pupils=pupils), encoding="utf-8")

    ran, shown = command("run-all", "--format", "json"), command("run-all").out

    assert "2 pupils have no year that a profile can take\n" in shown
    assert "  Surname502, Forename502 (no year, 7983000000502)\n" in shown
    assert "  Surname503, Forename503 (year Upper, 7983000000503)\n" in shown
    assert [item["id"] for item in ran.json["untaken_pupils"]] == ["7983000000502", "7983000000503"]
    [warning] = ran.logs("pupils.lacked_year")
    assert (warning["count"], warning["pupils"]) == (2, ["7983000000502", "7983000000503"])
    install(here, wrong="colour = 1\n")
    beside_a_wrong_profile = command("run-all", "--format", "json")
    assert len(beside_a_wrong_profile.json["untaken_pupils"]) == 2
    assert "untaken_sets" not in beside_a_wrong_profile.json


def test_a_teacher_who_has_the_id_of_a_pupil() -> None:
    """A teacher of a set who is not current is a number, whatever pupil without e-mail has the same number."""
    school = make_school(
        pupils=[make_pupil(1), make_pupil(2, school_id="555", email="", surname="Elm")],
        teaching_sets=[make_set(teacher_ids=("555",))],
    )
    roster = enrolled(school)
    result = replace(PUBLISHED, omissions=roster.omissions, findings={}, attention=attention(roster))

    assert "  staff 555 is not current staff in iSAMS: 7A/Ma_26\n" in shown(RunReport(run_id="f00", results=(result,)))


def test_two_teachers_without_an_address() -> None:
    """Neither of two teachers is called the only one of a class, and a class of two profiles counts once."""
    school = make_school(
        teachers=[WITHOUT_EMAIL, make_teacher(102, surname="Oak", email="")],
        teaching_sets=[make_set(teacher_ids=("101", "102")), make_set(id="12", code="7B", teacher_ids=("102",))],
        memberships=[*listed("11", "9001"), *listed("12", "9001")],
    )
    results = []
    for name in ("S", "T"):
        roster = enrolled(school, suffix=f"_{name}")
        results.append(replace(PUBLISHED, profile=name, omissions=roster.omissions, attention=attention(roster)))

    text = shown(RunReport(run_id="f00", results=tuple(results)))

    assert "2 classes have no teacher\n" in text
    assert "  Marsh, Bo (staff 101): S, T (one of the teachers of 7A/Ma_T)\n" in text
    assert "  Oak, Bo (staff 102): S, T (the only teacher of 1 class; one of the teachers of 7A/Ma_T)\n" in text
