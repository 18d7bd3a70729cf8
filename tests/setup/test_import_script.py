"""From the command lines of the script to an installation that runs."""

import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.support.golden import FIXTURES
from tests.support.installation import SENIORS, install
from tests.support.needs import needs_modes
from tests.support.runs import Ran, command, joined, toml

SCRIPT = r"C:\SDS\iSAMS-SDS.ps1"
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"
VARIABLES = f"""\
# iSAMS-SDS.ps1, $SchoolName = "A comment"
[CmdletBinding(DefaultParameterSetName="Main")]
param([switch]$Help, [string]$CSVPath)

<# $DFENo = "1" #>
$SchoolName = "St Mary's"  #Used in SDS CSV as school name
$DFENo = '9361234'
$iSAMSHost = "isams.stmary.example"
$iSAMSAPIKey = "{KEY}"  #API Key

Write-Host "$iSAMSHost = x"
if (!$Help) {{ $xmlFile = $env:TEMP + "\\sds_isams_data.xml" }}
"""
FILES = ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")


def imported(folder: Path, source: str | Path, *options: str) -> Ran:
    """Run the command for the installation of a folder, with its result as JSON."""
    return command("import-script", source, "--config", folder / "sdssync.toml", "--format", "json", *options)


def tree(folder: Path) -> list[str]:
    """List the files below a folder, but for the schemas."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [file for file in files if not file.startswith("schema/")]


def only_toml(ran: Ran) -> dict[str, Any]:
    """Return what the only profile says."""
    [profile] = ran.json["profiles"]
    return tomllib.loads(profile["toml"])


def task(*arguments: str, folder: str | None = None, user: str = "S-1-5-18") -> str:
    """Return a task as the Task Scheduler exports it, with an action for each text of arguments."""
    working = f"<WorkingDirectory>{folder}</WorkingDirectory>" if folder else ""
    actions = "".join(
        f"<Exec><Command>powershell.exe</Command><Arguments>{escape(text)}</Arguments>{working}</Exec>"
        for text in arguments
    )
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\r\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
        f'<Principals><Principal id="Author"><UserId>{user}</UserId></Principal></Principals>'
        f'<Settings><Enabled>true</Enabled></Settings><Actions Context="Author">{actions}</Actions></Task>'
    )


SENIORS_LINE = "-YearGroups @(7,8,9,10,11,12,13) -ExcludedSubjects @(7,15,16,47) -Suffix _2020_21"
PREP_LINE = "-YearGroups @(0,1,2,3,4,5,6) -IncludedSubjects @(52) -Suffix _2020_21"


def test_two_actions_have_the_rows_of_the_script(tmp_path: Path) -> None:
    """The two lines of the script's own documentation, as one task, become profiles; with parity they have its rows."""
    source = tmp_path / "task.xml"
    lines = [
        f"-Command \"& '{SCRIPT}' -CSVPath '{tmp_path / 'csv' / name}' {line}\""
        for name, line in (("Seniors", SENIORS_LINE), ("Prep", PREP_LINE))
    ]
    source.write_bytes(task(*lines).encode("utf-16"))
    school = '[school]\nid = "8889999"\nname = "SchoolName"\n[isams]\n'
    config = install(tmp_path, f"{school}file = 'clean-seniors.xml'\n")

    assert imported(tmp_path, source, "--write").exit_code == 0
    for name, case in (("Seniors", "clean-seniors"), ("Prep", "clean-prep-registration")):
        document = FIXTURES / "parity" / case / "isams.xml"
        install(tmp_path, f"{school}file = {toml(str(document))}\n")
        profile = tmp_path / "profiles.d" / f"{name}.toml"
        profile.write_text(f"parity = true\n{profile.read_text(encoding='utf-8')}", encoding="utf-8")
        assert command("run", name, "--config", config).exit_code == 0
        for file in FILES:
            expected = (FIXTURES / "parity" / case / "expected" / file).read_text(encoding="utf-8").splitlines()
            assert sorted(joined(tmp_path / "csv" / name / file).elements()) == sorted(expected)


