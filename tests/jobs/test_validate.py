"""What `validate` is asked to check: folders and names in all ways, the context of a profile, choices and codes."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.needs import needs_proc, needs_root
from tests.support.processes import as_nobody
from tests.support.runs import Ran, command

STRANGE = "sourcedId,orgSourcedId,title\r\n11,8889999,9A/Ph1\r\n"


@pytest.fixture
def published(two_profiles: Path) -> Path:
    """An installation of two profiles, both published; the current folder."""
    assert command("run-all").exit_code == 0
    return two_profiles


def validate(*arguments: str) -> Ran:
    """Validate and print JSON."""
    return command("validate", *arguments, "--format", "json")


def paths(ran: Ran) -> list[str]:
    """Return which sets were checked."""
    return [item["path"] for item in ran.json["sets"]]


def codes(ran: Ran) -> list[str]:
    """Return the codes found in the only set."""
    [only] = ran.json["sets"]
    return sorted({item["code"] for item in only["findings"]})


@pytest.mark.usefixtures("published")
def test_the_document() -> None:
    """The JSON has the documented keys in their order."""
    ran = validate("Seniors")

    assert ran.json == {
        "version": 1,
        "sets": [
            {
                "path": "csv/Seniors",
                "format": "v2",
                "valid": True,
                "files": {"orgs.csv": 1, "users.csv": 2, "classes.csv": 1, "enrollments.csv": 2},
                "suppressed": {},
                "findings": [
                    {
                        "code": "SDS304",
                        "rule": "unsafe-class-title",
                        "severity": "advice",
                        "file": "classes.csv",
                        "line": 2,
                        "column": "title",
                        "value": "9A/Ph1",
                        **{key: ran.json["sets"][0]["findings"][0][key] for key in ("message", "hint")},
                    }
                ],
            }
        ],
    }
    assert list(ran.json["sets"][0]) == ["path", "format", "valid", "files", "suppressed", "findings"]
    assert list(ran.json["sets"][0]["findings"][0]) == [
        "code",
        "rule",
        "severity",
        "file",
        "line",
        "column",
        "value",
        "message",
        "hint",
    ]
    assert (ran.exit_code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("targets", "checked"),
    [
        pytest.param([], ["csv/Prep", "csv/Seniors"], id="nothing: every profile"),
        pytest.param(["Seniors"], ["csv/Seniors"], id="a name"),
        pytest.param(["sENIORS"], ["csv/Seniors"], id="a name in another case"),
        pytest.param(["Prep", "Seniors"], ["csv/Prep", "csv/Seniors"], id="names"),
        pytest.param(["csv/Seniors"], ["csv/Seniors"], id="a path"),
        pytest.param(["./Seniors"], ["./Seniors"], id="a path that would be a name"),
        pytest.param(["elsewhere"], ["elsewhere"], id="no name: a folder"),
        pytest.param(["elsewhere/", "Prep"], ["elsewhere/", "csv/Prep"], id="a path and a name"),
    ],
)
def test_targets(published: Path, targets: list[str], checked: list[str]) -> None:
    """With a path separator it is a folder, else a name if there is one, else a folder."""
    for name in ("Seniors", "elsewhere"):
        (published / name).mkdir()
        for file in (published / "csv" / "Seniors").iterdir():
            (published / name / file.name).write_bytes(file.read_bytes())

    ran = validate(*targets)

    assert (ran.exit_code, paths(ran)) == (0, checked)


def test_the_format_of_a_folder_is_that_of_its_files(published: Path) -> None:
    """A name has the format of its settings, a folder that of its files, even when it is the output of a profile."""
    (published / "profiles.d" / "prep.toml").write_text(PREP.replace("v2.1", "v2"), encoding="utf-8")

    by_name, by_folder = validate("Prep"), validate("csv/Prep")

    assert [ran.json["sets"][0]["format"] for ran in (by_name, by_folder)] == ["v2", "v2.1"]
    assert (by_name.exit_code, by_folder.exit_code) == (1, 0)


@pytest.mark.parametrize("target", ["./set", "set"])
def test_no_installation_is_needed(here: Path, target: str) -> None:
    """Any folder can be checked where there is no settings file."""
    (here / "set").mkdir()
    (here / "set" / "classes.csv").write_text(STRANGE, encoding="utf-8", newline="")

    ran = validate(target)

    assert (ran.exit_code, ran.err, codes(ran)) == (1, "", ["SDS101", "SDS304"])


def test_wrong_settings_do_not_matter_to_a_folder(published: Path) -> None:
    """A folder is checked although the settings are wrong, unless they were asked for."""
    install(published, "wrong\n")

    folder = validate("./csv/Seniors")
    assert (folder.exit_code, [line["event"] for line in folder.logs()]) == (0, ["settings.ignored"])
    assert validate("./csv/Seniors", "--config", "sdssync.toml").exit_code == 2
    for target in (".", ".."):
        assert [line["event"] for line in validate(target).logs()] == ["settings.ignored"]
    assert validate("Seniors").exit_code == 2
    assert validate().exit_code == 2


@pytest.mark.parametrize("target", ["nowhere", "", " ", "x" * 300], ids=lambda target: target[:10])
def test_a_name_that_nobody_has(published: Path, target: str) -> None:
    """Neither name nor folder: the code of wrong usage, and a line that says so."""
    ran = validate("Seniors", target)

    assert (ran.exit_code, ran.out, ran.logs()[-1]["event"]) == (2, "", "command.failed")
    assert (published / "csv" / "Seniors").is_dir()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("target", ["./nowhere", "csv/Nursery", "sdssync.toml/"])
def test_a_folder_that_is_not_there(target: str, order: int) -> None:
    """It is reported, and the other sets are checked nevertheless."""
    ran = validate(*["./csv/Prep", target, "Seniors"][::order])

    assert (ran.exit_code, [line["event"] for line in ran.logs()]) == (2, ["set.failed"])
    assert paths(ran) == ["./csv/Prep", "csv/Seniors"][::order]


@needs_proc
def test_a_set_that_cannot_be_read(published: Path) -> None:
    """A file that cannot be read stops its set only."""
    users = published / "csv" / "Prep" / "users.csv"
    users.unlink()
    users.symlink_to("/proc/self/mem")  # opens, and cannot be read

    ran = validate()

    assert (ran.exit_code, [(line["event"], line["profile"]) for line in ran.logs()]) == (
        2, [("profile.failed", "Prep")]
    )  # fmt: skip
    assert paths(ran) == ["csv/Seniors"]


def test_nothing_published_yet(here: Path) -> None:
    """Without names a profile that has published nothing is named and passed over; asked for by name it is an error."""
    install(here, prep=PREP, seniors=SENIORS)

    everything, named = validate(), validate("seniors")

    assert (everything.exit_code, everything.json) == (0, {"version": 1, "sets": []})
    assert [(line["event"], line["profile"], line["reason"]) for line in everything.logs()] == [
        ("profile.skipped", "Prep", "nothing published yet"),
        ("profile.skipped", "Seniors", "nothing published yet"),
    ]
    assert (named.exit_code, paths(named)) == (1, [])
    assert [(line["event"], line["profile"], line["error"], line["exit_code"]) for line in named.logs()] == [
        ("profile.failed", "Seniors", "nothing published yet", 1)
    ]


@pytest.mark.parametrize(
    ("targets", "code", "event"),
    [
        pytest.param([], 2, "profile.failed", id="every profile"),
        pytest.param(["torn"], 2, "profile.failed", id="the wrong one"),
        pytest.param(["Seniors"], 0, "profile.passed_over", id="another one"),
        pytest.param(["./csv/Seniors"], 0, "profile.passed_over", id="a folder, which may be its own"),
    ],
)
def test_a_wrong_profile(published: Path, targets: list[str], code: int, event: str) -> None:
    """A wrong profile file is the caller's mistake if it was asked for, else a warning."""
    (published / "profiles.d" / "torn.toml").write_text("name =\n", encoding="utf-8")

    ran = validate(*targets)

    assert ran.exit_code == code
    assert [line["event"] for line in ran.logs()] == [event]
    assert len(paths(ran)) == {"[]": 2, "['torn']": 0}.get(str(targets), 1)


