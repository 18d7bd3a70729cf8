"""What powershell.exe and pwsh make of their arguments: a text that they run, or a script with its arguments."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sdssync.setup.command_line import (
    is_host,
    program_and_arguments,
    split_arguments,
    variable_place,
    without_redirections,
    without_shell,
)
from sdssync.setup.powershell.binding import Given, Name, bind
from sdssync.setup.powershell.calls import Call, is_script, names_parameter
from sdssync.setup.powershell.cursor import DASHES, plain_dashes
from sdssync.setup.powershell.nodes import PowerShellError, UnknownError
from sdssync.setup.powershell.parser import parse
from sdssync.setup.powershell.walk import Walk

_WITH_VALUE = {
    "version": "v",
    "windowstyle": "w",
    "executionpolicy": "ex",
    "ep": "ep",
    "outputformat": "o",
    "of": "of",
    "inputformat": "in",
    "if": "if",
    "configurationname": "config",
    "configurationfile": "configurationfile",
    "settingsfile": "settings",
    "custompipename": "cus",
    "workingdirectory": "wo",
    "wd": "wd",
    "psconsolefile": "psc",
}
"""The switches that take a value, each with the shortest form that is understood."""
_ALONE = {
    "noexit": "noe",
    "noprofile": "nop",
    "nologo": "nol",
    "noninteractive": "noni",
    "noprofileloadtime": "noprofileloadtime",
    "interactive": "i",
    "login": "l",
    "sta": "sta",
    "mta": "mta",
}
_ENDING = {
    "file": "f",
    "commandwithargs": "commandwithargs",
    "cwa": "cwa",
    "encodedarguments": "encodeda",
    "ea": "ea",
    "command": "c",
    "encodedcommand": "e",
    "ec": "ec",
    "help": "h",
    "?": "?",
}
"""The switches after which PowerShell reads no other."""
_TOO_DEEP = "the line is nested too deeply"
_DEEPEST = 10
"""PowerShell that is started by PowerShell; each level reads the rest of the line again."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a line runs."""

    calls: tuple[Call, ...]
    ignored: tuple[str, ...]
    """The names of other commands."""


def find_in_text(text: str, depth: int = 0) -> Found:
    """
    Return what a text of PowerShell runs; `depth` is how many others have started it, one in another.

    Raises:
        PowerShellError: PowerShell refuses it, or what the script gets is not known.
    """
    ignored: list[str] = []

    def host(arguments: Sequence[str], place: int) -> Iterator[Call]:
        if depth == _DEEPEST:
            raise PowerShellError("ParserError", _TOO_DEEP, place)
        found = find_in_arguments(arguments, is_core=False, depth=depth + 1)
        ignored.extend(found.ignored)
        yield from found.calls

    walk = Walk(host)
    try:
        walk.run(parse(text))
    except RecursionError:
        raise PowerShellError("ParserError", _TOO_DEEP, 0).within(text) from None
    except PowerShellError as error:
        raise error.within(text) from None
    return Found(tuple(walk.calls), (*walk.ignored, *ignored))


def find_in_command_line(line: str) -> Found:
    """
    Return what a command line of Windows runs.

    Raises:
        PowerShellError: PowerShell refuses it, or what the script gets is not known.
    """
    line = without_shell(line)
    program, rest = program_and_arguments(line)
    if not is_host(program):
        return Found((), (program,))
    return find_in_switches(rest, is_core="pwsh" in program.lower())


def find_in_switches(rest: str, *, is_core: bool = False) -> Found:
    """
    Return what PowerShell runs for the arguments of a command line, as they are written.

    Raises:
        PowerShellError: PowerShell refuses it, or what the script gets is not known.
    """
    if match := variable_place(rest):
        raise UnknownError(f"the variable {match[0]} gets its value elsewhere", match.start()).within(rest)
    runs_file = re.search(rf"(?:^|\s)[{re.escape(''.join(sorted(DASHES)))}/]f\w*\s", rest, re.IGNORECASE)
    return find_in_arguments(split_arguments(without_redirections(rest) if runs_file else rest), is_core=is_core)