def test_the_json_of_a_task(tmp_path: Path) -> None:
    """The result has the calls as PowerShell binds them, the profiles, and what the script leaves behind."""
    source = tmp_path / "task.xml"
    source.write_bytes(
        task(
            f"-NoProfile -File {SCRIPT} -CSVPath out\\Seniors -YearGroups 7,8 -SkipDownload", folder="D:\\Jobs"
        ).encode()
    )

    ran = imported(tmp_path, source)

    [profile] = ran.json["profiles"]
    assert ran.exit_code == 0
    assert ran.json["version"] == 1
    assert ran.json["calls"] == [{"CSVPath": "out\\Seniors", "YearGroups": ["7,8"], "SkipDownload": True}]
    assert (profile["name"], profile["file"]) == ("Seniors", "profiles.d/Seniors.toml")
    assert tomllib.loads(profile["toml"]) == {
        "format": "v2",
        "year_groups": [7, 8],
        "output": "D:\\Jobs\\out\\Seniors",
    }
    assert len(ran.json["warnings"]) == 2
    assert "took no year from it" in ran.json["warnings"][0]
    assert ran.json["left_behind"] == [
        f"the API key in {SCRIPT} and in each copy of it: delete that key in iSAMS when sdssync has its own",
        r"pupils' data in C:\Windows\Temp\sds_isams_data.xml: delete the file",
        r"all users with their addresses in the file -Value in D:\Jobs: delete the file",
    ]
    assert tree(tmp_path) == ["task.xml"]


@pytest.mark.parametrize(
    ("arguments", "expected", "warns"),
    [
        pytest.param("-YearGroups 7..13", {"year_groups": [7, 8, 9, 10, 11, 12, 13]}, True, id="a range as a text"),
        pytest.param("-YearGroups '7,8'", {"year_groups": [7, 8]}, True, id="a list as a text"),
        pytest.param("-YearGroups 07", {"year_groups": [7]}, True, id="a zero before a year"),
        pytest.param("-YearGroups 7,8,7", {"year_groups": [7, 8]}, False, id="a year twice"),
        pytest.param("-YearGroups 7,30", {"year_groups": [7]}, True, id="a year beyond any school"),
        pytest.param("-YearGroups @()", {}, False, id="no year is every year"),
        pytest.param("-ExcludedSubjects '7;15'", {"subjects": {"exclude": [7, 15]}}, True, id="subjects as a text"),
        pytest.param("-ExcludedSubjects Maths,7", {"subjects": {"exclude": [7]}}, True, id="the name of a subject"),
        pytest.param("-ExcludedSubjects $null", {}, False, id="no subject"),
        pytest.param(
            "-ExtraTeachers 'Head@a.example','head@a.example'",
            {"teachers": {"extra": ["Head@a.example"]}},
            False,
            id="a teacher twice",
        ),
        pytest.param("-ExtraTeachers 'a@b.c, d@b.c'", {"teachers": {"extra": ["a@b.c", "d@b.c"]}}, True, id="a text"),
        pytest.param("-Suffix ''", {}, False, id="an empty suffix"),
        pytest.param("-Suffix '/2020/21'", {"suffix": "/2020/21"}, False, id="a suffix"),
        pytest.param("-Verbose", {}, True, id="a parameter of PowerShell"),
    ],
)
def test_arguments(tmp_path: Path, arguments: str, expected: dict[str, Any], warns: bool) -> None:
    """Each argument becomes its key; what the script ignored is warned of, and the profile has what was meant."""
    ran = imported(tmp_path, f"& '{SCRIPT}' -CSVPath C:\\CSV {arguments}")

    assert only_toml(ran) == {"format": "v2", "output": "C:\\CSV", **expected}
    assert bool(ran.json["warnings"]) == warns
    assert "@" not in "".join(ran.json["warnings"])