def _append(published: Path, row: bytes) -> None:
    """Add a row to the enrollments of the seniors."""
    enrollments = published / "csv" / "Seniors" / "enrollments.csv"
    enrollments.write_bytes(enrollments.read_bytes() + row + b"\r\n")


@pytest.mark.parametrize(
    ("options", "code", "found"),
    [
        pytest.param([], 1, ["SDS206", "SDS304"], id="all"),
        pytest.param(["--select", "SDS3"], 0, ["SDS304"], id="select by a beginning"),
        pytest.param(["--select", "SDS206,SDS304"], 1, ["SDS206", "SDS304"], id="select a list"),
        pytest.param(["--select", "SDS206", "--select", "SDS1"], 1, ["SDS206"], id="select twice"),
        pytest.param(["--ignore", "SDS206"], 0, ["SDS304"], id="ignore"),
        pytest.param(["--ignore", "SDS206", "--ignore", "SDS3"], 0, [], id="ignore twice"),
        pytest.param(["--select", "SDS2", "--ignore", "SDS206"], 0, [], id="select and ignore"),
        pytest.param(["--ignore", " SDS206 , SDS304 "], 0, [], id="blanks"),
    ],
)
def test_choice_of_rules(published: Path, options: list[str], code: int, found: list[str]) -> None:
    """What is not selected, or is ignored, neither shows nor counts."""
    _append(published, b"11,4711,student")

    ran = validate("csv/Seniors", *options)

    assert (ran.exit_code, codes(ran)) == (code, found)


