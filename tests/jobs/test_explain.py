"""`sdssync explain`: the questions that administrators ask, with the answers that they get."""

import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import tomli_w

from tests.support import asked_school
from tests.support.asked_school import SENIORS
from tests.support.class_schools import random_school
from tests.support.class_tables import random_parts, random_profile
from tests.support.golden import assert_golden
from tests.support.installation import SETTINGS, install
from tests.support.made_school import dice
from tests.support.runs import Ran, command, rows
from tests.support.uploads import Handing

DAY = ("--today", "2026-11-16")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school on 16 November, with the sets of two weeks: for questions, and for copies."""
    folder = tmp_path_factory.mktemp("asked")
    asked_school.lay_out(folder)
    return folder


@pytest.fixture
def asked(published: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as the current folder, of which no file may change."""
    monkeypatch.chdir(published)
    return published


@pytest.fixture
def copied(published: Path, here: Path) -> Path:
    """A copy of it as the current folder."""
    shutil.copytree(published, here, dirs_exist_ok=True)
    return here


def ask(*arguments: str, day: tuple[str, str] = DAY) -> Ran:
    """Ask a question; the log stays empty."""
    ran = command("explain", *arguments, *day, "-q")
    assert ran.err == ""
    return ran


QUESTIONS = {
    "present": ["Ava Brown"],
    "of-another-year": ["ash, ben"],
    "of-a-subject": ["Ava Brown", "--class", "9Lun1"],
    "without-address": ["9003"],
    "duplicate-username": ["Dan Gray"],
    "on-a-list-of-another-id": ["Ella Hart", "--class", "9A/Ma1"],
    "left": ["9006"],
    "left-the-class": ["Ian King", "--class", "501"],
    "kept-address": ["gus.jones@pupils.school.example"],
    "extra-teacher": ["Di Elm"],
    "teacher-without-address": ["oak"],
    "class": ["9A/Ma1"],
    "class-without-pupils": ["9A/La1"],
    "class-without-list": ["9A/Fr1"],
    "class-by-pattern": ["9games"],
    "class-of-another-profile": ["8A/Ma1", "--profile", "seniors"],
    "several": ["brown"],
    "not-current": ["8005"],
}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("name", QUESTIONS)
def test_answer(name: str) -> None:
    """A question gets its answer, in words."""
    ran = ask(*QUESTIONS[name])

    assert ran.exit_code == 0
    assert_golden(f"explain/{name}.txt", f"$ sdssync explain {' '.join(map(quoted, QUESTIONS[name]))}\n{ran.out}")


def quoted(word: str) -> str:
    """Write a word as on a command line."""
    return f'"{word}"' if " " in word else word


HELD = {
    "held": ["Ava Brown", "--class", "9A/Ma1"],
    "held-class": ["9A/Ma1"],
}


@pytest.mark.parametrize("name", HELD)
def test_held(copied: Path, name: str) -> None:
    """What a held set would take away is in the published set, and the answer says what waits for whom."""
    install(copied, seniors=SENIORS.replace('"*Games*"', '"*Games*", "9A/Ma1"'))
    assert asked_school.run("2026-11-17", copied).exit_code == 4

    out = ask(*HELD[name], day=("--today", "2026-11-17")).out

    assert_golden(f"explain/{name}.txt", f"$ sdssync explain {' '.join(map(quoted, HELD[name]))}\n{out}")