@pytest.mark.parametrize(
    "arguments",
    ["-ViewSubjects", "-Help", "-CSVPath C:\\C -YearGroups x", "-CSVPath ~\\CSV", "-CSVPath 'C:\\CSV\" -YearGroups 7'"],
)
def test_no_profile(tmp_path: Path, arguments: str) -> None:
    """A call that writes nothing makes no profile, and a warning says so."""
    ran = imported(tmp_path, f"& '{SCRIPT}' {arguments}")

    assert (ran.exit_code, ran.json["profiles"], len(ran.json["calls"])) == (0, [], 1)
    assert "no profile" in "".join(ran.json["warnings"])


def test_the_text_result(tmp_path: Path) -> None:
    """Without --write: what each argument became, the files, and what to do next; with it: what was created."""
    source = f"& '{SCRIPT}' -CSVPath C:\\CSV\\Seniors -YearGroups (7..9) -Suffix _x"
    config = tmp_path / "sdssync.toml"

    shown = command("import-script", source, "--config", config).out
    written = command("import-script", source, "--config", config, "--write").out

    assert shown.startswith(
        "Seniors\n"
        "Argument                 Became\n"
        "-CSVPath C:\\CSV\\Seniors  output = C:\\CSV\\Seniors\n"
        "-YearGroups 7,8,9        year_groups = 7,8,9\n"
        "-Suffix _x               suffix = _x\n"
    )
    assert "profiles.d/Seniors.toml, as --write would create it:\n" in shown
    assert "  output = 'C:\\CSV\\Seniors' " in shown
    assert shown.endswith(
        "next:\n"
        f"  import the script first, for school, host and key: sdssync import-script {SCRIPT} --write\n"
        "  write these files: the same command with --write\n"
    )
    assert "created profiles.d/Seniors.toml\ncreated sdssync.toml\n" in written
    assert written.endswith("look at what would be published: sdssync run-all --dry-run\n")