def test_a_profile_chooses_rules(published: Path) -> None:
    """The profile's `[validate]` holds for its set, by name and by folder; the command line adds to what it ignores."""
    _append(published, b"11,4711,student")
    chosen = SENIORS + '[validate]\nselect = ["SDS2", "SDS3"]\nignore = ["SDS206"]\n'
    (published / "profiles.d" / "seniors.toml").write_text(chosen, encoding="utf-8")

    assert codes(validate("Seniors")) == ["SDS304"]
    assert codes(validate("csv/Seniors")) == ["SDS304"]
    assert codes(validate("Seniors", "--ignore", "SDS304")) == []
    assert codes(validate("Seniors", "--select", "SDS1")) == []
    assert validate("Seniors").exit_code == 0


def test_strict(published: Path) -> None:
    """With `--strict` a warning fails, too; advice does not."""
    assert command("validate", "Seniors", "--strict").exit_code == 0
    _append(published, b"11,7983000000501,student")  # a duplicate

    assert command("validate", "Seniors").exit_code == 0
    assert command("validate", "Seniors", "--strict").exit_code == 1


def test_strict_in_a_test_report(published: Path) -> None:
    """What makes the exit code 1 fails in the report that a CI server reads, too."""
    _append(published, b"11,7983000000501,student")  # a duplicate

    mild, strict = (command("validate", "Seniors", "--format", "junit", *more) for more in ((), ("--strict",)))

    assert (mild.exit_code, '<failure message="A row duplicates another row: 1 warning"' in mild.out) == (0, False)
    assert (strict.exit_code, '<failure message="A row duplicates another row: 1 warning"' in strict.out) == (1, True)
    assert 'failures="1"' in strict.out


def test_max_findings(published: Path) -> None:
    """Of more findings than wanted the rest is counted."""
    enrollments = published / "csv" / "Seniors" / "enrollments.csv"
    enrollments.write_bytes(enrollments.read_bytes() + b"".join(b"11,%d,student\r\n" % number for number in range(50)))

    ran = validate("Seniors", "--max-findings", "3")

    [only] = ran.json["sets"]
    assert (ran.exit_code, len(only["findings"])) == (1, 3)
    assert sum(only["unlisted"].values()) == 51 - 3


def test_names_are_judged_by_the_settings(published: Path) -> None:
    """With `include_names` a set of the profile without names is wrong; the same folder elsewhere is not."""
    install(published, SETTINGS.replace('name = "MySchool"', 'name = "MySchool"\ninclude_names = true'))
    elsewhere = published / "elsewhere"
    elsewhere.mkdir()
    for file in (published / "csv" / "Seniors").iterdir():
        (elsewhere / file.name).write_bytes(file.read_bytes())

    assert "SDS218" in codes(validate("Seniors"))
    assert "SDS218" in codes(validate("csv/Seniors"))
    assert "SDS218" not in codes(validate("./elsewhere"))


