"""The log: one JSON object on a line, the id of the run, levels, the file and its rotation, text for terminals."""

import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sdssync
from sdssync.log import events
from sdssync.log.options import LogOptions
from sdssync.log.setup import logging_to
from tests.support.needs import needs_chattr
from tests.support.runs import command, read_logs

EVENT = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
PAST = {"held", "set", "broke", "left", "read"}
METHODS = {"debug", "info", "warning", "error", "failed", "interrupted", "crashed"}
LIMIT = 10_000_000


def events_of_the_code() -> set[str]:
    """Find the first argument of every call that logs."""
    found = set()
    for file in Path(sdssync.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            first = node.args[0]
            if node.func.attr in METHODS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_events_are_a_noun_and_a_past_verb() -> None:
    """Every event is a constant with the same form of name, so that an alarm can be set on it."""
    events = events_of_the_code()

    assert {"run.started", "run.finished", "profile.published", "command.crashed"} <= events
    assert [event for event in sorted(events) if not EVENT.fullmatch(event)] == []
    verbs = {event: event.partition(".")[2].partition("_")[0] for event in events}
    assert [event for event, verb in sorted(verbs.items()) if not verb.endswith("ed") and verb not in PAST] == []


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("arguments", ["run-all", "run-all --dry-run", "run Seniors", "subjects", "run Nursery"])
def test_every_line(arguments: str) -> None:
    """Each line begins with time in UTC, level, event and the run that the result names."""
    ran = command("-v", *arguments.split(), "--format", "json")

    lines = read_logs(ran.err)
    assert lines
    assert all(list(line)[:4] == ["timestamp", "level", "event", "run_id"] for line in lines)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["timestamp"]) for line in lines)
    assert {line["level"] for line in lines} <= {"debug", "info", "warning", "error"}
    [run_id] = {line["run_id"] for line in lines}
    assert re.fullmatch("[0-9a-f]{16}", run_id)
    if "run-all" in arguments:
        assert ran.json["run_id"] == run_id


@pytest.mark.usefixtures("school")
def test_runs_differ() -> None:
    """Each run has its own id."""
    ids = {command("run-all", "--format", "json").json["run_id"] for _ in range(3)}

    assert len(ids) == 3


@pytest.mark.parametrize(
    ("options", "on_stderr", "in_file"),
    [
        pytest.param([], {"info"}, {"info"}, id="default"),
        pytest.param(["-v"], {"debug", "info"}, {"info"}, id="verbose"),
        pytest.param(["-q"], set(), {"info"}, id="quiet"),
    ],
)
def test_levels(school: Path, options: list[str], on_stderr: set[str], in_file: set[str]) -> None:
    """`-v` and `-q` change stderr only; the file always has the same lines."""
    ran = command(*options, "run-all", "--log-file", "night.log")

    file = read_logs((school / "night.log").read_text(encoding="utf-8"))
    assert {line["level"] for line in read_logs(ran.err)} == on_stderr
    assert {line["level"] for line in file} == in_file


def test_quiet_shows_what_is_wrong(school: Path) -> None:
    """Warnings and errors are shown even with `-q`."""
    (school / "profiles.d" / "torn.toml").write_text("name =\n", encoding="utf-8")

    ran = command("-q", "run-all")

    assert [(line["level"], line["event"]) for line in read_logs(ran.err)] == [("error", "profile.failed")]


def test_the_file_is_appended_to(school: Path) -> None:
    """A log file is JSON whatever stderr is, and each run appends to it."""
    log = school / "night.log"

    first = command("run-all", "--log-file", log, "--log-format", "console")
    second = command("run-all", "--log-file", log, "--log-format", "json")

    lines = log.read_text(encoding="utf-8").splitlines()
    count = len(second.err.splitlines())
    assert "[info     ] run.started" in first.err
    assert lines[-count:] == second.err.splitlines()
    assert [line["event"] for line in read_logs("\n".join(lines))].count("run.finished") == 2


def test_a_mistyped_folder_is_noticed(school: Path) -> None:
    """The folder of the log file must exist: a log that is not where one looks for it is no log."""
    ran = command("run-all", "--log-file", school / "lgos" / "night.log")

    [line] = ran.logs("log.failed")
    assert (ran.exit_code, line["hint"]) == (6, "create the folder, or correct the path")
    assert line["error"].endswith(f"there is no folder {school / 'lgos'}")
    assert not (school / "lgos").exists()
    assert not (school / "csv").exists()


def test_rotation(school: Path) -> None:
    """At ten million bytes a file is renamed; five are kept."""
    log = school / "night.log"
    log.write_text("x" * (LIMIT - 300) + "\n", encoding="utf-8")
    for number in range(1, 6):
        log.with_name(f"night.log.{number}").write_text(str(number), encoding="utf-8")

    ran = command("run-all", "--log-file", log)

    kept = {path.name: path.read_text(encoding="utf-8") for path in sorted(school.glob("night.log*"))}
    aside = kept["night.log.1"].splitlines()[1:]
    assert list(kept) == ["night.log", *(f"night.log.{number}" for number in range(1, 6))]
    assert aside + kept["night.log"].splitlines() == ran.err.splitlines()
    assert aside
    assert kept["night.log"]
    assert len(kept["night.log.1"]) <= LIMIT
    assert [kept[f"night.log.{number}"] for number in range(2, 6)] == ["1", "2", "3", "4"]


def rotate(file: Path) -> str:
    """Write a line that no longer fits, so that the file is rotated before it; return what was in the file."""
    full = f"{time.monotonic_ns()}{'x' * LIMIT}\n"
    file.write_text(full, encoding="utf-8")
    with logging_to(LogOptions(file=file), "a1"):
        events.log().info("profile.selected")
    return full