def files(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_it_changes_nothing(asked: Path) -> None:
    """A question leaves every file as it is, the count of missing addresses too."""
    before = files(asked)

    ask("Gus Jones", day=("--today", "2026-11-30"))
    ask("9A/Ma1", "--format", "json")

    assert files(asked) == before


@pytest.mark.usefixtures("asked")
def test_as_json() -> None:
    """The JSON has the steps of the text, with their facts."""
    answer = ask("Ava Brown", "--class", "9Lun1", "--profile", "Seniors", "--format", "json").json

    why = "subject 7 (Lunch) is left out: subjects.exclude in profiles.d/seniors.toml"
    filtered = {
        "step": "filter",
        "passes": False,
        "part": "Seniors",
        "key": "subjects.exclude",
        "value": "7",
        "why": why,
    }
    none = {"class_id": None, "title": None, "made_of": ["503"], "is_in": False}
    assert answer["profiles"][0].pop("plan_id")
    assert answer == {
        "version": 1,
        "asked": "person_in_class",
        "person": {
            "id": "9001",
            "in_isams": "pupil",
            "surname": "Brown",
            "forename": "Ava",
            "year": "9",
            "email": "ava.brown@pupils.school.example",
        },
        "made_of": [{"kind": "set", "id": "503", "code": "9Lun1", "name": "9Lun1", "year": "9", "subject_id": "7"}],
        "nearest": False,
        "former_names": [],
        "profiles": [
            {
                "profile": "Seniors",
                "standing": "out",
                "expired": None,
                "failure": None,
                "outcome": "unchanged",
                "rejected_by": [],
                "gates": [],
                "findings": [],
                "steps": [{"step": "year", "passes": True, "part": "Seniors", "key": "year_groups", "value": "9"}],
                "places": [
                    {
                        **none,
                        "user_id": "9001",
                        "role": "student",
                        "steps": [
                            {"step": "set_list", "passes": True, "value": "503", "number": 1, "ids": ["school_id"]},
                            filtered,
                        ],
                    }
                ],
                "classes": [{**none, "steps": [filtered]}],
                "pinned": False,
                "held_since": None,
                "history": [],
                "damaged_generations": [],
                "handed_over": None,
            }
        ],
    }
    assert ask("9006", "--profile", "Seniors", "--format", "json").json["profiles"][0]["history"] == [
        {"generation": 1, "day": "2026-11-03", "last_generation": 1, "left_generation": 2, "left_day": "2026-11-12"}
    ]
    assert [found["arguments"] for found in ask("brown", "--format", "json").json["found"]] == ["9001", "9009"]
    members = ask("501", "--profile", "Seniors", "--format", "json").json["profiles"][0]["classes"][0]["members"]
    assert [member["user_id"] for member in members if not member["is_in"]] == ["9004", "8005"]


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        pytest.param(["Ava", "Brown"], "Ava Brown is in the set of Seniors.", id="without quotes"),
        pytest.param(["BROWN, ava"], "Ava Brown is in the set of Seniors.", id="surname first"),
        pytest.param(["Avila Brown"], "Ávila Brown is in the set of Seniors.", id="without accents"),
        pytest.param(["AVA.Brown@pupils.school.example", "--profile", "prep"], "2 people may", id="shared address"),
        pytest.param(["1"], "Ava Brown is in the set of Seniors.", id="number of the record"),
        pytest.param(["101"], "Bo Marsh is in the sets of Prep and Seniors.", id="staff id"),
        pytest.param(["9A/Ma1_26"], "9A/Ma1 is a class of Seniors.", id="title"),
        pytest.param(["form-8B_26"], "8B is a class of Prep.", id="class id"),
        pytest.param(
            ["Cy Oak", "--class", "8B"], "Cy Oak is not in 8B of Prep: no e-mail address in iSAMS.", id="owner"
        ),
        pytest.param(["1", "--class", "ma"], "3 classes may be meant; ask for one of them:", id="several classes"),
        pytest.param(["wood", "--class", "501"], "14 people may be meant; ask for one of them:", id="several people"),
        pytest.param(["finn.ives@pupils.school.example"], "9006 is in no set any more", id="former address"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_who_is_meant(arguments: list[str], first: str) -> None:
    """An id, an address, a name in either order, a code or a title finds who is meant; what matches best wins."""
    assert ask(*arguments).out.startswith(first)


@pytest.mark.parametrize("arguments", [["Zoë Nowhere"], ["Ava Brown", "--class", "Zoë Nowhere"], [" "]])
def test_nothing_is_found(copied: Path, arguments: list[str]) -> None:
    """What was typed may be a child's name, so the error does not repeat it: it goes to the log file too."""
    ran = command("explain", *arguments, *DAY, "--log-file", "sdssync.log")

    assert (ran.exit_code, ran.out) == (2, "")
    assert ran.logs("command.failed")
    assert "Nowhere" not in ran.err + (copied / "sdssync.log").read_text(encoding="utf-8")


def test_names_stay_out_of_the_log(copied: Path) -> None:
    """Neither the question nor the answer is in the log, however much it says."""
    ask_at_length = command("explain", "Ava", "Brown", "--class", "9A/Ma1", *DAY, "-v", "--log-file", "sdssync.log")

    assert ask_at_length.exit_code == 0
    log = ask_at_length.err + (copied / "sdssync.log").read_text(encoding="utf-8")
    assert not re.search("ava|brown|9A/Ma1", log, re.IGNORECASE)


def test_rejected(copied: Path) -> None:
    """Of two people with one id the one who was published is in the set, and the other is not."""
    own = {"id": "77", "forename": "Jo", "surname": "Lane", "email": "jo.lane@pupils.school.example"}
    twin, second = replace(asked_school.pupil(1), **own), asked_school.second()
    asked_school.write(copied, replace(second, pupils=(*second.pupils, twin)))

    out = ask("Jo Lane", "--profile", "Seniors").out

    assert_golden("explain/rejected.txt", f'$ sdssync explain "Jo Lane" --profile Seniors\n{out}')
    assert ask("Ava Brown").out.startswith("Ava Brown is in the set of Seniors; the new one breaks rules of SDS and is")


def test_expired(copied: Path) -> None:
    """An expired profile says so, and what its last set has."""
    install(copied, seniors=SENIORS.replace("[subjects]", "expires = 2026-11-14\n\n[subjects]", 1))

    out = ask("Ava Brown", "--profile", "Seniors").out

    assert out.splitlines()[3:] == [
        "Seniors: expired on 14 November 2026, so nothing is done for it any more; in its last published set",
        "  Published since 3 November 2026 (generation 1).",
    ]


def test_a_wrong_profile(copied: Path) -> None:
    """A profile with mistakes is named in the log; the others answer."""
    install(copied, broken="name = 1\n")

    ran = command("explain", "Ava Brown", *DAY, "-q")

    assert ran.exit_code == 2
    assert [line["profile"] for line in ran.logs("profile.failed")] == ["broken"]
    assert ran.out.startswith("Ava Brown is in the set of Seniors.")


def test_a_damaged_generation(copied: Path) -> None:
    """A damaged generation is passed over, and the answer says so."""
    (copied / "state/profiles/Seniors/1/users.csv").write_text("x", encoding="utf-8")

    ran = command("explain", "Ava Brown", "--profile", "Seniors", *DAY, "-q")

    assert ran.exit_code == 0
    assert "at least since 12 November 2026 (generation 2)" in ran.out
    assert "Not looked at: generation 1, which is damaged." in ran.out


def test_a_former_class(copied: Path) -> None:
    """A class that only former sets have is found by its title, and one that got another title by the old one."""
    gone = replace(asked_school.second(), sets=tuple(known for known in asked_school.FIRST.sets if known.id != "501"))
    asked_school.write(copied, gone)
    assert command("run", "Seniors", *DAY).exit_code == 4

    out = ask("9A/Ma1_26", "--profile", "Seniors").out

    assert out.startswith("9A/Ma1_26 is still a class of Seniors, but not in the new set, which waits for approval.")
    assert "  Nothing in iSAMS makes it any more." in out


def test_parity_and_combined(copied: Path) -> None:
    """A parity profile and a combined one answer too, the parts of the latter by their names."""
    whole = 'name = "Whole"\nformat = "v2.1"\noutput = "csv/Whole"\ncombine = ["Seniors", "Prep"]\n'
    script = 'name = "Script"\noutput = "csv/Script"\nyear_groups = [9]\nparity = true\n'
    install(copied, whole=whole, script=script)
    assert command("run", "Whole", "Script", *DAY).exit_code == 0

    assert ask("Ben Ash").out.startswith("Ben Ash is in the sets of Prep and Whole.")
    assert "  Prep takes year 8.\n" in ask("Ben Ash", "--profile", "whole").out
    dan = ask("Dan Gray", "--profile", "script").out
    assert dan.startswith("Dan Gray is in the set of Script.")
    assert "In 3 classes: " in ask("Ava Brown", "--profile", "script").out


TAUGHT = """\
name = "Taught"
format = "v2.1"
year_groups = [9]
suffix = "_26"
class_id = "{set_id}{suffix}"
output = "csv/Taught"

[classes]
owners = "primary"
pupils_from = 2026-11-20

[[classes.merge]]
sets = ["9A/Ma1", "9A/Ma2"]
id = "joint{suffix}"
"""


def test_merged_waiting_and_owned(copied: Path) -> None:
    """A set of a merge leads to its class; pupils who wait and teachers who own nothing have their reason."""
    install(copied, taught=TAUGHT)
    second = asked_school.second()
    [first, *others] = second.sets
    helped = replace(second, sets=(replace(first, teachers=("101", "103")), *others))
    text = helped.xml().replace('StaffId="103" PrimaryTeacher="True"', 'StaffId="103" PrimaryTeacher="False"')
    (copied / "hartley.xml").write_text(text, encoding="utf-8")
    ask_taught = partial(ask, "--profile", "taught")

    assert (
        "  The class is 9A/Ma1 and 9A/Ma2_26 (id joint_26).\n"
        "  Merged of the sets 501, 502: classes.merge in profiles.d/taught.toml.\n"
        "  Its pupils wait until 2026-11-20: classes.pupils_from in profiles.d/taught.toml.\n"
    ) in ask_taught("9A/Ma1").out
    assert ask_taught("Ava Brown", "--class", "9A/Ma2").out.startswith(
        "Ava Brown is not in 9A/Ma2 of Taught: its pupils wait until 2026-11-20: classes.pupils_from in"
    )
    assert ask_taught("Di Elm", "--class", "9A/Ma1").out.startswith(
        "Di Elm is not in 9A/Ma1 of Taught: not marked as a primary teacher in iSAMS, and classes.owners in"
    )


def test_handed_over(handing: Handing) -> None:
    """With uploads the answer says which generation SDS has, and whether it has the person."""
    before = ask("8163769935244", day=("--today", "2026-09-01")).out
    assert not handing.upload().exit_code

    after = ask("8163769935244", day=("--today", "2026-09-01")).out

    assert "SDS has not got a set of this profile yet: sdssync upload School" in before
    assert re.search(r"SDS got generation 1 on \d+ \w+ \d{4}; Jöten Amberkettle is in it\.", after)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_random_schools(here: Path, seed: int) -> None:
    """For people and sets of random schools the command says what the published files and its own steps say."""
    rng = dice(seed)
    school = random_school(rng, has_unique_ids=True)
    parts = random_parts(rng, school)
    whole = {"combine": ["Part0", "Part1"], "output": "csv/Whole"}
    single = {**random_profile(rng, school), "output": "csv/P0"}
    tables = {"P0": single, "Part0": parts[0], "Part1": parts[1], "Whole": whole}
    install(here, SETTINGS, **{name: tomli_w.dumps({"name": name, **table}) for name, table in tables.items()})
    (here / "hartley.xml").write_text(school.xml, encoding="utf-8")
    command("run-all", *DAY)
    people = re.findall(r"<SchoolId>(\d+)</SchoolId>|<StaffMember Id=\"(\d+)\"", school.xml)

    for asked_for in [*rng.sample([pupil or staff for pupil, staff in people], 12), *rng.sample(school.set_ids, 4)]:
        answer = command("explain", asked_for, *DAY, "-q", "--format", "json")
        assert answer.exit_code == 0
        assert command("explain", asked_for, *DAY, "-q").exit_code == 0
        if answer.json["asked"] == "several":  # the id of a set may be that of a group too
            assert len(answer.json["found"]) > 1
            continue
        for profile in answer.json["profiles"]:
            folder = here / "csv" / profile["profile"]
            if answer.json["asked"] == "person":
                published = asked_for in [row[0] for row in rows(folder / "users.csv")] if folder.exists() else False
                assert (profile["standing"] in ("in", "leaving")) is published
                assert all(step["passes"] for step in profile["steps"]) is (profile["standing"] in ("in", "coming"))


def test_before_the_next_run(copied: Path) -> None:
    """Who is in iSAMS since the last run is not published yet, and who has left it since then still is."""
    second = asked_school.second()
    joiner = replace(
        asked_school.pupil(1), id="77", school_id="9077", forename="Jo", surname="Lane", email="j@x.example"
    )
    stay = tuple(known for known in second.pupils if known.forename != "Abel")
    asked_school.write(copied, replace(second, pupils=(*stay, joiner)))

    joining = ask("Jo Lane", "--profile", "Seniors").out
    leaving = ask("9021", "--profile", "Seniors").out

    assert joining.startswith("Jo Lane is not in the published set of Seniors yet.\n")
    assert "Seniors: not in the published set yet\n" in joining
    assert "  The next run adds this: sdssync run Seniors\n" in joining
    assert leaving.startswith("9021 is still in the set of Seniors, until the next run.\n")
    assert "  The next run removes this: sdssync run Seniors\n" in leaving


def test_another_set_waits(copied: Path) -> None:
    """A held set stays as it was held, so that it may be without what the set of today has."""
    install(copied, seniors=SENIORS.replace('"*Games*"', '"*Games*", "9A/Ma1"'))
    assert asked_school.run("2026-11-17", copied).exit_code == 4
    install(copied, seniors=SENIORS)

    out = ask("Ava Brown", "--class", "9A/Ma1", "--profile", "Seniors", day=("--today", "2026-11-17")).out

    assert out.startswith("Ava Brown is in 9A/Ma1 of Seniors.\n")
    assert (
        "  Another set waits for approval, last held on 17 November 2026 by gate classes, gate enrollments and gate"
        " settings; Ava Brown is not in 9A/Ma1 there.\n"
    ) in out
