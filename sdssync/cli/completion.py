"""Completion of command lines: click knows bash, zsh and fish; PowerShell is added here."""

import os
from enum import StrEnum

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

PROGRAM = "sdssync"
VARIABLE = "_SDSSYNC_COMPLETE"
"""The environment variable by which a shell asks for completions; click takes it before any command runs."""


class Shell(StrEnum):
    """The shells for which there is a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Completion for Windows PowerShell and PowerShell 7, whose words arrive one on each line of COMP_WORDS."""

    name = "powershell"
    source_template = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $env:COMP_WORDS = ($words | ForEach-Object { $_.Extent.Text }) -join "`n"
    $env:COMP_CWORD = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s -ErrorAction Ignore
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being typed, and that one."""
        words = os.environ.get("COMP_WORDS", "").splitlines()[1:]
        incomplete = os.environ.get("COMP_CWORD", "")
        if incomplete and words and words[-1] == incomplete:
            words.pop()
        return words, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line: the value, a tab, and the text of a tooltip, which PowerShell does not allow to be empty."""
        return f"{item.value}\t{item.help or item.value}"


_CLASSES: dict[Shell, type[ShellComplete]] = {
    Shell.BASH: BashComplete,
    Shell.ZSH: ZshComplete,
    Shell.FISH: FishComplete,
    Shell.POWERSHELL: PowerShellComplete,
}


def script(cli: click.Command, shell: Shell) -> str:
    """Return the script that a shell has to load."""
    return _CLASSES[shell](cli, {}, PROGRAM, VARIABLE).source()
