"""Read what `import-script` is given: a command line, or a file of them, of tasks, or of the script itself."""

import errno
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sdssync.config.secret import GUID
from sdssync.errors import ConfigError, os_reason
from sdssync.files.names import printable
from sdssync.files.regular import NotRegularError, read_start
from sdssync.setup.command_line import is_host, is_shell, program_and_arguments, separate, without_shell
from sdssync.setup.exported_task import Action, is_task, read_actions
from sdssync.setup.powershell.host import Found, find_in_command_line, find_in_switches, find_in_text
from sdssync.setup.powershell.nodes import PowerShellError
from sdssync.setup.script_variables import ScriptVariables, read_variables

LIMIT = 4 * 1_048_576
"""In bytes; the tasks of a whole server have less."""

_LONGEST = 65_536
"""Characters that are read as one text."""
_ADDRESS = r"""[^\s"'(),:;<>/\\]*@[^\s"'(),:;<>/\\]*"""
_SECRET = re.compile(
    rf"{_ADDRESS}|{GUID}|(?:key|secret|password)['\"]?\s*[=:][^;]*|-\w*(?:key|secret|password)\s+\S+", re.IGNORECASE
)
_CALL = re.compile(r"^[ \t]*(?:[&.][ \t]|powershell|pwsh|cmd)[^\n]*\biSAMS-SDS\.ps1\b", re.IGNORECASE | re.MULTILINE)
"""A line that starts the script; in its own help it is named without anything before it."""
_WINDOW = 34
"""Characters of a line that are shown on each side of a place."""
_LOOKS_LIKE_FILE = re.compile(
    r"[^\s&;|]*\.(?:ps1|xml|txt|bat|cmd|md)|[^&;|\"']*\.(?:xml|txt|bat|cmd|md)", re.IGNORECASE
)
_SWITCHES = re.compile(
    r"\s*[-/\u2013\u2014](?:nop|noni|noe|nol|ep\b|ex|c\b|com|f\b|file\b|e\b|ec\b|enc|w\b|wi|sta\b|mta\b)", re.IGNORECASE
)
"""How the arguments of a task begin, copied without its program."""
_NO_CALL = re.compile(
    r"\s*(?:@?(?:echo|rem|setlocal|endlocal|pause|exit\s+/b|cd\s+/d|chcp|title|set\s+\w+=|if\s+(?:not\s+)?errorlevel)\b"
    r"|::|:\w+\s*$|```)",
    re.IGNORECASE,
)
"""Lines of a batch file or a wiki that call nothing."""
_NOT_FOUND = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL}


