"""Completion: a script for each shell, and the answers that the shells get; no settings are read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sdssync.cli.completion import Shell
from tests.support.runs import command


def completions(shell: str, folder: Path, line: str) -> list[str]:
    """Ask the program as the script of a shell does, for the last word of a line; return the values."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "fish": {"COMP_WORDS": line, "COMP_CWORD": words[-1]},
        "powershell": {"COMP_WORDS": "\n".join(filter(None, words)), "COMP_CWORD": words[-1]},
    }[shell]
    environment = os.environ | asked | {"_SDSSYNC_COMPLETE": f"{shell}_complete", "SDSSYNC_CONFIG": "nowhere.toml"}
    done = subprocess.run(
        [sys.executable, "-m", "sdssync"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    if shell == "zsh":
        return lines[1::3]
    if shell == "fish":
        return (
            lines[1::3]
            if lines and "," not in lines[0] and "\t" not in lines[0]
            else [text.partition(",")[2].partition("\t")[0] for text in lines]
        )
    return [text.partition(",")[2] if shell == "bash" else text.partition("\t")[0] for text in lines]


@pytest.mark.parametrize("shell", list(Shell))
def test_every_shell_has_a_script(shell: str) -> None:
    """The script goes to stdout and asks the program by its environment variable."""
    ran = command("completion", shell)

    assert ran.exit_code == 0
    assert "_SDSSYNC_COMPLETE" in ran.out
    assert f"{shell}_complete" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize("shell", list(Shell))
def test_commands_are_completed(shell: str, here: Path) -> None:
    """The beginning of a command gets the commands that begin so."""
    assert completions(shell, here, "sdssync run") == ["run-all", "run"]


@pytest.mark.slow
@pytest.mark.parametrize("shell", list(Shell))
def test_options_are_completed(shell: str, here: Path) -> None:
    """The beginning of an option gets the options of the command, the common ones too."""
    assert completions(shell, here, "sdssync run-all --d") == ["--dry-run"]
    assert completions(shell, here, "sdssync run-all --log-f") == ["--log-format", "--log-file"]


@pytest.mark.slow
@pytest.mark.parametrize("shell", list(Shell))
def test_values_are_completed(shell: str, here: Path) -> None:
    """An option with a list of values gets these values."""
    assert completions(shell, here, "sdssync validate --format s") == ["sarif"]


def test_an_unknown_shell() -> None:
    """A shell without a script is a mistake on the command line."""
    assert command("completion", "tcsh").exit_code == 2
