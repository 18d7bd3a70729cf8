r"""
Paths and names as settings write them: which are safe, what they mean, and whether two of them are one.

The rules are those of Windows and Linux together, on every system, so that an installation can move. Nothing here
makes, opens or changes a file.
"""

import ntpath
import os
import re
import unicodedata
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePath, PureWindowsPath

NAME_LIMIT = 60
"""Characters: with four bytes each and an ending, still within the 255 bytes of a file name."""

# "Naming Files, Paths, and Namespaces", learn.microsoft.com: reserved also with an extension.
_DEVICES = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?:\s*\..*)?", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_FOREIGN = re.compile(r"[A-Za-z]:[/\\]|\\\\")
_SIBLING_LIMIT = 200
"""Bytes of a folder's name that its hidden siblings can carry on: file systems allow 255."""
_SIBLING = re.compile(r"\..+\.sdssync-(?:new|old)", re.IGNORECASE)
_DRIVE_RELATIVE = re.compile(r"[A-Za-z]:(?![/\\])")


def invisible(text: str) -> bool:
    """Whether a text holds control, format or line-separating characters, or halves of characters."""
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)


def name_fault(name: str) -> str:
    """Say why a name cannot name a file, a folder and a log entry on Windows and Linux; "" when it can."""
    faults: tuple[tuple[bool, str], ...] = (
        (not name.strip(), "it is empty"),
        (invisible(name), "it holds control or invisible characters"),
        (bool(_SEPARATORS.search(name)), "it holds a path separator"),
        (bool(_FORBIDDEN.search(name)), 'it holds one of < > : " | ? *'),
        ("@" in name, "it holds an @, like an address; the name stands in logs and file names"),
        (name.startswith((".", "-")), "it begins with a dot or a dash"),
        (name != name.strip(), "it begins or ends with white space"),
        (name.endswith("."), "it ends with a dot"),
        (bool(_DEVICES.fullmatch(name)), "Windows reserves it for a device"),
        (len(name) > NAME_LIMIT, f"it has more than {NAME_LIMIT} characters"),
        (not _is_encodable(name), _NOT_ENCODABLE),
    )
    return next((fault for applies, fault in faults if applies), "")


_NOT_ENCODABLE = "file names cannot hold its letters for this account; set the variable PYTHONUTF8=1 for it"


def _is_encodable(text: str) -> bool:
    """Whether file names can hold a text: where an account has a locale that knows ASCII only, they may not."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def path_fault(text: str) -> str:
    """Say why a text cannot be a path in a settings file; "" when it can."""
    if not text.strip():
        return "it is empty"
    if invisible(text):
        return r"it holds control characters; in double quotes \n, \t, \b, \f and \r mean such, so use single quotes"
    if _DRIVE_RELATIVE.match(text):
        return r"after a drive letter and its colon a path goes on with \ or /"
    return "" if _is_encodable(text) else _NOT_ENCODABLE


def is_foreign(text: str) -> bool:
    r"""Whether a path names a Windows drive or share (`C:\SDS`, `\\server\share`) and this is not Windows."""
    return os.name != "nt" and bool(_FOREIGN.match(text))


def resolve(folder: Path, text: str) -> Path:
    r"""
    Turn a path of a TOML file into an absolute one; a relative one counts from `folder`.

    `/` and `\` both separate, on every system. Links are not followed. A path with a drive stays in one piece where
    there are no drives: `is_foreign(path.name)`.
    """
    if is_foreign(text):
        return folder / ntpath.normpath(text)
    if os.name != "nt":
        text = text.replace("\\", "/")
    return Path(os.path.abspath(folder / text))  # noqa: PTH100 - drops `..` without following links


def is_root(folder: Path) -> bool:
    """Whether a folder is a drive, a share or the root of the file system."""
    path: PurePath = PureWindowsPath(folder.name) if is_foreign(folder.name) else folder
    return path.parent == path


def same_name(name: str) -> str:
    """Give the form in which two names are compared: without regard to case, and to how accents are written."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def place(folder: Path) -> tuple[str, ...]:
    """
    Give the form in which two folders are compared: links followed, without regard to case.

    Dots and blanks at the end of a part count for nothing, as on Windows.
    """
    path: PurePath = PureWindowsPath(folder.name) if is_foreign(folder.name) else Path(os.path.realpath(folder))
    return tuple(same_name(part.rstrip(". ") or part) for part in path.parts)


def holds(outer: tuple[str, ...], inner: tuple[str, ...]) -> bool:
    """Whether a folder is another, or holds it at any depth; both as `place` gives them."""
    return inner[: len(outer)] == outer


def hidden_sibling(folder: Path, role: str) -> Path:
    """Name a hidden folder beside a folder; a name that would get too long is cut and told apart by a sum."""
    name = folder.name
    if len(os.fsencode(name)) > _SIBLING_LIMIT:
        name = f"{name[: _SIBLING_LIMIT // 8]}-{zlib.crc32(os.fsencode(name)):08x}"
    return folder.with_name(f".{name}.sdssync-{role}")


def is_hidden_sibling(folder: Path) -> bool:
    """Whether a folder has the name of one that publishing makes, and removes, beside another."""
    return bool(_SIBLING.fullmatch(folder.name))


def shown(file: Path, folder: Path) -> str:
    """Show a path as seen from a folder, with forward slashes; the whole path if it is elsewhere."""
    inside = file.relative_to(folder) if file.is_relative_to(folder) else file
    return printable(inside.as_posix())


def printable(text: str) -> str:
    """Replace what a terminal or a log could not show on one line."""
    return "".join("\N{REPLACEMENT CHARACTER}" if invisible(character) else character for character in text)


def toml_files(folder: Path) -> Iterable[Path]:
    """List what ends in `.toml` (in any case) in a folder, by name; a file is switched off by a dot before its name."""
    entries = (
        entry for entry in folder.iterdir() if entry.suffix.lower() == ".toml" and not entry.name.startswith(".")
    )
    return sorted(entries, key=lambda entry: entry.name)
