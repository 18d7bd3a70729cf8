"""`sdssync compare`: two sets row by row, with the reason of each difference."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import PUPILS, document
from tests.support.installation import SETTINGS, install
from tests.support.runs import Ran, command
from tests.test_parity import CASES, FILES, installed

SENIORS = next(case for case in CASES if case.name == "clean-seniors")
MESSY = next(case for case in CASES if case.name == "messy-seniors")
EXTRA = next(case for case in CASES if case.name == "extra-teachers")


def published(folder: Path, case: Path, keys: str = "", *, parity: bool = False) -> Path:
    """Publish the set of a case, with further keys at the top of its profile; return the settings file."""
    config = installed(folder, case, parity=parity)
    profile = folder / "profiles.d" / "case.toml"
    profile.write_text(keys + profile.read_text(encoding="utf-8"), encoding="utf-8")
    assert command("run", "case", "--config", config, "--quiet").exit_code == 0
    return config


def script_set(folder: Path, case: Path, **changes: tuple[str, str]) -> Path:
    """Copy what the script wrote, with a text of a file (`users`, `classes` ...) replaced once."""
    target = folder / "script"
    target.mkdir()
    for name in FILES:
        text = (case / "expected" / name).read_text(encoding="utf-8")
        old, new = changes.get(name.removesuffix(".csv"), ("", ""))
        assert old in text
        (target / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    return target


def compare(config: Path, other: Path, *options: str, target: str = "case") -> Ran:
    """Compare the set of the profile with a folder."""
    return command("compare", target, other, "--config", config, "--format", "json", *options)


def reasons(found: Any) -> dict[str, dict[str, int]]:
    """Return the reasons by kind, where there are any."""
    kinds = ("orgs", "users", "classes", "enrollments")
    return {kind: found[kind]["reasons"] for kind in kinds if found[kind]["reasons"]}


def rewritten(folder: Path, target: Path) -> Path:
    """Write a set again: rows backwards, every field in quotes, with a BOM."""
    target.mkdir()
    for file in folder.iterdir():
        header, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *reversed(rows)])
        (target / file.name).write_bytes(text.getvalue().encode("utf-8-sig"))
    return target


@pytest.mark.parametrize("keys", ["parity", 'format = "v2"\n', 'format = "v2.1"\n'])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_set_of_the_script_is_explained(tmp_path: Path, case: Path, keys: str) -> None:
    """Against what the script wrote for the same document, every difference has its reason, in each format."""
    is_parity = keys == "parity"
    config = published(tmp_path, case, "" if is_parity else keys, parity=is_parity)

    ran = compare(config, case / "expected")

    assert ran.json["unexplained"] == 0
    assert ran.exit_code == (0 if ran.json["equal"] else 1)
    assert ran.json["equal"] == (ran.json["differences"] == [])
    if is_parity:
        assert set(reasons(ran.json)) <= {"classes"}
        assert set(ran.json["classes"]["reasons"]) <= {"comma"}


def test_each_difference_has_the_reason_that_it_has(tmp_path: Path) -> None:
    """The reasons of the messy school are its omissions, its commas and its repeated rows."""
    config = published(tmp_path, MESSY)

    ran = compare(config, MESSY / "expected")

    assert ran.exit_code == 1
    assert reasons(ran.json) == {
        "users": {"omitted:teacher_without_email": 1, "omitted:duplicate_username": 1},
        "classes": {"comma": 5},
        "enrollments": {
            "omitted:pupil_without_email": 109,
            "repeated": 66,
            "omitted:pupil_not_current": 48,
            "omitted:pupil_outside_year_groups": 14,
            "omitted:teacher_without_email": 14,
            "omitted:duplicate_username": 10,
            "omitted:teacher_not_current": 4,
        },
    }
    assert ran.json["users"] == {
        "first": 71,
        "second": 73,
        "changed": 0,
        "only_first": 0,
        "only_second": 2,
        "unexplained": 0,
        "reasons": {"omitted:teacher_without_email": 1, "omitted:duplicate_username": 1},
    }


def test_order_and_quoting_mean_nothing(tmp_path: Path) -> None:
    """A set equals itself with its rows in another order, all of it in quotes; and two folders need no settings."""
    published(tmp_path, MESSY)
    other = rewritten(tmp_path / "out", tmp_path / "again")

    ran = command("compare", f"{tmp_path}/out", other)

    assert (ran.exit_code, ran.out.splitlines()[-1]) == (0, "the sets are equal")


def test_formats_are_compared_by_meaning(tmp_path: Path) -> None:
    """A V2.1 set equals the V2 set of the same profile."""
    published(tmp_path, SENIORS, 'format = "v2.1"\n')

    ran = command("compare", tmp_path / "out", SENIORS / "expected")

    assert ran.exit_code == 0


def first_cells(name: str, case: Path = SENIORS) -> list[str]:
    """Return the cells of the first row of a file of the script."""
    return (case / "expected" / name).read_text(encoding="utf-8").split("\n")[1].split(",")


def first_row(name: str, case: Path = SENIORS) -> str:
    """Return the first row of a file of the script with its end."""
    return (case / "expected" / name).read_text(encoding="utf-8").split("\n")[1] + "\n"


@pytest.mark.parametrize("name", ["users", "classes", "enrollments"])
def test_a_row_that_the_script_lost_is_unexplained(tmp_path: Path, name: str) -> None:
    """No reason is made up for a row that the document gives and the other set lacks."""
    config = published(tmp_path, SENIORS)
    other = script_set(tmp_path, SENIORS, **{name: (first_row(f"{name}.csv"), "")})

    ran = compare(config, other)

    found = [entry for entry in ran.json["differences"] if not entry["explained"]]
    assert [(entry["kind"], entry["difference"], entry["reasons"]) for entry in found] == [
        ({"users": "user", "classes": "class", "enrollments": "enrollment"}[name], "only_first", [])
    ]
    assert ran.json["unexplained"] == 1


def test_another_address_is_unexplained_and_hidden(tmp_path: Path) -> None:
    """The cells of a person are shown with `--names` only."""
    config = published(tmp_path, SENIORS)
    user_id, _, address, *_ = first_cells("users.csv")
    other = script_set(tmp_path, SENIORS, users=(address, "another@school.example"))

    hidden, shown = compare(config, other), compare(config, other, "--names")

    [entry] = hidden.json["differences"]
    assert entry == {
        "kind": "user",
        "difference": "changed",
        "id": user_id,
        "columns": [{"column": "username"}],
        "reasons": [],
        "explained": False,
    }
    assert shown.json["differences"][0]["columns"] == [
        {"column": "username", "first": address, "second": "another@school.example"}
    ]
    for text in (hidden.out, command("compare", "case", other, "--config", config).out, hidden.err):
        assert "@" not in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"users": ("\n", "\n77,8889999,gone@school.example,student,,,,07\n")},
            {"users": {"not_in_isams": 1}},
            id="someone who has left",
        ),
        pytest.param(
            {"classes": ("_2020_21", "_2019_20")},
            {"classes": {"title": 1}},
            id="another suffix",
        ),
        pytest.param({"users": (",09\n", ",9\n")}, {}, id="a grade that no one explains"),
    ],
)
def test_reasons(tmp_path: Path, changes: dict[str, tuple[str, str]], expected: Any) -> None:
    """Each cause has its reason."""
    config = published(tmp_path, SENIORS)

    ran = compare(config, script_set(tmp_path, SENIORS, **changes))

    assert (ran.exit_code, reasons(ran.json)) == (1, expected)


def test_another_profile_than_the_arguments(tmp_path: Path) -> None:
    """Years that the profile does not take are out of scope; an organisation and extra teachers are of the profile."""
    keys = 'format = "v2.1"\n'
    config = published(tmp_path, EXTRA, keys)
    profile = tmp_path / "profiles.d" / "case.toml"
    text = profile.read_text(encoding="utf-8").replace("[7,8,9]", "[7,8]")
    profile.write_text(text + '\n[org]\nid = "8889999-S"\nname = "Seniors"\n', encoding="utf-8")
    command("run", "case", "--config", config)
    [held] = command("status", "--config", config, "--format", "json").json["profiles"]
    command("approve", "case", held["held"]["plan_id"], "--config", config)

    ran = compare(config, EXTRA / "expected")

    assert ran.json["unexplained"] == 0
    assert set(ran.json["users"]["reasons"]) == {"org", "out_of_scope"}
    assert set(ran.json["orgs"]["reasons"]) == {"org"}
    assert set(ran.json["classes"]["reasons"]) == {"org", "out_of_scope"}


def test_a_set_of_another_day(tmp_path: Path) -> None:
    """Where the published set is not what the document gives now, the reason is the day, or the expiry."""
    config = published(tmp_path, SENIORS)
    settings = config.read_text(encoding="utf-8")
    document = (SENIORS / "isams.xml").read_text(encoding="utf-8")
    set_code = document.partition("<SetCode>")[2].partition("</SetCode>")[0]
    (tmp_path / "today.xml").write_text(document.replace(f"<SetCode>{set_code}<", "<SetCode>New<"), encoding="utf-8")
    config.write_text(settings.partition("[isams]")[0] + '[isams]\nfile = "today.xml"\n', encoding="utf-8")
    other = script_set(tmp_path, SENIORS, classes=(f"{set_code}_", "New_"))

    of_day = compare(config, other)
    profile = tmp_path / "profiles.d" / "case.toml"
    profile.write_text("expires = 2026-01-31\n" + profile.read_text(encoding="utf-8"), encoding="utf-8")
    of_expired = compare(config, other)

    assert reasons(of_day.json) == {"classes": {"another_day": 1}}
    assert reasons(of_expired.json) == {"classes": {"expired": 1}}


def test_without_a_document(tmp_path: Path) -> None:
    """Without a document the differences are listed with the reasons that the sets themselves tell, and a warning."""
    config = published(tmp_path, MESSY)
    text = config.read_text(encoding="utf-8").partition("[isams]")[0]
    config.write_text(text + '[isams]\nurl = "https://isams.example"\napi_key_env = "NONE"\n', encoding="utf-8")

    ran = compare(config, MESSY / "expected")

    assert ran.json["document"] is None
    assert reasons(ran.json) == {
        "classes": {"comma": 5},
        "enrollments": {"repeated": 66, "user_differs": ran.json["enrollments"]["reasons"]["user_differs"]},
    }
    assert [line["event"] for line in ran.logs("source.missed")] == ["source.missed"]


def test_a_folder_of_a_profile_is_its_set(tmp_path: Path) -> None:
    """The output folder by its path gets the reasons of its profile."""
    config = published(tmp_path, MESSY)

    ran = compare(config, MESSY / "expected", target=f"{tmp_path}/out")

    assert (ran.json["first"]["profile"], ran.json["unexplained"]) == ("case", 0)


def test_a_file_that_cannot_be_read_as_a_set(tmp_path: Path) -> None:
    """Sets are not equal while a file has rows that cannot be read."""
    config = published(tmp_path, SENIORS)
    other = script_set(tmp_path, SENIORS, orgs=("\n", '\n"torn'))

    ran = compare(config, other)

    assert (ran.exit_code, ran.json["second"]["unreadable"]) == (1, ["orgs.csv"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("Elders", "{script}"), 'no profile and no folder is called "Elders"', id="no such profile"),
        pytest.param(("case", "{script}"), "case has published nothing yet: there is no set in out", id="unpublished"),
        pytest.param(("{script}", "./nowhere"), "there is no folder ./nowhere", id="no such folder"),
        pytest.param(("{script}", "{empty}"), "expected users.csv, classes.csv or enrollments.csv", id="no set"),
        pytest.param(("{script}", " "), "the second argument is empty", id="empty"),
        pytest.param(("", "{script}"), "the first argument is empty", id="the first one empty"),
        pytest.param(("{script}", "{script}/users.csv"), "users.csv is not a folder", id="a file"),
    ],
)
def test_refusals(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be compared is named, with code 2."""
    config = install(tmp_path, (installed(tmp_path, SENIORS, parity=False)).read_text(encoding="utf-8"))
    (tmp_path / "empty").mkdir()
    places = {"script": SENIORS / "expected", "empty": tmp_path / "empty"}

    ran = command("compare", *(text.format(**places) for text in arguments), "--config", config)

    assert ran.exit_code == 2
    assert message in json.loads(ran.err.splitlines()[-1])["error"]


