"""Read the variables at the top of iSAMS-SDS.ps1: the school, the host of iSAMS, and the API key."""

import re
from dataclasses import dataclass

from sdssync.config.api_key import ApiKey
from sdssync.errors import ConfigError
from sdssync.setup.powershell.cursor import DOUBLE_QUOTES, SINGLE_QUOTES
from sdssync.setup.powershell.nodes import PowerShellError
from sdssync.setup.powershell.parser import Parser
from sdssync.setup.powershell.values import to_text
from sdssync.setup.powershell.walk import Walk

_NAMES = ("SchoolName", "DFENo", "iSAMSHost", "iSAMSAPIKey")
_KEYS = ("iSAMSAPIKey", "iSAMSKey", "APIKey")
"""What the key is called; the first is the name in the script itself."""
_ASSIGNED = re.compile(rf"\$(?:script:|global:)?({'|'.join((*_NAMES, *_KEYS))})\s*=(?!=)", re.IGNORECASE)
_AS_DOWNLOADED = {
    "SchoolName": "SchoolName",
    "DFENo": "8889999",
    "iSAMSHost": "isams.school.net",
    "iSAMSAPIKey": "8B87C910-FFFF-DDDD-AAAA-E0FAABCDEF1C",
}
"""What the script has in these variables before a school fills them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptVariables:
    """What a copy of the script says about a school; None where it says nothing."""

    school_name: str | None
    school_id: str | None
    url: str | None
    key: ApiKey | None
    warnings: tuple[str, ...]


def read_variables(text: str) -> ScriptVariables | None:
    """
    Return the variables of a copy of the script; None if the text assigns none of them.

    Raises:
        ConfigError: one has no closing quote, or no value that is known without running the script; nothing of its
            line is shown.
    """
    found: dict[str, str] = {}
    warnings = []
    try:
        places = _assignments(text)
    except PowerShellError:  # a comment without an end: then it is no script that runs
        return None
    for name, place in places.items():
        if _is_unclosed(text, place):
            raise _unclosed(name, text, place)
        try:
            found[name] = _value(text, place)
        except PowerShellError as error:
            if name != "iSAMSAPIKey":
                raise _unknown(name, text, place, error) from None
            warnings.append("the script gets its API key from elsewhere: put a key into secrets/isams.key by hand")
    if not found and not warnings:
        return None
    warnings += [
        f"${name} has the value of the script as it is downloaded: correct it if it is not that of the school"
        for name, value in found.items()
        if value == _AS_DOWNLOADED[name]
    ]
    key = found.get("iSAMSAPIKey", "").strip()
    return ScriptVariables(
        school_name=found.get("SchoolName") or None,
        school_id=found.get("DFENo") or None,
        url=_url(found["iSAMSHost"]) if found.get("iSAMSHost") else None,
        key=ApiKey(key) if key else None,
        warnings=tuple(warnings),
    )


def _assignments(text: str) -> dict[str, int]:
    """Return where the value of each variable begins, by its name; comments and texts are passed over."""
    known = {name.lower(): name for name in _NAMES} | {name.lower(): _KEYS[0] for name in _KEYS}
    places: dict[str, int] = {}
    reader = Parser(text)
    while reader.peek():
        reader.skip(lines=True)
        match = reader.match(_ASSIGNED)
        if match:
            places.setdefault(known[match[1].lower()], match.end())
            reader.at = match.end()
        elif reader.peek():
            _pass(reader)
    return places


def _pass(reader: Parser) -> None:
    """Move past a text in quotes, or past one character."""
    place, quotes = reader.at, SINGLE_QUOTES | DOUBLE_QUOTES
    try:
        if reader.peek() in quotes or (reader.peek() == "@" and reader.peek(1) in quotes):
            reader.start_of_value()
            return
    except (PowerShellError, RecursionError):
        reader.at = place
    reader.at += 2 if reader.peek() == "`" else 1


def _value(text: str, place: int) -> str:
    reader = Parser(text)
    reader.at = place
    reader.skip()
    value = Walk().value(reader.expression())
    reader.skip()
    if reader.peek() and reader.peek() not in "\r\n;":
        raise PowerShellError("UnexpectedToken", "something follows the value", reader.at)
    return to_text(value)


def _is_unclosed(text: str, place: int) -> bool:
    """Return True if a value begins with a quote that the rest of its line does not close."""
    value = text[place:].lstrip(" \t").partition("\n")[0]
    quotes = next((quotes for quotes in (SINGLE_QUOTES, DOUBLE_QUOTES) if value[:1] in quotes), frozenset[str]())
    return bool(quotes) and quotes.isdisjoint(value[1:])


def _unclosed(name: str, text: str, place: int) -> ConfigError:
    line = text.count("\n", 0, place) + 1
    return ConfigError(f"line {line}: the text of ${name} has no closing quote on its line", "add it, and import again")


def _unknown(name: str, text: str, place: int, error: PowerShellError) -> ConfigError:
    line = text.count("\n", 0, place) + 1
    return ConfigError(
        f"line {line}: the value of ${name} is not known without running the script: {error.message}",
        "write the value itself there in quotes, or into sdssync.toml by hand",
    )


def _url(host: str) -> str:
    """Return the address of iSAMS; the script puts https:// before the host, and the path after it."""
    bare = re.sub(r"^[a-z]+://", "", host.strip(), flags=re.IGNORECASE)
    return f"https://{bare.strip('/')}"