def test_the_script_itself(tmp_path: Path) -> None:
    """School, host and key become settings and a key file; the key is on no screen."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(VARIABLES, encoding="utf-8")
    folder = tmp_path / "new"

    shown = imported(folder, source)
    text = command("import-script", source, "--config", folder / "sdssync.toml", "--write")

    assert (shown.exit_code, text.exit_code) == (0, 0)
    assert KEY not in shown.out + shown.err + text.out + text.err
    assert tree(folder) == ["sdssync.toml", "secrets/isams.key"]
    settings = tomllib.loads((folder / "sdssync.toml").read_text(encoding="utf-8"))
    assert settings["school"] == {"id": "9361234", "name": "St Mary's", "include_names": False}
    assert settings["isams"]["url"] == "https://isams.stmary.example"
    assert (folder / "secrets" / "isams.key").read_text(encoding="utf-8") == f"{KEY}\n"


@needs_modes
def test_the_key_is_for_the_owner_only(tmp_path: Path) -> None:
    """No other account can read the key or enter its folder, whatever the mask of this one is."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(VARIABLES, encoding="utf-8")
    mask = os.umask(0)
    try:
        imported(tmp_path, source, "--write")
    finally:
        os.umask(mask)

    assert stat.S_IMODE((tmp_path / "secrets" / "isams.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize("value", ["$env:SCHOOL", "(Get-Content id.txt)", '"a$b"'])
def test_a_variable_that_is_not_known(tmp_path: Path, value: str) -> None:
    """A school that is known only when the script runs is refused with its line, of which nothing is shown."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(f"$iSAMSAPIKey = '{KEY}'\n$DFENo = {value}\n", encoding="utf-8")

    ran = imported(tmp_path, source)

    [line] = ran.logs("command.failed")
    assert ran.exit_code == 2
    assert line["error"].startswith("line 2: the value of $DFENo is not known without running the script")
    assert KEY not in ran.err


@pytest.mark.parametrize("quote", ["'", '"', "\u201c"])
@pytest.mark.parametrize("after", ["", "$DFENo = 9361234\n", 'Write-Host "x"\n', "Write-Host 'x'; $x = \"y\"\n"])
@pytest.mark.parametrize("name", ["iSAMSAPIKey", "SchoolName"])
def test_a_quote_that_is_not_closed(tmp_path: Path, quote: str, after: str, name: str) -> None:
    """The line of the quote is named, whatever follows; it is not taken for a value from elsewhere."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(f"$iSAMSHost = 'isams.example'\n${name} = {quote}{KEY}  # the key\n{after}", encoding="utf-8")

    ran = imported(tmp_path, source, "--write")

    assert (ran.exit_code, tree(tmp_path)) == (2, ["iSAMS-SDS.ps1"])
    assert ran.logs("command.failed")[0]["error"] == f"line 2: the text of ${name} has no closing quote on its line"
    assert KEY not in ran.out + ran.err


def test_the_script_as_it_is_downloaded(tmp_path: Path) -> None:
    """Values that no school has are taken, and warned of; the key has another name in some copies."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(
        f'$SchoolName="SchoolName"\n$DFENo = "8889999"\n$iSAMSHost = "https://isams.school.net/"\n$ApiKey = "{KEY}"\n',
        encoding="utf-8",
    )

    ran = imported(tmp_path, source, "--write")

    assert [warning.split()[0] for warning in ran.json["warnings"]] == ["$SchoolName", "$DFENo"]
    assert tomllib.loads(ran.json["settings"]["toml"])["isams"]["url"] == "https://isams.school.net"
    assert [text.split(" in ")[0] for text in ran.json["left_behind"]] == [
        "the API key",
        "pupils' data",
        "all users with their addresses",
    ]
    assert (tmp_path / "secrets" / "isams.key").read_text(encoding="utf-8").strip() == KEY


def test_no_secret_is_shown_where_a_line_is_refused(tmp_path: Path) -> None:
    """A key that is written into a wrong line is not in the message that shows the line."""
    source = f"$key = 'S3CRET'; & '{SCRIPT}' -CSVPath C:\\CSV -YearGroups 7, -Suffix '{KEY}'"

    ran = imported(tmp_path, f"{source} -Years 7")

    assert ran.exit_code == 2
    assert "S3CRET" not in ran.out + ran.err
    assert KEY not in ran.out + ran.err


def test_a_key_from_elsewhere(tmp_path: Path) -> None:
    """A script that reads its key gives settings, and a warning."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(VARIABLES.replace(f'"{KEY}"', "(Get-Content C:\\key.txt)"), encoding="utf-8")

    ran = imported(tmp_path, source, "--write")

    assert ran.exit_code == 0
    assert "put a key into secrets/isams.key by hand" in ran.json["warnings"][0]
    assert tree(tmp_path) == ["iSAMS-SDS.ps1", "sdssync.toml"]


def test_a_combined_profile(tmp_path: Path) -> None:
    """With --combine there is one set for the SDS of today, made of the others."""
    source = f"& '{SCRIPT}' -CSVPath C:\\CSV\\Seniors -YearGroups 7; & '{SCRIPT}' -CSVPath C:\\CSV\\Prep -YearGroups 3"

    ran = imported(tmp_path, source, "--combine", "School", "--sds-format", "v2.1", "--write")

    assert ran.exit_code == 0
    assert tree(tmp_path / "profiles.d") == ["Prep.toml", "School.toml", "Seniors.toml"]
    assert tomllib.loads(ran.json["profiles"][2]["toml"]) == {
        "format": "v2.1",
        "output": "csv/School",
        "combine": ["Seniors", "Prep"],
    }
    assert tomllib.loads(ran.json["profiles"][0]["toml"])["format"] == "v2.1"
    shown = command("profiles", "--config", tmp_path / "sdssync.toml", "--format", "json")
    assert {profile["state"] for profile in shown.json["profiles"]} == {"ready"}


@pytest.mark.parametrize(
    ("one", "other", "years"),
    [
        pytest.param("-Y (7..13) -Exc 7,15,16,47", "-Inc 52", "7, 8, 9, 10, 11, 12, 13", id="the default years"),
        pytest.param("-Y 7,9", "-Y 8,9", "9", id="a year in both"),
        pytest.param("-Y (7..13) -Exc 7,15,16,47", "-Y (0..6) -Inc 52", None, id="other years"),
        pytest.param("-Inc 5,6", "-Inc 7", None, id="other subjects"),
        pytest.param("-Exc 52", "-Inc 52", None, id="a subject that only one takes"),
        pytest.param("-Inc 5,6 -Exc 6", "-Inc 6", None, id="a subject that is in and out"),
        pytest.param("-Exc 5", "-Exc 6", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13", id="any other subject"),
    ],
)
def test_parts_that_overlap(tmp_path: Path, one: str, other: str, years: str | None) -> None:
    """Two parts that can take the same teaching sets are warned of: their classes would reject the set."""
    source = f"& '{SCRIPT}' -CSVPath C:\\CSV\\Seniors {one}; & '{SCRIPT}' -CSVPath C:\\CSV\\Prep {other}"

    ran = imported(tmp_path, source, "--combine", "School")

    warning = (
        f"School: Prep and Seniors can take the same teaching sets of year {years}; a class that both make rejects the"
        " whole set (SDS202): leave these years to one of them, or exclude the subjects in the other"
    )
    assert ran.json["warnings"] == ([warning] if years else [])


def test_a_file_of_lines(tmp_path: Path) -> None:
    """A batch file and a wiki page have command lines of each kind, in the encoding of old Windows."""
    source = tmp_path / "nightly.bat"
    source.write_bytes(
        "\r\n".join(
            [
                "@echo off",
                "rem Pupils of the caf\xe9 too",
                f"powershell -NoP -Command \"& '{SCRIPT}' -CSVPath C:\\CSV\\A\" ^",
                "  -YearGroups 7 >> C:\\log.txt 2>&1",
                "",
                f"cmd /c powershell -f {SCRIPT} -CSVPath C:\\CSV\\B && powershell -f {SCRIPT} -CSVPath C:\\CSV\\C",
                f"-ExecutionPolicy Bypass -File {SCRIPT} -CSVPath C:\\CSV\\D",
                f"& '{SCRIPT}' `",
                "  -CSVPath C:\\CSV\\E `",
                "  -YearGroups @(7,",
                "    8)",
            ]
        ).encode("cp1252")
    )

    ran = imported(tmp_path, source)

    assert [(call["CSVPath"][-1], call.get("YearGroups")) for call in ran.json["calls"]] == [
        ("A", ["7"]),
        ("B", None),
        ("C", None),
        ("D", None),
        ("E", ["7", "8"]),
    ]


@pytest.mark.parametrize(
    ("source", "where", "caret"),
    [
        pytest.param(
            f"& '{SCRIPT}' -CSVPath C:\\CSV -Years 7",
            "line 1, column 42: the script has no parameter -Years (PowerShell: NamedParameterNotFound)",
            "-Years 7",
            id="an unknown parameter",
        ),
        pytest.param(
            f"& '{SCRIPT}' -CSVPath 'C:\\CSV -YearGroups 7",
            "line 1, column 35: the text has no closing quote (PowerShell: TerminatorExpectedAtEndOfString)",
            "'C:\\CSV -YearGroups 7",
            id="an unclosed quote",
        ),
        pytest.param(
            f"$x = 1\n& '{SCRIPT}' -CSVPath C:\\CSV `\n  -Suffix $(Get-Date -f yyyy)",
            "line 3, column 13: what this command gives is known only when it runs",
            "Get-Date -f yyyy)",
            id="the date, on the third line",
        ),
        pytest.param(
            f"& '{SCRIPT}' -CSVPath C:\\CSV -ExtraTeachers head@school.example -Years 7",
            "line 1, column 77: the script has no parameter -Years (PowerShell: NamedParameterNotFound)",
            "-Years 7",
            id="after an address",
        ),
    ],
)
def test_the_place_is_pointed_at(tmp_path: Path, source: str, where: str, caret: str) -> None:
    """What PowerShell refuses has its line and column, and a caret under the place; no address is shown."""
    ran = imported(tmp_path, source, "--write")

    [line] = ran.logs("command.failed")
    message, shown, pointer = line["error"].splitlines()
    assert (ran.exit_code, ran.out, message) == (2, "", where)
    assert shown[pointer.index("^") :] == caret
    assert "school.example" not in line["error"]
    assert tree(tmp_path) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("task.xml", "there is no file task.xml", id="no file"),
        pytest.param("dir C:\\", "there is no call of iSAMS-SDS.ps1 in it; it runs dir", id="another command"),
        pytest.param(
            "powershell -File C:\\nightly.ps1",
            "there is no call of iSAMS-SDS.ps1 in it; it runs C:\\nightly.ps1",
            id="another script",
        ),
        pytest.param("& x \udc80", "the source is not Unicode text", id="not Unicode"),
        pytest.param("", "there is no call of iSAMS-SDS.ps1 in it", id="nothing"),
    ],
)
def test_nothing_to_import(tmp_path: Path, source: str, message: str) -> None:
    """A source without a call of the script is refused, with what it runs."""
    ran = imported(tmp_path, source)

    assert (ran.exit_code, ran.logs("command.failed")[0]["error"]) == (2, message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("<Task><", "this is not well-formed XML", id="not well-formed"),
        pytest.param("<other />", "this XML is not an exported task", id="another XML"),
        pytest.param(
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Task>&e;</Task>', "this is not", id="entity"
        ),
    ],
)
def test_wrong_xml(tmp_path: Path, content: str, message: str) -> None:
    """XML that is no task is refused, and nothing that it names is read."""
    (tmp_path / "task.xml").write_text(content, encoding="utf-8")

    ran = imported(tmp_path, tmp_path / "task.xml")

    assert ran.exit_code == 2
    assert ran.logs("command.failed")[0]["error"].startswith(message)