@pytest.mark.parametrize("is_first", [False, True])
def test_something_else_in_place_of_a_file(tmp_path: Path, is_first: bool) -> None:
    """The file is named, with what it is, whichever of the two sets has it."""
    config = install(tmp_path)
    broken = tmp_path / "broken"
    (broken / "users.csv").mkdir(parents=True)
    sets = [str(broken), str(SENIORS / "expected")]

    ran = command("compare", *(sets if is_first else sets[::-1]), "--config", config)

    [line] = ran.logs("command.failed")
    assert ran.exit_code == 6
    assert line["error"] == f"{broken / 'users.csv'} cannot be read: it is a folder, and a file is expected"
    assert line["hint"] == "put the file of the set there, or name another set"


HEADERS = {
    "orgs": "sourcedId,name,type",
    "users": "sourcedId,orgSourcedIds,username,role,familyName,givenName,password,grade",
    "classes": "sourcedId,orgSourcedId,title",
    "enrollments": "classSourcedId,userSourcedId,role",
}
PUPIL, TEACHER = "7983000000501", "101"
SMALL = {
    "orgs": ["8889999,MySchool,school"],
    "users": [
        f"{PUPIL},8889999,pupil501@hollowell.example,student,,,,09",
        f"{TEACHER},8889999,staff101@hollowell.example,teacher,,,,",
    ],
    "classes": ["11,8889999,9A/Ph1"],
    "enrollments": [f"11,{TEACHER},teacher", f"11,{PUPIL},student"],
}
"""What the script writes for year 9 of the small document."""