def test_rotation_passes_by_what_cannot_be_renamed(tmp_path: Path) -> None:
    """A folder, or a file that another program has open, keeps its number; of the others only the oldest is lost."""
    log = tmp_path / "night.log"
    log.with_name("night.log.2").mkdir()

    full = [rotate(log) for _ in range(6)]

    kept = [log.with_name(f"night.log.{number}") for number in (1, 3, 4, 5)]
    assert [path.read_text(encoding="utf-8") for path in kept] == full[:1:-1]
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1


def test_rotation_without_any_number_left(tmp_path: Path) -> None:
    """If the full file can get no number, the log continues in it, and nothing is lost."""
    log = tmp_path / "night.log"
    for number in range(1, 6):
        log.with_name(f"night.log.{number}").mkdir()

    full = rotate(log)

    assert log.read_text(encoding="utf-8").startswith(full)
    assert len(log.read_text(encoding="utf-8").splitlines()) == 2


@needs_chattr
def test_a_full_file_that_another_program_has_open(school: Path) -> None:
    """While the full file cannot be renamed, the older ones stay as they are."""
    log = school / "night.log"
    log.write_text("x" * LIMIT + "\n", encoding="utf-8")
    for number in range(1, 6):
        log.with_name(f"night.log.{number}").write_text(str(number), encoding="utf-8")
    subprocess.run(["chattr", "+a", log], check=True)

    try:
        ran = command("run-all", "--log-file", log)
    finally:
        subprocess.run(["chattr", "-a", log], check=True)

    assert log.read_text(encoding="utf-8").splitlines()[1:] == ran.err.splitlines()
    assert [log.with_name(f"night.log.{number}").read_text(encoding="utf-8") for number in range(1, 6)] == list("12345")


@pytest.mark.parametrize(
    "arguments",
    [
        ["run-all", "--todya", "2026-01-01", "--log-file", "night.log"],
        ["--log-file=night.log", "run-all", "--nope"],
        ["--log-file", "night.log", "run-all", "head@school.example"],
        ["nonsense", "--log-file", "night.log", "--log-format", "json"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_in_the_file(school: Path, arguments: list[str]) -> None:
    """No one reads the stderr of a scheduled task with a typo, so the mistake is in its file."""
    ran = command(*arguments)

    [line] = read_logs((school / "night.log").read_text(encoding="utf-8"))
    assert (ran.exit_code, line["event"], line["exit_code"]) == (2, "command.failed", 2)
    assert read_logs(ran.err) == [line]


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    "arguments",
    [
        ["rule", "head@school.example"],
        ["validate", "--select", "head@school.example"],
        ["validate", "./head@school.example"],
        ["--config", "head@school.example/sdssync.toml", "profiles"],
        ["run-all", "--today", "head@school.example"],
        ["new", "x", "--years", "head@school.example"],
    ],
    ids=" ".join,
)
def test_addresses_on_a_command_line(arguments: list[str]) -> None:
    """No log line contains an address, whatever was typed."""
    ran = command(*arguments)

    assert ran.exit_code == 2
    assert "head@" not in ran.err


def test_an_address_in_a_template(school: Path) -> None:
    """No log line repeats an address from a profile that has it where it does not belong."""
    profile = 'output = "csv/A"\ntitle = "{head@school.example}"\n'
    (school / "profiles.d" / "seniors.toml").write_text(profile, encoding="utf-8")

    ran = command("run-all")

    assert (ran.exit_code, "head@" in ran.err) == (2, False)


def test_a_report_of_mistakes_can_be_read(school: Path) -> None:
    """On a terminal the lines of a report are below the event; in JSON they are in one value."""
    (school / "profiles.d" / "torn.toml").write_text("colour = 1\nyear_groups = 7\n", encoding="utf-8")
    options = ["-q", "run", "torn", "--log-format"]

    text = command(*options, "console").err
    json_lines = command(*options, "json").err

    head, *below = text.splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[error    ] profile.failed +run_id=[0-9a-f]{16} profile=torn exit_code=2",
        head,
    )
    known = (
        "name, format, year_groups, suffix, output, expires, title, class_id, parity, org, subjects, teachers,"
        " classes, groups, validate, safety, upload"
    )
    assert below == [
        "    profiles.d/torn.toml has 3 mistakes",
        "      year_groups: expected a list in square brackets, found 7",
        f"      colour: unknown key (allowed: {known})",
        "      output: required, but missing",
    ]
    [line] = read_logs(json_lines)
    assert line["error"].splitlines() == [text[4:] for text in below]


def test_a_hint_has_its_own_line(school: Path) -> None:
    """On a terminal the hint is on its own line."""
    (school / "hartley.xml").unlink()

    text = command("subjects", "--log-format", "console").err

    error, hint = text.splitlines()[1:]
    assert error.startswith(f"    the document that isams.file names cannot be read: {school / 'hartley.xml'}: ")
    assert hint == "    hint: a relative path counts from the folder of sdssync.toml"


def test_other_libraries_do_not_log(tmp_path: Path) -> None:
    """The warnings of a library go nowhere: they may contain a URL with the key."""
    code = (
        "import logging\nfrom sdssync.log import setup\nfrom sdssync.log.options import LogOptions\n"
        "with setup.logging_to(LogOptions(level=logging.DEBUG), 'f00'):\n"
        "    logging.getLogger('urllib3.connectionpool').warning('apiKey=secret')\n"
        "    logging.getLogger('another').critical('apiKey=secret')\n"
    )

    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True)

    assert (ran.stdout, ran.stderr) == (b"", b"")