def find_in_arguments(arguments: Sequence[str], *, is_core: bool, depth: int = 0) -> Found:
    """
    Return what PowerShell runs for its arguments; without `-File` and `-Command` a core one takes a file first.

    Raises:
        PowerShellError: PowerShell refuses it, or what the script gets is not known.
    """
    at = 0
    while at < len(arguments):
        switch = _switch(arguments[at])
        if switch in _ENDING:
            return _last_switch(switch, arguments[at + 1 :], depth)
        if not switch:
            return _file(arguments[at:]) if is_core else find_in_text(" ".join(arguments[at:]), depth)
        at += 2 if switch in _WITH_VALUE else 1
    return Found((), ("PowerShell without a command",))


def _switch(argument: str) -> str:
    """Return the name of a switch by any of its beginnings; "" if it is not one."""
    if not argument or argument[0] not in {*DASHES, "/"}:
        return ""
    written = argument[1:].removeprefix("-").lower()
    known = {**_ALONE, **_ENDING, **_WITH_VALUE}
    return next((name for name in known if name.startswith(written) and written.startswith(known[name])), "")


def _last_switch(switch: str, rest: Sequence[str], depth: int) -> Found:
    if switch in {"help", "?"}:
        return Found((), ("the help of PowerShell",))
    if not rest or rest[0] == "-":
        raise UnknownError("what PowerShell reads from elsewhere is not known", 0).within(" ".join(rest))
    if switch == "file":
        return _file(rest)
    if switch in {"encodedarguments", "ea"}:
        raise UnknownError("encoded arguments cannot be read", 0).within(" ".join(rest))
    if switch in {"encodedcommand", "ec"}:
        return find_in_text(_decoded(rest[0]), depth)
    return find_in_text(rest[0] if switch in {"commandwithargs", "cwa"} else " ".join(rest), depth)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        hint = "copy it again: it is UTF-16 text in Base64"
        raise PowerShellError("EncodedCommand", "the encoded command cannot be read", 0, hint).within(text) from None


def _file(arguments: Sequence[str]) -> Found:
    """Return the call of a script with its arguments, of which nothing is evaluated: each is one text."""
    file, rest = arguments[0], arguments[1:]
    text = " ".join(arguments)
    if file.startswith(("'", "&")):
        hint = "put the path into double quotes, or use -Command"
        raise PowerShellError("FileNotFound", "-File takes a path without single quotes and &", 0, hint).within(text)
    if not is_script(file) and not names_parameter(rest):
        return Found((), (file,))
    if not file.lower().endswith(".ps1"):
        raise PowerShellError("FileNotFound", "-File takes a file that ends with .ps1", 0).within(text)
    places = [*accumulate((len(argument) + 1 for argument in arguments[:-1]), initial=0)][1:]
    try:
        bound = bind(list(_as_given(rest, places)), 0)
    except PowerShellError as error:
        raise error.within(text) from None
    return Found((Call(script=file, bound=bound, by_file=True),), ())


def _as_given(arguments: Sequence[str], places: Sequence[int]) -> Iterator[Name | Given]:
    """Yield the arguments after a file: names, with a value after their colon, and texts."""
    waiting: Name | None = None
    for argument, place in zip(arguments, places, strict=True):
        if waiting:
            yield Given(place, _truth(argument), waiting)
            waiting = None
        elif len(argument) < 2 or argument[0] not in DASHES:
            yield Given(place, argument)
        else:
            name, colon, value = argument.partition(":")
            found = Name(place, name[1:], plain_dashes(name[:1]) + name[1:])
            if colon and not value:
                waiting = found
            else:
                yield Given(place, _truth(value), found) if colon else found
    if waiting:
        raise PowerShellError("MissingArgument", f"{waiting.written} has no value", waiting.place)


def _truth(text: str) -> str | bool:
    """Return $true and $false as booleans, the only values that are evaluated after a file."""
    return {"$true": True, "$false": False}.get(text.lower(), text)
