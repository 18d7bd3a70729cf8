"""The command line in process: usage, help, options before and after the command, results and exit codes."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from sdssync import __version__
from sdssync.cli import options
from sdssync.cli.commands import app, main
from sdssync.cli.options import Common
from sdssync.errors import ExitCode
from sdssync.log.options import LogOptions
from tests.support.documents import document
from tests.support.installation import SETTINGS, install
from tests.support.runs import command, read_logs

COMMANDS = (
    "run-all", "run", "plan", "approve", "status", "history", "diff", "restore", "release", "audit",
    "validate", "rule", "subjects", "classes", "explain", "profiles", "compare", "report", "record", "init", "new",
    "import-script", "rollover", "schedule", "doctor", "notify", "upload", "sds-status", "schema", "completion",
)  # fmt: skip
OTHER = 'name = "Prep"\noutput = "csv/Prep"\nyear_groups = [3]\nexpires = 2000-01-01\nformat = "v2.1"\n'


def test_the_commands() -> None:
    """The commands are those that are documented, in the order of their use."""
    assert tuple(app.commands) == COMMANDS


@pytest.mark.parametrize("name", [*COMMANDS[: COMMANDS.index("audit")], *COMMANDS[COMMANDS.index("validate") :]])
def test_every_help_has_an_example_that_works(name: str) -> None:
    """Each example is a command line that this command understands, in full."""
    ran = command(name, "--help")
    examples = re.findall(r"^  Example: sdssync (.*(?:\n  \S.*)*)", ran.out, re.MULTILINE)

    assert (ran.exit_code, ran.err) == (0, "")
    assert examples
    for example in examples:
        verb, *arguments = shlex.split(example, posix=False)
        context = app.commands[verb].make_context(verb, arguments)
        assert (verb, context.args) == (name, [])


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]], ids=" ".join)
def test_help(arguments: list[str]) -> None:
    """Help goes to stdout and names every command."""
    ran = command(*arguments)

    assert (ran.exit_code, ran.err) == (0, "")
    assert re.findall(r"^  ([a-z-]+)  ", ran.out.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)
    assert "iSAMS to Microsoft School Data Sync" in ran.out


@pytest.mark.parametrize("arguments", [["--version"], ["profiles", "--version"]], ids=" ".join)
def test_version(arguments: list[str]) -> None:
    """The version is printed before and after a command, and nothing is done."""
    ran = command(*arguments)

    assert (ran.exit_code, ran.out, ran.err) == (0, f"sdssync {__version__}\n", "")


def test_nothing_asked() -> None:
    """Without a command there is help, and the code of wrong usage."""
    ran = command()

    assert ran.exit_code == 2
    assert ran.out == ""
    assert ran.err.startswith("Usage: sdssync [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        pytest.param(["sing"], 'there is no command "sing"', "see sdssync --help", id="unknown command"),
        pytest.param(
            ["runall"], 'there is no command "runall"', "did you mean sdssync run-all?", id="misspelt command"
        ),
        pytest.param(["-q", "help"], 'there is no command "help"', "sdssync --help", id="help as a command"),
        pytest.param(
            ["a@hollowell.example"], "there is no command a text", "see sdssync --help", id="an address alone"
        ),
        pytest.param(["run"], "expected NAME..., found nothing", "see sdssync run --help", id="no name"),
        pytest.param(
            ["run-all", "--zzz"], "there is no option --zzz here", "see sdssync run-all --help", id="no option"
        ),
        pytest.param(
            ["run-all", "--dryrun"], "there is no option --dryrun here", "did you mean --dry-run?", id="misspelt option"
        ),
        pytest.param(
            ["--format", "json", "profiles"],
            "there is no option --format here",
            "put it after the command: sdssync profiles --format ...",
            id="before the command",
        ),
        pytest.param(["new", "A", "--years"], "--years needs a value", "see sdssync new --help", id="no value"),
        pytest.param(
            ["validate", "--max-findings", "-1"],
            "--max-findings: expected a whole number of at least 0 and at most 100000",
            "see sdssync validate --help",
            id="a number out of range",
        ),
        pytest.param(
            ["validate", "--max-findings", "100001"],
            "--max-findings: expected a whole number of at least 0 and at most 100000",
            "see sdssync validate --help",
            id="a number beyond reason",
        ),
        pytest.param(
            ["profiles", "--format", "xml"],
            "--format: expected one of text, json",
            "see sdssync profiles --help",
            id="a word that is not in the list",
        ),
        pytest.param(
            ["run-all", "--today", "31/07/2027"],
            '--today: expected a day like 2027-07-31, found "31/07/2027"',
            "see sdssync run-all --help",
            id="a day of another form",
        ),
        pytest.param(
            ["run-all", "--today", "2027-02-30"],
            '--today: expected a day of the calendar, found "2027-02-30"',
            "see sdssync run-all --help",
            id="a day that does not exist",
        ),
        pytest.param(
            ["run-all", "--keep", "sets"],
            "--keep goes with --dry-run only",
            "a set that is published is in the output folder",
            id="keep without a dry run",
        ),
        pytest.param(
            ["run-all", "head@hollowell.example"],
            "got unexpected extra argument (an address)",
            "see sdssync run-all --help",
            id="an address",
        ),
    ],
)
def test_wrong_usage(arguments: list[str], error: str, hint: str) -> None:
    """What is not understood ends with 2 and a log line like any other error, for it may be a scheduled task's."""
    ran = command(*arguments)

    [line] = ran.logs()
    assert (ran.exit_code, ran.out) == (2, "")
    assert {key: line[key] for key in line if key not in {"timestamp", "run_id"}} == {
        "level": "error",
        "event": "command.failed",
        "error": error,
        "hint": hint,
        "exit_code": 2,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["run-all", "--today", "tomorrow"], id="no date"),
        pytest.param(["run-all", "--format", "sarif"], id="no format of a run"),
        pytest.param(["validate", "--max-findings", "-1"], id="less than none"),
        pytest.param(["run-all", "--log-format", "xml"], id="no log format"),
        pytest.param(["new", "Seniors", "--sds-format", "v3"], id="no SDS format"),
        pytest.param(["new", "Seniors", "--years", "7-"], id="no years"),
        pytest.param(["new", "Seniors", "--output", "."], id="the folder of the settings as output"),
        pytest.param(["new", "a/b"], id="no name for a file"),
        pytest.param(["rule", "SDS999"], id="no rule"),
        pytest.param(["validate", "--select", "SDS9"], id="no code selected"),
        pytest.param(["validate", "--ignore", "SDS301,X"], id="no code ignored"),
        pytest.param(["run", "Nursery"], id="no profile of that name"),
        pytest.param(["validate", "Nursery"], id="no profile and no folder of that name"),
        pytest.param(["validate", "./nowhere"], id="no folder"),
        pytest.param(["init"], id="settings are there"),
        pytest.param(["new", "seniors"], id="profile file is there"),
    ],
)
def test_code_2(school: Path, arguments: list[str]) -> None:
    """Each of these is the caller's mistake, reported on one log line, and nothing is written."""
    before = sorted(school.rglob("*"))

    ran = command(*arguments)

    assert (ran.exit_code, ran.out) == (2, "")
    assert [line["event"] for line in ran.logs()][-1] in {"command.failed", "set.failed"}
    assert [
        path for path in sorted(school.rglob("*")) if path.parent.name != "state" and path.name != "state"
    ] == before


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        pytest.param(SETTINGS.replace("hartley", "gone"), "isams.file names", id="file"),
        pytest.param(
            SETTINGS.replace('file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_file = "gone.key"'),
            "isams.api_key_file names",
            id="api_key_file",
        ),
        pytest.param(
            SETTINGS.replace('file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_env = "GONE"'),
            "isams.api_key_env names",
            id="api_key_env",
        ),
        pytest.param(
            SETTINGS.replace(
                'file = "hartley.xml"', 'url = "http://127.0.0.1:9"\napi_key_env = "HOME"\nca_file = "gone.pem"'
            ),
            "isams.ca_file names",
            id="ca_file",
        ),
        pytest.param(SETTINGS + '[paths]\nprofiles = "gone"\n', "paths.profiles", id="profiles"),
    ],
)
def test_something_that_the_settings_name_is_not_there(school: Path, settings: str, error: str) -> None:
    """A missing thing ends with 2, be it found before the run or in it; the log says which key names it."""
    (school / "sdssync.toml").write_text(settings, encoding="utf-8")

    ran = command("run-all")

    assert ran.exit_code == 2
    assert any(error in str(line.get("error")) for line in ran.logs())


