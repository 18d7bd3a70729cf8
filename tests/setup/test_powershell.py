"""PowerShell's own answers for lines that call the script, and what else its language allows there."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.setup.powershell.host import Found, find_in_command_line, find_in_text
from sdssync.setup.powershell.nodes import PowerShellError, UnknownError
from tests.support.golden import FIXTURES

pytestmark = pytest.mark.portable

ANSWERS = json.loads((FIXTURES / "script" / "command-lines.json").read_bytes())
"""What PowerShell 7.6 bound for each text after -Command, or why it did not run the script."""

SCRIPT = r"C:\SDS\iSAMS-SDS.ps1"
CSV = {"CSVPath": r"C:\CSV"}


def calls(text: str) -> list[dict[str, Any]]:
    """Return what a text of PowerShell binds."""
    return [dict(call.bound) for call in find_in_text(text).calls]


def refused(text: str) -> PowerShellError:
    """Return the error for a text."""
    with pytest.raises(PowerShellError) as caught:
        find_in_text(text)
    return caught.value


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["line"])
def test_the_answers_of_powershell(answer: dict[str, Any]) -> None:
    """A line has the calls of PowerShell, or is refused for its reason; what it cannot read also at its place."""
    if answer["error"] is None:
        assert calls(answer["line"]) == answer["calls"]
        return
    error = refused(answer["line"])

    assert answer["error"] in {error.reason, f"parse: {error.reason} at {error.place}"}


@pytest.mark.parametrize(
    ("arguments", "bound"),
    [
        pytest.param("-YearGroups @(7;8)", {"YearGroups": ["7", "8"]}, id="semicolons in a list"),
        pytest.param("-YearGroups @(7\n8)", {"YearGroups": ["7", "8"]}, id="lines in a list"),
        pytest.param("-YearGroups (7..8 + 11)", {"YearGroups": ["7", "8", "11"]}, id="a range and a year"),
        pytest.param("-YearGroups (9..7)", {"YearGroups": ["9", "8", "7"]}, id="a range downwards"),
        pytest.param("-YearGroups ([int[]]('7','8'))", {"YearGroups": ["7", "8"]}, id="a typed list"),
        pytest.param("-YearGroups $(7,8)", {"YearGroups": ["7", "8"]}, id="a subexpression"),
        pytest.param("-YearGroups 07", {"YearGroups": ["07"]}, id="a number is what was written"),
        pytest.param("-YearGroups 07,8", {"YearGroups": ["7", "8"]}, id="a number in a list is a number"),
        pytest.param("-YearGroups ('7,8' -split ',')", {"YearGroups": ["7", "8"]}, id="a text that is split"),
        pytest.param("-YearGroups:(7..8)", {"YearGroups": ["7", "8"]}, id="a colon before parentheses"),
        pytest.param("-YearGroups 7 ,8", {"YearGroups": ["7", "8"]}, id="a blank before a comma"),
        pytest.param("-Suffix _'20 20'", {"Suffix": "_20 20"}, id="quotes within a word"),
        pytest.param("-Suffix _$(2020 + 1)_21", {"Suffix": "_2021_21"}, id="a calculation in a word"),
        pytest.param("-Suffix ('_{0}_{1:00}' -f 2020, 7)", {"Suffix": "_2020_07"}, id="a format"),
        pytest.param("-Suffix ('a','b' -join '-')", {"Suffix": "a-b"}, id="texts that are joined"),
        pytest.param("-Suffix a`tb", {"Suffix": "a\tb"}, id="an escape"),
        pytest.param("-Suffix @'\na 'b'\n'@", {"Suffix": "a 'b'"}, id="a text of several lines"),
        pytest.param("-Suffix $null", {"Suffix": ""}, id="no text"),
        pytest.param("-Suffix -a -YearGroups 7", {"Suffix": "-a", "YearGroups": ["7"]}, id="a value like a name"),
        pytest.param("-Suffix: _x", {"Suffix": "_x"}, id="a blank after a colon"),
        pytest.param("-SkipDownload:0", {"SkipDownload": False}, id="a number for a switch"),
        pytest.param("-I 52", {"IncludedSubjects": ["52"]}, id="the script goes before what PowerShell adds"),
        pytest.param("-YearGroups(7..8)", {"YearGroups": ["7", "8"]}, id="no blank before parentheses"),
        pytest.param("-YearGroups 7.0,8", {"YearGroups": ["7", "8"]}, id="a decimal"),
        pytest.param("-YearGroups @(7 -1)", {"YearGroups": ["6"]}, id="a difference"),
        pytest.param("-Suffix 2020/21", {"Suffix": "2020/21"}, id="a number and more"),
        pytest.param("-Suffix 1kb", {"Suffix": "1kb"}, id="a number with a unit is what was written"),
        pytest.param("--", {}, id="two dashes"),
        pytest.param("-Suffix _#1", {"Suffix": "_#1"}, id="a hash within a word"),
        pytest.param("-Suffix {x}", {"Suffix": "x"}, id="braces"),
        pytest.param("-Suffix ('_' * 3)", {"Suffix": "___"}, id="a text that is repeated"),
        pytest.param("-Suffix ('2020-21' -replace '-','_')", {"Suffix": "2020_21"}, id="a text that is replaced"),
        pytest.param("-Suffix ([string]2020 + '_21')", {"Suffix": "2020_21"}, id="a number as a text"),
        pytest.param("-ea 0", {"ErrorAction": "SilentlyContinue"}, id="a short name and a number of an action"),
        pytest.param("<# never #> -Su _x # nightly", {"Suffix": "_x"}, id="comments"),
        pytest.param("> C:\\log.txt 2>&1", {}, id="redirections"),
        pytest.param("*>> 'C:\\a log.txt' | Tee-Object x", {}, id="redirections and a pipe"),
    ],
)
def test_arguments(arguments: str, bound: dict[str, Any]) -> None:
    """What PowerShell makes of further spellings."""
    assert calls(f"& '{SCRIPT}' -CSVPath C:\\CSV {arguments}") == [CSV | bound]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(f"& {{ & '{SCRIPT}' -CSVPath C:\\CSV; exit $LASTEXITCODE }}", 1, id="braces that are called"),
        pytest.param(f"try {{ & '{SCRIPT}' -C C:\\CSV }} catch {{ exit 1 }} finally {{ 'x' }}", 1, id="try"),
        pytest.param(f"$x = & '{SCRIPT}' -C C:\\CSV", 1, id="its output is kept"),
        pytest.param(f"[void](& '{SCRIPT}' -C C:\\CSV)", 1, id="its output is dropped"),
        pytest.param(f"& '{SCRIPT}' -C C:\\CSV && & '{SCRIPT}' -C C:\\D", 2, id="two ampersands"),
        pytest.param(f"exit 0; & '{SCRIPT}' -C C:\\CSV", 0, id="after the end"),
        pytest.param(f"& '{SCRIPT}' -C C:\\CSV; if ($?) {{ 'ok' }} else {{ exit 1 }}", 1, id="a condition after it"),
        pytest.param(f"$x = 5 -gt 3; 'a' - 1; & '{SCRIPT}' -C C:\\CSV", 1, id="what is not needed need not be known"),
        pytest.param(f"Invoke-Expression \"& '{SCRIPT}' -C C:\\CSV\"", 1, id="a text that is run"),
        pytest.param("$d = 'C:\\SDS'; & \"$d\\iSAMS-SDS.ps1\" -C $d\\CSV", 1, id="a known folder"),
        pytest.param('& "$PSScriptRoot\\iSAMS-SDS.ps1" -C C:\\CSV', 1, id="its folder does not matter"),
        pytest.param("& 'C:\\SDS\\nightly sync.ps1' -CSVPath C:\\CSV", 1, id="it has another name"),
        pytest.param(f"Start-Transcript C:\\isams-sds-c.log -Append; & '{SCRIPT}' -C C:\\CSV", 1, id="a log"),
        pytest.param(f"Unblock-File {SCRIPT}; & '{SCRIPT}' -C C:\\CSV", 1, id="another command"),
        pytest.param("$s = '_a'; $s += '_b'; .\\iSAMS-SDS.ps1 -C C:\\CSV -Su $s", 1, id="a variable that grows"),
    ],
)
def test_statements(text: str, count: int) -> None:
    """The calls that are made are found, and no others."""
    assert len(calls(text)) == count


@pytest.mark.parametrize(
    ("text", "reason", "at"),
    [
        pytest.param("-YearGroups @(7 8)", "UnexpectedToken", "8)", id="blanks in a list"),
        pytest.param("-YearGroups [int[]](7,8)", "PositionalParameterNotFound", "(7,8)", id="a type in an argument"),
        pytest.param("-YearGroups (7..9,11)", "RuntimeException", "..9", id="a range to a list"),
        pytest.param("-Suffix '_'2020", "PositionalParameterNotFound", "2020", id="something after quotes"),
        pytest.param("-Suffix @('x')", "ParameterArgumentTransformationError", "@('x')", id="a list for a text"),
        pytest.param("-Suffix -y", "MissingArgument", "-Suffix", id="the name of a parameter for a text"),
        pytest.param("-ErrorAction No", "CannotConvertArgumentNoMessage", "No", id="an unknown action"),
        pytest.param("-SkipDownload:'yes'", "ParameterArgumentTransformationError", "'yes'", id="a text for a switch"),
        pytest.param("-Suffix (Get-Date -Format yyyy)", "Unknown", "Get-Date", id="the date"),
        pytest.param('-Suffix "_$(Get-Date -f yy)"', "Unknown", "Get-Date", id="the date in a text"),
        pytest.param("-Suffix $suffix", "Unknown", "$suffix", id="a variable from elsewhere"),
        pytest.param("-Suffix $env:SUFFIX", "Unknown", "$env", id="the environment"),
        pytest.param("-Suffix 'a'.ToUpper()", "Unknown", ".ToUpper", id="a method"),
    ],
)
def test_refusals(text: str, reason: str, at: str) -> None:
    """What PowerShell refuses, and what is known only when the line runs, is refused with its place."""
    line = f"& '{SCRIPT}' -CSVPath C:\\CSV {text}"

    error = refused(line)

    assert (error.reason, line[error.place :][: len(at)], error.text) == (reason, at, line)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"foreach ($y in 7,8) {{ & '{SCRIPT}' -CSVPath C:\\CSV -Y $y }}", id="foreach"),
        pytest.param(f"7,8 | % {{ & '{SCRIPT}' -CSVPath C:\\CSV -Y $_ }}", id="for each of a pipe"),
        pytest.param(f"Start-Process powershell '-File {SCRIPT} -CSVPath C:\\CSV'", id="a process"),
        pytest.param(
            f"$s = '_a'; if (1) {{ $s = '_b' }}; & '{SCRIPT}' -C C:\\CSV -Su $s", id="a variable that may change"
        ),
        pytest.param("& $script -CSVPath C:\\CSV", id="an unknown command"),
        pytest.param(f"$p = @{{CSVPath = 'C:\\C'}}; if (1) {{ & '{SCRIPT}' @p }}", id="a table in a condition"),
        pytest.param(f"Invoke-Command -ScriptBlock {{ & '{SCRIPT}' -C C:\\CSV }}", id="braces for a command"),
    ],
)
def test_what_decides_when_it_runs(text: str) -> None:
    """A call of which it is not known whether or how it is made is refused."""
    assert isinstance(refused(text), UnknownError)


@pytest.mark.parametrize("text", ["(" * 5000, "@(" * 5000, "{" * 5000, '"$(' * 5000])
def test_too_deep(text: str) -> None:
    """Text that is nested without end is refused."""
    assert refused(text).reason == "ParserError"


@pytest.mark.parametrize("find", [find_in_text, find_in_command_line])
def test_hosts_in_hosts(find: Callable[[str], Found]) -> None:
    """PowerShell may start itself some times; a line with a thousand is refused before the rest of it is read."""
    few = "powershell " * 5 + f"-File {SCRIPT} -CSVPath C:\\CSV"
    many = "powershell " * 1000 + f"-File {SCRIPT} -CSVPath C:\\CSV"

    assert [call.bound["CSVPath"] for call in find(few).calls] == ["C:\\CSV"]
    with pytest.raises(PowerShellError) as caught:
        find(many)

    assert (caught.value.message, caught.value.place) == ("the line is nested too deeply", 0)
    assert str(caught.value.text).count("powershell") > 980


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$a = 'ab';" + "$a += $a;" * 60 + f"& '{SCRIPT}' -C $a", id="a text"),
        pytest.param("$a = 1, 2;" + "$a += $a;" * 60 + f"& '{SCRIPT}' -C C:\\C -Y $a", id="a list"),
        pytest.param("$a = 'ab';" + '$a = "$a$a";' * 60 + f"& '{SCRIPT}' -C $a", id="a text in a text"),
        pytest.param(f"& '{SCRIPT}' -C C:\\C -Y (1..999999999)", id="a range"),
        pytest.param("$x = 'iex $x; iex $x'; iex $x", id="texts that are run"),
    ],
)
def test_too_much(text: str) -> None:
    """A line that would fill the memory is refused in no time."""
    assert refused(text).reason in {"RuntimeException", "Unknown"}


ENCODED = base64.b64encode(f"& '{SCRIPT}' -CSVPath C:\\CSV".encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        pytest.param(f"powershell.exe -Command \"& '{SCRIPT}' -CSVPath C:\\CSV\"", CSV, id="command"),
        pytest.param(f"powershell -NoP -ep Bypass -c & '{SCRIPT}' -CSVPath C:\\CSV", CSV, id="without quotes"),
        pytest.param(f"powershell \"& '{SCRIPT}' -CSVPath C:\\CSV\"", CSV, id="without a switch"),
        pytest.param(f"pwsh {SCRIPT} -CSVPath C:\\CSV", CSV, id="pwsh takes a file"),
        pytest.param(f"powershell /NoLogo –Command {SCRIPT} –CSVPath C:\\CSV", CSV, id="other dashes"),
        pytest.param(f"pwsh.exe -w hidden -e {ENCODED}", CSV, id="encoded"),
        pytest.param(f'powershell -c "& \\"{SCRIPT}\\" -CSVPath \\"C:\\CSV\\""', CSV, id="quotes after backslashes"),
        pytest.param(f'powershell -c "& ""{SCRIPT}"" -CSVPath ""C:\\CSV"""', CSV, id="doubled quotes"),
        pytest.param(f'powershell -c "& """{SCRIPT}""" -CSVPath C:\\CSV"', CSV, id="tripled quotes"),
        pytest.param(f'"C:\\Windows\\powershell.exe" -File "{SCRIPT}" -CSVPath "C:\\CSV"', CSV, id="a file"),
        pytest.param(
            f"powershell -f {SCRIPT} -CSVPath C:\\CSV -YearGroups 7,8 -SkipDownload:$true",
            CSV | {"YearGroups": ["7,8"], "SkipDownload": True},
            id="a file evaluates nothing",
        ),
        pytest.param(f'cmd.exe /c "powershell -c "& \'{SCRIPT}\' -CSVPath C:\\CSV" >> C:\\l 2>&1"', CSV, id="cmd"),
        pytest.param(f"cmd /c powershell -File {SCRIPT} -CSVPath C:\\CSV > C:\\log", CSV, id="cmd and a file"),
        pytest.param(f'start "" /wait powershell -File {SCRIPT} -CSVPath C:\\CSV', CSV, id="start"),
    ],
)
def test_command_lines(line: str, bound: dict[str, Any]) -> None:
    """What Windows and the program of PowerShell make of a command line."""
    assert [dict(call.bound) for call in find_in_command_line(line).calls] == [bound]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(f"powershell -File '{SCRIPT}' -CSVPath C:\\CSV", "FileNotFound", id="single quotes"),
        pytest.param(f"powershell -File {SCRIPT} -CSVPath C:\\C -Y 7 8", "PositionalParameterNotFound", id="a list"),
        pytest.param(f"powershell -File {SCRIPT} -CSVPath", "MissingArgument", id="no value"),
        pytest.param(f"powershell -c \"{{& '{SCRIPT}' -CSVPath C:\\CSV}}\"", "NotRun", id="braces that are not called"),
        pytest.param(f"powershell -c \"& '{SCRIPT}' -CSVPath %TEMP%\\CSV\"", "Unknown", id="a variable of Windows"),
        pytest.param(f"powershell -c '& {SCRIPT} -CSVPath C:\\CSV'", "NotRun", id="single quotes around all"),
        pytest.param(
            f"powershell -c C:\\My {SCRIPT} -CSVPath C:\\C", "CommandNotFoundException", id="a path with a blank"
        ),
        pytest.param("powershell -Command -", "Unknown", id="standard input"),
        pytest.param("powershell -e ####", "EncodedCommand", id="not Base64"),
    ],
)
def test_command_lines_that_are_refused(line: str, reason: str) -> None:
    """A command line that does not run the script is refused."""
    with pytest.raises(PowerShellError) as caught:
        find_in_command_line(line)

    assert caught.value.reason == reason
    assert caught.value.text is not None


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    answer=st.sampled_from(ANSWERS),
    pieces=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 3),
            st.sampled_from([*"'\"`$@(){}[],;|&-.:#<>=+\n 07aY%–”", "@(", "..", "$("]),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_damaged_lines(answer: dict[str, Any], pieces: list[tuple[float, int, str]]) -> None:
    """Whatever is done to a line, it is read or refused at a place."""
    line = answer["line"]
    for share, removed, added in pieces:
        at = int(share * len(line))
        line = line[:at] + added + line[at + removed :]
    refusals: list[PowerShellError] = []
    for find in (find_in_text, find_in_command_line):
        try:
            find(line)
        except PowerShellError as error:
            refusals.append(error)

    assert [error.reason for error in refusals if not 0 <= error.place <= len(error.text or "") + 1] == []