def without_secrets(text: str) -> str:
    """Return a text with a star for each character of an e-mail address or a key, so that its length stays."""
    return _SECRET.sub(lambda match: "*" * len(match[0]), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text that runs by itself, and where it is."""

    text: str
    language: Literal["windows", "switches", "powershell"]
    where: str = ""
    """Such as "action 2"; "" for a command line."""
    first_line: int = 1
    action: Action | None = None

    def find(self) -> Found:
        """
        Return what it runs.

        Raises:
            ConfigError: PowerShell refuses it, or what the script gets is not known.
        """
        if len(self.text) > _LONGEST:
            raise ConfigError(
                f"{self.where or 'the source'}: expected lines of a task, found {len(self.text):,} characters",
                f"import {_LONGEST:,} characters at a time; Windows takes command lines of half that length",
            )
        find: Mapping[str, Callable[[str], Found]] = {
            "powershell": find_in_text,
            "windows": find_in_command_line,
            "switches": find_in_switches,
        }
        try:
            return find[self.language](self.text)
        except PowerShellError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: PowerShellError) -> ConfigError:
        """Return the error for this text: with its line, and a caret under the place."""
        text = self.text if error.text is None else error.text
        before = text[: error.place]
        number, column = before.count("\n"), error.place - (before.rfind("\n") + 1)
        line = [*text.splitlines(), ""][number]
        where = f"line {number + self.first_line}, column {column + 1}"
        first = max(column - _WINDOW, 0)
        shown = printable(without_secrets(line).replace("\t", " "))[first : column + _WINDOW]
        start, end = "..." * bool(first), "..." * (column + _WINDOW < len(line))
        caret = " " * (len(start) + column - first) + "^"
        what = "" if error.reason == "Unknown" else f" (PowerShell: {error.reason})"
        message = f"{f'{self.where}, ' * bool(self.where)}{where}: {without_secrets(printable(error.message))}{what}"
        return ConfigError(f"{message}\n  {start}{shown}{end}\n  {caret}", error.hint or "correct it, and import again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What has been read."""

    pieces: tuple[Piece, ...]
    variables: ScriptVariables | None
    """Of the script itself; then there are no pieces."""


def read_source(source: str) -> Source:
    """
    Read a file, if there is one of that name, else take the text as a command line.

    Raises:
        ConfigError: the file cannot be read, or is not one of those that are known.
    """
    if re.search("[\ud800-\udfff]", source):
        raise ConfigError("the source is not Unicode text", "put the command line into a file, in UTF-8")
    data = _file(source)
    if data is None:
        return Source(pieces=tuple(_pieces(source, is_file=False)), variables=None)
    text = _decoded(data)
    if is_task(text):
        actions = enumerate(read_actions(text), 1)
        return Source(pieces=tuple(_piece_of_action(number, action) for number, action in actions), variables=None)
    variables = read_variables(text)
    if variables and _CALL.search(text):
        hint = "put the calls into a file of their own, and import both"
        raise ConfigError("it holds the settings of iSAMS-SDS.ps1 and calls of it", hint)
    return Source(pieces=() if variables else tuple(_pieces(text, is_file=True)), variables=variables)


def _file(source: str) -> bytes | None:
    """Return the bytes of a file; None if there is not one of that name and the text does not look like one."""
    shown = printable(source)
    if not source.strip():
        return None
    try:
        data = read_start(Path(source), LIMIT + 1)
    except NotRegularError as error:
        raise ConfigError(f"{shown}: expected a file, found {error.what}", "name a file, or a command line") from None
    except ValueError:  # a null character
        return None
    except OSError as error:
        if error.errno not in _NOT_FOUND:
            raise ConfigError(f"{shown} cannot be read: {os_reason(error)}", "let this account read it") from None
        if _LOOKS_LIKE_FILE.fullmatch(source):
            raise ConfigError(
                f"there is no file {shown}", "name one that exists, or put a command line into quotes"
            ) from None
        return None
    if len(data) > LIMIT:
        raise ConfigError(f"{shown} is larger than {LIMIT >> 20} MiB", "name a file of command lines or of tasks")
    return data


def _decoded(data: bytes) -> str:
    """Decode UTF-8 or UTF-16, with or without a byte order mark, else the letters of western Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _piece_of_action(number: int, action: Action) -> Piece:
    return Piece(text=action.line, language="windows", where=f"action {number}", action=action)


def _pieces(text: str, *, is_file: bool) -> Iterator[Piece]:
    """Yield the command lines of a text, and what is between them as PowerShell."""
    lines: list[str] = []
    """Of PowerShell, since the last command line."""
    unfinished, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        where = f"line {first or number}" if is_file else ""
        if unfinished or (kind := _kind(line, is_first=not "".join(lines).strip())) == "windows":
            first = first or number
            unfinished += line.rstrip()
            if unfinished.endswith(("^", "`")):
                unfinished = unfinished[:-1] + " "
                continue
            yield from _chunk(lines, first)
            yield from (Piece(text=part, language="windows", where=where) for part in separate(unfinished))
            lines, unfinished, first = [], "", 0
        elif kind == "switches":
            yield from _chunk(lines, number)
            yield Piece(text=line, language="switches", where=where)
            lines = []
        else:
            lines.append("" if kind == "nothing" and is_file else line)
    yield from (Piece(text=part, language="windows") for part in separate(unfinished) if part)
    yield from _chunk(lines, len(text.splitlines()) + 1)


def _chunk(lines: list[str], following: int) -> Iterator[Piece]:
    """Yield lines of PowerShell as one piece, if there is something in them."""
    if "".join(lines).strip():
        yield Piece(text="\n".join(lines), language="powershell", first_line=following - len(lines))


def _kind(line: str, *, is_first: bool) -> Literal["windows", "switches", "powershell", "nothing"]:
    """Return what a line is; switches without a program only where PowerShell is not in the middle of something."""
    if _NO_CALL.match(line):
        return "nothing"
    program = program_and_arguments(line.strip().removeprefix("@"))[0]
    inner = program_and_arguments(without_shell(line))[0]
    if is_host(inner) or is_shell(program):
        return "windows"
    return "switches" if is_first and _SWITCHES.match(line) else "powershell"