def small_set(folder: Path, **rows: list[str]) -> Path:
    """Write that set as the script does, with other rows in some of its files."""
    target = folder / "script"
    target.mkdir()
    for name, header in HEADERS.items():
        text = "\n".join([header, *rows.get(name, SMALL[name])]) + "\n"
        (target / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return target


def small(folder: Path, profile: str = "", *, years: str = "9", settings: str = SETTINGS, pupils: str = PUPILS) -> Path:
    """Publish the set of year 9 of a small document, with further keys of the profile; return the settings file."""
    config = install(folder, settings, case=f'output = "out"\nyear_groups = [{years}]\n{profile}')
    (folder / "hartley.xml").write_text(document(pupils=pupils), encoding="utf-8")
    assert command("run-all", "--config", config, "--quiet").exit_code == 0
    return config


def test_the_small_set(tmp_path: Path) -> None:
    """Without a change the two are equal but for the pupil without an address, who is on the set list."""
    config = small(tmp_path)
    other = small_set(tmp_path, enrollments=[*SMALL["enrollments"], "11,7983000000502,student"])

    assert reasons(compare(config, other).json) == {"enrollments": {"omitted:pupil_without_email": 1}}


@pytest.mark.parametrize(
    ("profile", "rows", "expected"),
    [
        pytest.param(
            '[teachers]\nextra = ["staff102@hollowell.example"]\n',
            {},
            {"users": {"extra_teacher": 1}, "enrollments": {"user_differs": 1}},
            id="an extra teacher",
        ),
        pytest.param(
            'class_id = "{set_id}_A"\n',
            {},
            {"classes": {"renamed": 2}, "enrollments": {"class_differs": 4}},
            id="other class ids",
        ),
        pytest.param(
            "",
            {"users": [*SMALL["users"], f"{PUPIL},8889999,twin@hollowell.example,student,,,,09"]},
            {},
            id="someone else with an id",
        ),
        pytest.param(
            "",
            {"users": [*SMALL["users"], SMALL["users"][0], SMALL["users"][0]]},
            {"users": {"repeated": 2}},
            id="a row three times",
        ),
        pytest.param(
            "",
            {"users": [*SMALL["users"], "7983000000503,8889999,pupil503@hollowell.example,student,,,,03"]},
            {"users": {"out_of_scope": 1}},
            id="another year",
        ),
        pytest.param(
            "",
            {"enrollments": [*SMALL["enrollments"], "11,5,student"]},
            {"enrollments": {"not_in_isams": 1}},
            id="not listed",
        ),
        pytest.param("", {"orgs": ["1,Other,school"]}, {}, id="another school"),
    ],
)
def test_more_reasons(tmp_path: Path, profile: str, rows: dict[str, list[str]], expected: Any) -> None:
    """Each cause has its reason; what has none is unexplained."""
    ran = compare(small(tmp_path, profile), small_set(tmp_path, **rows))

    assert (ran.exit_code, reasons(ran.json)) == (1, expected)
    assert bool(ran.json["unexplained"]) is (expected == {})


def test_a_grade_that_sds_labels_otherwise(tmp_path: Path) -> None:
    """The year before reception is PK in SDS, and the script writes the number."""
    config = small(tmp_path, years="-1, 9", pupils=PUPILS.replace("<NCYear>9<", "<NCYear>-1<"))
    other = small_set(tmp_path, users=[SMALL["users"][0].replace(",09", ",-1"), SMALL["users"][1]])

    ran = compare(config, other)

    assert (ran.json["unexplained"], ran.json["users"]["reasons"]) == (0, {"grade": 1})


def test_names_of_people_whom_sds_creates(tmp_path: Path) -> None:
    """With `include_names` the set has names that the script does not write; they are shown with `--names` only."""
    settings = SETTINGS.replace('name = "MySchool"', 'name = "MySchool"\ninclude_names = true')
    config = small(tmp_path, settings=settings)
    other = small_set(tmp_path)

    ran, text = compare(config, other), command("compare", "case", other, "--config", config)

    assert (ran.json["unexplained"], reasons(ran.json)) == (0, {"users": {"include_names": 2}})
    assert "Surname501" not in ran.out + text.out
    assert "Surname501, Forename501 (year 9" in command("compare", "case", other, "--config", config, "--names").out


def test_an_address_that_is_kept(tmp_path: Path) -> None:
    """Someone whose address is gone in iSAMS is in our set for some days, and not in that of the script."""
    config = small(tmp_path)
    text = document(pupils=PUPILS.replace("pupil501@hollowell.example", ""))
    (tmp_path / "hartley.xml").write_text(text, encoding="utf-8")
    assert command("run-all", "--config", config, "--quiet").exit_code == 0

    ran = compare(config, small_set(tmp_path, users=SMALL["users"][1:]))

    assert reasons(ran.json) == {"users": {"kept_address": 1}}
    assert ran.json["unexplained"] == 0


def test_the_order_of_organisations_means_nothing(tmp_path: Path) -> None:
    """Someone who belongs to two organisations belongs to them in any order."""
    config, other = small(tmp_path), small_set(tmp_path)
    again = tmp_path / "again"
    shutil.copytree(other, again)
    for folder, orgs in ((other, '"1,2"'), (again, '"2,1"')):
        row = SMALL["users"][0].replace("8889999", orgs)
        (folder / "users.csv").write_text(f"{HEADERS['users']}\n{row}\n", encoding="utf-8")

    assert compare(config, again, target=str(other)).json["equal"] is True


def test_a_column_that_a_file_lacks_is_empty(tmp_path: Path) -> None:
    """A row with more cells than its header does not lend them to a column that is not there."""
    config = small(tmp_path)
    other = small_set(tmp_path)
    (other / "classes.csv").write_text("sourcedId,title\n11,9A/Ph1,8889999\n", encoding="utf-8")

    [entry] = compare(config, other).json["differences"]

    assert entry["columns"] == [{"column": "org", "first": "8889999", "second": ""}]
