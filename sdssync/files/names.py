"""
Names as settings write them: which are safe, and which two are the same.

The rules are those of Windows and Linux together, on every system, so that an installation can move.
"""

import os
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

NAME_LIMIT = 60
"""Characters: with four bytes each and an ending, still within the 255 bytes of a file name."""

# "Naming Files, Paths, and Namespaces", learn.microsoft.com: reserved also with an extension.
_DEVICES = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?:\s*\..*)?", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')

NOT_ENCODABLE = "this account cannot use its letters in file names; set the variable PYTHONUTF8=1 for the account"
"""What is wrong with a text that `is_encodable` refuses."""


def has_invisible(text: str) -> bool:
    """Return True if a text holds control, format or line-separating characters, or halves of characters."""
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)


def printable(text: str) -> str:
    """Return the text with a replacement character for whatever a terminal or a log cannot show on one line."""
    return "".join("\N{REPLACEMENT CHARACTER}" if has_invisible(character) else character for character in text)


def is_device(name: str) -> bool:
    """Return True if Windows reserves a name for a device, with any ending; dots and blanks after it do not count."""
    return bool(_DEVICES.fullmatch(name.rstrip(". ")))


def has_forbidden(text: str) -> bool:
    r"""Return True if a text holds a character that no name on Windows can have, other than / and \."""
    return bool(_FORBIDDEN.search(text))


def is_encodable(text: str) -> bool:
    """Return True if file names can hold a text: with a locale that knows ASCII only, many cannot."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def name_fault(name: str) -> str:  # noqa: PLR0911  (one line for each fault)
    """Return why a name cannot name a file, a folder and a log entry on Windows and Linux; "" if it can."""
    if not name.strip():
        return "it is empty"
    if has_invisible(name):
        return "it holds control or invisible characters"
    if _SEPARATORS.search(name):
        return "it holds a path separator"
    if has_forbidden(name):
        return 'it holds one of < > : " | ? *'
    if "@" in name:
        return "it holds an @, like an address; names appear in logs and file names"
    if name.startswith((".", "-")):
        return "it begins with a dot or a dash"
    if name != name.strip():
        return "it begins or ends with white space"
    if name.endswith("."):
        return "it ends with a dot"
    if is_device(name):
        return "Windows reserves it for a device"
    if len(name) > NAME_LIMIT:
        return f"it has more than {NAME_LIMIT} characters"
    return "" if is_encodable(name) else NOT_ENCODABLE


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is spelled most like this one, without regard to case; None if none is near."""
    by_form = {same_name(known): known for known in names}
    near = get_close_matches(same_name(name), by_form, n=1)
    return by_form[near[0]] if near else None


def same_name(name: str) -> str:
    """Return the form in which two names are compared: case and the way accents are written do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
