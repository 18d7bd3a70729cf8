"""
Bind the arguments of a call to the parameters of iSAMS-SDS.ps1 1.0.5, as PowerShell does.

A name may be any beginning of a parameter that fits no other one; the parameters of the script go before those that
PowerShell adds to every script. Nothing is positional.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sdssync.setup.powershell.nodes import PowerShellError
from sdssync.setup.powershell.values import Value, Written, to_text, to_texts

Bound: TypeAlias = "str | bool | list[str] | None"

SWITCHES = ("SkipDownload", "ViewSubjects", "Help")
TEXTS = ("CSVPath", "Suffix")
LISTS = ("YearGroups", "ExcludedSubjects", "IncludedSubjects", "ExtraTeachers")
_OWN = (*SWITCHES, *TEXTS, *LISTS)
_OTHER_SETS = ("ViewSubjects", "Help")
"""Each of them excludes every other parameter of the script."""

_COMMON = {
    "Verbose": "vb",
    "Debug": "db",
    "ErrorAction": "ea",
    "WarningAction": "wa",
    "InformationAction": "infa",
    "ProgressAction": "proga",
    "ErrorVariable": "ev",
    "WarningVariable": "wv",
    "InformationVariable": "iv",
    "OutVariable": "ov",
    "OutBuffer": "ob",
    "PipelineVariable": "pv",
}
"""The parameters that PowerShell adds, with their short names."""
_COMMON_SWITCHES = ("Verbose", "Debug")
_ACTIONS = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break")
"""By their numbers."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a parameter in a call, without dash and colon."""

    place: int
    name: str
    written: str
    """With the dash: what PowerShell takes as a value where the parameter does not exist."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value in a call; with a name, if it is bound to it by a colon or from a table."""

    place: int
    value: Value
    name: Name | None = None
    is_splatted: bool = False


def bind(arguments: Sequence[Name | Given], place: int) -> Mapping[str, Bound]:
    """
    Return the parameters of a call by their names: texts, lists of texts, and switches as booleans.

    Raises:
        PowerShellError: PowerShell does not start the script; the place is that of the argument, else `place`.
    """
    pairs, rest = _paired(arguments)
    bound: dict[str, Bound] = {}
    explicit = {parameter for parameter, given in pairs if not given.is_splatted}
    for parameter, given in pairs:
        if given.is_splatted and parameter in explicit:
            continue  # what is written in the call wins
        if parameter in bound:
            raise PowerShellError("ParameterAlreadyBound", f"-{parameter} is given twice", given.place)
        bound[parameter] = _converted(parameter, given)
        _require_one_set(bound, given.place)
    for argument in sorted(rest, key=lambda argument: not isinstance(argument, Name)):
        raise _left_over(argument)
    if not bound.keys() & {*_OTHER_SETS, "CSVPath"}:
        raise PowerShellError("MissingMandatoryParameter", "-CSVPath is missing; the script would wait for it", place)
    return bound


def _paired(arguments: Sequence[Name | Given]) -> tuple[list[tuple[str, Given]], list[Name | Given]]:
    """Return each parameter with its value, and what belongs to no parameter."""
    pairs: list[tuple[str, Given]] = []
    rest: list[Name | Given] = []
    remaining = iter(arguments)
    for argument in remaining:
        name = argument if isinstance(argument, Name) else argument.name
        parameter = None if name is None else _find(name)
        if parameter is None or name is None:
            rest.append(argument)
        elif isinstance(argument, Given):
            pairs.append((parameter, argument))
        elif parameter in {*SWITCHES, *_COMMON_SWITCHES}:
            pairs.append((parameter, Given(name.place, value=True)))
        else:
            pairs.append((parameter, _next_value(name, parameter, remaining)))
    return pairs, rest


def _next_value(name: Name, parameter: str, remaining: Iterator[Name | Given]) -> Given:
    """Return the argument after the name of a parameter; one that looks like an unknown name is a value."""
    following = next(remaining, None)
    if isinstance(following, Given) and following.name is None:
        return following
    if isinstance(following, Name) and _find(following) is None:
        return Given(following.place, following.written)
    raise PowerShellError("MissingArgument", f"-{parameter} has no value", name.place)


def _find(name: Name) -> str | None:
    """
    Return the parameter that a name means; None if there is not one.

    Raises:
        PowerShellError: it is the beginning of several.
    """
    wanted = name.name.lower()
    known = {parameter.lower(): parameter for parameter in (*_OWN, *_COMMON)}
    known |= {alias: parameter for parameter, alias in _COMMON.items()}
    if wanted in known:
        return known[wanted]
    found = list(dict.fromkeys(parameter for form, parameter in known.items() if form.startswith(wanted)))
    found = [parameter for parameter in found if parameter in _OWN] or found
    if len(found) > 1:
        names = " or ".join(f"-{parameter}" for parameter in found)
        raise PowerShellError("AmbiguousParameter", f"{name.written} may be {names}", name.place)
    return found[0] if found else None


def _converted(parameter: str, given: Given) -> Bound:
    """
    Return a value as the type of its parameter.

    Raises:
        PowerShellError: PowerShell cannot convert it.
    """
    value = given.value
    if parameter in {*SWITCHES, *_COMMON_SWITCHES}:
        number = value.number if isinstance(value, Written) else value
        if isinstance(number, bool | int | float):
            return bool(number)
        raise _unfit(parameter, "$true or $false", given.place)
    if parameter in LISTS:
        return to_texts(value)
    if isinstance(value, list):
        raise _unfit(parameter, "one text, and not a list", given.place)
    text = to_text(value)
    if parameter == "CSVPath" and not text:
        raise PowerShellError("ParameterArgumentValidationErrorEmptyStringNotAllowed", "-CSVPath is empty", given.place)
    return _action(parameter, text, given.place) if parameter.endswith("Action") else text


def _action(parameter: str, text: str, place: int) -> str:
    known = {action.lower(): action for action in _ACTIONS} | {str(at): action for at, action in enumerate(_ACTIONS)}
    if text.lower() not in known:
        raise PowerShellError("CannotConvertArgumentNoMessage", f"-{parameter} has no such value", place)
    return known[text.lower()]


def _unfit(parameter: str, expected: str, place: int) -> PowerShellError:
    return PowerShellError("ParameterArgumentTransformationError", f"-{parameter} takes {expected}", place)


def _require_one_set(bound: Mapping[str, Bound], place: int) -> None:
    """
    Refuse parameters of the script that exclude each other.

    Raises:
        PowerShellError: there are such.
    """
    own = [parameter for parameter in bound if parameter in _OWN]
    for other in _OTHER_SETS:
        if other in own and len(own) > 1:
            raise PowerShellError("AmbiguousParameterSet", f"-{other} cannot be used with other parameters", place)


def _left_over(argument: Name | Given) -> PowerShellError:
    """Return the error for what belongs to no parameter."""
    name = argument if isinstance(argument, Name) else argument.name
    if name is not None:
        return PowerShellError("NamedParameterNotFound", f"the script has no parameter {name.written}", name.place)
    return PowerShellError("PositionalParameterNotFound", "this value belongs to no parameter", argument.place)
