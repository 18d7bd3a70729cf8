"""
Split a command line of Windows into its program and its arguments, as programs do that PowerShell is built with.

A quote begins and ends a part in which blanks count; two of them in such a part are one, and so is one after a
backslash.
"""

import re
from collections.abc import Iterator
from pathlib import PureWindowsPath

_PROGRAM = re.compile(r'\s*(?:"([^"]*)"|([^\s"]+))\s*')
_BACKSLASHES = re.compile(r'(\\*)"')
_SEPARATOR = re.compile(
    r'\s*(?:&&?|\|\||;)\s*(?=(?:"[^"]*[\\/]|[^\s"&|;]*[\\/])?(?:powershell|pwsh|cmd)(?:\.exe)?"?\s)', re.IGNORECASE
)
_REDIRECTION = re.compile(r"\s*[12]?>(?:&[12]|>?\s*(?:\"[^\"]*\"|[^\s\"]+))\s*$")
_STARTER = re.compile(r'\s*@?\s*(?:(?:call|start(?:\s+"[^"]*")?(?:\s+/\w+)*)\s+)?', re.IGNORECASE)
_SHELL = re.compile(r"\s*(?:/[a-bd-jl-z]\S*\s+)*/[ck]\s*(.*)", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"%(?:[A-Za-z_][\w()]*%|~\w+)")


def program_and_arguments(line: str) -> tuple[str, str]:
    """Return the program of a command line without quotes, and the rest as it is written."""
    match = _PROGRAM.match(line)
    return (match[1] or match[2] or "", line[match.end() :]) if match else ("", "")


def is_host(program: str) -> bool:
    """Return True if a program is PowerShell."""
    return _program_name(program) in {"powershell", "pwsh"}


def is_shell(program: str) -> bool:
    """Return True if a program is `cmd`."""
    return _program_name(program) == "cmd"


def _program_name(program: str) -> str:
    return PureWindowsPath(program.replace("/", "\\")).name.lower().removesuffix(".exe")


def split_arguments(text: str) -> list[str]:
    """Return the arguments of a program."""
    arguments: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n":
            at += 1
            continue
        argument, at = _argument(text, at)
        arguments.append(argument)
    return arguments


def _argument(text: str, at: int) -> tuple[str, int]:
    """Return the argument that begins at a place, and where it ends."""
    read, is_quoted = [], False
    while at < len(text) and (is_quoted or text[at] not in " \t\r\n"):
        if match := _BACKSLASHES.match(text, at):
            count, at = len(match[1]), match.end()
            read.append("\\" * (count // 2))
            if count % 2:
                read.append('"')
            elif is_quoted and text.startswith('"', at):
                read.append('"')
                at += 1
            else:
                is_quoted = not is_quoted
        else:
            end = at + 1
            while text[at] == "\\" and text[end : end + 1] == "\\":
                end += 1
            read.append(text[at:end])
            at = end
    return "".join(read), at


_MOST_SHELLS = 10
"""One in another; a task has two at most."""


def separate(line: str) -> Iterator[str]:
    """Yield the command lines of a line in which `&&`, `&` or `;` comes before another shell."""
    start = at = 0
    is_quoted = False
    while at < len(line):
        if match := None if is_quoted else _SEPARATOR.match(line, at):
            yield line[start:at]
            start = at = match.end()
            continue
        is_quoted ^= line[at] == '"' and line[at - 1 : at] != "\\"
        at += 1
    yield line[start:]


def without_shell(line: str) -> str:
    """Return a command line without `cmd /c`, `start` or `call` before it, and without the redirections of `cmd`."""
    for _ in range(_MOST_SHELLS):
        line = line[_STARTER.match(line).end() :]  # type: ignore[union-attr]  # matches nothing, too
        program, rest = program_and_arguments(line)
        if not is_shell(program) or not (match := _SHELL.match(rest)):
            break
        inner = match[1].strip()
        if inner.startswith('"') and inner.endswith('"') and len(inner) > 1 and not _is_one_path(inner):
            inner = inner[1:-1]
        line = without_redirections(inner)
    return line


def _is_one_path(text: str) -> bool:
    """Return True for a path in quotes alone: `cmd` keeps its quotes."""
    return text.count('"') == 2 and bool(re.search(r"\.(?:bat|cmd|exe)\"$", text, re.IGNORECASE))


def without_redirections(line: str) -> str:
    """Return a command line without `>> file 2>&1` and the like at its end."""
    while match := _REDIRECTION.search(line):
        line = line[: match.start()]
    return line


def variable_place(text: str) -> "re.Match[str] | None":
    """Return the first variable of the environment, like %TEMP%, in a command line."""
    return _VARIABLE.search(text)