@pytest.mark.parametrize(("record", "found"), [("v2.1", True), ("v2", False)], ids=["same format", "another format"])
def test_files_are_compared_with_the_last_publication(published: Path, record: str, found: bool) -> None:
    """A file that was published last time and is missing now is reported, if the format is still the same."""
    file = published / "state" / "profiles" / "Prep" / "1" / "manifest.json"
    last = json.loads(file.read_text(encoding="utf-8"))
    last["format"] = record
    last["files"]["files"].append({"name": "courses.csv", "sha256": "", "rows": 0})
    file.write_text(json.dumps(last), encoding="utf-8")

    assert ("SDS109" in codes(validate("Prep"))) is found


def test_a_folder_in_another_format_than_published(published: Path) -> None:
    """A folder is judged in the format of its files, and that of the last publication is another."""
    shutil.rmtree(published / "csv" / "Seniors")
    shutil.copytree(published / "csv" / "Prep", published / "csv" / "Seniors")

    assert "SDS109" not in codes(validate("./csv/Seniors"))


def test_a_damaged_record_of_the_publication(published: Path) -> None:
    """It is reported, because a missing file would not be noticed."""
    (published / "state" / "profiles" / "Prep" / "1" / "manifest.json").write_text('{"', encoding="utf-8")

    ran = validate("Prep")

    assert (ran.exit_code, [line["event"] for line in ran.logs()]) == (0, ["state.ignored"])


def test_settings_that_are_named_must_be_there(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file that the variable names is no guess: without it nothing is checked."""
    monkeypatch.setenv("SDSSYNC_CONFIG", str(published / "nowhere.toml"))

    assert [validate(target).exit_code for target in ("csv", "./csv/Seniors")] == [2, 2]


@needs_root
@pytest.mark.parametrize("place", ["csv/Seniors", "csv"])
@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_folder_that_may_not_be_entered(mode: int, place: str) -> None:
    """It is a line and a code, whatever the account may not do with the folder or the one above."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        here.chmod(0o755)
        install(here, seniors=SENIORS)
        (here / "csv" / "Seniors").mkdir(parents=True)
        (here / "csv" / "Seniors" / "users.csv").write_text(STRANGE, encoding="utf-8")
        (here / place).chmod(mode)
        arguments = ["validate", "--config", str(here / "sdssync.toml")]
        command(*arguments)  # loads every module while that may be done

        codes_of_nobody = as_nobody(lambda: [int(command(*arguments, *target).exit_code) for target in
                                             ([], ["Seniors"], [f"{here}/csv/Seniors"])])  # fmt: skip

    assert set(codes_of_nobody) <= {1, 2}


@pytest.mark.parametrize("output", ["text", "json", "github", "sarif", "junit"])
def test_formats(published: Path, output: str) -> None:
    """Every format is printed whole on stdout, whatever is found, with the same code."""
    _append(published, b"11,4711,student")

    ran = command("validate", "Seniors", "--format", output)

    assert (ran.exit_code, ran.err) == (1, "")
    assert "SDS206" in ran.out
    assert ran.out.endswith("\n")


def test_the_lock_and_the_files_are_left_alone(published: Path) -> None:
    """Checking writes nothing."""
    before = {path: path.stat().st_mtime_ns for path in published.rglob("*")}

    assert command("validate").exit_code == 0

    assert {path: path.stat().st_mtime_ns for path in published.rglob("*")} == before


def test_a_name_where_there_are_no_settings(here: Path) -> None:
    """Without settings a target can only be a folder, and the message says why it is not taken as a profile."""
    ran = command("validate", "Seniors")

    [line] = ran.logs("command.failed")
    assert ran.exit_code == 2
    assert line["error"] == 'there is no folder "Seniors" here, and no sdssync.toml that could have such a profile'
    assert list(here.iterdir()) == []
