r"""
Paths as settings write them: what they mean, and whether two of them are one.

The rules are those of Windows and Linux together, on every system, so that an installation can move. Nothing here
creates, opens or changes a file.
"""

import ntpath
import os
import re
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePath, PureWindowsPath

from sdssync.files.names import (
    NOT_ENCODABLE,
    has_forbidden,
    has_invisible,
    is_device,
    is_encodable,
    printable,
    same_name,
)

_FOREIGN = re.compile(r"[A-Za-z]:[/\\]|\\\\")
_LONGEST_PATH = 4_000
"""Characters: file systems allow no more, and following the links of 100,000 folders takes seconds."""
_SIBLING_LIMIT = 200
"""Bytes of a folder's name that its hidden siblings can carry: file systems allow 255."""
_SIBLING = re.compile(r"\..+\.sdssync-(?:new|old|stuck[0-9]?)", re.IGNORECASE)
_KERNEL_PATH = re.compile(r"[/\\]{2}[?.][/\\]")
"""Windows takes such a path past its own rules: two spellings of one folder would not be seen as one."""
_DRIVE_RELATIVE = re.compile(r"[A-Za-z]:(?![/\\])")


def path_fault(text: str) -> str:  # noqa: PLR0911  (one line for each fault)
    """Return why a text cannot be a path in a settings file; "" if it can."""
    if not text.strip():
        return "it is empty"
    if len(text) > _LONGEST_PATH:
        return f"it has more than {_LONGEST_PATH:,} characters"
    if has_invisible(text):
        return r"it holds control characters; \n, \t, \b, \f and \r in double quotes mean these, so use single quotes"
    if _DRIVE_RELATIVE.match(text):
        return r"after a drive letter and its colon, \ or / must follow"
    if match := _KERNEL_PATH.match(text):
        return f"it begins with {match[0]}; write the path without that"
    if os.name == "nt" and (fault := windows_fault(text)):
        return fault
    return "" if is_encodable(text) else NOT_ENCODABLE


def windows_fault(text: str) -> str:
    """Return why Windows cannot have a path that elsewhere may be one; "" if it can."""
    drive, rest = ntpath.splitdrive(text)
    if has_forbidden(rest) or has_forbidden(drive.removesuffix(":")):
        return 'it holds one of < > : " | ? *, which Windows does not allow in a path'
    device = next((part for part in re.split(r"[/\\]", rest) if is_device(part)), "")
    return f"Windows reserves {device} for a device" if device else ""


def is_foreign(text: str) -> bool:
    r"""Return True if a path names a Windows drive or share (`C:\SDS`, `\\server\share`) and this is not Windows."""
    return os.name != "nt" and bool(_FOREIGN.match(text))


def resolve(folder: Path, text: str) -> Path:
    r"""
    Return the absolute path for a path of a TOML file; a relative one counts from `folder`.

    `/` and `\` both separate, on every system. Links are not followed. A path with a drive stays in one piece on a
    system without drives: then `is_foreign(path.name)`.
    """
    if is_foreign(text):
        return folder / ntpath.normpath(text)
    if os.name != "nt":
        text = text.replace("\\", "/")
    return Path(os.path.abspath(folder / text))  # noqa: PTH100  (drops `..` without following links)


def is_root(folder: Path) -> bool:
    """Return True if a folder is a drive, a share or the root of the file system."""
    path: PurePath = PureWindowsPath(folder.name) if is_foreign(folder.name) else folder
    return path.parent == path


def comparable(folder: Path) -> tuple[str, ...]:
    """
    Return the form in which two folders are compared: links are followed, case does not count.

    Nor do dots and blanks at the end of a part, as on Windows. A path whose links cannot be followed, because a share
    refuses or does not answer, or because it changes at this moment, counts as it is written.
    """
    path: PurePath = PureWindowsPath(folder.name) if is_foreign(folder.name) else _followed(folder)
    return tuple(same_name(part.rstrip(". ") or part) for part in path.parts)


def _followed(folder: Path) -> Path:
    try:
        return Path(os.path.realpath(folder))
    except OSError:
        return Path(os.path.abspath(folder))  # noqa: PTH100  (drops `..`)


def contains(outer: tuple[str, ...], inner: tuple[str, ...]) -> bool:
    """Return True if the inner folder is the outer one or below it; both as `comparable` returns them."""
    return inner[: len(outer)] == outer


def hidden_sibling(folder: Path, role: str) -> Path:
    """Return a hidden name next to a folder; one that would be too long is truncated and gets a CRC-32."""
    name = folder.name
    if len(os.fsencode(name)) > _SIBLING_LIMIT:
        name = f"{name[: _SIBLING_LIMIT // 8]}-{zlib.crc32(os.fsencode(name)):08x}"
    return folder.with_name(f".{name}.sdssync-{role}")


def is_hidden_sibling(folder: Path) -> bool:
    """Return True if a folder has a name that publishing makes, and removes, next to another."""
    return bool(_SIBLING.fullmatch(folder.name))


def display(file: Path, folder: Path) -> str:
    """Return a path as seen from a folder, with forward slashes; the whole path if it is elsewhere."""
    inside = file.relative_to(folder) if file.is_relative_to(folder) else file
    return printable(inside.as_posix())


def toml_files(folder: Path) -> Iterable[Path]:
    """List the `.toml` files (in any case) of a folder by name; a dot before its name switches a file off."""
    entries = (
        entry for entry in folder.iterdir() if entry.suffix.lower() == ".toml" and not entry.name.startswith(".")
    )
    return sorted(entries, key=lambda entry: entry.name)