def test_several_tasks_of_schtasks(tmp_path: Path) -> None:
    """What `schtasks /query /xml` writes has a declaration for each task, and not every task is one of PowerShell."""
    other = task().replace("</Actions>", "<Exec><Command>notepad.exe</Command></Exec></Actions>")
    one = task(f"-Command \"& '{SCRIPT}' -CSVPath C:\\CSV\"", user="MYSCHOOL\\svc")
    (tmp_path / "tasks.xml").write_text(f"{other}\n\n{one}", encoding="cp1252")

    ran = imported(tmp_path, tmp_path / "tasks.xml")

    assert ran.json["calls"] == [{"CSVPath": "C:\\CSV"}]
    assert ran.json["left_behind"][2].endswith("in C:\\Windows\\System32: delete the file")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """If one file exists, none is written."""
    install(tmp_path, Seniors=SENIORS)
    before = tree(tmp_path)
    source = f"& '{SCRIPT}' -CSVPath C:\\CSV\\Prep; & '{SCRIPT}' -CSVPath C:\\CSV\\seniors"

    shown = imported(tmp_path, source)
    ran = imported(tmp_path, source, "--write")

    assert (shown.exit_code, shown.json["warnings"]) == (
        0,
        ["profiles.d/seniors.toml exists already, so --write would write nothing"],
    )
    assert (ran.exit_code, tree(tmp_path)) == (2, before)
    assert ran.logs("command.failed")[0]["error"] == "profiles.d/seniors.toml already exists and was not changed"