@pytest.mark.parametrize(
    "name", ["run-all", "subjects", "classes", "profiles", "validate", "run Seniors", "new Seniors"]
)
def test_no_settings(here: Path, name: str) -> None:
    """Without a settings file every command that needs one says where it looked, and how to make one."""
    ran = command(*name.split())

    [line] = ran.logs()
    assert ran.exit_code == 2
    assert line["error"] == f"there is no settings file {here / 'sdssync.toml'}"
    assert not list(here.iterdir())


@pytest.mark.parametrize("name", ["run-all", "classes", "profiles", "validate"])
def test_no_profile_at_all(here: Path, name: str) -> None:
    """An installation without any profile has nothing to do, and must not look as if it had worked."""
    install(here)

    ran = command(name)

    [line] = ran.logs()
    assert ran.exit_code == 2
    assert line["error"] == "there is no profile: profiles.d contains no .toml file"


def test_the_settings_file_is_named_by_option_variable_or_place(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option wins over the variable, that over the current folder; relative paths count from the file."""
    for name in ("option", "variable"):
        (tmp_path / name).mkdir()
        install(tmp_path / name, **{name: f'output = "csv/{name}"\n'})
    install(here, place='output = "csv/place"\n')
    option = str(tmp_path / "option" / "sdssync.toml")

    by_place = command("profiles", "--format", "json").json
    monkeypatch.setenv("SDSSYNC_CONFIG", str(tmp_path / "variable" / "sdssync.toml"))
    by_variable = command("profiles", "--format", "json").json
    by_option = command("profiles", "--format", "json", "--config", option).json
    before = command("--config", option, "profiles", "--format", "json").json

    names = [item["profiles"][0]["name"] for item in (by_place, by_variable, by_option, before)]
    assert names == ["place", "variable", "option", "option"]


def test_options_before_and_after_the_command(school: Path) -> None:
    """Each common option may stand on either side of the command."""
    before = command("--log-file", "one.log", "-q", "--no-color", "--log-format", "json", "run-all", "--dry-run")
    after = command("run-all", "--dry-run", "--log-file", "two.log", "-q", "--no-color", "--log-format", "json")

    assert (before.exit_code, after.exit_code) == (0, 0)
    assert (before.err, after.err) == ("", "")
    assert before.out == after.out
    assert [len((school / name).read_text(encoding="utf-8").splitlines()) for name in ("one.log", "two.log")] == [8, 8]


def test_init_and_new(here: Path) -> None:
    """The first files can be used at once, and stand where the result says."""
    made = command("init")
    new = command(
        "new", "Seniors", "--years", "7-13", "--exclude", "7,15", "--suffix", "_2026_27", "--expires", "2027-07-31"
    )
    listed = command("profiles", "--format", "json")

    assert (made.exit_code, new.exit_code, listed.exit_code) == (0, 0, 0)
    assert made.out.startswith(f"created {here / 'sdssync.toml'}\ncreated {here / 'profiles.d'}\nnext steps:\n")
    assert new.out == f"created {here / 'profiles.d' / 'Seniors.toml'}\n"
    assert tomllib.loads((here / "profiles.d" / "Seniors.toml").read_text(encoding="utf-8")) | {"expires": None} == {
        "format": "v2.1",
        "year_groups": [7, 8, 9, 10, 11, 12, 13],
        "suffix": "_2026_27",
        "output": "csv/Seniors",
        "expires": None,
        "subjects": {"exclude": [7, 15]},
    }
    assert [item["name"] for item in listed.json["profiles"]] == ["Seniors"]


def test_init_elsewhere(here: Path) -> None:
    """`init` writes where `--config` says, with the folders that are missing."""
    assert command("init", "--config", "a/b/my.toml").exit_code == 0

    assert sorted(path.relative_to(here).as_posix() for path in here.rglob("*")) == [
        "a",
        "a/b",
        "a/b/my.toml",
        "a/b/profiles.d",
    ]


def test_profiles_as_json(school: Path) -> None:
    """The document has the documented keys in their order; a wrong profile is there by its name."""
    (school / "profiles.d" / "prep.toml").write_text(OTHER, encoding="utf-8")
    (school / "profiles.d" / "torn.toml").write_text("name =\n", encoding="utf-8")
    assert command("run", "Seniors").exit_code == 0

    ran = command("profiles", "--format", "json")

    [wrong] = ran.logs()
    unknown = {"format": None, "year_groups": None, "output": None, "expires": None}
    nothing = {"published_at": None, "last": None}
    [last] = json.loads((school / "state" / "status.json").read_text(encoding="utf-8"))["profiles"]
    published = last["published"]
    expected = {
        "version": 1,
        "profiles": [
            {
                "name": "Prep",
                "file": "profiles.d/prep.toml",
                "format": "v2.1",
                "year_groups": [3],
                "output": "csv/Prep",
                "expires": "2000-01-01",
                "state": "expired",
                "published_at": None,
                "last": None,
            },
            {
                "name": "Seniors",
                "file": "profiles.d/seniors.toml",
                "format": "v2",
                "year_groups": [9],
                "output": "csv/Seniors",
                "expires": None,
                "state": "ready",
                "published_at": published["published_at"][:19] + "+00:00",
                "last": {"outcome": "published", "exit_code": 0, "finished_at": last["finished_at"][:19] + "+00:00"},
            },
            {"name": "torn", "file": "profiles.d/torn.toml", **unknown, "state": "wrong", **nothing},
        ],
    }
    assert ran.json == expected
    assert [list(item) for item in ran.json["profiles"]] == [list(item) for item in expected["profiles"]]  # type: ignore[attr-defined]  # a list
    assert (ran.exit_code, wrong["event"], wrong["profile"]) == (2, "profile.failed", "torn")


@pytest.mark.usefixtures("school")
def test_subjects_as_json() -> None:
    """A subject of two departments stands once, texts that are absent are empty, and sets and pupils are counted."""
    ran = command("subjects", "--format", "json")

    assert ran.exit_code == 0
    assert ran.json == {
        "version": 1,
        "subjects": [
            {
                "id": "4",
                "code": "Ph",
                "name": "Physics",
                "departments": ["Sciences"],
                "sets": 1,
                "pupils": 2,
                "profiles": ["Seniors"],
            },
            {
                "id": "5",
                "code": "",
                "name": "Mathematics",
                "departments": ["Sciences", "Numbers"],
                "sets": 1,
                "pupils": 1,
                "profiles": [],
            },
        ],
    }
    assert list(ran.json["subjects"][0]) == ["id", "code", "name", "departments", "sets", "pupils", "profiles"]


@pytest.mark.usefixtures("school")
def test_subjects_as_text() -> None:
    """Without a terminal the table is plain aligned text."""
    assert command("subjects").out == (
        "Subject ID  Code  Name         Departments        Sets  Pupils  Profiles\n"
        "         4  Ph    Physics      Sciences              1       2  Seniors\n"
        "         5        Mathematics  Sciences, Numbers     1       1\n"
    )


def test_subjects_of_profiles(school: Path) -> None:
    """A subject names the profiles that make classes of it today: filtered, expired, wrong and bare parts do not."""
    install(
        school,
        lower='name = "Lower"\nyear_groups = [3]\n',
        none='name = "None"\noutput = "csv/None"\n[classes]\nexclude = ["*"]\n',
        past='name = "Past"\noutput = "csv/Past"\nexpires = 2000-01-01\n',
        same='name = "Same"\noutput = "csv/Same"\nparity = true\nyear_groups = [3]\n',
        whole='name = "Whole"\nformat = "v2.1"\noutput = "csv/Whole"\ncombine = ["Lower", "Seniors"]\n',
        wrong="name =\n",
    )

    found = command("subjects", "--format", "json").json["subjects"]

    assert [subject["profiles"] for subject in found] == [["Seniors", "Whole"], ["Same", "Whole"]]


def test_subjects_need_no_profile(here: Path) -> None:
    """Subjects are looked up before the first profile is written."""
    install(here)
    (here / "hartley.xml").write_text(document(), encoding="utf-8")

    assert command("subjects").exit_code == 0


def test_rule(here: Path) -> None:
    """A rule is explained without any installation."""
    ran = command("rule", "SDS206")

    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.startswith("SDS206 unknown-reference\n")
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("raised", "code", "event"),
    [
        pytest.param(ValueError("Fairweather"), 70, "command.crashed", id="a bug"),
        pytest.param(KeyboardInterrupt("Fairweather"), 130, "command.interrupted", id="interrupted"),
    ],
)
def test_what_no_handler_expects(
    raised: BaseException, code: int, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug and an interruption end with their codes and one line, without traceback, values and texts of errors."""

    def handler(common: Common) -> ExitCode:
        del common
        raise raised

    common = Common(config=None, log=LogOptions(), run_id="f00")

    ended = options.run(handler, common)

    out, err = capsys.readouterr()
    [line] = read_logs(err)
    assert (ended, out) == (code, "")
    assert (line["event"], line["run_id"], line["exit_code"]) == (event, "f00", code)
    assert "Fairweather" not in err


def test_main_takes_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an argument `main` reads the command line of the process."""
    monkeypatch.setattr("sys.argv", ["sdssync", "--version"])

    assert main() == 0
    assert capsys.readouterr().out == f"sdssync {__version__}\n"