def test_the_script_after_its_tasks(tmp_path: Path) -> None:
    """Settings that are there stay, the key is written, and each line that is to be changed by hand is named."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(VARIABLES, encoding="utf-8")
    assert imported(tmp_path, f"& '{SCRIPT}' -CSVPath C:\\CSV\\Seniors", "--write").exit_code == 0
    before = (tmp_path / "sdssync.toml").read_bytes()

    ran = imported(tmp_path, source, "--write")
    text = command("import-script", source, "--config", tmp_path / "sdssync.toml", "--write")

    assert (ran.exit_code, ran.json["settings"], ran.json["key_file"]) == (0, None, "secrets/isams.key")
    assert ran.json["warnings"] == [
        'sdssync.toml is there and is not changed: write into it id = "9361234" under [school]',
        'sdssync.toml is there and is not changed: write into it name = "St Mary\'s" under [school]',
        'sdssync.toml is there and is not changed: write into it url = "https://isams.stmary.example" under [isams]',
    ]
    assert (tmp_path / "sdssync.toml").read_bytes() == before
    assert (tmp_path / "secrets" / "isams.key").read_text(encoding="utf-8") == f"{KEY}\n"
    assert (text.exit_code, "created" in text.out) == (0, False)
    assert "secrets/isams.key is there and is not changed" in text.out
    assert "write the id and the name of the school, and the address of iSAMS, into sdssync.toml" in text.out


def test_what_an_editor_finds(tmp_path: Path) -> None:
    """Each TOML file begins with the line that names its schema, which is there; without --write none is made."""
    source = f"& '{SCRIPT}' -CSVPath C:\\CSV\\Seniors"

    imported(tmp_path, source)
    assert not (tmp_path / "schema").exists()
    imported(tmp_path, source, "--write")

    for file, schema in (("sdssync.toml", "sdssync"), ("profiles.d/Seniors.toml", "profile")):
        line = (tmp_path / file).read_text(encoding="utf-8").splitlines()[0]
        assert line == f"#:schema {'../' * file.count('/')}schema/{schema}.schema.json"
        assert (tmp_path / "schema" / f"{schema}.schema.json").is_file()


def test_settings_that_say_the_same(tmp_path: Path) -> None:
    """There is nothing to write into settings that came from the same script."""
    source = tmp_path / "iSAMS-SDS.ps1"
    source.write_text(VARIABLES, encoding="utf-8")
    imported(tmp_path, source, "--write")

    assert imported(tmp_path, source).json["warnings"] == ["secrets/isams.key is there and is not changed"]


def test_settings_with_another_place_for_the_key(tmp_path: Path) -> None:
    """A key that no setting names is not written."""
    install(tmp_path)
    (tmp_path / "iSAMS-SDS.ps1").write_text(VARIABLES, encoding="utf-8")
    before = tree(tmp_path)

    ran = imported(tmp_path, tmp_path / "iSAMS-SDS.ps1", "--write")

    assert (ran.exit_code, tree(tmp_path)) == (0, before)
    assert ran.json["warnings"][-1].startswith("the key of the script is not carried over")


def test_all_or_nothing(tmp_path: Path) -> None:
    """If the last file cannot be written, those before it are removed."""
    (tmp_path / ".sdssync.toml.new").mkdir()
    (tmp_path / ".sdssync.toml.new2").mkdir()

    ran = imported(tmp_path, f"& '{SCRIPT}' -CSVPath C:\\CSV", "--write")

    assert (ran.exit_code, tree(tmp_path)) == (6, [])


def test_a_profile_is_checked_as_it_will_be_read(tmp_path: Path) -> None:
    """Two calls with one folder, which the script would overwrite, are refused as two such profiles are."""
    ran = imported(tmp_path, f"& '{SCRIPT}' -CSVPath C:\\CSV -Y 7; & '{SCRIPT}' -CSVPath C:\\csv\\ -Y 8", "--write")

    assert (ran.exit_code, tree(tmp_path)) == (2, [])
    assert "expected a folder of its own" in ran.logs("command.failed")[0]["error"]


def test_every_line_of_the_table(tmp_path: Path) -> None:
    """The command has the calls of PowerShell for each line, and ends with 2 where PowerShell refuses it."""
    for answer in json.loads((FIXTURES / "script" / "command-lines.json").read_bytes()):
        ran = imported(tmp_path, answer["line"])

        assert (ran.exit_code, ran.json["calls"] if ran.out else []) == (2 if answer["error"] else 0, answer["calls"])
